"""The highly available database of deploy/postgres on this machine, whose parts can be killed, put to sleep and cut off;
and machines for collectors in its network."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request

import pytest

from anpi_harness import until

RECIPE = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "postgres"
DATABASES = {"db1": "10.77.0.11", "db2": "10.77.0.12", "db3": "10.77.0.13"}
ETCD = {"etcd1": "10.77.0.21", "etcd2": "10.77.0.22", "etcd3": "10.77.0.23"}
AS_POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="network namespaces need root")


def run(*words):
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def ask(url, body=None):
    """The JSON that is answered there; None where nothing is."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=2) as answer:
            return json.load(answer)
    except (OSError, urllib.error.URLError, ValueError):
        return None


class PatroniCluster:
    def __init__(self):
        # Not in pytest's own folder, which the servers' user may not enter; its path would be too long for a socket.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="anpi-ha-", dir="/tmp"))
        self.databases = 0
        self.parts = []
        log = self.folder / "start.log"
        with open(log, "wb") as lines:
            self.process = subprocess.Popen(
                [RECIPE / "start", self.folder], stdout=lines, stderr=lines, stdin=subprocess.DEVNULL)
        until(lambda: "The cluster is running" in log.read_text() or self.process.poll() is not None, 180)
        if self.process.poll() is not None:
            said = log.read_text()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise AssertionError(said)

    def remove(self):
        self.process.terminate()
        self.process.wait(30)
        for part in self.parts:
            part.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- What it is asked

    def members(self):
        """Each PostgreSQL by name, as Patroni sees it."""
        for address in DATABASES.values():
            found = ask(f"http://{address}:8008/cluster")
            if found:
                return {member["name"]: member for member in found["members"]}
        return {}

    def primary_or_none(self):
        """The name of the one that holds the lock."""
        return next((name for name, member in self.members().items() if member["role"] == "leader"), None)

    def primary(self):
        return until(self.primary_or_none, 10)

    def etcd_leader(self):
        for address in ETCD.values():
            found = ask(f"http://{address}:2379/v3/maintenance/status", b"{}")
            if found and found.get("leader") == found["header"]["member_id"]:
                return next(name for name, at in ETCD.items() if at == address)
        return None

    def lacks(self):
        """What keeps it from being whole: a primary, a standby that confirms, another one, on one timeline, three of etcd;
        empty where nothing does."""
        members = self.members()
        missing = [name for name in DATABASES if members.get(name, {}).get("state") not in ("running", "streaming")]
        if sorted(member["role"] for member in members.values()) != ["leader", "replica", "sync_standby"]:
            missing.append("roles")
        if len({member.get("timeline") for member in members.values()}) != 1:
            missing.append("timeline")
        missing += [
            name for name, address in ETCD.items()
            if (ask(f"http://{address}:2379/health") or {}).get("health") != "true"
        ]
        return f"{missing} of {members}" if missing else ""

    def make_database(self) -> str:
        """The name of a new database."""
        self.databases += 1
        name = f"anpi{self.databases}"
        self.query("postgres", f"CREATE DATABASE {name} OWNER anpi ENCODING 'UTF8' TEMPLATE template0")
        # A standby that has not played this yet says that there is no such database, and libpq then asks no other server.
        known = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"
        until(lambda: all(self.query("postgres", known, on=each) for each in DATABASES), 30, what="standbys know it")
        return name

    def address(self, database: str) -> str:
        """As it stands after `--database`."""
        return f"postgres://anpi@{','.join(DATABASES.values())}/{database}?passfile={self.folder}/pgpass"

    def query(self, database: str, sql: str, on: str | None = None) -> list[str]:
        """The lines that psql prints, on the primary where no other server is named."""
        host = self.folder / (on or self.primary())
        done = subprocess.run(
            [*AS_POSTGRES, "psql", "-X", "-q", "-A", "-t", "-h", host, "-d", database, "-c", sql],
            check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd="/")
        return done.stdout.splitlines()

    # ---- What is done to it

    def signal(self, part: str, number: int):
        """All processes of a part."""
        listed = subprocess.run(["ip", "netns", "pids", f"anpi-{part}"], check=True, capture_output=True, text=True)
        for process in listed.stdout.split():
            try:
                os.kill(int(process), number)
            except ProcessLookupError:
                pass  # Ended meanwhile, as those do whose parent was killed.

    def kill(self, part: str):
        self.signal(part, signal.SIGKILL)

    def crash(self, part: str):
        """PostgreSQL alone: Patroni finds it gone and starts it again."""
        os.kill(int((self.folder / part / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def start(self, part: str):
        """Again, after it was killed."""
        self.parts.append(subprocess.Popen([RECIPE / "part", self.folder, part], stdin=subprocess.DEVNULL))

    def heal(self):
        """Whatever a play that ended early has left behind."""
        for part in (*DATABASES, *ETCD):
            self.mend(part)
            listed = subprocess.run(["ip", "netns", "pids", f"anpi-{part}"], check=True, capture_output=True)
            if listed.stdout:
                self.signal(part, signal.SIGCONT)
            else:
                self.start(part)

    def cut(self, part: str):
        run("ip", "link", "set", f"anpi-{part}", "down")

    def mend(self, part: str):
        run("ip", "link", "set", f"anpi-{part}", "up")


class Machine:
    """A machine for a collector: one line to the database's network, which can be cut, and another to the tests."""

    def __init__(self, number: int):
        self.name = f"c{number}"
        self.namespace = f"anpi-{self.name}"
        self.gateway, self.address = f"10.78.{number}.1", f"10.78.{number}.2"
        self.prefix = ["ip", "netns", "exec", self.namespace]
        inside = ["ip", "-n", self.namespace]
        self.remove()
        run("ip", "netns", "add", self.namespace)
        run("ip", "link", "add", self.namespace, "type", "veth", "peer", "name", "eth0", "netns", self.namespace)
        run("ip", "link", "set", self.namespace, "master", "anpi-net", "up")
        run("ip", "link", "add", f"{self.namespace}-t", "type", "veth", "peer", "name", "eth1", "netns", self.namespace)
        run("ip", "address", "add", f"{self.gateway}/30", "dev", f"{self.namespace}-t")
        run("ip", "link", "set", f"{self.namespace}-t", "up")
        run(*inside, "address", "add", f"10.77.0.{30 + number}/24", "dev", "eth0")
        run(*inside, "address", "add", f"{self.address}/30", "dev", "eth1")
        for link in ("lo", "eth0", "eth1"):
            run(*inside, "link", "set", link, "up")

    def remove(self):
        subprocess.run(
            ["ip", "netns", "delete", self.namespace], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
