#!/usr/bin/env python3
"""The table of `Benchmarks/run-faults` and `run-upgrade`: LINES COMMIT TIMES WHICH."""

import datetime
import json
import os
import statistics
import sys


def main() -> None:
    path, commit, seeds, first = sys.argv[1:]
    with open(path) as file:
        rounds = [json.loads(line) for line in file]
    moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ")
    print(f"Faults, {moment}, commit {commit}; {seeds} of each, {first}, {os.cpu_count()} cores")
    print("Seconds until engine time has passed the fault by one: another collector decides, or another primary is there.")
    print(f"Programs of a {' and a '.join(sorted({each['build'] for each in rounds}))} build.")
    print("Good: without a loss, a double, a false silence or an incident that no hook was told of. Load is that of the machine")
    print(f"at the end: {os.getloadavg()[2]:.1f} over 15 minutes.")
    print()
    print(f"{'fault':<18}{'good':>10}{'median s':>10}{'longest s':>11}")
    for fault in sorted({each["fault"] for each in rounds}):
        played = [each for each in rounds if each["fault"] == fault]
        took = sorted(each["goesOnAfterSeconds"] for each in played if each["goesOnAfterSeconds"] is not None)
        good = f"{sum(each['good'] for each in played)} of {len(played)}"
        seconds = f"{statistics.median(took):>10.1f}{took[-1]:>11.1f}" if took else f"{'-':>10}{'-':>11}"
        print(f"{fault:<18}{good:>10}{seconds}")
    failed = sorted({each["seed"] for each in rounds if not each["good"]})
    if failed:
        print()
        print(f"Seeds in which something was not well, whatever it was: {', '.join(map(str, failed))}.")
    print()
    kinds = {"beats": "beat", "findings": "finding", "acceptances": "accept", "changes of a task": "change"}
    counts = [f"{sum(each['acknowledged'][kind] for each in rounds)} {words}" for words, kind in kinds.items()]
    print(f"Acknowledged while it went wrong: {', '.join(counts)}; {sum(each['operations'] for each in rounds)} were asked for.")


main()
