/* The published schedules, as their authors print them.  Sources: papers.md section 5. */
#include "schedule.h"

#include <ctype.h>
#include <string.h>

static const struct {
  const char *name, *steps;
  size_t count; /* number of steps; the last one repeats */
} registry[] = {
    /* KellerJordan/Muon, muon.py; torch.optim.Muon */
    {"jordan", "3.4445,-4.7750,2.0315", 5},
    /* Classical Newton–Schulz and the Padé quintic; the authors state no number of steps, so it is the caller's to
     * resize */
    {"cubic", "1.5,-0.5", 5},
    {"pade", "15/8,-10/8,3/8", 5},
    /* J. You; modded-nanogpt medium, NeMo "quintic", gram-newton-schulz */
    {"you",
     "4.0848,-6.8946,2.9270; 3.9505,-6.3029,2.6377; 3.7418,-5.5913,2.3037; 2.8769,-3.1427,1.2046; "
     "2.8366,-3.0525,1.2012",
     5},
    /* Polar Express (arXiv 2505.16932), the raw list of the published code, without its division by 1.01 */
    {"polar_express",
     "8.28721201814563,-23.595886519098837,17.300387312530933; "
     "4.107059111542203,-2.9478499167379106,.5448431082926601; "
     "3.9486908534822946,-2.908902115962949,.5518191394370137; 3.3184196573706015,-2.488488024314874,.51004894012372; "
     "2.300652019954817,-1.6689039845749493,.4188073119525673; "
     "1.891301407787398,-1.2679958271945868,.37680408948524835; "
     "1.8750014808534479,-1.2500016453999487,.3750001645474248; 1.875,-1.25,.375",
     8},
    /* microsoft/dion, polar_express.py: 2 % safety; its input is divided by 1.02 ||G||_F + 1e-6 */
    {"dion",
     "8.156554524902461,-22.48329292557795,15.878769915207462; "
     "4.042929935166739,-2.808917465908714,.5000178451051316; 3.8916678022926607,-2.772484153217685,.5060648178503393; "
     "3.285753657755655,-2.3681294933425376,.46449024233003106; "
     "2.3465413258596377,-1.7097828382687081,.42323551169305323",
     5},
    /* CANS (arXiv 2506.10935), NeMo Emerging-Optimizers */
    {"cans",
     "8.4703,-25.1081,18.6293; 4.1828,-3.1087,.5806; 3.9619,-2.9541,.5630; 3.2866,-2.4647,.5074; "
     "2.2737,-1.6447,.4162",
     5},
    /* NeMo Emerging-Optimizers */
    {"aol", "4.0098,-7.0585,2.4635; 3.4585,-5.5479,2.5959; 2.7573,-3.2939,1.4254; 2.7215,-3.0494,1.3169", 4},
    {"deepseek_v4",
     "3.4445,-4.7750,2.0315; 3.4445,-4.7750,2.0315; 3.4445,-4.7750,2.0315; 3.4445,-4.7750,2.0315; "
     "3.4445,-4.7750,2.0315; 3.4445,-4.7750,2.0315; 3.4445,-4.7750,2.0315; 3.4445,-4.7750,2.0315; 2,-1.5,.5",
     10},
    /* arXiv 2606.00371 */
    {"cubic5",
     "3.3656576,-3.3420992; 2.5744352,-1.4957376; 2.5368962,-1.4312570; 2.4418906,-1.2764040; 2.2230472,-.9630650", 5},
};

enum { SCHEDULES = sizeof registry / sizeof *registry };

const char *mc_schedule_name(size_t i) {
  return i < SCHEDULES ? registry[i].name : NULL;
}

static mc_status unknown_name(const char *name, mc_error *e) {
  mc_text t;
  mc_text_init(&t);
  for (size_t i = 0; i < SCHEDULES; i++)
    mc_text_printf(&t, "%s %s", i > 0 ? "," : "", registry[i].name);
  mc_status s = mc_fail(e, MC_BAD_INPUT, "no schedule is called '%.60s'; known are%s, or give a,b,c; …", name,
                        t.failed ? " others" : t.data);
  mc_text_clear(&t);
  return s;
}

mc_status mc_schedule_set_name(mc_schedule *s, const char *name, mc_error *e) {
  for (size_t i = 0; i < SCHEDULES; i++)
    if (strcmp(name, registry[i].name) == 0) {
      mc_status status = mc_schedule_set_text(s, registry[i].steps, e);
      return status == MC_OK ? mc_schedule_resize(s, registry[i].count, e) : status;
    }
  return isalpha((unsigned char)*name) ? unknown_name(name, e) : mc_schedule_set_text(s, name, e);
}
