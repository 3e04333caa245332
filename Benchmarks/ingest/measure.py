#!/usr/bin/env python3
"""Measures ingest: nginx, both doors' HTTP stacks and the collector under the same load, in one run.

Called by `Benchmarks/run-ingest`, which builds what is needed.
"""

import argparse
import contextlib
import datetime
import json
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import machine
import prepare_fleet
import report
import servers
from servers import BenchmarkError

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BACKLOG_BEATS = 100
# How long the engine may take to come up with what a load has left behind.
CATCH_UP_SECONDS = 120


class Run:
    """One run: its options, its folder, and what it has found."""

    def __init__(self, options: argparse.Namespace, folder: pathlib.Path):
        self.options = options
        self.folder = folder
        self.rows: list[dict] = []
        self.notes: list[str] = []
        self.collector: dict | None = None

    def load(
        self, ports: list[int], pids: list[int], beats: int = 1, expect: bool = False, requests: int | None = None
    ):
        """One load of anpi-load; its JSON."""
        options = self.options
        command = [
            str(options.load_program), *(word for port in ports for word in ("--port", str(port))), "--agents", str(self.folder / "agents.txt"),
            "--connections", str(options.connections), "--threads", str(options.threads), "--beats", str(beats),
            "--warm-up", str(options.warm_up), "--seconds", str(options.seconds),
        ]  # fmt: skip
        for pid in pids:
            command += ["--server-process", str(pid)]
        if expect:
            command.append("--expect-acknowledgement")
        if requests is not None:
            command += ["--requests", str(requests)]
        limit = 180 if requests else options.warm_up + options.seconds + 30
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
        if done.returncode != 0:
            raise BenchmarkError(f"anpi-load failed: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def say(self, what: str) -> None:
        print(f"… {what}", file=sys.stderr, flush=True)

    def measure(self, what: str, pids: list[int], ports: list[int], beats: int = 1, expect: bool = False) -> dict:
        """A row of the table: the servers of `ports`, whose processes are `pids`."""
        self.say(what)
        row = {"what": what, "beats": beats, **self.load(ports, pids, beats, expect)}
        row["beatsPerSecond"] = row["perSecond"] * beats if expect else None
        row["residentBytes"] = servers.resident_bytes(pids)
        self.rows.append(row)
        return row

    # Servers that do nothing

    def nginx(self, again: bool = False) -> None:
        with servers.nginx(self.folder) as (process, port):
            what = "nginx, empty 204" + (", again at the end" if again else "")
            self.measure(what, servers.processes(process), [port])
            if not again:
                self.wrk(port)

    def wrk(self, port: int) -> None:
        """The same nginx driven by wrk: shows that our driver is not what limits it."""
        program = shutil.which("wrk")
        if program is None:
            self.notes.append("wrk is not installed: the driver was not compared.")
            return
        self.say("nginx, driven by wrk")
        first = self.rows[0]
        script = self.folder / "post.lua"
        head_bytes = first["requestBytes"] - first["bodyBytes"]
        script.write_text(
            "wrk.method = 'POST'\n"
            f"wrk.body = string.rep('x', {first['bodyBytes']})\n"
            "wrk.headers['Content-Type'] = 'application/json'\n"
            f"wrk.headers['Authorization'] = 'Bearer ' .. string.rep('x', {max(1, head_bytes - 130)})\n"
        )
        seconds = max(1, round(self.options.warm_up + self.options.seconds))
        used = processor_seconds()
        done = subprocess.run(
            [program, f"-t{self.options.threads}", f"-c{self.options.connections}", f"-d{seconds}s", "--latency", "-s",
             str(script), f"http://127.0.0.1:{port}/v1/heartbeats"],
            capture_output=True, text=True, timeout=seconds + 60,
        )  # fmt: skip
        rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
        if done.returncode != 0 or rate is None:
            self.notes.append("wrk did not work: the driver was not compared.")
            return
        row = {"what": "the same, driven by wrk", "perSecond": float(rate.group(1))}
        requests = re.search(r"(\d+) requests in", done.stdout)
        if requests:
            row["driverMicrosecondsEach"] = (processor_seconds() - used) * 1e6 / max(1, int(requests.group(1)))
        for key, name in (("p50Microseconds", "50%"), ("p99Microseconds", "99%")):
            found = re.search(rf"^\s*{name}\s+([\d.]+)(us|ms|s)$", done.stdout, re.MULTILINE)
            if found:
                row[key] = float(found.group(1)) * {"us": 1, "ms": 1_000, "s": 1_000_000}[found.group(2)]
        self.rows.append(row)

    def empty_doors(self) -> None:
        program = self.options.doors_program
        with servers.empty_door(program, "agents", self.folder) as (process, port):
            self.measure("agents' door's pipeline, empty 204", [process.pid], [port])
        with servers.empty_door(program, "people", self.folder) as (process, port):
            self.measure("people's door's framework, empty 204", [process.pid], [port])

    # The collector

    def collectors_doors(self) -> None:
        program = self.options.collector_program
        agents = self.options.agents
        self.say(f"collector: fleet and tokens of {agents:,} agents")
        database = servers.migrate(program, self.folder)
        prepare_fleet.prepare(self.folder, agents, self.options.offices, self.options.seed, database)
        with servers.collector(program, f"sqlite:{database}", self.folder) as collector:
            facts = {"agents": agents, "offices": self.options.offices, "engine": []}
            self.collector = facts
            facts["fleetImportSeconds"] = collector.import_fleet()
            self.hear_all([collector], facts)
            facts["residentBytesIdle"] = servers.resident_bytes([collector.process.pid])
            self.door("collector, agents' door, durable", [collector], "agents")
            self.door("collector, people's door, durable", [collector], "people")
            self.door(
                f"collector, agents' door, {BACKLOG_BEATS} beats each", [collector], "agents", beats=BACKLOG_BEATS
            )
            facts["residentBytesEnd"] = servers.resident_bytes([collector.process.pid])
            facts["databaseBytes"] = collector.database_bytes()
            facts["sitesReporting"] = int(collector.metrics().get('anpi_sites{contact="reporting"}', -1))
        if facts["sitesReporting"] != agents:
            self.notes.append(f"{facts['sitesReporting']:,} of {agents:,} sites were reporting at the end.")

    def collectors_over_postgres(self, count: int) -> None:
        """So many collectors over one PostgreSQL, all on this machine; connections are dealt out among them."""
        program = self.options.collector_program
        self.say(f"PostgreSQL: {count} collector(s), fleet and tokens")
        with servers.postgres() as server, contextlib.ExitStack() as stack:
            address = server.address(server.make_database())
            prepared = servers.migrate(program, self.folder, f"prepared-{count}.sqlite")
            prepare_fleet.prepare(
                self.folder, self.options.agents, self.options.offices, self.options.seed, prepared)
            servers.copy(program, prepared, address)
            collectors = [
                stack.enter_context(servers.collector(program, address, self.folder, f"collector-{number}"))
                for number in range(count)
            ]
            collectors[0].import_fleet()
            for follower in collectors[1:]:
                follower.wait_for_sites(self.options.agents)
            self.hear_all(collectors, {})
            name = "1 collector" if count == 1 else f"{count} collectors"
            self.door(
                f"{name} over PostgreSQL, durable", collectors, "agents", also=servers.postgres_processes(server))

    def hear_all(self, collectors: list[servers.Collector], facts: dict) -> None:
        """Each agent once: 100,000 first contacts are decided before anything is measured."""
        self.say("collector: every agent's first beat")
        began = time.monotonic()
        collector = collectors[0]
        first = self.load(
            [each.agents_port for each in collectors], [collector.process.pid], expect=True,
            requests=self.options.agents)
        facts["firstBeatsSeconds"] = time.monotonic() - began
        if first["errors"]:
            raise BenchmarkError(f"of the first beats {first['errors']} went wrong: {json.dumps(first)}")
        lag, took = collector.catch_up(CATCH_UP_SECONDS)
        facts["firstDecidedSeconds"] = finite(took)
        if took == float("inf"):
            self.notes.append(f"after {CATCH_UP_SECONDS} s the engine was still {lag:.0f} s behind the first contacts.")

    def door(
        self, what: str, collectors: list[servers.Collector], door: str, beats: int = 1, also: list[int] = []
    ) -> dict:
        """A row of the table; `also` are processes that work for the collectors."""
        ports = [each.agents_port if door == "agents" else each.people_port for each in collectors]
        before = [each.metrics() for each in collectors]
        began = time.monotonic()
        row = self.measure(what, [each.process.pid for each in collectors] + also, ports, beats, expect=True)
        elapsed = time.monotonic() - began
        after = [each.metrics() for each in collectors]
        collector = collectors[0]

        def risen(name: str) -> float:
            return sum(late.get(name, 0) - early.get(name, 0) for early, late in zip(before, after))

        row["commitsPerSecond"] = risen("anpi_log_commits_total") / elapsed
        row["requestsPerCommit"] = risen("anpi_log_committed_requests_total") / max(1, risen("anpi_log_commits_total"))
        row["decisions"] = risen("anpi_engine_decisions_total")
        lag, took = collector.catch_up(CATCH_UP_SECONDS)
        accepted = int(risen(f'anpi_beat_requests_total{{door="{door}",result="accepted"}}'))
        self.collector["engine"].append({
            "what": what, "lagSeconds": max(0.0, lag), "catchUpSeconds": finite(took), "acknowledged": row["goodInAll"],
            "accepted": accepted,
        })  # fmt: skip
        if accepted != row["goodInAll"]:
            told = row["goodInAll"]
            self.notes.append(f"{what}: {told:,} acknowledged, {accepted:,} accepted by the server's count.")
        return row

    # The whole

    def run(self) -> dict:
        prepare_fleet.prepare(self.folder, self.options.agents, self.options.offices, self.options.seed, None)
        conditions = {
            "quick": self.options.quick, "connections": self.options.connections, "threads": self.options.threads,
            "warmUpSeconds": self.options.warm_up, "seconds": self.options.seconds, "agents": self.options.agents,
            "offices": self.options.offices, "backlogBeats": BACKLOG_BEATS,
        }  # fmt: skip
        described = machine.describe(self.folder)
        if described["loadBefore"] > 0.5:
            self.notes.append(f"the machine was not idle before the run (load {described['loadBefore']}).")
        self.nginx()
        self.empty_doors()
        if self.options.collector_program is not None:
            self.collectors_doors()
            for count in self.options.postgres:
                self.collectors_over_postgres(count)
        else:
            self.notes.append("the collector was left out (--without-collector).")
        self.nginx(again=True)
        self.compare()
        conditions["bodyBytes"] = self.rows[0]["bodyBytes"]
        conditions["backlogBodyBytes"] = next((r["bodyBytes"] for r in self.rows if r.get("beats", 1) > 1), None)
        now = datetime.datetime.now(datetime.timezone.utc)
        return {
            "benchmark": "ingest", "date": now.strftime("%Y-%m-%dT%H:%MZ"), "commit": machine.commit(ROOT),
            "machine": described, "conditions": conditions, "rows": self.rows, "collector": self.collector,
            "notes": self.notes,
        }  # fmt: skip

    def compare(self) -> None:
        """Ratios are to the mean of nginx before and after everything else, because such machines drift."""
        peers = [row["perSecond"] for row in self.rows if row["what"].startswith("nginx, empty 204")]
        peer = sum(peers) / len(peers)
        if max(peers) > 1.15 * min(peers):
            self.notes.append(f"nginx itself drifted from {peers[0]:,.0f} to {peers[-1]:,.0f} during the run.")
        for row in self.rows:
            row["ofNginx"] = row["perSecond"] / peer if row.get("beats", 1) == 1 else None


def processor_seconds() -> float:
    """What ended children have used of the processor."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def finite(value: float) -> float | None:
    return None if value == float("inf") else value


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run-ingest", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="1 s + 2 s each: checks function, not for quoting")
    parser.add_argument("--seconds", type=float, default=10, help="measured seconds of each load (10)")
    parser.add_argument("--warm-up", type=float, default=3, help="seconds before measuring begins (3)")
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--threads", type=int, default=1, help="threads of the driver (1)")
    parser.add_argument("--agents", type=int, default=100_000)
    parser.add_argument("--offices", type=int, default=70)
    parser.add_argument("--seed", type=int, default=2022)
    parser.add_argument("--without-collector", action="store_true", help="nginx and the empty doors only")
    parser.add_argument(
        "--postgres", type=int, nargs="*", default=[1, 2, 4], metavar="N",
        help="numbers of collectors to measure over PostgreSQL; none where nothing follows (1 2 4)",
    )
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "Benchmarks/.build-run", help="made anew")
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "Benchmarks/results")
    for name in ("load", "doors", "collector"):
        parser.add_argument(f"--{name}-program", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.warm_up = 2, 1
    if options.without_collector:
        options.collector_program = None
    return options


def main() -> int:
    # Leaving by an exception ends the server under test on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    options = arguments()
    folder = options.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        result = Run(options, folder).run()
    except (BenchmarkError, subprocess.TimeoutExpired) as error:
        print(f"run-ingest: {error}", file=sys.stderr)
        return 1
    name = f"{result['date'][:10]}-ingest{'-quick' if options.quick else ''}"
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / f"{name}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    text = report.table(result)
    (options.results / f"{name}.txt").write_text(text)
    print(text)
    for log in folder.glob("anpi.sqlite*"):
        log.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
