"""Two command lines that accept the same task at the same instant: exactly one wins, each time.

ANPI_TEST_ACCEPTANCES sets the number of rounds; docs/dispatch.md has the result of a thousand.
"""

import os
import subprocess
import threading
import time

import pytest

from anpi_harness import Collector, CommandLine, Fleet, LiveStream
from contract_proxy import ContractProxy

ROUNDS = int(os.environ.get("ANPI_TEST_ACCEPTANCES", "100"))
# A round is over in a fraction of it; then something hangs.
LIMIT_SECONDS = 30


class Turnstile:
    """Lets changes of tasks pass in twos: both have been sent before the collector sees either."""

    def __init__(self):
        self.pair = threading.Barrier(2, timeout=LIMIT_SECONDS)

    def hold(self, method, path):
        if method == "POST" and path.endswith("/transitions"):
            self.pair.wait()


class Race:
    """One task, and everybody who may say that it is accepted."""

    def __init__(self, programs, folder):
        self.collector = Collector(programs, folder / "collector")
        self.collector.start()
        fleet = Fleet(sites=1, interval=1, grace=2, engineers=2)
        self.collector.import_fleet(fleet)
        # Nobody else is asked when the task comes back.
        self.transition("/v1/engineers/eng-2/availability", {"availability": "unavailable", "reason": "自宅が浸水"})
        self.turnstile = Turnstile()
        self.proxy = ContractProxy(
            self.collector.url, is_checked=lambda path: False, on_request=self.turnstile.hold)
        token = self.collector.token(role="engineer", engineer="eng-1", label="保守員1")
        self.telephone = self.line(programs, token, folder / "telephone")
        self.laptop = self.line(programs, token, folder / "laptop")
        self.office = self.line(
            programs, self.collector.token(role="coordinator", label="山田"), folder / "office")
        agent = fleet.agent_ids[0]
        live = LiveStream(self.collector)
        self.collector.beat(agent, self.collector.token(role="agent", agent=agent), 1)
        self.task = live.wait_for("task.offered", limit=20)["json"]["task"]
        live.close()

    def line(self, programs, token, state):
        line = CommandLine(programs, self.collector, token, url=self.proxy.url)
        line.environment["ANPI_STATE"] = str(state)
        return line

    def transition(self, path, body):
        answer = self.collector.post(path, body)
        assert answer.status == 200, answer

    def offer_again(self):
        self.transition(f"/v1/tasks/{self.task}/transitions", {"to": "draft", "reason": "次の組"})
        self.transition(f"/v1/tasks/{self.task}/transitions", {"to": "offered", "onBehalfOf": "eng-1"})

    def run(self, *starters):
        """Starts the commands together; gives (exit code, standard output, standard error) of each."""
        started = [
            subprocess.Popen(
                [str(line.program), "task", "accept", self.task, *words], env=line.environment, text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for line, *words in starters
        ]
        told = [process.communicate(timeout=LIMIT_SECONDS) for process in started]
        return [(process.returncode, *words) for process, words in zip(started, told)]

    def journal(self, kind):
        """All lines of the task of a kind, in their order."""
        lines, cursor = [], ""
        while cursor is not None:
            page = self.collector.get(
                f"/v1/journal?task={self.task}&kind={kind}&limit=200{cursor and f'&cursor={cursor}'}").json
            lines += page["items"]
            cursor = page["next"]
        return [line["body"] for line in lines]

    def stop(self):
        self.proxy.stop()
        self.collector.stop()


@pytest.fixture
def race(programs, tmp_path):
    race = Race(programs, tmp_path)
    yield race
    race.stop()


def test_of_two_who_accept_at_once_exactly_one_wins(race):
    # The engineer on two devices; the engineer and the office to whom they spoke; the engineer, and the office for
    # another who phones in.
    pairs = [
        [(race.telephone,), (race.laptop,)],
        [(race.telephone,), (race.office, "--for", "eng-1")],
        [(race.telephone,), (race.office, "--for", "eng-2")],
    ]
    first_wins, began = 0, time.monotonic()
    for number in range(ROUNDS):
        pair = pairs[number % len(pairs)]
        if number:
            race.offer_again()
        told = race.run(*pair)
        codes = [code for code, *_ in told]
        assert sorted(codes) == [0, 3], f"round {number}: {told}"
        winner, loser = told[codes.index(0)], told[codes.index(3)]
        assert f"{race.task} accepted" in winner[1], f"round {number}: {told}"
        assert "Nothing was changed" in loser[2] and not loser[1], f"round {number}: {told}"
        if "eng-2" in pair[1]:
            # It was never offered to the other, who may hear so before the first has it.
            assert codes == [0, 3] and "保守員1" in loser[2], f"round {number}: {told}"
        else:
            assert "accepted by 保守員1" in loser[2], f"round {number}: {told}"
        first_wins += codes[0] == 0
    print(f"{ROUNDS} rounds in {time.monotonic() - began:.0f} s, the first of the two won {first_wins}")

    # The journal knows of one acceptance a round, and of nobody else's.
    steps = [(line["to"], line["onBehalfOf"]) for line in race.journal("command.task")]
    assert [to for to, _ in steps] == (["accepted", "draft", "offered"] * ROUNDS)[:-2]
    assert {named for to, named in steps if to == "accepted"} <= {None, "eng-1"}
    changed = [line["state"] for line in race.journal("task.changed")]
    assert changed.count("accepted") == ROUNDS
    task = race.collector.get(f"/v1/tasks/{race.task}").json
    assert task["state"] == "accepted" and task["engineer"] == "eng-1"
    assert race.collector.get("/v1/journal/verify").json["ok"]
