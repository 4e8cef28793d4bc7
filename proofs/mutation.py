"""The list of mutants of src/ref, and whether their committed record belongs to the present sources."""

import json
import re
from pathlib import Path

import prover
from prover import PROOFS, ROOT

LIST, RECORD = PROOFS / "mutants.txt", PROOFS / "mutants.json"


def read_list():
    """Blocks of three lines: `kind: file function`, the text that goes, the text that comes."""
    lines = [(n, line) for n, line in enumerate(LIST.read_text().splitlines(), 1) if line.strip() and not line.startswith("#")]
    mutants = []
    for (number, head), (_, old), (_, new) in zip(lines[::3], lines[1::3], lines[2::3]):
        found = re.fullmatch(r"([\w ]+): (\S+) (\w+)", head)
        if not found or not old.startswith("- ") or not new.startswith("+ "):
            raise ValueError(f"proofs/mutants.txt:{number}: expected `kind: file function`, `- old`, `+ new`")
        mutants.append({"kind": found[1], "file": found[2], "function": found[3], "old": old[2:], "new": new[2:]})
    if len(lines) % 3:
        raise ValueError(f"proofs/mutants.txt:{lines[-1][0]}: an incomplete block")
    return mutants


def inputs(mutant):
    """The hash of everything that the fate of a mutant depends on."""
    source = ROOT / "src" / "ref" / Path(mutant["file"]).with_suffix(".c")
    return prover.hash_files(prover.included([source]), prover.configuration_hash(smoke=False) + json.dumps(mutant, sort_keys=True))


def by_function():
    """{function: its mutants in the committed record}"""
    found = {}
    for entry in json.loads(RECORD.read_text())["mutants"] if RECORD.exists() else []:
        fate = {"goal": entry["goal"]} if entry["killed"] else {}
        found.setdefault(entry["function"], []).append({"kind": entry["kind"], "was": entry["old"], "is": entry["new"]} | fate)
    return found


def check_record():
    """Return (what is wrong with proofs/mutants.json, mutants in it, of these killed)."""
    record = json.loads(RECORD.read_text())["mutants"] if RECORD.exists() else []
    now, recorded = [inputs(mutant) for mutant in read_list()], [entry["inputs"] for entry in record]
    killed = sum(entry["killed"] for entry in record)
    wrong = [f"proofs/mutants.json: survivor: {e['file']} {e['function']}: {e['kind']}" for e in record if not e["killed"]]
    if now != recorded:
        stale = len(set(now) - set(recorded))
        wrong.append(f"proofs/mutants.json is stale for {stale} of {len(now)} mutants; run proofs/mutants --update")
    return wrong, len(record), killed
