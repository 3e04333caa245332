"""Several collectors over one PostgreSQL: one decides, the others follow and take over (ENGINE §6)."""

import signal
import time

import pytest

from anpi_harness import Collector, Fleet, LiveStream, until
from test_nothing_lost import Load, PostgresStore, in_the_log
from webhook_receiver import Receiver

#: A successor decides within so many seconds of the owner's end.
TAKE_OVER = 10


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


def decides(collector):
    return "This process decides now" in collector.log


def as_of(collector):
    return collector.get("/v1/overview").json["asOf"]


def passes(seconds):
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() > end, seconds + 5)


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


def lines(collector):
    return collector.get("/v1/journal?limit=500").json["items"]


def falsely_silent(collector):
    return [
        line for line in lines(collector)
        if line["kind"] == "site.contact" and line["body"]["contact"] == "silent"
    ]


def nothing_lost(loads, store):
    kept = in_the_log(store)
    for load in loads:
        for agent, seen in load.acknowledged.items():
            assert seen <= kept.get(agent, set()), f"acknowledged and lost: {sorted(seen - kept.get(agent, set()))}"


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


def test_when_the_owner_dies_under_load_another_takes_over_and_nobody_is_blamed(pair):
    first, second, store, receiver = pair
    fleet = Fleet(sites=6, interval=1, grace=3)
    _, loads = both_fed(first, second, fleet)
    until(lambda: all(len(seen) > 3 for load in loads for seen in load.acknowledged.values()), 20)
    first.kill()
    killed = time.monotonic()
    until(lambda: decides(second), TAKE_OVER, what="the other decides")
    before = as_of(second)
    until(lambda: as_of(second) > before, TAKE_OVER, what="time goes on")
    took = time.monotonic() - killed
    print(f"decides and time goes on after {took:.1f} s")
    assert took < TAKE_OVER
    # The dead one's agents come to the other, as an agent with two addresses does.
    loads[0].collector = second
    before = {agent: max(seen) for agent, seen in loads[0].acknowledged.items()}
    until(lambda: all(max(seen) > before[agent] + 3 for agent, seen in loads[0].acknowledged.items()), 20)
    until(lambda: second.get("/v1/overview").json["counts"]["contact"]["reporting"] == 6, 10)
    assert falsely_silent(second) == []
    assert len(second.get("/v1/overview").json["hearing"]["periods"]) == 1, "the take-over is blind time"
    end(loads)
    assert second.get("/v1/journal/verify").json["ok"]
    nothing_lost(loads, store)


def test_an_owner_that_slept_writes_nothing_when_it_wakes(pair):
    first, second, store, receiver = pair
    fleet = Fleet(sites=4, interval=1, grace=3)
    tokens, loads = both_fed(first, second, fleet)
    until(lambda: all(len(seen) > 3 for load in loads for seen in load.acknowledged.values()), 20)
    first.process.send_signal(signal.SIGSTOP)
    loads[0].collector = second
    until(lambda: decides(second), TAKE_OVER, what="the other decides")
    before = as_of(second)
    until(lambda: as_of(second) > before, TAKE_OVER, what="time goes on")
    # One falls silent for good: the new owner opens one incident.
    dead = fleet.agent_ids[0]
    del loads[0].tokens[dead]
    until(lambda: second.site(fleet.site_ids[0])["contact"] == "silent", 20, what="the dead one is silent")
    first.process.send_signal(signal.SIGCONT)
    assert first.process.wait(30) != 0, "it was shut out: whoever watches it starts it again"
    first.start()
    until(lambda: as_of(first) >= as_of(second)[:19], 20, what="it follows")
    until(lambda: receiver.named("incident.opened"), 10)
    passes(1)
    end(loads)
    kinds = [line["kind"] for line in lines(second)]
    assert kinds.count("incident.opened") == kinds.count("task.drafted") == 1
    assert [line["body"]["site"] for line in falsely_silent(second)] == [fleet.site_ids[0]]
    assert lines(first)[-1]["number"] == lines(second)[-1]["number"]
    assert second.get("/v1/journal/verify").json["ok"]
    nothing_lost(loads, store)


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
