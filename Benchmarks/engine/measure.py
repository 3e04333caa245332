#!/usr/bin/env python3
"""Measures the engine alone with fleets of several sizes, each in a process of its own.

Called by `Benchmarks/run-engine`, which builds what is needed.
"""

import argparse
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Benchmarks/ingest"))

import machine

SITES = [1_000, 10_000, 100_000, 1_000_000]
# The key of a figure, its heading, digits behind the point.
COLUMNS = [
    ("sites", "sites", 0), ("bytesPerSite", "bytes a site", 0), ("applyMicroseconds", "µs a beat", 2),
    ("decodeMicroseconds", "µs decoding", 2), ("idleTickMicroseconds", "µs quiet tick", 2),
    ("silentTickMilliseconds", "ms silent tick", 2), ("silentAgents", "fell silent", 0),
    ("checkpointBytes", "checkpoint bytes", 0), ("restartSeconds", "restart s", 2),
    ("readMicroseconds", "µs reading line", 2), ("replayMicroseconds", "µs playing line", 2),
]  # fmt: skip


def measure(program: pathlib.Path, sites: int, rounds: int, folder: str) -> dict:
    """One fleet; the program's own figures."""
    print(f"… {sites:,} sites", file=sys.stderr, flush=True)
    command = [str(program), "--sites", str(sites), "--rounds", str(rounds), "--folder", folder]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        raise SystemExit(f"run-engine: the benchmark failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def table(result: dict) -> str:
    """The whole report as text."""
    described = result["machine"]
    quick = ", QUICK: to check function, not to quote" if result["quick"] else ""
    lines = [
        f"Engine, {result['date']}, commit {result['commit']}{quick}",
        f"{described['cores']} × {described['processor']}, {described['memoryGibibytes']} GiB, {described['system']}, "
        f"load before {described['loadBefore']}; {result['rounds']} rounds of beats; µs and ms of the processor, restart "
        "by the clock",
        "",
        "  ".join(heading.rjust(16) for _, heading, _ in COLUMNS),
        "  ".join("-" * 16 for _ in COLUMNS),
    ]
    for row in result["rows"]:
        lines.append("  ".join(f"{row[key]:,.{digits}f}".rjust(16) for key, _, digits in COLUMNS))
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="run-engine", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small fleets, one round: checks function, not for quoting")
    parser.add_argument("--rounds", type=int, default=5, help="measured beats of each agent (5)")
    parser.add_argument("--sites", type=int, nargs="+", default=SITES, help="sizes of the fleets")
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "Benchmarks/results")
    parser.add_argument("--program", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quick:
        options.sites, options.rounds = SITES[:2], 1
    now = datetime.datetime.now(datetime.timezone.utc)
    with tempfile.TemporaryDirectory(prefix="anpi-engine-") as folder:
        result = {
            "benchmark": "engine", "date": now.strftime("%Y-%m-%dT%H:%MZ"), "commit": machine.commit(ROOT),
            "quick": options.quick, "rounds": options.rounds, "machine": machine.describe(pathlib.Path(folder)),
            "rows": [measure(options.program, sites, options.rounds, folder) for sites in options.sites],
        }  # fmt: skip
    name = f"{result['date'][:10]}-engine{'-quick' if options.quick else ''}"
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / f"{name}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    (options.results / f"{name}.txt").write_text(table(result))
    print(table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
