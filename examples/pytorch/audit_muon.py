"""Dump what Muon's orthogonalisation is given and returns during training, and audit it.

    MUONCERT=.../muoncert PYTHONPATH=.../python python3 examples/pytorch/audit_muon.py [--native]

With --native, products are PyTorch's own.  On a CPU, PyTorch 1.13 sums some memory layouts in bfloat16 instead of
float32, and the audit calls the result suspicious; that is what it is there for.

The network is small, the data random; replace both by yours.  What matters is the wrapper around the kernel."""

import sys

import torch

import muoncert

CALLS = []


def recorded(kernel):
    """The kernel, keeping a copy of each input and output."""

    def wrapper(G):
        X = kernel(G)
        CALLS.append((G.clone(), X.clone()))
        return X

    return wrapper


def product(A, B):
    """Products of bfloat16 summed in float32 and rounded once, as tensor cores do."""
    return A @ B if "--native" in sys.argv else (A.float() @ B.float()).bfloat16()


@recorded
def zeropower_via_newtonschulz5(G):
    """The quintic iteration of Muon in bfloat16 (Keller Jordan, 2024)."""
    a, b, c = 3.4445, -4.7750, 2.0315
    X = G.bfloat16()
    if G.size(0) > G.size(1):
        X = X.T
    X = X / (X.norm() + 1e-7)
    for _ in range(5):
        A = product(X, X.T)
        X = a * X + product(b * A + c * product(A, A), X)
    return X.T if G.size(0) > G.size(1) else X


def train(steps):
    torch.manual_seed(0)
    layers = [torch.nn.Linear(32, 64), torch.nn.Linear(64, 16)]
    network = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1])
    x, y = torch.randn(256, 32), torch.randn(256, 16)
    for _ in range(steps):
        network.zero_grad()
        torch.nn.functional.mse_loss(network(x), y).backward()
        with torch.no_grad():
            for layer in layers:
                layer.weight -= 0.02 * zeropower_via_newtonschulz5(layer.weight.grad).to(layer.weight.dtype)


def main():
    train(steps=3)
    status = 0
    for i, (G, X) in enumerate(CALLS):
        try:
            muoncert.assert_conforms(G, X, preset="keller-jordan", dtype="bf16")
            print(f"call {i}, {tuple(G.shape)}: conforms")
        except muoncert.NotConforming as bad:
            print(f"call {i}, {tuple(G.shape)}: {bad}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
