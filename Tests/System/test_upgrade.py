"""A rolling upgrade of two collectors over one PostgreSQL (docs/decisions/0022): what is told to clients before, meanwhile
and afterwards is there, once. With `ANPI_TEST_UPGRADE_FROM`, a folder with an older release's programs, that release is
really played (Benchmarks/run-upgrade); without it, the older one is what it leaves in the database.
"""

import os
import pathlib
import signal
import subprocess
import threading
from time import monotonic as clock

import pytest

from anpi_harness import Collector, Fleet, Programs, now, until
from fault_play import Play, decides, goes_on, record
from test_nothing_lost import PostgresStore
from webhook_receiver import Receiver

OLDER = os.environ.get("ANPI_TEST_UPGRADE_FROM")
WAITS = "Another release decides: this process takes beats and commands, and follows"


def run(programs, *words):
    return subprocess.run([programs.collector, *words], capture_output=True, text=True, timeout=60)


class OlderWriter(threading.Thread):
    """A collector of a release that says none, as others see it in the database: it states that it lives."""

    def __init__(self, store):
        super().__init__(daemon=True)
        self.session = store.server.session(store.name)
        self.ends = threading.Event()
        self.tell(f"INSERT INTO writer (lane, id, seq, watermark, closed) VALUES (0, 'older', 0, {self.clock}, 0);")

    clock = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"

    def tell(self, sql):
        self.session.stdin.write(sql + " SELECT 'done';\n")
        self.session.stdin.flush()
        assert self.session.stdout.readline().strip() == "done"

    def run(self):
        while not self.ends.wait(0.2):
            self.tell(f"UPDATE writer SET watermark = {self.clock} WHERE id = 'older';")

    def leave(self):
        self.ends.set()
        self.join()
        self.tell("UPDATE writer SET closed = 1 WHERE id = 'older';")
        self.session.stdin.close()
        self.session.wait(10)


def test_the_newer_waits_for_the_older_to_leave_and_nobody_finalizes_before(programs, tmp_path, postgres):
    store = PostgresStore(postgres)
    assert run(programs, "migrate", "--database", store.address).returncode == 0
    older = OlderWriter(store)
    older.start()
    collector = Collector(programs, tmp_path / "newer", address=store.address)
    collector.start(ready=False)
    try:
        until(lambda: WAITS in collector.log, 15, what=lambda: collector.log)
        refused = run(programs, "migrate", "--finalize", "--database", store.address)
        assert refused.returncode == 1
        assert refused.stderr == "Collector older of a release before 9 still serves: upgrade it first.\n"
        said = run(programs, "doctor", "--database", store.address).stdout
        assert "older a release before 9, row 0" in said and "release 9, row" in said
        assert not decides(collector)
        older.leave()
        until(lambda: decides(collector), 5, what=lambda: collector.log)
        collector.import_fleet(Fleet(sites=2))
        assert run(programs, "migrate", "--finalize", "--database", store.address).returncode == 0
        said = run(programs, "doctor", "--database", store.address).stdout
        assert ", decides" in said and "migrate --finalize" not in said
    finally:
        collector.stop()


@pytest.mark.skipif(not OLDER, reason="ANPI_TEST_UPGRADE_FROM names no older release")
@pytest.mark.parametrize("way", ["InOrder", "Killed"])
def test_a_rolling_upgrade_loses_and_doubles_nothing(programs, tmp_path, postgres, way):
    # Reading a contract takes seconds, in which no client would beat.
    reading = Collector(programs, tmp_path / "contract")
    reading.start()
    reading.get("/v1/overview")
    reading.stop()
    older = Programs(pathlib.Path(OLDER))
    store = PostgresStore(postgres)
    receiver = Receiver()
    first, second = collectors = [
        Collector(older, tmp_path / name, hooks=receiver.hook("office"), address=store.address)
        for name in ("first", "second")
    ]
    for collector in collectors:
        collector.timeout = 6
    play = Play(collectors, receiver, silent=4)
    figures = []

    def something_happens(number):
        play.say_once(number)
        play.is_hit(number)
        play.tasks += play.waiting() * 2
        play.beats_go_through()

    def begins_to_decide(collector, struck, what):
        took = until(lambda: decides(collector) and goes_on(collector, struck) and clock() - began, 45, what=what)
        figures.append((what, took))

    try:
        play.start()
        something_happens(0)
        # Old and old: the schema is expanded beside them.
        assert run(programs, "migrate", "--database", store.address).returncode == 0
        play.beats_go_through()
        # Old and new: the older decides.
        second.stop()
        second.programs = programs
        second.start(ready=False)
        until(lambda: answers(second), 90, what=lambda: second.log[-2000:])
        something_happens(1)
        assert decides(first) and not decides(second)
        refused = run(programs, "migrate", "--finalize", "--database", store.address)
        assert refused.returncode == 1 and "still serves" in refused.stderr
        # The last older one goes, in order or not.
        began, struck = clock(), now()
        first.stop() if way == "InOrder" else first.kill()
        begins_to_decide(second, struck, f"upgrade{way}")
        first.programs = programs
        first.start()
        something_happens(2)
        assert run(programs, "migrate", "--finalize", "--database", store.address).returncode == 0
        late = run(older, "serve", "--database", store.address, "--listen", "127.0.0.1:0",
                   "--admin-token-file", str(tmp_path / "late"))
        assert late.returncode != 0 and "needs a newer program" in late.stdout + late.stderr
        # New and new: as ever.
        began, struck = clock(), now()
        second.process.send_signal(signal.SIGTERM)
        begins_to_decide(first, struck, f"next{way}")
        second.process.wait(30)
        second.start()
        something_happens(3)
        until(lambda: not play.tasks, 20, what="the tasks are asked for")
        play.end(second, store)
        assert play.history.good("accept") and play.history.good("change"), "tasks were taken and begun"
        record(way, figures, play.history.operations)
    finally:
        play.stop()
        for collector in collectors:
            collector.stop()
        receiver.stop()


def answers(collector):
    try:
        return collector.request("GET", "/-/ready", check=False).status == 200
    except OSError:
        return False
