"""Faults under load, held against what clients were told: two collectors over PostgreSQL, one of which is killed or put to
sleep, or whose database crashes.

`ANPI_TEST_FAULTS=20` plays twenty seeds of each fault instead of one; Benchmarks/run-faults records the result.
"""

import os
import random
import signal
import time

import pytest

from anpi_harness import Collector, now, until
from fault_play import Play, goes_on, offered, pause, record
from test_nothing_lost import PostgresStore
from webhook_receiver import Receiver

SEEDS = int(os.environ.get("ANPI_TEST_FAULTS", "1"))
FIRST = int(os.environ.get("ANPI_TEST_FAULTS_FROM", str(int(time.time()))))
#: Time goes on within so many seconds of the fault: a successor has taken over, or the database is back.
GOES_ON = 15


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
    play = Play(collectors, receiver, silent=2)
    try:
        play.start()
        for number in range(2):
            play.say_once(number)
        pause(chance.uniform(0, 4))
        began, struck = time.monotonic(), now()
        since = len(play.history.operations)
        strike(fault, first, store)
        survivor = first if fault == "databaseCrash" else second
        until(lambda: goes_on(survivor, struck), GOES_ON, what=f"time goes on\n{survivor.log[-2000:]}")
        took = time.monotonic() - began
        revive(fault, first)
        # Both that are silent get their incident and a task, which two clients want at once.
        until(lambda: len(offered(survivor)) >= 2, 40, what="both tasks are offered")
        play.tasks += offered(survivor) * 2
        until(lambda: not play.tasks, 20, what="the tasks are asked for")
        pause(1)
        play.end(survivor, store)
        assert survivor.get("/v1/overview").json["hearing"]["periods"], "the fault is blind time"
        record(fault, seed, took, play.history.operations[since:])
    finally:
        play.stop()
        for collector in collectors:
            collector.stop()
        receiver.stop()


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
