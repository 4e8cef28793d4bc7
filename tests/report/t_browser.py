"""The page in a browser without a window, looked at by a script: on a desktop and a telephone, in the light and in the dark.

    t_browser.py PROGRAM SOURCE_FOLDER

Looked for: complaints on the console, anything wider than the window, a summary that needs scrolling, text that sticks out
of its plot, text too faint to read (a contrast below 4.5, WCAG 2.1, 1.4.3).  Each of these is planted once and must be found.
Exit status 77: there is no Chromium here."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = sys.argv[1], sys.argv[2]
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--hide-scrollbars"]

# Leaves what it finds as the text of <pre id="found">.
LOOK = """
<script>
const found = [];
const channels = colour => (colour.match(/[0-9.]+/g) || []).map(Number);
const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
function background(element) {
  for (; element; element = element.parentElement) {
    const colour = channels(getComputedStyle(element).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
}
for (const details of document.querySelectorAll('details[open]')) details.dataset.was = 'open';
const cards = document.querySelector('.cards').getBoundingClientRect();
if (cards.bottom > innerHeight) found.push(`summary ends at ${cards.bottom} of ${innerHeight}`);
for (const details of document.querySelectorAll('details')) details.open = true;
if (document.documentElement.scrollWidth > innerWidth) found.push(`${document.documentElement.scrollWidth} wide`);
for (const svg of document.querySelectorAll('svg')) {
  const frame = svg.getBoundingClientRect();
  if (frame.width < 40 || frame.height < 20) found.push('a plot without a size');
  for (const text of svg.querySelectorAll('text')) {
    const box = text.getBoundingClientRect();
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
      found.push(`'${text.textContent}' sticks out of its plot`);
  }
}
for (const element of document.querySelectorAll('h1,h2,p,b,li,dt,dd,td,th,summary,span,pre')) {
  const ratio = contrast(channels(getComputedStyle(element).color), background(element));
  if (element.textContent.trim() && ratio < 4.5) found.push(`'${element.textContent.slice(0, 30)}' has contrast ${ratio.toFixed(2)}`);
}
const plots = [...document.querySelectorAll('svg.plot title')].map(t => t.textContent);
document.body.innerHTML = '<pre id="found"></pre>';
document.getElementById('found').textContent = JSON.stringify({found, plots, dark: light(background(document.body)) < 0.2});
</script>
"""


def stamped(command, verdict, **members):
    return {"schema": 1, "tool": "muoncert 0.1.0", "command": command, "verdict": verdict, "seconds": 1.5, **members}


def records():
    """One of every kind, with everything that is drawn."""
    points = [{"n": n, "optimizer": name, "trials": 9, "steps_min": low, "steps_max": high, **bracket}
              for n in (16, 64, 256) for name, low, high, bracket in (("muon", 18, 21, {"bracket_lo": 12, "bracket_hi": 31}), ("gd", n, 2 * n, {}))]
    counts = {"trials": 9, "met": 9, "holds": 9, "violated": 0, "undecided": 0, "missed": 0}
    limits = {"sound": "5e3", "spectrum": "4", "statistical": "0.01", "false_alarm": 1e-6}
    audit = {"id": "a_kernel", "verdict": "wrong", "input": "G.npy", "output": "X.npy", "preset": "torch", "dtype": "bfloat16", "shape": [8, 8],
             "error": {"lo": "7e3", "hi": "7.01e3"}, "tolerance": limits, "measures": [{"name": "rows", "error": {"lo": "1", "hi": "2"}, "limit": "0.1"}],
             "heat": {"block": [1, 1], "values": [[0.5, 1], [0, None]]}, "message": "far off", "diagnosis": [{"text": "the transpose"}]}
    bugs = [{"name": f"bug-{i}", "source": "a report", "verdict": "wrong", "finite": True, "killed": True, "equivalent": False, "same_output": False,
             "laws": ["odd"], "killed_by": ["a-test"]} for i in range(20)]
    rules = [{"name": "a-test", "source": "a project, atol 1e-2", "inputs": 3, "survivors": 1}, {"name": "other", "source": "b", "inputs": 0, "survivors": 9}]
    functions = [{"name": f"f{i}", "file": "f.c", "line": 3, "goals": 2, "valid": 2 - (i == 7), "provers": {"z3": 2}} for i in range(20)]
    return [
        stamped("campaigns", "expected", campaigns=[{"id": "c", "file": "a.claim", "line": 1, "verdict": "holds", **counts, "steps_by_dimension": points,
                                                     "margin": {"lo": "0.1", "hi": "0.2"}, "replay": "muoncert campaign c --replay 'seed=0x0'"}]),
        stamped("audits", "violated", audits=[audit]),
        stamped("mutants", "expected", mutants=bugs, rules=rules),
        stamped("proofs", "undecided", functions=functions, toolchain={"z3": "4.8"}, trusted=["the compiler rounds to nearest"]),
    ]


def make_page(folder):
    """The HTML of all kinds of records, with a baseline."""
    names = []
    for i, record in enumerate(records()):
        names.append(os.path.join(folder, f"{i}.json"))
        with open(names[-1], "w", encoding="utf-8") as f:
            json.dump(record, f)
    claims, page = os.path.join(folder, "claims.json"), os.path.join(folder, "page.html")
    with open(claims, "wb") as f:
        f.write(subprocess.run([PROGRAM, "claims", os.path.join(SOURCE, "examples/new_paper/cubic_step.claim"), "--json"], stdout=subprocess.PIPE,
                               check=True).stdout)
    done = subprocess.run([PROGRAM, "report", claims, *names, "--baseline", claims, "--html", page], capture_output=True, check=False)
    assert done.returncode == 1, done.stderr
    with open(page, encoding="utf-8") as f:
        return f.read()


def browse(folder, page, width, height, dark):
    """What the script finds, and what the console says."""
    with open(os.path.join(folder, "looked_at.html"), "w", encoding="utf-8") as f:
        f.write(page.replace("</body>", LOOK + "</body>"))
    profile = tempfile.mkdtemp(dir=folder)
    colours = ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"] if dark else []
    done = subprocess.run([BROWSER, *FLAGS, *colours, "--user-data-dir=" + profile, f"--window-size={width},{height}", "--dump-dom",
                           "file://" + os.path.join(folder, "looked_at.html")], capture_output=True, text=True, timeout=120, check=False)
    text = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.S)
    assert text, f"the script did not end: {done.stdout[:300]} {done.stderr[-600:]}"
    document = json.loads(text.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    return document, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def main():
    if not BROWSER:
        print("no Chromium here: the page was not looked at")
        return 77
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        page = make_page(folder)
        for width, height, dark in ((1280, 900, False), (500, 900, True)):
            document, console = browse(folder, page, width, height, dark)
            failures += [f"{width} by {height}, {'dark' if dark else 'light'}: {line}" for line in document["found"] + console]
            if len(document["plots"]) < 6 or document["dark"] != dark:
                failures.append(f"not what was to be looked at: {document}")
        bad = ('<p style="width: 4000px">wide</p><p style="color: #bbb; background: #fff">faint</p><script>console.error("planted")</script>'
               '<svg class="plot" width="200" height="50" viewBox="0 0 200 50"><title>t</title><text x="150" y="20">sticks out of it</text></svg>')
        document, console = browse(folder, page.replace('<div class="cards">', bad + '<div class="cards" style="margin-top: 900px">'), 500, 900, False)
        for sign in ("wide", "faint", "sticks out", "summary"):
            if not any(sign in line for line in document["found"]):
                failures.append(f"planted and not found: {sign}")
        if not any("planted" in line for line in console):
            failures.append("planted and not found: a complaint on the console")
    for line in failures:
        print(line)
    return 1 if failures else 0


sys.exit(main())
