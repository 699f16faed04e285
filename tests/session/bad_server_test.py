#!/usr/bin/env python3
"""Servers that misbehave, each through a whole session. Usage: bad_server_test.py HOOKC

Whatever a server does, the hook fails with one line that says why, within its timeout, and the session goes on to its
end. Servers listen on 127.0.0.1 on a port of the kernel's choice.
"""

import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

HOOKC = str(pathlib.Path(sys.argv.pop(1)).resolve())
HOOKS = '''
param port: port
pre backup "ask" http get "http://127.0.0.1:${port}/"
  timeout 700ms
post backup "told" exec local "echo told"
'''
OK = b"HTTP/1.1 200 OK\r\n"


class Server:
    """Answers each connection with `answer(connection, stop)` in a thread of its own."""

    def __init__(self, answer):
        self.answer = answer
        self.stop = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self.serve, args=(connection,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, connection):
        with connection:
            try:
                connection.recv(65536)
                self.answer(connection, self.stop)
            except OSError:
                pass  # hookc has gone away, which is the point

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(10)


def never(_, stop):
    stop.wait()


def drips(connection, stop):
    connection.sendall(OK + b"Content-Length: 1000000\r\n\r\n")
    while not stop.wait(0.02):
        connection.sendall(b"x")


def drips_headers(connection, stop):
    connection.sendall(OK)
    while not stop.wait(0.02):
        connection.sendall(b"X-Drip: y\r\n")


def drips_its_status(connection, stop):
    for byte in b"HTTP/1.1 200 OK":
        connection.sendall(bytes([byte]))
        if stop.wait(0.1):
            return
    stop.wait()


def drips_chunks(connection, stop):
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while not stop.wait(0.02):
        connection.sendall(b"1\r\nx\r\n")


def says_100_for_ever(connection, stop):
    while not stop.wait(0.02):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def resets(connection, _):
    # Closing with SO_LINGER 0 sends RST (tcp(7), socket(7)).
    connection.sendall(OK + b"Content-Length: 100\r\n\r\nhalf of it")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half_closes_before_it_answers(connection, stop):
    connection.shutdown(socket.SHUT_WR)
    stop.wait(5)


def cuts_a_chunk(connection, _):
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\nnot as much")


def huge_chunk(connection, _):
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n")


def negative_length(connection, _):
    connection.sendall(OK + b"Content-Length: -5\r\n\r\n")


def bad_status(connection, _):
    connection.sendall(b"HTTP/1.1 abc OK\r\n\r\n")


def long_status(connection, stop):
    connection.sendall(b"HTTP/1.1 200 " + b"O" * 1_000_000)
    stop.wait()


def redirects_nowhere(connection, _):
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n"
                       b"Connection: close\r\n\r\n")


def stalls(connection, stop):
    connection.sendall(OK + b"Content-Length: 100\r\n\r\nhalf of it")
    stop.wait()


def half_closes(connection, stop):
    connection.sendall(OK + b"Content-Length: 100\r\n\r\nhalf of it")
    connection.shutdown(socket.SHUT_WR)
    stop.wait(5)


def says_nothing(connection, _):
    connection.shutdown(socket.SHUT_RDWR)


def redirects_to_itself(connection, _):
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def long_header(connection, _):
    connection.sendall(OK)
    for _ in range(40):
        connection.sendall(b"X-Long: " + b"y" * 16000 + b"\r\n")


def speaks_something_else(connection, _):
    connection.sendall(b"220 smtp.example.org ESMTP\r\n")


def bad_chunks(connection, _):
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\nnot-a-length\r\n")


def fails(connection, _):
    connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy")


class BadServers(unittest.TestCase):
    def session(self, port, hooks=HOOKS):
        with tempfile.TemporaryDirectory(prefix="hookc-http-") as folder:
            pathlib.Path(folder, "a.hook").write_text(hooks)
            environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "no_proxy": "127.0.0.1"}
            for name, value in os.environ.items():
                if name.startswith(("ASAN_", "UBSAN_", "TSAN_")):
                    environment[name] = value
            return subprocess.run([HOOKC, "run", "backup", "a.hook", "-p", f"port={port}", "--", "true"], cwd=folder,
                                  env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)

    def reason(self, answer):
        with Server(answer) as server:
            done = self.session(server.port)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('post backup "told" succeeded', done.stderr)
        lines = [line for line in done.stderr.splitlines() if line.startswith('pre backup "ask" failed: ')]
        self.assertEqual(len(lines), 1, done.stderr)
        return lines[0].removeprefix('pre backup "ask" failed: ')

    def test_each(self):
        for answer, expected in (
                (never, "timed out"), (drips, "timed out"), (stalls, "timed out"), (half_closes, "remaining"),
                (says_nothing, "Empty reply"), (redirects_to_itself, "redirected more than"),
                (long_header, "headers are longer"), (speaks_something_else, "not HTTP"), (bad_chunks, "chunk"),
                (fails, "HTTP status 503"), (drips_headers, "timed out"), (drips_its_status, "timed out"),
                (drips_chunks, "timed out"), (says_100_for_ever, "timed out"), (resets, "onnection reset"),
                (half_closes_before_it_answers, "Empty reply"), (cuts_a_chunk, "outstanding read data"),
                (huge_chunk, "chunk"), (negative_length, "Content-Length"), (bad_status, "not HTTP"),
                (long_status, "longer than libcurl takes")):
            with self.subTest(answer.__name__):
                self.assertIn(expected, self.reason(answer))

    def test_a_redirect_to_where_nobody_listens(self):
        with Server(redirects_nowhere) as server:
            done = self.session(server.port, HOOKS.replace("  timeout", "  follow redirects\n  timeout"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('pre backup "ask" failed: Failed to connect', done.stderr)

    def test_two_servers_that_send_it_to_and_fro(self):
        ports = []

        def other(index):
            def answer(connection, _):
                connection.sendall(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:%d/\r\n"
                                   b"Content-Length: 0\r\nConnection: close\r\n\r\n" % ports[index])
            return answer

        with Server(other(1)) as one, Server(other(0)) as two:
            ports += [one.port, two.port]
            done = self.session(one.port, HOOKS.replace("  timeout", "  follow redirects\n  timeout"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("redirected more than 10 times", done.stderr)

    def test_a_server_that_never_accepts(self):
        with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
            done = self.session(listener.getsockname()[1])
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('pre backup "ask" failed: timed out', done.stderr)

    def test_an_endless_answer_keeps_no_more_than_its_limit(self):
        def endless(connection, stop):
            connection.sendall(OK + b"Connection: close\r\n\r\n")
            block = b"z" * (1 << 20)
            while not stop.is_set():
                connection.sendall(block)

        with Server(endless) as server:
            done = self.session(server.port, HOOKS.replace("700ms", "20s"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("longer than 64 MiB", done.stderr)
        self.assertLess(len(done.stderr), 200_000)

    def test_nobody_listens(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound and not listening: refused, and nobody else gets it
            done = self.session(taken.getsockname()[1])
        self.assertEqual(done.returncode, 1)
        self.assertIn('pre backup "ask" failed: Failed to connect', done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
