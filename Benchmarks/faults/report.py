#!/usr/bin/env python3
"""The table of `Benchmarks/run-faults`: LINES COMMIT SEEDS FIRST."""

import datetime
import json
import os
import sys


def main() -> None:
    path, commit, seeds, first = sys.argv[1:]
    with open(path) as file:
        rounds = [json.loads(line) for line in file]
    moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ")
    print(f"Faults, {moment}, commit {commit}; {seeds} seeds of each from {first}, {os.cpu_count()} cores")
    print("Good: without a loss, a double, a false silence or an incident that no hook was told of.")
    print()
    print(f"{'fault':<15}{'good':>9}{'median s':>10}{'longest s':>11}{'beats':>8}{'findings':>10}{'operations':>12}")
    for fault in dict.fromkeys(each["fault"] for each in rounds):
        of = [each for each in rounds if each["fault"] == fault]
        took = sorted(each["goesOnAfterSeconds"] for each in of)
        beats, findings = (sum(each["acknowledged"][kind] for each in of) for kind in ("beat", "finding"))
        print(
            f"{fault:<15}{f'{len(of)} of {seeds}':>9}{took[len(took) // 2]:>10.1f}{took[-1]:>11.1f}{beats:>8}{findings:>10}"
            f"{sum(each['operations'] for each in of):>12}")


main()
