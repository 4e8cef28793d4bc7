"""python/muoncert.py without NumPy, and the examples where NumPy or PyTorch is there.   t_helper.py SOURCE_FOLDER"""

import importlib.util
import os
import runpy
import sys
import unittest

SOURCE = sys.argv[1]
sys.path.insert(0, os.path.join(SOURCE, "python"))
import muoncert  # noqa: E402

G = [[0.5, 0.125, 0.0], [0.25, 1.0, 0.5]]


def image(rows, steps=5):
    """Jordan's iteration in double precision on a wide matrix."""
    norm = sum(x * x for row in rows for x in row) ** 0.5 + 1e-7
    X = [[x / norm for x in row] for row in rows]
    times = lambda P, Q: [[sum(a * b for a, b in zip(row, column)) for column in zip(*Q)] for row in P]  # noqa: E731
    for _ in range(steps):
        gram = times(X, [list(column) for column in zip(*X)])
        square = times(gram, gram)
        factor = [[-4.7750 * a + 2.0315 * b for a, b in zip(*pair)] for pair in zip(gram, square)]
        X = [[3.4445 * x + y for x, y in zip(*pair)] for pair in zip(X, times(factor, X))]
    return X


class Helper(unittest.TestCase):
    def test_a_right_output_conforms(self):
        muoncert.assert_conforms(G, image(G), preset="keller-jordan", dtype="f64")

    def test_a_wrong_output_does_not(self):
        with self.assertRaises(muoncert.NotConforming) as caught:
            muoncert.assert_conforms(G, image(G, steps=4), preset="keller-jordan", dtype="f64")
        self.assertIn("distance to the exact image", str(caught.exception))
        self.assertNotEqual(caught.exception.document["audits"][0]["verdict"], "conforms")

    def test_undecided_is_no_pass(self):
        with self.assertRaises(muoncert.NotConforming):
            muoncert.assert_conforms([[0.0, 0.0]], [[0.0, 0.0]], dtype="f64")

    def test_bad_input_is_a_value_error(self):
        for bad in ([[1.0]], [[1.0, 2.0], [1.0]]):
            with self.assertRaises(ValueError):
                muoncert.assert_conforms(G, bad)
        with self.assertRaisesRegex(ValueError, "no-such-preset"):
            muoncert.audit(G, G, preset="no-such-preset")

    @unittest.skipUnless(importlib.util.find_spec("numpy"), "no NumPy here")
    def test_the_numpy_example(self):
        example = runpy.run_path(os.path.join(SOURCE, "examples", "pytest", "test_newton_schulz.py"))
        tests = [f for name, f in example.items() if name.startswith("test_")]
        self.assertGreaterEqual(len(tests), 5)
        for test in tests:
            with self.subTest(test.__name__):
                test()

    @unittest.skipUnless(importlib.util.find_spec("torch"), "no PyTorch here")
    def test_the_pytorch_example(self):
        example = runpy.run_path(os.path.join(SOURCE, "examples", "pytorch", "audit_muon.py"), run_name="example")
        self.assertEqual(example["main"](), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
