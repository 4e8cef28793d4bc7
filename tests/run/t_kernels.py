"""Kernels, plug-ins, the suite of laws and outputs for it.   t_kernels.py PROGRAM SOURCE CC PLUGINS [unittest options]"""

import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import types
import unittest
import unittest.mock

PROGRAM, SOURCE, CC, PLUGINS = sys.argv[1:5]
LAWS = ["odd", "scale", "transpose", "permutation", "rotation", "zero", "rank_one", "denormal", "huge", "nan", "infinity",
        "input_untouched", "output_written", "deterministic", "batch"]
STEP_LAWS = ["momentum", "update_scaling", "weight_decay"]


def run(*arguments, **options):
    result = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, **options)
    assert not re.search(b"Sanitizer|runtime error", result.stderr), result.stderr.decode()
    return result


def verdicts(document, member):
    return {entry["law"] if member == "laws" else entry["input"]: entry["verdict"] for entry in document[member]}


def read_npy(path):
    with open(path, "rb") as f:
        content = f.read()
    length = int.from_bytes(content[8:10], "little")
    shape = [int(n) for n in re.findall(r"\d+", re.search(rb"'shape': \(([^)]*)\)", content).group(1).decode())]
    body = content[10 + length:]
    return content[:10 + length], shape, struct.unpack(f"<{len(body) // 4}f", body)


def write_npy(path, header, values):
    with open(path, "wb") as f:
        f.write(header + struct.pack(f"<{len(values)}f", *values))


class Kernels(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def audit(self, status, *arguments):
        result = run("audit", *arguments, "--json")
        self.assertEqual(result.returncode, status, result.stdout.decode() + result.stderr.decode())
        with open(os.path.join(self.folder, "audit.json"), "wb") as f:
            f.write(result.stdout)
        # The report checks its input against the published schema.
        report = run("report", os.path.join(self.folder, "audit.json"))
        self.assertEqual(report.returncode, status, report.stderr)
        return json.loads(result.stdout)

    def test_output_that_is_stored_transposed(self):
        """The same bytes read by columns are the transpose; only --transpose takes them."""
        stem = os.path.join(SOURCE, "examples/real_gradients/step300.bl.0.up.")
        with open(stem + "X.npy", "rb") as f:
            content = f.read()
        length = int.from_bytes(content[8:10], "little")
        header = re.sub(r"\((\d+), (\d+)\)", r"(\2, \1)", content[10:10 + length].decode())
        header = header.replace("'fortran_order': False", "'fortran_order': True").rstrip().ljust(length - 1) + "\n"
        stored = os.path.join(self.folder, "X.npy")
        with open(stored, "wb") as f:
            f.write(content[:10] + header[-length:].encode() + content[10 + length:])
        files = ("--input", stem + "G.npy", "--output", stored, "--preset", "torch", "--dtype", "bf16")
        straight = self.audit(0, *files[:2], "--output", stem + "X.npy", *files[4:])["audits"][0]
        self.assertEqual(self.audit(0, *files, "--transpose")["audits"][0]["error"], straight["error"])
        repeated = subprocess.run(["sh", "-c", self.audit(0, *files, "--transpose")["audits"][0]["replay"].replace(
            "muoncert", PROGRAM, 1) + " --json"], stdout=subprocess.PIPE)
        self.assertEqual(json.loads(repeated.stdout)["audits"][0]["error"], straight["error"])
        refused = run("audit", *files)
        self.assertEqual(refused.returncode, 3)
        self.assertIn("the shape of the output", refused.stderr.decode())
        self.assertEqual(run("audit", "openblas", "--transpose").returncode, 3)

    def emitted(self, language):
        """The assertion for an example's input, and where its exact image lies."""
        source = os.path.join(SOURCE, "examples/real_gradients/step300.bl.1.o.G.npy")
        image = os.path.join(self.folder, "image.npy")
        result = run("truth", "ns", source, "--schedule", "jordan", "--steps", "5", "--output", image)
        self.assertEqual(result.returncode, 0, result.stderr)
        result = run("tol", "--input", source, "--dtype", "bf16", "--emit", language)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.decode(), image, source.replace(".G.", ".X.")

    def test_emitted_c(self):
        """It compiles, takes PyTorch's output, and stops at nine tenths of it and at NaN."""
        text, image, output = self.emitted("c")
        source, program = os.path.join(self.folder, "a.c"), os.path.join(self.folder, "a")
        with open(source, "w") as f:
            f.write(text + """
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  static float x[128 * 128];
  static double y[128 * 128];
  FILE *f = fopen(argv[1], "rb"), *g = fopen(argv[2], "rb");
  if (argc != 4 || !f || !g || fseek(f, 128, SEEK_SET) || fseek(g, 128, SEEK_SET) || fread(x, sizeof x, 1, f) != 1 ||
      fread(y, sizeof y, 1, g) != 1)
    return 3;
  x[0] += (float)atof(argv[3]);
  for (size_t i = 0; i < 128 * 128; i++)
    x[i] *= atof(argv[3]) < 0 ? 0.9f : 1.0f;
  assert_newton_schulz(x, y, 128 * 128);
  return 0;
}
""")
        subprocess.run([CC, "-std=c11", "-Wall", "-Wextra", "-Werror", source, "-o", program, "-lm"], check=True)
        for change, status in (("0", 0), ("nan", -signal.SIGABRT), ("-1e-30", -signal.SIGABRT)):
            result = subprocess.run([program, output, image, change], stderr=subprocess.PIPE)
            self.assertEqual(result.returncode, status, (change, result.stderr))

    def test_emitted_pytest(self):
        """The same in Python, with as much of NumPy as it uses."""
        text, image, output = self.emitted("pytest")
        with open(image, "rb") as f:
            exact = struct.unpack("<16384d", f.read()[128:])

        class Array(tuple):
            def __sub__(self, other):
                return Array(x - y for x, y in zip(self, other))

        numpy = types.ModuleType("numpy")
        numpy.float64, numpy.asarray = float, lambda x, dtype: Array(map(dtype, x))
        numpy.linalg = types.SimpleNamespace(norm=lambda x: sum(y * y for y in x) ** 0.5)
        names = {}
        with unittest.mock.patch.dict(sys.modules, numpy=numpy):
            exec(text, names)
        x = read_npy(output)[2]
        names["assert_newton_schulz"](x, exact)
        for bad in ([0.9 * y for y in x], [float("nan"), *x[1:]], [0.0] * len(x)):
            with self.assertRaises(AssertionError):
                names["assert_newton_schulz"](bad, exact)

    def test_list(self):
        """Every kernel that is listed, and can run here, runs; every preset is one."""
        result = run("audit", "--list")
        self.assertEqual(result.returncode, 0)
        kernels, presets = result.stdout.decode().split("presets, with what they compute\n")
        names = [line.split()[0] for line in kernels.splitlines()[1:] if "[not on this processor]" not in line]
        self.assertIn("openblas-symmetric", names)
        known = run("audit", "no-such-kernel").stderr.decode()
        for name in names:
            self.assertIn(name, known)
        for name in re.findall(r"^  (\S+)", presets, re.M):
            self.assertEqual(run("tol", "--shape", "3x4", "--preset", name, "--dtype", "f64").returncode, 0, name)
        self.assertEqual(run("audit", "--list", "--json").returncode, 3)

    def test_step_of_a_spec_file(self):
        """A step that a spec file states is judged as on the command line, and its replay line repeats it."""
        steps = os.path.join(SOURCE, "examples/real_steps/torch.")
        with open(os.path.join(self.folder, "audits.claim"), "w") as f:
            f.write(f"""audit step input "{steps}G.npy" weights "{steps}W.npy" buffer "{steps}B.npy"
                    weights_after "{steps}W_after.npy" buffer_after "{steps}B_after.npy"
                    preset torch dtype bf16 weight_decay 0 lr 1e-3 nesterov yes scaling "rectangular*1" expect suspicious""")
        os.mkdir(os.path.join(self.folder, "claims"))
        result = run("verify", "--spec", self.folder, "--only", "step", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        (entry,) = json.loads(result.stdout)["audits"]
        self.assertIn("the weights shrank by 0.0001 of themselves", entry["diagnosis"][0]["text"])
        self.assertEqual(entry["step"]["weight_decay"], "0")
        again = subprocess.run(["sh", "-c", entry["replay"].replace("muoncert", PROGRAM, 1) + " --json"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(again.returncode, 1, again.stderr)
        self.assertEqual(json.loads(again.stdout)["audits"][0]["error"], entry["error"])

    def test_reference(self):
        document = self.audit(0, "reference")
        self.assertEqual(verdicts(document, "laws"), dict.fromkeys(LAWS + STEP_LAWS, "holds"))
        self.assertEqual(set(verdicts(document, "audits").values()), {"conforms"})
        self.assertEqual({entry["dtype"] for entry in document["audits"]}, {"float32"})

    def test_conventions(self):
        document = self.audit(0, "emulated-all", "--dtype", "fp16", "--momentum-rule", "sum", "--scaling", "rms")
        self.assertEqual(verdicts(document, "laws"), dict.fromkeys(LAWS + STEP_LAWS, "holds"))

    def test_bad_kernels(self):
        for arguments, status, words in (
                (["openbla"], 3, "known are reference, openblas"),
                (["./none.so"], 3, "No such file"),
                (["reference", "--dtype", "bf16"], 3, "does not take bfloat16"),
                (["reference", "--decay", "coupled"], 3, "decoupled"),
                (["reference", "--pairs", "x"], 3, "one at a time"),
                ([f"{PLUGINS}/plugin_abi.so"], 3, "version 2 of the kernel ABI"),
                ([f"{PLUGINS}/plugin_symbol.so"], 3, "no symbol"),
                ([f"{PLUGINS}/plugin_refuse.so"], 3, "returned 7")):
            result = run("audit", *arguments)
            self.assertEqual(result.returncode, status, arguments)
            self.assertIn(words, result.stderr.decode())
            self.assertNotIn("\n", result.stderr.decode().split("Try `")[0].rstrip("\n"))

    def interrupt(self, seconds, *arguments):
        process = subprocess.Popen([PROGRAM, "audit", *arguments, "--json"], stdout=subprocess.PIPE)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        document = json.loads(process.communicate(timeout=60)[0])
        self.assertTrue(document["interrupted"])
        self.assertEqual((document["verdict"], process.returncode), ("undecided", 2))
        return document

    def test_interrupt_reports_what_was_done(self):
        document = self.interrupt(1, f"{PLUGINS}/plugin_hang.so", "--time-limit", "3600")
        self.assertEqual(document["audits"], [])

    def test_crash_and_hang_are_findings(self):
        for fault, verdict, words in (("crash", "crashed", "Segmentation fault"), ("hang", "hung", "within 1 s"),
                                      ("far", "crashed", "behind the end of its output X"), ("exit", "crashed", "status 0"),
                                      ("fork_tree", "crashed", "left 20 processes behind")):
            document = self.audit(4, f"{PLUGINS}/plugin_{fault}.so", "--time-limit", "1")
            self.assertEqual([entry["verdict"] for entry in document["audits"]], [verdict])
            self.assertIn(words, document["audits"][0]["message"])

    def build(self, *flags):
        path = os.path.join(self.folder, "kernel.so")
        subprocess.run([CC, "-O1", "-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-I{SOURCE}/src/kernel", *flags,
                        f"{SOURCE}/examples/c_kernel/newton_schulz.c", "-o", path, "-lm"], check=True)
        return path

    def test_example(self):
        document = self.audit(0, self.build(), "--preset", "keller-jordan")
        self.assertEqual(verdicts(document, "laws"), dict.fromkeys(LAWS, "holds"))
        document = self.audit(1, self.build("-DPLANTED_BUG"), "--preset", "keller-jordan")
        found = verdicts(document, "audits")
        self.assertEqual(found["256 by 256, uniform, 2^-10"], "conforms")  # whole tiles: nothing is left out
        self.assertIn(found["48 by 96, log_uniform(1e-3), 2^-22"], ("wrong", "suspicious"))

    # ---- The suite of laws in files ----

    def suite(self, *arguments):
        result = run("gen", "--suite", "laws", "--output", self.folder, "--dtype", "f32", *arguments, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def store(self, name, change):
        header, shape, values = read_npy(os.path.join(self.folder, name + ".G.npy"))
        write_npy(os.path.join(self.folder, name + ".X.npy"), header, change(shape, values))

    def test_empty_suite(self):
        manifest = self.suite()
        self.assertEqual(manifest["suite"], "laws")
        result = run("audit", "--pairs", self.folder)
        self.assertEqual(result.returncode, 3)
        self.assertIn("no output of a kernel", result.stderr.decode())

    def test_outputs_of_no_kernel(self):
        """The identity keeps some laws and breaks others; zero keeps most."""
        manifest = self.suite()
        for case in manifest["cases"]:
            if "output" in case:
                self.store(case["name"], lambda shape, values: values)
        found = verdicts(self.audit(1, "--pairs", self.folder), "laws")
        self.assertEqual(found, {**dict.fromkeys(("odd", "transpose", "permutation", "rotation", "zero", "nan", "infinity",
                                                  "output_written", "deterministic", "batch"), "holds"),
                                 **dict.fromkeys(("scale", "rank_one", "denormal", "huge"), "violated")} | {"denormal": found["denormal"]})
        for case in manifest["cases"]:
            if "output" in case:
                self.store(case["name"], lambda shape, values: [0.0] * len(values))
        document = self.audit(1, "--pairs", self.folder)
        found = verdicts(document, "laws")
        self.assertEqual({name for name, verdict in found.items() if verdict == "violated"} - {"rank_one"}, {"nan", "infinity"})
        self.assertTrue({"wrong", "suspicious"} >= set(verdicts(document, "audits").values()))

    def test_changed_inputs(self):
        self.suite()
        self.store("base", lambda shape, values: values)
        shutil.copy(os.path.join(self.folder, "negated.G.npy"), os.path.join(self.folder, "base.G_after.npy"))
        found = verdicts(self.audit(1, "--pairs", self.folder), "laws")
        self.assertEqual(found["input_untouched"], "violated")
        shutil.copy(os.path.join(self.folder, "negated.G.npy"), os.path.join(self.folder, "base.G.npy"))
        result = run("audit", "--pairs", self.folder)
        self.assertEqual(result.returncode, 3)
        self.assertIn("base.G.npy is not the input", result.stderr.decode())
        shutil.copy(os.path.join(self.folder, "transposed.G.npy"), os.path.join(self.folder, "base.G.npy"))
        self.assertEqual(run("audit", "--pairs", self.folder).returncode, 3)

    def test_bad_manifests(self):
        for text in ("", "{", "[]", '{"suite": "laws"}', '{"suite": "laws", "seed": "0x1", "model": {"preset": "nobody"}}'):
            with open(os.path.join(self.folder, "manifest.json"), "w", encoding="ascii") as f:
                f.write(text)
            result = run("audit", "--pairs", self.folder)
            self.assertEqual(result.returncode, 3, text)
            self.assertEqual(result.stderr.decode().count("\n"), 1)


unittest.main(argv=sys.argv[:1] + sys.argv[5:])
