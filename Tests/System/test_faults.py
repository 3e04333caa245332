"""Faults under load, held against what clients were told: two collectors over PostgreSQL, one of which is killed or put to
sleep, or whose database crashes.

`ANPI_TEST_FAULTS=20` plays twenty seeds of each fault instead of one; Benchmarks/run-faults records the result.
"""

import datetime
import json
import os
import random
import signal
import threading
import time

import pytest

from anpi_harness import Collector, Fleet, now, until
from fault_history import FinalState, History, violations
from test_nothing_lost import PostgresStore, in_the_log
from webhook_receiver import Receiver

SEEDS = int(os.environ.get("ANPI_TEST_FAULTS", "1"))
FIRST = int(os.environ.get("ANPI_TEST_FAULTS_FROM", str(int(time.time()))))
#: Time goes on within so many seconds of the fault: a successor has taken over, or the database is back.
GOES_ON = 15


class Client(threading.Thread):
    """Beats, findings and acceptances at one collector after the other; writes down what it was told."""

    def __init__(self, number, collectors, tokens, sites, tasks, history):
        super().__init__(daemon=True)
        self.number, self.collectors, self.tokens = number, collectors, tokens
        self.sites, self.tasks, self.history = sites, tasks, history
        self.at = number % len(collectors)
        self.sent = {agent: 10 for agent in tokens}
        self.findings = 0
        self.ends = threading.Event()

    def run(self):
        while not self.ends.is_set():
            for agent, token in self.tokens.items():
                self.sent[agent] += 1
                number = self.sent[agent]
                beat = self.history.begin("beat", agent, number)
                self.tell(beat, lambda to: to.beat(agent, token, number), lambda answer: answer.status == 200)
            self.findings += 1
            key = f"finding-{self.number}-{self.findings}"
            body = {"kind": "phone", "direction": "out", "site": self.sites[self.number % len(self.sites)],
                    "result": "noAnswer", "text": key}
            self.tell(
                self.history.begin("finding", key),
                lambda to: to.post("/v1/findings", body, headers={"Idempotency-Key": key}),
                lambda answer: answer.status == 201)
            if self.tasks:
                task = self.tasks.pop()
                accepted = self.history.begin("accept", task, "eng-1")
                self.tell(
                    accepted,
                    lambda to: to.post(
                        f"/v1/tasks/{task}/transitions", {"to": "accepted", "onBehalfOf": "eng-1"},
                        headers={"Idempotency-Key": f"accept-{self.number}-{task}"}),
                    lambda answer: answer.status == 200)
            self.ends.wait(0.15)

    def tell(self, operation, send, is_good):
        """Asks this collector, and the other where it does not answer, until one does or the test ends."""
        for _ in range(40):
            try:
                answer = send(self.collectors[self.at])
            except OSError:
                answer = None
            if answer is not None and answer.status < 500:
                return self.history.end(operation, bool(is_good(answer)))
            self.at = (self.at + 1) % len(self.collectors)
            if operation.kind == "beat" or self.ends.wait(0.25):
                break
        self.history.end(operation, None)


def cases():
    for fault in ("killed", "asleep", "databaseCrash"):
        for seed in range(FIRST, FIRST + SEEDS):
            yield pytest.param(fault, seed, id=f"{fault}-{seed}")


@pytest.mark.parametrize("fault, seed", cases())
def test_no_fault_loses_or_doubles_what_was_acknowledged(programs, tmp_path, postgres, fault, seed):
    print(f"seed {seed}")
    chance = random.Random(seed)
    store = PostgresStore(postgres)
    receiver = Receiver()
    collectors = [
        Collector(programs, tmp_path / name, hooks=receiver.hook("office"), address=store.address)
        for name in ("first", "second")
    ]
    first, second = collectors
    try:
        first.start()
        until(lambda: "This process decides now" in first.log, 10)
        second.folder.mkdir(parents=True, exist_ok=True)
        (second.folder / "admin-token").write_text(first.admin_token)
        second.start()
        fleet = Fleet(sites=8, interval=1, grace=4)
        first.import_fleet(fleet)
        tokens = {agent: first.token(role="agent", agent=agent) for agent in fleet.agent_ids}
        # Two say nothing after their first beat: incidents and tasks come of it, whatever happens meanwhile.
        silent = fleet.agent_ids[:2]
        until(lambda: second.beat(silent[0], tokens[silent[0]], 1).status == 200, 10)
        first.beat(silent[1], tokens[silent[1]], 1)
        history, tasks = History(), []
        live = [(agent, token) for agent, token in tokens.items() if agent not in silent]
        clients = [Client(n, collectors, dict(live[n::3]), fleet.site_ids[2:], tasks, history) for n in range(3)]
        for client in clients:
            client.start()
        until(lambda: len(history.good("beat")) > 12, 20)
        pause(chance.uniform(0, 4))
        began, struck = time.monotonic(), now()
        strike(fault, first, store)
        survivor = first if fault == "databaseCrash" else second
        until(lambda: goes_on(survivor, struck), GOES_ON, what=f"time goes on\n{survivor.log[-2000:]}")
        took = time.monotonic() - began
        mended = time.monotonic()
        revive(fault, first)
        # Both that are silent get their incident and a task, which two clients want at once.
        found = until(lambda: offered(survivor, 2), 40, what="both tasks are offered")
        tasks += found + found
        until(lambda: not tasks, 20, what="the tasks are asked for")
        pause(1)
        for client in clients:
            client.ends.set()
        for client in clients:
            client.join(30)
        final = final_state(survivor, store)
        assert violations(history, final) == []
        assert survivor.get("/v1/journal/verify").json["ok"]
        falsely = [
            line for line in journal(survivor)
            if line["kind"] == "site.contact" and line["body"]["contact"] == "silent"
            and line["body"]["site"] not in fleet.site_ids[:2]
        ]
        assert falsely == []
        assert survivor.get("/v1/overview").json["hearing"]["periods"], "the fault is blind time"
        opened = {line["body"]["incident"] for line in journal(survivor) if line["kind"] == "incident.opened"}
        until(
            lambda: opened <= {event["data"]["incident"] for event in receiver.named("incident.opened")}, 40,
            what="each incident is told to the hook at least once")
        record(fault, seed, took, history, mended - began)
    finally:
        for collector in collectors:
            collector.stop()
        receiver.stop()


def pause(seconds):
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end, seconds + 5)


def strike(fault, first, store):
    if fault == "killed":
        first.kill()
    elif fault == "asleep":
        first.process.send_signal(signal.SIGSTOP)
    else:
        store.server.stop("immediate")
        pause(1)
        store.server.start()


def revive(fault, first):
    if fault == "killed":
        first.start()
    elif fault == "asleep":
        first.process.send_signal(signal.SIGCONT)
        assert first.process.wait(30) != 0, "it was shut out"
        first.start()


def goes_on(collector, struck):
    """Whether engine time has passed the fault by a second: somebody decides again."""
    answer = collector.get("/v1/overview")
    if answer.status != 200:
        return False
    return instant(answer.json["asOf"]) > instant(struck) + datetime.timedelta(seconds=1)


def instant(text):
    return datetime.datetime.fromisoformat(text)


def offered(collector, count):
    answer = collector.get("/v1/tasks?state=offered")
    found = [task["id"] for task in answer.json["items"] if task["kind"] == "inspect"] if answer.status == 200 else []
    return found if len(found) >= count else None


def journal(collector):
    lines, cursor = [], None
    while True:
        page = collector.get("/v1/journal?limit=500" + (f"&cursor={cursor}" if cursor else "")).json
        lines += page["items"]
        cursor = page["next"]
        if not cursor:
            return lines


def final_state(collector, store):
    lines = journal(collector)
    findings = [line["body"].get("text") for line in lines if line["kind"] == "command.finding"]
    acceptances = [
        (line["body"]["task"], line["body"]["engineer"]) for line in lines
        if line["kind"] == "task.changed" and line["body"]["state"] == "accepted"
    ]
    incidents = []
    for line in lines:
        if line["kind"] == "incident.opened":
            incidents += [(site, "opened") for site in line["body"]["sites"]]
        elif line["kind"] == "incident.closed" and line.get("site"):
            incidents.append((line["site"], "closed"))
    return FinalState(in_the_log(store), [key for key in findings if key], acceptances, incidents)


def record(fault, seed, took, history, outage):
    """A line for whoever collects them."""
    path = os.environ.get("ANPI_TEST_FAULTS_RECORD")
    figures = {
        "fault": fault, "seed": seed, "goesOnAfterSeconds": round(took, 1),
        "acknowledged": {kind: len(history.good(kind)) for kind in ("beat", "finding", "accept")},
        "operations": len(history.operations),
    }
    print(json.dumps(figures))
    if path:
        with open(path, "a") as lines:
            lines.write(json.dumps(figures) + "\n")
