"""The local network's commands over processes that only answer /ready."""

from __future__ import annotations

import http.server
import json
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from chainbill_cli.commands import localnet as commands
from chainbill_cli.failure import Failure
from chainbill_cli.localnet import layout, ports, processes, status
from chainbill_cli.main import run

NODE = """
import http.server, json, pathlib, sys, tomllib
home = pathlib.Path(sys.argv[sys.argv.index("--home") + 1])
if (home / "broken").exists():
    sys.exit("this node refuses to start")
config = tomllib.loads((home / "node.toml").read_text())
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ready = not (home / "slow").exists()
        answer = {"ready": ready, "reason": "" if ready else "waiting for bank2", "name": config["name"],
                  "height": 5, "app_hash": "ab" * 32}
        if (home / "warning").exists():
            answer["warnings"] = [{"key": "k", "text": "it fills", "mend": "make room", "fields": {}}, 7, {}]
        genesis = json.loads((home / "genesis.json").read_text())
        answer["validator_key"] = next(one["key"] for one in genesis["validators"] if one["name"] == config["name"])
        if self.path == "/v1/validators":
            voted_out = (home / "voted_out").read_text().split() if (home / "voted_out").exists() else []
            answer = {"data": [one for one in genesis["validators"] if one["name"] not in voted_out]}
        body = json.dumps(answer).encode()
        self.send_response(200 if ready else 503)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
print("listening", flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", config["rest"]["port"]), Answer).serve_forever()
"""


class Lab:
    """Runs `localnet` commands in one home."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.capsys = capsys
        self.out = self.err = ""

    def text(self, *words: str, expect: int = 0) -> str:
        code = run(["--home", str(self.home), *words])
        self.out, self.err = self.capsys.readouterr()
        assert code == expect, f"{words}: exit {code}\n{self.out}{self.err}"
        return self.out

    def json(self, *words: str, expect: int = 0) -> Any:
        return json.loads(self.text(*words, "-o", "json", expect=expect))

    def node_file(self, node: str, name: str) -> Path:
        return self.home / "nodes" / node / name


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Lab]:
    (tmp_path / "answering_node.py").write_text(NODE, encoding="utf-8")
    monkeypatch.setattr(processes, "MODULE", "answering_node")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = Lab(tmp_path / "net", capsys)
    yield found
    if layout.exists(found.home):
        processes.stop_all(layout.load(found.home).nodes, kill=True)


def test_up_and_down(lab: Lab) -> None:
    up = lab.json("localnet", "up", "--validators", "2", "--detach")
    assert [(node["name"], node["ready"], node["height"]) for node in up["nodes"]] == [
        ("bank1", True, 5),
        ("bank2", True, 5),
    ]
    assert set(up) == {"home", "chain_id", "nodes", "profiles"}
    assert set(up["nodes"][0]) == {"name", "pid", "api", "p2p", "home", "ready", "height", "app_hash"}
    assert up["profiles"]["anchor"]["party"].startswith("9199")
    assert Path(up["profiles"]["anchor"]["key"]).is_file()
    assert lab.json("localnet", "status") == up
    assert lab.json("localnet", "up", "--detach") == up, "what runs is left alone"
    lab.json("localnet", "up", "--detach", "--validators", "3", expect=1)
    for option in (["--base-port", "41000"], ["--closed-reads"]):
        refused = lab.json("localnet", "up", "--detach", *option, expect=1)
        assert (refused["code"], refused["option"]) == ("already_otherwise", " ".join(option))
    assert "bank2" in lab.text("localnet", "status")
    stopped = lab.json("localnet", "stop", "bank2")["nodes"]
    assert (stopped[0]["ready"], stopped[1]["ready"], stopped[1]["pid"], stopped[1]["height"]) == (
        True,
        False,
        None,
        None,
    )
    assert lab.json("localnet", "status")["nodes"][1]["reason"] == "not running; chainbill localnet start bank2"
    lab.json("localnet", "stop", "bank9", expect=2)
    for words, all_of_them in (("stop", "localnet down"), ("start", "localnet up")):
        for language in ("en", "zh"):
            lab.text("--lang", language, "localnet", words, expect=2)
            assert all_of_them in lab.err, "the command for all of them"
            assert "bank1" in lab.err
    assert lab.json("localnet", "start", "bank2")["nodes"][1]["ready"]
    assert "bank1  listening" in lab.text("localnet", "logs", "bank1")
    assert "bank2  listening" in lab.text("localnet", "logs", "-n", "1")
    lab.text("localnet", "down")
    assert [node["pid"] for node in lab.json("localnet", "down")["nodes"]] == [None, None]
    for kept in ("currencies.json", "ledger-clock.json"):  # what commands that read the network keep of it
        (lab.home / kept).write_text("{}", encoding="utf-8")
    assert lab.json("localnet", "reset")["removed"]
    assert not lab.home.exists()


def test_an_existing_network_is_begun_from_the_port_that_it_was_made_from(tmp_path: Path) -> None:
    def nodes(*pairs: tuple[int, int]) -> list[layout.LocalNode]:
        return [layout.LocalNode("", f"http://127.0.0.1:{api}", f"127.0.0.1:{p2p}", tmp_path) for api, p2p in pairs]

    assert ports.begin_at(nodes((31000, 31001), (31002, 31003)), 31000)
    assert not ports.begin_at(nodes((31000, 31001), (31002, 31003)), 31002)
    assert not ports.begin_at(nodes((31000, 30011), (30044, 30077)), 31000), "free ones were taken, none was named"


def test_a_node_that_does_not_start(lab: Lab) -> None:
    lab.json("localnet", "up", "--validators", "1", "--detach")
    lab.text("localnet", "down")
    lab.node_file("bank1", "broken").touch()
    found = lab.json("localnet", "up", "--detach", expect=1)
    assert found["code"] == "ended"
    assert "this node refuses to start" in found["errors"]
    assert "this node refuses to start" in lab.err


def test_what_a_ready_node_warns_of_is_said_with_its_mend(lab: Lab) -> None:
    lab.json("localnet", "up", "--validators", "2", "--detach")
    lab.node_file("bank2", "warning").touch()
    for language, said in (("en", "bank2 warns: it fills"), ("zh", "bank2 警告：it fills")):
        found = lab.text("--lang", language, "localnet", "status").splitlines()
        assert found[found.index(said) + 1] == "  → make room"
    nodes = lab.json("localnet", "status")["nodes"]
    assert "warnings" not in nodes[0]
    assert nodes[1]["warnings"][0]["key"] == "k"
    assert nodes[1]["ready"]
    [finding] = [one for one in lab.json("doctor", expect=1) if "it fills" in one["finding"]]
    assert (finding["ok"], finding["fix"]) == (False, "make room")


def test_a_node_that_stands_still(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.json("localnet", "up", "--validators", "1", "--detach")
    lab.node_file("bank1", "slow").touch()
    assert lab.json("localnet", "status")["nodes"][0]["reason"] == "waiting for bank2"
    assert lab.json("node", "status", expect=1)["reason"] == "waiting for bank2"
    lab.json("node", "wait", "--height", "5")
    found = lab.json("node", "wait", "--height", "6", "--timeout", "0.3", expect=6)
    assert (found["height"], found["wanted"]) == (5, 6)
    monkeypatch.setattr(commands, "READY_S", 0.5)
    assert lab.json("localnet", "start", "bank1", "--timeout", "0.5", expect=6)["nodes"][0]["pid"], "it runs"
    assert "bank1: waiting for bank2" in lab.text("localnet", "start", "bank1", "--timeout", "0.5", expect=6)
    assert "bank1 runs and is not ready yet" in lab.err
    assert lab.json("localnet", "up", "--detach", "--timeout", "0.5", expect=6)["nodes"][0]["pid"]
    lab.text("localnet", "up", "--detach", "--timeout", "0.5", "--lang", "zh", expect=6)
    assert "bank1 正在运行，但尚未就绪，原因见上" in lab.err


def test_a_node_that_does_not_answer_in_time(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.json("localnet", "up", "--validators", "1", "--detach")
    monkeypatch.setattr(commands, "READY_S", 0.5)
    monkeypatch.setattr(status, "ready_of", lambda *_: None)
    assert lab.json("localnet", "start", "bank1", "--timeout", "0.5", expect=1)["code"] == "not_ready"


def test_in_the_home_of_a_node_that_one_is_asked_how_it_is(lab: Lab) -> None:
    lab.json("localnet", "up", "--validators", "2", "--detach")
    home, first = lab.home, f"http://127.0.0.1:{port_of(lab, 'bank1')}"
    lab.home = home / "nodes" / "bank2"
    assert lab.json("node", "status")["name"] == "bank2"
    assert lab.json("node", "status", "--node", first)["name"] == "bank1"
    (lab.home / "node.toml").write_text("[rest]\nprot = 1\n", encoding="utf-8")
    assert lab.json("node", "status", expect=1)["code"] == "cannot_ask"
    lab.home = home


def test_in_the_foreground_nodes_end_with_the_command(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int | None] = []

    def until_stopped() -> None:
        seen.extend(processes.pid_of(node) for node in layout.load(lab.home).nodes)

    monkeypatch.setattr(commands, "_until_stopped", until_stopped)
    lab.text("localnet", "up", "--validators", "1")
    assert "stays here" in lab.err
    assert seen[0] is not None
    assert processes.pid_of(layout.load(lab.home).nodes[0]) is None


def test_a_home_with_something_else(lab: Lab) -> None:
    lab.home.mkdir()
    (lab.home / "genesis.json").write_text("{}", encoding="utf-8")
    assert lab.json("localnet", "up", "--detach", expect=1)["code"] == "foreign"


def test_logs_are_followed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.json("localnet", "up", "--validators", "1", "--detach")
    log = lab.node_file("bank1", "node.log")
    rounds = 0

    def pause(_: float) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            with log.open("a", encoding="utf-8") as file:
                file.write("one whole line\nand half a")
        if rounds == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(commands.time, "sleep", pause)
    lab.text("localnet", "logs", "-f", "-n", "0", expect=1)
    assert lab.out == "bank1  one whole line\n"


def test_a_stubborn_process_is_killed(lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "stubborn_node.py").write_text(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(60)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(processes, "MODULE", "stubborn_node")
    monkeypatch.setattr(processes, "STOP_PATIENCE_S", 0.3)
    home = tmp_path / "stubborn"
    home.mkdir()
    node = layout.LocalNode("x", "http://127.0.0.1:1", "", home)
    processes.start(node)
    deadline = time.monotonic() + 20
    while "up" not in "".join(processes.log_tail(node)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes.stop(node)
    assert processes.pid_of(node) is None


def test_broken_state_files_are_said(lab: Lab) -> None:
    lab.home.mkdir()
    (lab.home / layout.STATE).write_text("{", encoding="utf-8")
    assert lab.json("localnet", "status", expect=1)["code"] == "home_file"
    (lab.home / layout.STATE).unlink()


def test_waiting_ends_in_time(lab: Lab) -> None:
    lab.json("localnet", "up", "--validators", "1", "--detach")
    network = layout.load(lab.home)
    done = threading.Event()

    def wait() -> None:
        status.wait_ready(network, network.nodes, 10)
        done.set()

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join(10)
    assert done.is_set()


def test_a_node_that_was_voted_out_is_not_waited_for(lab: Lab) -> None:
    lab.json("localnet", "up", "--validators", "3", "--detach")
    lab.json("localnet", "down")
    lab.node_file("bank1", "voted_out").write_text("bank3", encoding="utf-8")
    lab.node_file("bank3", "slow").touch()
    lab.json("localnet", "up", "--detach", "--lang", "zh")
    last = lab.json("localnet", "status")["nodes"][2]
    assert (last["ready"], last["validator"], last["reason"]) == (
        False,
        False,
        "no validator any more: removed by vote",
    )
    lab.json("localnet", "stop", "bank3")
    assert lab.json("localnet", "start", "bank3")["nodes"][2]["validator"] is False
    assert "validator" not in lab.json("localnet", "status")["nodes"][0]


def test_status_where_a_node_tells_the_rest_to_signed_requests_only(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """security 20: on a closed network /ready says yes or no; the node's own bank still sees where it stands."""
    closed = NODE.replace(
        '"app_hash": "ab" * 32}', '"app_hash": "ab" * 32}\n        signed = "Signature" in self.headers\n'
        '        answer = answer if signed else {"ready": ready, "reason": "not told"}', 1
    )  # fmt: skip
    assert closed != NODE
    (tmp_path / "answering_node.py").write_text(closed, encoding="utf-8")
    up = lab.json("localnet", "up", "--validators", "2", "--detach", "--closed-reads")
    assert [(node["ready"], node["height"]) for node in up["nodes"]] == [(True, 5), (True, 5)]
    (lab.home / "parties" / "bank1" / "key.pem").unlink()
    found = lab.json("localnet", "status", expect=0)
    assert [(node["ready"], node["height"]) for node in found["nodes"]] == [(True, None), (True, 5)]


# ports that somebody else has

STRANGER = {
    "ready": True,
    "reason": "",
    "name": "bank1",
    "height": 812,
    "app_hash": "cd" * 32,
    "validator_key": "ee" * 32,
}


@contextmanager
def stranger(port: int, answer: dict[str, Any] = STRANGER) -> Iterator[int]:
    """Somebody else's node at a port, 0 for a free one."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answer if self.path == "/ready" else {"chain_id": "far-away"}).encode()
            self.send_response(200)
            self.send_header("Chainbill-Network", "fa" * 32)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def port_of(lab: Lab, node: str) -> int:
    return int(tomllib.loads(lab.node_file(node, "node.toml").read_text())["rest"]["port"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_up_on_a_taken_port_makes_nothing_and_names_it(lab: Lab, language: str) -> None:
    """cases: it ended with 0 and showed the other network's height as its own."""
    with stranger(0) as port:
        base = max(1024, port - 1)
        lab.text(
            "--lang", language, "localnet", "up", "--validators", "2", "--base-port", str(base), "--detach", expect=1
        )
        assert str(port) in lab.err
        assert "--base-port" in lab.err
        assert ("far-away" in lab.err) is (base == port), "who answers there, where one can ask"
    assert not (lab.home / "genesis.json").exists()


def test_a_network_whose_port_was_taken_meanwhile_does_not_start(lab: Lab) -> None:
    lab.json("localnet", "up", "--validators", "2", "--detach")
    lab.text("localnet", "down")
    with stranger(port_of(lab, "bank2")) as port:
        for words in (("up", "--detach"), ("start", "bank2")):
            found = lab.json("localnet", *words, expect=1)
            assert found["code"] == "port_taken"
            assert str(port) in found["detail"]
            assert "bank2" in found["detail"]
        assert "812" not in lab.text("localnet", "status")
        assert [one["pid"] for one in lab.json("localnet", "status")["nodes"]] == [None, None], "none was started"
        assert "far-away" in lab.json("localnet", "status")["nodes"][1]["reason"], "whose port it is now"
        lab.json("node", "status", "--node", f"http://127.0.0.1:{port}", expect=2)
        assert "fa" * 32 in lab.text("doctor", "--node", f"http://127.0.0.1:{port}", expect=1)
    lab.json("localnet", "up", "--detach")


def test_a_closed_network_that_tells_strangers_nothing_is_not_taken_for_ones_own(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.json("localnet", "up", "--validators", "1", "--detach")
    lab.text("localnet", "down")
    with stranger(port_of(lab, "bank1"), {"ready": True, "reason": ""}):
        monkeypatch.setattr(processes, "pid_of", lambda _: 4711)
        [found] = lab.json("localnet", "status")["nodes"]
        assert (found["ready"], found["height"]) == (False, None)
        network = layout.load(lab.home)
        with pytest.raises(Failure) as refused:
            status.wait_ready(network, network.nodes, 5.0)
        assert refused.value.problem["code"] == "port_of_another"


def test_another_networks_answer_is_never_shown_as_ones_own(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.json("localnet", "up", "--validators", "1", "--detach")
    lab.text("localnet", "down")
    with stranger(port_of(lab, "bank1")):
        monkeypatch.setattr(processes, "pid_of", lambda _: 4711)
        [found] = lab.json("localnet", "status")["nodes"]
        assert (found["ready"], found["height"], found["app_hash"]) == (False, None, None)
        assert str(port_of(lab, "bank1")) in found["reason"]
        network = layout.load(lab.home)
        with pytest.raises(Failure) as refused:
            status.wait_ready(network, network.nodes, 5.0)
        assert refused.value.problem["code"] == "port_of_another"
