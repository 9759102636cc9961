"""An amount that is typed beside one thing is of that one; the one that is typed for all is of the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.cli_fakes import FakeNode, Shell, an_id

from chainbill.ledger.transaction import decode_transaction

PLACES = {"freeze": an_id("F", "1"), "token": an_id("T", "1")}
OTHERS = {"freeze": an_id("F", "2"), "token": an_id("T", "2")}


@pytest.mark.parametrize("for_all", ["", "5.00"])
@pytest.mark.parametrize("first", PLACES)
@pytest.mark.parametrize("second", PLACES)
def test_what_is_typed_beside_a_thing_goes_before_what_is_typed_for_all(
    shell: Shell, node: FakeNode, tmp_path: Path, first: str, second: str, for_all: str
) -> None:
    """A court's order on two things, of one of which it names the amount."""
    paper, signed = tmp_path / "paper", tmp_path / "signed.tx"
    paper.write_text("a paper\n", encoding="utf-8")
    other = OTHERS[second] if for_all else f"{OTHERS[second]}:7.00"
    words = ["order", "transfer", f"{PLACES[first]}:1.00", other, "--to", "bank1", "--currency", "CNY"]
    words += ["--authority", "Court", "--number", "1", "--document", str(paper), "--issued", "2026-01-02"]
    words += ["--amount", for_all] if for_all else []
    shell.run(*words, "--offline", str(signed), profile="bank1")
    [call] = decode_transaction(signed.read_bytes()).calls
    rest = 500 if for_all else 700
    assert call.args["items"] == [{first: PLACES[first], "amount": 100}, {second: OTHERS[second], "amount": rest}]
    assert not node.requests
