"""A write that is stopped: what is said of it is true, whatever stopped it and whenever."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
import httpx
import pytest
from chainbill_cli import preview as previews
from chainbill_cli.asked import Asked
from chainbill_cli.handing_in import Stopped
from cli.cli_fakes import BILL, NETWORK, NODE_1, TOKEN, FakeNode, Shell, bill, make_home, ok, problem, token
from cli.whole_answers import whole

pytestmark = pytest.mark.untraced

PENDING = httpx.Response(202, json={"id": "00", "status": "pending"})


def stops(error: BaseException) -> Any:
    def answer(*_: Any, **__: Any) -> httpx.Response:
        raise error

    return answer


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), Stopped(1), click.Abort()])
def test_use_2_stopped_after_the_bytes_left_is_pending(shell: Shell, node: FakeNode, stop: BaseException) -> None:
    node.answers["POST /v1/transactions"] = stops(stop)
    told = shell.run("bill", "confirm", BILL, "-o", "json", expect=6)
    assert (told["status"], told["code"]) == ("pending", "pending")
    assert shell.err.splitlines()[0] == f"transaction {told['transaction']}"
    shell.run("bill", "confirm", BILL, expect=6)
    assert "nothing was written" not in shell.err
    assert "chainbill tx wait" in shell.err


def test_use_2_stopped_before_is_nothing_written(shell: Shell, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    node.answers["GET /v1/network"] = stops(KeyboardInterrupt())
    told = shell.run("bill", "confirm", BILL, "-o", "json", expect=1)
    assert told["code"] == "aborted"
    assert "nothing was written" in shell.err
    node.answers["GET /v1/network"] = ok(NETWORK)
    monkeypatch.setattr("chainbill_cli.commands.bill.asks", lambda _: True)
    monkeypatch.setattr(previews, "asks", lambda _: True)
    monkeypatch.setattr(previews, "confirm", stops(click.Abort()))
    node.answers[f"GET /v1/bills/{BILL}"] = ok(bill(status="pending_confirm"))
    shell.run("bill", "confirm", BILL, profile="anchor", expect=1)
    assert "nothing was written" in shell.err
    assert not node.transactions


def test_use_2_stopped_after_the_commit_says_committed(shell: Shell, node: FakeNode) -> None:
    node.answers[f"GET /v1/tokens/{TOKEN}"] = ok(token())
    node.result = {"tokens": [BILL.replace("B", "T", 1)], "remainder": ""}
    node.answers["GET /v1/tokens/" + BILL.replace("B", "T", 1)] = stops(KeyboardInterrupt())
    told = shell.run("token", "transfer", TOKEN, "--to", "supplier2:1.00", "-o", "json", expect=6)
    assert (told["status"], told["height"], told["code"]) == ("committed", 8, "stopped")
    assert told["transaction"] == node.transactions[0].id.hex()


def test_a_fault_of_the_program_after_the_bytes_left_is_pending(shell: Shell, node: FakeNode) -> None:
    node.answers["POST /v1/transactions"] = stops(RecursionError("too deep"))
    told = shell.run("bill", "confirm", BILL, "-o", "json", expect=6)
    assert (told["status"], told["code"], told["cause"]) == ("pending", "pending", "too deep")
    assert told["transaction"] == shell.err.splitlines()[0].removeprefix("transaction ")
    shell.run("bill", "confirm", BILL, "-v", expect=6)
    assert "RecursionError: too deep" in shell.err, "-v shows where"
    assert "chainbill tx wait" in shell.err


def test_a_fault_of_the_program_after_the_commit_says_committed(shell: Shell, node: FakeNode) -> None:
    node.answers[f"GET /v1/tokens/{TOKEN}"] = ok(token())
    node.result = {"tokens": [BILL.replace("B", "T", 1)], "remainder": ""}
    node.answers["GET /v1/tokens/" + BILL.replace("B", "T", 1)] = stops(ZeroDivisionError())
    told = shell.run("token", "transfer", TOKEN, "--to", "supplier2:1.00", "-o", "json", expect=6)
    assert (told["status"], told["height"], told["cause"]) == ("committed", 8, "ZeroDivisionError")


def test_a_fault_of_the_program_before_is_no_pending(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/network"] = stops(RecursionError("too deep"))
    told = shell.run("bill", "confirm", BILL, "-o", "json", expect=1)
    assert told["code"] == "internal"


def test_use_2_a_read_that_fails_after_the_commit_does_not_hide_it(shell: Shell, node: FakeNode) -> None:
    node.answers[f"GET /v1/tokens/{TOKEN}"] = ok(token())
    piece = BILL.replace("B", "T", 1)
    node.result = {"tokens": [piece], "remainder": ""}
    node.answers["GET /v1/tokens/" + piece] = problem(500, "internal")
    told = shell.run("token", "transfer", TOKEN, "--to", "supplier2:1.00", "-o", "json")
    assert (told["status"], told["tokens"]) == ("committed", [{"id": piece}])
    shell.run("token", "transfer", TOKEN, "--to", "supplier2:1.00")
    assert piece in shell.out


def test_use_2_an_answer_that_tells_nothing_is_pending(shell: Shell, node: FakeNode) -> None:
    broken = httpx.Response(201, content=b'{"status": "comm', headers={"content-type": "application/json"})
    for answer in (broken, httpx.Response(502, text="bad gateway"), problem(500, "internal")):
        node.answers["POST /v1/transactions"] = answer
        told = shell.run("bill", "confirm", BILL, "-o", "json", "--timeout", "0.3", expect=6)
        assert told["status"] == "pending"
        assert told["cause"]


def test_use_2_waiting_that_is_stopped_is_pending(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/transactions/" + "ab" * 32] = stops(KeyboardInterrupt())
    assert shell.run("tx", "wait", "ab" * 32, "-o", "json", expect=6)["transaction"] == "ab" * 32


def test_waiting_for_what_no_node_has_says_so(shell: Shell, node: FakeNode) -> None:
    """After a restart of all nodes nothing waits any more; it was told for ever that it may still be committed."""
    address = "GET /v1/transactions/" + "ab" * 32
    node.answers["GET /ready"] = ok({"ready": True, "reason": "", "height": 811})
    told = shell.run("tx", "wait", "ab" * 32, "--timeout", "0.3", "-o", "json", expect=6)
    assert "neither in a block nor waiting" in told["cause"]
    node.answers[address] = ok({"id": "ab" * 32, "status": "pending"})
    assert "cause" not in shell.run("tx", "wait", "ab" * 32, "--timeout", "0.3", "-o", "json", expect=6)


def test_use_12_pending_says_for_whom_the_network_stands_still(shell: Shell, node: FakeNode) -> None:
    why = "halted: 2 of 3 signatures at height 812 round 4, waiting for bank3 for 41 s"
    node.answers["GET /ready"] = httpx.Response(503, json={"ready": False, "reason": why, "height": 811})
    node.answers["POST /v1/transactions"] = PENDING
    told = shell.run("bill", "confirm", BILL, "-o", "json", "--timeout", "0.3", expect=6)
    assert told["cause"] == why
    assert why in shell.err
    shell.run("tx", "wait", told["transaction"], "--timeout", "0.3", expect=6)
    assert "waiting for bank3" in shell.err
    node.answers["GET /ready"] = ok({"ready": True, "reason": "", "height": 811})
    assert "cause" not in shell.run("bill", "confirm", BILL, "-o", "json", "--timeout", "0.3", expect=6)


def test_use_12_hints_name_a_local_network_only_in_its_home(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = stops(httpx.ConnectError("refused"))
    for words in (["bill", "list"], ["doctor"]):
        shell.run(*words, expect=5 if words[0] == "bill" else None)
        assert "localnet" not in shell.err + shell.out
    (shell.home / "localnet.json").write_text("{}", encoding="utf-8")
    shell.run("bill", "list", expect=5)
    assert "chainbill localnet status" in shell.err


@pytest.mark.parametrize("address", ["banana", "banana:7000", "http://", "ftp://bank1", "http://a b", "http://h:99999"])
def test_use_12_an_address_that_can_be_none_is_wrong_usage(shell: Shell, address: str) -> None:
    told = shell.run("--node", address, "bill", "list", "-o", "json", expect=2)
    assert told["code"] == "node_address"
    assert "http://127.0.0.1:7000" in told["detail"]


@pytest.mark.parametrize("code", ["key_not_registered", "key_not_active", "key_of_other_party"])
def test_use_12_a_key_that_may_not_act_is_exit_4(shell: Shell, node: FakeNode, code: str) -> None:
    node.answers["POST /v1/transactions"] = problem(422, code)
    assert shell.run("bill", "confirm", BILL, "-o", "json", expect=4)["code"] == code


class Silent(BaseHTTPRequestHandler):
    """A node on a real socket that reads a transaction and never answers."""

    arrived: threading.Event
    over: threading.Event

    def do_GET(self) -> None:
        known = {"/v1/network": NETWORK, f"/v1/bills/{BILL}": bill()}
        path = self.path.partition("?")[0]
        said = whole(Asked("GET", path), known.get(path, {"ready": True, "height": 1}))
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.arrived.set()
        self.over.wait(60)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def silent() -> Iterator[tuple[str, type[Silent]]]:
    kind = type("SilentHere", (Silent,), {"arrived": threading.Event(), "over": threading.Event()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", kind
    kind.over.set()
    server.shutdown()
    server.server_close()
    thread.join(10)


def confirm(home: Path, address: str, *, timeout: str = "60", **where: Any) -> subprocess.Popen[bytes]:
    words = ["--home", str(home), "--node", address, "--as", "anchor", "-o", "json", "bill", "confirm", BILL]
    return subprocess.Popen(
        [sys.executable, "-c", "from chainbill_cli.main import main; main()", *words, "--timeout", timeout],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, **where,
    )  # fmt: skip


STOPPED_WHILE_READ = """
import os, signal, sys
class Stop:
    def find_spec(self, name, *rest):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Stop())
from chainbill_cli.start import main
main()
"""


def test_ctrl_c_while_the_program_is_read_is_told_in_words() -> None:
    """use: a user who presses Ctrl-C at once saw a trace of the imports, in English, and no exit code of the list."""
    process = subprocess.run(
        [sys.executable, "-c", STOPPED_WHILE_READ, "--lang", "zh", "bill", "list"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert process.returncode == 1
    assert process.stderr.strip() == "失败：已中止，没有写入任何内容"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_use_2_a_real_process_that_is_stopped_tells_the_id(
    tmp_path: Path, silent: tuple[str, type[Silent]], number: signal.Signals
) -> None:
    make_home(tmp_path / "home")
    process = confirm(tmp_path / "home", silent[0], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert silent[1].arrived.wait(60)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 6
    assert json.loads(out)["transaction"] in err.decode().splitlines()[0]


def test_use_2_a_lost_connection_is_pending(tmp_path: Path, silent: tuple[str, type[Silent]]) -> None:
    make_home(tmp_path / "home")
    silent[1].over.set()  # each request is read, and its connection closed without an answer
    process = confirm(tmp_path / "home", silent[0], timeout="2", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, _ = process.communicate(timeout=60)
    assert silent[1].arrived.is_set()
    assert (process.returncode, json.loads(out)["status"]) == (6, "pending")


@pytest.mark.parametrize("closed", ["stdout", "stderr", "both"])
def test_use_2_an_output_that_nobody_reads(tmp_path: Path, silent: tuple[str, type[Silent]], closed: str) -> None:
    make_home(tmp_path / "home")
    read_end, write_end = os.pipe()
    os.close(read_end)
    where = {name: write_end if closed in (name, "both") else subprocess.PIPE for name in ("stdout", "stderr")}
    process = confirm(tmp_path / "home", silent[0], **where)
    os.close(write_end)
    if closed == "stdout":
        assert silent[1].arrived.wait(60)
        process.send_signal(signal.SIGHUP)
    out, err = process.communicate(timeout=60)
    if closed == "stdout":
        assert process.returncode == 6, err
        return
    assert process.returncode == 1, (out, err)
    assert not silent[1].arrived.is_set(), "nothing left a machine that could not tell the id"


def test_addresses_that_can_be_one(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = ok({"data": [], "count": 0, "sum": {}, "next": None})
    for address in (NODE_1, "https://bank1.test:7000/", "http://[::1]:7000"):
        assert shell.run("--node", address, "bill", "list", "-o", "json") == []


@pytest.mark.parametrize("command", ["wait", "show"])
@pytest.mark.parametrize("typed", ["aa", "z" * 64, "a" * 65])
def test_what_is_no_transactions_id_is_not_waited_for(shell: Shell, node: FakeNode, command: str, typed: str) -> None:
    shell.run("tx", command, typed, expect=2)
    assert "64" in shell.err
    assert node.requests == []
