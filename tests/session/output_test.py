#!/usr/bin/env python3
"""Readers of a session's output that take their time. Usage: output_test.py HOOKC

The operation's output goes to a pipe that nobody reads at first. The session must go on all the same: what is due meanwhile
is done, and that is said through a FIFO. Then the reader reads, and not a byte is missing.
"""

import hashlib
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import unittest

HOOKC = str(pathlib.Path(sys.argv.pop(1)).resolve())
PATIENCE = 60  # seconds; only a session that hangs takes as long

LINES = "seq 1 1500000"  # about 11 MB
DIGEST = hashlib.sha256("".join(f"{i}\n" for i in range(1, 1500001)).encode()).hexdigest()


class Session:
    def __init__(self, hooks, *operation, arguments=(), stderr=subprocess.PIPE):
        self.folder = tempfile.TemporaryDirectory(prefix="hookc-output-")
        self.path = pathlib.Path(self.folder.name)
        os.mkfifo(self.path / "moment")
        (self.path / "a.hook").write_text(hooks)
        self.process = subprocess.Popen(
            [HOOKC, "run", "backup", "a.hook", *arguments, "--", *operation], cwd=self.path, stdin=subprocess.DEVNULL,
            env={**os.environ, "XDG_STATE_HOME": str(self.path)}, stdout=subprocess.PIPE, stderr=stderr)

    def moment(self):
        return (self.path / "moment").read_text().split()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        self.folder.cleanup()


class SlowReaders(unittest.TestCase):
    def test_a_hold_is_released_while_nobody_reads_the_dump(self):
        with Session('hold backup "held" exec local "true"\n  release exec local "echo released > moment"\n  at most 1s\n',
                     "sh", "-c", LINES) as session:
            self.assertEqual(session.moment(), ["released"])
            out, err = session.process.communicate(timeout=PATIENCE)
            self.assertEqual(hashlib.sha256(out).hexdigest(), DIGEST)
            self.assertEqual(session.process.returncode, 1, err)
            self.assertIn(b"held", err)

    def test_a_hold_ends_by_what_is_printed_while_nobody_reads(self):
        with Session('hold backup "held" exec local "true"\n  release exec local "echo released > moment"\n'
                     '  until operation prints /^snapshot created/\n  at most 5m\n',
                     "sh", "-c", f"printf 'snapshot ' >&2; sleep 0.1; echo created >&2; {LINES}") as session:
            self.assertEqual(session.moment(), ["released"])
            out, err = session.process.communicate(timeout=PATIENCE)
            self.assertEqual(hashlib.sha256(out).hexdigest(), DIGEST)
            self.assertEqual(session.process.returncode, 0, err)

    def test_a_signal_is_obeyed_while_nobody_reads(self):
        with Session('hold backup "held" exec local "true"\n  release exec local "echo released > moment"\n  at most 5m\n',
                     "sh", "-c", "echo up > moment; yes") as session:
            self.assertEqual(session.moment(), ["up"])
            session.process.send_signal(signal.SIGTERM)
            self.assertEqual(session.moment(), ["released"])
            _, err = session.process.communicate(timeout=PATIENCE)
            self.assertEqual(session.process.returncode, 1, err)

    def test_events_that_nobody_reads_hold_nothing_up(self):
        # Far more of them than a pipe takes.
        noise = "".join(f'pre backup "h{i}" exec local "{"x" * 2000}=1; true"\n' for i in range(100))
        with Session(noise + 'post backup exec local "echo done > moment"\n', "true", arguments=("--format", "jsonl"),
                     stderr=subprocess.DEVNULL) as session:
            self.assertEqual(session.moment(), ["done"])
            out, _ = session.process.communicate(timeout=PATIENCE)
            self.assertEqual(session.process.returncode, 0)
            self.assertIn(b'"session_ended"', out)

    def test_flags_of_a_shared_pipe_stay_as_they_are(self):
        # Whoever has the same standard output must not find it non-blocking.
        with tempfile.TemporaryDirectory(prefix="hookc-output-") as folder:
            pathlib.Path(folder, "a.hook").write_text('pre backup exec local "true"\n')
            done = subprocess.run(
                ["sh", "-c", '"$0" run backup a.hook -- seq 100000; grep flags /proc/self/fdinfo/1 >&2', HOOKC],
                cwd=folder, env={**os.environ, "XDG_STATE_HOME": folder}, capture_output=True, text=True, timeout=PATIENCE)
        flags = int(done.stderr.split("flags:")[1].split()[0], 8)
        self.assertEqual(flags & os.O_NONBLOCK, 0)


class HeldSessions(unittest.TestCase):
    POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: db}\nspec: {containers: [{name: db}]}\n"
    HOLD = ('hold backup "locked" session exec in pod db "echo $$ > pid; echo LOCKED; read line; echo got $line >> ran"\n'
            '  ready once stdout matches /LOCKED/\n  release stdin "UNLOCK\\n"\n  at most 5m\n')

    def start(self, *operation):
        session = Session.__new__(Session)
        session.folder = tempfile.TemporaryDirectory(prefix="hookc-held-")
        session.path = pathlib.Path(session.folder.name)
        (session.path / "a.hook").write_text(self.HOLD)
        (session.path / "db.yaml").write_text(self.POD)
        os.mkfifo(session.path / "moment")
        session.process = subprocess.Popen(
            [HOOKC, "run", "backup", "a.hook", "--local", "db.yaml", "--", *operation], cwd=session.path,
            env={**os.environ, "XDG_STATE_HOME": str(session.path)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        return session

    def test_it_is_held_over_the_operation(self):
        with self.start("sh", "-c", "test ! -e ran && kill -0 $(cat pid) && echo operation >> ran") as session:
            out, _ = session.process.communicate(timeout=PATIENCE)
            self.assertEqual(session.process.returncode, 0, out)
            self.assertEqual((session.path / "ran").read_text(), "operation\ngot UNLOCK\n")

    def test_it_ends_when_hookc_is_killed(self):
        # The operation that was running must not hold the session's stdin open either.
        with self.start("sh", "-c", "echo $$ > moment; exec sleep 300") as session:
            operation = int(session.moment()[0])
            held = int((session.path / "pid").read_text())
            descriptor = os.pidfd_open(held)
            session.process.kill()
            session.process.wait()
            # Readable once the process has ended.
            ready, _, _ = select.select([descriptor], [], [], PATIENCE)
            os.close(descriptor)
            os.kill(operation, signal.SIGKILL)
            self.assertTrue(ready)
            self.assertEqual((session.path / "ran").read_text(), "got\n")


if __name__ == "__main__":
    unittest.main(verbosity=1)
