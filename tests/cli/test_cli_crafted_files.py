"""Transaction files made by hand to have somebody sign what they do not say: refused, in both languages."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack
import pytest
from cli.cli_fakes import BILL, GENESIS_HASH, NETWORK, PARTIES, Shell, an_id, ok

from chainbill.codec import decode, encode
from chainbill.ledger.transaction import Call, assemble, decode_body, encode_body
from chainbill.limits import KEPT_IDS_MS, MAX_TRANSACTION_BYTES

HOUR_MS = 3_600_000
CHINESE = re.compile("[\u4e00-\u9fff]")
Change = Callable[[bytes], bytes]


def body(shell: Shell, **fields: Any) -> bytes:
    """A body that the anchor may sign, but for what is changed in it."""
    now = time.time_ns() // 1_000_000
    plain: dict[str, Any] = {
        "network": GENESIS_HASH, "party": PARTIES["anchor"], "valid_until_ms": now + HOUR_MS, "nonce": bytes(16),
        "calls": [Call("bill", "confirm", {"bill": BILL})], "keys": [shell.keys["anchor"].public], "threshold": 1,
        "memo": "",
    }  # fmt: skip
    return encode_body(**{**plain, **fields})


def twice(made: bytes) -> bytes:
    """The same call, whose bill is named a second time: another reader may take the other one."""
    one, other = encode({"bill": BILL}), encode({"bill": an_id("B", "other")})
    return made.replace(one, b"\x82" + one[1:] + other[1:])


def at_length(made: bytes) -> bytes:
    """The same body with a number in more bytes than it takes."""
    packed: bytes = msgpack.packb(decode(made))
    return packed.replace(b"\x01", b"\xcc\x01", 1)


FIELDS: dict[str, dict[str, Any]] = {
    "another network": {"network": bytes(32)},
    "another party's": {"party": PARTIES["bank1"]},
    "over": {"valid_until_ms": 1},
    "to be kept for a year": {"valid_until_ms": time.time_ns() // 1_000_000 + 365 * 24 * HOUR_MS},
    "for another key": {"keys": [b"k" * 32]},
}
FORMS: dict[str, Change] = {
    "a member twice": lambda made: assemble(twice(made), ()),
    "more behind the body": lambda made: assemble(made + b"\x01", ()),
    "more behind the file": lambda made: assemble(made, ()) + b"\x01",
    "numbers written at length": lambda made: assemble(
        msgpack.packb(decode(made)).replace(b"\x01", b"\xcc\x01", 1), ()
    ),
    "a text for the body": lambda _: msgpack.packb(["body", []]),
    "a signature of nobody's": lambda made: assemble(made, ((7, bytes(64)),)),
    "a map": lambda made: msgpack.packb({"body": made, "signatures": []}),
    "too large": lambda made: assemble(made, ()) + bytes(MAX_TRANSACTION_BYTES),
    "deep": lambda _: b"\x91" * 5_000,
}


def refused(shell: Shell, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "crafted.tx"
    for language in ("en", "zh"):
        for words in (["sign"], ["send"]):
            path.write_bytes(content)
            shell.run("--lang", language, "tx", *words, str(path), profile="anchor", expect=None)
            assert "internal fault" not in shell.err
            assert "内部错误" not in shell.err
            assert shell.err
            assert bool(CHINESE.search(shell.err)) is (language == "zh")
            assert path.read_bytes() == content, "nothing was signed"
    assert not shell.node.transactions


@pytest.mark.parametrize("fields", FIELDS.values(), ids=FIELDS)
def test_a_file_that_is_not_for_this_hand_is_not_signed(shell: Shell, tmp_path: Path, fields: dict[str, Any]) -> None:
    refused(shell, assemble(body(shell, **fields), ()), tmp_path)


@pytest.mark.parametrize("change", FORMS.values(), ids=FORMS)
def test_a_file_that_readers_read_differently_is_not_signed(shell: Shell, tmp_path: Path, change: Change) -> None:
    refused(shell, change(body(shell)), tmp_path)


def test_what_stands_in_a_file_is_what_is_shown(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chainbill_cli import preview

    monkeypatch.setattr(preview, "person", lambda: True)
    monkeypatch.setattr(preview, "confirm", lambda *_: False)
    calls = [
        Call("bill", "confirm", {"bill": BILL}),
        Call("token", "transfer", {"tokens": [an_id("T", "x")], "recipients": [{"party": "91990000", "amount": 5}]}),
    ]
    path = tmp_path / "crafted.tx"
    path.write_bytes(assemble(body(shell, calls=calls, memo="only a test"), ()))
    shell.run("tx", "sign", str(path), profile="anchor", expect=1)
    for part in ("bill.confirm", BILL, "token.transfer", an_id("T", "x"), "91990000", "5 minor units", "only a test"):
        assert part in shell.err, part


def test_a_file_may_wait_as_long_as_the_ledger_keeps_ids(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "file.tx"
    until = time.time_ns() // 1_000_000 + KEPT_IDS_MS - HOUR_MS
    path.write_bytes(assemble(body(shell, valid_until_ms=until), ()))
    shell.run("tx", "sign", str(path), profile="anchor")


@pytest.mark.parametrize(("window", "longest"), [(24 * HOUR_MS, 23), (12 * HOUR_MS, 11.5), (1_000 * HOUR_MS, 23)])
def test_nothing_is_signed_for_longer_than_the_network_keeps_ids(
    shell: Shell, tmp_path: Path, window: int, longest: float
) -> None:
    """The rule that is in force says it; a node that says more than any network may is not followed."""
    shell.node.answers["GET /v1/network"] = ok({**NETWORK, "rules": {"replay_window_ms": window}})
    path = tmp_path / "file.tx"
    words = ["bill", "issue", "--debtor", "bank1", "--amount", "5", "--due", "2026-12-31", "--for-checker", str(path)]
    rows = [{"key": shell.keys["bank2"].public.hex(), "status": "active", "capabilities": ["checker"]}]
    shell.node.answers[f"GET /v1/parties/{PARTIES['supplier1']}"] = ok({"id": PARTIES["supplier1"], "keys": rows})
    shell.run(*words)
    until = decode_body(decode(path.read_bytes())[0]).valid_until_ms
    assert abs(until - time.time_ns() / 1e6 - longest * HOUR_MS) < HOUR_MS / 4
