"""The units that Gappa proves: the scalar quintic of src/ref with rounding, in binary64 and in binary32.

The templates of proofs/rounding are filled with the coefficients that spec/schedules.claim gives the schedule "jordan".  Python 3,
standard library only.
"""

import re
from fractions import Fraction

import prover
from prover import PROOFS, ROOT

FOLDER = PROOFS / "rounding"
SCHEDULES = ROOT / "spec" / "schedules.claim"

# ERROR bounds the absolute error on [0, 1.3] and the relative error on normal numbers; NORMAL is the smallest of these, SUBNORMAL
# twice the smallest subnormal number.
FORMATS = {
    "f64": {"TYPE": "double", "FUNCTION": "muon_quintic", "REFERENCE": "src/ref/quintic.c", "SUFFIX": "",
            "ERROR": "0x1p-48", "NORMAL": "0x1p-1022", "SUBNORMAL": "0x1p-1073"},
    "f32": {"TYPE": "float", "FUNCTION": "muonf_quintic", "REFERENCE": "src/ref/f32/quintic.c", "SUFFIX": "f",
            "ERROR": "0x1p-19", "NORMAL": "0x1p-126", "SUBNORMAL": "0x1p-148"},
}


def coefficients():
    """The three decimals of the schedule "jordan", as they are written."""
    found = re.search(r"^schedule jordan = \(([-\d.]+), ([-\d.]+), ([-\d.]+)\) repeat", SCHEDULES.read_text(), flags=re.M)
    if not found:
        raise OSError(f"{SCHEDULES.relative_to(ROOT)}: no schedule jordan of three decimals, repeated")
    return found.groups()


def real(decimal):
    """A Why3 real: its literals carry no sign."""
    return f"(-. {decimal[1:]})" if Fraction(decimal) < 0 else decimal


def fill(template, form, reference):
    """The text of a template for one format."""
    values = dict(FORMATS[form], REFERENCE=str(reference))
    for name, decimal in zip("ABC", coefficients()):
        values[name], values["R" + name] = decimal + values["SUFFIX"], real(decimal)
    return re.sub(r"@(\w+)@", lambda found: values[found[1]], (FOLDER / template).read_text())


def sources(work):
    """Write each template's source and theory into `work` for each format; return (unit, file to name in a report, source, hash of
    inputs, options)."""
    found = []
    for template in sorted(FOLDER.glob("*.c.in")):
        for form, values in FORMATS.items():
            found.append(source_of(work, template, form, values))
    return found


def source_of(work, template, form, values):
    folder, reference, name = work / "rounding" / form, ROOT / values["REFERENCE"], template.name.removesuffix(".c.in")
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"rounding.driver": (FOLDER / "rounding.driver").read_text(), f"{name}.mlw": fill(f"{name}.mlw.in", form, reference),
             f"{name}.c": fill(template.name, form, reference)}
    for file, text in texts.items():
        prover.write_if_changed(folder / file, text)
    harness = re.findall(r"^@TYPE@ (\w+)@SUFFIX@\(", template.read_text(), flags=re.M)
    options = {"inlined": values["FUNCTION"], "functions": [function + values["SUFFIX"] for function in harness]}
    command = prover.wp_command(work, folder / f"{name}.c", "SESSION", **options)
    seed = "\0".join([*texts.values(), *command, (FOLDER / "toolchain.txt").read_text()])
    inputs = prover.hash_files(prover.included([reference]), seed.replace(str(work), "WORK").replace(str(ROOT), "ROOT"))
    return f"rounding/{form}", f"proofs/rounding/{template.name}", folder / f"{name}.c", inputs, options
