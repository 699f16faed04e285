#!/usr/bin/env python3
"""Holds reports of sessions to what those who read them take: JUnit (.xml), Prometheus (.prom), pages (.html).

Usage: check.py [FILE…]; without files, those in tests/golden/reports.
"""

import html.parser
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
# https://prometheus.io/docs/instrumenting/exposition_formats/, text format 0.0.4
LABELS = r'(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*'
SAMPLE = re.compile(rf"([a-zA-Z_:][\w:]*)\{{({LABELS})\}} ([0-9]+(?:\.[0-9]+)?)")
COMMENT = re.compile(r"# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)")
VOID = {"meta", "br", "hr", "rect", "line", "path", "circle", "stop", "use", "col", "wbr"}


def junit(file):
    done = subprocess.run(
        ["xmllint", "--nonet", "--noout", "--schema", str(HERE / "junit.xsd"), str(file)], capture_output=True, text=True
    )
    if done.returncode != 0:
        return done.stderr
    root = xml.etree.ElementTree.parse(file).getroot()
    for suite in [root, *root]:
        for name, path in (("tests", ".//testcase"), ("failures", ".//failure"), ("skipped", ".//skipped")):
            if int(suite.get(name)) != len(suite.findall(path)):
                return f"{suite.tag}: `{name}` is {suite.get(name)}, there are {len(suite.findall(path))}"
    return ""


def prometheus(file):
    text = file.read_text()
    if not text.endswith("\n"):
        return "the last line has no end"
    told, series = [], set()
    for number, line in enumerate(text[:-1].split("\n"), 1):
        if comment := COMMENT.fullmatch(line):
            if (comment[1] == "HELP") == (comment[2] in told) or (comment[1] == "TYPE" and told[-1] != comment[2]):
                return f"{number}: `{comment[1]} {comment[2]}` stands at the wrong place"
            if comment[1] == "HELP":
                told.append(comment[2])
            elif comment[3] != "gauge":
                return f"{number}: no gauge"
            continue
        sample = SAMPLE.fullmatch(line)
        if not sample:
            return f"{number}: no sample: {line}"
        if not told or sample[1] != told[-1]:
            return f"{number}: `{sample[1]}` does not stand under its HELP and TYPE"
        if (sample[1], sample[2]) in series:
            return f"{number}: a series stands there twice"
        series.add((sample[1], sample[2]))
    return "" if series else "no sample"


class Page(html.parser.HTMLParser):
    """Well nested, nothing from elsewhere, no script, ids once, every picture with a text."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.targets, self.problems = [], set(), set(), []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ("script", "link", "iframe", "img", "object", "embed", "base", "form"):
            self.problems.append(f"<{tag}>")
        for name, value in attributes:
            if name.startswith("on") or name in ("src", "srcset", "data", "action", "style", "xlink:href"):
                self.problems.append(f"attribute {name}")
            if name == "href":
                if value.startswith("#"):
                    self.targets.add(value[1:])
                else:
                    self.problems.append(f"href {value}")
        if "id" in given:
            if given["id"] in self.ids:
                self.problems.append(f"id {given['id']} twice")
            self.ids.add(given["id"])
        if tag == "svg" and given.get("aria-hidden") != "true" and not (given.get("role") == "img" and given.get("aria-label")):
            self.problems.append("a picture without a text")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> does not fit")


def page(file):
    text = file.read_text()
    parser = Page()
    parser.feed(text)
    parser.close()
    if parser.open:
        parser.problems.append(f"left open: {parser.open}")
    if missing := parser.targets - parser.ids:
        parser.problems.append(f"links to nothing: {sorted(missing)}")
    if re.search(r"url\((?!#)|@import|https?:", re.sub(r"<pre.*?</pre>", "", text, flags=re.S)):
        parser.problems.append("something from elsewhere")
    return "; ".join(parser.problems[:5])


def main():
    files = [pathlib.Path(name) for name in sys.argv[1:]] or sorted((HERE.parent / "golden" / "reports").iterdir())
    checks = {".xml": junit, ".prom": prometheus, ".html": page}
    failed = 0
    for file in files:
        if problem := checks[file.suffix](file):
            failed += 1
            print(f"{file.name}: {problem}")
    print(f"reports: {len(files) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not files else 0)


if __name__ == "__main__":
    main()
