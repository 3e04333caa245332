"""The main story: agents watch real copies, one falls silent, an engineer works the task off."""

import datetime
import pathlib
import signal
import subprocess
import time

import pytest

from anpi_harness import Agent, Collector, CommandLine, Fleet, LiveStream, until
from contract_proxy import ContractProxy
from webhook_receiver import Receiver


def make_copies(folder: pathlib.Path):
    """A real folder with a real file and a real restic repository, as agent.toml blocks."""
    data = folder / "data"
    data.mkdir(parents=True)
    (data / "karte.db").write_bytes(b"\x01\x02\x03" * 4000)
    repository = folder / "restic"
    password = folder / "restic-password"
    password.write_text("correct horse")
    restic = ["restic", "--repo", str(repository), "--password-file", str(password), "--quiet", "--no-cache"]
    subprocess.run([*restic, "init"], check=True, capture_output=True)
    subprocess.run([*restic, "backup", str(data)], check=True, capture_output=True)
    return f"""
[[copy]]
tier = "external"
probe = "folder"
path = "{data}"
max_age_hours = 26

[[copy]]
tier = "offsite"
probe = "restic"
repository = "{repository}"
password_file = "{password}"
max_age_hours = 26

[[copy]]
tier = "primary"
probe = "command"
command = ["/bin/sh", "-c", "echo 'DB OK - 12 tables | tables=12'"]
"""


@pytest.fixture
def story(programs, tmp_path):
    receiver = Receiver()
    collector = Collector(programs, tmp_path / "collector", hooks=receiver.hook("office"))
    collector.start()
    fleet = Fleet(sites=12, interval=1, grace=2)
    collector.import_fleet(fleet)
    # What the agents themselves send and are answered is held against the contract too.
    door = ContractProxy(collector.agents_url, contract_of=collector.url)
    agents = []
    for index, agent in enumerate(fleet.agent_ids[:3]):
        token = collector.token(role="agent", agent=agent)
        copies = make_copies(tmp_path / f"copies-{index}")
        agents.append(Agent(programs, tmp_path / agent, agent, token, [door.url], 1, copies))
    for agent in agents:
        agent.start()
    yield collector, fleet, agents, receiver
    for agent in agents:
        agent.stop()
    collector.stop()
    receiver.stop()
    door.stop()
    door.verify(("POST", "/v1/heartbeats"))


@pytest.fixture
def contract(story):
    """A way to the people's door on which every exchange is held against openapi.json."""
    proxy = ContractProxy(story[0].url)
    yield proxy
    proxy.stop()
    proxy.verify()


def test_a_silent_site_becomes_an_incident_a_task_a_webhook_and_is_worked_off(story, programs, contract):
    collector, fleet, agents, receiver = story
    site = fleet.site_ids[0]
    until(lambda: collector.site(site)["contact"] == "reporting", 20, what="the agents are heard")
    until(
        lambda: {copy["tier"]: copy["state"] for copy in collector.site(site)["copies"]}
        == {"primary": "good", "external": "good", "offsite": "good"},
        30, what="every probe has found its copy")
    until(lambda: collector.site(fleet.site_ids[2])["contact"] == "reporting", 20)

    live = LiveStream(collector)
    agents[0].signal(signal.SIGSTOP)
    silent = live.wait_for("site.contact", site=site, contact="silent", limit=15)
    last_heard = collector.site(site)["lastHeardAt"]
    deadline = milliseconds(last_heard) + 1000 + 2000
    assert milliseconds(silent["json"]["at"]) == deadline, "silence is a fact of the deadline alone"
    # Told within a second of the deadline, by the wall clock that both share.
    seen = time.time() * 1000 - (time.monotonic() - silent["heard"]) * 1000
    assert seen - deadline <= 1000, f"told {seen - deadline:.0f} ms after the deadline"

    opened = live.wait_for("incident.opened")
    assert opened["json"]["kind"] == "single" and opened["json"]["sites"] == [site]
    offered = live.wait_for("task.offered", site=site)
    assert offered["json"]["engineer"] == "eng-1", "the nearest engineer is asked"
    task, incident = offered["json"]["task"], opened["json"]["incident"]

    hooked = until(lambda: receiver.named("incident.opened"), 10, what="the hook is told")[0]
    assert hooked["data"]["incident"] == incident

    token = collector.token(role="engineer", engineer="eng-1", label="田中")
    line = CommandLine(programs, collector, token, url=contract.url)
    assert task in line.run("queue")
    for words, state in [
        (("accept", task), "accepted"), (("start", task), "travelling"), (("arrive", task), "onSite"),
        (("done", task, "--note", "電源を入れ直した"), "done"),
    ]:
        said = line.run("task", *words)
        assert task in said.splitlines()[0], "the first thing printed is the answer"
        assert collector.get(f"/v1/tasks/{task}").json["state"] == state
    line.run("task", "accept", task, code=3)

    agents[0].signal(signal.SIGCONT)
    live.wait_for("site.contact", site=site, contact="reporting", limit=15)
    detail = collector.get(f"/v1/incidents/{incident}").json
    assert [row["id"] for row in detail["siteRows"]] == [site]
    kinds = [entry["kind"] for entry in detail["timeline"]]
    assert "incident.opened" in kinds and "task.offered" in kinds and "task.changed" in kinds
    live.close()

    assert len(receiver.named("incident.opened")) == 1
    verdict = CommandLine(programs, collector, collector.admin_token, url=contract.url).json("journal", "verify")
    assert verdict["ok"] and verdict["entries"] > 10
    contract.verify(("GET", "/v1/queue"), ("POST", "/v1/tasks/{id}/transitions"), ("GET", "/v1/journal/verify"))


def test_every_command_of_the_cli_keeps_to_the_contract(story, programs, contract, tmp_path):
    collector, fleet, agents, _ = story
    site = fleet.site_ids[0]
    until(lambda: collector.site(site)["contact"] == "reporting", 20)
    agents[0].signal(signal.SIGSTOP)
    live = LiveStream(collector)
    task = live.wait_for("task.offered", site=site, limit=15)["json"]["task"]
    live.close()
    files = tmp_path / "fleet"
    files.mkdir()
    export = tmp_path / "export"
    export.mkdir()
    for name, text in fleet.files().items():
        (files / name).write_text(text)
    admin = CommandLine(programs, collector, collector.admin_token, url=contract.url)
    for words in [
        "queue", f"task show {task}", f"task why {task}", f"sheet {task}", f"task decline {task} --for eng-1 --reason 満車",
        f"task accept {task} --for eng-2 --eta +45m", f"task start {task} --for eng-2",
        f"task block {task} --for eng-2 --reason road --retry +2h --place 34.98,138.39", f"task resume {task} --for eng-2",
        f"task hand-back {task} --for eng-2 --reason 体調", f"task cancel {task} --reason 不要", "site list",
        "site list --contact silent", f"site show {site}", "finding list", f"finding add --call out --site {site} --result noAnswer",
        "engineer list", "engineer unavailable eng-3 --until +3h --reason 自宅が浸水", "engineer available eng-3",
        "incident list", "incident show I-1", "incident close I-1 --reason 確認済", f"fleet import {files} --dry-run",
        f"fleet import {files}", f"fleet export {export}", "token create --role viewer --label 窓口",
        "token list", "hook list", "hook dead", "journal show", "journal verify",
    ]:
        admin.run(*words.split())
    said = admin.run(*f"damage set {site} --server lost --external works --power yes --depth 0.4 --by 院長".split())
    assert "R3" in said and "L-07" in said, "the rung and the machine that is held"
    restore = next(
        row["id"] for row in collector.get(f"/v1/sites/{site}/recovery").json["tasks"] if row["kind"] == "restoreOnLoaner")
    for words in [
        f"site show {site}", f"task show {restore}", f"task why {restore}",
        f"task pin {restore} --engineer eng-2 --reason 近い", f"task why {restore}", f"task pin {restore} --release",
        "loaner set L-07 --state outOfService --note 点検", "loaner set L-07 --state inStock", "loaner list",
    ]:
        admin.run(*words.split())
    assert [row["site"] for row in collector.get("/v1/recoveries").json["items"]] == [site]
    subprocess.run(
        [str(programs.cli), "check"], env=admin.environment, capture_output=True, timeout=60)
    agents[0].signal(signal.SIGCONT)
    assert len(contract.seen) > 20, sorted(contract.seen)
    told = {event["event"] for event in LiveStream.everything(collector)}
    assert {
        "site.contact", "site.assessed", "site.planned", "incident.opened", "task.drafted", "task.offered", "task.changed",
    } <= told


def test_heard_again_closes_what_nobody_has_touched(story):
    collector, fleet, agents, _ = story
    site = fleet.site_ids[1]
    until(lambda: collector.site(site)["contact"] == "reporting", 20)
    live = LiveStream(collector)
    agents[1].signal(signal.SIGSTOP)
    opened = live.wait_for("incident.opened", limit=15)
    agents[1].signal(signal.SIGCONT)
    closed = live.wait_for("incident.closed", limit=15, incident=opened["json"]["incident"])
    assert closed["json"]["reason"] == "heardAgain"
    tasks = collector.get(f"/v1/tasks?site={site}").json["items"]
    assert [task["state"] for task in tasks] == ["cancelled"]
    live.close()


def test_a_goodbye_is_no_silence(story):
    collector, fleet, agents, _ = story
    site = fleet.site_ids[2]
    until(lambda: collector.site(site)["contact"] == "reporting", 20)
    live = LiveStream(collector)
    began = time.monotonic()
    agents[2].process.terminate()
    live.wait_for("site.contact", limit=5, site=site, contact="signedOff")
    agents[2].process.wait(5)
    assert time.monotonic() - began < 4, "the goodbye goes out within 2 s and the agent ends"
    assert not live.named("incident.opened")
    live.close()


def milliseconds(text: str) -> int:
    return round(datetime.datetime.fromisoformat(text).timestamp() * 1000)
