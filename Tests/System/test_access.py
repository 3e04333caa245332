"""Who may do what, from outside; the roles' fine print is in the router's tests."""

import re

import pytest

from anpi_harness import CommandLine, Fleet, LiveStream, until


@pytest.fixture
def fleet(collector):
    fleet = Fleet(sites=2, interval=1, grace=1)
    collector.import_fleet(fleet)
    return fleet


def test_what_is_open_and_what_is_not(collector, fleet):
    for path in ["/-/healthy", "/-/ready", "/openapi.json", "/v1/labels", "/"]:
        assert collector.get(path, token=False).status == 200, path
    for path in ["/v1/overview", "/v1/sites", "/v1/journal", "/metrics", "/v1/tokens", "/v1/live"]:
        assert collector.get(path, token=False).status == 401, path


def test_a_revoked_token_is_dead_at_once(collector, fleet):
    made = collector.post("/v1/tokens", {"role": "viewer", "label": "瞬間"}).json
    assert collector.get("/v1/sites", token=made["token"]).status == 200
    assert collector.request("DELETE", f"/v1/tokens/{made['id']}").status == 204
    assert collector.get("/v1/sites", token=made["token"]).status == 401


def test_a_viewer_changes_nothing_and_an_engineer_only_their_own(collector, fleet):
    viewer = collector.token(role="viewer")
    finding = {"kind": "phone", "site": fleet.site_ids[0], "direction": "out", "result": "noAnswer"}
    assert collector.post("/v1/findings", finding, token=viewer).status == 403
    agent = fleet.agent_ids[0]
    collector.beat(agent, collector.token(role="agent", agent=agent), 1)
    live = LiveStream(collector, last_event_id=0)
    task = live.wait_for("task.offered")["json"]["task"]
    live.close()
    other = collector.token(role="engineer", engineer="eng-3")
    assert collector.post(f"/v1/tasks/{task}/transitions", {"to": "accepted"}, token=other).status in (403, 409)
    mine = collector.token(role="engineer", engineer="eng-1")
    assert collector.post(f"/v1/tasks/{task}/transitions", {"to": "accepted"}, token=mine).status == 200


def test_a_change_sent_twice_under_one_key_is_made_once(collector, fleet):
    finding = {"kind": "phone", "site": fleet.site_ids[0], "direction": "out", "result": "noAnswer"}
    key = {"Idempotency-Key": "b7d1f6c2-call-1"}
    first = collector.post("/v1/findings", finding, headers=key)
    again = collector.post("/v1/findings", finding, headers=key)
    assert first.status == again.status == 201 and first.body == again.body
    other = collector.post("/v1/findings", {**finding, "result": "damage"}, headers=key)
    assert other.status == 422
    collector.kill()
    collector.start()
    assert collector.post("/v1/findings", finding, headers=key).body == first.body
    assert len(collector.get(f"/v1/findings?site={fleet.site_ids[0]}").json["items"]) == 1


def test_a_stale_version_is_a_conflict(collector, fleet):
    incident = silent_incident(collector, fleet)
    path = f"/v1/incidents/{incident}/transitions"
    etag = collector.get(f"/v1/incidents/{incident}").headers["etag"]
    assert collector.post(path, {"to": "closed", "reason": "訓練"}, headers={"If-Match": '"999"'}).status in (409, 412)
    assert collector.post(path, {"to": "closed", "reason": "訓練"}, headers={"If-Match": etag}).status == 200


def silent_incident(collector, fleet):
    agent = fleet.agent_ids[1]
    collector.beat(agent, collector.token(role="agent", agent=agent), 1)
    live = LiveStream(collector, last_event_id=0)
    incident = live.wait_for("incident.opened")["json"]["incident"]
    live.close()
    return incident


def test_pings_set_the_copy_and_stay_secret(collector, programs, fleet):
    line = CommandLine(programs, collector, collector.admin_token)
    site = fleet.site_ids[0]
    url = line.run("token", "create", "--ping", site, "offsite").strip()
    path = re.sub(r"^https?://[^/]+", "", url)
    assert re.fullmatch(r"/ping/[0-9a-f-]{36}", path), url
    for agents_door in (True, False):
        answer = collector.request("GET", path, token=False, agents_door=agents_door)
        assert (answer.status, answer.body) == (200, b"OK")
        assert answer.headers["ping-body-limit"] == "10000"
        assert collector.request("HEAD", path, token=False, agents_door=agents_door).status == 200
        long = collector.request(
            "POST", path + "/fail", b"x" * 20000, token=False, agents_door=agents_door,
            headers={"Content-Type": "text/plain"})
        assert long.status == 200
        unknown = "/ping/00000000-0000-4000-8000-000000000000"
        assert collector.request("GET", unknown, token=False, agents_door=agents_door).status == 404

    def offsite():
        return next(copy for copy in collector.site(site)["copies"] if copy["tier"] == "offsite")

    until(lambda: offsite()["state"] == "failing", what="the failed job is seen")
    assert collector.request("GET", path + "/0", token=False).status == 200
    until(lambda: offsite()["state"] == "good" and offsite()["goodAt"])
    assert collector.site(site)["contact"] == "reporting", "a ping is heard for its site"
    secret = path.rsplit("/", 1)[1]
    assert secret not in collector.log and collector.admin_token not in collector.log


def test_the_live_stream_resumes_where_it_was(collector, fleet):
    incident = silent_incident(collector, fleet)
    first = LiveStream(collector, last_event_id=0)
    opened = first.wait_for("incident.opened", incident=incident)
    first.close()
    again = LiveStream(collector, last_event_id=opened["id"])
    again.wait_for("task.offered")
    assert not again.named("incident.opened")
    again.close()


def test_check_speaks_nagios(collector, programs, fleet):
    line = CommandLine(programs, collector, collector.admin_token)
    said = line.run("check", code=0)
    assert said.startswith("OK") and "|" in said
    silent_incident(collector, fleet)
    line.run("check", code=1)
    line.run("check", "--help", code=3)
    line.run("check", "--nonsense", code=3)
