#!/usr/bin/env python3
"""Builds and packages the extension for Visual Studio Code as its README says, and runs its tests.

Dependencies are installed once, and again when the lock file has changed. Skipped (77) where npm is not installed.
"""

import json
import pathlib
import shutil
import subprocess
import sys

EXTENSION = pathlib.Path(__file__).resolve().parents[2] / "editors" / "vscode"
LOCK = EXTENSION / "package-lock.json"
INSTALLED = EXTENSION / "node_modules" / ".installed"
SKIPPED = 77


def run(*command):
    subprocess.run(command, cwd=EXTENSION, check=True, timeout=240, stdin=subprocess.DEVNULL)


def main():
    packages = json.loads(LOCK.read_text())["packages"]
    named = [name for name, package in packages.items() if "resolved" in package]
    if named:
        sys.exit(f"package-lock.json names a registry, .npmrc was not read: {named[:3]}")
    if not shutil.which("npm"):
        print("npm is not installed")
        return SKIPPED
    if not INSTALLED.exists() or INSTALLED.read_bytes() != LOCK.read_bytes():
        run("npm", "ci", "--no-audit", "--no-fund")
        shutil.copyfile(LOCK, INSTALLED)
    run("npm", "run", "package")
    run("npm", "test")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        sys.exit(str(failure))
