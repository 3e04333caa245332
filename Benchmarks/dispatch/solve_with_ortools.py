#!/usr/bin/env python3
"""Solves instances of anpi-dispatch-benchmark with OR-Tools' routing and prints what they cost, as JSON Lines.

    python3 -m venv venv && venv/bin/pip install ortools
    venv/bin/python Benchmarks/dispatch/solve_with_ortools.py --seconds 60 INSTANCE.json...

The objective is Anpi's: the sum over jobs of weight by the end of the work (a soft upper bound of 0 on each start), the
penalty of jobs left out, and the small term for driving, which is not in the figure that is printed.
"""

import argparse
import json
import time

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

# As in PlanningTables: a job left out waits so much longer than anybody works.
UNDONE_SECONDS = 14 * 86_400


def solve(instance, seconds, first, metaheuristic):
    jobs, engineers = instance["jobs"], instance["engineers"]
    count, vehicles = len(jobs), len(engineers)
    # Nodes: the jobs, then each engineer's start, then one end for all.
    end = count + vehicles
    manager = pywrapcp.RoutingIndexManager(end + 1, vehicles, [count + v for v in range(vehicles)], [end] * vehicles)
    model = pywrapcp.RoutingModel(manager)

    matrix = [[0] * (end + 1) for _ in range(end + 1)]
    for i in range(count):
        for j in range(count):
            matrix[i][j] = jobs[i]["workSeconds"] + instance["fromJob"][i][j]
        matrix[i][end] = jobs[i]["workSeconds"]
    for v in range(vehicles):
        matrix[count + v][:count] = instance["fromStart"][v]
    transit = model.RegisterTransitMatrix(matrix)
    # A second on the way costs a thousandth of an ordinary site's waiting, as in Anpi.
    ways = [[matrix[i][j] - (jobs[i]["workSeconds"] if i < count else 0) for j in range(end + 1)] for i in range(end + 1)]
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(ways))

    horizon = max(span[1] for engineer in engineers for span in engineer["spans"])
    model.AddDimension(transit, horizon, horizon, False, "time")
    clock = model.GetDimensionOrDie("time")
    for v, engineer in enumerate(engineers):
        ((begins, ends),) = engineer["spans"]
        clock.CumulVar(model.Start(v)).SetRange(begins, ends)
        clock.CumulVar(model.End(v)).SetRange(begins, ends)
        model.AddVariableMinimizedByFinalizer(clock.CumulVar(model.Start(v)))
    for j, job in enumerate(jobs):
        index = manager.NodeToIndex(j)
        starts = clock.CumulVar(index)
        windows = job["windows"]
        if windows:
            starts.SetRange(windows[0][0], min(horizon, windows[-1][1] - 1))
            for before, after in zip(windows, windows[1:]):
                starts.RemoveInterval(before[1], after[0] - 1)
        clock.SetCumulVarSoftUpperBound(index, 0, job["weightThousandths"])
        model.AddVariableMinimizedByFinalizer(starts)
        if len(job["engineers"]) < vehicles:
            # -1 is nobody. (SetAllowedVehiclesForIndex takes no list in OR-Tools 9.15.)
            model.VehicleVar(index).SetValues([-1] + job["engineers"])
        penalty = job["weightThousandths"] * (horizon + UNDONE_SECONDS - job["workSeconds"])
        model.AddDisjunction([index], penalty)

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = getattr(routing_enums_pb2.FirstSolutionStrategy, first)
    parameters.local_search_metaheuristic = getattr(routing_enums_pb2.LocalSearchMetaheuristic, metaheuristic)
    parameters.time_limit.FromSeconds(seconds)
    began, used = time.monotonic(), time.process_time()
    solution = model.SolveWithParameters(parameters)
    cost, left_out = 0, 0
    for j, job in enumerate(jobs):
        index = manager.NodeToIndex(j)
        if solution is None or solution.Value(model.NextVar(index)) == index:
            left_out += 1
            cost += job["weightThousandths"] * (horizon + UNDONE_SECONDS)
        else:
            cost += job["weightThousandths"] * (solution.Min(clock.CumulVar(index)) + job["workSeconds"])
    return {
        "seed": instance["seed"],
        "costMinutes": round(cost / 60_000, 3),
        "unassigned": left_out,
        "seconds": round(time.monotonic() - began, 1),
        "processorSeconds": round(time.process_time() - used, 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", nargs="+", help="files that anpi-dispatch-benchmark --instances wrote")
    parser.add_argument("--seconds", type=int, default=60, help="time limit of one instance (default: 60)")
    parser.add_argument("--first", default="PARALLEL_CHEAPEST_INSERTION", help="first solution strategy")
    parser.add_argument("--metaheuristic", default="GUIDED_LOCAL_SEARCH", help="local search metaheuristic")
    options = parser.parse_args()
    for path in options.instances:
        with open(path, encoding="utf-8") as file:
            instance = json.load(file)
        print(json.dumps(solve(instance, options.seconds, options.first, options.metaheuristic)), flush=True)


if __name__ == "__main__":
    main()
