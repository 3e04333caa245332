"""More than the store can take: last gasps and beats go before backlog and pages, and it is over by itself."""

import concurrent.futures
import http.client
import json
import sqlite3
import threading
import time

from anpi_harness import Fleet, now, until
from test_nothing_lost import EmbeddedStore, in_the_log

#: Backlogs that are sent again and again, each of nearly the largest size that a request may have.
BACKLOG_CLIENTS = 72
RUNS = 480
#: What the process may hold: the queue's 64 MiB as it waits and as a row, the bodies being read, and the engine.
RESIDENT_MEBIBYTES_MAX = 640


class SlowStore(threading.Thread):
    """Holds the database's write lock nine tenths of the time, as a disk does that is far too slow."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path = path
        self.ends = threading.Event()

    def run(self):
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=10)
        while not self.ends.is_set():
            connection.execute("BEGIN IMMEDIATE")
            self.ends.wait(1.0)
            connection.execute("ROLLBACK")
            self.ends.wait(0.12)
        connection.close()


class Sender(threading.Thread):
    """Sends `make()` to the agents' door over one connection, again and again; keeps how it was answered."""

    def __init__(self, collector, token, make, pause):
        super().__init__(daemon=True)
        self.pause = pause
        self.collector, self.token, self.make = collector, token, make
        self.answers = []
        self.ends = threading.Event()

    def run(self):
        line = None
        while not self.ends.is_set():
            body = self.make()
            line = line or http.client.HTTPConnection("127.0.0.1", self.collector.agents_port, timeout=60)
            try:
                line.request(
                    "POST", "/v1/heartbeats", body=body,
                    headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
                answer = line.getresponse()
                told = answer.read()
                self.answers.append((answer.status, answer.getheader("retry-after"), told))
                if answer.getheader("connection") == "close":
                    line.close()
                    line = None
            except OSError:
                line.close()
                line = None
            self.ends.wait(self.pause)

    def statuses(self):
        return [status for status, _, _ in list(self.answers)]


def backlog(agent):
    """A request of many runs with long messages; the same each time, which the engine knows the second time."""
    copies = [
        {"tier": tier, "state": "failing", "message": tier[0] * 200}
        for tier in ("primary", "mirror", "external", "offsite", "cloud")]
    beats = [
        {"seq": 1_000_000 + run, "at": now(-7200 + run), "interval": 60, "copies": copies, "uptimeSeconds": run}
        for run in range(RUNS)]
    return json.dumps({"agent": agent, "boot": "away", "sentAt": now(), "beats": beats}).encode()


class Beats:
    """Single beats with rising numbers; knows which were acknowledged by the answers of their sender."""

    def __init__(self, agent):
        self.agent, self.seq = agent, 0

    def __call__(self):
        self.seq += 1
        beat = {"seq": self.seq, "at": now(), "interval": 1}
        return json.dumps({"agent": self.agent, "boot": "b1", "sentAt": now(), "beats": [beat]}).encode()


class Pages(threading.Thread):
    """Somebody who looks at pages all the time."""

    def __init__(self, collector):
        super().__init__(daemon=True)
        self.collector = collector
        self.lists, self.overviews = [], []
        self.ends = threading.Event()

    def run(self):
        while not self.ends.is_set():
            self.lists.append(self.collector.get("/v1/sites"))
            self.overviews.append(self.collector.get("/v1/overview"))
            self.ends.wait(0.1)


def resident_mebibytes(collector):
    status = open(f"/proc/{collector.process.pid}/status").read()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def test_last_gasps_and_beats_go_first_pages_wait_and_it_ends_by_itself(collector):
    fleet = Fleet(sites=24, interval=1, grace=30)
    collector.import_fleet(fleet)
    tokens = {agent: collector.token(role="agent", agent=agent) for agent in fleet.agent_ids}
    dying, living, away = fleet.agent_ids[:8], fleet.agent_ids[8:16], fleet.agent_ids[16:]
    beats = {agent: Sender(collector, tokens[agent], Beats(agent), 0.05) for agent in living}
    backlogs = []
    for number in range(BACKLOG_CLIENTS):
        agent = away[number % len(away)]
        body = backlog(agent)
        backlogs.append(Sender(collector, tokens[agent], lambda body=body: body, 0.5))
    pages, store = Pages(collector), SlowStore(collector.database)
    everyone = [*beats.values(), *backlogs, pages, store]
    for one in everyone:
        one.start()
    try:
        until(lambda: collector.metric("anpi_load_level") == 2, 20, what="it is crowded")
        most = resident_mebibytes(collector)
        asked = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(len(dying)) as pool:
            gasps = list(pool.map(lambda agent: collector.beat(agent, tokens[agent], 7, notice="lastGasp"), dying))
        assert [answer.status for answer in gasps] == [200] * len(dying), gasps
        assert time.monotonic() - asked < 6, "past all that waits"
        most = max(most, resident_mebibytes(collector))
        until(lambda: 503 in [status for one in backlogs for status in one.statuses()], 10, what="backlogs are refused")
        until(lambda: 503 in [answer.status for answer in pages.lists], 10, what="pages are refused")
        until(lambda: pages.overviews and pages.overviews[-1].json["load"]["level"] == "crowded", 10)
    finally:
        for one in everyone:
            one.ends.set()
    for one in everyone:
        one.join(60)

    refused = [answer for answer in pages.lists if answer.status == 503]
    assert all(answer.json["type"] == "urn:anpi:problem:overloaded" for answer in refused)
    assert all(3 <= int(answer.headers["retry-after"]) <= 12 for answer in refused)
    assert {answer.status for answer in pages.overviews} == {200}, "the overview is never refused"
    waits = [int(wait) for one in backlogs for status, wait, _ in one.answers if status == 503]
    assert all(15 <= wait <= 90 for wait in waits) and len(set(waits)) > min(4, len(waits) // 2), "they come back spread"
    assert {status for one in beats.values() for status in one.statuses()} == {200}, "a beat is never refused for them"
    assert most < RESIDENT_MEBIBYTES_MAX, most

    until(lambda: collector.metric("anpi_load_level") == 0, 20, what="it is calm again")
    assert collector.get("/v1/sites").status == 200
    assert collector.get("/v1/overview").json["load"] == {"level": "calm", "since": None}
    assert collector.metric('anpi_refused_total{work="page",reason="load"}') >= len(refused)
    assert collector.metric('anpi_refused_total{work="backlog",reason="queue"}') == len(waits)
    assert collector.metric('anpi_refused_total{work="urgent"') == collector.metric('anpi_refused_total{work="beat"') == 0
    for agent in dying:
        assert collector.site(fleet.site_ids[fleet.agent_ids.index(agent)])["contact"] in ("reporting", "late", "silent")
    assert collector.get("/v1/journal/verify").json["ok"]

    collector.stop()
    kept = in_the_log(EmbeddedStore(collector.folder).batches())
    for agent, sender in beats.items():
        seen = {json.loads(told)["acknowledged"] for status, _, told in sender.answers if status == 200}
        assert seen and seen <= kept[agent], f"acknowledged and lost: {sorted(seen - kept[agent])}"
    for agent in dying:
        assert 7 in kept[agent]
    print(f"resident at most {most} MiB, refused: {len(waits)} backlogs, {len(refused)} lists; beats: {sum(len(one.answers) for one in beats.values())}")
