#!/usr/bin/env python3
"""A thousand HTTP hooks at once. Usage: load_test.py HOOKC

The server on 127.0.0.1 answers nobody before it has heard from all of them, so they are only ever answered if hookc has
all of them open at the same moment: the members of a `together` have no bound on how many go at once. Meanwhile hookc's
threads are counted: they are few, however many hooks there are.
"""

import asyncio
import os
import pathlib
import resource
import sys
import tempfile
import unittest

HOOKC = str(pathlib.Path(sys.argv.pop(1)).resolve())
# A sanitizer's run-time library costs each of them dear.
HOOKS = 200 if os.environ.get("TSAN_OPTIONS") is not None or "tsan" in HOOKC or "asan" in HOOKC else 1000
PATIENCE = 120  # seconds; only a session that hangs takes as long


class Server:
    """Answers when `wanted` requests are open at once."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.open = 0
        self.threads = 0
        self.pid = None
        self.all_open = asyncio.Event()

    async def serve(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        self.open += 1
        if self.open == self.wanted:
            # hookc-session took the place of hookc, so the pid is that of its event loop.
            self.threads = len(os.listdir(f"/proc/{self.pid}/task"))
            self.all_open.set()
        await self.all_open.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()


async def session(folder, hooks, soft_limit):
    server = Server(hooks)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, backlog=2 * hooks)
    port = listener.sockets[0].getsockname()[1]
    members = "".join(f'  pre backup "h{i}" http get "http://127.0.0.1:{port}/{i}"\n    timeout 90s\n' for i in range(hooks))
    pathlib.Path(folder, "a.hook").write_text("together {\n" + members + "}\n")

    def lower():
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft_limit, hard))

    process = await asyncio.create_subprocess_exec(
        HOOKC, "run", "backup", "a.hook", "--", "true", cwd=folder, preexec_fn=lower,
        env={**os.environ, "no_proxy": "127.0.0.1", "XDG_STATE_HOME": folder}, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    server.pid = process.pid
    try:
        output, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
        listener.close()
    return process.returncode, output.decode(), server


class Load(unittest.TestCase):
    def test_all_at_once_on_a_handful_of_threads(self):
        # The soft limit is far below what a thousand connections need; hookc raises it as far as it may.
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        hooks = HOOKS if hard == resource.RLIM_INFINITY else min(HOOKS, hard // 2)
        if hard != resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # the server needs as many
        with tempfile.TemporaryDirectory(prefix="hookc-load-") as folder:
            code, output, server = asyncio.run(session(folder, hooks, 256))
        self.assertEqual(code, 0, output[-2000:])
        self.assertEqual(server.open, hooks)
        self.assertEqual(output.count('pre backup "h'), hooks, output[-2000:])
        self.assertLess(server.threads, 32)


if __name__ == "__main__":
    unittest.main(verbosity=1)
