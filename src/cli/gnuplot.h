/* gnuplot, which is optional, run on a program; what it draws becomes a file. */
#ifndef MUONCERT_CLI_GNUPLOT_H
#define MUONCERT_CLI_GNUPLOT_H

#include "../base/base.h"

/* Draw an SVG.  MC_IO: gnuplot is not installed, fails, or the file cannot be written; the file is then as it was. */
mc_status mc_cli_gnuplot(const char *path, const mc_text *program, mc_error *e);

#endif
