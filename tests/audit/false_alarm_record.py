#!/usr/bin/env python3
"""The record of ten thousand runs of correct kernels, and whether it is that of this tree.

    false_alarm_record.py record ROOT T_FALSE_ALARM    run them and write tests/audit/false_alarm.json
    false_alarm_record.py check ROOT                   fail if the record is stale, or holds an alarm
"""
import hashlib
import json
import os
import re
import subprocess
import sys

FOLDERS = ["src/kernel", "src/audit"]
PROGRAM = "tests/audit/t_false_alarm.c"
COUNTS = ["runs", "conforms", "suspicious", "wrong", "undecided", "skipped", "large", "single"]


def sources(root):
    """SHA-256 of what sha256sum prints for all that was run, as cmake/false_alarms.cmake has it."""
    paths = [PROGRAM]
    for folder in FOLDERS:
        paths += [folder + "/" + name for name in os.listdir(os.path.join(root, folder)) if name.endswith((".c", ".h"))]
    sums = ""
    for path in sorted(paths):
        with open(os.path.join(root, path), "rb") as file:
            sums += "%s  %s\n" % (hashlib.sha256(file.read()).hexdigest(), path)
    return hashlib.sha256(sums.encode()).hexdigest()


def record(root, program):
    before = sources(root)
    result = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = result.stdout.decode()
    found = re.search(" ".join(name + r" (\d+)" for name in COUNTS), text)
    if not found:
        sys.exit(text)
    document = dict(zip(COUNTS, map(int, found.groups())), alarms=re.findall(r"^.*: (?:suspicious|wrong): .*$", text, re.M),
                    sources=before)
    with open(os.path.join(root, "tests/audit/false_alarm.json"), "w") as file:
        json.dump(document, file, indent=2)
        file.write("\n")
    return result.returncode


def check(root):
    with open(os.path.join(root, "tests/audit/false_alarm.json")) as file:
        document = json.load(file)
    if document["sources"] != sources(root):
        sys.exit("the record of false alarms is stale: src/kernel or src/audit has changed since; make it anew by\n"
                 "  tests/audit/false_alarm_record.py record . BUILD/tests/audit/t_false_alarm")
    if document["runs"] < 10000 or document["suspicious"] + document["wrong"] > 0:
        sys.exit("the record holds a false alarm, or too few runs: %s" % document)
    if document["large"] < 300 or document["single"] < 100:
        sys.exit("the record holds too few runs of large matrices: %s" % document)
    print("%(runs)d runs of correct kernels: %(conforms)d conform, %(undecided)d undecided, none suspicious, none wrong"
          % document)
    return 0


if len(sys.argv) == 4 and sys.argv[1] == "record":
    sys.exit(record(sys.argv[2], sys.argv[3]))
if len(sys.argv) == 3 and sys.argv[1] == "check":
    sys.exit(check(sys.argv[2]))
sys.exit(__doc__)
