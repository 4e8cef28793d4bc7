/* The properties: one file a theorem or law, each saying what to generate and what to measure. */
#ifndef MUONCERT_PROPS_H
#define MUONCERT_PROPS_H

#include "../src/prop/prop.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const mc_property mc_props_adam_escape_axis, mc_props_adam_escape_pure, mc_props_aligned_factorisation,
    mc_props_alignment_rate, mc_props_alignment_rate_wide, mc_props_corner_lemma, mc_props_escape_by_dimension,
    mc_props_escape_directions, mc_props_escape_race, mc_props_float_kernels_vs_mpfr, mc_props_gradient_balance,
    mc_props_gradient_instability, mc_props_greedy_course, mc_props_greedy_line_search, mc_props_grid_confinement,
    mc_props_hitting_time, mc_props_hitting_time_moderate, mc_props_linear_attention,
    mc_props_newton_schulz_by_dimension, mc_props_newton_schulz_escape, mc_props_noiseless_hitting,
    mc_props_quintic_image, mc_props_quintic_modes_f32, mc_props_quintic_modes_f64, mc_props_quintic_step,
    mc_props_saddle_escape, mc_props_saddle_rivals, mc_props_sign_escape_axis, mc_props_sign_escape_pure,
    mc_props_sign_sequence, mc_props_spectrum_ranking, mc_props_sweet_spot, mc_props_symmetric_factorisation,
    mc_props_two_step_alignment, mc_props_two_step_long, mc_props_two_step_start;

/* The property of a name, or NULL. */
const mc_property *mc_props_find(const char *name);

/* The i-th property, or NULL past the last. */
const mc_property *mc_props_get(size_t i);

#ifdef __cplusplus
}
#endif
#endif
