#!/usr/bin/env python3
"""Where the time of a beat goes: a profile of the living collector under the load of `Benchmarks/run-ingest`.

Called by `Benchmarks/run-profile`, which builds what is needed. Writes a flame graph and the parts of ENGINE's budget.
"""

import argparse
import collections
import datetime
import html
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import machine
import measure
import prepare_fleet
import servers

ROOT = measure.ROOT
# Samples a second and thread; prime, so that it does not beat with our own timers.
FREQUENCY = 1_997

# The first row whose pattern is in a sample's stack gets it; patterns are of Swift's mangled names. `budget`: µs by
# ENGINE §7; None is what the budget leaves to the HTTP pipeline, the kernel and the runtime.
PARTS = [
    ("token", 0.6, r"AgentDoorC8ServicesC9principal|TokenTable"),
    ("scanner", 1.0, r"HeartbeatScanner"),
    ("hand-over to the log", 0.5, r"AgentDoorLoopC6submit|AgentDoorLoopC5flush\w*yyF(;|$)|GroupCommitC6submit|RateTable"),
    ("rules, directory and the prebuilt answer", 0.5, r"BeatIntake|FleetDirectory|HeartbeatRules"),
    ("share of the commit", 1.5, r"^anpi-commit;|GroupCommitC3run|LogCarrier"),
    ("engine", 1.0, r"^anpi-engine;|EngineHostC3run"),
    ("writing answers: kernel", None, r"^(?=.*\[k\]).*AgentDoorLoopC6settle"),
    ("writing answers: ours and SwiftNIO's", None, r"AgentDoorLoopC6settle|AgentDoorHandlerC6answer"),
    ("reading the usual request's head", None, r"UsualRequestV"),
    ("HTTP decoder", None, r"NIOHTTP1"),
    ("event loops: kernel (reading, waiting)", None, r"^(?=.*\[k\]).*NIOPosix"),
    ("event loops: SwiftNIO", None, r"NIOPosix|NIOCore"),
]
OTHER = "everything else"


def samples(recorded: pathlib.Path) -> collections.Counter:
    """Stacks from the root on, `thread;frame;…`, with how often each was seen; frames of the kernel end in `[k]`."""
    text = subprocess.run(
        ["perf", "script", "-i", str(recorded), "-F", "comm,tid,ip,sym,dso"],
        check=True, capture_output=True, text=True, errors="replace").stdout  # fmt: skip
    found: collections.Counter = collections.Counter()
    thread, frames = "", []
    for line in text.splitlines():
        if not line.strip():
            if thread:
                found[";".join([thread] + frames[::-1])] += 1
            thread, frames = "", []
        elif not line[0].isspace():
            thread = re.sub(r"[-#]*\d+$", "", line.rsplit(None, 1)[0].strip())
        else:
            symbol, _, library = line.split(None, 1)[1].rpartition(" (")
            frames.append(symbol.replace(";", ":") + (" [k]" if "kernel" in library else ""))
    if thread:
        found[";".join([thread] + frames[::-1])] += 1
    return found


def shares(found: collections.Counter) -> dict[str, int]:
    """Samples of each part."""
    counts = dict.fromkeys([name for name, _, _ in PARTS] + [OTHER], 0)
    for stack, count in found.items():
        name = next((name for name, _, pattern in PARTS if re.search(pattern, stack)), OTHER)
        counts[name] += count
    return counts


def demangled(found: collections.Counter) -> collections.Counter:
    """The same with names that people read."""
    names = sorted({frame for stack in found for frame in stack.split(";")})
    bare = [name.removesuffix(" [k]") for name in names]
    told = subprocess.run(
        ["swift", "demangle", "--simplified", "--compact"], input="\n".join(bare), check=True, capture_output=True,
        text=True).stdout.splitlines()  # fmt: skip
    readable = {
        name: new.replace(";", ":") + (" [k]" if name.endswith(" [k]") else "") for name, new in zip(names, told)
    }
    result: collections.Counter = collections.Counter()
    for stack, count in found.items():
        result[";".join(readable[frame] for frame in stack.split(";"))] += count
    return result


def flame_graph(found: collections.Counter, title: str) -> str:
    """An SVG: what is called stands on its caller, as wide as its share of the samples; hover for the name."""
    width, row, top = 1_200, 16, 40
    total = sum(found.values())
    boxes: list[tuple[int, float, float, str]] = []

    def lay(stacks: list[tuple[list[str], int]], depth: int, left: float) -> None:
        groups: dict[str, list[tuple[list[str], int]]] = {}
        for frames, count in stacks:
            if len(frames) > depth:
                groups.setdefault(frames[depth], []).append((frames, count))
        for name in sorted(groups):
            share = sum(count for _, count in groups[name]) * width / total
            if share >= 0.6:
                boxes.append((depth, left, share, name))
                lay(groups[name], depth + 1, left)
            left += share

    lay([(stack.split(";"), count) for stack, count in found.items()], 0, 0.0)
    height = top + (max(depth for depth, *_ in boxes) + 1) * row + 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="monospace" font-size="10">',
        f'<rect width="{width}" height="{height}" fill="#fff"/><text x="6" y="18" font-size="13">{html.escape(title)}</text>',
        f'<text x="6" y="32" fill="#555">{total:,} samples; kernel grey, ours orange, others yellow; the leaf is on top</text>',
    ]
    for depth, left, share, name in boxes:
        y = height - 10 - (depth + 1) * row
        ours = any(word in name for word in ("AgentDoor", "BeatIntake", "Heartbeat", "GroupCommit", "Engine", "Token",
                                             "UsualRequest", "InputCodec", "InputLog", "SQLiteSession"))
        colour = "#ccc" if name.endswith("[k]") else "#f0a050" if ours else "#f5e08c"
        label = html.escape(name)
        lines.append(f'<g><title>{label} ({share * 100 / width:.1f} %)</title>'
                     f'<rect x="{left:.1f}" y="{y}" width="{share:.1f}" height="{row - 1}" fill="{colour}"/>')
        letters = int(share / 6.2)
        if letters > 3:
            lines.append(f'<text x="{left + 2:.1f}" y="{y + 11}">{html.escape(name[:letters])}</text>')
        lines.append("</g>")
    return "\n".join(lines + ["</svg>"]) + "\n"


def table(counts: dict[str, int], microseconds: float) -> str:
    """Parts in µs of processor time a beat, beside their budget."""
    total = sum(counts.values())
    lines = [f"{'part':46}{'µs a beat':>10}{'budget':>8}", "-" * 64]
    budget = {name: allowed for name, allowed, _ in PARTS}
    for name, count in counts.items():
        allowed = budget.get(name)
        lines.append(f"{name:46}{count * microseconds / total:10.2f}{'' if allowed is None else f'{allowed:8.1f}':>8}")
    ours = sum(count for name, count in counts.items() if budget.get(name) is not None) * microseconds / total
    lines += ["-" * 64, f"{'parts with a budget':46}{ours:10.2f}{6.0:8.1f}", f"{'whole':46}{microseconds:10.2f}"]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="run-profile", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10, help="measured seconds (10)")
    parser.add_argument("--agents", type=int, default=100_000)
    parser.add_argument("--picture", type=pathlib.Path, default=ROOT / "docs/beat.svg")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "Benchmarks/.build-run")
    for name in ("load", "collector"):
        parser.add_argument(f"--{name}-program", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.connections, options.threads, options.warm_up = 256, 1, 2.0
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    run = measure.Run(options, options.folder)
    described = machine.describe(options.folder)
    run.collector = {"engine": []}
    database = servers.migrate(options.collector_program, options.folder)
    prepare_fleet.prepare(options.folder, options.agents, 70, 2022, database)
    recorded = options.folder / "perf.data"
    with servers.collector(options.collector_program, f"sqlite:{database}", options.folder) as collector:
        collector.import_fleet()
        run.hear_all([collector], {})
        plain = run.door("without the profiler", [collector], "agents")
        profiler = subprocess.Popen(
            ["perf", "record", "-q", "-F", str(FREQUENCY), "--call-graph", "fp", "-o", str(recorded), "-p",
             str(collector.process.pid)], stderr=subprocess.DEVNULL)  # fmt: skip
        try:
            under = run.door("under the profiler", [collector], "agents")
        finally:
            profiler.send_signal(2)
            profiler.wait()
    found = samples(recorded)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ")
    title = f"A durable heartbeat, {now}, commit {machine.commit(ROOT)}"
    options.picture.write_text(flame_graph(demangled(found), title))
    print(title)
    print(f"{described['cores']} × {described['processor']}, load before {described['loadBefore']}; {sum(found.values()):,} "
          f"samples at {under['perSecond']:,.0f} beats/s; processor time of the collector a beat: "
          f"{plain['serverMicrosecondsEach']:.1f} µs at {plain['perSecond']:,.0f} beats/s without the profiler")
    print()
    print(table(shares(found), plain["serverMicrosecondsEach"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
