"""What people read: nothing cut, names and words instead of keys and codes, in both languages."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from chainbill_cli.cells import cell_len
from chainbill_cli.commands.party_terms import ACCOUNT_ROWS
from chainbill_cli.filter_words import LedgerWords
from chainbill_cli.main import program, run
from chainbill_cli.output import Column, shown
from chainbill_cli.shapes import columns_of
from chainbill_cli.texts import set_language
from chainbill_cli.word_choice import WordChoice
from cli.cli_desk import Desk, accepted_bill
from cli.cli_fakes import token


def test_version_flag(capsys: pytest.CaptureFixture[str]) -> None:
    import chainbill

    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"chainbill {chainbill.__version__}\n"


def test_blocks_name_their_proposer_and_are_not_cut(desk: Desk) -> None:
    [newest, *_] = desk.json("auditor", "block", "list")
    told = desk.text("block", "list")
    for part in (newest["id"], newest["app_hash"], f"{newest['date']}T", " bank1 "):
        assert part in told, part
    assert newest["proposer"] not in told
    assert "bank1" in desk.text("block", "show")
    assert "出块方" in desk.text("--lang", "zh", "block", "list")


@pytest.mark.parametrize(
    ("column", "row", "english", "chinese"),
    [
        (columns_of("parties")[2], {"roles": ["anchor", "bank"]}, "anchor, bank", "核心企业、银行"),
        (columns_of("bill_history")[2], {"kind": "transfer"}, "transferred", "转让"),
        (columns_of("bill_history")[2], {"kind": "unheard_of"}, "unheard_of", "unheard_of"),
        (columns_of("tokens")[-1], token(locks=[{"kind": "in_finance"}]), "in financing", "融资中"),
        (Column("status", "proposal"), {"status": "accepted"}, "accepted", "已通过"),
        (Column("kind", "proposal"), {"kind": "validator_remove"}, "remove a validator", "移除验证方"),
        (Column("step", "step"), {"step": "prevote"}, "first vote", "预投票"),
        (Column("format", "format"), {"format": "cn"}, "Chinese electronic invoice (XML)", "中国电子发票（XML）"),
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
    from chainbill_cli.shapes import columns_of

    set_language("zh")
    assert next(one.title for one in ACCOUNT_ROWS if one.path == "from") == "生效日"
    assert next(one.title for one in columns_of("proposals") if one.path == "proposer") == "提案方"
    assert next(one.title for one in BLOCK_ROWS if one.path == "proposer") == "出块方"


def test_what_is_refused_on_this_machine_says_so(desk: Desk) -> None:
    desk.text("localnet", "clock", "--to", "2001-01-01", expect=3)
    assert "refused on this machine" in desk.err
    desk.text("bill", "list", "--status", "nonsense", expect=2)
    assert "pending_confirm" in desk.err
    assert io.StringIO(desk.err).readline()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_block_is_named_by_height_id_or_head(desk: Desk, language: str) -> None:
    """`block show abc` said that the block is not there, not how one is named."""
    for wrong in ("abc", "-1", "0x12", "ab" * 31, "../v1"):
        desk.text("--lang", language, "block", "show", "--", wrong, expect=2)
        assert "head" in desk.err
        assert "64" in desk.err
    head = json.loads(desk.text("block", "show", "-o", "json"))
    for right in (str(head["height"]), head["id"].upper(), "HEAD"):
        desk.text("block", "show", right)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_proposal_says_is_told_a_member_a_line(
    desk: Desk, language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Joined to one text, names of members were broken in the middle."""
    days = {"holidays": [f"2031-02-{day:02}" for day in range(10, 15)], "workdays": ["2031-02-16"]}
    (tmp_path / "days.json").write_text(json.dumps(days), encoding="utf-8")
    found = desk.json("bank1", "governance", "propose", "calendar", "2031", str(tmp_path / "days.json"))["proposal"]
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    lines = desk.text("--lang", language, "governance", "show", found).splitlines()
    assert all(cell_len(line) <= 80 for line in lines)
    colon = {"en": ": ", "zh": "："}[language]
    assert sum(colon.strip() in line for line in lines) == 3, "holidays, working weekends and the year, one line each"
    assert "[" not in desk.out


def every_command() -> Iterator[tuple[str, click.Command]]:
    """All commands by the words that are typed for them."""
    waiting: list[tuple[str, click.Command]] = [("", program)]
    while waiting:
        path, found = waiting.pop()
        if isinstance(found, click.Group):
            context = click.Context(found)
            for name in found.list_commands(context):
                below = found.get_command(context, name)
                assert below is not None
                waiting.append((f"{path} {name}".strip(), below))
        yield path, found


def filters() -> Iterator[tuple[str, click.Option]]:
    """The filters of all lists that take words of the ledger."""
    for path, found in every_command():
        for one in found.params:
            if isinstance(one, click.Option) and {"--status", "--role", "--lock", "--kind"} & set(one.opts):
                yield path, one


def test_the_words_of_a_filter_are_told_apart_in_both_languages() -> None:
    """So that what a table says can be typed as a filter: `--status 有效`."""
    lists = {f"{path} {one.name}": one.type for path, one in filters() if isinstance(one.type, LedgerWords)}
    assert len(lists) > 10
    for path, taken in lists.items():
        for language in (0, 1):
            words = [taken.said(code)[language] for code in taken.known]
            assert len(set(words)) == len(words), (path, words)
            assert [taken.convert(word.upper(), None, None) for word in words] == list(taken.known), path
        if not taken.one:
            assert taken.convert("、".join(taken.known), None, None) == ",".join(taken.known)
        assert all(re.search("[\u4e00-\u9fff]", taken.said(code)[1]) for code in taken.known), path


def test_every_filter_by_words_takes_the_words_of_its_table() -> None:
    """use 11: `--status 有效` was refused though the table shows it."""
    reads = {path: one for path, one in filters() if not isinstance(one.type, click.Choice)}
    assert {"bill list", "token list", "party list", "governance list", "party paying-bank list"} <= set(reads)
    assert not {path: one.name for path, one in reads.items() if not isinstance(one.type, LedgerWords)}


def test_an_act_takes_the_words_that_people_read_as_well_as_its_codes() -> None:
    """`bill answer BILL 同意` was refused, though tables and previews say 同意."""
    acts = {path: one for path, one in every_command() if any("--for-checker" in each.opts for each in one.params)}
    acts["party apply"] = next(one for path, one in every_command() if path == "party apply")
    choices = {f"{path} {each.name}": each.type for path, one in acts.items() for each in one.params}
    worded = {path: one for path, one in choices.items() if isinstance(one, WordChoice)}
    assert {"bill answer answer", "governance vote choice", "party apply roles"} <= {*worded}
    for path, one in worded.items():
        said = {code: one.words(code) for code in one.choices}
        assert all(len(words) == 2 and re.search("[\u4e00-\u9fff]", words[1]) for words in said.values()), path
        typed = {word: code for code, words in said.items() for word in (code, code.upper(), *words)}
        assert {word: one.convert(word, None, None) for word in typed} == typed, path
    codes = {path for path, one in choices.items() if isinstance(one, click.Choice)} - {*worded}
    assert {path for path in codes if not path.endswith(" wait")} == {"finance quote basis", "governance propose kind"}


def test_a_filter_takes_what_the_table_shows(desk: Desk) -> None:
    bill, _ = accepted_bill(desk)
    for word in ("有效", "active", "Active", "有效，逾期", "overdue、有效"):
        assert bill in desk.text("bill", "list", "--status", word)
    assert bill not in desk.text("bill", "list", "--status", "逾期")
    desk.text("--lang", "zh", "bill", "list", "--status", "没有", expect=2)
    assert "待确权、待签收、有效" in desk.err
    assert "第1银行" in desk.text("--lang", "zh", "party", "list", "--role", "银行")
    desk.text("party", "list", "--role", "银行,供应商", expect=2)
    payments = desk.json("bank1", "bill", "settle", bill, "--amount", "1000.00", "--reference", "R")["payments"]
    assert len(desk.json("bank1", "bill", "payments", bill, "--status", "已指令")) == len(payments)
    assert desk.json("bank1", "bill", "payments", bill, "--status", "set_aside") == []
