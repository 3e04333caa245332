"""`anpi replay`: a fleet and a feed on this machine alone, and what a collector recorded."""

import contextlib
import csv
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import urllib.parse

import pytest

from anpi_harness import CommandLine, Fleet, LiveStream, now, until

DRILL = pathlib.Path(__file__).resolve().parents[2] / "deploy/drills/typhoon-15"


def replay(programs, *words, code=0, **environment):
    """One run of `anpi replay`: what it printed and what it complained of, as bytes."""
    done = subprocess.run(
        [str(programs.cli), "replay", *map(str, words)], capture_output=True, timeout=300, stdin=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NO_COLOR": "1", **environment})
    assert done.returncode == code, f"{words} ended with {done.returncode}: {done.stderr.decode()}"
    return done.stdout, done.stderr


@pytest.fixture
def fleet(tmp_path):
    """Four sites in a folder; each beats once a minute."""
    folder = tmp_path / "fleet"
    folder.mkdir()
    for name, text in Fleet(sites=4, interval=60, grace=120).files().items():
        (folder / name).write_text(text)
    return folder


def heard(site, since, last):
    day = "2022-09-22T"
    return json.dumps({
        "at": f"{day}{since}+09:00", "heard": {"agent": f"shz-{site:04d}-server", "until": f"{day}{last}+09:00"}})


# Three of four are heard all morning, the fourth falls silent at nine.
STORY = [
    heard(1, "08:00:01.000", "11:00:01.000"), heard(2, "08:00:02.000", "11:00:02.000"),
    heard(3, "08:00:03.000", "11:00:03.000"), heard(4, "08:00:04.000", "09:00:04.000"),
    '{"at":"2022-09-22T10:00:00.000+09:00"}',
]


@pytest.fixture
def feed(tmp_path):
    path = tmp_path / "feed.jsonl"
    path.write_text("\n".join(STORY) + "\n")
    return path


def test_the_drill_prints_the_same_bytes_whatever_the_hash_seed(programs):
    words = ("--fleet", DRILL, "--feed", DRILL / "feed.jsonl", "-o", "jsonl")
    one, _ = replay(programs, *words, SWIFT_DETERMINISTIC_HASHING="1")
    two, _ = replay(programs, *words)
    assert one == two
    decisions = [json.loads(line) for line in one.decode().splitlines()]
    assert len(decisions) > 1_000
    assert [one["at"] for one in decisions] == sorted(one["at"] for one in decisions)
    with open(DRILL / "truth.csv", encoding="utf-8") as file:
        unreachable = [row["site"] for row in csv.DictReader(file) if row["unreachable"] == "yes"]
    flagged = [one["site"] for one in decisions if one.get("assessment") == "likelyHit"]
    assert set(unreachable) <= set(flagged)


def test_piped_it_prints_json_and_for_people_it_prints_their_language(programs, fleet, feed):
    words = ("--fleet", fleet, "--feed", feed)
    piped, complaints = replay(programs, *words)
    silent = [one for one in map(json.loads, piped.splitlines()) if one.get("contact") == "silent"]
    assert [one["site"] for one in silent if one["decision"] == "site.contact"] == ["shz-0004"]
    assert complaints == b""
    japanese = replay(programs, *words, "-o", "text", "--lang", "ja")[0].decode()
    english = replay(programs, *words, "-o", "text", "--lang", "en")[0].decode()
    assert "9/22 09:03:34  I-1  事案を開始  個別  1施設" in japanese
    assert "9/22 09:03:34  I-1  Incident opened  single site  1 site" in english
    # The names of the places are the fleet's, whatever the language.
    assert "shz-0004 第4診療所" in japanese and "shz-0004 第4診療所" in english
    # Without --lang the environment decides.
    assert replay(programs, *words, "-o", "text", LANG="ja_JP.UTF-8")[0].decode() == japanese


def test_in_english_the_reasons_are_english(programs, fleet, feed):
    words = ("--fleet", fleet, "--feed", feed, "-o", "text")
    english, japanese = (replay(programs, *words, "--lang", lang)[0].decode().splitlines() for lang in ("en", "ja"))
    assert len(english) == len(japanese)
    reasons = [line for line in english if re.match(r" {8}\d+ ", line)]
    assert any("In opening hours the always-on server is silent since 09:00 (＋" in line for line in reasons), reasons
    assert [line for line in reasons if re.search("[ぁ-んァ-ン一-龥]", line)] == []
    assert any("診療時間中に24時間稼働のサーバーが09:00から途絶（＋" in line for line in japanese)
    # Who is asked is called by name.
    assert any("Task offered" in line and "保守員1" in line for line in english)


@pytest.mark.parametrize("lines, complaint", [
    ([STORY[0], '{"at":"2022-09-22T08:30:00.000+09:00","heard":{"agent":"shz-0001-server"}}'], ":2: heard.until: "),
    ([STORY[0], "{"], ":2: "),
    ([STORY[4], STORY[0]], ":2: at: is earlier than on the line before"),
    ([STORY[0], '{"at":"yesterday"}'], ":2: at: "),
])
def test_a_bad_line_is_named_and_the_feed_ends_there(programs, fleet, tmp_path, lines, complaint):
    path = tmp_path / "bad.jsonl"
    path.write_text("\n".join(lines) + "\n")
    _, said = replay(programs, "--fleet", fleet, "--feed", path, code=64)
    assert said.decode().startswith(str(path) + complaint)


def test_what_is_missing_is_named(programs, fleet, feed, tmp_path):
    _, said = replay(programs, "--fleet", fleet, "--feed", tmp_path / "nothing.jsonl", code=64)
    assert "nothing.jsonl: cannot be opened" in said.decode()
    _, said = replay(programs, "--fleet", tmp_path / "nowhere", "--feed", feed, code=64)
    assert f"There is no folder {tmp_path / 'nowhere'}" in said.decode()
    _, said = replay(programs, "--fleet", tmp_path / "nowhere", "--feed", feed, "--lang", "ja", code=64)
    assert f"フォルダ {tmp_path / 'nowhere'} がありません" in said.decode()
    (fleet / "agents.csv").unlink()
    _, said = replay(programs, "--fleet", fleet, "--feed", feed, code=64)
    assert "agents.csv" in said.decode()
    replay(programs, "--fleet", fleet, code=64)


def test_a_step_that_the_engine_refuses_is_said_and_does_not_end_the_feed(programs, fleet, tmp_path):
    path = tmp_path / "feed.jsonl"
    step = {"site": "shz-0001", "kind": "inspect", "to": "accepted", "engineer": "eng-1"}
    lines = [STORY[0], json.dumps({"at": "2022-09-22T08:10:00.000+09:00", "task": step}), STORY[4]]
    path.write_text("\n".join(lines) + "\n")
    printed, said = replay(programs, "--fleet", fleet, "--feed", path)
    assert printed and "could not be applied: no open inspect task at shz-0001" in said.decode()


def from_journal(programs, collector, since, *words, code=0):
    """What the collector recorded from then on, played here: the decisions and the verdict."""
    printed, said = replay(
        programs, "--from-journal", since, *words, code=code, HOME=str(collector.folder),
        ANPI_COLLECTOR=collector.url, ANPI_TOKEN=collector.admin_token)
    lines = [json.loads(line) for line in printed.decode().splitlines()]
    return lines[:-1], lines[-1] if lines else None, said.decode()


def forget_the_first_rows(collector):
    """What a week does: the log's beginning has left the database and the archive."""
    with contextlib.closing(sqlite3.connect(collector.database)) as database, database:
        database.execute("DELETE FROM input_log WHERE seq = 1")
    for path in pathlib.Path(f"{collector.database}-archive").glob("*"):
        path.unlink()


def test_days_whose_log_is_gone_are_retold_from_history_and_said_to_be_inexact(programs, collector):
    fleet = Fleet(sites=3, interval=1, grace=1)
    collector.import_fleet(fleet)
    imported = now()
    tokens = {agent: collector.token(role="agent", agent=agent) for agent in fleet.agent_ids}
    for agent in fleet.agent_ids:
        assert collector.beat(agent, tokens[agent], 1).status == 200
    first = fleet.site_ids[0]
    stream = LiveStream(collector, last_event_id=0)
    stream.wait_for("incident.opened")
    stream.close()
    collector.post("/v1/findings", {
        "kind": "phone", "direction": "out", "site": first, "result": "noAnswer", "text": "留守"})
    ended = now()
    told = [event["json"] for event in LiveStream.everything(collector)]
    collector.stop()
    forget_the_first_rows(collector)
    collector.start()

    decided, verdict, said = from_journal(programs, collector, imported, "--to", ended)
    assert verdict["exact"] is False and "beats" in verdict["approximated"], (verdict, said)
    assert "warnings" not in verdict["approximated"], "no message of this hour has been let go of"
    assert (verdict["from"], verdict["to"]) == (imported, ended)

    def contacts(decisions):
        return [(one["agent"], one["contact"], one["at"]) for one in decisions if one["decision"] == "agent.contact"]

    assert len(contacts(told)) >= 9 and contacts(decided) == contacts(told)
    opened = [one["at"] for one in decided if one["decision"] == "incident.opened"]
    assert opened == [one["at"] for one in told if one["decision"] == "incident.opened"]

    line = CommandLine(programs, collector, collector.admin_token)
    text = line.run("replay", "--from-journal", imported, "--to", ended, "-o", "text", "--lang", "en")
    assert "retold from history" in text and "what beats told of power" in text
    # Before the first fleet there is nothing, and the answer says from when on there is.
    line.run("replay", "--from-journal", "2020-01-01T00:00:00+09:00", code=4)
    assert "earliest beginning" in line.complaints


def test_what_a_collector_recorded_gives_the_same_decisions_again_also_across_a_restart(programs, collector):
    fleet = Fleet(sites=3, interval=1, grace=1)
    collector.import_fleet(fleet)
    tokens = {agent: collector.token(role="agent", agent=agent) for agent in fleet.agent_ids}
    began = now()
    assert collector.beat(fleet.agent_ids[0], tokens[fleet.agent_ids[0]], 1).status == 200
    silent = LiveStream(collector, last_event_id=0)
    offered = silent.wait_for("task.offered")["json"]
    task = offered["task"]
    silent.close()
    collector.post("/v1/findings", {
        "kind": "phone", "direction": "out", "site": fleet.site_ids[0], "result": "noAnswer", "text": "留守"})
    accepted = {"to": "accepted", "onBehalfOf": offered["engineer"]}
    assert collector.post(f"/v1/tasks/{task}/transitions", accepted).status == 200
    collector.kill()
    collector.start()
    assert collector.beat(fleet.agent_ids[1], tokens[fleet.agent_ids[1]], 1, boot="b2").status == 200
    until(lambda: collector.site(fleet.site_ids[1])["contact"] == "reporting")
    collector.stop()
    collector.start()
    until(lambda: len([e for e in LiveStream.everything(collector) if e["event"] == "blind.ended"]) >= 2)

    decided, verdict, said = from_journal(programs, collector, began)
    assert verdict["exact"] is True and verdict["compared"] > 20 and not said, (verdict, said)
    told = [event["json"] for event in LiveStream.everything(collector)]
    span = [one for one in told if verdict["from"] <= one["at"] <= verdict["to"]]
    assert decided == span and {"task.offered", "blind.began", "site.assessed"} <= {one["decision"] for one in decided}

    # A part of it, for people, and only for those who may read everything.
    middle = span[len(span) // 2]["at"]
    part, verdict, _ = from_journal(programs, collector, began, "--to", middle)
    assert verdict["exact"] and part == [one for one in span if one["at"] <= middle]
    text = CommandLine(programs, collector, collector.admin_token).run("replay", "--from-journal", began, "-o", "text")
    assert "of the journal are what was decided here" in text.splitlines()[-1] and task in text
    viewer = CommandLine(programs, collector, collector.token(role="coordinator"))
    viewer.run("replay", "--from-journal", began, code=5)
    line = CommandLine(programs, collector, collector.admin_token)
    line.run("replay", "--from-journal", "gestern", code=64)
    line.run("replay", "--from-journal", began, "--feed", "x", code=64)
    answer = collector.get("/v1/replay?" + urllib.parse.urlencode({"from": began}))
    assert answer.headers["content-type"] == "application/octet-stream" and answer.body[0] == 1
    kinds = [entry["kind"] for entry in collector.get("/v1/journal?limit=500").json["items"]]
    assert "door.logRead" not in kinds, "reads are in the door's own chain, whose head enters this one"
