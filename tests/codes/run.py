#!/usr/bin/env python3
"""Checks the examples on the explain pages (docs/codes/README.md says how they are written).

A bad example must give the page's code, a good one no error. HK91 codes are what `hookc test` says.
Usage: run.py HOOKC [CODE…]     all codes where none is named
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

PAGES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "codes"
FENCE = re.compile(r"^```hook ([^\n]+)\n(.*?)^```$", re.M | re.S)

CHECK = ["check", "--show", "hint"]
TEST = ["test"]


def findings(hookc, folder, text, command):
    (folder / "example.hook").write_text(text)
    done = subprocess.run(
        [hookc, *command, "--format", "json", "example.hook"],
        cwd=folder, capture_output=True, text=True, timeout=60,
    )
    if done.returncode not in (0, 1):
        return [{"code": f"exit {done.returncode}", "severity": "error", "message": done.stderr}]
    report = json.loads(done.stdout)
    if command == TEST:
        return sum((test["findings"] for test in report["tests"]), report["errors"])
    return report["findings"]


def told(found):
    return "".join(f"    {f['severity']}[{f['code']}]: {f['message']}\n" for f in found) or "    nothing\n"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    hookc = str(pathlib.Path(sys.argv[1]).resolve())
    wanted = sys.argv[2:]
    passed, failed = 0, 0
    for page in sorted(PAGES.glob("HK*.md")):
        code = page.stem
        if wanted and code not in wanted:
            continue
        examples = FENCE.findall(page.read_text())
        with tempfile.TemporaryDirectory(prefix="hookc-codes-") as scratch:
            folder = pathlib.Path(scratch)
            for kind, text in examples:
                if kind.startswith("file "):
                    (folder / kind.removeprefix("file ")).write_text(text)
            for kind, text in examples:
                if kind.startswith("file ") or kind == "bad std":
                    continue
                found = findings(hookc, folder, text, TEST if code.startswith("HK91") else CHECK)
                if kind == "bad":
                    good = any(f["code"] == code for f in found)
                else:
                    good = not any(f["severity"] == "error" for f in found)
                passed, failed = passed + good, failed + (not good)
                if not good:
                    print(f"FAILED {page.name}, the {kind} example gives\n{told(found)}")
    print(f"codes: {passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
