"""The servers under test: each is started alone on a free loopback port and ended by its process id."""

import contextlib
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "Tests" / "System"))

from postgres_server import PostgresServer

START_SECONDS = 30
STOP_SECONDS = 20


class BenchmarkError(Exception):
    """Why a run cannot go on; one sentence."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, process: subprocess.Popen, name: str, log: pathlib.Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BenchmarkError(f"{name} ended at once with {process.returncode}; see {log}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise BenchmarkError(f"{name} does not listen after {START_SECONDS} s; see {log}")


def processes(process: subprocess.Popen) -> list[int]:
    """The process and its children: nginx works in the latter."""
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [process.pid] + [int(child) for child in children]


def resident_bytes(pids: list[int]) -> int:
    """Resident memory; pages that processes share count once for each, which only nginx's master is hurt by."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1]) * 1024
    return total


@contextlib.contextmanager
def running(name: str, command: list[str], port: int, folder: pathlib.Path):
    """Starts a program, waits until it listens, and ends it whatever happens."""
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder)
        try:
            wait_for_port(port, process, name, log)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.contextmanager
def nginx(folder: pathlib.Path):
    port = free_port()
    text = (HERE / "nginx.conf").read_text().replace("@PORT@", str(port)).replace("@FOLDER@", str(folder))
    configuration = folder / "nginx.conf"
    configuration.write_text(text)
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/usr/local/sbin")
    if program is None:
        raise BenchmarkError("nginx is not installed")
    with running("nginx", [program, "-p", str(folder), "-c", str(configuration)], port, folder) as process:
        yield process, port


@contextlib.contextmanager
def empty_door(program: pathlib.Path, kind: str, folder: pathlib.Path):
    port = free_port()
    with running(f"empty-{kind}", [str(program), kind, "--port", str(port)], port, folder) as process:
        yield process, port


class Collector:
    """A collector that serves, seen from outside."""

    def __init__(self, process: subprocess.Popen, agents_port: int, people_port: int, folder: pathlib.Path):
        self.process = process
        self.agents_port = agents_port
        self.people_port = people_port
        self.folder = folder

    def request(self, path: str, body: bytes | None = None, seconds: float = 60, key: str | None = None):
        """Status and body of an answer at the people's door, as the administrator."""
        headers = {"Authorization": f"Bearer {(self.folder / 'admin-token').read_text().strip()}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        request = urllib.request.Request(f"http://127.0.0.1:{self.people_port}{path}", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")

    def import_fleet(self) -> float:
        """Brings the prepared fleet in through the API; returns the seconds until it counts."""
        body = (self.folder / "fleet.json").read_bytes()
        began = time.monotonic()
        while time.monotonic() - began < 180:
            status, text = self.request("/v1/fleet", body, key="benchmark-fleet")
            if status == 200:
                took = time.monotonic() - began
                # A request that is asked for again may be answered from the database a little before the doors know.
                time.sleep(1)
                return took
            if status == 413:
                raise BenchmarkError(f"POST /v1/fleet refuses {len(body)} bytes: its cap must be at least that")
            if status != 503:
                raise BenchmarkError(f"POST /v1/fleet answered {status}: {text[:300]}")
            time.sleep(0.5)
        raise BenchmarkError("the fleet did not come in within 180 s")

    def metrics(self) -> dict[str, float]:
        """Samples of /metrics by name with labels."""
        status, text = self.request("/metrics", seconds=30)
        if status != 200:
            raise BenchmarkError(f"/metrics answered {status}")
        samples = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                samples[name] = float(value)
        return samples

    def wait_for_sites(self, count: int) -> None:
        """Returns when the collector knows the fleet, which another one may have decided."""
        deadline = time.monotonic() + START_SECONDS
        while sum(value for name, value in self.metrics().items() if name.startswith("anpi_sites{")) < count:
            if time.monotonic() > deadline:
                raise BenchmarkError(f"a following collector does not know the fleet after {START_SECONDS} s")
            time.sleep(0.1)

    def lag_seconds(self) -> float:
        """How far the engine's time is behind the clock."""
        return time.time() - self.metrics().get("anpi_engine_time_timestamp_seconds", 0)

    def catch_up(self, within: float) -> tuple[float, float]:
        """Lag now, and seconds until it is below one; infinite where that takes longer than `within`."""
        began = time.monotonic()
        first = lag = self.lag_seconds()
        while lag > 1:
            if time.monotonic() - began > within:
                return first, float("inf")
            time.sleep(0.25)
            lag = self.lag_seconds()
        return first, time.monotonic() - began

    def database_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.folder.glob("anpi.sqlite*"))


def migrate(program: pathlib.Path, folder: pathlib.Path, name: str = "anpi.sqlite") -> pathlib.Path:
    """A new database with its schema."""
    database = folder / name
    subprocess.run(
        [str(program), "migrate", "--database", f"sqlite:{database}"], check=True, timeout=60, stdout=subprocess.DEVNULL
    )
    return database


def copy(program: pathlib.Path, database: pathlib.Path, to: str) -> None:
    """Moves a prepared file into an empty PostgreSQL database."""
    subprocess.run(
        [str(program), "copy", "--from", f"sqlite:{database}", "--to", to], check=True, timeout=300,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


@contextlib.contextmanager
def postgres():
    """A PostgreSQL server of our own with Debian's settings (`fsync` on)."""
    server = PostgresServer(connections=100)
    try:
        yield server
    finally:
        server.remove()


def postgres_processes(server: PostgresServer) -> list[int]:
    """The postmaster and all it has started so far."""
    pid = int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid] + [int(child) for child in children]


@contextlib.contextmanager
def collector(
    program: pathlib.Path, database: str, folder: pathlib.Path, name: str = "collector", poll: float = 0.1
):
    """A collector on `database`, as it stands after `--database`; `name` tells it from others in the same folder.

    It is asked whether it is ready every `poll` seconds.
    """
    agents_port, people_port = free_port(), free_port()
    command = [
        str(program), "serve", "--database", database, "--listen", f"127.0.0.1:{people_port}",
        "--agents-listen", f"127.0.0.1:{agents_port}", "--admin-token-file", str(folder / "admin-token"),
        "--log-level", "notice",
    ]  # fmt: skip
    if database.startswith("postgres"):
        command += ["--archive", str(folder / "archive")]
    with running(name, command, people_port, folder) as process:
        server = Collector(process, agents_port, people_port, folder)
        wait_for_port(agents_port, process, name, folder / f"{name}.log")
        deadline = time.monotonic() + START_SECONDS
        while server.request("/-/ready")[0] != 200:
            if time.monotonic() > deadline:
                raise BenchmarkError("the collector is not ready after 30 s")
            time.sleep(poll)
        yield server
