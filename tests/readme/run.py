#!/usr/bin/env python3
"""Runs the shell blocks of pages exactly as written, in a copy of the tree's read-only parts, and compares exit statuses.

A block that begins with "make " is what runs this test; it is left out.  A command is followed by "# exit status N" where N is not 0.

usage: run.py SOURCE PROGRAM PAGE...
"""
import pathlib
import re
import subprocess
import sys
import tempfile

source, program = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
blocks = []
for page in sys.argv[3:]:
    found = re.findall(r"^```sh\n(.*?)^```", (source / page).read_text(encoding="utf-8"), flags=re.S | re.M)
    assert found, f"{page} has no shell blocks"
    blocks += found

ran = failed = 0
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    for name in ("examples", "spec", "docs", "src"):
        (folder / name).symlink_to(source / name)
    (folder / "build" / "src").mkdir(parents=True)
    (folder / "build" / "src" / "muoncert").symlink_to(program)
    path = ""
    for block in blocks:
        if block.startswith("make "):
            continue
        if block.startswith("PATH="):
            path = block
            continue
        # A command ends at a line end outside quotes.
        for command in re.findall(r"(?:'[^']*'|[^'\n])+\n", block):
            wanted = re.search(r"# exit status (\d)", command)
            wanted = int(wanted.group(1)) if wanted else 0
            result = subprocess.run(["sh", "-c", path + command], cwd=folder, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            ran += 1
            print(f"$ {command}{result.stdout}", flush=True)
            if result.returncode != wanted:
                failed += 1
                print(f"exit status {result.returncode}, expected {wanted}\n")
print(f"{ran} commands of {', '.join(sys.argv[3:])} run, {failed} with another exit status than written")
sys.exit(1 if failed or not ran else 0)
