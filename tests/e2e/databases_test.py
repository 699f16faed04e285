#!/usr/bin/env python3
"""Backups of real databases under write load, with the standard library's holds around them. Usage:
databases_test.py HOOKC

The operation tells through one FIFO that it runs, and ends when it is told to through another: what is looked at in
between is looked at while everything is held. Nothing waits for a time to pass.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import servers
from servers import PATIENCE, MariaDB, PostgreSQL, Writer

HOOKC = str(pathlib.Path(sys.argv.pop(1)).resolve())

POD = """
apiVersion: v1
kind: Pod
metadata: {name: db, labels: {app: db}}
spec:
  containers:
    - name: main
      image: database
      env: %s
"""
DECLARED = 'pod db\n  labels "app=db"\n'


class Session:
    """`hookc run backup` on a text; its operation runs until `go` is called."""

    def __init__(self, hooks, env, *options):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hookc-e2e-"))
        for fifo in ("started", "go"):
            os.mkfifo(self.folder / fifo)
        (self.folder / "a.hook").write_text(hooks)
        (self.folder / "pods.yaml").write_text(
            POD % json.dumps([{"name": name, "value": value} for name, value in env.items()]))
        self.options = ["--local", "pods.yaml", "--state", "state", *options]
        self.process = subprocess.Popen(
            [HOOKC, "run", "backup", "a.hook", "--format", "jsonl", *self.options, "--", "sh", "-c",
             "echo >started; read -r line <go"], cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.events, self.errors = [], ""
        self.news = threading.Condition()
        self.readers = [threading.Thread(target=self.read, daemon=True),
                        threading.Thread(target=self.read_errors, daemon=True)]
        for reader in self.readers:
            reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.events.append(json.loads(line))
                self.news.notify_all()
        with self.news:
            self.news.notify_all()

    def read_errors(self):
        self.errors = self.process.stderr.read()

    def started(self):
        """Waits for the operation. Opening the FIFO would wait for ever where it never comes."""
        opened = threading.Event()

        def wait():
            with open(self.folder / "started", encoding="utf8") as fifo:
                fifo.readline()
            opened.set()

        threading.Thread(target=wait, daemon=True).start()
        while not opened.wait(0.05):
            assert self.process.poll() is None, self.story()

    def told(self, text):
        """Waits for an event that says this."""
        with self.news:
            assert self.news.wait_for(lambda: any(text in json.dumps(e) for e in self.events)
                                      or self.process.poll() is not None, PATIENCE), self.story()
        assert any(text in json.dumps(e) for e in self.events), self.story()

    def go(self):
        (self.folder / "go").write_text("go\n")

    def end(self):
        code = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        return code

    def story(self):
        return "\n".join(map(json.dumps, self.events)) + self.errors

    def recover(self, test):
        """Finishes what the crash left, and once more, when nothing is left."""
        for _ in range(2):
            done = subprocess.run([HOOKC, "recover", "--state", "state"], cwd=self.folder, capture_output=True, text=True,
                                  timeout=PATIENCE, check=False)
            test.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def remove(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for reader in self.readers:
            reader.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
        shutil.rmtree(self.folder)


class Case(unittest.TestCase):
    def session(self, hooks, server, *options):
        session = Session(hooks, server.env, *options)
        self.addCleanup(session.remove)
        return session

    def writer(self, server):
        writer = Writer(server)
        self.addCleanup(writer.end)
        writer.wait_for(20)
        return writer


LOCKED = "import std.mariadb\n" + DECLARED + 'hold backup "locked" use mariadb.locked(db: db)\n'


class OnMariaDB(Case):
    @classmethod
    def setUpClass(cls):
        cls.server = MARIADB
        cls.server.query("CREATE DATABASE shop; CREATE TABLE shop.t (id BIGINT PRIMARY KEY) ENGINE=InnoDB")

    def setUp(self):
        self.server.query("TRUNCATE TABLE shop.t")

    def rows(self):
        return self.server.number("SELECT COUNT(*) FROM shop.t")

    def blocked(self, writer):
        """Waits until the server says that the writer waits for a lock."""
        deadline = time.monotonic() + PATIENCE
        while writer.id not in self.server.connections("Waiting for%lock"):
            self.assertLess(time.monotonic(), deadline, "the writer is not blocked")

    def holder(self, writer):
        """The connection of the hold: neither the writer's nor the one that asks."""
        others = [id for id in self.server.connections() if id != writer.id]
        self.assertEqual(len(others), 1, others)
        return others[0]

    def test_nobody_commits_while_the_backup_runs(self):
        writer = self.writer(self.server)
        session = self.session(LOCKED, self.server)
        session.started()
        self.blocked(writer)
        start, rows = time.monotonic(), self.rows()
        dump = subprocess.run([servers.tool("mariadb-dump"), "-u", "root", "--single-transaction", "shop"], text=True,
                              env={**os.environ, **self.server.env}, capture_output=True, check=True,
                              timeout=PATIENCE).stdout
        self.assertEqual(self.rows(), rows)
        end = time.monotonic()
        self.assertEqual(writer.between(start, end), [])
        session.go()
        self.assertEqual(session.end(), 0, session.story())
        writer.wait_for(20)
        self.assertEqual(len(re.findall(r"^\(\d+\)[,;]$", dump, re.MULTILINE)), rows)
        # The row that waited was begun before the backup and committed after it.
        waited = [times for times in writer.commits if times[0] < start and times[1] > end]
        self.assertEqual(len(waited), 1)

    def test_writers_go_on_after_hookc_was_killed(self):
        writer = self.writer(self.server)
        session = self.session(LOCKED, self.server)
        session.started()
        self.blocked(writer)
        session.process.send_signal(signal.SIGKILL)
        writer.wait_for(20)
        session.end()
        session.go()
        self.assertEqual(self.server.connections("Waiting for%lock"), [])
        writer.wait_for(20)
        session.recover(self)
        writer.wait_for(20)

    def test_rule_29_a_lock_that_the_server_took_away_was_lost(self):
        writer = self.writer(self.server)
        session = self.session(LOCKED, self.server)
        session.started()
        self.blocked(writer)
        self.server.query(f"KILL CONNECTION {self.holder(writer)}")
        writer.wait_for(20)
        session.told("lost")
        session.go()
        self.assertEqual(session.end(), 1)
        self.assertIn("lost", session.events[-1]["reason"])

    def test_read_only_holds_off_those_without_the_right(self):
        self.server.query("CREATE USER IF NOT EXISTS app@localhost; GRANT INSERT ON shop.* TO app@localhost")
        session = self.session("import std.mariadb\n" + DECLARED +
                               'hold backup "quiet" use mariadb.read-only(db: db)\n', self.server)
        session.started()
        insert = [servers.tool("mariadb"), "-u", "app", "shop", "-e", "INSERT INTO t VALUES (1)"]
        env = {**os.environ, **self.server.env, "MYSQL_PWD": ""}
        refused = subprocess.run(insert, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertIn("read-only", refused.stderr)
        session.go()
        self.assertEqual(session.end(), 0, session.story())
        subprocess.run(insert, env=env, check=True, timeout=PATIENCE)

    def test_checks_and_a_dump(self):
        self.server.query("INSERT INTO shop.t VALUES (1), (2)")
        session = self.session("import std.mariadb\n" + DECLARED + f'''
pre backup use mariadb.ready(db: db)
pre backup use mariadb.primary(db: db)
pre backup use mariadb.has-rows(db: db, database: "shop", table: "t", at-least: 2)
hold backup "no commits" use mariadb.commits-blocked(db: db)
pre backup use mariadb.dump(db: db, to: "{self.server.folder}/dump.sql")
''', self.server)
        session.started()
        session.go()
        self.assertEqual(session.end(), 0, session.story())
        dump = (self.server.folder / "dump.sql").read_text()
        self.assertIn("CREATE DATABASE", dump)
        self.assertIn("INSERT INTO `t` VALUES", dump)
        self.assertNotIn(MariaDB.password, session.story())


BACKUP_MODE = DECLARED + '''
param copy: string
hold backup "backup mode"
  session exec in pod db """
    {
      printf '%s\\n' "SELECT pg_backup_start(label => 'hookc', fast => true);" '\\echo READY'
      timeout 300 cat
    } | psql -X -q -A -t -v ON_ERROR_STOP=1
  """
  timeout 1m
  ready once stdout matches /READY/
  release stdin """
    SELECT labelfile FROM pg_backup_stop(wait_for_archive => true);
  """
    timeout 1m
    capture stdout as label
  at most 4m
post backup on success "label" exec local "cat >${copy}/backup_label"
  stdin "${label ?? ""}"
'''


def library(hold):
    return f'''import std.postgres
{DECLARED}
param label: string(/^[A-Za-z0-9._\\/-]+$/)
hold backup "backup mode" use postgres.{hold}(db: db, label: label)
'''


class OnPostgreSQL(Case):
    @classmethod
    def setUpClass(cls):
        cls.server = POSTGRES
        cls.server.query("CREATE TABLE t (id bigint PRIMARY KEY)")

    def setUp(self):
        self.server.query("TRUNCATE t")
        self.copies = tempfile.TemporaryDirectory(prefix="hookc-copy-")
        self.addCleanup(self.copies.cleanup)
        self.copy = pathlib.Path(self.copies.name) / "data"

    def rows(self):
        return self.server.number("SELECT count(*) FROM t")

    def copy_files(self):
        """As `cp -r` would, from a server that goes on writing: files come and go meanwhile."""
        def copy(source, target):
            try:
                shutil.copy2(source, target)
            except FileNotFoundError:
                pass

        def ignore(folder, names):
            inside = pathlib.Path(folder).relative_to(self.server.data)
            return names if str(inside) in ("pg_wal", "pg_replslot") else {"postmaster.pid", "postmaster.opts"}

        shutil.copytree(self.server.data, self.copy, copy_function=copy, ignore=ignore)

    def restored(self, label):
        """A server on the copy, with the log from the archive."""
        (self.copy / "backup_label").write_text(label)
        (self.copy / "recovery.signal").touch()
        copy = PostgreSQL(self.copy)
        self.addCleanup(copy.stop)
        copy.start(restore_from=self.server.archive)
        return copy

    def check_copy(self, label, before):
        copy = self.restored(label)
        rows = copy.number("SELECT count(*) FROM t")
        self.assertGreaterEqual(rows, before)
        # Rows were committed in order, so none is missing among those that are there.
        self.assertEqual(copy.number("SELECT max(id) FROM t"), rows)

    def test_a_copy_under_write_load_starts_and_has_all_rows(self):
        writer = self.writer(self.server)
        session = self.session(BACKUP_MODE, self.server, "-p", f"copy={self.copy}")
        session.started()
        before = self.rows()
        self.copy_files()
        writer.wait_for(20)
        session.go()
        self.assertEqual(session.end(), 0, session.story())
        writer.end()
        label = (self.copy / "backup_label").read_text()
        self.assertTrue(label.startswith("START WAL LOCATION"), label)
        self.check_copy(label, before)

    def test_the_library_holds_the_mode_in_both_forms(self):
        for hold in ("backup-mode", "backup-mode-detached"):
            with self.subTest(hold):
                writer = self.writer(self.server)
                label = pathlib.Path(self.copies.name) / hold
                session = self.session(library(hold), self.server, "-p", f"label={label}")
                session.started()
                before = self.rows()
                self.copy_files()
                writer.wait_for(20)
                session.go()
                self.assertEqual(session.end(), 0, session.story())
                writer.end()
                self.check_copy(label.read_text(), before)
                shutil.rmtree(self.copy)
                self.server.query("TRUNCATE t")

    def in_backup_mode(self):
        """Connections that wait for their release; their last statement is the question whether all is well."""
        return [int(line) for line in self.server.query(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() "
            "AND (query = 'SELECT;' OR query LIKE '%pg_backup_start%')")]

    def test_the_mode_ends_after_hookc_was_killed(self):
        for hold in ("backup-mode", "backup-mode-detached"):
            with self.subTest(hold):
                label = pathlib.Path(self.copies.name) / hold
                session = self.session(library(hold), self.server, "-p", f"label={label}")
                session.started()
                session.process.send_signal(signal.SIGKILL)
                session.end()
                session.go()
                session.recover(self)
                deadline = time.monotonic() + PATIENCE
                while self.in_backup_mode():
                    self.assertLess(time.monotonic(), deadline, "still in backup mode")

    def test_rule_29_a_mode_that_the_server_ended_was_lost(self):
        session = self.session(library("backup-mode"), self.server, "-p", f"label={self.copies.name}/label")
        session.started()
        for pid in self.in_backup_mode():
            self.server.query(f"SELECT pg_terminate_backend({pid})")
        session.told("lost")
        session.go()
        self.assertEqual(session.end(), 1)
        self.assertIn("lost", session.events[-1]["reason"])


def setUpModule():
    global MARIADB, POSTGRES
    MARIADB, POSTGRES = MariaDB(), PostgreSQL()
    unittest.addModuleCleanup(MARIADB.stop)
    unittest.addModuleCleanup(POSTGRES.stop)
    MARIADB.start()
    POSTGRES.start()


if __name__ == "__main__":
    unittest.main(verbosity=2)
