#!/usr/bin/env python3
"""Every command that gives a verdict names what it rests on, in its record and to people: theorems that proofs/coq lists, arguments of
the documentation, and that the arithmetic is tested, not proved.

  verdicts_name_theorems.py MUONCERT SOURCE
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

MUONCERT, SOURCE = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
TESTED = "from C that is tested, not proved"
COMMANDS = {
    "claims": ["claims", SOURCE / "spec/claims/dimension_free_escape.claim"],
    "prove": ["prove", "forall x in [0, 1] : x^2 <= x", "--cert", "certificates"],
    "check": ["check", "certificates/prove.json"],
    "truth polar": ["truth", "polar", "g.npy"],
    "truth sv": ["truth", "sv", "g.npy"],
    "truth ns": ["truth", "ns", "g.npy"],
    "audit": ["audit", "--input", "g.npy", "--output", "g.npy", "--dtype", "f64"],
    "tol": ["tol", "--input", "g.npy", "--dtype", "f64"],
    "campaign": ["campaign", "quintic_floor", "--trials", "3", "-f", SOURCE / "spec/claims/dimension_free_escape_campaigns.claim"],
}
SILENT = {"prove", "tol"}  # to people these answer in one line, or by limits alone


def run(folder, arguments):
    done = subprocess.run([MUONCERT, *arguments], cwd=folder, env=dict(os.environ, OPENBLAS_NUM_THREADS="1"), capture_output=True, text=True,
                          check=False)
    if done.returncode > 2:
        sys.exit(f"{arguments}: exit status {done.returncode}: {done.stderr}")
    return done.stdout


def wrong_with(basis, listed):
    """What is wrong with the member rests_on of a record."""
    if not basis:
        return "says nothing"
    unknown = [name for name in basis["theorems"] if name not in listed]
    if unknown:
        return f"names {' '.join(unknown)}, which proofs/coq/theorems.txt does not list"
    if not basis["theorems"] and not basis["argued"]:
        return "names nothing"
    return "" if basis["numbers"] == TESTED else f"says of its numbers: {basis['numbers']}"


def main():
    rows = (SOURCE / "proofs/coq/theorems.txt").read_text().splitlines()
    listed = {row.split(" | ")[0].strip() for row in rows if row and not row.startswith("#")}
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        run(folder, ["gen", "--shape=5x4", "-o", "g.npy", "log_uniform(1e-2)"])
        for name, arguments in COMMANDS.items():
            said = wrong_with(json.loads(run(folder, [*arguments, "--json"])).get("rests_on"), listed)
            wrong += [f"{name} --json: {said}"] if said else []
            text = "" if name in SILENT else " ".join(run(folder, arguments).split())
            if name not in SILENT and ("rests on " not in text or f"numbers {TESTED}" not in text):
                wrong.append(f"{name}: does not say what it rests on")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
