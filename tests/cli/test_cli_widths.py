"""Tables on screens of 80 to 200 cells: nothing is wider, no amount and no id is folded, what is left out is said.

use 10: at 80 columns amounts and ids were broken over lines, 76 lines for 4 events, 12 lines a node.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import east_asian_width

import click
import pytest
from chainbill_cli import asking, commands, penetration
from chainbill_cli.endings import report
from chainbill_cli.failure import usage
from chainbill_cli.grid import GAP, Lane, clipped, folded, grid, sheet
from chainbill_cli.names import Names
from chainbill_cli.output import WORDS, Column, Output
from chainbill_cli.shapes import columns_of, fields_of
from chainbill_cli.texts import set_language, text
from chainbill_cli.told import FOLDED, told
from chainbill_contracts.declared_reads import reads
from cli.cli_fakes import an_id
from hypothesis import given
from hypothesis import strategies as st

from chainbill.ids import make_test_uscc

pytestmark = pytest.mark.untraced

WIDTHS = (80, 100, 120, 200)
LARGEST = 9_007_199_254_740_991
LARGEST_SHOWN = "90,071,992,547,409.91"
LONG_NAME = (
    "中国建筑第三工程局有限公司武汉分公司第五项目部材料设备集中采购中心及供应链金融服务部（光谷片区）第二结算组华中区域"
)
HASH = "3f" * 32
ID = an_id("B", "wide")


def cells(line: str) -> int:
    """The width of a line, counted on its own here."""
    return sum(2 if east_asian_width(one) in {"W", "F"} else 1 for one in line)


def lists() -> Iterator[tuple[str, Sequence[Column]]]:
    """The columns of every declared read, and every tuple of columns that a module of commands declares."""
    for name in reads():
        for columns in filter(None, (columns_of(name), fields_of(name))):
            yield name, columns
    found = [
        importlib.import_module(f"{commands.__name__}.{one.name}") for one in pkgutil.iter_modules(commands.__path__)
    ]
    for module in (penetration, *found):
        for name, value in vars(module).items():
            if isinstance(value, tuple) and value and all(isinstance(one, Column) for one in value):
                yield f"{module.__name__.rpartition('.')[2]}.{name}", value


DECLARED = dict(lists())
LONG: dict[str, Any] = {
    "amount": LARGEST, "id": ID, "party": ID, "date": "2027-03-31", "rate": 1_000_000, "int": 9_999_999,
    "share": "0.123456", "figure": "3.850000", "prose": LONG_NAME, "path": "/srv/receivables/.chainbill/keys/one.pem",
    "list": [ID, HASH], "text": LONG_NAME, "status": "pending_accept", "role": ["anchor", "supplier", "guarantor"],
    "receipt": "settlement", "time": "2026-06-01T00:00:53.135Z", "late": 365, "some": 7, "while_open": True,
    "proposal": "party_administrator", "lock": [{"kind": "in_finance"}, {"kind": "offered"}],
}  # fmt: skip


def said_together(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Those of which each has something to say of one row: of a bill that has ended nothing is still open."""
    return tuple(column for column in columns if column.kind != "while_open")


def long_row(columns: Sequence[Column]) -> dict[str, Any]:
    """A row with the longest values that its columns may have."""
    row: dict[str, Any] = {}
    for column in columns:
        *path, last = column.path.split(".")
        place = row
        for part in path:
            place = place.setdefault(part, {})
        place[last] = LONG.get(column.kind, "word")
    return {**row, "currency": "CNY"}


class Screen:
    """A terminal of some width, for `Output`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def output(self, width: int, form: str = "table") -> Output:
        self.monkeypatch.setenv("COLUMNS", str(width))
        self.monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
        return Output(form, color=False, quiet=False, name_of=lambda _: LONG_NAME)

    def read(self) -> tuple[list[str], str]:
        out, err = self.capsys.readouterr()
        return out.splitlines(), err


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Screen:
    return Screen(monkeypatch, capsys)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", DECLARED)
def test_every_list_fits_its_screen(name: str, language: str, screen: Screen) -> None:
    set_language(language)
    columns = said_together(DECLARED[name])
    row = long_row(columns)
    whole = {column.path: LARGEST_SHOWN for column in columns if column.kind == "amount"}
    whole |= {column.path: ID for column in columns if column.kind == "id"}
    first = min(columns, key=lambda one: one.rank)
    for width in WIDTHS:
        screen.output(width).rows([row, row], columns)
        lines, notes = screen.read()
        assert max(map(cells, lines)) <= width, f"{name} at {width}"
        shown = [column for column in columns if column.title.split()[0] in " ".join(lines[:3])]
        assert first in shown, f"{name} at {width}: {first.path}"
        text = "\n".join(lines)
        counts = {value: text.count(value) for value in whole.values()}
        assert all(count % 2 == 0 for count in counts.values()), (
            f"{name} at {width}: a row shows what the other does not"
        )
        if len(shown) < len(columns) or "…" in text:
            assert "-o wide" in notes, f"{name} at {width}"
    screen.output(80, "wide").rows([row], columns)
    [heading, _, line], notes = screen.read()
    assert all(column.title in heading for column in columns)
    assert line.count(LARGEST_SHOWN) == list(whole.values()).count(LARGEST_SHOWN)
    assert "…" not in line
    assert "-o wide" not in notes


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", DECLARED)
def test_every_sheet_fits_its_screen_and_leaves_nothing_out(name: str, language: str, screen: Screen) -> None:
    set_language(language)
    columns = said_together(DECLARED[name])
    row = {**long_row(columns), **{one.path: HASH for one in columns if one.path.endswith("_root")}}
    for width in WIDTHS:
        screen.output(width).thing(row, columns)
        lines, _ = screen.read()
        assert max(map(cells, lines)) <= width, f"{name} at {width}"
        text = "\n".join(lines)
        assert all(column.title in text for column in columns)
        assert text.count(LARGEST_SHOWN) == sum(column.kind == "amount" for column in columns)
        assert text.count(HASH) >= sum(column.path.endswith("_root") for column in columns)
        assert text.count(ID) >= sum(column.kind == "id" and not column.path.endswith("_root") for column in columns)
        assert "…" not in text


def test_the_lists_of_money_keep_id_amount_and_status_at_80_cells(screen: Screen) -> None:
    """What a list is read for stays, with the largest amount and the longest id and words."""
    for name in ("bills", "tokens", "requests", "finance.QUOTE_ROWS"):
        columns = DECLARED[name]
        screen.output(80).rows([long_row(columns)], columns)
        text = "\n".join(screen.read()[0])
        assert LARGEST_SHOWN in text
        assert ID in text
        assert "CNY" in text
        assert "creditor" in text, "the status, in two lines at most"


def test_a_hash_is_short_where_it_has_no_room_and_whole_where_it_has(screen: Screen) -> None:
    columns = DECLARED["block.BLOCK_ROWS"]
    row = {**long_row(columns), "id": HASH, "app_hash": HASH, "proposer": "bank1"}
    screen.output(80).rows([row], columns)
    lines, notes = screen.read()
    assert HASH[:12] + "…" in lines[-1]
    assert "-o wide" in notes
    screen.output(80, "wide").rows([row], columns)
    assert screen.read()[0][-1].count(HASH) == 2


def test_what_goes_to_no_terminal_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    columns = DECLARED["block.BLOCK_ROWS"]
    Output("table", color=False, quiet=False).rows([{"id": HASH, "app_hash": HASH, "height": 1}], columns)
    out, err = capsys.readouterr()
    assert out.count(HASH) == 2
    assert not err


WORD = st.text("abcdefghij0123456789,.-中国建筑局（）", min_size=0, max_size=30)
LANES = st.builds(
    Lane, st.sampled_from(["id", "票面金额", "transactions root"]), st.lists(WORD, min_size=3, max_size=3),
    rank=st.integers(1, 9), whole=st.booleans(), right=st.booleans(), words=st.booleans(),
)  # fmt: skip


@given(st.lists(LANES, min_size=1, max_size=9), st.integers(60, 200))
def test_any_table_fits_and_says_what_it_leaves_out(lanes: list[Lane], width: int) -> None:
    made = grid(lanes, width)
    assert max(map(cells, made.lines)) <= max(width, 62), "the first column may be as wide as it must be"
    everything = grid(lanes, None)
    assert not everything.hidden
    assert not everything.cut
    filled = [lane for lane in lanes if any(lane.cells)] or lanes[:1]
    rule = next(line for line in made.lines if set(line) <= {"─", " "} and line)
    assert len(rule.split()) + made.hidden == len(filled)


@given(st.lists(LANES, min_size=1, max_size=9), st.integers(60, 200))
def test_what_is_whole_stands_on_one_line(lanes: list[Lane], width: int) -> None:
    made = grid(lanes, width)
    text = "\n".join(made.lines)
    hidden = 0
    for lane in lanes:
        if lane.whole and any(lane.cells):
            hidden += not all(cell.strip() in text for cell in lane.cells)
    assert hidden <= made.hidden


@given(WORD, st.integers(4, 40))
def test_folding_loses_nothing_but_spaces(text: str, width: int) -> None:
    assert "".join(folded(text, width, hard=True)) == text
    assert all(cells(line) <= width for line in folded(text, width, hard=True))
    assert cells(clipped(text, width)) <= width


def test_folding_breaks_neither_numbers_nor_ids_nor_before_a_comma() -> None:
    assert folded("票面 1,000,000.00，有效", 14) == ["票面", "1,000,000.00，", "有效"]
    assert folded("to B6TH1EJ9D7CECP29WM", 12) == ["to", "B6TH1EJ9D7CECP29WM"]
    assert folded("甲乙，丙", 4) == ["甲", "乙，", "丙"]


def test_a_value_with_no_room_stands_below_its_label() -> None:
    assert sheet([("交易", [HASH]), ("高度", ["7"])], 66) == ["交易", " " * GAP + HASH, "高度  7"]
    assert sheet([("交易", [HASH])], 80) == ["交易  " + HASH]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_tree_leaves_out_its_last_parts_before_it_folds(width: int) -> None:
    token = {
        "id": an_id("T", "x"), "holder": "P", "amount": LARGEST, "currency": "CNY", "tier": 1, "status": "live",
        "offered_to": "P",
    }  # fmt: skip
    for _ in range(4):
        token = {**token, "holder": token["holder"] + "x", "children": [token], "status": "moved"}
    bill = {"id": ID, "debtor": "P", "face": LARGEST, "currency": "CNY", "pay_on": "2027-03-31"}
    lines = penetration.tree_lines({"tree": token}, bill, lambda _: LONG_NAME, width)
    assert max(map(cells, lines)) <= width
    assert sum(LARGEST_SHOWN in line for line in lines) == 6


def test_names_are_looked_up_once_and_two_of_one_name_are_told_apart() -> None:
    asked: list[str] = []
    registered = {
        f"P{number}": {"id": f"P{number}", "names": [{"zh": "甲公司", "en": f"N{number}"}]} for number in range(9)
    }

    def read(party: str) -> dict[str, Any]:
        asked.append(party)
        return registered[party]

    def listed(_: int) -> Iterator[dict[str, Any]]:
        asked.append("all")
        return iter(registered.values())

    names = Names({"own": "P0", "N2": "P9"}, read, listed)
    names.learn(["P0", "P1"])
    names.learn(["P1", "P2"])
    assert asked == ["P1", "P2"]
    assert [names.name_of(f"P{number}") for number in (0, 1, 2, 7)] == ["own", "N1", "N2 (P2)", "P7"]
    names.learn(registered)
    assert asked == ["P1", "P2", "all"]
    assert names.name_of("P7") == "N7"
    set_language("zh")
    names = Names({}, read, listed)
    names.learn(["P1", "P2"])
    assert names.name_of("P1") == "甲公司（P1）"
    assert set(WORDS) >= {"status", "lock"}


ANOTHER, OWN, LEI = make_test_uscc(b"anchor"), make_test_uscc(b"own"), "5493001KJTIIGC8Y1R12"


@pytest.mark.parametrize(("one", "other"), [
    ("Anchor Ltd", "Anchor\u200b Ltd"), ("Anchor Ltd", "ＡＮＣＨＯＲ  ltd"), ("Anchor Ltd", "Anchor\u00ad\ufe0f Ltd"),
    ("甲公司", "甲\u2060公司"), ("Anchor Ltd", "Anchor\u00a0Ltd"),
])  # fmt: skip
def test_names_that_look_alike_are_told_apart(one: str, other: str) -> None:
    """attack: what shows nothing was taken in a name, and two parties looked the same in every table."""
    names = Names({}, lambda party: {"names": [{"en": {"P1": one, "P2": other}[party]}]}, lambda _: iter(()))
    names.learn(["P1", "P2"])
    assert [names.name_of(party).rpartition(" ")[2] for party in ("P1", "P2")] == ["(P1)", "(P2)"]
    names = Names({one: "P9"}, lambda _: {"names": [{"en": other}]}, lambda _: iter(()))
    names.learn(["P2"])
    assert names.name_of("P2").endswith(" (P2)")


@pytest.mark.parametrize(("name", "told"), [
    (f"Anchor ({ANOTHER})", True), (f"核心（{ANOTHER.lower()}）", True), (f"Anchor {ANOTHER[:6]} {ANOTHER[6:]}", True),
    (f"Anchor-{LEI}", True), (f"X{ANOTHER}", True), (ANOTHER, True), (f"Own ({OWN})", False),
    ("Anchor Manufacturing Holding 2020 Ltd", False), ("华东制造有限公司", False),
])  # fmt: skip
def test_a_name_that_holds_the_id_of_another_has_its_own_behind_it(name: str, told: bool) -> None:
    """attack: `Anchor (ID of the anchor)` was what tables write for one of two parties of a name."""
    names = Names({}, lambda _: {"names": [{"en": name}]}, lambda _: iter(()))
    names.learn([OWN])
    assert names.name_of(OWN) == (f"{name} ({OWN})" if told else name)


def test_a_text_that_is_cut_ends_in_one_ellipsis_and_no_comma() -> None:
    lane = Lane("", ["over 5.00 CNY, act bill.confirm, more and more"], 1)
    for width in range(12, 30):
        lines = grid([lane], width).lines
        assert "……" not in lines[-1]
        assert ",…" not in lines[-1]
        assert cells(lines[-1]) <= width


COMMAND = (
    f"chainbill --as supplier1 bill issue --debtor anchor --amount 1234567.89 --reason '部分 退货' --due {HASH} --yes"
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_told_fits_the_screen(
    language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """use: refusals, remedies, notes and questions of up to 140 cells ran over the edge of a terminal of 80."""
    set_language(language)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    choices = "、".join(["待确权", "待签收", "有效", "逾期", "已兑付", "已撤回", "已作废", "已过期", "已取消"] * 2)
    report(usage("error.not_one_of", value="错误", choices=choices), False)
    Output("table", color=False, quiet=False).note(text("error.file", path="a.csv", why=choices))
    monkeypatch.setattr(click.termui, "visible_prompt_func", lambda _: "2050-01-01")
    asking.typed_again(text("bill.far_due_again", days=8432, date="2050-01-01"))
    said = capsys.readouterr().err
    assert len(said.splitlines()) >= 6
    for line in said.splitlines():
        assert cells(line) <= 80, line


def test_a_command_that_is_told_can_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins a line where it has no room, and is broken at no space: a shell would run its first half."""
    monkeypatch.setenv("COLUMNS", "80")
    assert told(f"without asking: {COMMAND}") == f"without asking: {COMMAND}", "whole where no terminal is"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert told(f"without asking: {COMMAND}") == f"without asking:\n{FOLDED}{COMMAND}"
    prose = (
        "answer it, " * 6
        + "or take it back: chainbill bill joint withdraw JOINT; then ask again, or leave it as it is."
    )
    lines = told(prose).split("\n")
    assert any("chainbill bill joint withdraw JOINT;" in line for line in lines)
    assert max(map(cells, lines)) <= 80
    assert " ".join(line.strip() for line in lines) == prose


@pytest.mark.parametrize(
    "command",
    ["chainbill bill add-invoices 凭证", "chainbill party key add 名称 --capability maker|checker|admin",
     "`node certificates`", "chainbill token transfer 子凭证 --to 参与方:金额"],
)  # fmt: skip
def test_a_command_is_kept_whole_with_what_stands_for_something_to_be_typed(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`凭证` was torn from its command, and a command in backticks without the program's name was broken."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    for filled in range(80):
        lines = told(f"{'字' * (filled // 2)}{' ' * (filled % 2)}（{command}），再申请融资。").split("\n")
        assert any(command in line for line in lines), (filled, lines)
        assert max(map(cells, lines)) <= 80


def test_a_question_that_is_broken_off_leaves_no_half_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(click.termui, "visible_prompt_func", broken)
    for language in ("en", "zh"):
        set_language(language)
        with pytest.raises(click.Abort):
            asking.confirm("写入吗？")
        assert capsys.readouterr().err.endswith("\n")
