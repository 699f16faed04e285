#!/usr/bin/env python3
"""The words of every hand-written syntax file are those of grammar/keywords.def, each under its role."""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EDITORS = ROOT / "editors"

WORDS = {}
for text, role in re.findall(r'^HOOKC_KEYWORD\(\w+, "(\w+)", (\w+)\)', (ROOT / "grammar" / "keywords.def").read_text(), re.M):
    WORDS.setdefault(role, set()).add(text)
ALL = set().union(*WORDS.values())


def vim():
    text = re.sub(r"\n\s*\\", "", (EDITORS / "vim/syntax/hook.vim").read_text())
    for role in WORDS:
        lists = re.findall(rf"^syntax keyword hook{role} (.*)$", text, re.M)
        single = re.findall(rf"^syntax match hook{role} /\\<(\w+)\\>/$", text, re.M)
        yield f"hook{role}", WORDS[role], {*" ".join(lists).split(), *single}
    statements = re.search(r"let s:statements = \[(.*?)\]", (EDITORS / "vim/autoload/hook.vim").read_text(), re.S).group(1)
    yield "s:statements", WORDS["Statement"], set(re.findall(r"'(\w+)'", statements))


def emacs():
    text = (EDITORS / "emacs/hook-mode.el").read_text()
    for role in WORDS:
        name = f"hook-{'plain' if role == 'Word' else role.lower()}-words"
        yield name, WORDS[role], set(re.findall(r'"(\w+)"', re.search(rf"\(defconst {name}\s+'\((.*?)\)", text, re.S).group(1)))


def kakoune():
    text = (EDITORS / "kakoune/hook.kak").read_text()
    for role in WORDS:
        found = re.search(rf"/{role.lower()} regex \(\?<!\[\\w\.-\]\)\((.*?)\)", text).group(1)
        yield f"code/{role.lower()}", WORDS[role], set(found.split("|"))


def tree_sitter():
    grammar = json.loads((EDITORS / "tree-sitter-hook/src/grammar.json").read_text())
    found = set()

    def walk(rule):
        if isinstance(rule, dict):
            if rule.get("type") == "STRING" and re.fullmatch(r"[a-z]+", rule["value"]):
                found.add(rule["value"])
            for part in rule.values():
                walk(part)
        elif isinstance(rule, list):
            for part in rule:
                walk(part)

    walk(grammar["rules"])
    yield "grammar.js", ALL, found
    queries = re.sub(r"^\s*;.*$", "", (EDITORS / "tree-sitter-hook/queries/highlights.scm").read_text(), flags=re.M)
    # `null` is a node of its own.
    yield "highlights.scm", ALL - {"null"}, set(re.findall(r'"([a-z]+)"', queries))


def main():
    good = True
    for part in (vim, emacs, kakoune, tree_sitter):
        for place, expected, found in part():
            if expected != found:
                good = False
                print(f"{part.__name__}: {place}: missing {sorted(expected - found)}, too many {sorted(found - expected)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
