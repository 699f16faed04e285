#!/usr/bin/env python3
"""Holds the include graph and the link graph to the tables of docs/architecture.md.

A layer's files may include their own layer's and those of the layers its row names, and its CMake target may link no
others. Headers of other projects stand only where their row says, and reach only the translation units it says.
"""

import fnmatch
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOPS = ("compiler", "grammar", "stdlib", "interpreter", "lsp", "cli")
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.M)
LIBRARY = re.compile(r"hookc_library\((\S+)(.*?)\)", re.S)
LINKED = re.compile(r"target_link_libraries\((\S+)\s+(?:PRIVATE|PUBLIC)(.*?)\)", re.S)


def rows(text, heading):
    """The cells of the table whose first heading is `heading`."""
    lines = iter(text.splitlines())
    found = []
    for line in lines:
        if line.startswith(f"| {heading} |"):
            next(lines)
            for row in lines:
                if not row.startswith("|"):
                    break
                found.append([cell.strip() for cell in row.strip("|").split("|")])
    if not found:
        sys.exit(f"docs/architecture.md has no table that begins with `{heading}`")
    return found


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


class Layers:
    def __init__(self, text):
        self.paths = []  # (folder or pattern of files, layer), longest first
        self.may = {}
        for folders, name, _, may in rows(text, "folder"):
            for folder in quoted(folders):
                self.paths.append((folder, name))
            self.may[name] = set() if may == "nothing" else set(re.split(r",\s*", may))
        self.paths.sort(key=lambda entry: -len(entry[0]))

    def of(self, path):
        for place, name in self.paths:
            if fnmatch.fnmatch(path, place) or path.startswith(place + "/"):
                return name
        return None


def main():
    text = (ROOT / "docs" / "architecture.md").read_text()
    layers = Layers(text)
    problems = []
    for name, may in layers.may.items():
        for other in may - layers.may.keys():
            problems.append(f"docs/architecture.md: {name} may include `{other}`, which is no layer")

    files = {
        path.relative_to(ROOT).as_posix(): path.read_text()
        for top in TOPS for path in sorted((ROOT / top).rglob("*")) if path.suffix in (".cpp", ".hpp", ".def")
    }
    ours, foreign = {}, {}
    used = set()
    for path, content in files.items():
        layer = layers.of(path)
        if layer is None:
            problems.append(f"{path}: belongs to no layer of docs/architecture.md")
            continue
        used.add(layer)
        found = INCLUDE.findall(content)
        ours[path] = [own for own, _ in found if own]
        foreign[path] = [other for _, other in found if other]
        for include in ours[path]:
            target = layers.of(include)
            if target is None or include not in files:
                problems.append(f"{path}: includes \"{include}\", which is no file of a layer")
            elif target != layer and target not in layers.may[layer]:
                problems.append(f"{path}: {layer} may not include {target} (\"{include}\")")
    for name in layers.may.keys() - used:
        problems.append(f"docs/architecture.md: {name} has no files")

    for script in [path for top in TOPS for path in (ROOT / top).rglob("CMakeLists.txt")]:
        where = script.relative_to(ROOT).as_posix()
        content = re.sub(r"#[^\n]*", "", script.read_text())
        for name, body in LIBRARY.findall(content) + LINKED.findall(content):
            if name not in layers.may:
                if name != "hookc":
                    problems.append(f"{where}: {name} is no layer of docs/architecture.md")
                continue
            for other in re.findall(r"hookc::(\S+)", body):
                if other not in layers.may[name]:
                    problems.append(f"{where}: {name} may not link {other}")

    reached = {}

    def reaches(path):
        """The headers of other projects that `path` brings with it."""
        if path not in reached:
            reached[path] = set(foreign.get(path, []))  # now, so that a cycle ends
            for include in ours.get(path, []):
                reached[path] |= reaches(include)
        return reached[path]

    for header, places, units in rows(text, "header"):
        [header], places, units = quoted(header), quoted(places), quoted(units)

        def named(other):
            return other == header or (header.endswith("/") and other.startswith(header))

        everywhere = set()
        for path in files:
            if any(named(other) for other in foreign.get(path, [])):
                everywhere.add(path)
                if not any(fnmatch.fnmatch(path, place) for place in places):
                    problems.append(f"{path}: may not include <{header}>")
            if path.endswith(".cpp") and any(named(other) for other in reaches(path)):
                if not any(fnmatch.fnmatch(path, unit) for unit in units):
                    problems.append(f"{path}: may not reach <{header}>")
        if not everywhere:
            problems.append(f"docs/architecture.md: nothing includes <{header}>")

    for problem in problems:
        print(problem)
    print(f"layers: {len(files)} files, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
