"""Simulations from outside: numbers that theory knows, files, mistakes.   t_simulate.py PROGRAM [unittest options]"""

import csv
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.dom.minidom

PROGRAM = sys.argv[1]

# Figures that take seconds, not minutes.
QUICK = ["2605.09331/fig3", "2605.09331/fig4", "2601.13474/factorisation", "2602.11948/spectra", "2606.30509/fig2",
         "2606.30509/fig4"]


def run(*arguments, **options):
    result = subprocess.run([PROGRAM, "simulate", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, **options)
    assert not re.search(b"Sanitizer|runtime error", result.stderr), result.stderr.decode()
    return result


def simulate(*arguments):
    """The series of a run by their labels: lists of y over the steps."""
    result = run(*arguments, "--json")
    assert result.returncode == 0, result.stderr.decode()
    document = json.loads(result.stdout)
    assert document["approx"] is True
    return {s["label"]: s["y"] for panel in document["panels"] for s in panel["series"]}


def balance(series, size):
    """size(p) - size(q) along a path in the plane."""
    return [size(p) - size(q) for p, q in zip(series["x"], series["y"])]


def escape(*arguments):
    """The first step with |s| >= 1."""
    s = simulate("saddle", *arguments)["s"]
    return next(k for k, x in enumerate(s) if abs(x) >= 1)


class Numbers(unittest.TestCase):
    def test_escape_time_does_not_depend_on_the_dimension(self):
        """papers.md S1.T1: ceil((R - s0)/eta) steps."""
        for n in ("8", "24"):
            self.assertEqual(escape("--rows", n, "--columns", n, "--rate", "0.02", "--start", "0.001"), math.ceil(0.999 / 0.02))

    def test_gradient_descent_grows_geometrically(self):
        """S1.GD: ceil(log(R/s0)/log(1 + eta lambda))."""
        k = escape("--optimizer", "gradient", "--rate", "0.5", "--rows", "8", "--columns", "8")
        self.assertEqual(k, math.ceil(math.log(1000) / math.log(1.5)))

    def test_sign_descent_on_an_axis_is_slow(self):
        """S1.SIGN: steps of eta each."""
        k = escape("--optimizer", "sign", "--rate", "0.01", "--spike", "axis", "--rows", "4", "--columns", "4", "--steps", "200")
        self.assertEqual(k, math.ceil(0.999 / 0.01))

    def test_newton_schulz_by_the_blas_and_by_the_reference(self):
        blas = simulate("saddle", "--optimizer", "muon-schedule", "--rows", "12", "--columns", "7", "--steps", "30")
        reference = simulate("saddle", "--optimizer", "muon-schedule", "--reference", "yes", "--rows", "12", "--columns", "7", "--steps", "30")
        for a, b in zip(blas["s"], reference["s"]):
            self.assertAlmostEqual(a, b, places=10)
        self.assertNotEqual(blas["s"], simulate("saddle", "--rows", "12", "--columns", "7", "--steps", "30")["s"])

    def test_halved_steps_do_not_mind_the_condition_number(self):
        """S2.T1."""
        for spectrum in ("log_spaced(0.1)", "log_spaced(1e-6)"):
            loss = simulate("symmetric-factorisation", "--spectrum", spectrum, "--alpha", "1e-3", "--rate", "1", "--decay", "0.5", "--steps", "30")["loss"]
            self.assertLess(loss[22], 1e-11)

    def test_noisy_sign_has_a_sweet_spot(self):
        """S3.F4: medians 1000 (capped), 12, 34."""
        medians = []
        for sigma in ("0.001", "0.3", "3.35"):
            arrived = simulate("noisy-sign", "--sigma", sigma, "--optimizer", "sign", "--rate", "0.1", "--paths", "400", "--steps", "300")["arrived"]
            medians.append(next((k for k, x in enumerate(arrived) if x >= 0.5), 300))
        self.assertEqual(medians[0], 300)
        self.assertTrue(10 <= medians[1] <= 14 and 25 <= medians[2] <= 45, medians)

    def test_every(self):
        one = simulate("saddle", "--steps", "20", "--rows", "5", "--columns", "5", "--noise", "gaussian")
        some = simulate("saddle", "--steps", "20", "--rows", "5", "--columns", "5", "--noise", "gaussian", "--every", "7")
        self.assertEqual(some["s"], one["s"][::7])
        self.assertEqual(some["loss"], one["loss"][::7])

    def test_seed_decides(self):
        options = ["saddle", "--noise", "student", "--steps", "5"]
        self.assertEqual(simulate(*options), simulate(*options))
        self.assertNotEqual(simulate(*options), simulate(*options, "--seed", "1"))


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_csv_of_a_model(self):
        self.assertEqual(run("saddle", "--steps", "6", "--csv", self.path("a.csv")).stdout, b"")
        with open(self.path("a.csv"), encoding="utf-8") as f:
            first = f.readline()
            rows = list(csv.DictReader(f))
        self.assertRegex(first, r"^# muoncert .* simulate saddle \(approx\), seed 0x0$")
        self.assertEqual(list(rows[0]), ["step", "loss", "s", "theta", "kappa", "z", "drift"])
        self.assertEqual([int(float(r["step"])) for r in rows], list(range(7)))
        self.assertEqual([float(r["s"]) for r in rows], simulate("saddle", "--steps", "6")["s"])

    def test_figures(self):
        listed = re.findall(r"^  (\d\S+/\S+)", run("--list").stdout.decode(), re.M)
        self.assertGreaterEqual(len(listed), 14)
        self.assertEqual(len({f.split("/")[0] for f in listed}), 4)
        for figure in QUICK:
            with self.subTest(figure):
                self.assertIn(figure, listed)
                self.assertEqual(run("--figure", figure, "--csv", self.path("f.csv"), "--quiet").returncode, 0)
                with open(self.path("f.csv"), encoding="utf-8") as f:
                    self.assertIn("(approx)", f.readline())
                    rows = list(csv.DictReader(f))
                self.assertGreater(len(rows), 10)
                self.assertEqual(list(rows[0]), ["panel", "series", "x", "y", "z"])

    def test_paths_in_the_plane(self):
        """papers.md S4.1: Muon keeps |p| - |q| until p or q changes sign, gradient descent p^2 - q^2 up to eta^2 |grad|^2 a step."""
        panels = json.loads(run("--figure", "2606.30509/fig2", "--json", "--quiet").stdout)["panels"]
        self.assertEqual([len(panel["series"]) for panel in panels], [12, 12])
        for muon, gradient in zip(*(panel["series"] for panel in panels)):
            with self.subTest(muon["label"]):
                self.assertEqual((muon["x"][0], muon["y"][0]), (gradient["x"][0], gradient["y"][0]))
                start, budget = balance(muon, abs)[0], 0
                for p, q, b in zip(muon["x"], muon["y"], balance(muon, abs)):
                    if (p > 0) != (muon["x"][0] > 0) or (q > 0) != (muon["y"][0] > 0):
                        break
                    self.assertAlmostEqual(b, start, places=9)
                squares = balance(gradient, lambda x: x * x)
                for p, q, b in zip(gradient["x"], gradient["y"], squares):
                    self.assertLessEqual(abs(b - squares[0]), budget + 1e-12)
                    budget += 0.01**2 * (1 - p * q) ** 2 * (p * p + q * q)
                self.assertAlmostEqual(gradient["x"][-1] * gradient["y"][-1], 1, delta=0.1)

    def test_landscape_is_a_grid(self):
        document = json.loads(run("--figure", "2605.09331/fig4", "--json", "--quiet").stdout)
        for panel in document["panels"]:
            self.assertEqual(len(panel["series"][0]["z"]), 41 * 41)

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_plots(self):
        for name, arguments in (("m.svg", ["factorisation", "--steps", "40"]), ("f.svg", ["--figure", "2605.09331/fig4"]),
                                ("diverging.svg", ["quadratic", "--optimizer", "gradient", "--rate", "1e300", "--steps", "9"])):
            with self.subTest(name):
                result = run(*arguments, "--plot", self.path(name), "--quiet")
                self.assertEqual((result.returncode, result.stdout), (0, b""), result.stderr)
                self.assertEqual(result.stderr, b"")
                xml.dom.minidom.parse(self.path(name))
                with open(self.path(name), encoding="utf-8") as f:
                    self.assertIn("(approx)", f.read())

    def test_without_gnuplot(self):
        result = run("saddle", "--steps", "3", "--plot", self.path("x.svg"), env={**os.environ, "PATH": self.folder})
        self.assertEqual((result.returncode, result.stdout), (3, b""))
        self.assertRegex(result.stderr.decode(), r"^muoncert simulate: gnuplot is not installed .*\n$")
        self.assertFalse(os.path.exists(self.path("x.svg")))

    def test_gnuplot_that_fails(self):
        with open(self.path("gnuplot"), "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\nexit 1\n")
        os.chmod(self.path("gnuplot"), 0o755)
        result = run("saddle", "--steps", "3", "--plot", self.path("x.svg"), env={**os.environ, "PATH": self.folder + ":/bin:/usr/bin"})
        self.assertEqual((result.returncode, result.stderr), (3, b"muoncert simulate: gnuplot failed\n"))


class Mistakes(unittest.TestCase):
    def refused(self, pattern, *arguments):
        result = run(*arguments)
        self.assertEqual((result.returncode, result.stdout), (3, b""), result.stderr)
        self.assertRegex(result.stderr.decode().splitlines()[0], "^muoncert simulate: .*" + pattern)

    def test_mistakes(self):
        self.refused("there is no model 'sadle'; there are saddle, ", "sadle")
        self.refused("there is no figure 'x'; there are 2605.09331/fig1, ", "--figure", "x")
        self.refused("name a model or say --figure")
        self.refused("a model or a figure, not both", "saddle", "--figure", "x")
        self.refused("--rows is for a model", "--figure", "2605.09331/fig3", "--rows", "3")
        self.refused("the model quadratic has no parameter 'lambda'", "quadratic", "--lambda", "1")
        self.refused("--rows: 'many' is not a number", "saddle", "--rows", "many")
        self.refused("rows is 0, and lies between 1 and 4096", "saddle", "--rows", "0")
        self.refused("--noise: 'pink' is none of none, gaussian, ", "saddle", "--noise", "pink")
        self.refused("--optimizer: 'sgd' is none of gradient, ", "saddle", "--optimizer", "sgd")
        self.refused("--steps: '1.5' is not a whole number", "saddle", "--steps", "1.5")
        self.refused("--rate: '1,2,3,4,5' is not a list of one to 4 numbers", "saddle", "--rate", "1,2,3,4,5")
        self.refused("--rate: 'fast' is not", "saddle", "--rate", "fast")
        self.refused("greedy needs a quadratic model", "noisy-sign", "--optimizer", "greedy")
        self.refused("no family of matrices called 'flt'", "quadratic", "--spectrum", "flt")
        self.refused("saddle has no spectrum", "saddle", "--spectrum", "flat")
        self.refused("jordann", "saddle", "--optimizer", "muon-schedule", "--schedule", "jordann")
        self.refused("one model at a time", "saddle", "quadratic")
        self.refused("--profile is quick or full", "--profile", "slow")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=1)
