"""Transactions as files: signed without a node, built by hand, sent, waited for."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from cli.cli_fakes import BILL, PARTIES, FakeNode, Shell, ok

from chainbill.ledger.transaction import decode_transaction


def test_offline_then_send(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    path = tmp_path / "signed.tx"
    words = ["bill", "issue", "--debtor", "anchor", "--amount", "5.00"]
    shell.run(*words, "--due", "+120d", "--offline", str(path), expect=2)
    answer = shell.run(*words, "--due", "2026-12-31", "--offline", str(path), "-o", "json")
    assert answer == {
        "transaction": decode_transaction(path.read_bytes()).id.hex(),
        "status": "signed",
        "file": str(path),
    }
    assert not node.requests
    sent = shell.run("tx", "send", str(path), "-o", "json")
    assert sent["transaction"] == answer["transaction"]
    assert node.transactions[0].id.hex() == answer["transaction"]


def test_build_sign_send_and_decode(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    path = str(tmp_path / "built.tx")
    shell.run("tx", "build", "--call", "bill.confirm", json.dumps({"bill": BILL}), "--out", path, profile="anchor")
    unsigned = shell.run("tx", "decode", path, "-o", "json")
    assert (unsigned["signers"], unsigned["valid"], unsigned["party"]) == ([], False, PARTIES["anchor"])
    shell.run("tx", "send", path, expect=2)
    shell.run("tx", "sign", path, profile="supplier1", expect=2)
    shell.run("tx", "sign", path, profile="anchor")
    signed = shell.run("tx", "decode", path, "-o", "json")
    assert signed["valid"] is True
    assert signed["calls"] == [{"contract": "bill", "function": "confirm", "arguments": {"bill": BILL}}]
    base64.b64decode(Path(path).read_bytes().strip(), validate=True)
    shell.run("tx", "send", path)
    assert node.call == ("bill", "confirm", {"bill": BILL})
    Path(path).write_bytes(b"nonsense")
    shell.run("tx", "decode", path, expect=1)


def test_wait(shell: Shell, node: FakeNode) -> None:
    identifier = "ab" * 32
    path = f"GET /v1/transactions/{identifier}"
    shell.run("tx", "wait", identifier, "--timeout", "0.2", expect=6)
    node.answers[path] = ok({"id": identifier, "status": "pending"})
    shell.run("tx", "wait", identifier, "--timeout", "0.2", expect=6)
    node.answers[path] = ok({"id": identifier, "status": "committed", "height": 4, "result": {"bill": BILL}})
    assert shell.run("tx", "wait", identifier, "-o", "json")["bill"] == BILL
    node.answers[path] = ok({"id": identifier, "status": "refused", "height": 4, "reason": "token_locked"})
    assert shell.run("tx", "wait", identifier, "-o", "json", expect=3)["code"] == "token_locked"
