/* What the tests of all properties do with campaigns. */
#ifndef MUONCERT_TESTS_PROPS_CAMPAIGNS_H
#define MUONCERT_TESTS_PROPS_CAMPAIGNS_H

#include <stdint.h>

/* The campaign of spec/claims/<spec> holds on so many trials. */
void campaign_holds(const char *spec, const char *name, uint64_t trials);

/* Every campaign of tests/props/<file>, each a false neighbour marked `expect violated`, is found violated; its shrunk
 * witness has at most `entries` numbers, and its replay line reproduces the violation. */
void neighbours_are_violated(const char *file, uint64_t trials, size_t entries);

#endif
