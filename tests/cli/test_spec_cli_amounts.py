"""Amounts, dates, lists and answers of the command line as docs/reference/cli.md promises them, on the real ledger."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest
from chainbill_cli.localnet import layout
from chainbill_node.setup.local import local_parties, local_plan
from chainbill_node.setup.network import create_network
from cli.cli_desk import Desk
from cli.solo_node import SoloTransport

pytestmark = pytest.mark.untraced

CURRENCY_FACES = {"CNY": ("1,000,000.05", 100_000_005), "JPY": ("12,345", 12_345), "BHD": ("1,234.567", 1_234_567)}


class LosesAnswers(SoloTransport):
    """A node whose answers about transactions do not arrive while `lost` is set; what was sent is in a block."""

    lost = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if self.lost and request.url.path.startswith("/v1/transactions"):
            raise httpx.ReadTimeout("the answer is lost", request=request)
        return answer


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, LosesAnswers]]:
    home = tmp_path_factory.mktemp("spec") / "net"
    plan = replace(local_plan(validators=1), parties=local_parties(1, currencies=("CNY", "EUR", "USD", "JPY")))
    created = create_network(home, plan)
    layout.write_down(created)
    transport = LosesAnswers()
    transport.serve(created.genesis)
    yield home, transport
    transport.end()


@pytest.fixture
def desk(network: tuple[Path, LosesAnswers], capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(*network, capsys)


def issued(desk: Desk, amount: str, currency: str, *more: str) -> str:
    words = ["bill", "issue", "--debtor", "anchor", "--amount", amount, "--currency", currency]
    return str(desk.json("supplier1", *words, *([] if "--due" in more else ["--due", "+90d"]), *more)["bill"])


def accepted(desk: Desk, amount: str, currency: str, *more: str) -> tuple[str, str]:
    bill = issued(desk, amount, currency, *more)
    desk.json("anchor", "bill", "confirm", bill)
    return bill, str(desk.json("supplier1", "bill", "accept", bill)["token"])


def cells(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


@pytest.mark.parametrize("currency", CURRENCY_FACES)
def test_an_amount_has_the_digits_of_its_currency(desk: Desk, currency: str) -> None:
    typed, face = CURRENCY_FACES[currency]
    bill = issued(desk, typed, currency)
    assert desk.json("anchor", "bill", "show", bill)["face"] == face, "JSON has minor units"
    for words in (["bill", "show", bill], ["bill", "list", "--currency", currency]):
        assert typed in desk.text(*words), words
    [row] = [row for row in cells(desk.text("bill", "list", "--currency", currency, "-o", "csv")) if row["id"] == bill]
    assert row["face"] == typed.replace(",", "")
    digits = len(typed.partition(".")[2])
    too_fine = typed + ("1" if digits else ".1")
    words = ["bill", "issue", "--debtor", "anchor", "--due", "+90d", "--currency", currency, "--amount"]
    assert desk.json("supplier1", *words, too_fine, expect=2)["code"] in ("amount_digits", "amount_whole")
    wide = "".join(chr(ord(one) + 0xFEE0) for one in typed)
    assert desk.json("anchor", "bill", "show", issued(desk, wide, currency))["face"] == face, (
        "full width means the same"
    )
    least = "1" if not digits else f"0.{'0' * (digits - 1)}1"
    assert desk.json("anchor", "bill", "show", issued(desk, least, currency))["face"] == 1


@pytest.mark.parametrize(
    "typed", ["1万", "万", "0", "0.00", "-1", "+1", "1e3", "1.2.3", "1,00,000.00", "1,000,00", "", " ", "¥1", "1 000",
    "١", "NaN",
              "90,071,992,547,409.92", "1.", ".5", "0x10", "1_000", "1'000.00"]
)  # fmt: skip
def test_what_is_no_amount_is_refused_before_anything_is_sent(desk: Desk, typed: str) -> None:
    height = desk.json("auditor", "block", "list")[0]["height"]
    told = desk.json(
        "supplier1",
        "bill",
        "issue",
        "--debtor",
        "anchor",
        "--due",
        "+90d",
        "--currency",
        "CNY",
        f"--amount={typed}",
        expect=2,
    )
    assert told["code"]
    assert told["detail"]
    if typed == "1万":
        assert "10,000" in json.dumps(told)
    assert desk.json("auditor", "block", "list")[0]["height"] == height


def test_the_largest_amount_is_typed_and_shown_to_the_cent(desk: Desk) -> None:
    bill = issued(desk, "90,071,992,547,409.91", "CNY")
    assert desk.json("anchor", "bill", "show", bill)["face"] == 2**53 - 1
    assert "90,071,992,547,409.91" in desk.text("bill", "show", bill)
    desk.json("supplier1", "bill", "withdraw", bill)


def test_lists_of_nothing_of_one_and_of_many(desk: Desk) -> None:
    assert desk.json("auditor", "bill", "list", "--currency", "NOK") == []
    assert desk.text("bill", "list", "--currency", "NOK", "-o", "jsonl") == ""
    only = issued(desk, "7.00", "NOK")
    assert [row["id"] for row in desk.json("auditor", "bill", "list", "--currency", "NOK")] == [only]
    bills = [only, *(issued(desk, "7.00", "NOK") for _ in range(3))]
    found: list[str] = []
    after: list[str] = []
    for _ in range(10):
        page = desk.json("auditor", "bill", "list", "--currency", "NOK", "--limit", "1", *after)
        found += [row["id"] for row in page]
        cursors = [word.strip("`'\".,") for word in desk.err.split() if len(word) > 40]
        issued(desk, "7.00", "NOK")
        if not cursors:
            break
        after = ["--after", cursors[-1]]
    assert sorted(found) == sorted(bills), "pages agree although bills came between them"
    lines = desk.text("bill", "list", "--currency", "NOK", "-o", "jsonl").splitlines()
    assert len(lines) == len(bills) + 4
    assert {json.loads(line)["face"] for line in lines} == {700}


def test_a_second_try_under_the_own_reference_makes_no_second_bill(desk: Desk) -> None:
    words = [
        "bill",
        "issue",
        "--debtor",
        "anchor",
        "--currency",
        "CNY",
        "--due",
        "2027-03-31",
        "--reference",
        '采购-1 "甲", O\'Neil',
    ]
    first = desk.json("supplier1", *words, "--amount", "10.00")
    assert "repeated" not in first or first["repeated"] is False
    again = desk.json("supplier1", *words, "--amount", "10")
    assert (again["bill"], again["repeated"]) == (first["bill"], True)
    other = desk.json("supplier1", *words, "--amount", "10.01", expect=3)
    assert other["code"] == "reference_used_otherwise"
    assert "10.00" in json.dumps(other) or other["hint"]
    beside = desk.json("supplier3", *words, "--amount", "10.01")
    assert beside["bill"] != first["bill"], "another party's reference is its own"
    for who, expected in (("supplier1", first["bill"]), ("supplier3", beside["bill"])):
        assert [row["id"] for row in desk.json(who, "bill", "list", "--reference", words[-1])] == [expected]
    assert desk.json("supplier2", "bill", "list", "--reference", words[-1]) == []


def test_a_lost_answer_is_pending_and_found_again(desk: Desk, network: tuple[Path, LosesAnswers]) -> None:
    transport = network[1]
    words = [
        "bill",
        "issue",
        "--debtor",
        "anchor",
        "--currency",
        "JPY",
        "--amount",
        "9,900",
        "--due",
        "+90d",
        "--timeout",
        "1",
    ]
    transport.lost = True
    try:
        told = desk.json("supplier1", *words, expect=6)
        assert (told["status"], told["code"]) == ("pending", "pending")
        assert told["transaction"] in desk.err
        desk.json("supplier1", "tx", "wait", told["transaction"], "--timeout", "1", expect=5)
    finally:
        transport.lost = False
    found = desk.json("supplier1", "tx", "wait", told["transaction"])
    assert found["status"] == "committed"
    text = desk.text("--as", "supplier1", "tx", "wait", told["transaction"])
    assert "99.00" not in text
    shown = desk.text("--as", "supplier1", "tx", "show", told["transaction"])
    assert "9,900 JPY" in shown
    assert "99.00" not in shown


ROWS = (("supplier2", "1,500"), ("supplier3", "20"))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom", "gb18030", "gbk"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_files_of_payees_in_every_encoding(desk: Desk, tmp_path: Path, yen: str, encoding: str, separator: str) -> None:
    """Amounts of the file are in the currency of the token: whole yen, never cents."""
    lines = [
        ["收款方", "备注（第一批）", "金额"],
        *(
            [party, "货款 “甲”", f'"{amount}"' if separator == "," else amount.replace(",", "")]
            for party, amount in ROWS
        ),
    ]
    text = "".join(separator.join(line) + "\r\n" for line in lines)
    marks = {"utf-16-le-bom": (b"\xff\xfe", "utf-16-le"), "utf-16-be-bom": (b"\xfe\xff", "utf-16-be")}
    mark, codec = marks.get(encoding, (b"", encoding))
    path = tmp_path / "payees.csv"
    path.write_bytes(mark + text.encode(codec))
    words = ["token", "transfer", yen, "--payees", str(path), "--dry-run"]
    told = desk.json("supplier1", *words, "--total", "1,520")
    assert told["status"] == "simulated"
    assert told["remainder"]
    wrong = desk.json("supplier1", *words, "--total", "1,520.00", expect=2)
    assert wrong["code"]
    assert desk.json("supplier1", *words, "--total", "1521", expect=2)["code"]


@pytest.fixture
def yen(desk: Desk, network: tuple[Path, LosesAnswers]) -> str:
    kept = network[0] / "yen.txt"
    if not kept.exists():
        kept.write_text(accepted(desk, "12,345", "JPY")[1], encoding="utf-8")
    return kept.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("party,amount\nsupplier2,1.5\n", [2]), ("party,amount\nsupplier2,1500\nsupplier3,\n", [3]),
        ("party,amount\nsupplier2,-5\nsupplier3,2026-10-01\n", [2, 3]),
        ("party,amount\nnobody,5\nsupplier3,1.5E+06\n", [2, 3]),
        ("supplier2,1,500\n", [1]), ("party,currency,amount\nsupplier2,CNY,5\n", [2]),
        ("party,amount\nsupplier2,1万\n", [2]),
        ("party,amount\nsupplier2,0\n", [2]), ("party,amount\nsupplier2,￥5\n", [2]),
    ],
)  # fmt: skip
def test_bad_rows_are_refused_all_at_once_with_their_lines(
    desk: Desk, tmp_path: Path, yen: str, content: str, lines: list[int]
) -> None:
    path = tmp_path / "payees.csv"
    path.write_text(content, encoding="utf-8")
    told = desk.json("supplier1", "token", "transfer", yen, "--payees", str(path), expect=2)
    assert [error["line"] for error in told["errors"]] == lines, told
    assert all(error["detail"] and error["parameter"] for error in told["errors"])


def test_an_amount_is_in_the_currency_of_what_it_is_for(desk: Desk, yen: str) -> None:
    told = desk.json(
        "supplier1", "token", "transfer", yen, "--to", "supplier2:10", "--currency", "CNY", "--dry-run", expect=2
    )
    assert told["code"]
    assert desk.json("supplier1", "token", "transfer", yen, "--to", "supplier2:10.00", "--dry-run", expect=2)[
        "code"
    ] in ("amount_digits", "amount_whole")
    assert (
        desk.json("supplier1", "token", "transfer", yen, "--to", "supplier2:10", "--currency", "JPY", "--dry-run")[
            "status"
        ]
        == "simulated"
    )
    much = desk.text("--as", "supplier1", "token", "transfer", yen, "--to", "supplier2:12,346", "--yes", expect=2)
    assert much == ""
    assert "12,346 JPY" in desk.err
    assert "123.4" not in desk.err


@pytest.mark.parametrize("basis", ["act/360", "act/365f", "30/360"])
def test_the_figures_of_a_quote_are_those_worked_out_by_hand(desk: Desk, basis: str) -> None:
    """250,000.00 at 3.85 % for 120 days of act/360 is 3,208.33, as the worked example says."""
    bill, token = accepted(desk, "300,000.00", "CNY", "--due", "+120d")
    row = desk.json("supplier1", "bill", "show", bill)
    today = date.fromisoformat(row["issued_on"])
    asked = desk.json("supplier1", "finance", "request", token, "--to", "bank1", "--amount", "250000.00")
    words = [
        "finance",
        "quote",
        asked["request"],
        "--rate",
        "3.85",
        "--no-recourse",
        "--fee",
        "12.34",
        "--basis",
        basis,
    ]
    made = desk.json("bank1", *words)
    pay_on = date.fromisoformat(row["pay_on"])
    days = (pay_on - today).days
    if basis == "30/360":
        first, last = min(today.day, 30), min(pay_on.day, 30) if today.day >= 30 else pay_on.day
        days = 360 * (pay_on.year - today.year) + 30 * (pay_on.month - today.month) + last - first
        if pay_on.day == 31 and made["days"] != days:
            days -= 1
    exact = Fraction(25_000_000) * Fraction(385, 10_000) * days / (365 if basis == "act/365f" else 360)
    interest = int(exact + Fraction(1, 2))
    assert (made["days"], made["interest"], made["net"]) == (days, interest, 25_000_000 - interest - 12_34)
    if days == 120 and basis == "act/360":
        assert interest == 3_208_33
    shown = desk.text("--as", "bank1", "finance", "show", asked["request"])
    assert f"{(25_000_000 - interest - 12_34) / 100:,.2f}" in shown
    assert f"{interest / 100:,.2f}" in shown
    desk.json("supplier1", "finance", "agree", made["quote"])


def test_texts_of_others_stay_texts_in_csv(desk: Desk) -> None:
    """Quotes, commas, Chinese, formulas and numbers that begin with zeros come back as they were typed."""
    for text, written in (
        ('=1+1, "甲"', '\'=1+1, "甲"'),
        ("0012", '="0012"'),
        ('O\'Neil; "x"', 'O\'Neil; "x"'),
        ("@cmd", "'@cmd"),
    ):
        bill = issued(desk, "1.00", "CNY", "--contract", text)
        assert desk.json("anchor", "bill", "show", bill)["contract_no"] == text
        shown = desk.text("bill", "show", bill, "-o", "csv")
        assert shown.startswith("\ufeff")
        values = {cell for row in csv.reader(io.StringIO(shown[1:], newline="")) for cell in row}
        assert written in values, (text, values)


def test_filters_are_typed_as_codes_or_as_tables_say_them(desk: Desk) -> None:
    bill = accepted(desk, "3.00", "EUR")[0]
    for words in (
        ["--status", "active"],
        ["--status", "active,overdue"],
        ["--status", "有效"],
        ["--status", "有效、逾期"],
    ):
        assert [row["id"] for row in desk.json("auditor", "bill", "list", "--currency", "EUR", *words)] == [bill], words
    wrong = [["--status", "paid"], ["--status", "active,paid"], ["--currency", "QQQ"], ["--limit", "0"], ["--limit",
    "1001"],
             ["--due-from", "2026-13-01"], ["--due-to", "2027-02-29"], ["--reached-tier", "x"]]  # fmt: skip
    for words in wrong:
        told = desk.json("auditor", "bill", "list", *words, expect=2)
        assert told["code"], words
        assert told["detail"], words
    assert desk.json("auditor", "bill", "list", "--debtor", "91990000ZZZZZZZZZZ", expect=2)["code"]


@pytest.mark.parametrize(
    "words",
    [
        "bill list --currency", "bill list --debtor", "bill list --status", "bill list --due-from",
        "bill list --reference",
 "bill list --at", "bill list --after", "bill list --known-at",
        "bill list --reached-tier",
        "token list --holder", "token list --bill", "token list --lock", "token list --tier", "bill receipts --bank",
        "bill receipts --bill", "bill receipts --kind", "bill receipts --value-to", "bill payments --party",
        "finance list --status",
        "invoice list --seller", "trace anchor anchor --at",
    ],
)  # fmt: skip
def test_an_option_with_an_empty_value_is_not_left_out(desk: Desk, words: str) -> None:
    """`--debtor "$WHO"` where WHO is not set must not list everybody's bills."""
    for language, said in (("en", "give a value"), ("zh", "请填写")):
        told = desk.json("supplier1", "--lang", language, *words.split(), "", expect=2)
        assert told["code"] == "bad_value", told
        assert words.rsplit(maxsplit=1)[-1] in told["detail"]
        assert said in told["detail"] or words.rsplit(maxsplit=1)[-1] in ("--reached-tier", "--tier", "--due")


def test_dates_before_after_and_without_a_basis(desk: Desk) -> None:
    bill = issued(desk, "1.00", "CNY")
    assert desk.json("auditor", "bill", "list", "--at", "0") == []
    assert desk.json("auditor", "bill", "list", "--at", "1") == []
    today = date.fromisoformat(desk.json("auditor", "bill", "show", bill)["issued_on"])
    for words, code in (
        (["--at", "99999"], "height_in_future"), (["--at", str(today + timedelta(days=3))], "height_in_future"),
        (["--at", "2001-01-01"], "before_genesis"), (["--at", "2026-02-30"], "bad_at"), (["--at", "x"], "bad_at"),
    ):  # fmt: skip
        told: Any = json.loads(desk_any(desk, "bill", "list", *words))
        assert told["code"] == code, words
        assert told["hint"] or told["detail"]
    told = json.loads(desk_any(desk, "bill", "list", "--known-at", "1"))
    assert told["code"]
    rows = desk.json("auditor", "bill", "list", "--basis", "value", "--limit", "1000")
    assert str(today) in desk.err, "both dates are said"
    assert bill in {row["id"] for row in rows}


def desk_any(desk: Desk, *words: str) -> str:
    """What a command that is refused says on stdout."""
    for code in (1, 2, 3, 4):
        try:
            return desk.text("--as", "auditor", "-o", "json", *words, expect=code)
        except AssertionError:
            continue
    raise AssertionError(desk.out + desk.err)


def test_settlement_in_yen_shares_to_the_unit(desk: Desk) -> None:
    """10 of 100 yen over holders of 33, 33 and 34: 3.3, 3.3 and 3.4 are 3, 3 and 4 by the largest remainder."""
    bill, token = accepted(desk, "100", "JPY")
    made = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:33", "--to", "supplier3:33")
    for who, part in zip(("supplier2", "supplier3"), made["tokens"], strict=True):
        desk.json(who, "token", "accept", part["id"])
    today = desk.json("anchor", "bill", "show", bill)["issued_on"]
    paid = desk.json(
        "bank1", "bill", "settle", bill, "--amount", "10", "--reference", "YEN-1", "--value-date", today, "--partial"
    )
    assert sorted(payment["amount"] for payment in paid["payments"]) == [3, 3, 4]
    table = desk.text("--as", "bank1", "bill", "payments", bill)
    assert "0.03" not in table
    rows = cells(desk.text("--as", "bank1", "bill", "payments", bill, "-o", "csv"))
    assert sorted(row["amount"] for row in rows) == ["3", "3", "4"]
    again = desk.json(
        "bank1", "bill", "settle", bill, "--amount", "10", "--reference", "YEN-1", "--value-date", today, "--partial"
    )
    assert again["repeated"] is True
    receipts = desk.text("--as", "bank1", "bill", "receipts", "--bill", bill, "--kind", "all")
    assert "10" in receipts
    assert "0.10" not in receipts
