"""Official warnings from outside: handed in, and fetched from a feed of ours."""

import pytest

from anpi_harness import Collector, CommandLine, Fleet, LiveStream, until
from hazard_feed import Feed, warning


@pytest.fixture
def feed():
    feed = Feed()
    yield feed
    feed.close()


@pytest.fixture
def polling(programs, tmp_path, feed):
    """A collector that looks at the feed each second."""
    running = Collector(programs, tmp_path / "collector")
    running.options = ["--hazard-feed", feed.url, "--hazard-poll-seconds", "1"]
    yield running
    running.stop()


def listed(collector, **query):
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return collector.get(f"/v1/hazards?{text}").json


def journal(collector, kind):
    return [entry["body"] for entry in collector.get("/v1/journal?limit=500").json["items"] if entry["kind"] == kind]


def test_one_poison_message_among_two_hundred(programs, collector, tmp_path):
    collector.import_fleet(Fleet(sites=2))
    files = []
    for number in range(200):
        path = tmp_path / f"m{number:03d}.xml"
        text = warning(area=f"地域{number}", minutes_ago=200 - number)
        path.write_text(text.replace("</Report>", "") if number == 77 else text)
        files.append(str(path))
    person = CommandLine(programs, collector, collector.token(role="coordinator"))
    assert "199 stored, 1 in quarantine, 0 not read" in person.run("hazard", "submit", *files)
    assert "m077.xml: in quarantine." in person.complaints and "cut off" in person.complaints
    # An answer says that a message is durable; the engine reads it a moment later.
    answer = until(lambda: (lambda a: a["quarantined"] and len(a["items"]) == 199 and a)(listed(collector, limit=500)))
    assert answer["freshness"] == "fresh"
    assert [item["areas"] for item in answer["items"] if item["state"] == "acting"] == [["地域199"]]
    assert [message["name"] for message in answer["quarantined"]] == ["m077.xml"]
    raw = collector.get(f"/v1/hazards/{answer['quarantined'][0]['digest']}")
    assert raw.body == (tmp_path / "m077.xml").read_bytes()
    shown = person.run("hazard", "list", "--state", "acting")
    assert "level 4" in shown and "m077.xml" in shown
    told = [event["event"] for event in LiveStream.everything(collector)]
    assert told.count("hazard.applied") == 199 and told.count("hazard.quarantined") == 1


def test_a_drill_is_stored_and_never_acts(collector):
    assert collector.post("/v1/hazards", warning(status="訓練"), headers={"Content-Type": "application/xml"}).status == 201
    answer = until(lambda: (lambda a: a["items"] and a)(listed(collector)))
    assert [(item["state"], item["status"]) for item in answer["items"]] == [("stored", "exercise")]
    assert until(lambda: journal(collector, "hazard.applied"))[0]["drill"] is True


def test_what_is_in_force_survives_a_crash(collector):
    collector.post("/v1/hazards", warning(), headers={"Content-Type": "application/xml"})
    before = until(lambda: (lambda a: a["items"] and a)(listed(collector)))
    collector.kill()
    collector.start()
    assert listed(collector)["items"] == before["items"]


def test_a_feed_is_read_with_its_long_list_first_and_poison_stops_nothing(polling, feed):
    feed.add("old.xml", warning(area="焼津市", code="2221200", minutes_ago=300), minutes_ago=300, in_short=False)
    feed.add("poison.xml", "<Report>", minutes_ago=3)
    feed.add("forecast.xml", "<Report/>", title="府県天気予報")
    feed.add("stranger.xml", warning(), link="http://127.0.0.1:9/data/stranger.xml")
    feed.add("new.xml", warning(minutes_ago=2), minutes_ago=2)
    polling.start()
    answer = until(lambda: (lambda a: len(a["items"]) == 2 and a["quarantined"] and a)(listed(polling)))
    assert [item["areas"] for item in answer["items"]] == [["静岡市南部"], ["焼津市"]]
    assert [message["name"] for message in answer["quarantined"]] == [f"{feed.base}/data/poison.xml"]
    assert feed.requests[0][0] == "/xml/extra_l.xml"
    assert not feed.asked("/data/forecast.xml")
    until(lambda: listed(polling)["freshness"] == "fresh")

    # What did not change is not sent again; what is new is fetched once.
    until(lambda: any("If-None-Match" in headers for headers in feed.asked("/xml/extra.xml")))
    assert len(feed.asked("/xml/extra_l.xml")) == 1
    feed.add("newer.xml", warning(kind="レベル３大雨警報", kind_code="03", minutes_ago=0), minutes_ago=0)
    until(lambda: listed(polling, state="acting")["items"][0]["level"] == 3)
    for name in ("old", "poison", "new", "newer"):
        assert len(feed.asked(f"/data/{name}.xml")) == 1, name

    # After a restart the long list is read again, the messages are not.
    polling.stop()
    polling.start()
    until(lambda: len(feed.asked("/xml/extra_l.xml")) == 2 and len(feed.asked("/xml/extra.xml")) > 3)
    assert len(feed.asked("/data/new.xml")) == 1


def test_a_feed_that_fails_is_said_so_and_comes_back(polling, feed):
    feed.is_down = True
    feed.add("new.xml", warning(minutes_ago=2), minutes_ago=2)
    polling.start()
    until(lambda: listed(polling)["freshness"] == "error")
    assert listed(polling)["items"] == []
    feed.is_down = False
    until(lambda: listed(polling)["freshness"] == "fresh")
    until(lambda: listed(polling)["items"])
    assert [body["freshness"] for body in journal(polling, "feed.changed")] == ["error", "fresh"]
    assert [event["event"] for event in LiveStream.everything(polling)].count("feed.changed") == 2
