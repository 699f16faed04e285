#!/usr/bin/env python3
"""Runs the command-line tests: a folder each.

  cmd    a line or more of POSIX sh, run in a fresh copy of the folder; `hookc` is the program under test
  out    what it must print on standard output    (missing: nothing)
  err    … and on standard error                  (missing: nothing)
  code   … and its exit code                      (missing: 0)

Everything else in the folder is input. What differs from run to run is replaced before it is compared: the ids of
sessions, and how long something took. $HOOKC_SOURCE is the root of the sources. HOOKC_UPDATE=1 writes out, err and code anew; read the diff.
Usage: run.py HOOKC [NAME…]
"""

import concurrent.futures
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent
EXPECTED = ("out", "err", "code")
TIMEOUT_SECONDS = 60
VOLATILE = (
    (re.compile(rb"\b\d{8}T\d{6}Z-[0-9a-f]{6}\b"), b"SESSION"),
    (re.compile(rb"(?m)^((?:pre|post|hold|release of|backup|restore) .*succeeded) in (?:\d+(?:ms|s|m|h))+$"), rb"\1"),
)


def steady(text):
    for pattern, replacement in VOLATILE:
        text = pattern.sub(replacement, text)
    return text


def run_case(folder, hookc):
    with tempfile.TemporaryDirectory(prefix="hookc-cli-") as scratch:
        work = pathlib.Path(scratch, "work")
        ignored = shutil.ignore_patterns("cmd", *EXPECTED)
        shutil.copytree(folder, work, symlinks=True, ignore=lambda d, names: ignored(d, names) if d == str(folder) else [])
        bin_folder = pathlib.Path(scratch, "bin")
        bin_folder.mkdir()
        (bin_folder / "hookc").symlink_to(hookc)
        home = pathlib.Path(scratch, "home")
        home.mkdir()
        # A clean environment: no colours, no CI, no configuration of whoever runs the tests. Git must not look
        # above the copy.
        environment = {
            "PATH": f"{bin_folder}:{os.environ['PATH']}",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "GIT_CEILING_DIRECTORIES": scratch,
            "HOOKC_SOURCE": str(ROOT.parent.parent),
        }
        for name, value in os.environ.items():
            if name.startswith(("ASAN_", "UBSAN_", "TSAN_", "LLVM_PROFILE", "GCOV_")):
                environment[name] = value
        done = subprocess.run(
            ["sh", "-c", (folder / "cmd").read_text()],
            cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_SECONDS,
        )
        return {"out": steady(done.stdout), "err": steady(done.stderr), "code": f"{done.returncode}\n".encode()}


def expected(folder, part):
    file = folder / part
    if file.exists():
        return file.read_bytes()
    return b"0\n" if part == "code" else b""


def difference(part, want, got):
    lines = difflib.unified_diff(
        want.decode(errors="backslashreplace").splitlines(keepends=True),
        got.decode(errors="backslashreplace").splitlines(keepends=True),
        f"{part} (expected)", f"{part} (got)",
    )
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def check(folder, hookc, update):
    try:
        got = run_case(folder, hookc)
    except subprocess.TimeoutExpired:
        return f"took more than {TIMEOUT_SECONDS} s\n"
    problems = ""
    for part in EXPECTED:
        if got[part] == expected(folder, part):
            continue
        if not update:
            problems += difference(part, expected(folder, part), got[part])
        elif got[part] == (b"0\n" if part == "code" else b""):
            (folder / part).unlink(missing_ok=True)
        else:
            (folder / part).write_bytes(got[part])
    return problems


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    hookc = str(pathlib.Path(sys.argv[1]).resolve())
    names = sys.argv[2:]
    folders = sorted(file.parent for file in ROOT.glob("*/cmd") if not names or file.parent.name in names)
    if not folders:
        sys.exit("no such test")
    update = os.environ.get("HOOKC_UPDATE") == "1"
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        results = list(pool.map(lambda folder: check(folder, hookc, update), folders))
    failed = 0
    for folder, problems in zip(folders, results):
        if problems:
            failed += 1
            print(f"FAILED {folder.name}\n{problems}")
    print(f"cli: {len(folders) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
