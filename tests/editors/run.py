#!/usr/bin/env python3
"""Drives a real editor with its configuration of editors/ against the language server, in a copy of project/.

What each editor must show is in the script of its name: findings at their place, hover, definition into the standard
library, completion, formatting. A script ends with exit code 0 when it has seen all of it. An editor that is not
installed is skipped (exit code 77).
Usage: run.py EDITOR HOOKC
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EDITORS = HERE.parent.parent / "editors"
TIMEOUT_SECONDS = 120
SKIPPED = 77


def debian_elisp(*names):
    """Folders of Emacs packages as Debian lays them out."""
    root = pathlib.Path("/usr/share/emacs/site-lisp/elpa-src")
    for name in names:
        for folder in sorted(root.glob(f"{name}-[0-9]*")):
            yield from ("-L", str(folder))


def neovim(work):
    return ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "--cmd", f"set runtimepath+={EDITORS}/neovim",
            "--cmd", "filetype plugin indent on", "--cmd", "runtime plugin/hookc.lua", "-c", f"luafile {HERE}/neovim.lua"]


def vim(work):
    # Not -es: a silent Vim ends with 1 after errors that a script silenced, too, as syntax/sh.vim does.
    return ["vim", "-n", "-T", "dumb", "--not-a-term", "-N", "-u", "NONE", "-i", "NONE", "--cmd", f"set runtimepath+={EDITORS}/vim",
            "-S", f"{HERE}/vim.vim"]


def kakoune(work):
    return ["kak", "-ui", "dummy", "-e", f"source {HERE}/kakoune.kak"]


def emacs(script, *packages):
    return ["emacs", "-Q", "--batch", "-L", f"{EDITORS}/emacs", *debian_elisp(*packages), "-l", f"{HERE}/{script}"]


COMMANDS = {
    "neovim": neovim,
    "vim": vim,
    "kakoune": kakoune,
    "emacs": lambda work: emacs("emacs.el"),
    "eglot": lambda work: emacs("eglot.el", "eglot", "project", "xref", "seq"),
    "lsp-mode": lambda work: emacs("lsp-mode.el", "lsp-mode", "dash", "f", "ht", "lv", "markdown-mode", "s", "spinner"),
}


def main():
    editor, hookc = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix=f"hookc-{editor}-") as scratch:
        work = pathlib.Path(scratch, "project")
        shutil.copytree(HERE / "project", work)
        (work / "hookc.toml").touch()
        home = pathlib.Path(scratch, "home")
        bin_folder = pathlib.Path(scratch, "bin")
        for folder in (home, bin_folder):
            folder.mkdir()
        (bin_folder / "hookc").symlink_to(pathlib.Path(hookc).resolve())
        environment = {"PATH": f"{bin_folder}:{os.environ['PATH']}", "HOME": str(home), "LC_ALL": "C.UTF-8",
                       "TERM": "dumb", "XDG_RUNTIME_DIR": scratch, "TMPDIR": scratch, "HOOKC_EDITORS": str(EDITORS)}
        command = COMMANDS[editor](work)
        if not shutil.which(command[0]):
            print(f"{command[0]} is not installed")
            return SKIPPED
        try:
            done = subprocess.run(command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired as late:
            print((late.output or b"").decode(errors="replace"))
            print(f"{editor} did not end within {TIMEOUT_SECONDS} seconds")
            return 1
        print(done.stdout.decode(errors="replace").strip())
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())
