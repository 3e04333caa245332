"""Several collectors over one PostgreSQL: one decides, the others follow. What happens when one dies: test_faults.py."""

import signal
import subprocess
import threading
import time

import pytest

from anpi_harness import Collector, Fleet, LiveStream, now, until
from fault_play import Play, decides, goes_on, instant
from test_nothing_lost import Load, PostgresStore
from webhook_receiver import Receiver


@pytest.fixture
def pair(programs, tmp_path, postgres):
    store = PostgresStore(postgres)
    receiver = Receiver()
    hook = receiver.hook("office")
    first = Collector(programs, tmp_path / "first", hooks=hook, address=store.address)
    first.start()
    until(lambda: decides(first), 10, what="the first one decides")
    second = Collector(programs, tmp_path / "second", hooks=hook, address=store.address)
    # One administrator for both, as operators copy the file.
    second.folder.mkdir(parents=True, exist_ok=True)
    (second.folder / "admin-token").write_text(first.admin_token)
    second.start()
    yield first, second, store, receiver
    for collector in (first, second):
        collector.stop()
    receiver.stop()


def as_of(collector):
    return collector.get("/v1/overview").json["asOf"]


def both_fed(first, second, fleet):
    first.import_fleet(fleet)
    tokens = {agent: first.token(role="agent", agent=agent) for agent in fleet.agent_ids}
    # Tokens hold everywhere within five seconds.
    until(lambda: second.beat(fleet.agent_ids[-1], tokens[fleet.agent_ids[-1]], 1).status == 200, 10)
    half = len(tokens) // 2
    loads = [Load(first, dict(list(tokens.items())[:half]), 1), Load(second, dict(list(tokens.items())[half:]), 2)]
    for load in loads:
        load.start()
    return tokens, loads


def end(loads):
    for load in loads:
        load.ends.set()
    for load in loads:
        load.join()


def test_a_follower_answers_pages_takes_beats_and_commands(pair):
    first, second, _, _ = pair
    fleet = Fleet(sites=4, interval=1, grace=4)
    _, loads = both_fed(first, second, fleet)
    live = LiveStream(second, last_event_id=0)
    until(lambda: all(len(seen) > 3 for load in loads for seen in load.acknowledged.values()), 20)
    assert not decides(second)
    # Beats that came in at either door are known at both.
    for collector in (first, second):
        until(lambda: collector.get("/v1/overview").json["counts"]["contact"]["reporting"] == 4, 10)
    # A command given to the follower is decided by the other, answered here, and told on both streams.
    finding = {"kind": "phone", "direction": "out", "site": fleet.site_ids[0], "result": "noAnswer"}
    answer = second.post("/v1/findings", finding)
    assert answer.status == 201, answer
    until(lambda: first.get("/v1/findings").json["items"], 5)
    assert live.wait_for("site.contact", limit=10)
    end(loads)
    assert first.get("/v1/journal/verify").json["ok"]


def test_an_owner_that_ends_in_order_leaves_the_lane_at_once(pair):
    first, second, _, _ = pair
    fleet = Fleet(sites=2, interval=1, grace=8)
    first.import_fleet(fleet)
    first.stop()
    stopped = time.monotonic()
    until(lambda: decides(second), 3, what="the other decides at once")
    assert time.monotonic() - stopped < 3
    before = as_of(second)
    until(lambda: as_of(second) > before, 3, what="time goes on without a break")
    assert second.get("/v1/overview").json["hearing"]["periods"] == []


def test_an_owners_session_that_sits_on_the_lane_is_ended_and_the_next_takes_over(pair):
    first, second, store, _ = pair
    fleet = Fleet(sites=2, interval=1, grace=8)
    first.import_fleet(fleet)
    # As the owner's connection when it sleeps in the middle of a transaction, and nothing on the server ends it.
    sitting = store.server.session(store.name)
    sitting.stdin.write("SET idle_in_transaction_session_timeout = 0; BEGIN; UPDATE lane SET fence = fence; SELECT 1;\n")
    sitting.stdin.flush()
    assert sitting.stdout.readline().strip() == "1"
    struck = now()
    first.process.send_signal(signal.SIGSTOP)
    try:
        until(lambda: goes_on(second, struck), 10, what="the other decides")
        assert "A session that sat on the lane of an owner whose time is over was ended" in second.log
        sitting.stdin.write("SELECT 2;\n")
        sitting.stdin.flush()
        assert sitting.wait(10) != 0, "its session is gone"
    finally:
        first.process.send_signal(signal.SIGCONT)
        sitting.kill()
    assert first.process.wait(20) != 0, "it was shut out"


def test_doctor_says_of_a_database_that_nobody_has_used_what_to_do(programs, postgres):
    done = subprocess.run(
        [programs.collector, "doctor", "--database", postgres.address(postgres.make_database())],
        capture_output=True, text=True)
    assert done.returncode == 1
    assert "no collector has used this database yet" in done.stdout and "anpi-collector migrate" in done.stdout
    assert "SQLSTATE" not in done.stdout + done.stderr


def test_two_engineers_who_want_the_same_tasks_at_both_collectors_each_have_what_they_were_told(
        programs, tmp_path, postgres):
    store, receiver = PostgresStore(postgres), Receiver()
    hook = receiver.hook("office")
    collectors = [Collector(programs, tmp_path / name, hooks=hook, address=store.address) for name in ("one", "two")]
    play = Play(collectors, receiver, silent=4)
    try:
        play.start()
        for number in range(4):
            play.say_once(number)
            play.is_hit(number)
            play.tasks += play.waiting() * 3
        until(lambda: not play.tasks, 20, what="the tasks are asked for")
        until(lambda: play.history.good("change"), 20, what="one of them is begun")
        play.end(collectors[0], store)
        assert {each.value for each in play.history.good("accept")} == {"eng-1", "eng-2"}, "both have had their way"
        refused = [each for each in play.history.operations if each.kind in ("accept", "step") and each.good is False]
        assert refused, "and both have been told that the other was first"
    finally:
        play.stop()
        for collector in collectors:
            collector.stop()
        receiver.stop()


class Reader(threading.Thread):
    """Opens every page of a collector, one after the other; keeps what was not answered, and each overview's time."""

    def __init__(self, collector, site):
        super().__init__(daemon=True)
        self.collector = collector
        self.pages = [
            "/v1/overview", "/v1/sites", f"/v1/sites/{site}", "/v1/tasks", "/v1/incidents", "/v1/engineers",
            "/v1/journal",
        ]
        self.failures, self.times, self.slowest = [], [], 0.0
        self.ends = threading.Event()

    def run(self):
        while not self.ends.is_set():
            for page in self.pages:
                began = time.monotonic()
                answer = self.collector.get(page)
                self.slowest = max(self.slowest, time.monotonic() - began)
                if answer.status != 200:
                    self.failures.append((page, answer))
                elif page == "/v1/overview":
                    self.times.append((time.monotonic(), answer.json["asOf"]))
            self.ends.wait(0.1)

    def join_all(self):
        self.ends.set()
        self.join(30)


def test_pages_are_answered_as_of_the_last_moment_while_no_standby_confirms(pair):
    first, second, store, _ = pair
    # Incidents come and go meanwhile, so that there is something to be decided all the time.
    fleet = Fleet(sites=6, interval=1, grace=2)
    tokens, loads = both_fed(first, second, fleet)
    until(lambda: all(len(seen) > 3 for load in loads for seen in load.acknowledged.values()), 20)
    readers = [Reader(collector, fleet.site_ids[0]) for collector in (first, second)]
    loaded = [collector.log.count("Engine loaded") for collector in (first, second)]
    store.server.query("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    try:
        store.server.query("postgres", "SELECT pg_reload_conf()")
        until(lambda: first.beat(fleet.agent_ids[0], tokens[fleet.agent_ids[0]], 10_000).status == 503, 15)
        for reader in readers:
            reader.start()
        struck = time.monotonic()
        until(lambda: time.monotonic() > struck + 15, 20)
    finally:
        store.server.query("postgres", "ALTER SYSTEM RESET synchronous_standby_names")
        store.server.query("postgres", "SELECT pg_reload_conf()")
    mended = time.monotonic()
    until(
        lambda: all(instant(as_of(each)) > instant(reader.times[-1][1]) for each, reader in zip((first, second), readers)),
        20, what="time goes on at both")
    for reader in readers:
        reader.join_all()
        assert reader.failures == [], reader.failures[:3]
        assert reader.slowest < 8, reader.slowest
        during = {as_of for at, as_of in reader.times if struck + 8 < at < mended}
        assert len(during) == 1, f"it stands: {during}"
    before = {agent: max(seen) for load in loads for agent, seen in load.acknowledged.items()}
    until(lambda: all(
        max(seen) > before[agent] + 2 for load in loads for agent, seen in load.acknowledged.items()), 30)
    end(loads)
    until(lambda: first.metric("anpi_load_level") == 0, 20, what="calm again")
    assert first.get("/v1/journal/verify").json["ok"]
    silent = [site["id"] for site in first.get("/v1/sites?contact=silent").json["items"]]
    assert silent == [], "nobody is blamed for it"
    assert second.log.count("Engine loaded") == loaded[1], "who follows loads nothing again"
    assert first.log.count("Engine loaded") <= loaded[0] + 1, "who decided loads once at most"
