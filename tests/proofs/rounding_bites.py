#!/usr/bin/env python3
"""False neighbours of what proofs/rounding states, and broken variants of the code: each must lose a goal, the unharmed text none.

  rounding_bites.py SOURCE
"""

import shutil
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
SOURCE = Path(sys.argv[1])
sys.path.insert(0, str(SOURCE / "proofs"))
import prover  # noqa: E402
import rounding  # noqa: E402

# file, old text, new text, function that loses a goal
MUTANTS = (
    ("quintic.mlw", "0.6 <=. x <=. 1.205", "0.7 <=. x <=. 1.205", "quintic_invariance"),  # the minimum is 0.6818...
    ("quintic.mlw", "0.6 <=. x <=. 1.205", "0.6 <=. x <=. 1.19", "quintic_invariance"),  # the image of 0.6 is 1.1932...
    ("quintic.mlw", "0.6 <=. x <=. 1.205", "0.6 <=. x <=. 1.3", "quintic_invariance"),  # the image of 1.3 is 1.53...
    ("quintic.mlw", "(3.4445 +.", "(3.4446 +.", "quintic_absolute_error"),
    ("quintic.mlw", "<=. 0x1p-48\n", "<=. 0x1p-54\n", "quintic_absolute_error"),  # below half a last place of 1
    ("quintic.mlw", "0x1p-48 *.", "0x1p-54 *.", "quintic_relative_error"),
    ("quintic.mlw", "0x1p-1073", "0x1p-1076", "quintic_underflow_error"),
    ("quintic.mlw", "0.0 <=. x <=. 1.3", "0.0 <=. x <=. 0x1p300", "quintic_absolute_error"),  # overflows
    ("quintic.c", r"\is_finite(x) && whole(x)", "whole(x)", "quintic_absolute_error"),  # NaN
    ("quintic.c", " -4.7750", " 4.7750", "quintic_invariance"),
)
SECONDS = 5


def lost(work, folder, options, function):
    run = prover.run_wp(work, folder / "quintic.c", folder / "session", cache="none", seconds=SECONDS, smoke=False,
                        **(options | {"functions": [function]}))
    if run.error or not run.goals:
        sys.exit(f"{folder}: {run.error or 'no goals'}\n{run.output}")
    return [goal.name for goal in run.goals if goal.status != "valid"]


def main():
    if not all(shutil.which(tool) for tool in ("frama-c", "why3", "gappa")):
        return 77
    survivors = 0
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        prover.prepare(work)
        _, _, source, _, options = next(entry for entry in rounding.sources(work) if entry[0] == "rounding/f64")
        for function in options["functions"]:
            if lost(work, source.parent, options, function):
                sys.exit(f"control: {function} is not proved in {SECONDS} s a goal")
        for number, (file, old, new, function) in enumerate(MUTANTS):
            folder = work / f"mutant{number}"
            shutil.copytree(source.parent, folder)
            text = (folder / file).read_text()
            if old not in text:
                sys.exit(f"{file} does not contain {old!r}")
            (folder / file).write_text(text.replace(old, new))
            goals = lost(work, folder, options, function)
            survivors += not goals
            print(f"{'killed  ' if goals else 'SURVIVES'} {function}: {old.strip()} -> {new.strip()}   {goals[:1]}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
