"""What clients were told, held against what is there in the end, as Jepsen-style tests do.

Clients write down each operation when it begins and when it ends. One that ended with a good answer must have happened
exactly once, and before whatever began on the same subject after its end; one that was refused must not have; of one
without an answer nobody knows, so it may have happened or not. What nobody asked for must not be there.
"""

import dataclasses
import threading
import time


@dataclasses.dataclass
class Operation:
    #: "beat", "finding", "accept", "change", or "step" for what else is done to a task.
    kind: str
    #: Whose beat, the site of the finding, the task.
    subject: str
    #: The sequence of a beat; the key that was sent with a finding or with what is done to a task.
    key: object
    #: Who accepts; the state that a task is brought to.
    value: object = None
    began: float = 0.0
    ended: float | None = None
    #: True: a good answer; False: refused for good; None: no answer, or one that says to ask again.
    good: bool | None = None


class History:
    """Operations of any number of clients; safe to be used from their threads."""

    def __init__(self):
        self.operations = []
        #: Sites that nobody sends beats for: only these may be called silent.
        self.quiet = set()
        self._lock = threading.Lock()

    def begin(self, kind, subject, key, value=None) -> Operation:
        operation = Operation(kind, subject, key, value, began=time.monotonic())
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
    """What is there in the end, read from the log and the journal, each list in the journal's order."""

    #: By agent: the sequences in the input log.
    beats: dict
    #: (site, key) of each finding.
    findings: list
    #: (task, key) of each thing that was done to a task.
    steps: list
    #: (task, who) of each acceptance.
    acceptances: list
    #: ("opened", incident, sites), ("joined" or "left", incident, [site]), ("merged", incident, the other), and
    #: ("closed", incident, None).
    incidents: list
    #: Sites that were called silent.
    silences: list = dataclasses.field(default_factory=list)
    #: Incidents that a hook was told of; nil where there is none.
    told: set | None = None


def violations(history: History, final: FinalState) -> list[str]:
    """Everything that must not be, in words; empty where all is well."""
    with history._lock:
        operations = list(history.operations)
    return [
        *of_beats(operations, final.beats),
        *of_commands("finding", [each for each in operations if each.kind == "finding"], final.findings),
        *of_commands("step", [each for each in operations if each.kind in ("accept", "change", "step")], final.steps),
        *of_acceptances(operations, final.acceptances), *of_incidents(final.incidents),
        *(f"false: {site} was called silent" for site in final.silences if site not in history.quiet),
        *(f"untold: no hook heard of {incident}" for what, incident, _ in final.incidents
          if what == "opened" and final.told is not None and incident not in final.told),
    ]


def of_beats(operations, beats):
    asked = {}
    for each in operations:
        if each.kind == "beat":
            asked.setdefault(each.subject, {}).setdefault(each.key, set()).add(each.good)
    for agent, sent in asked.items():
        there = beats.get(agent, set())
        for number, answers in sent.items():
            if True in answers and number not in there:
                yield f"lost: beat {number} of {agent} was acknowledged"
            if answers == {False} and number in there:
                yield f"refused and done: beat {number} of {agent}"
        for number in sorted(there - sent.keys()):
            yield f"invented: beat {number} of {agent} was never sent"


def of_commands(what, operations, there):
    """`there` holds (subject, key) in the order in which they were done."""
    place, asked = {}, {}
    for number, (subject, key) in enumerate(there):
        if key in place:
            yield f"twice: {what} {key}"
        place.setdefault(key, number)
    for each in operations:
        asked.setdefault(each.key, []).append(each)
    for key, wishes in asked.items():
        answers = {each.good for each in wishes}
        if True in answers and key not in place:
            yield f"lost: {what} {key} was acknowledged"
        if answers == {False} and key in place:
            yield f"refused and done: {what} {key}"
    for subject, key in there:
        if all(each.subject != subject for each in asked.get(key, ())):
            yield f"invented: nobody asked for {what} {key} of {subject}"
    done = [each for each in operations if each.good and each.key in place]
    for subject in sorted({each.subject for each in done}):
        mine = [each for each in done if each.subject == subject]
        for earlier in mine:
            for later in mine:
                if earlier.ended < later.began and place[earlier.key] > place[later.key]:
                    yield f"out of order: {what} {earlier.key} had ended when {later.key} began, and comes after it"


def of_acceptances(operations, acceptances):
    asked = {(each.subject, each.value) for each in operations if each.kind == "accept"}
    winners = {}
    for task, who in acceptances:
        if task in winners:
            yield f"twice: task {task} was accepted by {winners[task]} and by {who}"
        winners.setdefault(task, who)
        if (task, who) not in asked:
            yield f"invented: nobody asked that {who} has {task}"
    for each in operations:
        if each.kind == "accept" and each.good and winners.get(each.subject) != each.value:
            yield f"lost: {each.value} was told that {each.subject} is theirs, {winners.get(each.subject)} has it"


def of_incidents(events):
    members, opened = {}, set()
    for what, incident, about in events:
        if what == "opened" and incident in opened:
            yield f"twice: {incident} is opened"
        if what in ("opened", "joined"):
            opened |= {incident} if what == "opened" else set()
            for site in about:
                for other in [each for each, sites in members.items() if site in sites and each != incident]:
                    yield f"twice: {site} is in {other} already when {incident} has it"
            members.setdefault(incident, set()).update(about)
        elif what == "left":
            members.get(incident, set()).difference_update(about)
        elif what == "merged":
            # The larger one is told of as opened after this where it is new.
            members.setdefault(about, set()).update(members.pop(incident, set()))
        else:
            members.pop(incident, None)
