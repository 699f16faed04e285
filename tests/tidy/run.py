#!/usr/bin/env python3
"""Runs clang-tidy over the product's sources and remembers what was clean.

usage: tests/tidy/run.py BUILD [-j N]

BUILD holds compile_commands.json. A source is analysed again only if something changed that clang-tidy can see: its text
after preprocessing (comments too, because of NOLINT), .clang-tidy, the flags, or clang-tidy itself. What was clean is
remembered in $XDG_CACHE_HOME/hookc/clang-tidy, as ccache remembers what was compiled.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TIDY, COMPILER = "clang-tidy-19", "clang++-19"
FOLDERS = ("compiler", "grammar", "interpreter", "cli", "stdlib", "lsp")


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(base) / "hookc" / "clang-tidy"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def flags_of(entry):
    """The entry's flags, without the compiler (and a launcher before it), outputs and the source."""
    words = shlex.split(entry["command"])
    start = next(i for i, word in enumerate(words) if re.search(r"(clang\+\+|g\+\+|c\+\+)[-0-9.]*$", word))
    flags, rest = [], iter(words[start + 1 :])
    for word in rest:
        if word in ("-o", "-MF", "-MT"):
            next(rest)
        elif word not in ("-c", "-MD", entry["file"]):
            flags.append(word)
    return flags


def key_of(entry, common):
    flags = flags_of(entry)
    text = subprocess.run(
        [COMPILER, *flags, "-E", "-CC", entry["file"]], cwd=entry["directory"], capture_output=True, check=False
    ).stdout
    # Paths differ from checkout to checkout; what is in the files does not.
    text = text.replace(str(ROOT).encode(), b".").replace(os.path.relpath(ROOT, entry["directory"]).encode() + b"/", b"./")
    key = hashlib.sha256(common)
    key.update(" ".join(flags).replace(str(ROOT), ".").encode())
    key.update(text)
    return key.hexdigest()


def analyse(entry, build, common, cache):
    """What clang-tidy says of one source; empty: it is clean."""
    stamp = cache / key_of(entry, common)
    if stamp.exists():
        return ""
    run = subprocess.run(
        [TIDY, "-p", build, "--quiet", entry["file"]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if run.returncode == 0:
        stamp.touch()
        return ""
    return run.stdout + run.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("-j", type=int, default=os.cpu_count())
    options = parser.parse_args()
    build = options.build.resolve()
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    common = version + (ROOT / ".clang-tidy").read_bytes()
    entries = [
        entry
        for entry in json.loads((build / "compile_commands.json").read_text())
        if os.path.relpath(os.path.join(entry["directory"], entry["file"]), ROOT).split(os.sep)[0] in FOLDERS
    ]
    if not entries:
        sys.exit(f"no sources in {build}")
    cache, bad = cache_folder(), 0
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        for said in pool.map(lambda entry: analyse(entry, build, common, cache), entries):
            if said:
                bad += 1
                print(said, flush=True)
    print(f"{len(entries)} sources, {bad} with findings")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
