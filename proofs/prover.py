"""How Frama-C is called here: the private Why3 configuration, one run of WP, and what its output says.

Used by `wp` (development), `replay` and `mutants`.  Python 3, standard library only.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

PROOFS = Path(__file__).resolve().parent
ROOT = PROOFS.parent
PROVERS = {"Z3 4.8.12 (uf)": "z3", "CVC5 1.0.3 (uf)": "cvc5", "Gappa 1.4.1": "gappa", "Qed": "qed", "CFG": "qed", "Script": "script"}
GOAL_SECONDS = 10
SMOKE_SECONDS = 1

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


def toolchain():
    """The lines `tool version` of toolchain.txt, and of rounding/toolchain.txt, whose tools prove nothing elsewhere."""
    return "\n".join(path.read_text() for path in (PROOFS / "toolchain.txt", PROOFS / "rounding" / "toolchain.txt")).split("\n")


def check_toolchain(work):
    """Return {tool: version}; raise ToolchainError naming both versions when one differs from toolchain.txt."""
    versions = {}
    for line in toolchain():
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


def hash_files(paths, seed=""):
    digest = hashlib.sha256(seed.encode())
    for path in sorted(paths):
        digest.update(os.path.relpath(path, ROOT).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def configuration_hash(smoke=True):
    scripts = (PROOFS / "session" / "script").glob("*.json")
    return hash_files([*configuration(), *scripts], " ".join(wp_command(Path("WORK"), "FILE", "SESSION", smoke=smoke)))


def included(sources):
    """The files and all that they include by quoted name, directly or not."""
    found, todo = set(), [path.resolve() for path in sources]
    while todo:
        path = todo.pop()
        if path in found:
            continue
        found.add(path)
        names = re.findall(r'^\s*#\s*include\s+"([^"]+)"', path.read_text(), flags=re.M)
        todo += [(path.parent / name).resolve() for name in names]
    return found


def strip_comments(path):
    """The annotations of a C file, or a Why3 theory, without comments."""
    text = path.read_text()
    if ".mlw" in path.suffixes:
        return re.sub(r"\(\*.*?\*\)", "", text, flags=re.S)
    blocks = re.findall(r"/\*@(.*?)\*/|//@([^\n]*)", text, flags=re.S)
    return "\n".join(re.sub(r"//[^\n]*", "", block + line) for block, line in blocks)


CONTRACT = re.compile(r"/\*@((?:(?!\*/).)*)\*/\n([\w ]+?\**)\b(muon\w+)\(([^;{]*)\);", re.S)


def contracts(header):
    """(contract, type, name, parameters) of each function that a header of the reference declares."""
    return CONTRACT.findall(header.read_text())


def clauses(contract, kind):
    """The clauses of one kind, each on one line without its keyword."""
    text = " ".join(re.sub(r"//[^\n]*", "", contract).split())
    kinds = "requires|ensures|assigns|terminates|exits"
    return [clause.strip() for found, clause in re.findall(rf"\b({kinds})\b(.*?);(?= *(?:(?:{kinds})\b|$))", text) if found == kind]


def signatures(theory):
    """Symbol -> kind and types, for the functions and predicates of a Why3 theory that write a declaration on one line."""
    found = {}
    for kind, name, rest in re.findall(r"^  (function|predicate) (\w+)((?: +(?:\([^)]*\)|\w+))*(?: *: *\w+)?)", theory.read_text(), flags=re.M):
        arguments, _, result = re.sub(r"\([^)]*\)", lambda m: m[0].replace(":", "~"), rest).partition(":")
        types = []
        for group, bare in re.findall(r"\(([^)]*)\)|(\w+)", arguments):
            names, _, kind_of = group.partition("~")
            types += [kind_of.strip()] * len(names.split()) if group else [bare]
        found[name] = f"{kind} {' '.join(types)} -> {result.strip() or 'prop'}"
    return found


def user_cache():
    """Where development runs keep what they know."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(os.environ.get("MUONCERT_PROOFS") or Path(cache) / "muoncert-proofs").resolve()


def build_folder(wanted, name):
    """The folder `wanted`, else build/NAME, else one in the user's cache or in /tmp; it exists and can be written to."""
    places = [ROOT / "build", user_cache(), Path(tempfile.gettempdir()) / f"muoncert-{os.getuid()}"]
    for folder in [Path(wanted)] if wanted else [place / name for place in places]:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return folder.resolve()
        except OSError:
            continue
    raise OSError(f"{wanted or name}: no such folder can be written")


def processors():
    return len(os.sched_getaffinity(0))


def version():
    return re.search(r"project\(muoncert VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)


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
    error: str = ""  # one line: why there is nothing to rely on
    output: str = ""

    def log_tail(self, lines=8):
        """The end of what Frama-C printed."""
        return [line for line in self.output.splitlines() if line.strip()][-lines:]

    def by_function(self):
        """{function: its goals}; the lemmas of a file count as one function."""
        owner = {goal: function for function, goals in self.functions.items() for goal in goals}
        names = sorted(self.functions, key=len, reverse=True)
        found = {name: [] for name in sorted(self.functions)}
        for goal in self.goals:
            parts = [goal.name, re.sub(r"_(part\d+|established|preserved|decrease|positive|exit|normal)$", "", goal.name)]
            name = next((owner[part] for part in parts if part in owner), None)
            name = name or next((n for n in names if goal.name.startswith(n + "_")), names[0])
            found[name].append(goal)
        return found


def wp_command(work, source, session, *, functions=(), cache="update", seconds=GOAL_SECONDS, smoke=True,
               properties=None, report=None, inlined=None):
    """The provers race for a goal.  WP looks at its provers ten times a second: where verdicts are only looked up, many goals a glance
    keep it busy.  With `inlined`, a function whose body stands for its calls, Gappa proves what rounding does; what WP writes for it,
    and so the key of the cache, depends on how many processes there are."""
    processes = 16 if cache == "offline" and not inlined else 2
    if inlined:
        special, provers, theory = "non-finite", "Gappa:1.4.1", ["-inline-calls", inlined]
        driver = source.parent / "rounding.driver"
    else:
        special, provers, theory = "none", "script,Z3:4.8.12:uf,CVC5:1.0.3:uf", ["-wp-share", str(work / "share")]
        driver = work / "float_model.driver"
    command = ["frama-c", "-c11", "-machdep", "gcc_x86_64", "-wp", "-wp-rte", "-warn-unsigned-overflow", "-warn-special-float",
               special, *theory, "-wp-model", "Typed+Float", "-wp-driver", str(driver),
               "-wp-prover", provers, "-wp-timeout", str(seconds), "-wp-par", str(processes),
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
        by, name = found["by"], re.sub(r"^typed_((float_model|rounding)_)?", "", found["name"])
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


def how_it_ended(code):
    """What a return code of subprocess says: an exit status, or the signal that killed the process."""
    if code >= 0:
        return f"ended with status {code}" if code else "ended without a report"
    return f"was killed by signal {-code} ({signal.Signals(-code).name}){', perhaps for want of memory' if code == -signal.SIGKILL else ''}"


def run_wp(work, source, session, **options):
    """One Frama-C process on one source file."""
    session.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        report = Path(folder) / "report.json"
        done = subprocess.run(wp_command(work, source, session, report=report, **options), env=environment(work), cwd=folder,
                              capture_output=True, text=True, check=False)
        run = Run(output=done.stdout + done.stderr)
        if done.returncode != 0 or not report.exists():
            run.error = f"Frama-C {how_it_ended(done.returncode)}"
            return run
        document = json.loads(report.read_text()) or {}
    run.goals = parse_goals(run.output)
    total = TOTAL_LINE.search(run.output)
    tally = (sum(goal.status == "valid" for goal in run.goals), len(run.goals))
    if total is None or (int(total[1]), int(total[2])) != tally:
        run.error = f"WP says {total[0] if total else 'nothing'}, its list of goals {tally[0]} / {tally[1]}"
    run.functions = {name: [g for g in goals if g != "wp:section"] for name, goals in document.get("wp:functions", {}).items()}
    lemmas = [g for block in document.get("wp:axiomatics", {}).values() for g in block if g != "wp:section"]
    if lemmas:
        run.functions["lemma"] = lemmas
    return run


def pack_session(session, pack):
    """Write the verdicts that a run with -wp-cache cleanup left into one file, one line a goal and prover."""
    entries = {path.stem: json.loads(re.sub(r"(\d)\.(?!\d)", r"\1.0", path.read_text()))
               for path in (session / "cache").glob("*.json")}
    for key, entry in (json.loads(pack.read_text()) if pack.exists() else {}).items():
        if entry["verdict"] == entries.get(key, {}).get("verdict"):
            entries[key] = entry
    lines = [f"{json.dumps(key)}: {json.dumps(entries[key])}" for key in sorted(entries)]
    pack.parent.mkdir(parents=True, exist_ok=True)
    write_if_changed(pack, "{\n" + ",\n".join(lines) + "\n}\n")


def unpack_session(pack, session):
    cache = session / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for key, entry in (json.loads(pack.read_text()) if pack.exists() else {}).items():
        write_if_changed(cache / f"{key}.json", json.dumps(entry))


def drop_timeouts(cache):
    """A time-out says how busy the machine was: a record is never made from an earlier one."""
    for path in cache.glob("*.json"):
        if json.loads(re.sub(r"(\d)\.(?!\d)", r"\1.0", path.read_text()))["verdict"] == "timeout":
            path.unlink()


def copy_cache(source, target):
    """Add the verdicts of one cache to another."""
    target.mkdir(parents=True, exist_ok=True)
    for path in source.glob("*.json") if source.exists() else ():
        if not (target / path.name).exists():
            write_if_changed(target / path.name, path.read_text())


def copy_scripts(session):
    """The hand-written proof scripts (inductions) are part of every session."""
    target = session / "script"
    target.mkdir(parents=True, exist_ok=True)
    for script in (PROOFS / "session" / "script").glob("*.json"):
        shutil.copyfile(script, target / script.name)
