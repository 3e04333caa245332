"""The checker of histories, on histories that are wrong on purpose."""

import pytest

from fault_history import FinalState, History, violations


def history(*operations):
    told = History()
    for kind, key, value, good in operations:
        told.end(told.begin(kind, key, value), good)
    return told


GOOD = [
    ("beat", "a", 1, True), ("beat", "a", 2, None), ("finding", "f1", None, True), ("finding", "f2", None, None),
    ("finding", "f3", None, False), ("accept", "T-1", "eng-1", True), ("accept", "T-1", "eng-2", False),
    ("accept", "T-2", "eng-2", None), ("change", "T-1", "onSite", True), ("change", "T-1", "blocked", True),
    ("change", "T-1", "onSite", None), ("change", "T-1", "blocked", False),
]
CHANGES = (("T-1", "onSite"), ("T-1", "blocked"))


def final(beats=(1, 2), findings=("f1",), acceptances=(("T-1", "eng-1"),), incidents=(), changes=CHANGES):
    return FinalState({"a": set(beats)}, list(findings), list(acceptances), list(incidents), list(changes))


@pytest.mark.parametrize("state", [
    final(),
    # What nobody answered for may have happened or not.
    final(beats=[1]), final(findings=["f1", "f2"]), final(acceptances=[("T-1", "eng-1"), ("T-2", "eng-2")]),
    final(changes=[*CHANGES, ("T-1", "onSite")]),
    # The same site again after its incident was closed.
    final(incidents=[("s", "opened"), ("s", "closed"), ("s", "opened"), ("t", "opened")]),
])
def test_what_may_be_is_no_violation(state):
    assert violations(history(*GOOD), state) == []


@pytest.mark.parametrize("state, words", [
    (final(beats=[2]), "lost: beat 1 of a"),
    (final(findings=[]), "lost: finding f1"),
    (final(findings=["f1", "f1"]), "twice: finding f1"),
    (final(findings=["f1", "f3"]), "refused and done: finding f3"),
    (final(acceptances=[]), "lost: eng-1 was told"),
    (final(acceptances=[("T-1", "eng-2")]), "lost: eng-1 was told"),
    (final(acceptances=[("T-1", "eng-1"), ("T-1", "eng-2")]), "twice: task T-1"),
    (final(changes=CHANGES[:1]), "lost: T-1 was brought to blocked"),
    (final(changes=[*CHANGES, ("T-1", "blocked")]), "twice: T-1 is brought to blocked"),
    (final(changes=[*CHANGES, ("T-1", "onSite"), ("T-1", "onSite")]), "twice: T-1 is brought to onSite"),
    (final(incidents=[("s", "opened"), ("s", "opened")]), "twice: an incident of s"),
])
def test_what_must_not_be_is_found(state, words):
    found = violations(history(*GOOD), state)
    assert len(found) == 1 and found[0].startswith(words), found
