"""The checker of histories, on histories that are wrong on purpose."""

import dataclasses

import pytest

from fault_history import FinalState, History, violations


def history(*operations):
    """Of operations (kind, subject, key, value, good), each of which begins when the one before has ended."""
    told = History()
    for number, (kind, subject, key, value, good) in enumerate(operations):
        operation = told.begin(kind, subject, key, value)
        told.end(operation, good)
        operation.began, operation.ended = number, number + 0.5
    told.quiet = {"q"}
    return told


GOOD = [
    ("beat", "a", 1, None, True), ("beat", "a", 2, None, None), ("beat", "a", 3, None, False),
    ("finding", "s", "f1", None, True), ("finding", "s", "f2", None, None), ("finding", "s", "f3", None, False),
    ("finding", "s", "f4", None, True), ("finding", "t", "f5", None, True),
    ("accept", "T-1", "a1", "eng-1", True), ("accept", "T-1", "a2", "eng-2", False),
    ("accept", "T-2", "a3", "eng-2", None), ("change", "T-1", "c1", "onSite", True),
    ("change", "T-1", "c2", "blocked", True), ("change", "T-1", "c3", "onSite", None),
    ("change", "T-1", "c4", "blocked", False),
]
ALL_WELL = FinalState(
    beats={"a": {1, 2}, "nobody's": {7}}, findings=[("t", "f5"), ("s", "f1"), ("s", "f4")],
    steps=[("T-1", "a1"), ("T-1", "c1"), ("T-1", "c2")], acceptances=[("T-1", "eng-1")], incidents=[], silences=["q"])
OPENED = ("opened", "I-1", ["s"])


def but(**changes):
    return dataclasses.replace(ALL_WELL, **changes)


@pytest.mark.parametrize("state", [
    ALL_WELL,
    # What nobody answered for may have happened or not, and when it likes.
    but(beats={"a": {1}}), but(findings=[("s", "f1"), ("s", "f4"), ("s", "f2"), ("t", "f5")]),
    but(steps=[("T-1", "a1"), ("T-1", "c1"), ("T-1", "c2"), ("T-2", "a3")],
        acceptances=[("T-1", "eng-1"), ("T-2", "eng-2")]),
    but(steps=[("T-1", "a1"), ("T-1", "c1"), ("T-1", "c2"), ("T-1", "c3")]),
    # The same site again after its incident was closed, after it left, and one that goes with its incident into another.
    but(incidents=[OPENED, ("closed", "I-1", None), ("opened", "I-2", ["s"]), ("opened", "I-3", ["t"])]),
    but(incidents=[OPENED, ("left", "I-1", ["s"]), ("opened", "I-2", ["s"])]),
    but(incidents=[OPENED, ("opened", "I-2", ["t"]), ("merged", "I-1", "I-2"), ("joined", "I-2", ["s"]),
                   ("closed", "I-2", None), ("opened", "I-3", ["s", "t"])]),
    but(incidents=[OPENED, ("merged", "I-1", "I-2"), ("opened", "I-2", ["s", "t"])]),
    but(incidents=[OPENED], told={"I-1"}),
])
def test_what_may_be_is_no_violation(state):
    assert violations(history(*GOOD), state) == []


@pytest.mark.parametrize("state, words", [
    (but(beats={"a": {2}}), "lost: beat 1 of a"),
    (but(beats={}), "lost: beat 1 of a"),
    (but(beats={"a": {1, 3}}), "refused and done: beat 3 of a"),
    (but(beats={"a": {1, 4}}), "invented: beat 4 of a"),
    (but(findings=[("s", "f4"), ("t", "f5")]), "lost: finding f1"),
    (but(findings=[*ALL_WELL.findings, ("s", "f1")]), "twice: finding f1"),
    (but(findings=[*ALL_WELL.findings, ("s", "f3")]), "refused and done: finding f3"),
    (but(findings=[*ALL_WELL.findings, ("s", "f9")]), "invented: nobody asked for finding f9"),
    (but(findings=[("s", "f4"), ("s", "f1"), ("t", "f5")]), "out of order: finding f1"),
    (but(findings=[("s", "f1"), ("s", "f4"), ("s", "f5")]), "invented: nobody asked for finding f5 of s"),
    (but(acceptances=[]), "lost: eng-1 was told"),
    (but(acceptances=[("T-1", "eng-2")]), "lost: eng-1 was told"),
    (but(acceptances=[("T-1", "eng-1"), ("T-1", "eng-2")]), "twice: task T-1"),
    (but(acceptances=[("T-1", "eng-1"), ("T-3", "eng-2")]), "invented: nobody asked that eng-2 has T-3"),
    (but(steps=[("T-1", "c1"), ("T-1", "c2")]), "lost: step a1"),
    (but(steps=ALL_WELL.steps[:2]), "lost: step c2"),
    (but(steps=[*ALL_WELL.steps, ("T-1", "c2")]), "twice: step c2"),
    (but(steps=[*ALL_WELL.steps, ("T-1", "a2")]), "refused and done: step a2"),
    (but(steps=[*ALL_WELL.steps, ("T-1", "c4")]), "refused and done: step c4"),
    (but(steps=[*ALL_WELL.steps, ("T-1", "c9")]), "invented: nobody asked for step c9"),
    (but(steps=[("T-1", "a1"), ("T-1", "c2"), ("T-1", "c1")]), "out of order: step c1"),
    (but(incidents=[OPENED, ("opened", "I-2", ["s"])]), "twice: s is in I-1"),
    (but(incidents=[OPENED, OPENED]), "twice: I-1 is opened"),
    (but(incidents=[("opened", "I-1", ["t"]), ("joined", "I-1", ["s"]), ("opened", "I-2", ["s"])]), "twice: s is in I-1"),
    (but(incidents=[OPENED, ("opened", "I-2", ["t"]), ("merged", "I-1", "I-2"), ("opened", "I-3", ["s"])]),
     "twice: s is in I-2"),
    (but(incidents=[OPENED], told=set()), "untold: no hook heard of I-1"),
    (but(silences=["s"]), "false: s was called silent"),
])
def test_what_must_not_be_is_found(state, words):
    found = violations(history(*GOOD), state)
    assert len(found) == 1 and found[0].startswith(words), found


def test_what_was_under_way_at_the_same_time_may_come_in_any_order():
    told = history(("finding", "s", "f1", None, True), ("finding", "s", "f2", None, True))
    told.operations[1].began = 0.25
    state = FinalState({}, [("s", "f2"), ("s", "f1")], [], [], [])
    assert violations(told, state) == []
