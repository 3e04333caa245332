"""What clients were told, held against what is there in the end, as Jepsen-style tests do.

Clients write down each operation when it begins and when it ends. One that ended with a good answer must have happened
exactly once; one that was refused must not have; of one without an answer nobody knows, so it may have happened or not.
"""

import dataclasses
import threading
import time


@dataclasses.dataclass
class Operation:
    #: "beat", "finding", "accept" or "change".
    kind: str
    #: Whose beat, the key of the command, or the task that is accepted or changed.
    key: str
    #: The sequence of a beat; who accepts; the state that a task is brought to.
    value: object = None
    began: float = 0.0
    ended: float | None = None
    #: True: a good answer; False: refused for good; None: no answer, or one that says to ask again.
    good: bool | None = None


class History:
    """Operations of any number of clients; safe to be used from their threads."""

    def __init__(self):
        self.operations = []
        self._lock = threading.Lock()

    def begin(self, kind, key, value=None) -> Operation:
        operation = Operation(kind, key, value, began=time.monotonic())
        with self._lock:
            self.operations.append(operation)
        return operation

    def end(self, operation: Operation, good: bool | None):
        operation.ended = time.monotonic()
        operation.good = good

    def good(self, kind):
        with self._lock:
            return [each for each in self.operations if each.kind == kind and each.good]


@dataclasses.dataclass
class FinalState:
    """What is there in the end, read from the log and the journal."""

    #: By agent: the sequences in the input log.
    beats: dict
    #: The keys of findings, each as often as it was written.
    findings: list
    #: (task, who) of each acceptance, in order.
    acceptances: list
    #: (site, "opened" or "closed") of each incident of one site, in order.
    incidents: list
    #: (task, state) of each change of a task, in order.
    changes: list = dataclasses.field(default_factory=list)


def violations(history: History, final: FinalState) -> list[str]:
    """Everything that must not be, in words; empty where all is well."""
    found = []
    for beat in history.good("beat"):
        if beat.value not in final.beats.get(beat.key, ()):
            found.append(f"lost: beat {beat.value} of {beat.key} was acknowledged")
    acknowledged = {finding.key for finding in history.good("finding")}
    refused = {each.key for each in history.operations if each.kind == "finding" and each.good is False}
    for key in sorted(acknowledged):
        if key not in final.findings:
            found.append(f"lost: finding {key} was acknowledged")
    for key in sorted(set(final.findings)):
        if final.findings.count(key) > 1:
            found.append(f"twice: finding {key}")
        if key in refused - acknowledged:
            found.append(f"refused and done: finding {key}")
    winners = {}
    for task, who in final.acceptances:
        if task in winners:
            found.append(f"twice: task {task} was accepted by {winners[task]} and by {who}")
        winners.setdefault(task, who)
    for accepted in history.good("accept"):
        if winners.get(accepted.key) != accepted.value:
            found.append(f"lost: {accepted.value} was told that {accepted.key} is theirs, {winners.get(accepted.key)} has it")
    changed = [each for each in history.operations if each.kind == "change"]
    for task, state in sorted({(each.key, each.value) for each in changed}):
        asked = [each.good for each in changed if (each.key, each.value) == (task, state)]
        there = final.changes.count((task, state))
        if there < asked.count(True):
            found.append(f"lost: {task} was brought to {state} {asked.count(True)} times, {there} are there")
        if there > asked.count(True) + asked.count(None):
            found.append(f"twice: {task} is brought to {state} {there} times, {asked.count(True)} were acknowledged")
    open_sites = set()
    for site, what in final.incidents:
        if what == "closed":
            open_sites.discard(site)
        elif site in open_sites:
            found.append(f"twice: an incident of {site} is open already")
        else:
            open_sites.add(site)
    return found
