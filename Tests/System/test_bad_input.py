"""Every bad input is answered with a clear problem document, and nothing is lost for it."""

import csv
import gzip
import io
import json
import socket

import pytest

from anpi_harness import Collector, CommandLine, Fleet, now, table


@pytest.fixture(scope="module")
def collector(programs, tmp_path_factory):
    """One for all of this file: bad input must leave no trace that the next test could see."""
    running = Collector(programs, tmp_path_factory.mktemp("bad-input"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def fleet(collector):
    fleet = Fleet(sites=2, interval=1, grace=30)
    collector.import_fleet(fleet)
    fleet.tokens = {agent: collector.token(role="agent", agent=agent) for agent in fleet.agent_ids}
    return fleet


def beat(agent, **changes):
    one = {"seq": 1, "at": now(), "interval": 1}
    one.update(changes.pop("one", {}))
    body = {"agent": agent, "boot": "b", "sentAt": now(), "beats": [one]}
    body.update(changes)
    return body


def doors():
    return pytest.mark.parametrize("agents_door", [True, False], ids=["agents", "people"])


def problem(answer, status, *words):
    assert answer.status == status, answer
    assert answer.headers["content-type"].startswith("application/problem+json")
    text = json.dumps(answer.json, ensure_ascii=False)
    for word in words:
        assert word in text, f"{word} is not in {text}"


@doors()
def test_malformed_json_is_400(collector, fleet, agents_door):
    agent, token = next(iter(fleet.tokens.items()))
    send = lambda body: collector.request(
        "POST", "/v1/heartbeats", body, token=token, agents_door=agents_door)
    for body in [b"", b"{", b"[1,2", b"{\"agent\":", b"\xff\xfe{}", b"nonsense"]:
        problem(send(body), 400)


@doors()
@pytest.mark.parametrize(
    "change, path",
    [
        ({"one": {"interval": "60"}}, "beats[0].interval"),
        ({"one": {"interval": 0}}, "beats[0].interval"),
        ({"one": {"interval": 100000}}, "beats[0].interval"),
        ({"one": {"seq": -1}}, "beats[0].seq"),
        ({"one": {"seq": 1.5}}, "beats[0].seq"),
        ({"one": {"at": "yesterday"}}, "beats[0].at"),
        ({"one": {"at": "2022-09-24T05:58:00"}}, "beats[0].at"),
        ({"one": {"power": {"source": "magic"}}}, "beats[0].power.source"),
        ({"one": {"power": {"source": "mains", "charge": 2}}}, "beats[0].power.charge"),
        ({"one": {"copies": [{"tier": "external", "state": "good", "message": "x" * 201}]}}, "beats[0].copies[0].message"),
        ({"one": {"copies": [{"tier": "tape", "state": "good"}]}}, "beats[0].copies[0].tier"),
        ({"one": {"notice": "hello"}}, "beats[0].notice"),
        ({"one": {"reason": "update"}}, "beats[0].reason"),
        ({"boot": ""}, "boot"),
        ({"boot": "x" * 65}, "boot"),
        ({"boot": None}, "boot"),
        ({"beats": []}, "beats"),
        ({"beats": "none"}, "beats"),
        ({"dropped": -1}, "dropped"),
    ],
)
def test_wrong_types_and_ranges_are_422_by_path(collector, fleet, agents_door, change, path):
    agent, token = next(iter(fleet.tokens.items()))
    answer = collector.request(
        "POST", "/v1/heartbeats", beat(agent, **change), token=token, agents_door=agents_door)
    problem(answer, 422, path)


@doors()
def test_tokens_are_looked_at_before_anything_else(collector, fleet, agents_door):
    first, second = fleet.agent_ids
    send = lambda **options: collector.request("POST", "/v1/heartbeats", agents_door=agents_door, **options)
    problem(send(body=beat(first), token=False), 401)
    problem(send(body=beat(first), token="anpi_agent_zzzz_zzzz"), 401)
    problem(send(body=beat(first), token=fleet.tokens[second]), 403, first, second)
    problem(send(body=beat(first), token=collector.admin_token), 403)


@doors()
def test_an_agent_that_left_the_fleet_is_unknown(collector, fleet, agents_door):
    gone = fleet.agent_ids[1]
    smaller = Fleet(sites=1, interval=1, grace=30)
    assert collector.import_fleet(smaller)["retired"]["agents"] == 1
    answer = collector.request(
        "POST", "/v1/heartbeats", beat(gone), token=fleet.tokens[gone], agents_door=agents_door)
    problem(answer, 404, gone)
    collector.import_fleet(fleet)


@doors()
def test_too_large_is_413_before_and_after_gunzip(collector, fleet, agents_door):
    agent, token = next(iter(fleet.tokens.items()))

    def send(body, encoding=None):
        headers = {"Content-Encoding": encoding} if encoding else {}
        return collector.request(
            "POST", "/v1/heartbeats", body, token=token, agents_door=agents_door, headers=headers)

    single = beat(agent, padding="x" * (65 << 10))
    problem(send(json.dumps(single).encode()), 413)
    bomb = gzip.compress(json.dumps(beat(agent)).encode() + b" " * (50 << 20))
    assert len(bomb) < 64 << 10
    problem(send(bomb, "gzip"), 413)
    problem(send(b"not gzip", "gzip"), 400)
    problem(send(json.dumps(beat(agent)).encode(), "br"), 415)
    assert send(gzip.compress(json.dumps(beat(agent)).encode()), "gzip").status == 200


@doors()
def test_a_body_over_the_backlog_cap_is_413(collector, fleet, agents_door):
    agent, token = next(iter(fleet.tokens.items()))
    port = collector.agents_port if agents_door else collector.port
    with socket.create_connection(("127.0.0.1", port), timeout=20) as peer:
        peer.sendall(
            f"POST /v1/heartbeats HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {(1 << 20) + 1}\r\n\r\n".encode())
        assert b" 413 " in peer.recv(4096).split(b"\r\n")[0]


@doors()
def test_a_body_that_comes_too_slowly_is_ended(collector, fleet, agents_door):
    agent, token = next(iter(fleet.tokens.items()))
    port = collector.agents_port if agents_door else collector.port
    with socket.create_connection(("127.0.0.1", port), timeout=40) as peer:
        peer.sendall(
            f"POST /v1/heartbeats HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{".encode())
        assert b" 408 " in peer.recv(4096).split(b"\r\n")[0]


@doors()
def test_duplicates_and_odd_clocks_are_taken_once_and_shown(collector, fleet, agents_door):
    agent, token = next(iter(fleet.tokens.items()))
    send = lambda body: collector.request("POST", "/v1/heartbeats", body, token=token, agents_door=agents_door)
    assert send(beat(agent)).json["acknowledged"] == 1
    assert send(beat(agent)).json == {"acknowledged": 1, "rejected": [], "interval": 1, "directives": []}
    ancient = beat(agent, sentAt="1999-12-31T23:59:00.000+09:00", one={"seq": 2, "at": "1999-12-31T23:59:00.000+09:00"})
    future = beat(agent, sentAt="2099-01-01T00:00:00.000+09:00", one={"seq": 3, "at": "2099-01-01T00:00:00.000+09:00"})
    assert send(ancient).status == 200
    assert send(future).json["acknowledged"] == 3
    site = collector.site(fleet.site_ids[0])
    assert site["contact"] == "reporting"
    assert abs(site["agents"][0]["skewSeconds"]) > 120, "a wrong clock is shown"


@doors()
def test_runs_that_overlap_are_rejected_one_by_one(collector, fleet, agents_door):
    agent, token = next(iter(fleet.tokens.items()))
    runs = [
        {"seq": 1, "count": 10, "at": now(-60), "interval": 1},
        {"seq": 5, "count": 2, "at": now(-50), "interval": 1},
        {"seq": 11, "at": now(-40), "interval": 1},
    ]
    body = {"agent": agent, "boot": "b", "sentAt": now(), "beats": runs}
    answer = collector.request("POST", "/v1/heartbeats", body, token=token, agents_door=agents_door).json
    assert answer["acknowledged"] == 11
    assert [rejection["seq"] for rejection in answer["rejected"]] == [5]


@doors()
def test_invalid_utf8_inside_a_string_is_refused(collector, fleet, agents_door):
    agent, token = next(iter(fleet.tokens.items()))
    body = json.dumps(beat(agent, version="VV")).encode().replace(b"VV", b"\xc3\x28")
    answer = collector.request(
        "POST", "/v1/heartbeats", body, token=token, agents_door=agents_door)
    assert answer.status in (400, 422), answer


def test_a_fleet_with_five_mistakes_names_all_and_imports_nothing(collector, fleet, programs, tmp_path):
    files = Fleet(sites=3, interval=1).files()
    rows = list(csv.DictReader(io.StringIO(files["sites.csv"])))
    rows[1]["floodDepthMeters"] = "2,5"
    rows[1]["latitude"] = "134.9"
    files["sites.csv"] = table(rows)
    files["agents.csv"] = files["agents.csv"].replace("shz-0003,server", "shz-0009,server").replace(
        "shz-0001-server,shz-0001,server,always,1", "shz-0001-server,shz-0001,server,sometimes,1")
    files["engineers.csv"] = files["engineers.csv"].replace("inspect;hardware;restore", "inspect;magic", 1)
    answer = collector.post("/v1/fleet", {"files": files})
    problem(
        answer, 422, "sites.csv:3: column floodDepthMeters", "sites.csv:3: column latitude",
        "agents.csv:2: column rhythm", "agents.csv:4: column site", "engineers.csv:2: column skills")
    assert len(answer.json["errors"]) == 5
    assert len(collector.get("/v1/sites").json["items"]) == 2, "nothing was imported"

    folder = tmp_path / "fleet"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    line = CommandLine(programs, collector, collector.admin_token)
    line.run("fleet", "import", str(folder), code=64)
    (folder / "sites.csv").write_bytes("施設".encode("shift_jis"))
    line.run("fleet", "import", str(folder), code=64)
