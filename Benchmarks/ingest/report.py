"""The table of a run, for people."""

COLUMNS = [
    ("what", 44), ("req/s", 9), ("beats/s", 9), ("of nginx", 8), ("p50 ms", 8), ("p99 ms", 8), ("p99.9", 8),
    ("errors", 6), ("server µs", 9), ("driver µs", 9), ("RSS MiB", 8), ("commits/s", 9),
]  # fmt: skip


def _number(value, digits: int = 0) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def _cells(row: dict) -> list[str]:
    milliseconds = [row.get(key) for key in ("p50Microseconds", "p99Microseconds", "p999Microseconds")]
    return [
        row["what"],
        _number(row["perSecond"]),
        _number(row.get("beatsPerSecond")),
        _number(row.get("ofNginx"), 2),
        *[_number(None if value is None else value / 1_000, 2) for value in milliseconds],
        _number(row.get("errors")),
        _number(row.get("serverMicrosecondsEach"), 1),
        _number(row.get("driverMicrosecondsEach"), 1),
        _number(None if row.get("residentBytes") is None else row["residentBytes"] / 2**20),
        _number(row.get("commitsPerSecond")),
    ]


def _seconds(value) -> str:
    return "not within the time allowed" if value is None else f"{value:.1f} s"


def _collector_lines(facts: dict) -> list[str]:
    lines = [
        "",
        f"Collector: fleet of {facts['agents']:,} agents in {_seconds(facts['fleetImportSeconds'])}; each agent heard "
        f"for the first time in {_seconds(facts['firstBeatsSeconds'])}, decided "
        f"{_seconds(facts['firstDecidedSeconds'])} after that.",
        f"Resident {facts['residentBytesIdle'] / 2**20:,.0f} MiB with the fleet loaded and every agent heard; database "
        f"{facts['databaseBytes'] / 2**20:,.0f} MiB at the end.",
    ]
    for row in facts["engine"]:
        lines.append(
            f"Engine after “{row['what']}”: {_seconds(row['lagSeconds'])} behind, caught up in "
            f"{_seconds(row['catchUpSeconds'])}; acknowledged {row['acknowledged']:,}, accepted by the server's own "
            f"count {row['accepted']:,}."
        )
    return lines


def table(result: dict) -> str:
    """The whole report as text."""
    machine = result["machine"]
    conditions = result["conditions"]
    quick = ", QUICK: to check function, not to quote" if conditions["quick"] else ""
    lines = [
        f"Ingest, {result['date']}, commit {result['commit']}{quick}",
        f"{machine['cores']} × {machine['processor']}, {machine['memoryGibibytes']} GiB, {machine['system']}, "
        f"{machine['fileSystem']}, {machine['syncsPerSecond']:,} fdatasync/s, load before {machine['loadBefore']}",
        f"{conditions['connections']} connections, driver on the same machine with {conditions['threads']} thread(s), "
        f"{conditions['warmUpSeconds']:g} s warm-up + {conditions['seconds']:g} s each, body "
        f"{conditions['bodyBytes']} bytes (backlog {conditions['backlogBodyBytes'] or '–'})",
        "",
        "  ".join(name.ljust(width) if index == 0 else name.rjust(width) for index, (name, width) in enumerate(COLUMNS)),
        "  ".join("-" * width for _, width in COLUMNS),
    ]
    for row in result["rows"]:
        cells = zip(_cells(row), (width for _, width in COLUMNS))
        lines.append(
            "  ".join(c.ljust(width) if index == 0 else c.rjust(width) for index, (c, width) in enumerate(cells))
        )
    if result.get("collector"):
        lines += _collector_lines(result["collector"])
    lines += [""] + [f"Note: {note}" for note in result["notes"]]
    return "\n".join(lines).rstrip() + "\n"
