"""A preview says what is signed and what a node alone says; a node that moves a real clock is not believed."""

from __future__ import annotations

import pytest
from chainbill_cli import foreseen
from chainbill_cli import preview as previews
from cli.cli_fakes import BILL, NETWORK, NODE_1, FakeNode, Shell, bill, ok


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[previews.Preview]:
    """The previews that a person is shown, who says no to each."""
    shown: list[previews.Preview] = []
    monkeypatch.setattr(previews, "person", lambda: True)
    monkeypatch.setattr(previews, "confirm", lambda *_: False)
    monkeypatch.setattr(foreseen, "refuse_foreseen", lambda *_: None)  # the rows of this node are made up
    asked = previews.Preview.ask
    monkeypatch.setattr(previews.Preview, "ask", lambda one, session: (shown.append(one), asked(one, session))[1])
    return shown


def test_of_a_bill_that_is_confirmed_the_id_alone_is_signed(
    shell: Shell, node: FakeNode, seen: list[previews.Preview]
) -> None:
    """Its figures are what one node says: another bill may stand under the id."""
    node.answers[f"GET /v1/bills/{BILL}"] = ok(bill())
    shell.run("--lang", "zh", "bill", "confirm", BILL, expect=1)
    assert ("签署内容", f"凭证；其余由节点 {NODE_1} 提供") in seen[0].lines
    shell.run("bill", "issue", "--debtor", "anchor", "--amount", "5", "--due", "2026-12-31", expect=1)
    signed = dict(seen.pop().lines)["signed"]
    assert {"debtor", "creditor", "face", "currency", "due on"} <= set(signed.partition(";")[0].split(", "))
    shell.run("party", "halt", expect=1)
    assert ("signed", f"the act alone; the rest is what {NODE_1} says") in seen[1].lines


@pytest.mark.parametrize("digits", [2, 0])
def test_digits_that_nothing_can_be_held_against_are_said_once(
    shell: Shell, node: FakeNode, seen: list[previews.Preview], digits: int
) -> None:
    """At first contact 1,000 IDR was signed as whatever the node said."""
    node.answers["GET /v1/network"] = ok({**NETWORK, "currencies": {"IDR": digits, "CNY": 2}})
    words = ("bill", "issue", "--debtor", "anchor", "--amount", "5", "--currency", "IDR", "--due", "2026-12-31")
    for first in (True, False):
        seen.clear()
        shell.run(*words, expect=1)
        said = [value for label, value in seen[0].lines if label == "digits of the currency"]
        assert said == (["IDR has 0, as this node says for the first time"] if first and digits == 0 else [])


def test_a_clock_that_a_node_moves_is_shown(shell: Shell, node: FakeNode, seen: list[previews.Preview]) -> None:
    """It moves the end of the signature: a node could hold the transaction back for years and then hand it in."""
    node.answers["GET /v1/network"] = ok({**NETWORK, "clock": "adjustable", "clock_offset_ms": 10**11})
    node.answers[f"GET /v1/bills/{BILL}"] = ok(bill())
    shell.run("bill", "confirm", BILL, expect=1)
    [said] = [value for label, value in seen[0].lines if label == "time of the ledger"]
    assert "as this node says" in said


def test_a_node_that_moves_a_real_clock_is_not_believed(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/network"] = ok({**NETWORK, "clock": "real", "clock_offset_ms": 10**11})
    shell.run("--lang", "zh", "bill", "confirm", BILL, expect=None)
    assert "称账本时钟已调整，而本网络使用真实时钟" in shell.err
    assert not node.transactions
