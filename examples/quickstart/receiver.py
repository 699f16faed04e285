#!/usr/bin/env python3
"""The shop of the quickstart: answers what the hooks ask and notes every request.

usage: receiver.py LOG
Listens on 127.0.0.1 on a port that the kernel chooses and prints it. Each request becomes one line of JSON in LOG
before it is answered. Ends on SIGTERM, or after ten minutes.
"""

import http.server
import json
import signal
import sys
import threading


class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.note(None)
        self.answer(200 if self.path == "/healthz" else 404, {"ok": self.path == "/healthz"})

    def do_POST(self):
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.note(json.loads(text) if text else None)
        self.answer(200, {"ok": True})

    def note(self, body):
        row = {"method": self.command, "path": self.path, "body": body}
        with self.server.lock:
            self.server.log.write(json.dumps(row) + "\n")
            self.server.log.flush()

    def answer(self, status, document):
        text = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.log = open(sys.argv[1], "a", encoding="utf-8")
    server.lock = threading.Lock()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(1))
    signal.alarm(600)
    print(server.server_port, flush=True)
    server.serve_forever()


main()
