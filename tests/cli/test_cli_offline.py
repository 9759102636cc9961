"""Signing without a node: the ledger's time as last read, or as it was said; and readers that go away."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from chainbill_cli import preview as previews
from chainbill_cli.ledger_clock import time_value
from cli.cli_desk import Desk
from cli.cli_fakes import BILL, NETWORK, TOKEN, FakeNode, Shell, ok

from chainbill.dates import date_of
from chainbill.ledger.transaction import decode_transaction

DAY_MS = 86_400_000
FILE_MS = DAY_MS // 24 * 23


def ahead_ms(path: Path) -> int:
    """By how much a signed transaction's time is ahead of this machine's."""
    return decode_transaction(path.read_bytes()).valid_until_ms - FILE_MS - time.time_ns() // 1_000_000


def test_the_clock_that_was_read_last_counts_offline(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    path = tmp_path / "signed.tx"
    words = ["bill", "confirm", BILL, "--offline", str(path)]
    shell.run(*words, profile="anchor")
    assert abs(ahead_ms(path)) < 60_000
    node.answers["GET /v1/network"] = ok({**NETWORK, "clock_offset_ms": 40 * DAY_MS})
    shell.run("bill", "confirm", BILL, profile="anchor")
    before = len(node.requests)
    shell.run(*words, profile="anchor")
    assert len(node.requests) == before
    assert abs(ahead_ms(path) - 40 * DAY_MS) < 60_000
    node.answers["GET /v1/network"] = ok({**NETWORK, "network": "ab" * 32, "clock_offset_ms": 5})
    shell.run("bill", "confirm", BILL, profile="anchor", expect=2)
    shell.run(*words, profile="anchor")
    assert abs(ahead_ms(path) - 40 * DAY_MS) < 60_000, "another network's clock is not this one's"


def test_the_ledger_s_time_can_be_said(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "signed.tx"
    words = ["bill", "issue", "--debtor", "anchor", "--amount", "5.00", "--due", "+120d", "--offline", str(path)]
    shell.run(*words, expect=2)
    assert "--ledger-time" in shell.err
    shell.run(*words, "--ledger-time", "2031-01-01T09:00:00+08:00")
    transaction = decode_transaction(path.read_bytes())
    assert transaction.calls[0].args["due_on"] == "2031-05-01"
    assert date_of(transaction.valid_until_ms - FILE_MS, 480) == "2031-01-01"
    for wrong in ("soon", "2031-02-30", "2031-01-01T09:00:00", "2031-01-01T25:00:00Z"):
        shell.run(*words, "--ledger-time", wrong, expect=2)
    shell.run(*words[:-2], "--ledger-time", "2031-01-01", expect=2)
    assert time_value("1970-01-01T00:00:01Z", 480) == 1000
    assert time_value("1970-01-02", 480) == 16 * 3_600_000


def test_offline_on_a_network_whose_clock_was_moved(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "signed.tx"
    bill = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "+200d")["bill"]
    desk.text("localnet", "clock", "--advance", "5d")
    desk.text("--as", "anchor", "bill", "confirm", bill, "--offline", str(path))
    assert desk.json("anchor", "tx", "send", str(path))["status"] == "committed"


@pytest.mark.parametrize(
    "words",
    [["bill", "show", "nonsense", "-o", "json"], ["--help"], ["completion", "bash"], ["bill", "list", "-o", "json"]],
)
def test_a_reader_that_goes_away(words: list[str], tmp_path: Path) -> None:
    """No traceback, whether the answer or an error is written when nobody reads any more."""
    command = [sys.executable, "-m", "chainbill_cli.main", "--home", str(tmp_path), "--node", "http://127.0.0.1:9"]
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [*command, *words], stdout=write, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
        )  # fmt: skip
    finally:
        os.close(write)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.parametrize("words", [
    ("token", "transfer", TOKEN, "--to", "supplier2:300.00"),
    ("token", "split", TOKEN, "--amount", "300.00"),
    ("bill", "settle", BILL, "--amount", "300.00", "--reference", "P-1", "--value-date", "2026-03-02"),
    ("bill", "dilute", BILL, "--token", TOKEN, "--amount", "300.00", "--credit-note",
     __file__),
    ("finance", "request", TOKEN, "--to", "bank2", "--amount", "300.00"),
])  # fmt: skip
def test_what_is_signed_offline_is_shown_in_the_currency_that_was_named(
    shell: Shell, node: FakeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """use: an offer of 300.00 CNY was shown as 30,000 minor units, though its currency had been typed."""
    monkeypatch.setattr(previews, "person", lambda: True)
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)
    words = (*words, "--currency", "CNY", "--offline", str(tmp_path / "signed.tx"))
    shell.run(*words, "--ledger-time", "2026-03-02")
    assert "300.00 CNY" in shell.err
    assert "minor units" not in shell.err
    assert not node.requests, "nobody is asked anything"
