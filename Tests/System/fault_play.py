"""What plays of faults have in common: clients that write down what they were told, and how the end is read."""

import datetime
import itertools
import json
import os
import threading
import time

from anpi_harness import Fleet, until
from fault_history import FinalState, History, violations
from log_rows import archived, in_the_log


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


class Play:
    """Two collectors on one database and clients at both, from the first beat to the check of what is there in the end."""

    def __init__(self, collectors, receiver, silent):
        self.collectors, self.receiver = collectors, receiver
        self.fleet = Fleet(sites=6 + silent, interval=1, grace=4)
        #: Of these nobody hears after their first beat: incidents and tasks come of it, whatever happens meanwhile.
        self.silent, self.silent_sites = self.fleet.agent_ids[:silent], self.fleet.site_ids[:silent]
        self.history, self.tasks, self.clients = History(), [], []

    def start(self):
        first, second = self.collectors
        first.start()
        until(lambda: decides(first), 10)
        second.folder.mkdir(parents=True, exist_ok=True)
        (second.folder / "admin-token").write_text(first.admin_token)
        second.start()
        first.import_fleet(self.fleet)
        self.tokens = {agent: first.token(role="agent", agent=agent) for agent in self.fleet.agent_ids}
        # Tokens hold everywhere within five seconds.
        until(lambda: second.beat(self.silent[0], self.tokens[self.silent[0]], 1).status == 200, 10)
        live = [(agent, token) for agent, token in self.tokens.items() if agent not in self.silent]
        sites = self.fleet.site_ids[len(self.silent):]
        self.clients = [
            Client(number, self.collectors, dict(live[number::3]), sites, self.tasks, self.history) for number in range(3)
        ]
        for client in self.clients:
            client.start()
        self.beats_go_through()

    def say_once(self, number):
        """The first and last beat of one of the silent ones."""
        agent = self.silent[number]
        until(lambda: any(self.beat(collector, agent) for collector in self.collectors), 10)

    def beat(self, collector, agent):
        try:
            return collector.beat(agent, self.tokens[agent], 1).status == 200
        except OSError:
            return False

    def beats_go_through(self):
        """Waits until a dozen more beats were acknowledged."""
        before = len(self.history.good("beat"))
        until(lambda: len(self.history.good("beat")) > before + 12, 20, what="beats are acknowledged")

    def end(self, survivor, store):
        """Ends the load; everything acknowledged is there, once; only the silent are called so; hooks were told."""
        self.stop()
        lines = journal(survivor)
        assert violations(self.history, final_state(lines, store, self.collectors)) == []
        assert survivor.get("/v1/journal/verify").json["ok"]
        falsely = [
            line for line in lines
            if line["kind"] == "site.contact" and line["body"]["contact"] == "silent"
            and line["body"]["site"] not in self.silent_sites
        ]
        assert falsely == []
        opened = {line["body"]["incident"] for line in lines if line["kind"] == "incident.opened"}
        until(
            lambda: opened <= {event["data"]["incident"] for event in self.receiver.named("incident.opened")}, 40,
            what="each incident is told to the hook at least once")

    def stop(self):
        for client in self.clients:
            client.ends.set()
        for client in self.clients:
            client.join(60)


def decides(collector):
    """Whether this collector said last that it decides."""
    log = collector.log
    return log.rfind("This process decides now") > log.rfind("Another process may decide now")


def pause(seconds):
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end, seconds + 5)


def goes_on(collector, struck):
    """Whether engine time has passed the fault by a second: somebody decides again."""
    try:
        answer = collector.get("/v1/overview")
    except OSError:
        return False
    return answer.status == 200 and instant(answer.json["asOf"]) > instant(struck) + datetime.timedelta(seconds=1)


def instant(text):
    return datetime.datetime.fromisoformat(text)


def offered(collector):
    """The inspections that wait for somebody to take them."""
    answer = collector.get("/v1/tasks?state=offered")
    return [task["id"] for task in answer.json["items"] if task["kind"] == "inspect"] if answer.status == 200 else []


def journal(collector):
    lines, cursor = [], None
    while True:
        page = collector.get("/v1/journal?limit=500" + (f"&cursor={cursor}" if cursor else "")).json
        lines += page["items"]
        cursor = page["next"]
        if not cursor:
            return lines


def final_state(lines, store, collectors):
    """What is there in the end, from the journal's lines and the log, of which each collector may have archived a part."""
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
    moved = [archived(collector.folder / "anpi-archive") for collector in collectors]
    kept = in_the_log(itertools.chain(store.batches(), *moved))
    return FinalState(kept, [key for key in findings if key], acceptances, incidents)


def record(fault, seed, took, operations):
    """A line for whoever collects them; `operations` are those since the fault."""
    path = os.environ.get("ANPI_TEST_FAULTS_RECORD")
    figures = {
        "fault": fault, "seed": seed, "goesOnAfterSeconds": round(took, 1),
        "acknowledged": {
            kind: sum(1 for each in operations if each.kind == kind and each.good) for kind in ("beat", "finding", "accept")
        },
        "operations": len(operations),
    }
    print(json.dumps(figures))
    if path:
        with open(path, "a") as lines:
            lines.write(json.dumps(figures) + "\n")
