"""Tables, JSON in REST's shapes, and CSV that a spreadsheet reads rightly."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from chainbill_cli.commands.node import totals_told
from chainbill_cli.commands.trace import CSV_KINDS
from chainbill_cli.csv_text import csv_cell, csv_text, traced_csv
from chainbill_cli.output import Column, Output, element_text, shown
from chainbill_cli.texts import set_language
from chainbill_node.rest.routes_trace import LEAF_COLUMNS, PARTY_COLUMNS, TIER_COLUMNS
from cli.cli_fakes import PARTIES, FakeNode, Shell, bill, listing, ok
from hypothesis import given
from hypothesis import strategies as st

ID = Column("id", "id")
AMOUNT = Column("amount", "amount")


CELLS = {
    "91310000000000000": '="91310000000000000"',
    "1E10": '="1E10"',
    "-5": '="-5"',
    "0012": '="0012"',
    " 12 ": '=" 12 "',
    "3-5": '="3-5"',
    "１２": '="１２"',
    "=1+1": "'=1+1",
    "@SUM(A1)": "'@SUM(A1)",
    "+49 30 x": "'+49 30 x",
    " =1+1": "' =1+1",
    "\t=1+1": "'\t=1+1",
    "\n=1+1": "'\n=1+1",
    "＝1+1": "'＝1+1",
    "＠SUM(A1)": "'＠SUM(A1)",
    "=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0",
    "9" * 20 + "x": "9" * 20 + "x",
    "T0J0EQFH7SY3F19X22": "T0J0EQFH7SY3F19X22",
}


@pytest.mark.parametrize(("value", "cell"), CELLS.items())
def test_cells_stay_text(value: str, cell: str) -> None:
    assert csv_cell(value, ID) == cell


@pytest.mark.parametrize("kind", ["amount", "rate", "int", "date", "text", "id", "party"])
def test_a_formula_is_none_in_any_column(kind: str) -> None:
    """A node that answers text where a number belongs gives no formula either (security 21)."""
    assert csv_cell("=cmd|' /C calc'!A0", Column("x", kind)).startswith("'=")
    assert csv_cell("@A1", Column("x", kind)) == "'@A1"


@pytest.mark.parametrize(
    ("kind", "value"), [("amount", "-5.00"), ("rate", "3.85"), ("int", "12"), ("date", "2027-03-31")]
)
def test_numbers_stay_numbers_where_they_are_meant(kind: str, value: str) -> None:
    assert csv_cell(value, Column("x", kind)) == value


def test_amounts_in_csv_are_numbers() -> None:
    rows = [{"id": "12345", "amount": 100_000_050, "currency": "CNY"}, {"id": "B1", "amount": 7, "currency": "JPY"}]
    read = list(csv.reader(io.StringIO(csv_text(rows, [ID, AMOUNT]))))
    assert read == [["id", "amount"], ['="12345"', "1000000.50"], ["B1", "7"]]


@given(st.text(max_size=40))
def test_no_text_becomes_a_number_or_a_formula(value: str) -> None:
    cell = csv_cell(value, Column("name"))
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) or cell == f'="{value}"'
    try:
        float(cell)
    except ValueError:
        return
    assert not any(character.isdecimal() for character in cell), "only words such as nan"


def test_csv_has_names_and_words_beside_ids_and_codes() -> None:
    """use 11: CSV had codes without names and, with --lang zh, English headings."""
    row = {"id": "B1", "debtor": "P1", "status": "pending_confirm"}
    columns = [ID, Column("debtor", "party"), Column("status", "status")]
    read = list(csv.reader(io.StringIO(csv_text([row], columns, lambda _: "=甲公司"))))
    assert read == [
        ["id", "debtor", "debtor_name", "status", "status_text"],
        ["B1", "P1", "'=甲公司", "pending_confirm", "waiting for the debtor"],
    ]
    set_language("zh")
    read = list(csv.reader(io.StringIO(csv_text([row], columns, lambda _: "甲公司"))))
    assert read == [
        ["编号", "债务人", "债务人名称", "状态", "状态说明"],
        ["B1", "P1", "甲公司", "pending_confirm", "待确权"],
    ]


@pytest.mark.parametrize("columns", [LEAF_COLUMNS, TIER_COLUMNS, PARTY_COLUMNS])
def test_csv_of_traces_has_names_and_headings_too(columns: tuple[str, ...]) -> None:
    said = ",".join(columns) + "\r\n" + ",".join('="12345"' if name in ("holder", "other") else "" for name in columns)
    set_language("zh")
    heading, row = csv.reader(io.StringIO(traced_csv(said, CSV_KINDS, lambda party: f"name of {party}")))
    assert not [title for title in heading if not re.search("[\u4e00-\u9fff]", title)]
    for title in ("持有人", "对方"):
        if title in heading:
            assert row[heading.index(title)] == '="12345"'
            assert row[heading.index(title + "名称")] == "name of 12345"
    set_language("en")
    assert set(columns) <= set(next(csv.reader(io.StringIO(traced_csv(said, CSV_KINDS, str)))))


def test_csv_has_a_byte_order_mark(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    Output("csv", color=False, quiet=True).rows([{"id": "B1"}], [ID])
    assert capsysbinary.readouterr().out == "\ufeffid\r\nB1\r\n".encode()


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output("jsonl", color=False, quiet=True)
    output.json([{"a": 1}, {"b": "中"}])
    output.json([])
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [{"a": 1}, {"b": "中"}]


def test_tables_show_major_units_names_and_words(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = ok({**listing(bill(status="pending_confirm")), "sum": {"CNY": 100_000}})
    shell.run("bill", "list")
    assert "1,000.00" in shell.out
    assert "waiting for the debtor" in shell.out
    assert "anchor" in shell.out
    assert "1,000.00 CNY" in shell.err
    shell.run("--lang", "zh", "bill", "list")
    assert "待确权" in shell.out


def test_csv_keeps_ids_and_plain_amounts(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = ok(listing(bill()))
    shell.run("bill", "list", "-o", "csv")
    read = list(csv.DictReader(io.StringIO(shell.out.lstrip("\ufeff"))))
    assert read[0]["face"] == "1000.00"
    assert read[0]["debtor"].strip('="') == PARTIES["anchor"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "CNY: face 1,001,000.00, live 1,000.00; JPY: face 500, live 500"),
        ("zh", "CNY：票面金额 1,001,000.00，有效 1,000.00；JPY：票面金额 500，有效 500"),
    ],
)
def test_what_bills_add_up_to_is_told_by_currency(language: str, said: str) -> None:
    """reading A1: `node verify` added cents to yen, and showed the sum in minor units."""
    set_language(language)
    assert totals_told({"CNY": {"face": 1_001_000_00, "live": 1_000_00}, "JPY": {"face": 500, "live": 500}}) == said


def test_control_characters_do_not_reach_the_terminal(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/bills"] = ok(listing(bill(status="\x1b[31mred\x07")))
    shell.run("bill", "list")
    assert "\x1b" not in shell.out
    assert "\x07" not in shell.out


def test_values_in_words() -> None:
    row = {"ok": True, "rate": 38_500, "list": [{"kind": "offered"}, "x"], "none": None}
    assert shown(row, Column("ok"), str) == "yes"
    set_language("zh")
    assert shown(row, Column("ok"), str) == "是"
    assert shown(row, Column("rate", "rate"), str) == "3.8500%"
    assert shown(row, Column("list", "list"), str) == "offered、x"
    assert shown(row, Column("none"), str) == ""


def test_what_a_court_gave_of_an_item_is_an_amount_of_its_currency() -> None:
    item = {"amount": 30_000, "given": 5, "currency": "CNY", "freeze": "F1"}
    assert element_text(item) == "amount 300.00 CNY, given 0.05, freeze F1"
