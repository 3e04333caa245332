"""Faults under load of a highly available database and of the collectors on it, one after the other in one play: of the
primary, of etcd's leader and of the collector that decides, each killed, put to sleep and cut off, and a crash of the
database in place. In the end everything is held against what clients were told.

`ANPI_TEST_FAULTS=20` plays twenty seeds instead of two; Benchmarks/run-faults records the result.
"""

import datetime
import os
import random
import signal
import time

import pytest

from anpi_harness import now, until
from fault_play import Play, collectors_on, decides, goes_on, instant, pause, record
from patroni_cluster import Machine, needs_root
from test_nothing_lost import PostgresStore
from webhook_receiver import Receiver

SEEDS = int(os.environ.get("ANPI_TEST_FAULTS", "2"))
FIRST = int(os.environ.get("ANPI_TEST_FAULTS_FROM", str(int(time.time()))))
WAYS = ("Killed", "Asleep", "Cut")
#: Engine time has passed the fault by a second within so many: a lost primary is noticed by its lock's end, 20 s.
LIMITS = {"primary": 45, "database": 45, "etcd": 10, "collector": 10}

pytestmark = needs_root


@pytest.fixture(scope="module")
def machines(cluster):
    made = [Machine(1), Machine(2)]
    yield made
    for machine in made:
        machine.remove()


class Hand:
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
        hit = until(self.cluster.etcd_leader, 10) if what == "etcd" else self.cluster.primary()
        if way == "Crash":
            self.cluster.crash(hit)
        elif way == "Killed":
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
        elif way == "Cut":
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
    """Rounds of faults that are mended together. While the old primary comes back, others are hit: etcd's leader, and while
    it is away the collector that decides."""
    primary, etcd, collector = ([(what, way) for way in WAYS] for what in ("primary", "etcd", "collector"))
    for faults in (primary, etcd, collector):
        chance.shuffle(faults)
    rounds = [[primary[0]], [etcd[0], collector[0]], [primary[1]], [etcd[1], collector[1]], [primary[2]]]
    return [*rounds, [etcd[2], collector[2]], [("database", "Crash")]]


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_no_fault_of_the_cluster_loses_or_doubles_what_was_acknowledged(programs, tmp_path, cluster, machines, seed):
    print(f"seed {seed}")
    chance = random.Random(seed)
    until(lambda: not cluster.lacks(), 60, what=cluster.lacks)
    store = PostgresStore(cluster)
    receiver = Receiver("0.0.0.0")
    collectors = collectors_on(machines, programs, tmp_path, store, receiver)
    order = order_of(chance)
    play = Play(collectors, receiver, silent=len(order))
    rounds, good = [], False
    try:
        play.start()
        for number, faults in enumerate(order):
            rounds.append(play_round(cluster, play, chance, number, faults))
        until(lambda: not play.tasks, 20, what="the tasks are asked for")
        pause(1)
        play.end(collectors[0], store)
        assert play.history.good("accept") and play.history.good("change"), "tasks were taken and begun"
        good = True
    finally:
        rounds += [([(what + way, None) for what, way in faults], []) for faults in order[len(rounds):]]
        for figures, operations in rounds:
            record(seed, figures, operations, good)
        cluster.heal()
        for machine in machines:
            cluster.mend(machine.name)
        play.stop()
        for collector in collectors:
            collector.stop()
        receiver.stop()


def play_round(cluster, play, chance, number, faults):
    """(fault, seconds until time went on) of each, and the operations meanwhile."""
    hand = Hand(cluster, play.collectors)
    until(hand.all_serve, 30, what="both collectors serve")
    if faults[0][0] in ("primary", "database"):
        until(lambda: not cluster.lacks(), 90, what=cluster.lacks)
    play.say_once(number)
    play.beats_go_through()
    play.is_hit(number)
    pause(chance.uniform(0, 2))
    # What waits for somebody is wanted by two clients while the fault strikes.
    play.tasks += play.waiting() * 2
    since, figures, hits = len(play.history.operations), [], []
    for what, way in faults:
        began, struck = time.monotonic(), now()
        hits.append(hand.strike(what, way))
        others = [collector for collector in play.collectors if collector is not hits[-1]]
        until(
            lambda: hand.tend(others) or any(goes_on(each, struck) for each in others), LIMITS[what],
            what=f"time goes on after {what}{way}")
        figures.append((what + way, time.monotonic() - began))
    for (what, way), hit in zip(faults, hits):
        hand.mend(what, way, hit)
    until(hand.all_serve, 30, what="both collectors serve")
    play.beats_go_through()
    told_as_blind(others[0], struck)
    return figures, play.history.operations[since:]


def told_as_blind(collector, struck):
    """The time just after the last fault is one of those in which nobody was judged silent."""
    at = instant(struck) + datetime.timedelta(seconds=1)

    def is_told():
        periods = collector.get("/v1/overview").json["hearing"]["periods"]
        return any(instant(each["from"]) <= at <= instant(each["to"]) for each in periods)

    # While it catches up a collector may show an overview of some seconds before.
    until(is_told, 20, what=f"the time after {struck} is told as blind")
