#!/usr/bin/env python3
"""How much PostgreSQL writes to its own log for a beat: FOLDER-OF-PROGRAMS LOAD-PROGRAM.

`pg_current_wal_lsn` before and after a load of `anpi-load`, at several numbers of connections, since the rows of a commit
share what a commit costs. A checkpoint of the server comes before each, and full pages are counted as they come after it.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "Tests/System"), str(ROOT / "Benchmarks")]

import prepare_fleet  # noqa: E402
from anpi_harness import Collector, Fleet, Programs  # noqa: E402
from postgres_server import PostgresServer  # noqa: E402

AGENTS, SECONDS = 300, 8

def main() -> None:
    programs, load = Programs(pathlib.Path(sys.argv[1])), sys.argv[2]
    server = PostgresServer()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="anpi-wal-"))
    database = server.make_database()
    collector = Collector(programs, folder, address=server.address(database))
    try:
        collector.start()
        fleet = Fleet(sites=AGENTS, interval=60, grace=600)
        # As long as the load's program has them.
        fleet.agent_ids = [prepare_fleet.agent_id(number) for number in range(AGENTS)]
        collector.import_fleet(fleet)
        tokens = {agent: collector.token(role="agent", agent=agent) for agent in fleet.agent_ids}
        agents = folder / "agents.txt"
        agents.write_text("".join(f"{agent} {token.removeprefix('anpi_agent_')}\n" for agent, token in tokens.items()))
        print(f"{'connections':>11}{'beats/s':>10}{'rows/s':>9}{'beats a row':>13}{'WAL a beat':>12}{'WAL a row':>11}")
        for connections in (1, 8, 64, 256):
            print(measured(server, database, collector, load, agents, connections))
    finally:
        collector.stop()
        server.remove()

def measured(server, database, collector, load, agents, connections) -> str:
    def asked(sql):
        return int(server.query(database, sql)[0])

    def written():
        return asked("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"), asked("SELECT sum(seq) FROM writer")
    server.query(database, "CHECKPOINT")
    before = written()
    command = [
        load, "--port", str(collector.agents_port), "--agents", str(agents), "--connections", str(connections),
        "--warm-up", "0", "--seconds", str(SECONDS), "--expect-acknowledgement",
    ]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    after = written()
    beats, rows = told["perSecond"] * SECONDS, after[1] - before[1]

    wal = after[0] - before[0]
    return (
        f"{connections:>11}{told['perSecond']:>10.0f}{rows / SECONDS:>9.0f}{beats / rows:>13.1f}"
        f"{wal / beats:>10.0f} B{wal / rows:>9.0f} B")

main()
