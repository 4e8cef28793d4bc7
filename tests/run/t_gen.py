"""Matrices of families in files.   t_gen.py PROGRAM [unittest options]"""

import json
import math
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]

# An argument for each family that must have one.
ARGUMENTS = {"log_uniform": "1e-3", "log_spaced": "1e-3", "geometric": "0.9", "max_spiked": "1e-3,10", "min_spiked": "1e-3,10",
             "gaussian": "1e-3,10", "linear_decay": "1e-3,10", "u_shaped": "1e-3,10", "power_law": "1e-3,10",
             "mirrored_power_law": "1e-3,10", "spikes": "1e-3,10,6,0.2,0.05"}


def run(*arguments, **options):
    result = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **options)
    assert not re.search(b"Sanitizer|runtime error", result.stderr), result.stderr.decode()
    return result


class Gen(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name="a.npy"):
        return os.path.join(self.folder, name)

    def read(self, name="a.npy"):
        with open(self.path(name), "rb") as f:
            return f.read()

    def values(self, name="a.npy"):
        content = self.read(name)
        body = content[10 + int.from_bytes(content[8:10], "little"):]
        return struct.unpack(f"<{len(body) // 8}d", body)

    def gen(self, family, *more, name="a.npy"):
        result = run("gen", family, "--output", self.path(name), *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.decode()

    def refused(self, pattern, *arguments):
        result = run("gen", *arguments, cwd=self.folder)
        self.assertEqual((result.returncode, result.stdout), (3, b""))
        self.assertRegex(result.stderr.decode().splitlines()[0], pattern)
        self.assertFalse(os.path.exists(self.path()))

    def test_every_family_is_written(self):
        names = [line.split("(")[0].split(":")[0] for line in run("gen", "--list").stdout.decode().splitlines()]
        self.assertGreaterEqual(len(names), 24)
        for name in names:
            with self.subTest(name):
                family = f"{name}({ARGUMENTS[name]})" if name in ARGUMENTS else name
                self.gen(family, "--shape", "5x3")
                self.assertEqual(len(self.values()), 15)
                self.assertTrue(all(math.isfinite(x) for x in self.values()))

    def test_singular_values_are_the_prescribed_ones(self):
        self.gen("min_spiked(0.5,2)", "--shape", "6x4")
        truth = json.loads(run("truth", "sv", self.path(), "--json").stdout)
        text = json.dumps(truth)
        self.assertTrue("1.99999999999" in text or "2.0000000000" in text, text)
        self.assertAlmostEqual(sum(x * x for x in self.values()), 4 + 3 * 0.25, places=12)

    def test_seed_and_place_in_the_batch_decide(self):
        self.gen("ginibre", "--shape", "4x3", "--count", "3", name="three.npy")
        self.gen("ginibre", "--shape", "4x3", name="one.npy")
        self.gen("ginibre", "--shape", "4x3", "--seed", "1", name="other.npy")
        self.assertIn(b"(3, 4, 3)", self.read("three.npy"))
        self.assertEqual(self.values("three.npy")[:12], self.values("one.npy"))
        self.assertNotEqual(self.values("one.npy"), self.values("other.npy"))

    def test_formats(self):
        for dtype, descr in (("f32", b"'<f4'"), ("fp16", b"'<f2'"), ("f64", b"'<f8'")):
            self.gen("hilbert", "--shape", "3x3", "--dtype", dtype)
            self.assertIn(descr, self.read())
        document = json.loads(run("gen", "flat", "--shape", "3x2", "-o", self.path(), "--json").stdout)
        self.assertEqual((document["command"], document["shape"], document["family"]), ("gen", [3, 2], "flat"))

    def test_mistakes(self):
        out = ["--output", "a.npy"]
        self.refused("no family of matrices called 'flatt'", "flatt", "--shape", "3x3", *out)
        self.refused("an argument is missing", "log_uniform", "--shape", "3x3", *out)
        self.refused("must lie in", "geometric(2)", "--shape", "3x3", *out)
        self.refused("is too large for float32", "near_overflow", "--shape", "3x3", "--dtype", "f32", *out)
        self.refused("name a family", "--shape", "3x3", *out)
        self.refused("say --shape and --output", "flat", *out)
        self.refused("'3by3' is not MxN", "flat", "--shape", "3by3", *out)
        self.refused("'0x3' is not MxN", "flat", "--shape", "0x3", *out)
        self.refused("--count takes a positive number", "flat", "--shape", "3x3", "--count", "0", *out)
        self.refused("one family at a time", "flat", "uniform", "--shape", "3x3", *out)
        self.refused("f7", "flat", "--shape", "3x3", "--dtype", "f7", *out)
        self.refused("none/a.npy", "flat", "--shape", "3x3", "--output", "none/a.npy")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=1)
