"""The engineer without a signal: what is recorded arrives once and in order, and what somebody else did meanwhile is
shown and decided by a person, never overwritten."""

import hashlib
import json
import signal
import subprocess

import pytest

from anpi_harness import Collector, CommandLine, Fleet, LiveStream, until
from contract_proxy import ContractProxy

# The first bytes say what a picture is; the rest is the picture's own.
JPEG = bytes.fromhex("ffd8ffe0") + bytes(range(256)) * 4_000
PNG = bytes.fromhex("89504e470d0a1a0a") + b"the second picture"


class Office:
    """A collector with one engineer, who has been offered a task."""

    def __init__(self, programs, folder):
        self.programs = programs
        self.collector = Collector(programs, folder / "collector")
        self.collector.start()
        self.fleet = Fleet(sites=3, interval=1, grace=2, engineers=1)
        self.collector.import_fleet(self.fleet)
        self.proxy = ContractProxy(self.collector.url)
        self.folder = folder
        token = self.collector.token(role="engineer", engineer="eng-1", label="田中")
        self.engineer = CommandLine(programs, self.collector, token, url=self.proxy.url)
        self.engineer.environment["ANPI_STATE"] = str(folder / "state")
        self.admin = CommandLine(programs, self.collector, self.collector.admin_token)

    def offer(self, place=0):
        """A site falls silent; gives the task that the engineer is asked to do."""
        agent, site = self.fleet.agent_ids[place], self.fleet.site_ids[place]
        self.collector.beat(agent, self.collector.token(role="agent", agent=agent), 1)
        live = LiveStream(self.collector)
        task = live.wait_for("task.offered", site=site, limit=20)["json"]["task"]
        live.close()
        return task

    def away(self):
        self.collector.stop()

    def back(self):
        self.collector.start()

    def task(self, task):
        return self.collector.get(f"/v1/tasks/{task}").json

    def lines(self, task, kind):
        """What the journal holds of a task, oldest first."""
        lines = [line for line in self.task(task)["timeline"] if line["kind"] == kind]
        return sorted(lines, key=lambda line: line["number"])

    def stop(self):
        self.collector.stop()
        self.proxy.stop()


@pytest.fixture
def office(programs, tmp_path):
    office = Office(programs, tmp_path)
    yield office
    office.stop()


def test_a_day_without_a_signal_is_told_by_the_next_command(office, tmp_path):
    task = office.offer()
    first, second = tmp_path / "flood.jpg", tmp_path / "done.png"
    first.write_bytes(JPEG)
    second.write_bytes(PNG)
    line = office.engineer
    assert task in line.run("queue")
    office.away()

    assert "No signal. Recorded on this device" in line.run("task", "accept", task, "--eta", "+45m")
    line.run("task", "start", task)
    line.run("task", "arrive", task, "--photo", first)
    said = line.run("task", "done", task, "--note", "81 GB 照合済", "--photo", second)
    assert "6 not sent" in said, said
    queue = line.run("queue")
    assert "No signal" in queue and "not sent" in queue and "done" in queue
    assert "院長" in line.run("task", "show", task), "what one needs to know was kept with the queue"
    listed = line.json("sync", "--list")
    assert [entry["kind"] for entry in listed["waiting"]] == ["step", "step", "step", "photo", "step", "photo"]
    line.run("task", "arrive", "T-999", code=69)

    office.back()
    line.run("site", "list")
    assert line.complaints.startswith("Sent 6: "), line.complaints
    told = office.task(task)
    assert told["state"] == "done"
    assert [photo["digest"] for photo in told["photos"]] == [hashlib.sha256(p).hexdigest() for p in (JPEG, PNG)]
    for photo, bytes_, kind in zip(told["photos"], (JPEG, PNG), ("image/jpeg", "image/png")):
        answer = office.collector.get(f"/v1/tasks/{task}/photos/{photo['digest']}")
        assert answer.body == bytes_ and answer.headers["content-type"] == kind
    steps = office.lines(task, "command.task")
    assert [step["to"] for step in steps] == ["accepted", "travelling", "onSite", "done"]
    assert steps[-1]["note"] == "81 GB 照合済"
    assert all(step["doneAt"] < step["at"] for step in steps), "the journal says when it was done, and when it was told"
    assert [step["doneAt"] for step in steps] == sorted(step["doneAt"] for step in steps)
    assert line.run("sync").strip() == "Nothing waits to be sent."
    assert not list((tmp_path / "state").rglob("photos/*")), "what was told is not kept"
    assert office.admin.json("journal", "verify")["ok"]
    office.proxy.verify(
        ("POST", "/v1/tasks/{id}/transitions"), ("PUT", "/v1/tasks/{id}/photos/{digest}"), ("GET", "/v1/queue"))


@pytest.mark.parametrize("keep", ["theirs", "mine"])
def test_a_cancelled_task_that_was_done_without_a_signal_is_decided_by_a_person(office, keep):
    task, other = office.offer(0), office.offer(1)
    line = office.engineer
    line.run("queue")
    line.run("task", "accept", task)
    line.run("task", "accept", other)
    line.run("queue")
    office.away()
    line.run("task", "arrive", task)
    line.run("task", "done", task, "--note", "復旧済")
    line.run("task", "note", task, "--note", "鍵は返却")
    line.run("task", "start", other)
    office.back()
    office.admin.run("task", "cancel", task, "--reason", "院長が他社で復旧")

    said = line.run("sync", code=3)
    assert f"Sent 1: {other}" in said, "other tasks go on"
    assert task in said and "院長が他社で復旧" in said and "cancelled" in said and "done" in said, said
    assert office.task(task)["state"] == "cancelled", "nothing is overwritten"
    # It stays until somebody decides, whatever is run.
    line.run("queue")
    assert "To decide 1" in line.complaints
    listed = line.json("sync", "--list", code=3)
    assert [step["to"] for step in listed["conflicts"][0]["mine"] if step["kind"] == "step"] == ["onSite", "done"]

    line.run("sync", "resolve", task, "--keep", keep, "--note", "話し合い済")
    told = office.task(task)
    notes = [entry["note"] for entry in office.lines(task, "command.taskNote")]
    assert any("on site" in note for note in notes), notes
    assert "鍵は返却" in notes, "what was noted behind the conflict is told too"
    cancelled = [entry for entry in office.lines(task, "command.task") if entry["to"] == "cancelled"]
    assert len(cancelled) == 1 and cancelled[0]["reason"] == "院長が他社で復旧"
    done = [entry for entry in office.lines(task, "command.task") if entry["to"] == "done"]
    if keep == "mine":
        assert told["state"] == "done"
        assert len(done) == 1 and done[0]["note"] == "復旧済 / 話し合い済" and done[0]["doneAt"] < done[0]["at"]
    else:
        assert told["state"] == "cancelled" and not done
        assert any("復旧済" in note and "話し合い済" in note for note in notes), notes
    assert line.run("sync").strip() == "Nothing waits to be sent."
    office.proxy.verify(("POST", "/v1/tasks/{id}/notes"))


def test_a_blocked_road_is_one_command_with_its_step_and_waits_for_nobody(office):
    first, second = office.offer(0), office.offer(1)
    line = office.engineer
    for task in (first, second):
        line.run("task", "accept", task)
        line.run("task", "start", task)
    line.run("queue")
    office.away()
    road = ("--reason", "road", "--place", "35.05,138.52", "--note", "橋の手前で冠水")
    line.run("task", "block", first, *road)
    line.run("task", "block", second, *road)
    office.back()
    office.admin.run("task", "cancel", second, "--reason", "他社で復旧")

    line.run("sync", code=3)
    assert office.task(first)["state"] == "blocked" and office.task(second)["state"] == "cancelled"
    found = office.collector.get("/v1/findings").json["items"]
    assert [(one["kind"], one["result"], one["placed"]) for one in found] == [("road", "closed", True)] * 2
    assert all(one["text"] == "橋の手前で冠水" and one["observedAt"] < one["at"] for one in found)
    blocked = office.lines(first, "task.changed")[-1]
    assert blocked["state"] == "blocked" and blocked["finding"] in {one["id"] for one in found}
    line.run("sync", "resolve", second, "--keep", "theirs")
    assert len(office.collector.get("/v1/findings").json["items"]) == 2, "each road is told once"
    office.proxy.verify(("POST", "/v1/tasks/{id}/transitions"), ("POST", "/v1/findings"))


def test_a_sync_that_is_killed_ten_times_tells_everything_once(office, tmp_path):
    task = office.offer()
    line = office.engineer
    line.run("queue")
    line.run("task", "accept", task)
    line.run("queue")
    office.away()
    notes = [f"note {number:02d}" for number in range(44)]
    line.run("task", "start", task)
    for place, note in enumerate(notes):
        line.run("task", "note", task, "--note", note)
        if place == 20:
            line.run("task", "arrive", task)
    (tmp_path / "p.jpg").write_bytes(JPEG)
    line.run("task", "done", task, "--photo", tmp_path / "p.jpg")
    office.back()

    def told():
        return len(office.lines(task, "command.taskNote"))

    for round_ in range(10):
        before = told()
        sync = subprocess.Popen(
            [str(office.programs.cli), "sync"], env=line.environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        until(lambda: told() > before + 1 or sync.poll() is not None, what="the sync is under way", every=0.001)
        assert sync.poll() is None, f"round {round_}: it was over before it could be killed"
        sync.send_signal(signal.SIGKILL)
        sync.wait()
    line.run("sync")
    assert [entry["note"] for entry in office.lines(task, "command.taskNote")] == notes
    steps = [entry["to"] for entry in office.lines(task, "command.task")]
    assert steps == ["accepted", "travelling", "onSite", "done"]
    assert len(office.task(task)["photos"]) == 1
    assert len(office.lines(task, "command.taskPhoto")) == 1
    assert line.run("sync").strip() == "Nothing waits to be sent."


def test_photos_are_for_those_whose_task_it_is_and_only_whole_pictures(office):
    task = office.offer()
    digest = hashlib.sha256(PNG).hexdigest()
    path = f"/v1/tasks/{task}/photos/{digest}"
    collector = office.collector
    viewer = collector.token(role="viewer")

    def put(body, token=None, path=path):
        return collector.request("PUT", path, body, token=token, headers={"Content-Type": "image/png"}).status

    assert put(PNG, token=viewer) == 403
    assert put(PNG[:-1]) == 422, "damaged on the way"
    text = b"no picture"
    assert put(text, path=f"/v1/tasks/{task}/photos/{hashlib.sha256(text).hexdigest()}") == 422
    assert put(PNG, path=f"/v1/tasks/T-999/photos/{digest}") == 404
    assert collector.get(path).status == 404
    assert put(PNG) == 200 and put(PNG) == 200
    assert len(office.task(task)["photos"]) == 1 and len(office.lines(task, "command.taskPhoto")) == 1
    assert collector.get(path, token=viewer).body == PNG
    for number in range(19):
        more = PNG + bytes([number])
        assert put(more, path=f"/v1/tasks/{task}/photos/{hashlib.sha256(more).hexdigest()}") == 200
    more = PNG + b"one too many"
    assert put(more, path=f"/v1/tasks/{task}/photos/{hashlib.sha256(more).hexdigest()}") == 409

    # A restart forgets none of them, and erasing a line takes its photo along.
    collector.kill()
    collector.start()
    assert len(office.task(task)["photos"]) == 20 and collector.get(path).body == PNG
    number = office.lines(task, "command.taskPhoto")[0]["number"]
    collector.stop()
    erased = subprocess.run(
        [str(office.programs.collector), "erase", "--database", f"sqlite:{collector.database}", "--entry", str(number)],
        capture_output=True, text=True, timeout=60)
    assert erased.returncode == 0 and "photo" in erased.stdout, erased
    collector.start()
    assert collector.get(path).status == 404
    assert json.loads(collector.get("/v1/journal/verify").body)["ok"]
