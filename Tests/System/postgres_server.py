"""A PostgreSQL server of the tests' own: a temporary folder, a unix socket, the user `postgres` where we are root."""

import os
import pathlib
import shutil
import subprocess
import tempfile


class PostgresServer:
    def __init__(self, folder: pathlib.Path | None = None, connections: int = 40):
        versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        assert versions, "no PostgreSQL under /usr/lib/postgresql: apt-get install postgresql, or run deploy/test"
        self.programs = versions[-1]
        # Not in pytest's own folder, which the server's user may not enter; its path would be too long for a socket.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="anpi-pg-", dir=folder))
        self.connections = connections
        self.databases = 0
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", f"{self.folder}/data", "-A", "trust", "-U", "postgres", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync", "--no-instructions")
        self.start()

    def start(self):
        self._run("pg_ctl", "-s", "-w", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log",
                  "-o", f"-k {self.folder} -c listen_addresses= -c max_connections={self.connections}", "start")

    def stop(self, mode="immediate"):
        self._run("pg_ctl", "-s", "-w", "-D", f"{self.folder}/data", "-m", mode, "stop")

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_database(self) -> str:
        """The name of a new database."""
        self.databases += 1
        name = f"anpi{self.databases}"
        self.query("postgres", f"CREATE DATABASE {name}")
        return name

    def address(self, database: str) -> str:
        """As it stands after `--database`."""
        return f"postgres://postgres@/{database}?host={self.folder}"

    def query(self, database: str, sql: str) -> list[str]:
        """The lines that psql prints, beside the collector."""
        done = subprocess.run(
            [self.programs / "psql", "-X", "-q", "-A", "-t", "-h", self.folder, "-U", "postgres", "-d", database,
             "-c", sql],
            check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        return done.stdout.splitlines()

    def session(self, database: str) -> subprocess.Popen:
        """A psql that stays, for what its standard input says."""
        return subprocess.Popen(
            [self.programs / "psql", "-X", "-q", "-A", "-t", "-h", self.folder, "-U", "postgres", "-d", database],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def _run(self, program, *arguments):
        drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []
        done = subprocess.run(
            [*drop, self.programs / program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, cwd="/")
        assert done.returncode == 0, f"{program} ended with {done.returncode}"
