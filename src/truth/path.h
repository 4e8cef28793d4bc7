/* Which arithmetic certifies.  The two share no arithmetic: tests hold them against each other.  Private to this
 * module. */
#ifndef MUONCERT_TRUTH_PATH_H
#define MUONCERT_TRUTH_PATH_H

typedef enum {
  MC_PATH_ANY,    /* digits where they do, else balls */
  MC_PATH_DIGITS, /* digits or MC_UNDECIDED */
  MC_PATH_BALLS   /* Arb alone */
} mc_path;

#endif
