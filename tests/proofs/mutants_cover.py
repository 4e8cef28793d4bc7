#!/usr/bin/env python3
"""Every function of src/ref has a mutant in proofs/mutants.txt, and each mutant can be applied.

  mutants_cover.py SOURCE
"""

import importlib.machinery
import importlib.util
import sys
from pathlib import Path

sys.dont_write_bytecode = True
SOURCE = Path(sys.argv[1])
sys.path.insert(0, str(SOURCE / "proofs"))
import prover  # noqa: E402

loader = importlib.machinery.SourceFileLoader("mutants", str(SOURCE / "proofs" / "mutants"))
mutants = importlib.util.module_from_spec(importlib.util.spec_from_loader("mutants", loader))
loader.exec_module(mutants)

listed = mutants.read_list()
for mutant in listed:
    mutants.mutate(mutant)
declared = [name for header in sorted((SOURCE / "src" / "ref").glob("*.h")) for _, _, name, _ in prover.contracts(header)]
lacking = sorted(set(declared) - {mutant["function"] for mutant in listed})
print(f"{len(listed)} mutants of {len(declared)} functions")
for name in lacking:
    print(f"{name}: no mutant in proofs/mutants.txt", file=sys.stderr)
sys.exit(1 if lacking or not declared else 0)
