"""`muoncert truth` from outside: values, records, exit statuses, bad input.  t_command.py PROGRAM [options]"""

import array
import json
import os
import random
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from fractions import Fraction

PROGRAM = sys.argv[1]


def npy(rows, descr="<f8", code="d", shape=None, order=False):
    flat = [x for row in rows for x in row]
    shape = shape or (len(rows), len(rows[0]))
    header = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (descr, order, shape)
    header += " " * (-(len(header) + 11) % 64) + "\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
    return data + struct.pack((">" if descr[0] == ">" else "<") + code * len(flat), *flat)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def file(self, data):
        path = os.path.join(self.folder, "a.npy")
        with open(path, "wb") as f:
            f.write(data)
        return path

    def run_truth(self, *arguments, status=0):
        done = subprocess.run([PROGRAM, "truth", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=120)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        return done

    def record(self, *arguments, status=0):
        return json.loads(self.run_truth(*arguments, "--json", status=status).stdout)

    def refused(self, *arguments, words):
        done = self.run_truth(*arguments, status=3)
        self.assertEqual(done.stdout, "")
        self.assertIn(words, done.stderr)
        return done


class Values(Case):
    # A = N P with N = 3 I - 2 v v^T, v = (1, 1, 1), P = diag(1, 2, 4): polar factor N / 3, singular values 3, 6, 12
    N = [[1, -2, -2], [-2, 1, -2], [-2, -2, 1]]
    A = [[x * p for x, p in zip(row, (1.0, 2.0, 4.0))] for row in N]

    def test_polar(self):
        for bits in (53, 200):
            d = self.record("polar", self.file(npy(self.A)), "--bits", str(bits))
            self.assertTrue(d["certified"])
            self.assertEqual((d["what"], d["m"], d["n"], d["verdict"]), ("polar", 3, 3, "expected"))
            pairs = [(Fraction(x), Fraction(y, 3)) for r, s in zip(d["values"], self.N) for x, y in zip(r, s)]
            distance = sum((x - y) ** 2 for x, y in pairs)
            self.assertLessEqual(distance, Fraction(d["radius"]) ** 2)
            self.assertLess(Fraction(d["radius"]), Fraction(1, 2 ** (bits - 3)))
            for name, exact in (("sigma_min", 3), ("sigma_max", 12), ("condition", 4)):
                self.assertTrue(Fraction(d[name]["lo"]) <= exact <= Fraction(d[name]["hi"]))

    def test_repeated_and_zero_values(self):
        """N diag(2, 2, 2, 1, 1, 1, 0, 0) N for a reflection N with N^2 = d^2 I: singular values 2 d^2, d^2, 0."""
        v = (1, 2, 3, 1, 2, -1, 1, 3)
        d = sum(x * x for x in v)
        n = [[d * (i == j) - 2 * v[i] * v[j] for j in range(8)] for i in range(8)]
        s = (2, 2, 2, 1, 1, 1, 0, 0)
        a = [[float(sum(n[i][k] * s[k] * n[k][j] for k in range(8))) for j in range(8)] for i in range(8)]
        for bits in (100, 2000):
            record = self.record("sv", self.file(npy(a)), "--bits", str(bits))
            widest = max(Fraction(x["hi"]) - Fraction(x["lo"]) for x in record["values"])
            for x, exact in zip(record["values"], s):
                self.assertTrue(Fraction(x["lo"]) <= exact * d * d <= Fraction(x["hi"]))
            self.assertEqual((record["positive"], record["different"]), (6, 3))
            # as sharp as asked, or it says so
            self.assertEqual("shortfall" in record, widest > Fraction(8 * d * d, 2 ** bits))
            if bits == 100:
                self.assertNotIn("shortfall", record)
        self.assertIn("products", record)

    def test_counts(self):
        page = self.run_truth("sv", self.file(npy([[1.0, 1.0], [1.0, 1.0]]))).stdout
        self.assertIn("of 2 singular values at least 1 positive, at least 2 different\n", page)
        d = self.record("sv", self.file(npy([[1.0, 1.0], [1.0, 1.0]])))
        self.assertGreater(Fraction(d["condition"]["lo"]), 10 ** 14)
        self.assertEqual(d["condition"]["hi"], "inf")
        self.assertEqual(self.record("sv", self.file(npy([[3.0, 4.0]])))["condition"]["lo"], "1")
        d = self.record("sv", self.file(npy([[1.0, float("nan")]])), status=2)
        self.assertEqual((d["positive"], d["different"]), (0, 1))

    def test_singular_values(self):
        self.assertEqual(self.record("sv", self.file(npy(self.A)))["bits"], 46)
        d = self.record("sv", self.file(npy(self.A)), "--bits", "100")
        for x, exact in zip(d["values"], (12, 6, 3)):
            self.assertTrue(Fraction(x["lo"]) <= exact <= Fraction(x["hi"]))
            self.assertLess(Fraction(x["hi"]) - Fraction(x["lo"]), Fraction(1, 10 ** 28))

    def test_newton_schulz(self):
        # (3, 4) has norm 5; one step of 1.5 x - 0.5 x^3 at x = 1 gives 1
        d = self.record("ns", self.file(npy([[3.0, 4.0]])), "--schedule", "1.5,-0.5", "--steps", "4", "--eps", "0")
        for x, exact in zip(d["values"][0], (Fraction(3, 5), Fraction(4, 5))):
            self.assertLessEqual(abs(Fraction(x) - exact), Fraction(d["radius"]))

    def test_newton_schulz_says_of_what(self):
        """The singular values are those of the given matrix, whatever the norm and the schedule; the question is told."""
        for options, words in (
            ((), ("jordan", 5, "decimal", "add", "1e-7", "1")),
            (("--schedule", "1.5,-0.5", "--steps", "3", "--coefficients", "float32", "--norm", "clamp", "--eps", "1/3",
              "--safety", "1.01"), ("1.5,-0.5", 3, "float32", "clamp", "1/3", "1.01")),
        ):
            d = self.record("ns", self.file(npy(self.A)), *options)
            for name, exact in (("sigma_min", 3), ("sigma_max", 12), ("condition", 4)):
                self.assertTrue(Fraction(d[name]["lo"]) <= exact <= Fraction(d[name]["hi"]))
                self.assertLess(Fraction(d[name]["hi"]) - Fraction(d[name]["lo"]), Fraction(1, 10 ** 12))
            said = tuple(d[x] for x in ("schedule", "steps", "coefficients", "norm", "eps", "safety"))
            self.assertEqual(said, words)
            page = self.run_truth("ns", self.file(npy(self.A)), *options).stdout
            self.assertIn("schedule %s, %d steps, %s coefficients; norm %s, eps %s, safety %s\n" % words, page)
        d = self.record("ns", self.file(npy([[1.0, 1.0], [1.0, 1.0]])))
        self.assertEqual((d["certified"], d["sigma_min"]["lo"], d["condition"]["hi"]), (True, "0", "inf"))
        self.assertTrue(Fraction(d["sigma_max"]["lo"]) <= 2 <= Fraction(d["sigma_max"]["hi"]))

    def test_normalisations(self):
        path = self.file(npy([[4.0]]))
        cases = [
            (("--norm", "none"), 4),
            (("--norm", "clamp", "--eps", "8"), Fraction(1, 2)),
            (("--norm", "add", "--eps", "4", "--safety", "3"), Fraction(1, 4)),
            (("--norm", "clamp"), 1),
        ]
        for options, exact in cases:
            d = self.record("ns", path, "--schedule", "1", *options)
            self.assertLessEqual(abs(Fraction(d["values"][0][0]) - exact), Fraction(d["radius"]))

    def test_coefficients(self):
        path = self.file(npy([[1.0]]))
        for kind, exact in (("decimal", Fraction("0.1")), ("float64", Fraction(0.1)),
                            ("float32", Fraction(struct.unpack("f", struct.pack("f", 0.1))[0]))):
            d = self.record("ns", path, "--schedule", "0.1", "--norm", "none", "--coefficients", kind, "--bits", "100")
            self.assertLessEqual(abs(Fraction(d["values"][0][0]) - exact), Fraction(d["radius"]))

    def test_digits(self):
        done = self.run_truth("polar", self.file(npy([[1.0, 2.0]])), "--digits", "30")
        self.assertIn("0.447213595499957939281834733746 0.894427190999915878563669467493", done.stdout)

    def test_digits_that_cannot_be_decided(self):
        done = self.run_truth("polar", self.file(npy([[2.0, 1.0], [1.0, 3.0]])), "--digits", "5", status=2)
        self.assertIn("not decided", done.stdout)

    def test_output(self):
        out = os.path.join(self.folder, "u.npy")
        d = self.record("polar", self.file(npy(self.A)), "--output", out)
        with open(out, "rb") as f:
            values = struct.unpack("<9d", f.read()[-72:])
        exact = [Fraction(x, 3) for row in self.N for x in row]
        distance = sum((Fraction(x) - y) ** 2 for x, y in zip(values, exact))
        self.assertLessEqual(distance, Fraction(d["output_radius"]) ** 2)

    def test_layouts(self):
        row = [[1.0, 2.0, 3.0]]
        fortran = npy([[1.0], [2.0], [3.0]], shape=(1, 3), order=True)
        for data in (npy(row, ">f8"), npy(row, "<f4", "f"), npy(row, "<f2", "e"), fortran):
            d = self.record("sv", self.file(data))
            self.assertTrue(Fraction(d["values"][0]["lo"]) ** 2 <= 14 <= Fraction(d["values"][0]["hi"]) ** 2)

    def test_batch(self):
        path = self.file(npy([[1.0], [2.0]], shape=(2, 1, 1)))
        self.refused("sv", path, words="choose one with --index")
        self.refused("sv", path, "--index", "2", words="holds 2 matrices")
        self.assertTrue(Fraction(self.record("sv", path, "--index", "1")["values"][0]["lo"]) <= 2)


class NotCertified(Case):
    def test_matrices(self):
        inf, nan = float("inf"), float("nan")
        for rows in ([[0.0]], [[1.0, 1.0], [1.0, 1.0]], [[1.0, nan], [0.0, 1.0]], [[inf, 0.0], [0.0, 1.0]]):
            d = self.record("polar", self.file(npy(rows)), status=2)
            self.assertFalse(d["certified"])
            self.assertEqual(d["verdict"], "undecided")
            self.assertTrue(d["reason"])
            self.assertNotIn("values", d)
            self.assertLessEqual(Fraction(d["sigma_min"]["lo"]), 0)

    def test_newton_schulz_of_zero(self):
        self.record("ns", self.file(npy([[0.0]])), "--eps", "0", status=2)
        self.record("ns", self.file(npy([[0.0]])), "--eps", "1e-7")


    def test_without_bounds(self):
        """NaN and infinity: nothing is known of any singular value, and all three say so."""
        for value in (float("nan"), float("inf")):
            for what in ("polar", "sv", "ns"):
                d = self.record(what, self.file(npy([[1.0, value], [0.0, 1.0]])), status=2)
                for name in ("sigma_min", "sigma_max", "condition"):
                    self.assertEqual(d[name], {"lo": "0", "hi": "inf"})


class Interrupted(Case):
    @staticmethod
    def seconds_of(pid):
        """Processor time that a process has used."""
        with open("/proc/%d/stat" % pid) as f:
            return int(f.read().rsplit(")", 1)[1].split()[11]) / os.sysconf("SC_CLK_TCK")

    def test_inside_a_library(self):
        """A signal in the middle of LAPACK, which would take many seconds, ends the program: one line, no file."""
        n, r = 1500, random.Random(1)
        header = npy([[0.0]], shape=(n, n))[:-8]
        path = self.file(header + array.array("d", (r.random() for _ in range(n * n))).tobytes())
        out = os.path.join(self.folder, "u.npy")
        for number in (signal.SIGINT, signal.SIGTERM):
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            with subprocess.Popen([PROGRAM, "truth", "polar", path, "--output", out], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
                while self.seconds_of(running.pid) < 0.5:  # to read the file takes less
                    time.sleep(0.02)
                running.send_signal(number)
                output = running.communicate(timeout=120)
            self.assertEqual((running.returncode, *output), (2, "", "muoncert truth: interrupted\n"))
            self.assertEqual(os.listdir(self.folder), ["a.npy"])
            self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, 2)


class BadInput(Case):
    def test_files(self):
        good = npy([[1.0, 2.0]])
        cases = [
            (b"", "not a .npy file"),
            (good[:-1], "truncated"),
            (good + b"x", "trailing bytes"),
            (npy([[1]], "<i8", "q"), "'<i8' are not supported"),
            (npy([[1.0]], shape=(1,)), "1 dimension"),
            (npy([[]], shape=(0, 3)), "no elements"),
            (npy([[1]], "<V2", "H"), "bfloat16"),
        ]
        for data, words in cases:
            path = self.file(data)
            message = self.refused("polar", path, words=words).stderr
            self.assertTrue(message.startswith("muoncert truth: " + path + ": "))
        self.refused("polar", os.path.join(self.folder, "missing.npy"), words="missing.npy: No such file")
        self.refused("polar", self.folder, words=self.folder)

    def test_options(self):
        path = self.file(npy([[1.0]]))
        cases = [
            ((), "say what"),
            (("polar",), "say what"),
            (("eig", path), "none of polar, sv, ns"),
            (("polar", path, path), "one file"),
            (("polar", path, "--bits", "x"), "bits"),
            (("polar", path, "--bits", "3"), "bits"),
            (("polar", path, "--bits=0"), "bits"),
            (("sv", path, "--bits=0"), "bits"),
            (("polar", path, "--digits", "1"), "digits"),
            (("polar", path, "--output", os.path.join(self.folder, "no", "u.npy")), "No such file"),
            (("sv", path, "--output", "u.npy"), "--output"),
            (("polar", path, "--schedule", "jordan"), "are for ns"),
            (("sv", path, "--steps", "3"), "are for ns"),
            (("polar", path, "--norm", "add"), "are for ns"),
            (("sv", path, "--eps", "0"), "are for ns"),
            (("polar", path, "--safety", "1"), "are for ns"),
            (("sv", path, "--coefficients", "decimal"), "are for ns"),
            (("ns", path, "--norm", "two"), "'two' is no norm; known are add, clamp, none"),
            (("ns", path, "--coefficients", "exact"), "'exact' is no kind of coefficients"),
            (("ns", path, "--schedule", "jordon"), "jordan"),
            (("ns", path, "--schedule", "1,x"), "column 3"),
            (("ns", path, "--eps", "tiny"), "--eps"),
            (("ns", path, "--eps", "-1"), "negative"),
            (("ns", path, "--safety", "0"), "positive"),
            (("ns", path, "--steps", "0"), "steps"),
        ]
        for arguments, words in cases:
            self.refused(*arguments, words=words)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
