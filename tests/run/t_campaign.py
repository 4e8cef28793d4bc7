"""One run of campaigns, however it is made: threads, shares, interrupted and resumed, over the processes of mpirun.
t_campaign.py PROGRAM MPIRUN-OR-EMPTY [unittest options]"""

import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM, MPIRUN = sys.argv[1], sys.argv[2]

# The corner lemma (papers.md S1.E1), and the same with 2.2 for its 2, which is false.
# Muon's escape bracket (S1.T1), whose record has steps by dimension.
ESCAPE = """
def gain(t) = (1 - t^2)/(1 + t^2)
campaign escape
  measure steps, s0, R, eta, t, eps by saddle_escape
  where  t < 1/2 and eps < gain(t)
  series muon: steps in [(R - s0)/(eta*(1 + eps)), (R - s0)/(eta*(gain(t) - eps)) + 1)
  shapes 2 by 3, 4 by 4
  trials 60
"""

CAMPAIGN = """
campaign {name}
  measure theta, kappa, z by corner
  where theta > 0
  holds (1 - z) * ({factor}*theta)^2 <= kappa^2 * (1 + z)
  shapes 4 by 4, 8 by 3
  trials {trials} met 3
"""


def run(*arguments, command=(PROGRAM,), **options):
    result = subprocess.run([*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **options)
    assert not re.search(b"Sanitizer|runtime error", result.stderr), result.stderr.decode()
    return result


def mpirun(count):
    root = ["--allow-run-as-root"] if os.geteuid() == 0 else []
    return [MPIRUN, *root, "--oversubscribe", "-n", str(count), PROGRAM]


def timeless(value):
    """A record without what the clock says."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k != "seconds"}
    return [timeless(v) for v in value] if isinstance(value, list) else value


def interrupt(process):
    """Once the program listens to it: before, an interrupt just ends it."""
    while True:
        with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
            caught = re.search(r"SigCgt:\s*([0-9a-f]+)", f.read())
        if process.poll() is not None or (caught and int(caught.group(1), 16) & 1 << (signal.SIGINT - 1)):
            break
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=120)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write("c.claim", CAMPAIGN.format(name="good", factor=2, trials=150) + CAMPAIGN.format(name="bad", factor=2.2, trials=150) + ESCAPE)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as f:
            return json.load(f)

    def campaign(self, *arguments, command=(PROGRAM,)):
        result = run("campaign", "--file", "c.claim", "--json", *arguments, command=command, cwd=self.folder)
        self.assertTrue(result.stdout, result.stderr.decode())
        return json.loads(result.stdout)

    def refused(self, pattern, *arguments):
        result = run("campaign", *arguments, cwd=self.folder)
        self.assertEqual((result.returncode, result.stdout), (3, b""), result.stderr)
        self.assertRegex(result.stderr.decode().splitlines()[0], pattern)


class OneRun(Case):
    def test_threads(self):
        self.assertEqual(timeless(self.campaign("--threads", "1")), timeless(self.campaign("--threads", "2")))

    def test_steps_by_dimension(self):
        entry = self.campaign("escape")["campaigns"][0]
        points = entry["steps_by_dimension"]
        self.assertEqual([(p["n"], p["optimizer"]) for p in points], [(2, "muon"), (4, "muon")])
        self.assertEqual(sum(p["trials"] for p in points), entry["met"])
        for p in points:
            self.assertTrue(0 < p["bracket_lo"] <= p["steps_min"] <= p["steps_max"] <= p["bracket_hi"], p)
        self.campaign("escape", "--record", "r.json")
        record = self.read("r.json")
        record["campaigns"][0]["steps_by_dimension"][0]["steps_min"] = 1000
        self.write("r.json", json.dumps(record))
        resumed = json.loads(run("campaign", "--resume", "r.json", "--json", cwd=self.folder).stdout)
        self.assertIn("do not add up", resumed["campaigns"][0]["message"])
        self.write("c.claim", ESCAPE.replace("muon", "lion"))
        self.assertIn("not of 'lion'", self.campaign()["campaigns"][0]["message"])

    def test_seed_matters(self):
        self.assertNotEqual(timeless(self.campaign()), timeless(self.campaign("--seed", "1")))

    def test_shards_joined_are_one_run(self):
        self.campaign("--record", "whole.json")
        for count in (1, 2, 5):
            names = [f"{count}.{i}.json" for i in range(1, count + 1)]
            for i, name in enumerate(names, 1):
                self.campaign("--shard", f"{i}/{count}", "--record", name)
            for extra in (["--json"], []):
                whole = run("report", *extra, "whole.json", cwd=self.folder)
                joined = run("report", *extra, *reversed(names), cwd=self.folder)
                self.assertEqual(joined.returncode, 1)
                if extra:
                    self.assertEqual(timeless(json.loads(joined.stdout)), timeless(json.loads(whole.stdout)))
                else:
                    self.assertEqual(re.sub(rb" +[0-9.]+ s\b", b"", joined.stdout), re.sub(rb" +[0-9.]+ s\b", b"", whole.stdout))

    def test_missing_shard_is_undecided(self):
        for i in (1, 3):
            self.campaign("good", "--shard", f"{i}/3", "--record", f"{i}.json")
        joined = json.loads(run("report", "--json", "1.json", "3.json", cwd=self.folder).stdout)
        self.assertEqual(joined["campaigns"][0]["verdict"], "undecided")
        self.assertEqual(joined["campaigns"][0]["message"], "stopped after 100 of 150 trials: shares 2 of 3 missing")

    def test_broken_campaigns_stay_broken(self):
        self.write("c.claim", "campaign broken\n  measure x by nothing\n  holds x > 0\n" + CAMPAIGN.format(name="good", factor=2, trials=50))
        whole = timeless(self.campaign())
        for i in (1, 2):
            self.campaign("--shard", f"{i}/2", "--record", f"{i}.json")
        joined = json.loads(run("report", "--json", "1.json", "2.json", cwd=self.folder).stdout)
        self.assertEqual(timeless(joined)["campaigns"], whole["campaigns"])
        self.assertEqual(len(joined["parts"]), 1)
        if MPIRUN:
            self.assertEqual(timeless(self.campaign(command=mpirun(2))), whole)

    def test_foreign_shards_are_refused(self):
        self.campaign("--shard", "1/2", "--record", "1.json")
        self.campaign("--shard", "2/2", "--seed", "5", "--record", "2.json")
        self.campaign("--shard", "2/3", "--record", "3.json")
        for other, why in (("2.json", "of another run"), ("3.json", "does not belong"), ("1.json", "there twice")):
            result = run("report", "1.json", other, cwd=self.folder)
            self.assertEqual((result.returncode, result.stdout), (3, b""))
            self.assertIn(why, result.stderr.decode())

    def test_resume(self):
        """An interrupt anywhere: the rest of the trials gives the whole run."""
        self.write("c.claim", CAMPAIGN.format(name="good", factor=2, trials=4000) + CAMPAIGN.format(name="bad", factor=2.2, trials=4000))
        whole = timeless(self.campaign())
        process = subprocess.Popen([PROGRAM, "campaign", "--file", "c.claim", "--record", "part.json", "--quiet"],
                                   cwd=self.folder, stdout=subprocess.DEVNULL)
        interrupt(process)
        part = self.read("part.json")
        if process.returncode == 2:
            self.assertTrue(part["interrupted"])
            self.assertLess(part["campaigns"][1]["trials"], 4000)
            self.assertEqual(part["campaigns"][1]["verdict"], "undecided")
        result = run("campaign", "--resume", "part.json", "--json", "--threads", "1", cwd=self.folder)
        self.assertEqual(timeless(json.loads(result.stdout)), whole)
        result = run("campaign", "--resume", "part.json", "--record", "part.json", "--quiet", cwd=self.folder)
        again = run("campaign", "--resume", "part.json", "--json", cwd=self.folder)
        self.assertEqual(timeless(json.loads(again.stdout)), whole)

    def test_time_limit_is_undecided_and_resumed(self):
        self.write("c.claim", CAMPAIGN.format(name="good", factor=2, trials=2000000))
        part = self.campaign("--seconds", "1", "--record", "part.json")["campaigns"][0]
        self.assertEqual((part["verdict"], part["stopped"]), ("undecided", "time limit"))
        self.assertRegex(part["message"], "^stopped after [0-9]+ of 2000000 trials: time limit$")
        self.assertEqual(part["trials"], part["met"] + part["missed"] + part["unclear"])
        more = run("campaign", "--resume", "part.json", "--seconds", "1", "--json", cwd=self.folder)
        self.assertGreater(json.loads(more.stdout)["campaigns"][0]["trials"], part["trials"])

    def test_resume_takes_no_other_run(self):
        self.campaign("--record", "r.json")
        self.refused("leave out --seed", "--resume", "r.json", "--seed", "3")
        self.refused("leave out names", "--resume", "r.json", "good")
        self.refused("none.json", "--resume", "none.json")
        self.write("c.claim", CAMPAIGN.format(name="good", factor=2.1, trials=150) + CAMPAIGN.format(name="bad", factor=2.2, trials=150) + ESCAPE)
        result = run("campaign", "--resume", "r.json", "--json", cwd=self.folder)
        self.assertEqual(result.returncode, 3)
        self.assertIn("has changed since the record", json.loads(result.stdout)["campaigns"][0]["message"])

    def test_records_that_lie_are_not_resumed(self):
        self.campaign("good", "--record", "r.json")
        record = self.read("r.json")
        record["campaigns"][0]["holds"] -= 1
        self.write("r.json", json.dumps(record))
        result = run("campaign", "--resume", "r.json", "--json", cwd=self.folder)
        self.assertEqual(result.returncode, 3)
        self.assertIn("do not add up", json.loads(result.stdout)["campaigns"][0]["message"])

    def test_profiles(self):
        self.write("c.claim", CAMPAIGN.format(name="good", factor=2, trials=20) + CAMPAIGN.format(name="large", factor=2, trials=3) + "  profile full\n")
        quick, full = self.campaign(), self.campaign("--profile", "full")
        self.assertEqual([(c["id"], c["trials"]) for c in quick["campaigns"]], [("good", 20)])
        self.assertEqual([(c["id"], c["trials"]) for c in full["campaigns"]], [("good", 200), ("large", 30)])
        self.assertEqual((quick["profile"], full["profile"]), ("quick", "full"))
        self.assertEqual(full["summary"]["trials"], 230)
        self.refused("'large' is kept for --profile full", "--file", "c.claim", "large")

    def test_list(self):
        listed = run("campaign", "--file", "c.claim", "--list", cwd=self.folder).stdout.decode().splitlines()
        self.assertEqual(listed[:3], ["good  c.claim:2", "    where theta > 0", "    holds (1 - z) * (2*theta)^2 <= kappa^2 * (1 + z)"])
        self.assertEqual([line.split()[0] for line in listed if not line.startswith(" ")], ["good", "bad", "escape"])
        self.refused("--list takes --file at most", "--list", "good")

    def test_bad_usage(self):
        for pattern, arguments in ((r"--shard takes I/N", ["--shard", "3/2"]), (r"--shard takes I/N", ["--shard", "0/2"]),
                                   (r"--shard takes I/N", ["--shard", "2"]), (r"--profile is quick or full", ["--profile", "slow"]),
                                   (r"--keep needs a whole run", ["--keep", "--shard", "1/2"]),
                                   (r"--replay runs one trial", ["good", "--replay", "x", "--shard", "1/2"])):
            with self.subTest(arguments):
                self.refused(pattern, "--file", "c.claim", *arguments)


class Corpus(Case):
    def test_worst_cases_are_kept_and_tried_first(self):
        first = self.campaign("--keep")
        with open(self.path("c.cases"), encoding="utf-8") as f:
            lines = f.read().splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["good", "bad", "escape"])
        for line, entry in zip(lines, first["campaigns"]):
            self.assertIn(line.split(" ", 1)[1], entry["replay"])
        second = self.campaign("--trials", "1", "--seed", "99")["campaigns"]
        self.assertEqual([(c["trials"], c["corpus"]) for c in second], [(2, 1), (2, 1), (2, 1)])
        self.assertEqual(second[1]["verdict"], "violated")
        self.assertEqual(second[1]["worst"]["trial"], 0)
        self.campaign("--keep")  # the shrunk case is worse than, or the same as, all others: nothing piles up
        self.campaign("--keep")
        with open(self.path("c.cases"), encoding="utf-8") as f:
            self.assertLessEqual(len(f.read().splitlines()), 4)

    def test_comments_and_mistakes(self):
        case = "seed=1 trial=1 shape=2x2 spectrum=flat"
        self.write("c.cases", f"# worst cases\n\ngood {case} # equality\r\n")
        self.assertEqual(self.campaign("good")["campaigns"][0]["corpus"], 1)
        self.write("c.cases", f"good {case}\nworse {case}\n")
        self.refused(r"c\.cases:2:1: there is no campaign 'worse'", "--file", "c.claim")
        self.write("c.cases", "\ngood seed=1\n")
        entry = self.campaign("good")["campaigns"][0]
        self.assertEqual(entry["verdict"], "error")
        self.assertIn("c.cases:2: replay: 'trial=' is missing", entry["message"])


class Witnesses(Case):
    def test_witness_is_written_as_npy(self):
        entry = self.campaign("bad", "--save", "w")["campaigns"][0]
        files = sorted(os.path.basename(p) for p in glob.glob(self.path("w/*")))
        self.assertEqual(files, sorted(f"bad.{name}.npy" for name in entry["witness"]["matrices"]))
        rows = entry["witness"]["matrices"]["G"]
        with open(self.path("w/bad.G.npy"), "rb") as f:
            content = f.read()
        header = content[10:10 + int.from_bytes(content[8:10], "little")]
        self.assertIn(f"({len(rows)}, {len(rows[0])})".encode(), header)
        import struct
        values = struct.unpack(f"<{len(rows) * len(rows[0])}d", content[10 + len(header):])
        self.assertEqual(list(values), [float.fromhex(x) for row in rows for x in row])

    def test_nothing_to_save(self):
        result = run("campaign", "--file", "c.claim", "good", "--save", "w", cwd=self.folder)
        self.assertEqual(result.returncode, 3)
        self.assertIn(b"no campaign has a witness", result.stderr)
        self.write("file", "")
        result = run("campaign", "--file", "c.claim", "bad", "--save", "file/w", cwd=self.folder)
        self.assertEqual(result.returncode, 3)
        self.assertIn(b"file/w: cannot make this folder", result.stderr)


@unittest.skipUnless(MPIRUN, "built without MPI")
class Processes(Case):
    def test_any_number_of_processes(self):
        whole = timeless(self.campaign())
        for count in (1, 2, 4):
            self.assertEqual(timeless(self.campaign(command=mpirun(count))), whole, count)

    def test_more_processes_than_trials(self):
        self.assertEqual(timeless(self.campaign("good", "--trials", "3", command=mpirun(4))), timeless(self.campaign("good", "--trials", "3")))

    def test_mistakes_are_told_once(self):
        result = run("campaign", "--file", "none.claim", command=mpirun(2), cwd=self.folder)
        self.assertEqual((result.returncode, result.stdout), (3, b""))
        self.assertEqual(result.stderr.count(b"muoncert campaign: none.claim: "), 1)
        result = run("campaign", "--file", "c.claim", "--keep", command=mpirun(2), cwd=self.folder)
        self.assertEqual((result.returncode, result.stderr.count(b"are for one process")), (3, 1))


@unittest.skipIf(MPIRUN, "built with MPI")
class WithoutMpi(Case):
    def test_mpirun_is_noticed(self):
        result = run("campaign", "--file", "c.claim", cwd=self.folder, env={**os.environ, "OMPI_COMM_WORLD_SIZE": "2"})
        self.assertEqual(result.returncode, 3)
        self.assertIn(b"built without MPI", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=1)
