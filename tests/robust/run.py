#!/usr/bin/env python3
"""Feeds hookc what nobody would write: it must say what is wrong and end, whatever it is given.

usage: run.py HOOKC [--seconds N]

Every case: an exit code of the contract (never a signal), some message where it is not 0, a bounded time, bounded
memory. Random cases come from a fixed seed. N bounds the time of the many small cases; what is left out is counted.
"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASE_SECONDS = 40  # a sanitizer's build on a busy machine; a plain one needs a hundredth
SANITIZER_CODE = 99

failures = []
counts = {"cases": 0, "left out": 0}


def run(hookc, arguments, text=None, cwd=None):
    environment = dict(os.environ, ASAN_OPTIONS=f"exitcode={SANITIZER_CODE}", UBSAN_OPTIONS="halt_on_error=1")
    process = subprocess.Popen(
        [hookc, *arguments],
        stdin=subprocess.PIPE if text is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=environment,
    )
    try:
        out, err = process.communicate(text, timeout=CASE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None, b"", b""
    return process.returncode, out, err


def expect(name, result, codes):
    """Counts a case; notes it as failed unless it ended as it should."""
    counts["cases"] += 1
    code, out, err = result
    if code is None:
        failures.append(f"{name}: still running after {CASE_SECONDS}s")
    elif code not in codes:
        failures.append(f"{name}: exit code {code}, expected one of {codes}\n{(out + err)[-800:].decode('utf-8', 'replace')}")
    elif code != 0 and not (out + err).strip():
        failures.append(f"{name}: exit code {code} without a word")


def check(hookc, name, text, codes=(0, 1)):
    expect(f"check {name}", run(hookc, ["check", "-"], text), codes)
    expect(f"fmt {name}", run(hookc, ["fmt", "-"], text), (0, 1))


def odd_texts():
    deep = 100_000
    yield "100,000 open brackets", b"post backup http post \"u\" json " + b"[" * deep, (1,)
    yield "100,000 braces", b"post backup http post \"u\" json " + b"{a:" * deep + b"1" + b"}" * deep, (1,)
    yield "100,000 parentheses", b"post backup http get \"u\" when " + b"(" * deep + b"true" + b")" * deep, (1,)
    yield "100,000 nots", b"post backup http get \"u\" when " + b"not " * deep + b"true", (1,)
    yield "100,000 splices", b"pre backup exec in pod a " + b'"${' * deep, (1,)
    yield "100,000 groups", b"together {\n" * deep, (1,)
    yield "100,000 types", b"param a: " + b"list<" * deep, (1,)
    yield "100,000 indexes", b"post backup http get \"u\" when a" + b"[a" * deep, (1,)
    yield "100,000 ifs", b"post backup http get \"u\" when " + b"if true then " * deep, (1,)
    yield "100,000 members", b"post backup http get \"u\" when json" + b".a" * deep + b" == 1", (0, 1)
    yield "100,000 ands", b"post backup http get \"u\" when true" + b" and true" * deep, (0, 1)
    yield "100,000 errors", b"pre bakup\n" * deep, (1,)
    yield "a text of 5 MB", b'pre backup exec in pod a "' + b"x" * 5_000_000 + b'"\n', (0, 1)
    yield "a line of 5 MB", b"pre backup exec in pod a [" + b'"x", ' * 1_000_000 + b'"x"]\n', (0, 1)
    yield "50 MB without a line end", b"x" * 50_000_000, (1,)
    yield "NUL bytes", b"pre backup exec in pod a \"\0\0\"\n\0\0", (0, 1)
    yield "a NUL alone", b"\0", (1,)
    yield "invalid UTF-8", b"pre backup exec in pod a \"\xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\"", (1,)
    yield "invalid UTF-8 in a comment", b"# \xff\xfe\npre backup exec in pod a \"x\"\n", (0, 1)
    yield "a BOM in the middle", b"pre backup\xef\xbb\xbf exec in pod a \"x\"", (1,)
    yield "UTF-16", "pre backup exec in pod a \"x\"\n".encode("utf-16"), (1,)
    yield "carriage returns alone", b"pre backup exec in pod a \"x\"\rpre backup exec in pod a \"y\"\r", (0, 1)
    yield "control characters", bytes(range(1, 32)) * 3, (1,)
    yield "nothing", b"", (0,)
    yield "numbers of a million digits", b"pre backup exec in pod a \"x\" retry " + b"9" * 1_000_000, (1,)
    yield "a name of a million bytes", b"pre backup exec in pod " + b"a" * 1_000_000 + b' "x"', (0, 1)
    yield "quotes only", b'"' * 10_001, (1,)
    yield "dollars only", b'pre backup exec in pod a "' + b"${$" * 20_000 + b'"', (1,)


def random_texts(rng, words):
    yield bytes(rng.randrange(256) for _ in range(rng.randrange(1, 2000)))
    yield b" ".join(rng.choice(words) for _ in range(rng.randrange(1, 200)))
    yield b"".join(rng.choice(words) + rng.choice([b"", b" ", b"\n"]) for _ in range(rng.randrange(1, 200)))


def odd_files(hookc, folder):
    def case(name, arguments, codes):
        expect(name, run(hookc, arguments, cwd=folder), codes)

    (folder / "good.hook").write_bytes(b'pre backup exec in pod app "cmd"\n')
    (folder / "folder.hook").mkdir()
    os.mkfifo(folder / "fifo.hook")
    (folder / "loop.hook").symlink_to("loop.hook")
    (folder / "dangling.hook").symlink_to("nowhere.hook")
    (folder / "unreadable.hook").write_bytes(b"")
    (folder / "unreadable.hook").chmod(0)
    for command in ["check", "fmt"]:
        case(f"{command} a directory called x.hook", [command, "folder.hook"], (0, 3))
        case(f"{command} a FIFO", [command, "fifo.hook"], (3,))
        case(f"{command} a link to itself", [command, "loop.hook"], (3,))
        case(f"{command} a dangling link", [command, "dangling.hook"], (3,))
        case(f"{command} a file that is not there", [command, "missing.hook"], (3,))
        case(f"{command} /dev/null", [command, "/dev/null"], (3,))
        case(f"{command} all of them", [command, "."], (3,))
        case(f"{command} an empty name", [command, ""], (2, 3))
        case(f"{command} a name of 5000 bytes", [command, "x" * 5000], (3,))
        if os.geteuid() != 0:
            case(f"{command} an unreadable file", [command, "unreadable.hook"], (3,))
    (folder / "import.hook").write_bytes(
        b'import "./import.hook"\nimport "./folder.hook"\nimport "./fifo.hook"\nimport "/etc/passwd"\nimport "./\xff"\n'
    )
    case("check odd imports", ["check", "import.hook"], (1,))
    for stage in ["tokens", "tree", "ast", "program", "plan"]:
        for path in ["good.hook", "import.hook"]:
            case(f"ir --stage {stage} {path}", ["ir", "--stage", stage, path], (0, 1))


def cut_files(hookc, seconds, folder):
    """Every file that people read first, cut at every byte: many cuts in one process, as files of one folder."""
    sources = sorted([*ROOT.glob("examples/**/*.hook"), *ROOT.glob("stdlib/std/*.hook")], key=lambda p: p.stat().st_size)
    deadline = time.monotonic() + seconds
    for number, source in enumerate(sources):
        text = source.read_bytes()
        if time.monotonic() > deadline:
            counts["left out"] += len(text)
            continue
        batch = folder / str(number)
        batch.mkdir()
        for at in range(len(text)):
            (batch / f"{at:05}.hook").write_bytes(text[:at])
        counts["cases"] += len(text) - 1
        # Findings are of no interest here, and the files' imports are not there.
        expect(f"{source.name} cut everywhere", run(hookc, ["check", "--format", "short", "--max-findings", "50", "."], cwd=batch), (0, 1))
        expect(f"{source.name} cut everywhere: fmt", run(hookc, ["fmt", "--check", "."], cwd=batch), (0, 1))


def bounded_memory(hookc, folder):
    """A file of 20 MB of comments and one of 20 MB of text: memory grows with the input, and not by more than this."""
    path = folder / "large.hook"
    path.write_bytes(b"# comment\n" * 2_000_000)
    process = subprocess.Popen([hookc, "check", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    expect("20 MB of comments", (process.returncode, b"", b""), (0,))
    if usage.ru_maxrss > 600 * 1024:
        failures.append(f"20 MB of comments: {usage.ru_maxrss // 1024} MB of memory")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hookc", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    hookc = str(options.hookc.resolve())
    rng = random.Random(7)
    words = [w.encode() for source in sorted(ROOT.glob("examples/*.hook")) for w in source.read_text().split()]
    with tempfile.TemporaryDirectory(prefix="hookc-robust-") as name:
        folder = pathlib.Path(name)
        for case_name, text, codes in odd_texts():
            check(hookc, case_name, text, codes)
        deadline = time.monotonic() + options.seconds / 4
        for i in range(100):
            if time.monotonic() > deadline:
                counts["left out"] += 1
                continue
            for text in random_texts(rng, words):
                check(hookc, f"random {i}", text)
        (folder / "files").mkdir()
        odd_files(hookc, folder / "files")
        bounded_memory(hookc, folder)
        (folder / "cuts").mkdir()
        cut_files(hookc, options.seconds, folder / "cuts")
    for failure in failures:
        print(f"failed: {failure}")
    print(f"robust: {counts['cases']} cases, {len(failures)} failed, {counts['left out']} left out for lack of time")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
