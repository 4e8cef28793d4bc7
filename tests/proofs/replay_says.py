#!/usr/bin/env python3
"""What proofs/replay makes of what the provers say.  Frama-C, Why3 and the solvers are stand-ins that say what the test wants, so that
this takes no time; replay_bites.sh does the like with the tools themselves.

  replay_says.py SOURCE
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(sys.argv[1])
PROOFS = ("replay", "prover.py", "mutation.py", "rounding.py", "rounding/toolchain.txt", "rounding/rounding.driver", "toolchain.txt",
          "cfloat.mlw", "float_model.mlw", "float_model.driver", "why3.conf.in", "z3_uf.drv.in", "cvc5_uf.drv.in")
HEADER = r"""#include "../../spec/acsl/sqrt.h"
/*@ terminates \true;
    exits never: \false;
    assigns \result \from x;
    ensures result: identical(\result, rn_sqrt(x));
*/
double muon_tiny(double x);
"""
CODE = '#include "tiny.h"\ndouble muon_tiny(double x) { return sqrt(x); }\n'
METRICS = "[metrics] Defined functions (1)\n  muon_tiny (0 call);\n[metrics] Specified-only functions (1)\n  sqrt (1 call);\n"
FRAMA_C = """#!/bin/sh
here=$(dirname "$0")
case " $* " in
  *" -version "*) echo "{version}" ;;
  *" -print-share-path "*) echo "$here/share" ;;
  *" -metrics "*) cat "$here/metrics" ;;
  *) while [ "$1" != -wp-report-json ]; do shift; done
     cp "$here/report.json" "$2"; cat "$here/said"; exit "$(cat "$here/status")" ;;
esac
"""
PROVED = "[wp] [Z3 4.8.12 (uf)] Goal typed_float_model_muon_tiny_ensures_result : Valid (12ms) (34)\n"
SIMPLE = "[wp] [Qed] Goal typed_float_model_muon_tiny_exits_never : Valid\n"
SMOKE = "[wp] [Passed] Smoke-test typed_float_model_muon_tiny_wp_smoke_default_requires\n"


class Tree:
    def __init__(self, root):
        self.root, self.tools = root, root / "bin"
        for folder in ("src/ref", "spec/acsl", "proofs/session/script", "proofs/rounding", "bin/share/wp/why3/frama_c_wp"):
            (root / folder).mkdir(parents=True)
        for name in ("CMakeLists.txt", "spec/acsl/rounding.h", "spec/acsl/sqrt.h", *(f"proofs/{name}" for name in PROOFS)):
            shutil.copy(SOURCE / name, root / name)
        self.write("proofs/mutants.txt", "")
        trusted = json.loads((SOURCE / "proofs" / "trusted.json").read_text())
        self.write("proofs/trusted.json", json.dumps([item for item in trusted if item["name"] != "sqrtf"]))
        self.write("src/ref/tiny.h", HEADER)
        self.write("src/ref/tiny.c", CODE)
        shutil.copy(SOURCE / "proofs" / "cfloat.mlw", self.tools / "share" / "wp" / "why3" / "frama_c_wp")
        lines = ((SOURCE / "proofs" / name).read_text().split() for name in ("toolchain.txt", "rounding/toolchain.txt"))
        versions = {tool: version for words in lines for tool, version in zip(words[::2], words[1::2])}
        self.tool("frama-c", FRAMA_C.replace("{version}", versions.pop("frama-c")))
        for tool, version in versions.items():
            word = "Gappa" if tool == "gappa" else "version"
            self.tool(tool, f'#!/bin/sh\ncase "$*" in *prove*) echo "Prover result is: Valid" ;; *) echo "{word} {version}" ;; esac\n')
        self.write("bin/metrics", METRICS)
        self.say(PROVED + SIMPLE + SMOKE)

    def write(self, name, text):
        (self.root / name).write_text(text)

    def tool(self, name, text):
        self.write(f"bin/{name}", text)
        (self.tools / name).chmod(0o755)

    def say(self, goals, status=0, tally=None):
        """What Frama-C answers to the next question for proofs."""
        lines = [line for line in goals.splitlines() if line.startswith("[wp] [")]
        valid = sum("[Failed]" not in line for line in lines)
        names = {re.search(r"typed_float_model_(\S+)", line)[1]: {} for line in lines}
        self.write("bin/said", f"{goals}[wp] Proved goals: {tally or f'{valid} / {len(lines)}'}\n")
        self.write("bin/report.json", json.dumps({"wp:functions": {"muon_tiny": names}}))
        self.write("bin/status", str(status))

    def replay(self, *options):
        """(exit status, what it says, its document); each run in a folder of its own."""
        build = Path(tempfile.mkdtemp(dir=self.root))
        done = subprocess.run([self.root / "proofs" / "replay", "--build", build, "--json", build / "record.json", *options],
                              env=dict(os.environ, PATH=f"{self.tools}:{os.environ['PATH']}", MUONCERT_PROOFS=str(build / "cache")),
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr, json.loads((build / "record.json").read_text())


def expect(what, run, status, said, holds=lambda document: True):
    found, text, document = run
    if found != status or not re.search(said, text) or not holds(document):
        sys.exit(f"{what}: exit status {found}, expected {status} and /{said}/\n{text}{json.dumps(document, indent=1)}")


def function(document):
    return document["functions"][0]


def main():
    with tempfile.TemporaryDirectory() as scratch:
        tree = Tree(Path(scratch))
        expect("not recorded", tree.replay(), 1, r"tiny\.c: not in proofs/record\.json")
        expect("recorded", tree.replay("--update"), 0, "2 of 2 goals valid")
        expect("replayed", tree.replay(), 0, "2 of 2 goals valid", lambda d: function(d)["smoke"] == 1 and d["verdict"] == "expected")
        expect("from scratch", tree.replay("--fresh"), 0, "tiny: 2 of 2 goals valid, proved, ", lambda d: function(d)["proved"] == 2)

        late = "[wp] [Failed] Goal typed_float_model_muon_tiny_ensures_result\n  Z3 4.8.12 (uf): Timeout (Qed:1ms) (10s)\n"
        tree.say(late + SIMPLE + SMOKE)
        expect("time-out", tree.replay("--fresh"), 1, "goal muon_tiny_ensures_result: timeout", lambda d: function(d)["timeouts"] == 1)
        tree.say(late.replace("Timeout", "Unknown") + SIMPLE + SMOKE)
        expect("not proved", tree.replay("--fresh"), 1, "goal muon_tiny_ensures_result: failed", lambda d: function(d)["timeouts"] == 0)
        tree.say(PROVED + SIMPLE + SMOKE.replace("Passed", "Failed"))
        expect("contradiction", tree.replay("--fresh"), 1, "goal muon_tiny_wp_smoke_default_requires: failed")
        tree.say(PROVED + SMOKE)
        expect("a goal less", tree.replay("--fresh"), 1, "muon_tiny: 1 goals, proofs/record.json has 2")
        tree.say(PROVED + SIMPLE + SMOKE, tally="3 / 4")
        expect("a tally that disagrees", tree.replay("--fresh"), 1, r"WP says .* 3 / 4, its list of goals 3 / 3;")
        tree.say("last words\n" + PROVED, status=7)
        expect("broken off", tree.replay("--fresh"), 1, r"Frama-C ended with status 7; nothing is known(.|\n)*\| last words",
               lambda d: d["abnormal"] and not d["functions"])
        tree.say(SIMPLE + SMOKE)
        expect("no ensures", tree.replay("--fresh"), 1, "muon_tiny: the contract has no ensures clause")

        tree.say(PROVED + SIMPLE + SMOKE)
        tree.write("bin/metrics", METRICS.replace("(1)\n  muon_tiny (0 call)", "(2)\n  muon_tiny (0 call); stray (0 call)"))
        expect("no contract", tree.replay(), 1, "stray: no goals, so nothing is proved about it")
        tree.write("bin/metrics", METRICS.replace("sqrt", "exp"))
        expect("an assumption not listed", tree.replay(), 1, "assumed contract exp is assumed and not listed")
        tree.write("bin/metrics", METRICS)
        tree.write("src/ref/tiny.h", HEADER.replace("identical(\\result, rn_sqrt(x))", "\\true"))
        expect("nothing said", tree.replay("--update"), 1, "muon_tiny: no clause says what it computes")
        tree.write("src/ref/tiny.h", HEADER)
        tree.write("src/ref/tiny.c", CODE.replace("sqrt(x)", "x"))
        expect("another source", tree.replay(), 1, r"record\.json is stale")
        tree.write("src/ref/tiny.c", CODE)
        tree.tool("why3", (tree.tools / "why3").read_text().replace("Valid", "Timeout"))
        expect("a lemma of a theory", tree.replay(), 1, "float_model.mlw: 0 of 1 lemmas proved")
    return 0


if __name__ == "__main__":
    sys.exit(main())
