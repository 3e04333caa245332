#!/usr/bin/env python3
"""Measures how a database grows with days and with sites, on both stores, and draws it beside the engine's own curves.

Called by `Benchmarks/run-scaling`, which builds what is needed and starts the PostgreSQL server.
"""

import argparse
import datetime
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Benchmarks/ingest"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import machine
import picture

# What grows with time; the others hold the present.
PAST = ["journal", "contact_history", "copy_history", "late_run", "blind"]


def play(program: pathlib.Path, database: str, sites: int, days: int, every: int) -> list[dict]:
    """One world in one database; its samples."""
    print(f"… {sites:,} sites, {days} days, {database.split(':')[0].split('=')[0]}", file=sys.stderr, flush=True)
    command = [str(program), "--sites", str(sites), "--days", str(days), "--every", str(every), "--database", database]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1_800)
    if done.returncode != 0:
        raise SystemExit(f"run-scaling: the benchmark failed: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def databases(options: argparse.Namespace):
    """An empty database for each run, by the store's name."""
    number = 0
    while True:
        number += 1
        name = f"growth{number}"
        yield {
            "SQLite": f"sqlite:{options.folder}/{name}.sqlite",
            "PostgreSQL": options.postgres.replace("dbname=postgres", f"dbname={name}"),
        }, name


def create(options: argparse.Namespace, name: str) -> None:
    host = options.postgres.split("host=")[1].split()[0]
    subprocess.run(
        ["psql", "-q", "-h", host, "-U", "postgres", "-c", f"CREATE DATABASE {name} TEMPLATE template0"], check=True)


def total(sample: dict, tables: list[str] | None = None) -> int:
    return sum(size for name, size in sample["bytes"].items() if tables is None or name in tables)


def rates(samples: list[dict]) -> dict:
    """Between the first and the last sample: bytes of each table of the past a site and day."""
    first, last = samples[0], samples[-1]
    days = (last["days"] - first["days"]) * last["sites"]
    return {name: (last["bytes"].get(name, 0) - first["bytes"].get(name, 0)) / days for name in PAST}


def table(result: dict) -> str:
    described = result["machine"]
    quick = ", QUICK: to check function, not to quote" if result["quick"] else ""
    lines = [
        f"Growth of databases, {result['date']}, commit {result['commit']}{quick}",
        f"{described['cores']} × {described['processor']}, {described['memoryGibibytes']} GiB, {described['system']}",
        "Simulated ordinary days, seed 1; sizes with indexes, the log left out.",
        "",
        f"{'store':<12}{'sites':>8}{'agents':>8}{'days':>6}{'MiB':>10}{'journal lines':>15}{'beat in the log':>17}",
    ]
    for store, samples in result["curves"]:
        for sample in samples:
            lines.append(
                f"{store:<12}{sample['sites']:>8,}{sample['agents']:>8,}{sample['days']:>6}{total(sample) / 2**20:>10.1f}"
                f"{sample['journalLines']:>15,}{sample['beatBytes']:>15} B")  # fmt: skip
    lines += ["", "Bytes a site and day, between the first and the last sample", f"{'':<12}{'sites':>8}" + "".join(
        f"{name:>17}" for name in PAST) + f"{'all':>10}"]  # fmt: skip
    for store, samples in result["curves"]:
        by = rates(samples)
        lines.append(
            f"{store:<12}{samples[-1]['sites']:>8,}" + "".join(f"{by[name]:>17.1f}" for name in PAST)
            + f"{sum(by.values()):>10.1f}")  # fmt: skip
    return "\n".join(lines) + "\n"


def engine_rows(results: pathlib.Path) -> list[dict]:
    """The newest report of `Benchmarks/run-engine`, which is kept as text."""
    reports = sorted(results.glob("*-engine.txt"))
    rows = []
    for line in reports[-1].read_text().splitlines() if reports else []:
        cells = line.replace(",", "").split()
        if cells and all(cell.replace(".", "", 1).isdigit() for cell in cells):
            rows.append({
                "sites": int(cells[0]), "bytesPerSite": float(cells[1]), "silentTickMilliseconds": float(cells[5]),
                "restartSeconds": float(cells[8]),
            })  # fmt: skip
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(prog="run-scaling", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few sites and days: checks function, not for quoting")
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "Benchmarks/results")
    parser.add_argument("--picture", type=pathlib.Path, default=ROOT / "docs/scaling.svg")
    for hidden in ["--program", "--postgres", "--folder"]:
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args()
    plans = [(200, 10, 2)] if options.quick else [(1_000, 120, 10), (300, 40, 10), (3_000, 40, 10)]
    now = datetime.datetime.now(datetime.timezone.utc)
    curves = []
    for (sites, days, every), (addresses, name) in zip(plans, databases(options)):
        for store, address in addresses.items():
            if store == "PostgreSQL":
                create(options, name)
            curves.append((store, play(options.program, address, sites, days, every)))
    result = {
        "benchmark": "growth", "date": now.strftime("%Y-%m-%dT%H:%MZ"), "commit": machine.commit(ROOT),
        "quick": options.quick, "machine": machine.describe(pathlib.Path(options.folder)), "curves": curves,
    }  # fmt: skip
    name = f"{result['date'][:10]}-growth{'-quick' if options.quick else ''}"
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / f"{name}.txt").write_text(table(result))
    print(table(result))
    if not options.quick:
        options.picture.write_text(picture.svg(engine_rows(options.results), curves[0:2], total))
    return 0


if __name__ == "__main__":
    sys.exit(main())
