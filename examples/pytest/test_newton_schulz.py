"""A kernel's test that says what it means.   MUONCERT=.../muoncert PYTHONPATH=.../python pytest

The kernel is Newton–Schulz with Jordan's coefficients in NumPy float32.  The tolerance is derived by muoncert, not
chosen here; the planted mistakes below show what it would catch."""

import numpy as np

import muoncert

A, B, C = 3.4445, -4.7750, 2.0315


def orthogonalise(G, steps=5, c=C, transpose=True):
    X = G.astype(np.float32)
    wide = X.shape[0] > X.shape[1] and transpose
    X = X.T if wide else X
    X = X / (np.linalg.norm(X) + np.float32(1e-7))
    for _ in range(steps):
        gram = X @ X.T
        X = np.float32(A) * X + (np.float32(B) * gram + np.float32(c) * (gram @ gram)) @ X
    return X.T if wide else X


def gradient(m, n, seed=0):
    return np.random.default_rng(seed).standard_normal((m, n)).astype(np.float32)


def caught(G, X):
    try:
        muoncert.assert_conforms(G, X, preset="keller-jordan", dtype="f32")
    except muoncert.NotConforming:
        return True
    return False


def test_wide():
    G = gradient(24, 40)
    muoncert.assert_conforms(G, orthogonalise(G), preset="keller-jordan", dtype="f32")


def test_tall():
    G = gradient(40, 24)
    muoncert.assert_conforms(G, orthogonalise(G), preset="keller-jordan", dtype="f32")


def test_a_missing_step_is_caught():
    G = gradient(24, 40)
    assert caught(G, orthogonalise(G, steps=4))


def test_a_wrong_digit_is_caught():
    G = gradient(24, 40)
    assert caught(G, orthogonalise(G, c=2.0316))


def test_a_row_that_was_not_written_is_caught():
    G = gradient(24, 40)
    X = orthogonalise(G)
    X[7] = 0
    assert caught(G, X)
