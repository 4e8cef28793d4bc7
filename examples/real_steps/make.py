"""Write the files of this folder: the last step of two short trainings with Muon in PyTorch.

    python3 make.py"""

import os

import numpy
import torch

STEPS = 20
RULES = {  # learning rate, weight decay
    "jordan": (0.02, 0.0),
    "torch": (1e-3, 0.1),
}


def product(A, B):
    """Products of bfloat16 summed in float32 and rounded once, as tensor cores do."""
    return (A.float() @ B.float()).bfloat16()


def newton_schulz(G, normalise):
    a, b, c = 3.4445, -4.7750, 2.0315
    X = G.bfloat16()
    if G.size(0) > G.size(1):
        X = X.T
    X = X / normalise(X.norm())
    for _ in range(5):
        A = product(X, X.T)
        X = a * X + product(b * A + c * product(A, A), X)
    return X.T if G.size(0) > G.size(1) else X


def jordan_step(W, B, G, lr, decay):
    """KellerJordan/Muon, muon.py: muon_update, and the step around it."""
    B.lerp_(G, 1 - 0.95)
    update = newton_schulz(G.lerp(B, 0.95), lambda norm: norm + 1e-7)
    update *= max(1, G.size(-2) / G.size(-1)) ** 0.5
    W.mul_(1 - lr * decay)
    W.add_(update, alpha=-lr)


def torch_step(W, B, G, lr, decay):
    """torch/optim/_muon.py: _single_tensor_muon, adjust_lr_fn "original"."""
    B.lerp_(G, 1 - 0.95)
    update = newton_schulz(G.lerp(B, 0.95), lambda norm: norm.clamp(min=1e-7))
    W.mul_(1 - lr * decay)
    W.add_(update, alpha=-lr * max(1, G.size(0) / G.size(1)) ** 0.5)


def train(name, step):
    torch.manual_seed(0)
    W, B = torch.randn(40, 24) / 5, torch.zeros(40, 24)
    for _ in range(STEPS):
        x, y = torch.randn(64, 24), torch.randn(64, 40)
        W.requires_grad_(True)
        (G,) = torch.autograd.grad(torch.nn.functional.mse_loss(torch.tanh(x @ W.T), y), W)
        W = W.detach()
        before = {"G": G.clone(), "W": W.clone(), "B": B.clone()}
        step(W, B, G, *RULES[name])
    for part, tensor in {**before, "W_after": W, "B_after": B}.items():
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.{part}.npy")
        numpy.save(path, tensor.numpy())


if __name__ == "__main__":
    train("jordan", jordan_step)
    train("torch", torch_step)
