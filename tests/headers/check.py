#!/usr/bin/env python3
"""Compiles every header alone, so that none leans on what its users happen to include before it.

Usage: check.py compile_commands.json [HEADER…]
The flags are those of a source file of the header's folder, or of the nearest folder above or below it.
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOPS = ("compiler", "grammar", "stdlib", "interpreter", "lsp", "cli")


def flags_by_folder(database):
    """For each folder with a source file: its directory and command, without output and source."""
    found = {}
    for entry in json.loads(pathlib.Path(database).read_text()):
        source = pathlib.Path(entry["file"])
        if not source.is_relative_to(ROOT):
            continue
        words = shlex.split(entry["command"])
        while words and pathlib.Path(words[0]).name in ("ccache", "env"):
            words.pop(0)
        kept, skip = [], False
        for word in words:
            if skip or word in ("-c", str(source)):
                skip = False
            elif word in ("-o", "-MF", "-MT", "-MQ"):
                skip = True
            elif word not in ("-MD", "-MMD"):
                kept.append(word)
        found.setdefault(source.relative_to(ROOT).parent, (entry["directory"], kept))
    return found


def command_for(header, flags):
    folder = header.parent
    for near in [folder, *folder.parents]:
        if near in flags:
            return flags[near]
        below = [known for known in sorted(flags) if near in known.parents and near != pathlib.Path(".")]
        if below:
            return flags[below[0]]
    return next(iter(flags.values()))


def compile_alone(header, flags):
    directory, words = command_for(header, flags)
    done = subprocess.run(
        [*words, "-fsyntax-only", "-x", "c++", "-include", str(ROOT / header), "-"],
        cwd=directory, input="", capture_output=True, text=True,
    )
    return header, done.returncode == 0 and not done.stderr, done.stderr


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    flags = flags_by_folder(sys.argv[1])
    headers = [pathlib.Path(name) for name in sys.argv[2:]] or [
        path.relative_to(ROOT) for top in TOPS for path in sorted((ROOT / top).rglob("*.hpp"))
    ]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for header, good, said in pool.map(lambda header: compile_alone(header, flags), headers):
            if not good:
                failed += 1
                print(f"FAILED {header}\n{said}")
    print(f"headers: {len(headers) - failed} compile alone, {failed} do not")
    sys.exit(1 if failed or not headers else 0)


if __name__ == "__main__":
    main()
