"""Losses of whole parts of a highly available database under load, which take longer than CI has: all of etcd for a minute,
the standby that confirms, and both standbys. Played by Benchmarks/run-faults; `ANPI_TEST_FAULTS` says how often.
"""

import os
import subprocess
import time

import pytest

from anpi_harness import now, until
from fault_play import Play, collectors_on, goes_on, pause, record
from patroni_cluster import ETCD, Machine, needs_root
from test_faults import FIRST, SEEDS, answers
from test_nothing_lost import PostgresStore
from webhook_receiver import Receiver

pytestmark = [
    needs_root,
    pytest.mark.skipif("ANPI_TEST_FAULTS" not in os.environ, reason="ANPI_TEST_FAULTS does not say how often"),
]


@pytest.fixture(scope="module")
def machines(cluster):
    made = [Machine(1), Machine(2)]
    yield made
    for machine in made:
        machine.remove()


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_whole_parts_that_are_lost_take_nothing_along(programs, tmp_path, cluster, machines, seed):
    print(f"seed {seed}")
    until(lambda: not cluster.lacks(), 60, what=cluster.lacks)
    store = PostgresStore(cluster)
    receiver = Receiver("0.0.0.0")
    collectors = collectors_on(machines, programs, tmp_path, store, receiver)
    play = Play(collectors, receiver, silent=3)
    try:
        play.start()
        figures = []
        for number, lose in enumerate((all_of_etcd, the_standby, both_standbys)):
            until(lambda: not cluster.lacks(), 90, what=cluster.lacks)
            play.say_once(number)
            play.is_hit(number)
            play.tasks += play.waiting() * 2
            figures += lose(cluster, play, programs, store)
            play.beats_go_through()
        until(lambda: not play.tasks, 20, what="the tasks are asked for")
        play.stop()
        # After so long without a commit the collectors are busy for a moment, and refuse what is expensive.
        until(lambda: collectors[0].get("/v1/journal/verify").status == 200, 60, what="it serves again")
        play.end(collectors[0], store)
        record(seed, figures, play.history.operations)
    finally:
        cluster.heal()
        play.stop()
        for collector in collectors:
            collector.stop()
        receiver.stop()


def time_goes_on(play, struck, limit, what):
    """Seconds until it does, at any collector; those that were shut out are started again, as systemd does."""
    began = time.monotonic()

    def look():
        for collector in play.collectors:
            if collector.process.poll() is not None:
                collector.start(ready=False)
        return any(goes_on(collector, struck) for collector in play.collectors)

    until(look, limit, what=f"time goes on after {what}")
    return time.monotonic() - began


def all_of_etcd(cluster, play, programs, store):
    """The primary goes on, since it reaches both standbys, for as long as nothing else is lost."""
    primary = cluster.primary()
    for part in ETCD:
        cluster.kill(part)
    longest, end = 0.0, time.monotonic() + 60
    while time.monotonic() < end:
        longest = max(longest, time_goes_on(play, now(), 45, "etcdAllKilled"))
        pause(1)
    assert cluster.query("postgres", "SELECT pg_is_in_recovery()", on=primary) == ["f"], "the same one still writes"
    for part in ETCD:
        cluster.start(part)
    until(lambda: not cluster.lacks(), 90, what=cluster.lacks)
    back = time_goes_on(play, now(), 45, "etcdAllBack")
    assert cluster.primary() == primary, "nobody took its place"
    return [("etcdAllKilled", longest), ("etcdAllBack", back)]


def the_standby(cluster, play, programs, store):
    """The other one confirms instead."""
    confirming = next(name for name, member in cluster.members().items() if member["role"] == "sync_standby")
    struck = now()
    cluster.kill(confirming)
    took = time_goes_on(play, struck, 45, "standbyKilled")
    cluster.start(confirming)
    return [("standbyKilled", took)]


def both_standbys(cluster, play, programs, store):
    """Nothing is acknowledged until one is back, and doctor says why."""
    primary = cluster.primary()
    for name in cluster.members():
        if name != primary:
            cluster.kill(name)
    pause(8)
    before = len(play.history.good("beat"))
    pause(10)
    assert len(play.history.good("beat")) == before, "nothing is acknowledged that no second machine has"
    assert all(answers(collector, "/-/healthy") for collector in play.collectors if collector.process.poll() is None)
    said = subprocess.run(
        [*play.collectors[0].machine.prefix, programs.collector, "doctor", "--database", store.address],
        capture_output=True, text=True, timeout=60)
    assert said.returncode == 1 and "no standby is there to confirm" in said.stdout, said
    mended = now()
    for name in ("db1", "db2", "db3"):
        if name != primary:
            cluster.start(name)
    took = time_goes_on(play, mended, 60, "standbysBack")
    return [("standbysBack", took)]
