#!/usr/bin/env python3
"""Makes a fleet for benchmarks: its files, and a valid token for each of its agents.

    prepare_fleet.py --database FILE --folder DIR [--agents 100000] [--offices 70] [--seed 2022]

The database must have its schema already (`anpi-collector migrate`) and no collector may be running on it. Tokens go
straight into its tables: 100,000 calls of the API would measure patience. The same seed makes the same tokens, so they
are worth nothing outside a benchmark.

Left in DIR: `fleet.json`, the body for `POST /v1/fleet`; `agents.txt`, one line of 64 bytes an agent:
`a-0000001 <token's id>_<secret>`.
"""

import argparse
import hashlib
import json
import pathlib
import sqlite3
import time

# The alphabet of tokens: base 32, five bits a character.
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
ID_LENGTH = 12
SECRET_LENGTH = 40


def token(seed: int, number: int) -> tuple[str, str]:
    """Id and secret of the token of agent `number`, drawn from the seed alone."""
    raw = hashlib.shake_256(f"anpi-benchmark/{seed}/{number}".encode()).digest(ID_LENGTH + SECRET_LENGTH)
    text = "".join(ALPHABET[byte & 31] for byte in raw)
    return text[:ID_LENGTH], text[ID_LENGTH:]


def agent_id(number: int) -> str:
    return f"a-{number:07d}"


def site_id(number: int) -> str:
    return f"s-{number:07d}"


def fleet(agents: int, offices: int) -> dict[str, str]:
    """The files of a fleet with one always-on server a site; sites stand in a grid over Japan."""
    office_lines = ["id,name,phone,latitude,longitude"]
    for number in range(offices):
        office_lines.append(f"o-{number:02d},Office {number},,{31 + number * 0.17:.2f},{130 + number * 0.15:.2f}")
    site_lines = [
        "id,name,kana,kind,office,address,latitude,longitude,municipality,weatherArea,seismicCity,carrier,powerArea,"
        "phone,contactName,contactPhone,keyHolder,hours,closures,beds,dialysis,homeOxygen,floodDepthMeters,system,"
        "dataGigabytes"
    ]
    agent_lines = ["id,site,device,rhythm,intervalSeconds,graceSeconds,canary"]
    copy_lines = ["site,tier,room,heightMeters,everyHours"]
    for number in range(agents):
        site, office = site_id(number), number % offices
        latitude = 31 + office * 0.17 + (number // offices % 40) * 0.01
        longitude = 130 + office * 0.15 + (number // offices // 40) * 0.01
        municipality = (office % 47 + 1) * 1000 + 100 + number // offices % 100
        site_lines.append(
            f"{site},{site},,clinic,o-{office:02d},,{latitude:.2f},{longitude:.2f},{municipality:05d},,,,,,,,,,,,,,,,"
        )
        agent_lines.append(f"{agent_id(number)},{site},server,always,60,,")
        copy_lines.append(f"{site},external,,,24")
    return {
        name: "\n".join(lines) + "\n"
        for name, lines in {
            "offices.csv": office_lines,
            "sites.csv": site_lines,
            "agents.csv": agent_lines,
            "copies.csv": copy_lines,
        }.items()
    }


def write_tokens(database: pathlib.Path, agents: int, seed: int, now_milliseconds: int) -> list[str]:
    """Adds a token row an agent; returns the lines of agents.txt."""
    lines, rows = [], []
    for number in range(agents):
        identifier, secret = token(seed, number)
        lines.append(f"{agent_id(number)} {identifier}_{secret}")
        digest = hashlib.sha256(secret.encode()).digest()
        rows.append((identifier, "agent", "agent", agent_id(number), "*", None, now_milliseconds, None, None, digest))
    connection = sqlite3.connect(database)
    with connection:
        connection.executemany(
            "INSERT INTO token (id, kind, role, subject, scope, label, created_at, expires_at, revoked_at, digest) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        connection.execute(
            "INSERT INTO access_revision (id, revision) VALUES (1, 1) "
            "ON CONFLICT (id) DO UPDATE SET revision = access_revision.revision + 1"
        )
    connection.close()
    return lines


def prepare(folder: pathlib.Path, agents: int, offices: int, seed: int, database: pathlib.Path | None) -> None:
    """Writes both files; without a database the tokens are known to nobody, which is enough for other servers."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fleet.json").write_text(json.dumps({"files": fleet(agents, offices)}, separators=(",", ":")))
    if database is not None:
        lines = write_tokens(database, agents, seed, time.time_ns() // 1_000_000)
    else:
        lines = [f"{agent_id(number)} {'_'.join(token(seed, number))}" for number in range(agents)]
    (folder / "agents.txt").write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", type=pathlib.Path, help="SQLite file with the schema, not in use")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--agents", type=int, default=100_000)
    parser.add_argument("--offices", type=int, default=70)
    parser.add_argument("--seed", type=int, default=2022)
    options = parser.parse_args()
    prepare(options.folder, options.agents, options.offices, options.seed, options.database)


if __name__ == "__main__":
    main()
