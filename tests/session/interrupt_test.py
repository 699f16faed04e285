#!/usr/bin/env python3
"""Signals in the middle of a session. Usage: interrupt_test.py HOOKC

Every case starts one session, waits until a FIFO or a line of output says that the moment has come, sends a signal to
hookc by its pid, and looks at what is left. Nothing waits for a time to pass but the case of the grandchild that
ignores TERM, which takes the 10 seconds it is about.
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

HOOKC = str(pathlib.Path(sys.argv.pop(1)).resolve())
PATIENCE = 60  # seconds; only a session that hangs takes as long

RELEASE = '''
hold backup "held" exec local "true"
  release exec local "echo released >> ran"
  at most 5m
'''
POSTS = '''
post backup "always" exec local "echo always >> ran"
post backup on failure "failure" exec local "echo failure >> ran"
post backup on success "success" exec local "echo success >> ran"
'''


def alive(pid):
    """Whether the process runs; a zombie that nobody has waited for does not."""
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


class Session:
    """`hookc run backup` on a text, in a folder of its own with the FIFO `moment`."""

    def __init__(self, hooks, *operation):
        self.folder = tempfile.TemporaryDirectory(prefix="hookc-signal-")
        self.path = pathlib.Path(self.folder.name)
        os.mkfifo(self.path / "moment")
        (self.path / "a.hook").write_text(hooks)
        self.process = subprocess.Popen(
            [HOOKC, "run", "backup", "a.hook", "--", *operation], cwd=self.path, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def moment(self):
        """Waits for a line in the FIFO, and gives its words."""
        while True:
            # The writer of the moment before may not have closed its end yet: opening then succeeds at once, and what
            # is read is the end of that, with nobody left to read from whom this moment comes.
            with open(self.path / "moment") as fifo:
                if words := fifo.readline().split():
                    return words

    def line(self, start):
        """Waits for a line of hookc's that starts so."""
        for line in self.process.stderr:
            if line.startswith(start):
                return line
        raise AssertionError(f"no line starts with {start!r}")

    def send(self, number):
        self.process.send_signal(number)

    def end(self):
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out + err

    def ran(self):
        file = self.path / "ran"
        return file.read_text().split() if file.exists() else []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        self.folder.cleanup()


class Interrupts(unittest.TestCase):
    def test_during_a_pre_hook(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), Session(
                    RELEASE + 'pre backup "long" exec local "sleep 300 & echo $$ $! > moment; wait"\n' + POSTS,
                    "sh", "-c", "echo operation >> ran") as session:
                pids = session.moment()
                session.send(number)
                code, text = session.end()
                self.assertEqual(code, 1, text)
                self.assertEqual(session.ran(), ["released", "always", "failure"], text)
                self.assertIn('pre backup "long" failed: interrupted', text)
                self.assertEqual([pid for pid in pids if alive(pid)], [])

    def test_during_the_wait_before_a_retry(self):
        with Session(RELEASE + 'pre backup "flaky" exec local "echo tried >> ran; exit 1"\n  retry 3 every 1h\n' + POSTS,
                     "true") as session:
            session.line('pre backup "flaky": exit code 1; attempt 2 in 1h')
            session.send(signal.SIGINT)
            code, text = session.end()
            self.assertEqual(code, 1, text)
            self.assertEqual(session.ran(), ["tried", "released", "always", "failure"], text)

    def test_during_the_operation(self):
        with Session(RELEASE + POSTS, "sh", "-c", "sleep 300 & echo $$ $! > moment; wait") as session:
            pids = session.moment()
            session.send(signal.SIGTERM)
            code, text = session.end()
            self.assertEqual(code, 1, text)
            self.assertEqual(session.ran(), ["released", "always", "failure"], text)
            self.assertEqual([pid for pid in pids if alive(pid)], [])

    def test_a_grandchild_that_ignores_term_is_killed(self):
        grandchild = "trap '' TERM; echo $$ > moment; while :; do sleep 300; done"
        with Session(RELEASE + POSTS, "sh", "-c", 'sh -c "$0" & wait', grandchild) as session:
            pids = session.moment()
            session.send(signal.SIGTERM)
            code, text = session.end()
            self.assertEqual(code, 1, text)
            self.assertEqual(session.ran(), ["released", "always", "failure"], text)
            self.assertEqual([pid for pid in pids if alive(pid)], [])

    def test_a_second_signal_drops_the_post_hooks_and_no_release(self):
        slow = '''
hold backup "held" exec local "true"
  release exec local "echo at-it > moment; read go < go; echo released >> ran"
  at most 5m
'''
        with Session(slow + POSTS, "sh", "-c", "echo operation > moment; sleep 300") as session:
            os.mkfifo(session.path / "go")
            self.assertEqual(session.moment(), ["operation"])
            session.send(signal.SIGINT)
            self.assertEqual(session.moment(), ["at-it"])
            session.send(signal.SIGINT)
            session.line("interrupted again")
            with open(session.path / "go", "w") as go:
                go.write("go\n")
            code, text = session.end()
            self.assertEqual(code, 1, text)
            self.assertEqual(session.ran(), ["released"], text)

    def test_a_third_signal_changes_nothing(self):
        slow = '''
hold backup "held" exec local "true"
  release exec local "echo at-it > moment; read go < go; echo released >> ran"
  at most 5m
'''
        with Session(slow, "sh", "-c", "echo operation > moment; sleep 300") as session:
            os.mkfifo(session.path / "go")
            session.moment()
            session.send(signal.SIGINT)
            session.moment()
            session.send(signal.SIGTERM)
            session.line("interrupted again")
            session.send(signal.SIGTERM)
            with open(session.path / "go", "w") as go:
                go.write("go\n")
            code, text = session.end()
            self.assertEqual(code, 1, text)
            self.assertEqual(session.ran(), ["released"], text)

    def test_a_hook_past_its_timeout_leaves_no_process(self):
        # It may pass before the shell has done anything, so nobody waits for a line of it.
        with Session(RELEASE + 'pre backup "long" exec local "sleep 300 & echo $$ $! > pids; wait"\n  timeout 1s\n'
                     + POSTS, "true") as session:
            code, text = session.end()
            self.assertEqual(code, 1, text)
            self.assertIn("timed out", text)
            file = session.path / "pids"
            pids = file.read_text().split() if file.exists() else []
            self.assertEqual([pid for pid in pids if alive(pid)], [])


if __name__ == "__main__":
    unittest.main(verbosity=1)
