#!/usr/bin/env python3
"""What a coordinator waits for with 100,000 sites: silence noticed, a restart, the overview.

Called by `Benchmarks/run-promises`, which builds what is needed.
"""

import argparse
import contextlib
import datetime
import gzip
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import machine
import measure
import prepare_fleet
import servers
from servers import BenchmarkError

ROOT = measure.ROOT
# How long the silent ones may take to be told before the run is given up.
SILENCE_SECONDS = 180


def milliseconds(text: str) -> int:
    return int(datetime.datetime.fromisoformat(text).timestamp() * 1_000)


class LiveStream(threading.Thread):
    """Reads `/v1/live` and notes when each agent was told to be silent, and when that was due."""

    def __init__(self, collector: servers.Collector):
        super().__init__(daemon=True)
        self.port = collector.people_port
        self.token = (collector.folder / "admin-token").read_text().strip()
        self.late: dict[str, int] = {}
        self.last: str | None = None
        self.open()

    def open(self) -> None:
        """A stream from now on, or from where the last one ended: a reader that is too slow is cut off."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if self.last is not None:
            headers["Last-Event-ID"] = self.last
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/v1/live", headers=headers)
        self.answer = connection.getresponse()

    def run(self) -> None:
        while True:
            for line in self.answer:
                if line.startswith(b"id:"):
                    self.last = line[3:].strip().decode()
                elif line.startswith(b"data:") and b'"contact":"silent"' in line and b'"agent.contact"' in line:
                    now = time.time_ns() // 1_000_000
                    decision = json.loads(line[5:])
                    self.late[decision["agent"]] = now - milliseconds(decision["at"])
            time.sleep(0.05)
            with contextlib.suppress(OSError):
                self.open()


def beat(connection: http.client.HTTPConnection, line: str, sequence: int) -> None:
    """One beat, by hand, of an agent that promises the next one in a second."""
    agent, token = line.split()
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
    body = {"agent": agent, "boot": "promises", "sentAt": now, "beats": [{"seq": sequence, "at": now, "interval": 1}]}
    connection.request(
        "POST", "/v1/heartbeats", json.dumps(body), {"Authorization": f"Bearer anpi_agent_{token}"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise BenchmarkError(f"a beat of {agent} was answered with {answer.status}")


def silence(collector: servers.Collector, lines: list[str]) -> list[int]:
    """Milliseconds from the instant each of these agents was due to be silent to the line in the live stream, ascending."""
    stream = LiveStream(collector)
    stream.start()
    connection = http.client.HTTPConnection("127.0.0.1", collector.agents_port, timeout=30)
    # Later than all that the fleet's first beats have sent.
    for line in lines:
        beat(connection, line, time.time_ns() // 1_000_000)
    wanted = {line.split()[0] for line in lines}
    deadline = time.monotonic() + SILENCE_SECONDS
    while not wanted <= stream.late.keys():
        if time.monotonic() > deadline:
            raise BenchmarkError(f"only {len(wanted & stream.late.keys())} of {len(wanted)} were told to be silent")
        time.sleep(0.1)
    return sorted(stream.late[agent] for agent in wanted)


def overview(collector: servers.Collector) -> tuple[float, int, int]:
    """Seconds of the slowest of ten, its bytes, and these packed as a browser gets them."""
    token = (collector.folder / "admin-token").read_text().strip()
    slowest, bytes_whole, bytes_packed = 0.0, 0, 0
    for _ in range(10):
        request = urllib.request.Request(
            f"http://127.0.0.1:{collector.people_port}/v1/overview",
            headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"})
        began = time.monotonic()
        with urllib.request.urlopen(request, timeout=60) as answer:
            body = answer.read()
            packed = answer.headers.get("Content-Encoding") == "gzip"
        slowest = max(slowest, time.monotonic() - began)
        bytes_packed, bytes_whole = len(body), len(gzip.decompress(body)) if packed else len(body)
        # An overview is kept for a moment; each of these is a new one.
        time.sleep(1.1)
    return slowest, bytes_whole, bytes_packed


def restart(program: pathlib.Path, database: pathlib.Path, folder: pathlib.Path) -> float:
    """Seconds from starting the program until it says that it is ready, to the hundredth."""
    began = time.monotonic()
    with servers.collector(program, f"sqlite:{database}", folder, "again", poll=0.01):
        return time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(prog="run-promises", description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=100_000)
    parser.add_argument("--silent", type=int, default=1_000, help="agents that fall silent (1000)")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "Benchmarks/.build-run")
    for name in ("load", "collector"):
        parser.add_argument(f"--{name}-program", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.connections, options.threads, options.warm_up, options.seconds = 256, 1, 0, 1
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    described = machine.describe(options.folder)
    run = measure.Run(options, options.folder)
    program = options.collector_program
    database = servers.migrate(program, options.folder)
    prepare_fleet.prepare(options.folder, options.agents, 70, 2022, database)
    lines = (options.folder / "agents.txt").read_text().splitlines()
    # Spread over all offices and the whole list.
    chosen = lines[:: max(1, len(lines) // options.silent)][: options.silent]
    with servers.collector(program, f"sqlite:{database}", options.folder) as collector:
        collector.import_fleet()
        run.hear_all([collector], {})
        late = silence(collector, chosen)
        seconds, whole, packed = overview(collector)
    after_end = restart(program, database, options.folder)
    with servers.collector(program, f"sqlite:{database}", options.folder, "killed") as collector:
        run.load([collector.agents_port], [collector.process.pid], expect=True, requests=20_000)
        os.kill(collector.process.pid, signal.SIGKILL)
        collector.process.wait()
    after_kill = restart(program, database, options.folder)
    moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ")
    at = [late[min(len(late) - 1, int(len(late) * share))] for share in (0.5, 0.99, 1)]
    print(f"Promises with {options.agents:,} sites, {moment}, commit {machine.commit(ROOT)}")
    print(f"{described['cores']} × {described['processor']}, load before {described['loadBefore']}")
    print(f"silence of {len(late):,} agents, from its instant to the line in the live stream: "
          f"half within {at[0]} ms, 99 % within {at[1]} ms, all within {at[2]} ms (aim: 99 % within 1,000)")
    print(f"overview: slowest of ten {seconds * 1_000:.0f} ms, {whole:,} bytes, {packed:,} packed (aims: 1 s, 200 kB)")
    print(f"from the start of the program until it is ready: {after_end:.2f} s after an orderly end, {after_kill:.2f} s after "
          "SIGKILL with 20,000 beats behind the checkpoint (aim: 2 s)")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BenchmarkError, subprocess.SubprocessError) as problem:
        sys.exit(f"run-promises: {problem}")
