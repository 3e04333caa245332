#!/usr/bin/env python3
"""Measures dispatch: the time of a plan, and its cost beside OR-Tools' routing on the same days.

Called by `Benchmarks/run-dispatch`, which builds what is needed.
"""

import argparse
import datetime
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Benchmarks/ingest"))
sys.path.insert(0, str(ROOT / "Benchmarks/dispatch"))

import machine
import picture

# Budgets of the search that the picture shows; the second is the planner's own.
BUDGETS = [0, 120_000, 10_000, 50_000, 500_000, 2_000_000]


def days(program: pathlib.Path, *arguments: str) -> list[dict]:
    """What the program says of each day."""
    done = subprocess.run([str(program), *arguments], capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        raise SystemExit(f"run-dispatch: the benchmark failed: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def solve(python: str, folder: str, seeds: range, seconds: int) -> list[dict]:
    """OR-Tools' answers, one day after another."""
    print(f"… OR-Tools, {seconds} s a day", file=sys.stderr, flush=True)
    script = ROOT / "Benchmarks/dispatch/solve_with_ortools.py"
    files = [f"{folder}/{seed}.json" for seed in seeds]
    done = subprocess.run([python, str(script), "--seconds", str(seconds), *files], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"run-dispatch: OR-Tools failed: {done.stderr.strip()[-500:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def text(result: dict) -> str:
    """The whole report."""
    described = result["machine"]
    quick = ", QUICK: to check function, not to quote" if result["quick"] else ""
    lines = [
        f"Dispatch, {result['date']}, commit {result['commit']}{quick}",
        f"{described['cores']} × {described['processor']}, {described['memoryGibibytes']} GiB, {described['system']}, "
        f"load before {described['loadBefore']}; milliseconds of the processor, one thread",
        "",
        "300 jobs × 60 engineers: chains, loaners, closed roads, windows, two days. Cost in minutes of an ordinary site.",
        "seed   plan ms   again ms   explain ms       cost     by hand   undone  by hand",
    ]
    for day in result["full"]:
        plan = day["plans"][0]
        lines.append(
            f"{day['seed']:>4} {plan['milliseconds']:>9.1f} {day['againMilliseconds']:>10.1f} "
            f"{day['explainMilliseconds']:>12.1f} {plan['costMinutes']:>10,.0f} {day['greedyMinutes']:>11,.0f} "
            f"{plan['unassigned']:>8} {day['greedyUnassigned']:>8}"
        )
    lines += ["", "The same without chains, choice of loaners and closed roads, one day, as OR-Tools can model it."]
    lines.append("seed   plan ms       cost     by hand   OR-Tools   its processor s   ratio to it")
    for day, solved in zip(result["plain"], result["solved"]):
        plan = own(day)
        lines.append(
            f"{day['seed']:>4} {plan['milliseconds']:>9.1f} {plan['costMinutes']:>10,.0f} {day['greedyMinutes']:>11,.0f} "
            f"{solved['costMinutes']:>10,.0f} {solved['processorSeconds']:>17.1f} "
            f"{plan['costMinutes'] / solved['costMinutes']:>13.4f}"
        )
    lines += ["", "     moves   ms (median)   ratio to OR-Tools (mean)"]
    for point in result["curve"]:
        lines.append(f"{point['moves']:>10,} {point['milliseconds']:>13.1f} {point['ratio']:>26.4f}")
    return "\n".join(lines) + "\n"


def own(day: dict) -> dict:
    """The plan with the planner's own budget."""
    return next(plan for plan in day["plans"] if plan["moves"] == BUDGETS[1])


def curve(plain: list[dict], solved: list[dict]) -> list[dict]:
    """Time and cost of each budget over all days."""
    points = []
    for place, moves in enumerate(BUDGETS):
        plans = [day["plans"][place] for day in plain]
        points.append(
            {
                "moves": moves,
                "milliseconds": statistics.median(plan["milliseconds"] for plan in plans),
                "ratio": statistics.mean(
                    plan["costMinutes"] / other["costMinutes"] for plan, other in zip(plans, solved)
                ),
            }
        )
    return sorted(points, key=lambda point: point["moves"])


def main() -> int:
    parser = argparse.ArgumentParser(prog="run-dispatch", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one day, 5 s of OR-Tools: checks function, not for quoting")
    parser.add_argument("--seeds", type=int, default=5, help="how many days (5)")
    parser.add_argument("--seconds", type=int, default=60, help="OR-Tools' time for a day (60)")
    parser.add_argument(
        "--solved", type=pathlib.Path, help="what solve_with_ortools.py printed for the same seeds before"
    )
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "Benchmarks/results")
    parser.add_argument("--picture", type=pathlib.Path, default=ROOT / "docs/dispatch.svg")
    parser.add_argument("--program", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--python", default=sys.executable, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quick:
        options.seeds, options.seconds = 1, 5
    seeds = range(1, options.seeds + 1)
    now = datetime.datetime.now(datetime.timezone.utc)
    with tempfile.TemporaryDirectory(prefix="anpi-dispatch-") as folder:
        described = machine.describe(pathlib.Path(folder))
        full = days(options.program, "--seeds", str(options.seeds))
        budgets = [str(moves) for moves in BUDGETS]
        plain = days(
            options.program, "--plain", "--seeds", str(options.seeds), "--instances", folder, "--moves", *budgets
        )
        if options.solved:
            solved = [json.loads(line) for line in options.solved.read_text().splitlines()][: options.seeds]
        else:
            solved = solve(options.python, folder, seeds, options.seconds)
    if [day["seed"] for day in solved] != list(seeds):
        raise SystemExit("run-dispatch: OR-Tools' answers are of other seeds")
    result = {
        "benchmark": "dispatch", "date": now.strftime("%Y-%m-%dT%H:%MZ"), "commit": machine.commit(ROOT),
        "quick": options.quick, "machine": described, "full": full, "plain": plain, "solved": solved,
        "curve": curve(plain, solved),
    }  # fmt: skip
    name = f"{result['date'][:10]}-dispatch{'-quick' if options.quick else ''}"
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / f"{name}.txt").write_text(text(result))
    if not options.quick:
        options.picture.write_text(picture.svg(result["curve"], result["solved"]))
    print(text(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
