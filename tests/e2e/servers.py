"""A PostgreSQL and a MariaDB of one's own: in a temporary folder, on a Unix socket, gone with the test.

Servers refuse to run as root, so root runs them as their package's user. They die with the process that started them,
whatever way it ends.
"""

import contextlib
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import threading
import time

PATIENCE = 60  # seconds; only what hangs takes as long


def tool(name):
    """The newest PostgreSQL's program, or one of PATH and the folders of servers."""
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    path = os.pathsep.join([*map(str, reversed(versions)), os.environ["PATH"], "/usr/sbin"])
    found = shutil.which(name, path=path)
    if not found:
        raise FileNotFoundError(f"{name} is not installed: scripts/install test")
    return found


class Server:
    """What both have in common. `env` is what a client needs to find it."""

    user = ready = ""
    table = ""  # of one number, for Writer

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hookc-db-"))
        self.data = self.folder / "data"
        self.env = {}
        self.process = self.reader = None
        self.lines = []
        self.give_away(self.folder)

    def give_away(self, path):
        """To the user that the server runs as."""
        if os.geteuid() != 0:
            return
        owner = pwd.getpwnam(self.user)
        for name in [path, *path.rglob("*")]:
            os.chown(name, owner.pw_uid, owner.pw_gid, follow_symlinks=False)

    def as_user(self, *command):
        who = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam(self.user)
            who = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        return ["setpriv", "--pdeathsig", "KILL", *who, *command]

    def once(self, *command):
        subprocess.run(self.as_user(*command), cwd=self.folder, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=PATIENCE)

    def serve(self, *command):
        """Returns when the server says that it is ready."""
        self.process = subprocess.Popen(self.as_user(*command), cwd=self.folder, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        is_ready = threading.Event()

        def read():
            for line in self.process.stderr:
                self.lines.append(line)
                if self.ready in line:
                    is_ready.set()
            is_ready.set()

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()
        is_ready.wait(PATIENCE)
        if self.process.poll() is not None or not is_ready.is_set():
            raise RuntimeError("the server did not start:\n" + "".join(self.lines[-20:]))

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.reader.join(PATIENCE)
            self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def client(self):
        """The command of a client that reads statements from stdin and answers each line by line."""
        raise NotImplementedError

    def query(self, sql):
        """The rows of one statement as lines, over a connection of its own."""
        done = subprocess.run(self.client(), input=sql + ";\n", env={**os.environ, **self.env}, text=True,
                              capture_output=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{sql}: {done.stderr}")
        return done.stdout.split("\n")[:-1]

    def number(self, sql):
        return int(self.query(sql)[0])


class PostgreSQL(Server):
    user = "postgres"
    table = "t"
    ready = "database system is ready to accept connections"

    def __init__(self, copy=None):
        super().__init__()
        self.archive = self.folder / "archive"
        self.env = {"PGHOST": str(self.folder), "PGUSER": "postgres", "PGDATABASE": "postgres",
                    "TMPDIR": str(self.folder)}
        if copy:
            shutil.copytree(copy, self.data)
            self.data.chmod(0o700)
            self.give_away(self.data)

    def start(self, restore_from=None):
        if not self.data.exists():
            self.once(tool("initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8",
                      "--locale=C")
            self.archive.mkdir()
            self.give_away(self.archive)
        self.serve(tool("postgres"), "-D", str(self.data), "-c", "listen_addresses=", "-c",
                   f"unix_socket_directories={self.folder}", "-c", "fsync=off", "-c", "archive_mode=on", "-c",
                   f"archive_command=cp %p {self.archive}/%f", "-c",
                   f"restore_command=cp {restore_from or self.archive}/%f %p")
        return self

    def client(self):
        return [tool("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]


class MariaDB(Server):
    user = "mysql"
    table = "shop.t"
    ready = "ready for connections"
    password = "not on any command line"

    def __init__(self):
        super().__init__()
        # A client's socket is first what its option files say, so a distribution's must be overruled in one.
        (self.folder / ".my.cnf").write_text(f"[client]\nsocket={self.folder}/socket\n")
        self.env = {"HOME": str(self.folder), "MYSQL_PWD": ""}

    def start(self):
        where = ["--no-defaults", f"--datadir={self.data}"]
        self.once(tool("mariadb-install-db"), *where, "--auth-root-authentication-method=normal", "--skip-test-db")
        self.serve(tool("mariadbd"), *where, f"--socket={self.folder}/socket", "--skip-networking",
                   f"--pid-file={self.folder}/pid", "--innodb-flush-log-at-trx-commit=0",
                   "--innodb-buffer-pool-size=16M")
        self.query(f"SET PASSWORD FOR root@localhost = PASSWORD('{self.password}')")
        self.env["MYSQL_PWD"] = self.password
        return self

    def client(self):
        return [tool("mariadb"), "-n", "-N", "-B", "-u", "root"]

    def connections(self, state="%"):
        """The ids of connections whose state is like that, but the one that asks."""
        return [int(line) for line in self.query(
            "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'root' "
            f"AND COALESCE(state, '') LIKE '{state}'")]


class Writer:
    """Inserts rows one by one as fast as it can, each committed by itself, and remembers when."""

    def __init__(self, server):
        self.server = server
        self.commits = []  # (before, after) of each, on time.monotonic()'s clock
        self.changed = threading.Condition()
        self.error = None
        self.ending = False
        self.process = subprocess.Popen(server.client(), env={**os.environ, **server.env}, text=True, bufsize=1,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.id = int(self.ask("SELECT CONNECTION_ID();" if isinstance(server, MariaDB)
                               else "SELECT pg_backend_pid();"))
        self.thread = threading.Thread(target=self.write, daemon=True)
        self.thread.start()

    def ask(self, sql):
        self.process.stdin.write(sql + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def write(self):
        while not self.ending:
            before = time.monotonic()
            answer = self.ask(f"INSERT INTO {self.server.table} VALUES ({len(self.commits) + 1}); SELECT 'ok';")
            with self.changed:
                if answer == "ok":
                    self.commits.append((before, time.monotonic()))
                elif not self.ending:
                    self.error = answer or "the connection ended"
                self.changed.notify_all()
            if answer != "ok":
                return

    def wait_for(self, more):
        """Until so many rows more are committed."""
        with self.changed:
            wanted = len(self.commits) + more
            done = self.changed.wait_for(lambda: self.error or len(self.commits) >= wanted, PATIENCE)
            assert done and not self.error, f"writers do not go on: {self.error}"

    def between(self, start, end):
        """Rows whose commit was told in that time."""
        with self.changed:
            return [times for times in self.commits if start < times[1] < end]

    def end(self):
        """After the row under way; one that never gets through is dropped."""
        self.ending = True
        self.thread.join(5)
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        if self.thread.is_alive():
            self.process.kill()
        self.process.wait(PATIENCE)
        self.thread.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
