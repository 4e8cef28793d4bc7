"""The program from outside: exit statuses, messages, streams, signals.   t_command.py PROGRAM SOURCE_FOLDER [unittest
options]"""

import fcntl
import json
import os
import pty
import random
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest
import xml.dom.minidom

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]

CLAIMS = {
    "schema": 1, "tool": "muoncert 0.1.0", "command": "claims", "verdict": "expected", "seconds": 1.5,
    "claims": [
        {"id": "bound", "file": "a.claim", "line": 4, "verdict": "proved"},
        {"id": "bound_as_printed", "file": "a.claim", "line": 9, "verdict": "refuted", "expected": "refuted",
         "witness": {"x": "1/50"}, "cite": "Lemma 2 – as printed"},
    ],
}


def run(*arguments, **options):
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    options.setdefault("stdin", subprocess.DEVNULL)
    result = subprocess.run([PROGRAM, *arguments], timeout=120, **options)
    assert not re.search(b"Sanitizer|runtime error", result.stderr or b""), result.stderr.decode()
    return result


def on_terminal(arguments, environment):
    """Output and exit status with stdout on a terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen([PROGRAM, *arguments], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    output = b""
    while True:
        try:
            block = os.read(master, 65536)
        except OSError:
            break
        if not block:
            break
        output += block
    os.close(master)
    return output, process.wait(timeout=60)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as f:
            f.write(content if isinstance(content, bytes) else json.dumps(content).encode())
        return self.path(name)

    def record(self, **changes):
        return self.write("record.json", {**CLAIMS, **changes})

    def assert_one_line(self, result, status, pattern):
        """One line on stderr that matches, nothing on stdout, this status."""
        message = result.stderr.decode()
        self.assertEqual(result.returncode, status, message)
        self.assertEqual(result.stdout or b"", b"")
        self.assertRegex(message, pattern)
        self.assertEqual(message.count("\n"), 1, message)


class Usage(Case):
    def test_help(self):
        result = run("--help")
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertIn(b"Usage: muoncert COMMAND", result.stdout)

    def test_every_command_of_the_table_has_help(self):
        names = re.findall(r"^  ([a-z]+) ", run("--help").stdout.decode(), re.M)
        self.assertIn("report", names)
        for name in names:
            with self.subTest(name):
                result = run(name, "--help")
                self.assertEqual((result.returncode, result.stderr), (0, b""))
                self.assertTrue(result.stdout.startswith(b"Usage: muoncert " + name.encode()), result.stdout)
                self.assertEqual(run(name, "--no-such-option").returncode, 3)

    def test_version(self):
        for arguments in (["--version"], ["report", "--version"]):
            result = run(*arguments)
            self.assertEqual(result.returncode, 0)
            self.assertRegex(result.stdout, rb"^muoncert [0-9]+\.[0-9]+\.[0-9]+\n$")

    def test_no_command(self):
        result = run()
        self.assertEqual((result.returncode, result.stdout), (3, b""))
        self.assertIn(b"Usage:", result.stderr)

    def test_unknown_command_suggests(self):
        self.assert_one_line(run("reprot"), 3, "no command 'reprot'; did you mean 'report'")
        self.assert_one_line(run("zzzzzzzz"), 3, "--help")
        self.assert_one_line(run("x" * 100000), 3, "no command")


    def test_a_file_is_no_claim(self):
        self.assert_one_line(run("prove", self.write("a.claim", b"1 < 2")), 3, "a.claim: a file, and no claim; `muoncert claims FILE'")


class Report(Case):
    def test_good_record(self):
        result = run("report", self.record())
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertIn(b"x = 1/50", result.stdout)

    def test_exit_statuses(self):
        for verdict, status in (("proved", 0), ("refuted", 1), ("undecided", 2), ("error", 3)):
            with self.subTest(verdict):
                self.assertEqual(run("report", self.record(claims=[{"id": "a", "verdict": verdict}])).returncode, status)
        crashed = self.write("crashed.json", {**CLAIMS, "command": "audits", "audits": [{"id": "k", "verdict": "crashed"}]})
        self.assertEqual(run("report", crashed).returncode, 4)
        self.assertEqual(run("report", self.record(claims=[])).returncode, 2)
        self.assertEqual(run("report", crashed, self.record(verdict="violated")).returncode, 4)
        self.assertEqual(run("report", crashed, self.record(verdict="error")).returncode, 3)

    def test_bad_files(self):
        self.assertEqual(run("report").returncode, 3)
        self.assert_one_line(run("report", self.path("none.json")), 3, "none.json")
        self.assert_one_line(run("report", self.folder.name), 3, "muoncert report: ")
        for content in (b"", b"{", b"[1]", b"3", b'{"command":"claims"', b"\xff\xfe", b'{"command":1}', b"{}" * 3, b"[" * 100000):
            with self.subTest(content[:20]):
                self.assert_one_line(run("report", self.write("bad.json", content)), 3, "bad.json")
        self.assert_one_line(run("report", self.record(claims=[{"id": "a"}])), 3, "/claims/0: missing: verdict")
        self.assert_one_line(run("report", self.record(), self.write("b.json", {**CLAIMS, "seconds": "1"})), 3, "/seconds")

    def test_json_is_one_document(self):
        result = run("report", "--json", self.record())
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        document = json.loads(result.stdout)
        self.assertEqual(document["claims"], CLAIMS["claims"])
        again = run("report", "--json", self.write("again.json", result.stdout))
        self.assertEqual(again.stdout, result.stdout)

    def test_quiet(self):
        self.assertEqual(run("report", "--quiet", self.record()).stdout, b"")
        self.assertNotEqual(run("report", "--quiet", self.record(claims=[{"id": "a", "verdict": "refuted"}])).stdout, b"")

    def test_junit_is_xml(self):
        odd = {"id": "a<&\"'\u0001\ufffe\u00e9", "verdict": "refuted", "file": "x.claim", "line": 3, "message": "]]>\n\u001b"}
        target = self.path("j.xml")
        self.assertEqual(run("report", "--junit", target, self.record(claims=[odd, *CLAIMS["claims"]])).returncode, 1)
        suites = xml.dom.minidom.parse(target).documentElement
        self.assertEqual(suites.getAttribute("tests"), "3")
        self.assertEqual(suites.getAttribute("failures"), "1")
        case = suites.getElementsByTagName("testcase")[0]
        self.assertEqual(case.getAttribute("name"), "a<&\"'\u00e9")
        self.assertIn("x.claim:3", case.getElementsByTagName("failure")[0].firstChild.data)

    def test_junit_that_cannot_be_written(self):
        result = run("report", "--junit", self.path("no/such/folder/j.xml"), self.record())
        self.assertEqual(result.returncode, 3)
        self.assertIn(b"j.xml", result.stderr)


class Sarif(Case):
    def test_results_have_places(self):
        bad = {"id": "b", "verdict": "refuted", "file": "spec/my claims.claim", "line": 7, "witness": {"x": "1/3"}}
        open_ = {"id": "o", "verdict": "undecided"}
        target = self.path("r.sarif")
        self.assertEqual(run("report", "--sarif", target, self.record(claims=[bad, open_, *CLAIMS["claims"]])).returncode, 1)
        with open(target, encoding="utf-8") as f:
            document = json.load(f)
        self.assertEqual(document["version"], "2.1.0")
        results = document["runs"][0]["results"]
        self.assertEqual([(r["ruleId"], r["level"]) for r in results], [("claims/refuted", "error"), ("claims/undecided", "warning")])
        place = results[0]["locations"][0]["physicalLocation"]
        self.assertEqual(place, {"artifactLocation": {"uri": "spec/my%20claims.claim"}, "region": {"startLine": 7}})
        self.assertEqual(results[1]["locations"][0]["physicalLocation"]["region"], {"startLine": 1})  # viewers want one
        self.assertNotIn("baselineState", results[0])
        self.assertIn("x = 1/3", results[0]["message"]["text"])
        rules = {r["id"] for r in document["runs"][0]["tool"]["driver"]["rules"]}
        self.assertEqual(rules, {r["ruleId"] for r in results})
        self.assertTrue(document["runs"][0]["invocations"][0]["executionSuccessful"])

    def test_a_kernel_is_its_own_place(self):
        law = {"id": "./k.so.odd", "kernel": "./k.so", "law": "odd", "verdict": "violated", "message": "differs"}
        audit = {"id": "X", "verdict": "wrong", "input": "G.npy", "output": "d/X.npy"}
        target, record = self.path("r.sarif"), {**CLAIMS, "command": "audit", "audits": [audit], "laws": [law], "claims": []}
        self.assertEqual(run("report", "--sarif", target, self.write("a.json", record)).returncode, 1)
        with open(target, encoding="utf-8") as f:
            results = json.load(f)["runs"][0]["results"]
        self.assertEqual([r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in results], ["d/X.npy", "./k.so"])
        self.assertTrue(results[1]["message"]["text"].startswith("law ./k.so.odd: violated, expected holds: differs\n"))

    def test_an_empty_part_is_said(self):
        target = self.path("r.sarif")
        self.assertEqual(run("report", "--sarif", target, self.record(claims=[])).returncode, 2)
        with open(target, encoding="utf-8") as f:
            invocation = json.load(f)["runs"][0]["invocations"][0]
        self.assertFalse(invocation["executionSuccessful"])
        self.assertIn("nothing was checked", invocation["toolExecutionNotifications"][0]["message"]["text"])


class Mangled(Case):
    VALUES = [None, True, -1, 0, 1e308, 2**62, "", "x", "\u0001<&\u00e9", "proved", "holds", "claims", "1e999999999999", "-inf", "1/0", [], {}, [[]],
              [{}], {"lo": "1", "hi": "nan"}, {"a": "b"}]

    def places(self, value, path=()):
        yield path
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
            yield from self.places(inner, (*path, key))

    def mangle(self, document, numbers):
        document = json.loads(json.dumps(document))
        for _ in range(numbers.randint(1, 3)):
            path = numbers.choice([p for p in self.places(document) if p])
            holder = document
            for key in path[:-1]:
                holder = holder[key]
            if numbers.random() < 0.2:
                del holder[path[-1]]
            else:
                holder[path[-1]] = numbers.choice(self.VALUES)
        return document

    def test_mangled_records_are_reported_or_refused(self):
        """Whatever stands in a record, the program ends in order, and never with status 0 unless the record passes
        the schema."""
        numbers = random.Random(1)
        enclosure = {"lo": "1.5e-3", "hi": "2.5"}
        whole = {**CLAIMS, "command": "verify", "parts": [
            {"command": c, "verdict": "expected", "seconds": 1, "items": 1, "unexpected": 0, "undecided": 0}
            for c in ("proofs", "theorems", "claims", "campaigns", "audits")],
            "campaigns": [{"id": "c", "verdict": "holds", "trials": 9, "met": 9, "holds": 9, "violated": 0, "undecided": 0, "margin": enclosure,
                           "witness": {"quantities": {"t": enclosure}, "matrices": {"G": [["0x1p+0"]]}}}],
            "audits": [{"id": "k", "verdict": "conforms", "error": enclosure, "sigma": enclosure,
                        "tolerance": {"sound": "5", "spectrum": "4", "statistical": "3", "false_alarm": 1e-6},
                        "measures": [{"name": "total", "error": enclosure, "limit": "3"}]}],
            "theorems": [{"name": "T1", "verdict": "proved"}],
            "proofs": {"schema": 1, "tool": "muoncert 0.1.0", "command": "proofs", "verdict": "expected", "seconds": 1,
                       "functions": [{"name": "f", "file": "f.c", "goals": 2, "valid": 2, "provers": {"z3": 2}}], "trusted": ["z3"]}}
        self.assertEqual(run("report", self.write("whole.json", whole)).returncode, 0)
        for number in range(150):
            mangled = self.write("mangled.json", self.mangle(whole, numbers))
            result = run("report", "--html", self.path("m.html"), "--junit", self.path("m.xml"), "--sarif", self.path("m.sarif"), mangled)
            with open(mangled, encoding="utf-8") as f:
                self.assertIn(result.returncode, range(5), f.read())
            if result.returncode != 3:
                xml.dom.minidom.parse(self.path("m.xml"))
                with open(self.path("m.sarif"), encoding="utf-8") as f:
                    json.load(f)


class Baseline(Case):
    def test_changes_are_named(self):
        old = self.write("old.json", {**CLAIMS, "claims": [{"id": "stays", "verdict": "proved"}, {"id": "falls", "verdict": "proved"},
                                                           {"id": "gone", "verdict": "proved"}, {"id": "masked", "verdict": "proved"}]})
        new = self.write("new.json", {**CLAIMS, "claims": [{"id": "stays", "verdict": "proved"}, {"id": "falls", "verdict": "refuted"},
                                                           {"id": "new", "verdict": "proved"},
                                                           {"id": "masked", "verdict": "refuted", "expected": "refuted"}]})
        result = run("report", "--baseline", old, new)
        self.assertEqual(result.returncode, 1)
        page = result.stdout.decode()
        self.assertIn("falls: was proved, as expected; is refuted, expected proved", page)
        self.assertIn("masked: was proved, as expected; is refuted, as expected", page)
        self.assertIn("new: new; is proved, as expected", page)
        self.assertIn("gone: gone; was proved, as expected", page)
        self.assertNotIn("stays: ", page)
        changes = json.loads(run("report", "--json", "--baseline", old, new).stdout)["changes"]
        self.assertEqual([c["id"] for c in changes], ["falls", "masked", "gone", "new"])  # worst first
        self.assertEqual([(c.get("was_expected"), c.get("is_expected")) for c in changes],
                         [(True, False), (True, True), (True, None), (None, True)])
        self.assertIn("nothing changed", run("report", "--baseline", old, old).stdout.decode())

    def test_a_constant_that_moved_is_named(self):
        def derived(lo, hi):
            claims = [{"id": "c", "verdict": "proved", "derived": {"lo": lo, "hi": hi}}]
            return self.write(f"{lo}.json", {**CLAIMS, "claims": claims})

        page = run("report", "--baseline", derived("1.4999", "1.5"), derived("1.3999", "1.4")).stdout.decode()
        self.assertIn("c: was proved, as expected, ? in [1.4999, 1.5]; is proved, as expected, ? in [1.3999, 1.4]", page)
        page = run("report", "--baseline", derived("1.4999", "1.5"), derived("1.4998", "1.5001")).stdout.decode()
        self.assertIn("nothing changed", page)  # enclosures that overlap may be of one constant

    def test_many_new_entries_are_counted(self):
        old = self.write("old.json", CLAIMS)
        claims = [{"id": f"n{i}", "verdict": "proved"} for i in range(40)] + [{"id": "bad", "verdict": "refuted"}]
        new = self.write("new.json", {**CLAIMS, "claims": CLAIMS["claims"] + claims})
        page = run("report", "--baseline", old, new).stdout.decode()
        self.assertIn("bad: new; is refuted, expected proved", page)
        self.assertIn("and 40 new entries, all as expected", page)
        self.assertNotIn("n7: new", page)

    def test_viewers_see_what_is_new(self):
        claims = [{"id": name, "verdict": verdict} for name, verdict in (("falls", "proved"), ("stays", "refuted"), ("worse", "undecided"))]
        old = self.write("old.json", {**CLAIMS, "claims": claims})
        new = self.write("new.json", {**CLAIMS, "claims": [{"id": c["id"], "verdict": "refuted", "witness": {"x": "1/3"}} for c in claims]})
        run("report", "--baseline", old, new, "--junit", self.path("j.xml"), "--sarif", self.path("r.sarif"))
        messages = [f.getAttribute("message") for f in xml.dom.minidom.parse(self.path("j.xml")).getElementsByTagName("failure")]
        self.assertEqual(messages, ["refuted, expected proved: false at x = 1/3 (was proved, as expected)",
                                    "refuted, expected proved: false at x = 1/3",
                                    "refuted, expected proved: false at x = 1/3 (was undecided, expected proved)"])
        with open(self.path("r.sarif"), encoding="utf-8") as f:
            states = [r["baselineState"] for r in json.load(f)["runs"][0]["results"]]
        self.assertEqual(states, ["new", "unchanged", "updated"])

    def test_a_bad_baseline(self):
        self.assert_one_line(run("report", "--baseline", self.path("none.json"), self.record()), 3, "none.json")


class Html(Case):
    def page(self):
        audit = {"id": "k", "verdict": "conforms", "error": {"lo": "1e-3", "hi": "2e-3"},
                 "tolerance": {"sound": "5", "spectrum": "4", "statistical": "0.01", "false_alarm": 1e-6}}
        audits = self.write("audits.json", {**CLAIMS, "command": "audits", "audits": [audit], "claims": []})
        target = self.path("r.html")
        self.assertEqual(run("report", "--html", target, self.record(), audits).returncode, 0)
        return target

    def test_tags_close(self):
        import html.parser

        class Tags(html.parser.HTMLParser):
            void, open = {"meta", "link", "line", "rect"}, []

            def handle_starttag(self, tag, attributes):
                if tag not in self.void:
                    self.open.append(tag)

            def handle_endtag(self, tag):
                if tag not in self.void:
                    assert self.open.pop() == tag, tag

        tags = Tags()
        with open(self.page(), encoding="utf-8") as f:
            text = f.read()
        tags.feed(text)
        self.assertEqual(tags.open, [])
        self.assertIn("<svg", text)


CAMPAIGN = """
paper test
  title "Corner lemma"
  ref "test"
campaign {name}
  measure theta, kappa, z by corner
  where theta > 0
  holds (1 - z) * ({factor}*theta)^2 <= kappa^2 * (1 + z)
  shapes 4 by 4
  spectra uniform
  trials {trials}
"""


class Verify(Case):
    def spec(self, **files):
        """A spec folder: claims/NAME.claim for each keyword, audits.claim for `audits`."""
        for name, text in files.items():
            self.write("spec/audits.claim" if name == "audits" else f"spec/claims/{name}.claim", text.encode())
        return self.path("spec")

    def verify(self, spec, *more):
        result = run("verify", "--spec", spec, "--json", *more)
        return result, json.loads(result.stdout) if result.stdout else None

    def part(self, document, command):
        return next(p for p in document["parts"] if p["command"] == command)

    def test_no_spec_folder(self):
        self.assert_one_line(run("verify", cwd=self.folder.name), 3, "no spec folder")
        self.assert_one_line(run("verify", "--spec", self.path("none")), 3, "none: no claims")

    def test_only_that_selects_nothing(self):
        spec = self.spec(a=CAMPAIGN.format(name="c", factor=2, trials=5))
        self.assert_one_line(run("verify", "--spec", spec, "--only", "no such*"), 3, "nothing in '.*' is named like 'no such")

    def test_only_leaves_empty_parts_out(self):
        spec = self.spec(a=CAMPAIGN.format(name="c", factor=2, trials=50))
        result, document = self.verify(spec, "--only", "test.c")
        self.assertEqual((result.returncode, [p["command"] for p in document["parts"]]), (0, ["campaigns"]))

    def test_an_empty_part_is_no_pass(self):
        _, document = self.verify(self.spec(a=CAMPAIGN.format(name="c", factor=2, trials=50)))
        self.assertEqual(self.part(document, "campaigns")["verdict"], "expected")
        self.assertEqual(self.part(document, "audits")["verdict"], "undecided")
        self.assertEqual(document["verdict"], "undecided")

    def test_a_false_campaign_fails(self):
        _, document = self.verify(self.spec(a=CAMPAIGN.format(name="c", factor=5, trials=50)))
        self.assertEqual(self.part(document, "campaigns")["verdict"], "violated")
        self.assertEqual(document["campaigns"][0]["verdict"], "violated")

    def test_a_broken_file_does_not_stop_the_others(self):
        spec = self.spec(a="campaign\n", audits="audit x\n")
        _, document = self.verify(spec)
        for command in ("campaigns", "audits"):
            self.assertEqual(self.part(document, command)["verdict"], "error")
            self.assertRegex(self.part(document, command)["message"], r"\.claim:[0-9]+:[0-9]+: ")

    def test_proof_records(self):
        spec = self.spec(a=CAMPAIGN.format(name="c", factor=2, trials=50))
        record = {"schema": 1, "tool": "muoncert 0.1.0", "command": "proofs", "verdict": "expected", "seconds": 1,
                  "functions": [{"name": "f", "file": "f.c", "goals": 2, "valid": 2}]}

        def proofs(content):
            _, document = self.verify(spec, "--proofs", self.write("proofs.json", content))
            return self.part(document, "proofs")["verdict"]

        self.assertEqual(proofs(record), "expected")
        self.assertEqual(proofs({**record, "functions": [{"name": "f", "file": "f.c", "goals": 2, "valid": 1}]}), "undecided")
        self.assertEqual(proofs({**record, "functions": []}), "undecided")
        self.assertEqual(proofs({**record, "verdict": "error", "message": "another Frama-C", "functions": []}), "error")
        self.assertEqual(proofs({**record, "command": "claims"}), "error")
        self.assertEqual(proofs(b"{"), "error")
        theorems = {**record, "tool": "Coq 8.16.1", "command": "theorems", "theorems": [{"name": "T1", "verdict": "proved"}]}
        changed = {**theorems, "theorems": [{"name": "T1", "verdict": "changed"}]}
        for content, verdict in ((theorems, "expected"), (changed, "violated")):
            _, document = self.verify(spec, "--proofs", self.write("proofs.json", record), "--theorems", self.write("coq.json", content))
            self.assertEqual(self.part(document, "proofs")["verdict"], "expected")
            self.assertEqual(self.part(document, "theorems")["verdict"], verdict)
        for command in ("proofs", "theorems"):
            _, document = self.verify(spec, "--" + command, self.path("missing.json"))
            self.assertIn("missing.json", self.part(document, command)["message"])
            self.assertEqual(self.part(document, command)["verdict"], "error")
        _, document = self.verify(spec)
        self.assertNotIn("proofs", [p["command"] for p in document["parts"]])

    def test_a_place_that_cannot_be_written_is_found_before_the_work(self):
        spec = self.spec(a=CAMPAIGN.format(name="c", factor=2, trials=1000000))
        file, missing = self.write("file", b""), self.path("no/such/r.json")
        claim = os.path.join(spec, "claims", "a.claim")
        self.assert_one_line(run("verify", "--spec", spec, "--output", file), 3, "could not be written: Not a directory")
        for option in ("--record", "--junit"):
            self.assert_one_line(run("campaign", "--file", claim, option, missing), 3, "could not be written: No such file")
        self.assert_one_line(run("simulate", "saddle", "--csv", self.folder.name), 3, "could not be written: Is a directory")

    def test_reports_are_written(self):
        spec, output = self.spec(a=CAMPAIGN.format(name="c", factor=2, trials=50)), self.path("reports")
        result = run("verify", "--spec", spec, "--output", output)
        self.assertEqual(sorted(os.listdir(output)), ["junit.xml", "report.html", "report.json", "report.sarif"])
        xml.dom.minidom.parse(os.path.join(output, "junit.xml"))
        self.assertEqual(run("report", os.path.join(output, "report.json")).returncode, result.returncode)
        self.assert_one_line(run("verify", "--spec", spec, "--output", self.path("no/such")), 3, "cannot make this folder")

    def test_same_results_on_any_number_of_threads(self):
        spec = self.spec(a=CAMPAIGN.format(name="c", factor=2, trials=200))

        def campaign(*options):
            entry = self.verify(spec, *options)[1]["campaigns"][0]
            del entry["seconds"]
            return entry

        self.assertEqual(campaign("--threads", "1"), campaign("--threads", "2"))
        self.assertNotEqual(campaign(), campaign("--seed", "7"))

    def test_interrupt_reports_what_was_done(self):
        spec, output = self.spec(a=CAMPAIGN.format(name="c", factor=2, trials=1000000)), self.path("reports")
        process = subprocess.Popen([PROGRAM, "verify", "--spec", spec, "--output", output, "--json"], stdout=subprocess.PIPE)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        document = json.loads(process.communicate(timeout=60)[0])
        self.assertTrue(document["interrupted"])
        self.assertEqual(document["campaigns"][0]["verdict"], "undecided")
        self.assertGreater(document["campaigns"][0]["trials"], 0)
        self.assertIn("interrupted", self.part(document, "audits")["message"])
        self.assertEqual(process.returncode, 2)
        with open(os.path.join(output, "report.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f), document)

    def test_interrupted_claims_are_reported(self):
        slow = "forall a in [0.1, 1], b in [0.1, 1], c in [0.1, 1] : exp(a)/b + exp(b)/c + exp(c)/a >= 8.15484\n"
        text = 'paper p\n  title "t"\n  ref "r"\nclaim first\n  cite "c"\n  1 < 2\n'
        text += "".join(f'claim slow{i}\n  cite "c"\n  {slow}' for i in range(50))
        process = subprocess.Popen([PROGRAM, "claims", self.write("a.claim", text.encode()), "--json"], stdout=subprocess.PIPE)
        time.sleep(0.7)
        process.send_signal(signal.SIGINT)
        document = json.loads(process.communicate(timeout=60)[0])
        self.assertTrue(document["interrupted"])
        self.assertEqual((len(document["claims"]), document["claims"][0]["verdict"], process.returncode), (51, "proved", 2))

    def test_a_second_signal_ends_at_once(self):
        spec = self.spec(a=CAMPAIGN.format(name="c", factor=2, trials=1000000))
        process = subprocess.Popen([PROGRAM, "verify", "--spec", spec], stdout=subprocess.DEVNULL)
        time.sleep(1)
        os.kill(process.pid, signal.SIGSTOP)  # both signals are there before the program can end by itself
        os.kill(process.pid, signal.SIGINT)
        os.kill(process.pid, signal.SIGTERM)
        os.kill(process.pid, signal.SIGCONT)
        self.assertIn(process.wait(timeout=60), (2, -signal.SIGTERM))


class Progress(Case):
    def watched(self, environment, *options, columns=100, trials=1000000, until=None):
        """What a run draws on the terminal of its stderr, its stdout and its exit status.  It is interrupted once `until` was drawn."""
        spec = self.write("spec/claims/a.claim", CAMPAIGN.format(name="a_campaign", factor=2, trials=trials).encode())
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        plain = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR")}
        process = subprocess.Popen([PROGRAM, "campaign", "--file", spec, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=slave, env={**plain, "TERM": "xterm", **environment})
        os.close(slave)
        drawn, asked = b"", False
        while True:
            try:
                drawn += os.read(master, 65536)
            except OSError:  # all that held the other end are gone
                break
            if until and not asked and re.search(until, drawn):
                process.send_signal(signal.SIGINT)
                asked = True
        os.close(master)
        return drawn.decode(), process.communicate(timeout=60)[0].decode(), process.returncode

    def test_rate_and_time_left(self):
        drawn, answer, status = self.watched({}, until=rb"[1-9]\d{3,}/1000000  \S+/s  [0-9:]+ left")  # counted: up to the first that did not run
        self.assertRegex(drawn, r"\r\x1b\[Ktest\.a_campaign  \d+/1000000  [0-9.e+]+/s  [0-9:]+ left")
        self.assertTrue(drawn.endswith("\r\x1b[K"), drawn[-80:])  # nothing is left on the line
        self.assertEqual(status, 2)
        self.assertIn("Interrupted: this is what was done until then.", answer)
        self.assertRegex(answer, r"[1-9]\d* trials, [1-9]\d* met")
        self.assertNotIn("\x1b", answer)  # that is no terminal

    def test_one_document_beside_it(self):
        _, answer, _ = self.watched({}, "--json", until=rb"a_campaign  [1-9]\d{3,}/")
        document = json.loads(answer)
        self.assertTrue(document["interrupted"])
        self.assertGreater(document["campaigns"][0]["trials"], 0)

    def test_a_line_never_wraps(self):
        lines = self.watched({}, columns=44, until=rb" left")[0].split("\r\x1b[K")
        self.assertLess(max(map(len, lines)), 44)
        self.assertTrue(any(line.endswith("left") for line in lines), lines)  # the name gives way, not the numbers

    def test_quiet(self):
        for environment, options in (({"CI": "true"}, []), ({"TERM": "dumb"}, []), ({}, ["--quiet"])):
            with self.subTest((environment, options)):
                self.assertEqual(self.watched(environment, *options, trials=30)[0], "")
        self.assertIn("a_campaign", self.watched({}, trials=30)[0])


class Streams(Case):
    def test_locales(self):
        outputs = set()
        for locale in ("C", "POSIX", "de_DE.UTF-8", "C.UTF-8", "tr_TR.UTF-8", "no_SUCH"):
            environment = {**os.environ, "LC_ALL": locale, "LANGUAGE": "de"}
            result = run("report", "--json", self.record(), env=environment)
            self.assertEqual(result.returncode, 0)
            outputs.add(result.stdout)
            page = run("report", self.record(), env=environment).stdout
            if locale in ("C", "POSIX", "no_SUCH"):
                page.decode("ascii")
            self.assertIn(b"1.50 s", page)
        self.assertEqual(len(outputs), 1)

    def test_no_colour_off_a_terminal(self):
        self.assertNotIn(b"\033", run("report", self.record(), env={**os.environ, "TERM": "xterm"}).stdout)

    def test_colour_on_a_terminal(self):
        base = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        for extra, coloured in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            with self.subTest(extra):
                output, status = on_terminal(["report", self.record()], {**base, **extra})
                self.assertEqual(status, 0)
                self.assertEqual(b"\033[" in output, coloured)
                self.assertIn(b"refuted", output)

    def test_full_disk(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        for arguments in (["--help"], ["--version"], ["report", "--help"], ["report", self.record()], ["report", "--json", self.record()]):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                self.assert_one_line(run(*arguments, stdout=full), 3, "cannot write to standard output")

    def test_closed_pipe(self):
        read, write = os.pipe()
        os.close(read)
        result = run("report", self.record(), stdout=write)
        os.close(write)
        self.assert_one_line(result, 3, "cannot write to standard output")

    def test_closed_stdout_is_not_given_to_a_file(self):
        target = self.path("j.xml")
        script = 'exec "$0" report --junit "$1" "$2" >&-'
        result = subprocess.run(["sh", "-c", script, PROGRAM, target, self.record()], stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(result.returncode, 3)
        self.assertIn(b"cannot write to standard output", result.stderr)
        xml.dom.minidom.parse(target)

    def test_control_characters_of_a_name_stay_out(self):
        result = run("report", self.path("a\nb\033[31m.json"))
        self.assert_one_line(result, 3, r"a\?b\?\[31m\.json")


class Schemas(Case):
    def test_schemas_are_schemas(self):
        """The published files by an independent implementation, where there is one."""
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        folder = os.path.join(SOURCE, "docs", "schema")
        store = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                store[name] = json.load(f)
            jsonschema.Draft202012Validator.check_schema(store[name])
        base = "file:///schema/"
        resolver = jsonschema.RefResolver(base + "claims.json", store["claims.json"], {base + n: s for n, s in store.items()})
        validator = jsonschema.Draft202012Validator(store["claims.json"], resolver=resolver)
        validator.validate(CLAIMS)
        bad = json.loads(json.dumps(CLAIMS))
        bad["claims"][1]["witness"]["x"] = "0.02"
        self.assertFalse(validator.is_valid(bad))
        self.assertEqual(run("report", self.write("bad.json", bad)).returncode, 3)


class Certificates(Case):
    def certificate(self, evidence, name):
        """Of cos(cos(…cos(x + k)…)) <= 1 for k = 0, 1, …"""
        text = "forall k in {0..9999}, x in [0, 1] : iter(f, 200, x + k) <= 1"
        return self.write(name, {"certificate": 1, "id": name, "text": f"def f(x) = cos(x)\nclaim c {text}\n",
                                 "statement": text, "verdict": "proved", "evidence": {"instances": [evidence(k) for k in range(10000)]}})

    def test_a_certificate_that_takes_too_long_is_refused(self):
        slow = self.certificate(lambda k: {"integers": {"k": str(k)}, "boxes": [[-1, [0, "range"]]]}, "slow.json")
        wrong = self.certificate(lambda k: {"integers": {"k": str(k + 1)}, "boxes": [[-1, [0, "range"]]]}, "wrong.json")
        result = run("check", "--time", "0.2", "--json", slow, wrong)
        self.assertEqual(result.returncode, 1)
        first, second = json.loads(result.stdout)["certificates"]
        self.assertEqual([first["verdict"], second["verdict"]], ["refused", "refused"])
        self.assertEqual(first["message"], "not checked within 0.2 seconds")
        self.assertLess(first["seconds"], 2)
        self.assertRegex(second["message"], "^combination 1 of the integers")

    def test_a_limit_that_is_none(self):
        for limit in ["0", "-1", "nan", "x", ""]:
            self.assertEqual(run("check", "--time", limit, "no.json").returncode, 3)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=1)
