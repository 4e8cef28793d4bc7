"""The workflow examples, run step by step as a runner would: they pass, see a regression beside its baseline, and go on.

    t_workflows.py PROGRAM SOURCE_FOLDER

Steps that fetch packages, and those of the services themselves, are left out.  Exit status 77: there is no PyYAML here."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.dom.minidom

try:
    import yaml
except ImportError:
    print("no PyYAML here (python3-yaml): the workflows were not run")
    sys.exit(77)

PROGRAM, SOURCE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
GRADIENTS = SOURCE / "examples" / "real_gradients"
LEMMA = 'paper p\n  title "t"\n  ref "r"\nclaim bound\n  cite "Lemma 1"\n  forall x in [0, 1] : x^2 <= {}\n'


def github():
    with open(SOURCE / "examples/ci/github.yml", encoding="utf-8") as f:
        job = yaml.safe_load(f)["jobs"]["muoncert"]
    assert job["container"] == "debian:12"
    return [step["run"] for step in job["steps"] if "name" in step]


def gitlab():
    with open(SOURCE / "examples/ci/gitlab.yml", encoding="utf-8") as f:
        job = yaml.safe_load(f)["numerics"]
    assert job["image"] == "debian:12" and job["cache"]["paths"] == ["baseline"]
    return ["\n".join(job["script"])]


def run(steps, folder, branch="main"):
    """Exit status of the first step that fails, else 0, and all that was printed."""
    environment = {"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "HOME": str(folder), "CI": "true", "CI_COMMIT_BRANCH": branch,
                   "CI_DEFAULT_BRANCH": "main"}
    for name in ("records", "report"):  # a runner starts from a fresh checkout
        shutil.rmtree(folder / name, ignore_errors=True)
    printed = ""
    for step in steps:
        done = subprocess.run(["sh", "-ec", step], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
        printed += done.stdout
        if done.returncode != 0:
            return done.returncode, printed
    return 0, printed


def message(folder):
    failures = xml.dom.minidom.parse(str(folder / "report/junit.xml")).getElementsByTagName("failure")
    return [f.getAttribute("message") for f in failures]


def walk(name, steps):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        claim = folder / "numerics/claims/p.claim"
        claim.parent.mkdir(parents=True)
        claim.write_text(LEMMA.format(1))
        status, printed = run(steps, folder)  # claims alone, and no baseline yet
        assert status == 0, f"{name}: {status}\n{printed}"
        assert (folder / "baseline/report.json").exists(), name

        (folder / "dumps").mkdir()
        for kind in "GX":
            shutil.copy(GRADIENTS / f"step300.bl.1.o.{kind}.npy", folder / f"dumps/o.{kind}.npy")
        claim.write_text(LEMMA.format("0.9"))
        status, printed = run(steps, folder, branch="a-change")
        assert status == 1, f"{name}: {status}\n{printed}"
        assert re.search(r"p\.bound: was proved, as expected; is refuted, expected proved", printed), printed
        assert re.search(r"o\.X\.npy: new; is conforms, as expected", printed), printed
        [said] = message(folder)
        assert re.fullmatch(r"refuted, expected proved: false at x = \S+ \(was proved, as expected\)", said), said
        assert (folder / "report/report.html").exists() and (folder / "report/report.json").exists(), name

        claim.write_text(LEMMA.format(1))
        status, printed = run(steps, folder, branch="a-change")
        assert (status, message(folder)) == (0, []), f"{name}: {status}\n{printed}"

        shutil.rmtree(folder / "numerics")
        shutil.rmtree(folder / "dumps")
        status, printed = run(steps, folder)
        assert status == 3, f"{name}: nothing was checked, and that passed\n{printed}"


for workflow in (github, gitlab):
    walk(workflow.__name__, workflow())
