#!/usr/bin/env python3
"""Holds every #include to the floors of the house.

A file of module M may include, besides system headers and headers of M itself, only the public header (M2/M2.h) of a module on a
strictly lower floor.  src/ref includes nothing but <stddef.h>, <math.h> and itself; ACSL includes sit under #ifdef __FRAMAC__.

usage: include_floors.py ROOT      prints one line a violation; exit 1 if there is any
"""
import pathlib
import re
import sys

FLOOR = {
    "base": 0, "ball": 1, "matfile": 1, "lang": 2, "matgen": 2, "schedule": 3, "truth": 4, "claim": 4, "check": 4, "prop": 4, "kernel": 4,
    "audit": 5, "dynamics": 5, "law": 6, "props": 6, "run": 7, "report": 8, "cli": 9,
}
REF_SYSTEM = {"stddef.h", "math.h"}
# Who may call the reference: kernels under audit, the models' loops, and the properties about either.
REF_USERS = {"kernel", "audit", "dynamics", "props"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def module_of(path, root):
    parts = path.relative_to(root).parts
    return parts[1] if parts[0] == "src" and len(parts) > 2 else parts[0]


def includes(path):
    """(line, system?, name) of each include that a compiler sees; those under #ifdef __FRAMAC__ are for Frama-C."""
    depth = framac = 0
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if re.match(r"^\s*#\s*if", text):
            depth += 1
            if re.match(r"^\s*#\s*ifdef\s+__FRAMAC__", text):
                framac = framac or depth
        elif re.match(r"^\s*#\s*endif", text):
            if framac == depth:
                framac = 0
            depth -= 1
        found = INCLUDE.match(text)
        if found and not framac:
            yield number, found.group(1) == "<", found.group(2)


def violation(path, root, system, name):
    module = module_of(path, root)
    if system:
        return f"src/ref includes <{name}>" if module == "ref" and name not in REF_SYSTEM else None
    target = (path.parent / name).resolve()
    try:
        other = module_of(target, root)
    except (ValueError, IndexError):
        return f'"{name}" is outside the project'
    if other == module or not target.exists() and "/" not in name:  # own header, or one generated beside the objects
        return None
    if not target.exists():
        return f'"{name}" does not exist'
    if other == "ref":
        return None if module in REF_USERS else f"module {module} may not call the reference"
    if other not in FLOOR or module not in FLOOR:
        return f"module {other if other not in FLOOR else module} has no floor"
    if FLOOR[other] >= FLOOR[module]:
        return f"module {module} (floor {FLOOR[module]}) includes {other} (floor {FLOOR[other]})"
    if target.name != f"{other}.h" and (other, target.name) != ("ball", "arb_headers.h"):
        return f"{target.name} is private to module {other}"
    return None


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    files = [p for top in ("src", "props") for p in (root / top).rglob("*") if p.suffix in (".c", ".h", ".y", ".l")]
    bad = 0
    for path in sorted(files):
        for line, system, name in includes(path):
            what = violation(path, root, system, name)
            if what:
                bad += 1
                print(f"{path.relative_to(root)}:{line}: {what}")
    if not files:
        print("no sources found")
    print(f"{len(files)} files, {bad} includes against the floors")
    return 1 if bad or not files else 0


sys.exit(main())
