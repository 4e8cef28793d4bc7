"""What the default profile of all campaigns must reach.   t_profile.py PROGRAM SOURCE [unittest options]

At least 20 000 rigorous trials within three minutes on two processors; of each theorem at least 200 that meet its hypotheses, at
most 1 % undecided, and a quarter of the trials at n >= 64 where it is about matrices.  A theorem is an id that a campaign cites
which expects to hold; a block of fewer than 200 trials is a single run at a large size, beside others of the same theorem."""

import json
import os
import re
import resource
import subprocess
import sys
import unittest

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]


def shapes_of(entry):
    """The shapes that a campaign's block says; trials take turns over them."""
    with open(os.path.join(SOURCE, entry["file"]), encoding="utf-8") as f:
        text = re.sub(r"#.*", "", f.read())
    block = re.search(r"^campaign\s+" + re.escape(entry["id"].split(".", 1)[-1]) + r"\b(.*?)(?=^campaign|^claim|\Z)", text, re.M | re.S).group(1)
    shapes = re.search(r"^\s*shapes\s+(.*(?:,\s*\n.*)*)", block, re.M)
    return re.findall(r"(\d+) by (\d+)", shapes.group(1)) if shapes else []


def theorems_of(entry):
    return re.findall(r"\bS[1-4]\.[A-Za-z0-9]+(?:\.[a-d])?'?", entry["cite"]) if entry["expected"] == "holds" else []


class Profile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        result = subprocess.run([PROGRAM, "campaign", "--json", "--quiet"], cwd=SOURCE, stdout=subprocess.PIPE, timeout=1500, check=False)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cls.processor_seconds = used.ru_utime + used.ru_stime
        cls.document = json.loads(result.stdout)
        cls.status = result.returncode

    def test_all_as_expected(self):
        self.assertEqual(self.status, 0, [(c["id"], c["verdict"], c.get("message")) for c in self.document["campaigns"]])

    def test_enough_trials(self):
        self.assertGreaterEqual(self.document["summary"]["trials"], 20000)

    def test_three_minutes_on_two_processors(self):
        self.assertLessEqual(self.processor_seconds, 360)

    def test_each_theorem_is_met_often_enough(self):
        met = {}
        for c in self.document["campaigns"]:
            for theorem in theorems_of(c):
                met[theorem] = met.get(theorem, 0) + c["met"]
            if theorems_of(c) and c["trials"] >= 200:
                with self.subTest(c["id"]):
                    self.assertGreaterEqual(c["met"], 200)
        self.assertGreaterEqual(len(met), 25)
        self.assertEqual({theorem: count for theorem, count in met.items() if count < 200}, {})

    def test_little_is_undecided(self):
        for c in self.document["campaigns"]:
            with self.subTest(c["id"]):
                self.assertLessEqual(c["undecided"] + c["unclear"], c["trials"] / 100)

    def test_a_quarter_is_large(self):
        for c in self.document["campaigns"]:
            shapes = shapes_of(c)
            if shapes and theorems_of(c):
                with self.subTest(c["id"]):
                    large = [s for s in shapes if max(map(int, s)) >= 64]
                    self.assertGreaterEqual(4 * len(large), len(shapes), shapes)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=1)
