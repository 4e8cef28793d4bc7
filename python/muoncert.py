"""Hold the output of an orthogonalisation kernel against the truth, from a Python test.

    import muoncert
    muoncert.assert_conforms(G, X, preset="torch", dtype="bf16")

G is what the kernel was given, X what it made of it: NumPy arrays, PyTorch tensors (bfloat16 included) or lists of
rows; three dimensions are a batch.  The work is done by the command `muoncert`, found in the environment variable
MUONCERT or on the PATH.  This file needs nothing but Python 3.8, and may be copied into a project."""

import json
import os
import struct
import subprocess
import sys
import tempfile


class NotConforming(AssertionError):
    """The kernel's output does not conform, or that could not be decided.  `document` is the record of the audit."""

    def __init__(self, message, document):
        super().__init__(message)
        self.document = document


def audit(G, X, **options):
    """The record of `muoncert audit` (docs/schema/audits.json).  Options are those of the command: preset, dtype, schedule, steps,
    norm, eps, safety, rounding, accumulate, seed.  ValueError: the command could not read what it was given."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("input.npy", "output.npy")]
        for path, matrix in zip(paths, (G, X)):
            with open(path, "wb") as f:
                f.write(_npy(matrix))
        command = [os.environ.get("MUONCERT", "muoncert"), "audit", "--json", "--input", paths[0], "--output", paths[1]]
        command += [f"--{name.replace('_', '-')}={value}" for name, value in options.items() if value is not None]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    try:
        document = json.loads(done.stdout)
    except ValueError:
        raise ValueError(done.stderr.strip() or f"muoncert audit ended with status {done.returncode}") from None
    broken = [entry["message"] for entry in document["audits"] if entry["verdict"] == "error"]
    if broken:
        raise ValueError("; ".join(broken))
    return document


def assert_conforms(G, X, **options):
    """Raise NotConforming unless every matrix of the batch conforms.  Takes the options of audit()."""
    document = audit(G, X, **options)
    bad = [entry for entry in document["audits"] if entry["verdict"] != "conforms"]
    if bad or not document["audits"]:
        raise NotConforming("\n".join(map(_describe, bad)) or "nothing was audited", document)


def _describe(entry):
    text = f"the output is {entry['verdict']}"
    if "error" in entry:
        limits = entry["tolerance"]
        text += (f": distance to the exact image in [{entry['error']['lo']}, {entry['error']['hi']}], "
                 f"statistical limit {limits['statistical']}, sound limit {limits['sound']}")
    return text + (f"; {entry['message']}" if "message" in entry else "")


def _npy(matrix):
    """The bytes of a .npy file."""
    if hasattr(matrix, "detach"):  # a PyTorch tensor
        matrix = matrix.detach().cpu().contiguous()
        if str(matrix.dtype) == "torch.bfloat16":  # NumPy has no name for it: two bytes without a meaning
            return _header("<V2", matrix.shape) + matrix.view(sys.modules["torch"].int16).numpy().tobytes()
        matrix = matrix.numpy()
    if hasattr(matrix, "__array_interface__"):
        typestr = "<V2" if str(matrix.dtype) == "bfloat16" else matrix.__array_interface__["typestr"]
        return _header(typestr, matrix.shape) + matrix.tobytes(order="C")
    shape, values = _flatten(matrix)
    return _header("<f8", shape) + struct.pack(f"<{len(values)}d", *values)


def _flatten(rows):
    """Shape and numbers of nested lists of one length at each depth."""
    if not isinstance(rows, (list, tuple)):
        return (), [float(rows)]
    parts = [_flatten(row) for row in rows]
    if any(shape != parts[0][0] for shape, _ in parts):
        raise ValueError("rows of different lengths")
    return (len(parts), *(parts[0][0] if parts else ())), [value for _, values in parts for value in values]


def _header(typestr, shape):
    text = f"{{'descr': '{typestr}', 'fortran_order': False, 'shape': {tuple(shape)!r}, }}"
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode("ascii")
