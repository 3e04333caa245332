"""`anpi drill`: a drill plays in a running collector, beside the real fleet and never in its way."""

import json
import pathlib
import sqlite3
import subprocess
import threading
import time

import pytest

from anpi_harness import Collector, CommandLine, Fleet, LiveStream, until
from openapi_check import Contract
from webhook_receiver import Receiver

TYPHOON = "typhoon-15"
SOURCE = pathlib.Path(__file__).resolve().parents[2] / "deploy/drills" / TYPHOON
OF_DRILL = f"drill={TYPHOON}"
# What has come by then is told by 09:15 on the 24th: the ninth clinic is likely hit.
MORNING = "2022-09-24T09:15"
# Twenty hours before the storm, for what needs no storm.
QUIET = "2022-09-22T12:00"


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


def folder_of_drills(folder, until):
    """A folder with the typhoon as it was up to `until`: at full speed the whole of it would take two minutes."""
    copy = folder / "drills" / TYPHOON
    copy.mkdir(parents=True)
    for path in SOURCE.glob("*.csv"):
        # The truth is there for nobody but the scorer: a drill that reads it would fail here.
        (copy / path.name).write_bytes(b"\xff" if path.name == "truth.csv" else path.read_bytes())
    with open(SOURCE / "feed.jsonl") as feed:
        (copy / "feed.jsonl").write_text("".join(line for line in feed if line[7:23] < until))
    return folder / "drills"


@pytest.fixture
def drilling(programs, tmp_path, receiver, request):
    """A collector with drills and two hooks, of which one also hears of drills."""
    hooks = receiver.hook("real") + receiver.hook("both", extra="drill = true").replace("/hook", "/both")
    running = Collector(programs, tmp_path / "collector", hooks=hooks)
    running.drills = folder_of_drills(tmp_path, until=getattr(request, "param", QUIET))
    running.options = ["--drills", str(running.drills)]
    running.start()
    yield running
    running.stop()


def of_drill(collector, path, limit=60):
    """The items of one of the drill's lists, once there are any; it may still be being loaded."""
    def items():
        answer = collector.get(f"{path}{'&' if '?' in path else '?'}{OF_DRILL}")
        assert answer.status in (200, 503), answer
        return answer.status == 200 and answer.json["items"]

    return until(items, limit, what=f"the drill's {path}")


def drill(collector, name=TYPHOON):
    return next(one for one in collector.get("/v1/drills").json["items"] if one["name"] == name)


def wait_until_over(collector, limit=120):
    until(lambda: drill(collector)["state"] == "over", limit, every=0.3, what=f"the drill is over: {drill(collector)}")


def decisions(collector, query):
    """All decisions of the journal, oldest first, as they were told."""
    found, after = [], 0
    while True:
        page = collector.get(f"/v1/journal?after={after}&limit=500{query}").json["items"]
        if not page:
            return found
        found += [entry["body"] for entry in page if "decision" in (entry["body"] or {})]
        after = page[-1]["number"]


class Beats:
    """Real agents that beat once a second, until told to stop."""

    def __init__(self, collector, fleet):
        self.collector = collector
        self.held = set()
        self.tokens = {agent: collector.token(role="agent", agent=agent) for agent in fleet.agent_ids}
        self.ended = threading.Event()
        self.failures = []
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        sequence = 0
        while not self.ended.wait(0.5):
            sequence += 1
            for agent, token in self.tokens.items():
                if agent in self.held:
                    continue
                try:
                    answer = self.collector.beat(agent, token, sequence, interval=1)
                    if answer.status != 200:
                        self.failures.append(answer)
                except OSError as error:
                    self.failures.append(error)

    def stop(self):
        self.ended.set()
        self.thread.join(10)


@pytest.mark.parametrize("drilling", [MORNING], indirect=True)
def test_real_sites_are_judged_as_ever_while_a_drill_plays(drilling, receiver, programs):
    fleet = Fleet(sites=4, interval=1, grace=2)
    drilling.import_fleet(fleet)
    beats = Beats(drilling, fleet)
    try:
        until(lambda: all(drilling.site(site)["contact"] == "reporting" for site in fleet.site_ids), what="all report")
        live = LiveStream(drilling)
        before = drilling.get("/v1/overview").json
        answer = drilling.post("/v1/drills", {"name": TYPHOON, "speed": 3600})
        assert answer.status == 201 and answer.json["state"] == "playing", answer

        # A real clinic falls silent in the middle of it, and is noticed in its time.
        of_drill(drilling, "/v1/incidents")
        assert drill(drilling)["state"] == "playing"
        beats.held.add(fleet.agent_ids[0])
        held = time.monotonic()
        live.wait_for("site.contact", limit=8, site=fleet.site_ids[0], contact="silent")
        # Interval and grace are 3 s; the rest is the test's own round.
        assert time.monotonic() - held < 6
        wait_until_over(drilling)
        assert beats.failures == []

        # Nothing of the drill is among the real: not in lists, the overview, the stream, the journal.
        mine = set(fleet.site_ids)
        assert {site["id"] for site in drilling.get("/v1/sites?limit=500").json["items"]} == mine
        after = drilling.get("/v1/overview").json
        assert sum(after["counts"]["contact"].values()) == sum(before["counts"]["contact"].values()) == 4
        assert after["counts"]["contact"]["silent"] == 1 and after["hearing"]["deafSince"] is None
        assert not any(incident["drill"] for incident in drilling.get("/v1/incidents").json["items"])
        # The drill's sites have ids like the real ones here; its two hundred are told by the numbers beyond four.
        told = {event["json"].get("site") for event in live.events} - {None}
        assert told <= mine
        assert {entry["site"] for entry in drilling.get("/v1/journal?limit=500").json["items"]} - {None} <= mine
        assert not any(entry["kind"] == "blind.began" for entry in drilling.get("/v1/journal?limit=500").json["items"])
        live.close()

        # The drill beside it: its own fleet, its own clock, and everything says that it is one.
        overview = drilling.get(f"/v1/overview?{OF_DRILL}")
        assert overview.headers["x-anpi-drill"] == TYPHOON and overview.json["asOf"].startswith("2022-09-24T09:1")
        incidents = drilling.get(f"/v1/incidents?{OF_DRILL}").json["items"]
        assert incidents and all(incident["drill"] for incident in incidents)
        # Two hundred and two canaries.
        assert len(drilling.get(f"/v1/sites?limit=500&{OF_DRILL}").json["items"]) == 202
        for belief in ("suspect", "likelyHit"):
            assert drilling.get(f"/v1/sites?assessment={belief}&{OF_DRILL}").json["items"], belief
        assert overview.json["hearing"]["secondsToday"] == 0

        # What it has decided is what a replay of the same files decides.
        told = decisions(drilling, f"&{OF_DRILL}")
        replayed = subprocess.run(
            [programs.cli, "replay", "--fleet", SOURCE, "--feed", drilling.drills / TYPHOON / "feed.jsonl", "-o",
             "jsonl"], capture_output=True, text=True, check=True, timeout=300).stdout.splitlines()
        assert told == [json.loads(line) for line in replayed]

        # A drill's decisions have the form of the real ones.
        contract = Contract.of(drilling)
        for one in told:
            contract.check_event(one["decision"], json.dumps(one))
        assert {"site.assessed", "incident.opened", "task.offered", "hazard.applied"} <= {one["decision"] for one in told}

        # Deliveries only where they were asked for, and marked.
        paths = until(lambda: receiver.paths_of_drill(), what="a drill's delivery")
        assert paths == {"/both"}
        real = [event for event in receiver.events if not event["data"].get("drill")]
        assert {event["path"] for event in real} == {"/hook", "/both"}
        assert len({(event["path"], event["id"]) for event in receiver.events}) == len(receiver.events)
    finally:
        beats.stop()


def test_a_drill_goes_on_where_it_stood_and_leaves_nothing_behind(drilling, receiver):
    drilling.post("/v1/drills", {"name": TYPHOON, "speed": 3600})
    until(lambda: drill(drilling)["now"] > "2022-09-21T22", 60, what="a third of the drill has played")
    drilling.kill()
    stood = drilling_time(drilling)
    drilling.start()
    until(lambda: (drill(drilling)["now"] or "") >= stood, what="it goes on where it stood")
    assert of_drill(drilling, "/v1/incidents")[0]["drill"]

    # People work in it by its own clock, on the same way as ever.
    site = drilling.get(f"/v1/sites?limit=1&{OF_DRILL}").json["items"][0]["id"]
    key = {"Idempotency-Key": "drill-finding"}
    phone = {"kind": "phone", "direction": "out", "site": site, "result": "noAnswer"}
    added = drilling.post(f"/v1/findings?{OF_DRILL}", phone, headers=key)
    assert added.status == 201 and added.json["observedAt"].startswith("2022-09-2"), added
    again = drilling.post(f"/v1/findings?{OF_DRILL}", phone, headers=key)
    assert (again.status, again.json["id"]) == (201, added.json["id"])
    assert drilling.get("/v1/findings").json["items"] == []
    wait_until_over(drilling)
    # It was never deaf, whatever happened to the process.
    assert not [one for one in decisions(drilling, f"&{OF_DRILL}") if one["decision"].startswith("blind.")]
    assert not [line for line in drilling.log.splitlines() if "another decision than the journal" in line]

    # After the end the clock stands, and one can still work.
    assert drilling.post(f"/v1/findings?{OF_DRILL}", phone).status == 201
    assert drilling.get("/v1/journal/verify").json["ok"] and drilling.get(f"/v1/journal/verify?{OF_DRILL}").json["ok"]

    assert drilling.request("DELETE", f"/v1/drills/{TYPHOON}").status == 204
    assert drill(drilling)["state"] == "ready"
    assert drilling.get(f"/v1/sites?{OF_DRILL}").status == 404
    assert rows_of_drills(drilling) == {}
    assert drilling.get("/v1/journal/verify").json["ok"]

    # Another one is another lane: no id that a receiver has seen comes again.
    drilling.post("/v1/drills", {"name": TYPHOON})
    assert lanes(drilling) == [2]


def test_what_cannot_be_played_is_refused(drilling):
    def start(body, **options):
        return drilling.post("/v1/drills", body, **options)

    unknown = start({"name": "no-such"})
    assert unknown.status == 404 and TYPHOON in unknown.json["detail"]
    for name in ("../typhoon-15", "", "Typhoon-15", "a/b", "typhoon-15/generator", "." * 3, "x" * 200):
        assert start({"name": name}).status == 404, name
    for speed in (0, -1, 3601):
        refused = start({"name": TYPHOON, "speed": speed})
        assert refused.status == 422 and refused.json["errors"][0]["path"] == "speed", speed
    assert start({"name": TYPHOON, "speed": 1.5}, check=False, token=drilling.admin_token).status == 400
    assert start({}).status == 422
    for role in ({"role": "viewer"}, {"role": "engineer", "engineer": "eng-1"}):
        drilling.import_fleet(Fleet(sites=1))
        token = drilling.token(**role)
        assert start({"name": TYPHOON}, token=token).status == 403, role
        assert drilling.request("DELETE", f"/v1/drills/{TYPHOON}", token=token).status == 403
        assert drilling.get("/v1/drills", token=token).status == 200
    assert start({"name": TYPHOON}, token=False).status == 401

    assert drilling.request("DELETE", f"/v1/drills/{TYPHOON}").status == 404
    assert drilling.get(f"/v1/sites?{OF_DRILL}").status == 404
    assert drilling.get(f"/v1/sites?{OF_DRILL}", token=False).status == 401
    assert start({"name": TYPHOON, "speed": 1}).status == 201
    assert start({"name": TYPHOON}).status == 409
    # A drill is heard from its feed alone.
    agent = drilling.token(role="agent", agent="shz-0001-server")
    beat = {"agent": "shz-0001-server", "boot": "b", "beats": [{"seq": 1, "at": "2022-09-21T16:00:00+09:00", "interval": 1}]}
    assert drilling.post(f"/v1/heartbeats?{OF_DRILL}", beat, token=agent, check=False).status == 404
    assert drilling.request("POST", f"/v1/hazards?{OF_DRILL}", b"<a/>", headers={"Content-Type": "application/xml"}).status == 403
    assert drilling.get(f"/v1/sites?drill={TYPHOON}&x=1").status == 422


def test_a_drill_whose_files_have_mistakes_is_refused_whole(programs, tmp_path):
    broken = tmp_path / "drills" / "broken"
    broken.mkdir(parents=True)
    for name, text in Fleet(sites=1).files().items():
        (broken / name).write_text(text)
    (broken / "feed.jsonl").write_text('{"at":"2022-09-24T05:00:00+09:00"}\n{"at":"2022-09-24T04:00:00+09:00"}\n')
    collector = Collector(programs, tmp_path / "collector")
    collector.options = ["--drills", str(tmp_path / "drills")]
    collector.start()
    try:
        refused = collector.post("/v1/drills", {"name": "broken"})
        assert refused.status == 422 and refused.json["errors"][0]["path"] == "feed.jsonl:2", refused
        assert [one["state"] for one in collector.get("/v1/drills").json["items"]] == ["ready"]
        assert rows_of_drills(collector) == {}
        (broken / "sites.csv").write_text("id\n")
        assert collector.post("/v1/drills", {"name": "broken"}).json["errors"][0]["path"].startswith("sites.csv")
    finally:
        collector.stop()


def test_the_command_line_begins_shows_and_ends_a_drill(drilling, programs):
    cli = CommandLine(programs, drilling, drilling.admin_token)
    assert "ready" in cli.run("drill", "list")
    said = cli.run("drill", TYPHOON, "--speed", "3600")
    assert f"{drilling.url}/?drill={TYPHOON}" in said and "3600" in said, said
    assert "playing" in cli.run("drill", "list")
    of_drill(drilling, "/v1/incidents")
    shown = cli.run("incident", "list", "--drill", TYPHOON)
    assert shown.startswith(f"[DRILL] {TYPHOON}") and "Sep 2022" in shown.splitlines()[0], shown
    assert cli.run("site", "list", ANPI_DRILL=TYPHOON, LANG="ja_JP.UTF-8").startswith(f"【訓練】{TYPHOON}")
    assert len(json.loads(cli.run("site", "list", "--drill", TYPHOON, "-o", "json", "--limit", "500"))["items"]) == 202
    assert cli.json("incident", "list")["items"] == []
    cli.run("drill", TYPHOON, code=3)
    cli.run("drill", "no-such", code=4)
    cli.run("drill", TYPHOON, "--speed", "0", code=64)
    cli.run("queue", "--drill", "no-such", code=4)
    assert "ended" in cli.run("drill", "end", TYPHOON, ANPI_DRILL=TYPHOON)
    cli.run("queue", "--drill", TYPHOON, code=4)
    cli.run("drill", "end", TYPHOON, code=4)


# ---- The store, read beside the collector


def rows_of_drills(collector):
    """How many rows each table keeps of lanes other than the real one."""
    with sqlite3.connect(f"file:{collector.database}?mode=ro", uri=True) as store:
        tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        laned = [name for name in tables if any(column[1] == "lane" for column in store.execute(f"PRAGMA table_info({name})"))]
        assert len(laned) > 10
        counts = {name: store.execute(f"SELECT COUNT(*) FROM {name} WHERE lane <> 0").fetchone()[0] for name in laned}
    return {name: count for name, count in counts.items() if count}


def lanes(collector):
    with sqlite3.connect(f"file:{collector.database}?mode=ro", uri=True) as store:
        return [lane for (lane,) in store.execute("SELECT lane FROM drill")]


def drilling_time(collector):
    """Where the drill's log stands, as the API writes times."""
    with sqlite3.connect(f"file:{collector.database}?mode=ro", uri=True) as store:
        (milliseconds,) = store.execute("SELECT MAX(watermark) FROM writer WHERE lane <> 0").fetchone()
    moment = time.gmtime(milliseconds / 1000 + 9 * 3600)
    return time.strftime("%Y-%m-%dT%H:%M:%S", moment)
