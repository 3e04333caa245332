"""The collector's own data: backup while it runs, restore, and the refusals around them."""

import re
import signal
import subprocess

from anpi_harness import Collector, Fleet, until
from webhook_receiver import Receiver


def run(programs, *words, code=0):
    done = subprocess.run([str(programs.collector), *map(str, words)], capture_output=True, text=True, timeout=60)
    assert done.returncode == code, f"{words}: {done.returncode} {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def test_a_backup_made_while_serving_is_verified_and_restores(collector, programs, tmp_path):
    fleet = Fleet(sites=3, interval=1, grace=30)
    collector.import_fleet(fleet)
    agent = fleet.agent_ids[0]
    token = collector.token(role="agent", agent=agent)
    collector.beat(agent, token, 1)
    until(lambda: collector.site(fleet.site_ids[0])["contact"] == "reporting")
    database = f"sqlite:{collector.database}"
    said = run(programs, "backup", "--database", database, "--to", tmp_path / "copies")
    copy = re.match(r"(\S+\.sqlite):", said).group(1)
    assert "journal lines verified" in said

    # In use it is never replaced, not even by force.
    assert "another process" in run(programs, "restore", copy, "--database", database, "--force", code=1)
    collector.stop()
    restored = Collector(programs, tmp_path / "restored")
    run(programs, "restore", copy, "--database", f"sqlite:{restored.database}")
    restored.port, restored.agents_port = collector.port, collector.agents_port
    (restored.folder / "admin-token").write_text(collector.admin_token)
    (restored.folder / "admin-token").chmod(0o600)
    restored.start()
    try:
        assert restored.site(fleet.site_ids[0])["contact"] == "reporting", "blind time, not silence"
        assert restored.get("/v1/journal/verify").json["ok"]
        assert restored.beat(agent, token, 2).status == 200, "tokens come with the copy"
        call = {"kind": "phone", "direction": "out", "site": fleet.site_ids[1], "result": "noAnswer"}
        added = restored.post("/v1/findings", call)
        assert added.json["id"] == "F-2001", "numbers said aloud leap: those after the copy are known to people"
    finally:
        restored.stop()
    said = run(programs, "doctor", "--database", f"sqlite:{restored.database}")
    assert "All is well" in said and "free for new rows" in said and "s behind what was heard" in said


def test_a_damaged_copy_is_refused(collector, programs, tmp_path):
    collector.import_fleet(Fleet(sites=3))
    run(programs, "backup", "--database", f"sqlite:{collector.database}", "--to", tmp_path)
    copy = next(tmp_path.glob("anpi-*.sqlite"))
    content = bytearray(copy.read_bytes())
    at = content.find(b'"decision":"') if b'"decision":"' in content else content.find(b"command.")
    content[at + 12] ^= 1
    copy.write_bytes(content)
    said = run(programs, "restore", copy, "--database", f"sqlite:{tmp_path}/new.sqlite", code=1)
    assert "verify" in said or "damaged" in said


def test_a_second_collector_on_the_same_file_is_refused(collector, programs, tmp_path):
    said = run(
        programs, "serve", "--database", f"sqlite:{collector.database}", "--listen", "127.0.0.1:0",
        "--admin-token-file", tmp_path / "token", code=1)
    assert "another process" in said


def test_an_office_moves_to_postgresql_with_everything_it_knows(collector, programs, postgres, tmp_path):
    fleet = Fleet(sites=3, interval=1, grace=30)
    collector.import_fleet(fleet)
    agent = fleet.agent_ids[0]
    token = collector.token(role="agent", agent=agent)
    collector.beat(agent, token, 1)
    until(lambda: collector.site(fleet.site_ids[0])["contact"] == "reporting")
    name = postgres.make_database()
    source, target = collector.address, postgres.address(name)
    assert "another process" in run(programs, "copy", "--from", source, "--to", target, code=1), "it is in use"
    collector.stop()
    said = run(programs, "copy", "--from", source, "--to", target)
    assert "The journal verifies" in said and re.search(r"^token: 2 rows, digest [0-9a-f]{16} in both$", said, re.M)
    assert "not empty" in run(programs, "copy", "--from", source, "--to", target, code=1)

    collector.address = target
    collector.options = ["--archive", str(tmp_path / "archive")]
    collector.start()
    assert collector.site(fleet.site_ids[0])["contact"] == "reporting", "blind time, not silence"
    assert collector.beat(agent, token, 2).status == 200, "tokens come with the copy"
    assert collector.get("/v1/journal/verify").json["ok"]
    said = run(programs, "doctor", "--database", target)
    assert "durable     NO, but on this server" in said and "All is well as long as this server stands." in said
    assert re.search(r"^table       journal: \d+ MiB, \d+ rows", said, re.M)
    assert "pg_basebackup" in run(programs, "backup", "--database", target, "--to", tmp_path / "copies", code=64)
    assert "releases from schema" in run(programs, "migrate", "--finalize", "--database", target)


def test_doctor_says_when_a_flood_could_take_every_copy(collector, programs):
    fleet = Fleet(sites=2)
    collector.import_fleet(fleet)
    collector.stop()
    said = run(programs, "doctor", "--database", collector.address, "--site", fleet.site_ids[0])
    assert "0.5 m of water on the flood map" in said and "offsite of shz-0001: stands elsewhere" in said
    assert "All is well" in said
    assert "no site nowhere" in run(programs, "doctor", "--database", collector.address, "--site", "nowhere", code=64)


def test_an_open_address_without_tls_is_refused(programs, tmp_path):
    said = run(
        programs, "serve", "--database", f"sqlite:{tmp_path}/a.sqlite", "--listen", "0.0.0.0:0",
        "--admin-token-file", tmp_path / "token", code=1)
    assert "--behind-proxy" in said and "--tls-certificate" in said


def test_the_admin_file_holds_the_token_and_nothing_else(collector):
    path = collector.folder / "admin-token"
    assert path.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(r"anpi_admin_[A-Za-z0-9]+_[A-Za-z0-9]+", path.read_text())


def test_without_the_database_option_usage_is_64(programs):
    run(programs, "serve", code=64)
    run(programs, "serve", "--database", "mysql://x", "--admin-token-file", "x", code=64)


def test_the_hooks_file_is_read_again_on_sighup(programs, tmp_path):
    receiver = Receiver()
    collector = Collector(programs, tmp_path / "collector", hooks=receiver.hook("office"))
    collector.start()
    try:
        names = lambda: [hook["name"] for hook in collector.get("/v1/hooks").json["items"]]  # noqa: E731
        assert names() == ["office"]
        path = collector.folder / "hooks.toml"
        path.write_text(receiver.hook("office") + "colour = 1\n")
        collector.process.send_signal(signal.SIGHUP)
        until(lambda: "colour" in collector.log, what="the mistake is named")
        assert names() == ["office"], "a file with mistakes changes nothing"
        path.write_text(receiver.hook("other"))
        collector.process.send_signal(signal.SIGHUP)
        until(lambda: names() == ["other"], what="the new file counts")
        assert 'hook="other"' in collector.get("/metrics").body.decode()
    finally:
        collector.stop()
        receiver.stop()
