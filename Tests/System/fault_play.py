"""What plays of faults have in common: clients that write down what they were told, and how the end is read."""

import contextlib
import datetime
import itertools
import json
import os
import threading
import time

from anpi_harness import Collector, Fleet, until
from fault_history import FinalState, History, violations
from log_rows import archived, in_the_log


def collectors_on(machines, programs, folder, store, receiver):
    """A collector on each machine over the same store, with the office's hook."""
    collectors = [
        Collector(
            programs, folder / machine.name, hooks=receiver.hook("office", host=machine.gateway), address=store.address,
            machine=machine)
        for machine in machines
    ]
    for collector in collectors:
        # Whoever gets no answer asks the other one, as agents do.
        collector.timeout = 6
    return collectors


class Client:
    """Beats on one thread, findings, acceptances and changes of a task on another, at one collector after the other; writes
    down what it was told."""

    def __init__(self, number, collectors, tokens, sites, tasks, history):
        self.number, self.collectors, self.tokens = number, collectors, tokens
        self.sites, self.tasks, self.history = sites, tasks, history
        self.sent = {agent: 10 for agent in tokens}
        self.findings = self.changes = self.steps = 0
        #: For whom this client asks; the other engineer's clients ask for the same tasks.
        self.engineer = f"eng-{1 + number % 2}"
        #: The task of this client's engineer, who is there and held up in turn.
        self.task = None
        self.ends = threading.Event()
        self.threads = [threading.Thread(target=run, daemon=True) for run in (self.beat, self.work)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def join(self, limit):
        for thread in self.threads:
            thread.join(limit)

    def beat(self):
        at = Turn(self.collectors, self.number)
        while not self.ends.is_set():
            for agent, token in self.tokens.items():
                self.sent[agent] += 1
                number = self.sent[agent]
                self.tell(
                    at, self.history.begin("beat", agent, number), lambda to: to.beat(agent, token, number),
                    lambda answer: answer.status == 200, tries=1)
            self.ends.wait(0.15)

    def work(self):
        at = Turn(self.collectors, self.number)
        while not self.ends.is_set():
            self.findings += 1
            key = f"finding-{self.number}-{self.findings}"
            site = self.sites[self.number % len(self.sites)]
            body = {"kind": "phone", "direction": "out", "site": site, "result": "noAnswer", "text": key}
            self.tell(
                at, self.history.begin("finding", site, key),
                lambda to: to.post("/v1/findings", body, headers={"Idempotency-Key": key}),
                lambda answer: answer.status == 201)
            if self.tasks:
                self.wants(at, self.tasks.pop())
            elif self.task:
                self.changes += 1
                state = "onSite" if self.changes % 2 else "blocked"
                if not self.transition(at, "change", self.task, state, self.engineer):
                    self.task = None
            self.ends.wait(0.15)

    def wants(self, at, task):
        """The task for this client's engineer; where another was asked, and has not said yes as far as one can see, it is
        taken back and offered to this one, while the other's client does the same."""
        if not self.transition(at, "accept", task, "accepted", self.engineer):
            seen = self.look(at.collector, task)
            if seen is None or seen["state"] != "offered":
                return
            if not self.transition(at, "step", task, "draft", None, seen["version"]):
                return
            self.transition(at, "step", task, "offered", self.engineer)
            if not self.transition(at, "accept", task, "accepted", self.engineer):
                return
        if not self.task:
            self.task, self.changes = task, 0

    def look(self, collector, task):
        try:
            answer = collector.get(f"/v1/tasks/{task}")
        except OSError:
            return None
        return answer.json if answer.status == 200 else None

    def transition(self, at, kind, task, state, engineer, version=None):
        """Whether it was done, as far as this client was told; with `version` only where nobody has changed the task since."""
        self.steps += 1
        key = f"{kind}-{self.number}-{task}-{state}-{self.steps}"
        operation = self.history.begin(kind, task, key, engineer if kind == "accept" else state)
        body = {"to": state, "reason": key} | ({"onBehalfOf": engineer} if engineer else {})
        headers = {"Idempotency-Key": key} | ({"If-Match": f'"{version}"'} if version else {})
        self.tell(
            at, operation, lambda to: to.post(f"/v1/tasks/{task}/transitions", body, headers=headers),
            lambda answer: answer.status == 200)
        return operation.good

    def tell(self, at, operation, send, is_good, tries=40):
        """Asks this collector, and the other where it does not answer, until one does or the test ends."""
        for _ in range(tries):
            try:
                answer = send(at.collector)
            except OSError:
                answer = None
            if answer is not None and answer.status < 500:
                return self.history.end(operation, bool(is_good(answer)))
            at.next()
            if tries > 1 and self.ends.wait(0.25):
                break
        self.history.end(operation, None)


class Turn:
    """Which of the collectors is asked; each as its client's own."""

    def __init__(self, collectors, first):
        self.collectors, self.at = collectors, first % len(collectors)

    @property
    def collector(self):
        return self.collectors[self.at]

    def next(self):
        self.at = (self.at + 1) % len(self.collectors)


class Play:
    """Two collectors on one database and clients at both, from the first beat to the check of what is there in the end."""

    def __init__(self, collectors, receiver, silent):
        self.collectors, self.receiver = collectors, receiver
        self.fleet = Fleet(sites=6 + silent, interval=1, grace=4)
        #: Of these nobody hears after their first beat: incidents and tasks come of it, whatever happens meanwhile.
        self.silent, self.silent_sites = self.fleet.agent_ids[:silent], self.fleet.site_ids[:silent]
        self.history, self.tasks, self.clients = History(), [], []
        self.history.quiet = set(self.silent_sites)

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

    def is_hit(self, number):
        """Water at a silent one: a recovery with tasks, which are offered at once."""
        site = self.silent_sites[number]
        until(lambda: any(self.damage(collector, site) for collector in self.collectors), 10)
        until(lambda: self.waiting(), 15, what="a task is offered")

    def waiting(self):
        """Tasks that wait for somebody to take them."""
        answer = self.collectors[0].get("/v1/tasks?state=offered")
        return [task["id"] for task in answer.json["items"]] if answer.status == 200 else []

    def damage(self, collector, site):
        try:
            answer = collector.post(
                f"/v1/sites/{site}/damage", {"server": "wet", "by": "director"}, headers={"Idempotency-Key": site})
        except OSError:
            return False
        return answer.status in (200, 201)

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
        opened = {line["body"]["incident"] for line in lines if line["kind"] == "incident.opened"}
        with contextlib.suppress(AssertionError):
            # A hook that was away is told within half a minute; whether it was is the checker's to say.
            until(lambda: opened <= self.told(), 40)
        found = violations(self.history, final_state(lines, store, self.collectors, self.told()))
        assert not found, "\n".join(found)
        assert survivor.get("/v1/journal/verify").json["ok"]
        for collector in self.collectors:
            assert "gave another decision" not in collector.log, "the log leads to what was decided"

    def told(self):
        return {event["data"]["incident"] for event in self.receiver.named("incident.opened")}

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


def journal(collector):
    lines, cursor = [], None
    while True:
        page = collector.get("/v1/journal?limit=500" + (f"&cursor={cursor}" if cursor else "")).json
        lines += page["items"]
        cursor = page["next"]
        if not cursor:
            return lines


def final_state(lines, store, collectors, told=None):
    """What is there in the end, from the journal's lines and the log, of which each collector may have archived a part."""
    def bodies(*kinds):
        return [line["body"] for line in lines if line["kind"] in kinds]
    incidents = []
    for line in lines:
        what, body = line["kind"].removeprefix("incident."), line["body"]
        if line["kind"] == "incident.opened":
            incidents.append((what, line["incident"], body["sites"]))
        elif line["kind"] in ("incident.joined", "incident.left"):
            incidents.append((what, line["incident"], [body["site"]]))
        elif line["kind"] in ("incident.merged", "incident.closed"):
            incidents.append((what, line["incident"], body.get("into")))
    moved = [archived(collector.folder / "anpi-archive") for collector in collectors]
    return FinalState(
        beats=in_the_log(itertools.chain(store.batches(), *moved)),
        findings=[(body["site"], body["text"]) for body in bodies("command.finding") if body.get("text")],
        steps=[(body["task"], body["reason"]) for body in bodies("command.task") if body.get("reason")],
        acceptances=[(body["task"], body["engineer"]) for body in bodies("task.changed") if body["state"] == "accepted"],
        incidents=incidents,
        silences=[body["site"] for body in bodies("site.contact") if body["contact"] == "silent"], told=told)


def record(seed, figures, operations, good=True):
    """A line for each fault of a round, for whoever collects them; the operations are counted with the last one.

    A fault after which time did not go on, or that was not reached any more, has no time."""
    path = os.environ.get("ANPI_TEST_FAULTS_RECORD")
    for number, (fault, took) in enumerate(figures, 1):
        counted = operations if number == len(figures) else []
        line = json.dumps({
            "fault": fault, "seed": seed, "good": good, "goesOnAfterSeconds": took and round(took, 1),
            "build": "release" if "release" in os.environ.get("ANPI_BIN", "") else "debug",
            "acknowledged": {
                kind: sum(1 for each in counted if each.kind == kind and each.good)
                for kind in ("beat", "finding", "accept", "change")
            },
            "operations": len(counted),
        })
        print(line)
        if path:
            with open(path, "a") as lines:
                lines.write(line + "\n")
