"""Transactions as files: signed without a node, built by hand, sent, waited for."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import httpx
import pytest
from chainbill_cli.home import Profile, load_profiles, save_profiles
from cli.cli_desk import Desk, accepted_bill
from cli.cli_fakes import BILL, GENESIS_HASH, NETWORK, NODE_1, PARTIES, FakeNode, Shell, ok

from chainbill.ledger.transaction import decode_transaction


def test_offline_then_send(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    path = tmp_path / "signed.tx"
    words = ["bill", "issue", "--debtor", "anchor", "--amount", "5.00"]
    shell.run(*words, "--due", "+120d", "--offline", str(path), expect=2)
    assert "+120d" in shell.err, "what was typed, not a word for it"
    assert "--ledger-time" in shell.err
    answer = shell.run(*words, "--due", "2026-12-31", "--offline", str(path), "-o", "json")
    until = answer.pop("valid_until")
    assert until == shell.run("tx", "decode", str(path), "-o", "json")["valid_until"]
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


def test_a_maker_need_not_know_which_checker_will_sign(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    """formats (a): the maker's command lists the party's checkers, one of them signs, and two signatures are sent."""
    path = str(tmp_path / "maker.tx")
    keys = {name: shell.keys[name].public.hex() for name in ("supplier1", "anchor", "bank1", "bank2")}
    rows = [
        {"key": keys["supplier1"], "status": "active", "capabilities": ["maker", "checker"]},
        {"key": keys["anchor"], "status": "active", "capabilities": ["checker"]},
        {"key": keys["bank1"], "status": "active", "capabilities": ["maker"]},
    ]
    node.answers[f"GET /v1/parties/{PARTIES['supplier1']}"] = ok({"id": PARTIES["supplier1"], "keys": rows})
    words = ["bill", "issue", "--debtor", "anchor", "--amount", "5.00", "--due", "2026-12-31"]
    made = shell.run(*words, "--for-checker", path, "-o", "json")
    assert (made["status"], made["file"]) == ("to_be_checked", path)
    assert not node.transactions
    seen = shell.run("tx", "decode", path, "-o", "json")
    assert (seen["id"], seen["threshold"], seen["signers"], seen["valid"]) == (
        made["transaction"], 2, [keys["supplier1"]], False,
    )  # fmt: skip
    assert sorted(one["key"] for one in seen["keys"]) == sorted([keys["supplier1"], keys["anchor"]])
    shell.run("tx", "send", path, expect=2)
    assert "needs 2 signatures and has 1" in shell.err
    act_as(shell, "checker", "anchor", PARTIES["supplier1"])
    act_as(shell, "colleague", "bank1", PARTIES["supplier1"])
    shell.run("tx", "sign", path, profile="colleague", expect=2)
    assert "does not list this key" in shell.err
    shell.run("tx", "sign", path)
    assert "this key had signed it already" in shell.err
    assert f"signatures: 1 of 2; still to sign, by any of these keys: checker ({keys['anchor'][:8]}…)" in shell.err
    shell.run("tx", "sign", path, profile="checker")
    assert "already" not in shell.err
    assert f"2 of 2; hand it in: chainbill tx send {path}" in shell.err
    shell.run("--lang", "zh", "tx", "sign", path, profile="checker")
    assert "此密钥先前已签名" in shell.err
    assert shell.run("tx", "decode", path, "-o", "json")["valid"] is True
    sent = shell.run("tx", "send", path, "-o", "json")
    assert sent["transaction"] == made["transaction"] == node.transactions[0].id.hex()
    assert sorted(key.hex() for key in node.transactions[0].signers) == sorted([keys["supplier1"], keys["anchor"]])
    node.answers[f"GET /v1/parties/{PARTIES['supplier1']}"] = ok({"id": PARTIES["supplier1"], "keys": rows[:1]})
    shell.run(*words, "--for-checker", path, expect=3)
    assert "no other active key" in shell.err


def test_offline_the_checkers_are_named(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    path = str(tmp_path / "maker.tx")
    words = ["bill", "issue", "--debtor", "anchor", "--amount", "5.00", "--due", "2026-12-31"]
    checkers = ["--checker", "bank1", "--checker", shell.keys["bank2"].public.hex()]
    shell.run(*words, "--offline", path, *checkers)
    seen = shell.run("tx", "decode", path, "-o", "json")
    assert (len(seen["keys"]), seen["threshold"], len(seen["signers"])) == (3, 2, 1)
    assert not node.requests
    shell.run(*words, *checkers, expect=2)
    shell.run(*words, "--offline", path, "--for-checker", path, expect=2)
    shell.run(*words, "--for-checker", path, "--dry-run", expect=2)
    shell.run(*words, "--offline", path, "--checker", "nobody", expect=2)
    assert "neither a public key" in shell.err


def test_build_for_several_signers(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    path = str(tmp_path / "built.tx")
    call = ["tx", "build", "--call", "bill.confirm", json.dumps({"bill": BILL}), "--out", path]
    shell.run(*call, "--signer", "anchor", "--signer", "bank1", "--threshold", "2", profile="anchor")
    act_as(shell, "second", "bank1", PARTIES["anchor"])
    act_as(shell, "third", "bank2", PARTIES["anchor"])
    shell.run("tx", "sign", path, profile="second")
    shell.run("tx", "sign", path, profile="third", expect=2)
    shell.run("tx", "sign", path, profile="anchor")
    shell.run("tx", "send", path, "--for-checker", path, profile="anchor", expect=2)
    shell.run("tx", "send", path, profile="anchor")
    assert node.call == ("bill", "confirm", {"bill": BILL})
    shell.run(*call, "--signer", "anchor", "--threshold", "2", profile="anchor", expect=2)


def test_more_do_not_sign_than_must(shell: Shell, tmp_path: Path) -> None:
    path = str(tmp_path / "built.tx")
    shell.run(
        "tx", "build", "--call", "bill.confirm", "{}", "--out", path, "--signer", "anchor", "--signer", "bank1",
        profile="anchor",
    )  # fmt: skip
    act_as(shell, "second", "bank1", PARTIES["anchor"])
    shell.run("tx", "sign", path, profile="second")
    shell.run("tx", "sign", path, profile="anchor", expect=2)
    assert "already" in shell.err


def test_a_node_of_another_network_is_not_written_to(shell: Shell, node: FakeNode) -> None:
    """formats S2: what is signed binds the network that this home was made for."""
    node.answers["GET /v1/network"] = ok({**NETWORK, "network": "ab" * 32})
    shell.run("bill", "confirm", BILL, profile="anchor", expect=2)
    assert "this home was made for" in shell.err
    assert not node.transactions


@pytest.mark.parametrize("words", [("bill", "list"), ("block", "list"), ("node", "status"), ("party", "list")])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_node_of_another_network_is_not_read_either(
    shell: Shell, node: FakeNode, words: tuple[str, str], language: str
) -> None:
    """Reads showed the other network's bills, blocks and height as the home's own."""
    honest = node.handle

    def elsewhere(request: httpx.Request) -> httpx.Response:
        answer = honest(request)
        answer.headers["Chainbill-Network"] = "ab" * 32
        return answer

    node.handle = elsewhere  # type: ignore[method-assign]
    shell.run("--lang", language, *words, expect=2)
    assert NODE_1 in shell.err
    assert "ab" * 32 in shell.err
    assert GENESIS_HASH.hex() in shell.err
    assert "--home" in shell.err
    assert not shell.out


def test_a_file_of_another_network_is_not_signed(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "built.tx"
    shell.run("tx", "build", "--call", "bill.confirm", json.dumps({"bill": BILL}), "--out", str(path), profile="anchor")
    wire = base64.b64decode(path.read_bytes().strip())
    path.write_bytes(wire.replace(GENESIS_HASH, bytes(32)))
    shell.run("tx", "sign", str(path), profile="anchor", expect=2)
    assert "is for the network" in shell.err


def act_as(shell: Shell, name: str, key: str, party: str) -> None:
    """A profile that acts for a party with the key of another profile."""
    profiles = load_profiles(shell.home)
    save_profiles(shell.home, {**profiles, name: Profile(name, party, profiles[key].key)})


def test_what_a_block_refused_is_shown_in_words(desk: Desk) -> None:
    """use: of a transfer that was refused in a block stood there `token_already_used` and `split`."""
    _, root = accepted_bill(desk)
    path = str(desk.home.parent / "late.tx")
    transfer = ("--as", "supplier1", "token", "transfer", root, "--to", "supplier2:1.00")
    desk.text(*transfer, "--currency", "CNY", "--offline", path)
    desk.text(*transfer)
    late = json.loads(desk.text("--as", "supplier1", "-o", "json", "tx", "send", path, expect=3))["transaction"]
    shown = desk.text("--as", "supplier1", "--lang", "zh", "tx", "show", late)
    assert "该子凭证已终止" in shown
    assert "（token_already_used）" in shown
    assert "状态：已拆分" in shown
