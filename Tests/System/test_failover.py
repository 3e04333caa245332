"""Faults of a highly available database and of the collectors on it, under load, one after the other in one play: the
primary, the leader of etcd, the collector that decides, each killed, put to sleep and cut off. In the end everything is
held against what clients were told.

`ANPI_TEST_FAILOVERS=20` plays twenty seeds instead of two; Benchmarks/run-faults records the result.
"""

import datetime
import os
import random
import signal
import time

import pytest

from anpi_harness import Collector, now, until
from fault_play import Play, decides, goes_on, instant, offered, pause, record
from patroni_cluster import Machine, PatroniCluster
from test_nothing_lost import PostgresStore
from webhook_receiver import Receiver

SEEDS = int(os.environ.get("ANPI_TEST_FAILOVERS", "2"))
FIRST = int(os.environ.get("ANPI_TEST_FAULTS_FROM", str(int(time.time()))))
WAYS = ("Killed", "Asleep", "Cut")
#: Engine time has passed the fault by a second within so many: a lost primary is noticed by its lock's end, 20 s.
LIMITS = {"primary": 45, "etcd": 10, "collector": 10}
#: So long the leader of etcd stays away: another is elected, and Patroni has to renew its lock with that one.
ETCD_AWAY = 8

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="network namespaces need root")


@pytest.fixture(scope="module")
def cluster():
    running = PatroniCluster()
    yield running
    running.remove()


@pytest.fixture(scope="module")
def machines(cluster):
    made = [Machine(1), Machine(2)]
    yield made
    for machine in made:
        machine.remove()


class Faults:
    """Strikes and mends; what a fault is aimed at is whoever has the part when it comes."""

    def __init__(self, cluster, collectors):
        self.cluster, self.collectors = cluster, collectors

    def strike(self, what, way):
        """What was hit: a part of the cluster, or a collector."""
        if what == "collector":
            hit = until(lambda: next((each for each in self.collectors if decides(each)), None), 10)
            if way == "Killed":
                hit.kill()
            elif way == "Asleep":
                hit.process.send_signal(signal.SIGSTOP)
            else:
                self.cluster.cut(hit.machine.name)
            return hit
        hit = self.cluster.primary() if what == "primary" else until(self.cluster.etcd_leader, 10)
        if way == "Killed":
            self.cluster.kill(hit)
        elif way == "Asleep":
            self.cluster.signal(hit, signal.SIGSTOP)
        else:
            self.cluster.cut(hit)
        return hit

    def mend(self, what, way, hit):
        if what == "collector":
            if way == "Asleep":
                hit.process.send_signal(signal.SIGCONT)
            elif way == "Cut":
                self.cluster.mend(hit.machine.name)
            if way != "Killed":
                assert hit.process.wait(30) != 0, "it was shut out"
        elif way == "Killed":
            self.cluster.start(hit)
        elif way == "Asleep":
            self.cluster.signal(hit, signal.SIGCONT)
        else:
            self.cluster.mend(hit)

    def tend(self, collectors):
        """Starts those again that have ended, as systemd does."""
        for collector in collectors:
            if collector.process.poll() is not None:
                collector.start(ready=False)

    def all_serve(self):
        self.tend(self.collectors)
        return all(answers(collector, "/-/ready") for collector in self.collectors)


def answers(collector, path):
    try:
        return collector.request("GET", path, check=False).status == 200
    except OSError:
        return False


def order_of(chance):
    """Losses of the primary apart from each other: while the old one comes back, others are hit."""
    primary = [("primary", way) for way in WAYS]
    others = [(what, way) for what in ("etcd", "collector") for way in WAYS]
    chance.shuffle(primary)
    chance.shuffle(others)
    return [fault for number in range(3) for fault in (primary[number], *others[2 * number:2 * number + 2])]


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_no_fault_of_the_cluster_loses_or_doubles_what_was_acknowledged(programs, tmp_path, cluster, machines, seed):
    print(f"seed {seed}")
    chance = random.Random(seed)
    until(cluster.is_whole, 60, what="the cluster is whole")
    store = PostgresStore(cluster)
    receiver = Receiver("0.0.0.0")
    collectors = [
        Collector(
            programs, tmp_path / machine.name, hooks=receiver.hook("office", host=machine.gateway),
            address=store.address, machine=machine)
        for machine in machines
    ]
    order = order_of(chance)
    play = Play(collectors, receiver, silent=len(order))
    try:
        play.start()
        for number, (what, way) in enumerate(order):
            play_one(cluster, play, chance, seed, number, what, way)
        until(lambda: offered(collectors[0]) or play.history.good("accept"), 40, what="there is work")
        play.tasks += offered(collectors[0]) * 2
        until(lambda: not play.tasks, 20, what="the tasks are asked for")
        pause(1)
        play.end(collectors[0], store)
        assert play.history.good("accept"), "tasks were taken"
    finally:
        play.stop()
        for collector in collectors:
            collector.stop()
        receiver.stop()


def play_one(cluster, play, chance, seed, number, what, way):
    faults = Faults(cluster, play.collectors)
    until(faults.all_serve, 30, what="both collectors serve")
    if what == "primary":
        until(cluster.is_whole, 90, what=f"the cluster is whole: {cluster.members()}")
    play.say_once(number)
    play.beats_go_through()
    # What waits for somebody is wanted by two clients while the fault strikes.
    play.tasks += offered(play.collectors[0]) * 2
    pause(chance.uniform(0, 2))
    since, began, struck = len(play.history.operations), time.monotonic(), now()
    hit = faults.strike(what, way)
    others = [collector for collector in play.collectors if collector is not hit]
    until(
        lambda: faults.tend(others) or any(goes_on(each, struck) for each in others), LIMITS[what],
        what=f"time goes on after {what}{way}")
    took = time.monotonic() - began
    if what == "etcd":
        pause(ETCD_AWAY)
        later = now()
        until(lambda: any(goes_on(each, later) for each in others), 5, what="the primary keeps its lock")
    faults.mend(what, way, hit)
    until(faults.all_serve, 30, what="both collectors serve")
    play.beats_go_through()
    if what != "etcd":
        told_as_blind(others[0], struck)
    record(what + way, seed, took, play.history.operations[since:])


def told_as_blind(collector, struck):
    """The time just after the fault is one of those in which nobody was judged silent."""
    at = instant(struck) + datetime.timedelta(seconds=2)
    periods = collector.get("/v1/overview").json["hearing"]["periods"]
    assert any(instant(each["from"]) <= at <= instant(each["to"]) for each in periods), (struck, periods)
