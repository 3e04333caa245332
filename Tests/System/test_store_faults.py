"""What the store may do to a collector: a full disk, one that stands still, a server without a connection left, a lock that
somebody holds, clocks that disagree. Answers are clear, nothing is lost, and it goes on by itself.

Each test plays the fault under load with real parts and holds what clients were told against what is there in the end.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import time

import pytest

from anpi_harness import Collector, Fleet, now, until
from fault_history import History, violations
from fault_play import Client, final_state, instant, journal, pause
from postgres_server import PostgresServer
from small_disk import SmallDisk
from test_nothing_lost import EmbeddedStore, PostgresStore

#: A fault lasts so long: longer than the 2 s after which not hearing is blind time, and than any timeout but COMMIT's.
FAULT_SECONDS = 4.5


class Story:
    """One collector or two over one store, with clients that write down what they are told."""

    def __init__(self, programs, folder, store, names=("first",), prepare=lambda collector: None):
        self.store = store
        self.collectors = [Collector(programs, folder / name, address=store.address) for name in names]
        self.first = self.collectors[0]
        self.prepare = prepare
        self.history, self.clients = History(), []

    def start(self):
        self.first.start()
        self.fleet = Fleet(sites=6, interval=1, grace=4)
        self.first.import_fleet(self.fleet)
        tokens = {agent: self.first.token(role="agent", agent=agent) for agent in self.fleet.agent_ids}
        self.probe = self.fleet.agent_ids[0], tokens[self.fleet.agent_ids[0]]
        self.history.quiet = {self.fleet.site_ids[0]}
        for collector in self.collectors[1:]:
            collector.folder.mkdir(parents=True, exist_ok=True)
            (collector.folder / "admin-token").write_text(self.first.admin_token)
            self.prepare(collector)
            collector.start()
        self.began = [collector.process.pid for collector in self.collectors]
        # Each client stays with one collector where there are two: a beat's collector is what the fault is about.
        for number, collector in enumerate(self.collectors * (2 // len(self.collectors))):
            mine = dict(list(tokens.items())[1 + number::2])
            self.clients.append(Client(0, [collector], mine, self.fleet.site_ids, [], self.history))
        for number, client in enumerate(self.clients):
            client.number = number
            client.start()
        assert self.first.get("/v1/overview").status == 200, "somebody looks at it"
        self.all_are_heard()

    def all_are_heard(self, limit=25):
        """Every agent has a beat acknowledged that was sent after now."""
        since = time.monotonic()

        def heard():
            return {beat.subject for beat in self.history.good("beat") if beat.began > since}
        until(lambda: len(heard()) == 5, limit, what="all are heard again")

    def beat(self):
        agent, token = self.probe
        return self.first.beat(agent, token, int(time.time() * 1000), boot="probe")

    def refusal(self):
        """How a beat is refused that cannot be made durable."""
        answer = until(lambda: (lambda a: a if a.status != 200 else None)(self.beat()), 12, what="beats are refused")
        assert answer.status == 503 and answer.json["type"] == "urn:anpi:problem:overloaded", answer
        assert 1 <= int(answer.headers["retry-after"]) <= 15
        return answer

    def finding(self):
        key = f"asked-{time.monotonic()}"
        body = {"kind": "phone", "direction": "out", "site": self.fleet.site_ids[0], "result": "noAnswer"}
        return self.first.post("/v1/findings", body, headers={"Idempotency-Key": key})

    def nobody_is_heard(self, seconds=FAULT_SECONDS - 1.5, limit=25):
        """Waits until no beat has been acknowledged for so long: a full disk may have room for a row now and then."""
        def last():
            return max(beat.ended for beat in self.history.good("beat"))
        until(lambda: time.monotonic() - last() > seconds, limit, what="nothing is durable any more")

    def ends_well(self, expects_blind=True):
        self.all_are_heard()
        until(lambda: self.finding().status == 201, 15, what="changes are taken")
        assert self.first.get("/-/ready", check=False).status == 200
        until(lambda: self.first.metric("anpi_load_level") == 0, 20, what="calm again")
        for client in self.clients:
            client.ends.set()
        for client in self.clients:
            client.join(30)
        if expects_blind:
            until(lambda: self.first.get("/v1/overview").json["hearing"]["periods"], 15, what="the fault is blind time")
        final = final_state(journal(self.first), self.store, self.collectors)
        assert violations(self.history, final) == []
        verified = self.first.get("/v1/journal/verify")
        assert verified.status == 200 and verified.json["ok"], f"{verified}\n{self.first.log[-3000:]}"
        assert [collector.process.pid for collector in self.collectors] == self.began
        assert all(collector.process.poll() is None for collector in self.collectors), "nobody was started again"

    def stop(self):
        for client in self.clients:
            client.ends.set()
        for collector in self.collectors:
            collector.stop()


@contextlib.contextmanager
def told(story):
    try:
        story.start()
        yield story
    finally:
        story.stop()


class OnDisk(EmbeddedStore):
    def __init__(self, disk):
        super().__init__(disk.path)


@pytest.fixture
def on_small_disk(request):
    """A store of the kind asked for, and the small disk that it lies on."""
    disk = SmallDisk(64 if request.param == "sqlite" else 256)
    server = None
    try:
        if request.param == "sqlite":
            yield disk, OnDisk(disk)
        else:
            server = PostgresServer(disk.path)
            yield disk, PostgresStore(server)
    finally:
        disk.thaw()
        if server:
            server.stop()
        disk.remove()


on_both = pytest.mark.parametrize("on_small_disk", ["sqlite", "postgres"], indirect=True)


@on_both
def test_a_full_disk_refuses_beats_and_changes_and_shows_pages_until_there_is_room(programs, tmp_path, on_small_disk):
    disk, store = on_small_disk
    with told(Story(programs, tmp_path, store)) as story:
        disk.fill()
        try:
            story.refusal()
            answer = story.finding()
            assert answer.status == 503 and "retry-after" in answer.headers, answer
            page = story.first.get("/v1/sites")
            assert page.status == 200, page
            assert story.first.get("/-/healthy", check=False).status == 200
            story.nobody_is_heard()
        finally:
            disk.make_room()
        story.ends_well()
        words = "SQLite result 13" if isinstance(store, OnDisk) else "53100"
        assert words in story.first.log, story.first.log[-3000:]


@on_both
def test_a_disk_that_stands_still_holds_beats_back_and_loses_none(programs, tmp_path, on_small_disk):
    disk, store = on_small_disk
    with told(Story(programs, tmp_path, store)) as story:
        disk.freeze()
        try:
            until(lambda: story.first.metric("anpi_load_level") == 1, 10, what="it notices")
            verify = story.first.get("/v1/journal/verify")
            assert verify.status == 503 and 10 <= int(verify.headers["retry-after"]) <= 40, "expensive ones wait"
            overview = story.first.get("/v1/overview")
            assert overview.status == 200 and overview.json["load"]["level"] == "busy", "people see how it stands"
            pause(FAULT_SECONDS - 2)
        finally:
            disk.thaw()
        story.ends_well()


def test_a_server_without_a_connection_left_is_told_of_and_waited_for(programs, tmp_path):
    server = PostgresServer(connections=20)
    others = []
    try:
        # No superuser: three connections are kept for those, which is how this test looks in.
        store = PostgresStore(server)
        server.query("postgres", "CREATE ROLE anpi LOGIN; CREATE ROLE other LOGIN")
        server.query("postgres", f"ALTER DATABASE {store.name} OWNER TO anpi")
        store.address = store.address.replace("postgres@", "anpi@")
        with told(Story(programs, tmp_path, store)) as story:
            until(lambda: crowded_out(server, others), 20, every=0.2, what="others have all connections")
            story.refusal()
            answer = story.finding()
            assert answer.status == 503 and "retry-after" in answer.headers, answer
            assert story.first.get("/v1/overview").status == 200, "the last one is shown"
            assert story.first.get("/-/healthy", check=False).status == 200
            until(lambda: "53300" in story.first.log, 10, what="the log says why")
            pause(FAULT_SECONDS - 2)
            leave(others)
            story.ends_well()
    finally:
        leave(others)
        server.remove()


def crowded_out(server, others):
    """Cuts the collector off and takes its places; true once it has none."""
    server.query("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'anpi'")
    others += [occupy(server, "other") for _ in range(20)]
    return server.query("postgres", "SELECT count(*) FROM pg_stat_activity WHERE usename = 'anpi'") == ["0"]


def occupy(server, user="postgres"):
    """A session of somebody else that stays."""
    return subprocess.Popen(
        [server.programs / "psql", "-X", "-q", "-A", "-t", "-h", server.folder, "-U", user, "-d", "postgres"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def ask(session, sql):
    """Lets a session do something and waits until it is done."""
    session.stdin.write(f"{sql};\nSELECT 'done';\n")
    session.stdin.flush()
    while session.stdout.readline().strip() != "done":
        assert session.poll() is None


def leave(sessions):
    for session in sessions:
        with contextlib.suppress(OSError):
            session.stdin.close()
    for session in sessions:
        session.wait(10)
    sessions.clear()


@contextlib.contextmanager
def locked(store):
    """A long transaction of somebody else, on what each append needs."""
    if isinstance(store, EmbeddedStore):
        connection = sqlite3.connect(store.path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
        connection.close()
        return
    session = occupy(store.server)
    try:
        ask(session, f"\\c {store.name}\nBEGIN; LOCK TABLE input_log IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        leave([session])


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_long_transaction_with_a_lock_delays_and_refuses_and_loses_nothing(programs, tmp_path, request, kind):
    store = (
        EmbeddedStore(tmp_path / "first") if kind == "sqlite" else PostgresStore(request.getfixturevalue("postgres")))
    with told(Story(programs, tmp_path, store)) as story:
        with locked(store):
            story.refusal()
            assert story.first.get("/v1/overview").status in (200, 503)
        story.ends_well()
        words = "locked" if kind == "sqlite" else "55P03"
        assert words in story.first.log, story.first.log[-3000:]


#: Steps the time of day, and only that, by as many seconds as stand in a file.
STEPPED_CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *reading) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int code = real(clock, reading);
    if (code != 0 || clock != CLOCK_REALTIME) return code;
    long seconds = 0;
    FILE *file = fopen(getenv("ANPI_TEST_CLOCK"), "r");
    if (file) {
        if (fscanf(file, "%ld", &seconds) != 1) seconds = 0;
        fclose(file);
    }
    reading->tv_sec += seconds;
    return 0;
}
"""


@pytest.fixture
def stepped_clock(tmp_path):
    """The environment of a process with a clock of its own, and the file that steps it."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        pytest.skip("a clock that steps needs a C compiler")
    source, library, step = tmp_path / "clock.c", tmp_path / "clock.so", tmp_path / "step"
    source.write_text(STEPPED_CLOCK)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    step.write_text("0")
    return {"LD_PRELOAD": str(library), "ANPI_TEST_CLOCK": str(step)}, step


def runs_on(pid, library):
    """Whether a process reads its clock through `library`."""
    with open(f"/proc/{pid}/maps") as maps:
        return library in maps.read()


@pytest.mark.parametrize("when, seconds", [
    ("before its start", 3), ("before its start", -3), ("before its start", 10), ("before its start", 300),
    ("while it runs", 10), ("while it runs", -300),
])
def test_a_collector_whose_clock_is_wrong_keeps_the_time_of_the_others(
        programs, tmp_path, postgres, stepped_clock, seconds, when):
    environment, step = stepped_clock

    def prepare(collector):
        collector.environment = environment
        if when == "before its start":
            step.write_text(str(seconds))
    with told(Story(programs, tmp_path, PostgresStore(postgres), ("first", "second"), prepare)) as story:
        step.write_text(str(seconds))
        first, second = story.collectors
        assert runs_on(second.process.pid, environment["LD_PRELOAD"])
        seen = subprocess.check_output(["date", "+%s"], env={**os.environ, **environment}, text=True)
        assert abs(int(seen) - time.time() - seconds) < 2, "the clock has stepped"
        pause(FAULT_SECONDS)
        for collector in story.collectors:
            asked = instant(collector.get("/v1/overview").json["asOf"])
            assert abs((asked - instant(now())).total_seconds()) < 2, "one time for both"
        # What is asked of either is decided at once, not when the other's time has come there.
        for number, collector in enumerate(story.collectors * 2):
            began = time.monotonic()
            body = {"kind": "phone", "direction": "out", "site": story.fleet.site_ids[0], "result": "noAnswer"}
            answer = collector.post("/v1/findings", body, headers={"Idempotency-Key": f"asked-{number}"})
            assert answer.status == 201, answer
            assert time.monotonic() - began < 2, "one time for both"
        assert ("from the other collectors'" in second.log) == (when == "before its start"), second.log
        story.ends_well(expects_blind=False)
