#!/usr/bin/env python3
"""Holds the tree-sitter grammar to the language, with tree-sitter's C library and no generator.

The committed parser is compiled, and must belong to grammar.js; every hook file of the repository parses without an
error; the corpus in test/corpus has the trees it says (HOOKC_UPDATE=1 writes them anew); every query names only nodes
that exist, and highlights.scm and injections.scm find what a reader would see. Skipped (77) where the library is missing.
"""

import ctypes
import ctypes.util
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
EDITORS = ROOT / "editors"
GRAMMAR = EDITORS / "tree-sitter-hook"
SKIPPED = 77
P = ctypes.c_void_p


class Node(ctypes.Structure):
    _fields_ = [("context", ctypes.c_uint32 * 4), ("id", P), ("tree", P)]


class Capture(ctypes.Structure):
    _fields_ = [("node", Node), ("index", ctypes.c_uint32)]


class Match(ctypes.Structure):
    _fields_ = [("id", ctypes.c_uint32), ("pattern", ctypes.c_uint16), ("count", ctypes.c_uint16),
                ("captures", ctypes.POINTER(Capture))]


class TreeSitter:
    def __init__(self, library, language):
        self.c = library
        for name, result, arguments in (
            ("parser_new", P, []), ("parser_set_language", ctypes.c_bool, [P, P]),
            ("parser_parse_string", P, [P, P, ctypes.c_char_p, ctypes.c_uint32]), ("tree_root_node", Node, [P]),
            ("node_has_error", ctypes.c_bool, [Node]), ("node_string", ctypes.c_char_p, [Node]),
            ("node_start_byte", ctypes.c_uint32, [Node]), ("node_end_byte", ctypes.c_uint32, [Node]),
            ("query_new", P, [P, ctypes.c_char_p, ctypes.c_uint32, P, P]), ("query_cursor_new", P, []),
            ("query_cursor_exec", None, [P, P, Node]), ("query_cursor_next_match", ctypes.c_bool, [P, P]),
            ("query_capture_name_for_id", ctypes.c_char_p, [P, ctypes.c_uint32, P]),
        ):
            function = getattr(library, "ts_" + name)
            function.restype, function.argtypes = result, arguments
        self.language = language
        self.parser = library.ts_parser_new()
        if not library.ts_parser_set_language(self.parser, language):
            sys.exit("the parser was generated for another version of tree-sitter")

    def parse(self, text):
        return self.c.ts_tree_root_node(self.c.ts_parser_parse_string(self.parser, None, text, len(text)))

    def tree(self, text):
        return self.c.ts_node_string(self.parse(text)).decode()

    def query(self, text):
        """The compiled query, or where it is wrong."""
        offset, kind = ctypes.c_uint32(), ctypes.c_uint32()
        query = self.c.ts_query_new(self.language, text, len(text), ctypes.byref(offset), ctypes.byref(kind))
        return query, text[:offset.value].count(b"\n") + 1

    def captures(self, query, text):
        """(text, name of the capture, number of the pattern) of everything that a query finds."""
        root = self.parse(text)
        cursor = self.c.ts_query_cursor_new()
        self.c.ts_query_cursor_exec(cursor, query, root)
        match, length = Match(), ctypes.c_uint32()
        while self.c.ts_query_cursor_next_match(cursor, ctypes.byref(match)):
            for capture in match.captures[:match.count]:
                node = capture.node
                name = self.c.ts_query_capture_name_for_id(query, capture.index, ctypes.byref(length))
                span = slice(self.c.ts_node_start_byte(node), self.c.ts_node_end_byte(node))
                yield text[span].decode(), name.decode(), match.pattern


def corpus(sitter):
    update = os.environ.get("HOOKC_UPDATE") == "1"
    case = re.compile(r"^=+\n(.*?)\n=+\n(.*?)^---\n(.*?)(?=^=|\Z)", re.M | re.S)
    for file in sorted((GRAMMAR / "test" / "corpus").glob("*.txt")):
        text = file.read_text()
        if not case.search(text):
            yield f"{file.name} has no test"

        def check(found):
            name, source, expected = found.groups()
            tree = re.sub(r"\b\w+: ", "", sitter.tree(source.strip("\n").encode() + b"\n"))
            if " ".join(expected.split()) != tree:
                wrong.append(f"{file.name}: {name}: {tree}")
            return f"{'=' * 20}\n{name}\n{'=' * 20}\n{source}---\n\n{indented(tree)}\n\n"

        wrong = []
        updated = case.sub(check, text)
        if update:
            file.write_text(updated.rstrip("\n") + "\n")
        else:
            yield from wrong


def indented(tree):
    out, depth = "", 0
    for part in re.findall(r"\(|\)|[^()\s]+", tree):
        if part == "(":
            out += "\n" + "  " * depth + "("
            depth += 1
        elif part == ")":
            out += ")"
            depth -= 1
        else:
            out += part
    return out.strip()


def configurations(sitter, scratch):
    """Helix and Zed, as their README says to install them."""
    helix = subprocess.run([EDITORS / "helix" / "install", f"{scratch}/helix"], check=True, capture_output=True).stdout
    language, = tomllib.loads(helix.decode())["language"]
    zed = pathlib.Path(scratch, "zed")
    subprocess.run([EDITORS / "zed" / "prepare", zed], check=True)
    extension = tomllib.loads((zed / "extension.toml").read_text())
    config = tomllib.loads((zed / "languages" / "hook" / "config.toml").read_text())
    if not language["name"] == config["grammar"] == "hook" or "hook" not in extension["grammars"]:
        yield "Helix and Zed do not name the grammar"
    files = [*pathlib.Path(scratch, "helix").rglob("*.scm"), *zed.rglob("*.scm")]
    if not {"highlights.scm", "injections.scm", "outline.scm", "indents.scm"} <= {file.name for file in files}:
        yield f"queries are missing among {files}"
    for file in files:
        query, line = sitter.query(file.read_bytes())
        if not query:
            yield f"{file.relative_to(scratch)}:{line}: not a query over this grammar"


SAMPLE = b'''
# note
pre backup "dump" exec in pod orders-db "pg_dump ${table}"
post backup http post "https://example.org" body '{"a": 1}'
post backup on failure exec local """
  echo ${session.reason}
"""
param limit: duration = 5m
template ready(db: pod) { exec in pod db "true" }
'''


def queries(sitter):
    compiled = {}
    for file in sorted(GRAMMAR.glob("queries/*.scm")):
        query, line = sitter.query(file.read_bytes())
        if query:
            compiled[file.stem] = query
        else:
            yield f"queries/{file.name}:{line}: not a query over this grammar"
    if not {"highlights", "injections", "tags"} <= compiled.keys():
        return
    seen = {(text, name) for text, name, _ in sitter.captures(compiled["highlights"], SAMPLE)}
    for wanted in (("pre", "keyword"), ("exec", "function.builtin"), ("# note", "comment"), ("duration", "type.builtin"),
                   ("5m", "number"), ("limit", "variable.parameter"), ("ready", "function"), ("orders-db", "variable")):
        if wanted not in seen:
            yield f"highlights.scm does not find {wanted}"
    injections = [text for text, name, _ in sitter.captures(compiled["injections"], SAMPLE) if name == "injection.content"]
    for text in ("pg_dump ${table}", '{"a": 1}', "\n  echo ${session.reason}\n"):
        if text not in injections:
            yield f"injections.scm does not find {text!r} but {injections}"
    if ("ready", "name") not in {(text, name) for text, name, _ in sitter.captures(compiled["tags"], SAMPLE)}:
        yield "tags.scm does not find the template"


def problems(sitter):
    stamp = (GRAMMAR / "src" / "grammar.sha256").read_text().strip()
    if stamp != hashlib.sha256((GRAMMAR / "grammar.js").read_bytes()).hexdigest():
        yield "src/parser.c is not of this grammar.js: run editors/tree-sitter-hook/generate"
    files = [ROOT / "tests/grammar/every-form.hook", *ROOT.glob("examples/**/*.hook"), *ROOT.glob("stdlib/**/*.hook")]
    for file in files:
        text = file.read_bytes()
        if sitter.c.ts_node_has_error(sitter.parse(text)):
            at = re.search(r"\((ERROR|MISSING).{0,200}", sitter.tree(text))
            yield f"{file.relative_to(ROOT)}: {at.group() if at else 'error'}"
    yield from corpus(sitter)
    yield from queries(sitter)


def main():
    name = ctypes.util.find_library("tree-sitter")
    compiler = shutil.which("cc")
    if not name or not compiler:
        print("the library of tree-sitter or a C compiler is not installed")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="hookc-tree-sitter-") as scratch:
        parser = f"{scratch}/hook.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-w", "-I", str(GRAMMAR / "src"), str(GRAMMAR / "src" / "parser.c"),
                        "-o", parser], check=True, timeout=120)
        function = ctypes.CDLL(parser).tree_sitter_hook
        function.restype = P
        sitter = TreeSitter(ctypes.CDLL(name), function())
        found = [*problems(sitter), *configurations(sitter, scratch)]
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
