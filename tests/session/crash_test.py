#!/usr/bin/env python3
"""A crash at every write to the journal. Usage: crash_test.py HOOKC SHIM [FILE…]

Each program of tests/session/crash runs once to count its writes to the state directory. Then it runs again and again,
and at the N-th write hookc dies by SIGKILL (before or after that write), or the disk is full or read-only from there on;
`hookc recover` follows. What must be true then:

  killed         recover leaves nothing held and misses no release, runs nothing but releases, the last acquired first,
                 and a second recover finds nothing to do
  full or        either nothing was run (exit code 2), or nothing was acquired after that write and what was acquired
  read-only      is released; and recover, once the disk is well again, ends what is left

The hooks (crash/act) keep a marker for what is held or done, and fail loudly when they run a second time.
CRASH_ALL=1 tries every write of every program in every mode; else what the table below says.
"""

import concurrent.futures
import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent / "crash"
PATIENCE = 60  # seconds; only a session that hangs takes as long
NOTE = "the moment has come"
MODES = ("before", "after", "full", "readonly")
LEAST = 500
ALL = os.environ.get("CRASH_ALL") == "1"


@dataclasses.dataclass(frozen=True)
class File:
    name: str
    options: tuple = ()
    fresh: bool = False  # the journal is made in the run, instead of being there from an earlier session
    steps: tuple = (6, 6, 15, 15)  # every how manyth write is tried, by mode


# All programs at all writes take ten minutes; these take half a one, and CRASH_ALL=1 takes all.
FILES = (
    File("nested", fresh=True, steps=(1, 3, 10, 10)),
    File("retries"),
    File("together"),
    File("until"),
    File("captures"),
    File("failing"),
    File("pods", ("--local", "pods.yaml")),
    File("unknown", steps=(9, 9, 20, 20)),  # it waits for a timeout
)


class Place:
    """A folder with the programs, and the state directory beside it."""

    def __init__(self, hookc, shim, file, journal):
        self.hookc, self.shim, self.file = hookc, shim, file
        self.folder = tempfile.TemporaryDirectory(prefix="hookc-crash-")
        root = pathlib.Path(self.folder.name).resolve()
        self.work, self.state = root / "work", root / "state"
        shutil.copytree(HERE, self.work)
        for name in ("held", "done", "tries"):
            (self.work / name).mkdir()
        self.log = self.work / "log"
        self.log.touch()
        if journal is not None:
            shutil.copytree(journal, self.state)

    def call(self, words, cwd, extra=None):
        """Runs hookc, and waits for everything it started: what a killed hookc leaves behind goes on for a while."""
        reader, writer = os.pipe()
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.work), "LC_ALL": "C.UTF-8", **(extra or {})}
        try:
            done = subprocess.run([self.hookc, *words], cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE,
                                  pass_fds=(writer,))
            os.close(writer)
            writer = None
            os.read(reader, 1)  # the end of the pipe: nobody has the other end any more
        finally:
            os.close(reader)
            if writer is not None:
                os.close(writer)
        return done.returncode, done.stdout

    def run(self, mode=None, at=None, count=None):
        extra = {"LD_PRELOAD": self.shim, "HOOKC_CRASH_STATE": str(self.state), "HOOKC_CRASH_NOTE": str(self.log)}
        if mode is not None:
            extra |= {"HOOKC_CRASH_MODE": mode, "HOOKC_CRASH_AT": str(at)}
        if count is not None:
            extra["HOOKC_CRASH_COUNT"] = str(count)
        return self.call(["run", "backup", f"{self.file.name}.hook", "--state", str(self.state), *self.file.options, "--",
                          "./act", "hook", "operation"], self.work, extra)

    def recover(self):
        return self.call(["recover", "--state", str(self.state)], "/")

    def lines(self):
        return self.log.read_text().splitlines()

    def held(self):
        return sorted(path.name for path in (self.work / "held").iterdir())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()


def acted(lines, what):
    return [line.split()[1] for line in lines if line.startswith(what + " ")]


def problems_of_recovery(place, at):
    """Recovers, and says what is wrong with what that did; once more at every third point."""
    before = place.lines()
    problems = []
    code, text = place.recover()
    lines = place.lines()
    ran = lines[len(before):]
    if code != 0:
        problems.append(f"recover: exit code {code}\n{text}")
    if place.held():
        problems.append(f"still held after recover: {place.held()}\n{text}")
    if others := [line for line in ran if not line.startswith(("release ", "failed-release "))]:
        problems.append(f"recover ran what is no release: {others}")
    missing = [name for at, line in enumerate(lines) if line.startswith("acquire ") for name in [line.split()[1]]
               if name not in acted(lines[at:], "release")]
    if missing:
        problems.append(f"never released: {missing}")
    order = {name: at for at, name in enumerate(acted(before, "acquire"))}
    released = [order[name] for name in acted(ran, "release") if name in order]
    # The acquires of a `together` and the pods of `on all` begin in any order.
    if place.file.name not in ("together", "pods") and released != sorted(released, reverse=True):
        problems.append(f"recover released in the wrong order: {ran}")
    if twice := [line for line in lines if line.startswith("twice ")]:
        problems.append(f"ran twice: {twice}")
    if at % 3 != 0 and not ALL:
        return problems
    code, text = place.recover()
    if code != 0 or place.lines() != lines or "nothing to recover" not in text:
        problems.append(f"a second recover: exit code {code}, ran {place.lines()[len(lines):]}\n{text}")
    return problems


def killed(place, mode, at):
    code, text = place.run(mode, at)
    if code != -9:
        return [] if code in (0, 1) else [f"run: exit code {code}\n{text}"], False
    return problems_of_recovery(place, at), True


def broken_disk(place, mode, at):
    code, text = place.run(mode, at)
    lines = place.lines()
    if NOTE not in lines:
        return [] if code in (0, 1) else [f"run: exit code {code}\n{text}"], False
    problems = []
    if code == 2:
        if lines != [NOTE]:
            problems.append(f"refused, and yet ran {lines}\n{text}")
        if "nothing was run" not in text:
            problems.append(f"refused without saying that nothing was run:\n{text}")
    elif code in (0, 1):
        later = lines[lines.index(NOTE) + 1:]
        # What began before the write failed goes on beside it.
        beside = 2 if place.file.name in ("together", "pods") else 1
        if code == 1 and len(acted(later, "acquire")) > beside:
            problems.append(f"acquired after the disk broke: {later}\n{text}")
        if place.held():
            problems.append(f"left held: {place.held()}\n{text}")
    else:
        problems.append(f"run: exit code {code}\n{text}")
    if at == 1 and code != 2:
        problems.append(f"a disk that is {mode} from the start was not refused: exit code {code}\n{text}")
    return problems + problems_of_recovery(place, at), True


def try_point(hookc, shim, journal, file, mode, at):
    with Place(hookc, shim, file, None if file.fresh else journal) as place:
        attempt = killed if mode in ("before", "after") else broken_disk
        problems, reached = attempt(place, mode, at)
        return [f"{file.name}, {mode} write {at}: {problem}\n  log: {'; '.join(place.lines())}"
                for problem in problems], reached


def count_writes(hookc, shim, journal, file):
    with Place(hookc, shim, file, None if file.fresh else journal) as place:
        count = place.work / "count"
        code, text = place.run(count=count)
        if code not in (0, 1) or place.held():
            sys.exit(f"{file.name} does not run without a crash: exit code {code}, held {place.held()}\n{text}")
        return int(count.read_text())


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    hookc, shim = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:3])
    files = [file for file in FILES if not sys.argv[3:] or file.name in sys.argv[3:]]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hookc-crash-") as scratch:
        journal = pathlib.Path(scratch) / "state"
        with Place(hookc, shim, FILES[0], None) as place:
            place.run()
            shutil.copytree(place.state, journal)
        points = []
        for file in files:
            writes = count_writes(hookc, shim, journal, file)
            print(f"{file.name}: {writes} writes")
            for which, (mode, step) in enumerate(zip(MODES, file.steps)):
                # Another start for each mode, so that the modes do not all try the same writes.
                first = 1 if step == 1 or mode in ("full", "readonly") else 1 + which
                points += [(file, mode, at) for at in range(first, writes + 1, 1 if ALL else step)]
        with concurrent.futures.ThreadPoolExecutor(max_workers=2 * (os.cpu_count() or 1)) as pool:
            results = list(pool.map(lambda point: try_point(hookc, shim, journal, *point), points))
    problems = [problem for found, _ in results for problem in found]
    reached = {mode: sum(reached for (_, m, _), (_, reached) in zip(points, results) if m == mode) for mode in MODES}
    for problem in problems[:20]:
        print(problem)
    total = sum(reached.values())
    kills = reached["before"] + reached["after"]
    print(f"crash: {total} points tried ({', '.join(f'{n} {mode}' for mode, n in reached.items())}), "
          f"{len(problems)} problems, {time.monotonic() - began:.0f} s")
    few = not sys.argv[3:] and kills < LEAST
    if few:
        print(f"crash: hookc was killed at {kills} points only; at least {LEAST} are wanted")
    sys.exit(1 if problems or few else 0)


if __name__ == "__main__":
    main()
