"""Several collectors over one PostgreSQL: one decides, the others follow. What happens when one dies: test_faults.py."""

import time

import pytest

from anpi_harness import Collector, Fleet, LiveStream, until
from fault_play import decides
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
