"""What people read: nothing cut, names and words instead of keys and codes, in both languages."""

from __future__ import annotations

import io

import pytest
from chainbill_cli.commands.party_terms import ACCOUNT_ROWS
from chainbill_cli.main import run
from chainbill_cli.output import Column, shown
from chainbill_cli.shapes import HOP_ROWS, PARTY_ROWS, TOKEN_ROWS
from chainbill_cli.texts import set_language
from cli.cli_desk import Desk
from cli.cli_fakes import token


def test_version_flag(capsys: pytest.CaptureFixture[str]) -> None:
    import chainbill

    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"chainbill {chainbill.__version__}\n"


def test_blocks_name_their_proposer_and_are_not_cut(desk: Desk) -> None:
    [newest, *_] = desk.json("auditor", "block", "list")
    told = desk.text("block", "list")
    for part in (newest["id"], newest["app_hash"], newest["time"], " bank1 "):
        assert part in told, part
    assert newest["proposer"] not in told
    assert "bank1" in desk.text("block", "show")
    assert "出块方" in desk.text("--lang", "zh", "block", "list")


@pytest.mark.parametrize(
    ("column", "row", "english", "chinese"),
    [
        (PARTY_ROWS[2], {"roles": ["anchor", "bank"]}, "anchor, bank", "核心企业, 银行"),
        (HOP_ROWS[2], {"kind": "transfer"}, "transferred", "转让"),
        (HOP_ROWS[2], {"kind": "unheard_of"}, "unheard_of", "unheard_of"),
        (TOKEN_ROWS[-1], token(locks=[{"kind": "in_finance"}]), "in financing", "融资中"),
        (Column("status", "proposal"), {"status": "accepted"}, "accepted", "已通过"),
        (Column("kind", "proposal"), {"kind": "validator_remove"}, "remove a validator", "移除验证方"),
        (Column("step", "step"), {"step": "prevote"}, "first vote", "预投票"),
        (Column("clock", "word"), {"clock": "adjustable"}, "adjustable", "可调时钟"),
        (Column("votes"), {"votes": {"B": "yes"}}, "B yes", "B yes"),
    ],
)
def test_words_of_the_ledger(column: Column, row: dict[str, object], english: str, chinese: str) -> None:
    for language, expected in (("en", english), ("zh", chinese)):
        set_language(language)
        assert shown(row, column, str) == expected


def test_headings_that_mean_what_stands_below() -> None:
    from chainbill_cli.commands.block import BLOCK_ROWS
    from chainbill_cli.commands.governance import ROWS

    set_language("zh")
    assert next(one.title for one in ACCOUNT_ROWS if one.path == "from") == "生效日"
    assert next(one.title for one in ROWS if one.path == "proposer") == "提案方"
    assert next(one.title for one in BLOCK_ROWS if one.path == "proposer") == "出块方"


def test_what_is_refused_on_this_machine_says_so(desk: Desk) -> None:
    desk.text("localnet", "clock", "--to", "2001-01-01", expect=3)
    assert "refused on this machine" in desk.err
    desk.text("bill", "list", "--status", "nonsense", expect=2)
    assert "pending_confirm" in desk.err
    assert io.StringIO(desk.err).readline()
