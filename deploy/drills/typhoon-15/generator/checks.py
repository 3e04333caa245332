"""What must hold of the files: order, references, shapes, and the facts that the drill tells."""

import csv
import io
import json
import xml.etree.ElementTree as xml
from collections import Counter, defaultdict
from datetime import date, datetime

from generator.clock import Hours

RESULTS = {
    "phone": {"noAnswer", "congested", "lineDead", "noDamage", "damage", "callBack"},
    "report": {"damage", "noDamage"},
    "survey": {"damage", "noDamage"},
    "outage": {"down", "restored"},
    "road": {"closed", "open", "passableWithCare"},
}
FINDING_KEYS = {
    "kind",
    "site",
    "place",
    "area",
    "polygon",
    "line",
    "result",
    "direction",
    "callBackAt",
    "utility",
    "provider",
    "phenomenon",
    "radiusKilometers",
    "trusted",
    "text",
    "author",
    "observedAt",
    "expiresAt",
}
DAMAGE_KEYS = {
    "site",
    "server",
    "mirror",
    "external",
    "peripherals",
    "building",
    "power",
    "network",
    "depthMeters",
    "roadOpen",
    "keyHolder",
    "by",
    "at",
}
TASK_STEPS = {
    None: {"accepted"},
    "accepted": {"travelling", "onSite"},
    "travelling": {"onSite"},
    "onSite": {"done"},
}
LINE_KINDS = {"heartbeat", "heard", "finding", "hazard", "damage", "task", "engineer"}


def run(files):
    """Raises AssertionError at the first thing that does not hold; answers one line of figures."""
    tables = {
        name: list(csv.DictReader(io.StringIO(content))) for name, content in files.items() if name.endswith(".csv")
    }
    lines = [json.loads(line) for line in files["feed.jsonl"].splitlines()]
    assert len(files["feed.jsonl"].encode()) < 3_000_000, "the feed has grown beyond 3 MB"
    _references(tables)
    _lines(tables, lines)
    devices = _devices(tables, lines)
    _fleet_facts(tables, devices)
    _truth(tables, lines, devices)
    _aftermath(tables, lines, [json.loads(line) for line in files["aftermath.jsonl"].splitlines()])
    kinds = Counter(next(iter(set(line) - {"at"}), "time") for line in lines)
    return f"{len(tables['sites.csv'])} sites, {len(devices)} agents, {len(lines)} lines: " + ", ".join(
        f"{count} {kind}" for kind, count in kinds.most_common()
    )


def _references(tables):
    ids = {
        name: {row["id"] for row in tables[f"{name}.csv"]}
        for name in ("offices", "sites", "agents", "engineers", "depots", "loaners")
    }
    for name, found in ids.items():
        assert len(found) == len(tables[f"{name}.csv"]), f"an id stands twice in {name}.csv"
    for name, column, target in (
        ("sites", "office", "offices"),
        ("agents", "site", "sites"),
        ("copies", "site", "sites"),
        ("engineers", "office", "offices"),
        ("depots", "office", "offices"),
        ("loaners", "depot", "depots"),
        ("truth", "site", "sites"),
    ):
        for row in tables[f"{name}.csv"]:
            assert row[column] in ids[target], f"{name}.csv: {row[column]} is not in {target}.csv"


def _lines(tables, lines):
    sites = {row["id"] for row in tables["sites.csv"]}
    engineers = {row["id"] for row in tables["engineers.csv"]}
    before, tasks, latest = "", {}, {}
    for number, line in enumerate(lines, 1):
        assert line["at"] >= before, f"feed.jsonl:{number} is earlier than the line before it"
        before = line["at"]
        kinds = set(line) - {"at"}
        assert len(kinds) <= 1 and kinds <= LINE_KINDS, f"feed.jsonl:{number} holds {kinds}"
        for kind in kinds:
            body = line[kind]
            if kind == "finding":
                assert (
                    set(body) <= FINDING_KEYS and body["result"] in RESULTS[body["kind"]]
                ), f"feed.jsonl:{number}: {body}"
                assert body.get("site", next(iter(sites))) in sites
                assert body.get("expiresAt", "9") > body["observedAt"]
            elif kind == "damage":
                assert set(body) <= DAMAGE_KEYS and body["site"] in sites, f"feed.jsonl:{number}: {body}"
            elif kind == "task":
                key = body["site"], body["kind"]
                assert (
                    body["to"] in TASK_STEPS[tasks.get(key)]
                ), f"feed.jsonl:{number}: {key} {tasks.get(key)} → {body['to']}"
                assert body["engineer"] in engineers
                tasks[key] = body["to"]
            elif kind == "engineer":
                assert body["id"] in engineers
            elif kind == "hazard":
                report = xml.fromstring(body["xml"])
                issued = next(each.text for each in report.iter() if each.tag.endswith("ReportDateTime"))
                assert issued[:19] <= line["at"][:19], f"feed.jsonl:{number}: received before it was issued"
                telegram = next(each.text for each in report.iter() if each.tag.endswith("Title"))
                assert issued >= latest.get(telegram, ""), f"feed.jsonl:{number}: {telegram} out of order"
                latest[telegram] = issued
    assert lines[0] == {"at": "2022-09-21T16:00:00.000+09:00"} and lines[-1] == {"at": "2022-09-26T00:00:00.000+09:00"}
    assert all(state == "done" for state in tasks.values())
    rain = [
        line["hazard"]["xml"]
        for line in lines
        if "hazard" in line and "<Title>記録的短時間大雨情報</Title>" in line["hazard"]["xml"]
    ]
    assert len(rain) == 16, "16 messages of record short-time rain"


def _devices(tables, lines):
    """For each agent the spans in which it was heard, tested for overlaps and for the order of its numbers."""
    heard = {row["id"]: [] for row in tables["agents.csv"]}
    numbers = defaultdict(int)
    for line in lines:
        if "heard" in line:
            body = line["heard"]
            spans = heard[body["agent"]]
            assert not spans or spans[-1][1] <= line["at"], f"{body['agent']} is heard twice at {line['at']}"
            assert line["at"] <= body["until"] <= lines[-1]["at"]
            spans.append((line["at"], body["until"]))
        elif "heartbeat" in line:
            body = line["heartbeat"]
            beat = body["beats"][0]
            end = beat["seq"] + beat.get("count", 1) - 1
            if beat.get("count"):
                assert end < numbers[body["boot"]], f"{body['agent']}: backlog beyond its newest beat"
            else:
                assert (
                    beat["seq"] > numbers[body["boot"]]
                ), f"{body['agent']}: number {beat['seq']} again at {line['at']}"
                numbers[body["boot"]] = end
            heard[body["agent"]].append((line["at"], line["at"]))
    for agent, spans in heard.items():
        assert spans, f"{agent} is never heard"
    return heard


def _fleet_facts(tables, heard):
    sites = {row["id"]: row for row in tables["sites.csv"] if row["kind"] != "canary"}
    assert len(sites) == 200 and len({row["name"] for row in sites.values()}) == 200
    saturday = [row for row in sites.values() if Hours(row["hours"]).day(date(2022, 9, 24))]
    assert len(saturday) == 142, f"{len(saturday)} open on Saturday"
    for row in sites.values():
        assert 34.5 < float(row["latitude"]) < 35.7 and 137.4 < float(row["longitude"]) < 139.2, row["id"]
    fleet = [row for row in tables["agents.csv"] if row["canary"] != "yes"]
    always = {row["site"] for row in fleet if row["rhythm"] == "always"}
    assert 0.25 <= len(always) / len(sites) <= 0.30
    canaries = [row for row in tables["agents.csv"] if row["canary"] == "yes"]
    networks = {row["carrier"] for row in tables["sites.csv"] if row["kind"] == "canary"}
    assert len(canaries) == 2 and len(networks) == 2 and not networks & {row["carrier"] for row in sites.values()}
    shortest = min(int(row["intervalSeconds"]) for row in fleet)
    assert all(int(row["intervalSeconds"]) * 3 <= shortest for row in canaries)


def _truth(tables, lines, heard):
    rows = tables["truth.csv"]
    hits = [row for row in rows if row["hit"] == "yes"]
    assert len(rows) == 200 and len(hits) == 9
    ladder = Counter(row["rung"] for row in hits)
    assert ladder["R0"] == 3 and ladder["R1"] + ladder["R2"] == 3 and ladder["R3"] == 2 and ladder["R4"] == 1, ladder
    assert not any(row["powerOnly"] == "yes" for row in hits)
    assert sum(row["powerOnly"] == "yes" for row in rows) == 40
    unreachable = [row["site"] for row in hits if row["unreachable"] == "yes"]
    assert len(unreachable) == 1
    calls = {line["finding"]["site"]: line["at"] for line in lines if line.get("finding", {}).get("direction") == "in"}
    assert set(calls) == {row["site"] for row in hits} - set(unreachable)
    assert all("2022-09-24T07:30" <= when <= "2022-09-24T09:15" for when in calls.values())
    surveys = {
        line["finding"]["site"]
        for line in lines
        if line.get("finding", {}).get("kind") == "survey" and line["finding"]["result"] == "damage"
    }
    assert surveys == {row["site"] for row in hits}
    _machine_signs(tables, hits, heard)


def _aftermath(tables, storm, lines):
    """It goes on where the storm's feed ends, and the claims of all nine go out in time."""
    times = [line["at"] for line in lines]
    assert times == sorted(times) and storm[-1]["at"] <= times[0], "aftermath.jsonl is out of order"
    agents = {row["id"] for row in tables["agents.csv"]}
    assert all(line["heard"]["agent"] in agents for line in lines if "heard" in line)
    hits = {row["site"] for row in tables["truth.csv"] if row["hit"] == "yes"}
    done = {line["task"]["site"] for line in lines if line.get("task", {}).get("kind") == "claims"}
    out = {line["claims"]["site"]: line["at"] for line in lines if "claims" in line}
    assert done == hits and set(out) == hits and max(out.values()) < "2022-10-11T00:00"


def _machine_signs(tables, hits, heard):
    """No device of a hit site is heard from the hit on, and at six sites and more one would have been."""
    dawn, telling = "2022-09-24T07:00", 0
    for row in hits:
        agents = [agent for agent in tables["agents.csv"] if agent["site"] == row["site"]]
        for agent in agents:
            spans = [span for span in heard[agent["id"]] if span[1] > row["hitAt"] and span[0] < dawn]
            assert not spans, f"{agent['id']} is heard after the water came: {spans[0]}"
        always = [agent for agent in agents if agent["rhythm"] == "always"]
        if always:
            last = max(span[1] for span in heard[always[0]["id"]] if span[0] < dawn)
            silent = datetime.fromisoformat(row["hitAt"]) - datetime.fromisoformat(last)
            assert silent.total_seconds() < 600, f"{row['site']} had been silent before"
            telling += 1
    assert telling >= 6, f"only {telling} hit sites have a device that is always on"
