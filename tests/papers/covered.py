#!/usr/bin/env python3
"""Holds the list of statements (docs/papers.md) against what settles them, both ways.

  covered.py ROOT [--doc FILE]

Every id must be cited by a claim in each form that its row names, by a campaign or a theorem where the row says so; what
is ours must say so in its cite; every cited id must be in the list.  Exit status 1 with a line for each that is not.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
DOC = pathlib.Path(sys.argv[sys.argv.index("--doc") + 1]) if "--doc" in sys.argv else ROOT / "docs" / "papers.md"
ID = re.compile(r"\bS[1-5](?:\.[A-Za-z0-9]+(?:\.[a-d])?(?:-(?:sharp|TRAP))?'?)?")
FORMS = {"true", "sharp", "trap"}
BESIDES = {"campaign", "theorem", "set-up", "observation", "see"}


def listed():
    """{id: (whose, forms, besides)}"""
    table = {}
    for line in DOC.read_text(encoding="utf-8").splitlines():
        fields = [field.strip() for field in line.strip("|").split("|")]
        if len(fields) == 5 and ID.fullmatch(fields[0]):
            forms, besides = (set(field.replace("–", "").split()) for field in fields[3:])
            table[fields[0]] = (fields[2], forms, besides)
    return table


def blocks(kind):
    """(file, name, text) of every block of a kind in the spec files."""
    for path in sorted([*(ROOT / "spec" / "claims").glob("*.claim"), ROOT / "spec" / "schedules.claim"]):
        text = re.sub(r"(?m)#.*$", "", path.read_text(encoding="utf-8"))
        for block in re.split(r"(?m)^(?=(?:claim|campaign|paper|let|def|schedule|audit)\b)", text):
            if block.startswith(kind + " "):
                yield path.name, block.split()[1], block


def cite_of(block):
    found = re.search(r'\bcite\s+"((?:[^"\\]|\\.)*)"', block)
    return found.group(1) if found else ""


def form_of(block):
    cite = ID.sub("", cite_of(block))
    if "trap" in cite or re.search(r"\bexpect\s+refuted\b", block):
        return "trap"
    return "sharp" if "sharp:" in cite or ", sharp" in cite or "?" in re.sub(r'"[^"]*"', "", block) else "true"


def problems():
    table, forms, campaigns = listed(), {}, set()
    if len(table) < 40:
        yield f"{DOC.name}: only {len(table)} ids were read"
    for file, name, block in blocks("claim"):
        ids = ID.findall(cite_of(block))
        if not ids:
            yield f"{file}: claim {name} cites no id"
        for key in ids:
            forms.setdefault(key, set()).add(form_of(block))
            if key not in table:
                yield f"{file}: claim {name} cites {key}, which {DOC.name} does not list"
            elif table[key][0] == "ours" and not cite_of(block).startswith("ours"):
                yield f"{file}: claim {name} does not say that {key} is ours"
    for _, _, block in blocks("campaign"):
        campaigns.update(ID.findall(cite_of(block)))
    theorems = set(ID.findall((ROOT / "proofs" / "coq" / "theorems.txt").read_text(encoding="utf-8")))
    for key, (whose, wanted, besides) in table.items():
        words = {word for word in besides if not ID.fullmatch(word)}
        if whose not in {"ours", "paper", "code"} or wanted - FORMS or words - BESIDES:
            yield f"{DOC.name}: the row of {key} has words that mean nothing"
        if not wanted and not besides:
            yield f"{key}: nothing settles it"
        for form in sorted(wanted - forms.get(key, set())):
            yield f"{key}: no claim states it in its {form} form"
        for form in sorted(forms.get(key, set()) - wanted):
            yield f"{key}: a {form} form is claimed that {DOC.name} does not name"
        if "campaign" in besides and key not in campaigns:
            yield f"{key}: no campaign cites it"
        if "theorem" in besides and key not in theorems:
            yield f"{key}: no theorem of proofs/coq is about it"
    for key in sorted(campaigns - set(table)):
        yield f"a campaign cites {key}, which {DOC.name} does not list"


found = list(problems())
print("\n".join(found))
sys.exit(1 if found else 0)
