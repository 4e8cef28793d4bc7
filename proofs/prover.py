"""How Frama-C is called here: the private Why3 configuration, one run of WP, and what its output says.

Used by `wp` (development), `replay` and `mutants`.  Python 3, standard library only.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

PROOFS = Path(__file__).resolve().parent
ROOT = PROOFS.parent
PROVERS = {"Z3 4.8.12 (uf)": "z3", "CVC5 1.0.3 (uf)": "cvc5", "Qed": "qed", "CFG": "qed", "Script": "script"}
GOAL_SECONDS = 10
SMOKE_SECONDS = 2

VERSION_COMMANDS = {
    "frama-c": (["frama-c", "-version"], r"^(\S+)"),
    "why3": (["why3", "--version"], r"version (\S+)"),
    "z3": (["z3", "--version"], r"version (\S+)"),
    "cvc5": (["cvc5", "--version"], r"version (\S+)"),
    "gappa": (["gappa", "--version"], r"Gappa (\S+)"),
}


class ToolchainError(Exception):
    """A tool is missing or is not the version that the proofs were made with."""


def environment(work):
    """The caller's environment with a fixed locale and a home that can be written to."""
    return dict(os.environ, LC_ALL="C", LANG="C", HOME=str(work), WHY3CONFIG=str(work / "why3.conf"))


def installed_version(tool, work):
    command, pattern = VERSION_COMMANDS[tool]
    try:
        text = subprocess.run(command, env=environment(work), capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    found = re.search(pattern, text)
    return found.group(1) if found else None


def check_toolchain(work):
    """Return {tool: version}; raise ToolchainError naming both versions when one differs from toolchain.txt."""
    versions = {}
    for line in (PROOFS / "toolchain.txt").read_text().split("\n"):
        if not line.strip():
            continue
        tool, wanted = line.split()
        have = installed_version(tool, work)
        if have is None:
            raise ToolchainError(f"the proofs need {tool} {wanted}, and {tool} is not installed")
        if have != wanted:
            raise ToolchainError(f"the proofs were made with {tool} {wanted}; here is {tool} {have}")
        versions[tool] = have
    return versions


def configuration():
    """The files that decide how goals are generated and proved."""
    return sorted([*PROOFS.glob("*.in"), *PROOFS.glob("*.mlw"), *PROOFS.glob("*.driver"), PROOFS / "toolchain.txt"])


def configuration_hash():
    digest = hashlib.sha256()
    for path in configuration():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def prepare(work):
    """Write the Why3 configuration and the drivers, with this machine's paths, into the folder `work`."""
    work.mkdir(parents=True, exist_ok=True)

    def ask(*command):
        try:
            return subprocess.run(command, env=environment(work), capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError) as error:
            raise ToolchainError(f"{command[0]} cannot be run: {error}") from error

    data = ask("why3", "--print-datadir")
    fill = {"@DATADIR@": data, "@LIBDIR@": ask("why3", "--print-libdir"), "@STOCK@": data + "/drivers", "@DRIVERS@": str(work)}
    for template in PROOFS.glob("*.in"):
        text = template.read_text()
        for key, value in fill.items():
            text = text.replace(key, value)
        write_if_changed(work / template.stem, text)
    for name in ("float_model.mlw", "float_model.driver"):
        write_if_changed(work / name, (PROOFS / name).read_text())
    stock = Path(ask("frama-c", "-print-share-path")) / "wp"
    for path in [p for p in stock.rglob("*") if p.is_file()]:
        text = (PROOFS / "cfloat.mlw" if path.name == "cfloat.mlw" else path).read_text()
        target = work / "share" / path.relative_to(stock)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_if_changed(target, text)


def write_if_changed(path, text):
    """Replace the file in one step, so that a process that reads it meanwhile sees the old or the new text."""
    if path.exists() and path.read_text() == text:
        return
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    scratch.write_text(text)
    scratch.replace(path)


@dataclass
class Goal:
    name: str
    status: str  # valid, timeout, unknown, failed; a smoke test that is passed is valid
    prover: str = ""
    cached: bool = False
    smoke: bool = False
    steps: int = 0


@dataclass
class Run:
    goals: list = field(default_factory=list)
    functions: dict = field(default_factory=dict)  # function or "lemma" -> names of its goals
    error: str = ""
    output: str = ""


def wp_command(work, source, session, *, functions=(), cache="update", seconds=GOAL_SECONDS, smoke=True, processes=1,
               properties=None, report=None):
    command = ["frama-c", "-c11", "-machdep", "gcc_x86_64", "-wp", "-wp-rte", "-warn-unsigned-overflow", "-warn-special-float",
               "none", "-wp-share", str(work / "share"), "-wp-model", "Typed+Float", "-wp-driver", str(work / "float_model.driver"),
               "-wp-prover", "script,Z3:4.8.12:uf,CVC5:1.0.3:uf", "-wp-timeout", str(seconds), "-wp-par", str(processes),
               "-wp-session", str(session), "-wp-cache", cache]
    if smoke:
        command += ["-wp-smoke-tests", "-wp-smoke-timeout", str(SMOKE_SECONDS)]
    if functions:
        command += ["-wp-fct", ",".join(functions)]
    if properties:
        command += [f"-wp-prop={properties}"]
    if report:
        command += ["-wp-report-json", str(report)]
    return command + [str(source)]


GOAL_LINE = re.compile(r"^\[wp\] \[(?P<by>[^\]]+)\] (?P<kind>Goal|Smoke-test) (?P<name>\S+)(?: : (?P<status>\w+))?(?P<rest>.*)$")
TOTAL_LINE = re.compile(r"^\[wp\] Proved goals:\s+(\d+) / (\d+)", re.M)


def parse_goals(output):
    """The goals that WP lists, the tally that it prints last, and whether the two agree."""
    goals, lines = {}, output.split("\n")
    for number, line in enumerate(lines):
        found = GOAL_LINE.match(line)
        if not found:
            continue
        by, name = found["by"], re.sub(r"^typed_(float_model_)?", "", found["name"])
        goal = Goal(name, "valid", smoke=found["kind"] == "Smoke-test")
        if by == "Failed" or found["status"] not in (None, "Valid", "Passed"):
            detail = " ".join(lines[number + 1:number + 4])
            goal.status = "timeout" if "Timeout" in detail + line and not goal.smoke else "failed"
        elif by != "Passed":
            goal.prover = PROVERS.get(by, by)
            steps = re.search(r"\((\d+)\)", found["rest"])
            goal.steps = int(steps.group(1)) if steps else 0
        goal.cached = "(cached)" in found["rest"]
        goals[name] = goal
    return list(goals.values())


def run_wp(work, source, session, **options):
    """One Frama-C process on one source file."""
    session.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        report = Path(folder) / "report.json"
        done = subprocess.run(wp_command(work, source, session, report=report, **options), env=environment(work), cwd=folder,
                              capture_output=True, text=True, check=False)
        run = Run(output=done.stdout + done.stderr)
        if done.returncode != 0 or not report.exists():
            run.error = run.output.strip() or f"frama-c ended with status {done.returncode}"
            return run
        document = json.loads(report.read_text())
    run.goals = parse_goals(run.output)
    run.functions = {name: [g for g in goals if g != "wp:section"] for name, goals in document.get("wp:functions", {}).items()}
    lemmas = [g for block in document.get("wp:axiomatics", {}).values() for g in block if g != "wp:section"]
    if lemmas:
        run.functions["lemma"] = lemmas
    return run


def copy_scripts(session):
    """The hand-written proof scripts (inductions) are part of every session."""
    target = session / "script"
    target.mkdir(parents=True, exist_ok=True)
    for script in (PROOFS / "session" / "script").glob("*.json"):
        shutil.copyfile(script, target / script.name)
