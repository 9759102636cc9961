"""What lists, sheets and previews left out: counts, empty ranges, what an invoice carries, what an event issues."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from chainbill_cli.grid import Lane, grid
from chainbill_cli.production import apportioned
from chainbill_contracts import sources
from cli.cli_desk import Desk, accepted_bill
from cli.production import attestor, event_file, product_file
from cli.test_cli_comparing import right_invoice

from chainbill.vm.testing import Harness

pytestmark = pytest.mark.untraced


@pytest.fixture
def seen(seen: Callable[..., str]) -> Callable[..., str]:
    return partial(seen, language="zh")


def test_every_list_says_how_many_there_are(desk: Desk) -> None:
    """A list without a sum said nothing of how many it has."""
    _, root = accepted_bill(desk)
    desk.json("supplier1", "token", "split", root, "--amount", "1.00")
    desk.text("--as", "supplier1", "--lang", "zh", "token", "list", "--status", "split")
    assert "共 1 条" in desk.err
    for words in (("party", "list"), ("governance", "list"), ("label", "schemes")):
        count = len(desk.json("bank1", *words))
        desk.text("--as", "bank1", "--lang", "zh", *words)
        assert f"共 {count} 条" in desk.err or not count, words


def test_a_range_that_ends_before_it_begins_is_refused(desk: Desk) -> None:
    """`--due-from` behind `--due-to` read as if there were none."""
    for noun, what in (("token", "due"), ("bill", "issued"), ("bill", "due")):
        words = (noun, "list", f"--{what}-from", "2027-04-01", f"--{what}-to", "2027-03-01")
        desk.text("--as", "supplier1", "--lang", "zh", *words, expect=2)
        assert f"--{what}-from 2027-04-01 晚于 --{what}-to 2027-03-01" in desk.err


def test_a_quote_in_the_place_of_another_says_so(desk: Desk, seen: Callable[..., str]) -> None:
    _, root = accepted_bill(desk)
    asked = desk.json("supplier1", "finance", "request", root, "--to", "bank2")["request"]
    words = ("finance", "quote", asked, "--no-recourse", "--rate")
    first = desk.json("bank2", *words, "0")["quote"]
    shown = seen("bank2", *words, "4")
    assert f"取代本行此前的报价：{first}" in shown
    assert f"本报价取代本行此前的报价 {first}" in shown
    [quote] = [one for one in desk.json("bank2", "finance", "show", asked)["quotes"] if one["status"] == "offered"]
    desk.json("supplier1", "finance", "agree", quote["id"])
    desk.json("bank2", "finance", "disburse", quote["id"], "--reference", "P-1")
    assert "已放款" in desk.text("--as", "bank2", "--lang", "zh", "finance", "show", quote["id"])
    assert desk.json("bank2", "finance", "show", quote["id"])["status"] == "agreed"
    assert desk.text("--as", "bank2", "--lang", "zh", "finance", "show", asked).count("已放款") == 2


def test_a_rate_of_nothing_is_signed_too(desk: Desk, seen: Callable[..., str]) -> None:
    _, root = accepted_bill(desk)
    asked = desk.json("supplier1", "finance", "request", root, "--to", "bank2")["request"]
    shown = seen("bank2", "finance", "quote", asked, "--no-recourse", "--rate", "0")
    signed = shown.partition("签署内容：")[2]
    for name in ("利率", "手续费", "追索权"):
        assert name in signed, name


def test_all_columns_of_quotes_are_seen_on_a_narrow_screen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 80 columns interest, amount, fee and days were left out of what a holder chooses among."""
    _, root = accepted_bill(desk)
    asked = desk.json("supplier1", "finance", "request", root, "--to", "bank1", "--to", "bank2")["request"]
    for bank in ("bank1", "bank2"):
        desk.json(bank, "finance", "quote", asked, "--no-recourse", "--rate", "4.1", "--fee", "1.00")
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    said = desk.text("--as", "supplier1", "--lang", "zh", "finance", "show", asked)
    for heading in ("利率", "净额", "利息", "手续费", "计息天数", "报价有效至", "追索权"):
        assert heading in said, heading
    assert "未显示" not in desk.err


def test_what_a_table_leaves_out_is_known() -> None:
    lanes = [Lane("id", ["A" * 10], 1, whole=True), Lane("a", ["B" * 10], 2, whole=True), Lane("c", ["D" * 10], 3)]
    made = grid(lanes, 24)
    assert [lane.title for lane in made.left_out] == ["c"]
    assert made.hidden == 1


def test_an_invoice_is_shown_with_all_that_it_carries(desk: Desk, seen: Callable[..., str], tmp_path: Path) -> None:
    path, paper = tmp_path / "invoice.xml", tmp_path / "paper"
    path.write_text(right_invoice(desk), encoding="utf-8")
    paper.write_text("x", encoding="utf-8")
    words = ("bill", "issue", "--debtor", "anchor", "--invoice", f"{path}=1000.00", "--amount", "1000.00")
    bill = desk.json("supplier1", *words, "--due", "+120d")["bill"]
    desk.json("anchor", "bill", "confirm", bill)
    root = desk.json("supplier1", "bill", "accept", bill)["token"]
    [row] = desk.json("supplier1", "invoice", "list")
    mark, red = row["fingerprint"], "ab" * 32
    joint = desk.json("supplier1", "invoice", "red-letter", bill, "--red", red, "--total", "900.00")["joint"]
    desk.json("anchor", "bill", "answer", joint, "yes")
    dispute = desk.json("supplier2", "invoice", "dispute", mark, "--seller", "supplier1", "--document", str(paper))
    shown = desk.text("--as", "supplier1", "--lang", "zh", "invoice", "show", mark)
    for said in (bill, red, "900.00 CNY", "超额占用起始日", dispute["dispute"]):
        assert said in shown, said
    desk.json("bank2", "invoice", "uphold", dispute["dispute"])
    until = desk.json("supplier2", "invoice", "disputes")[0]["until"]
    assert until not in desk.text("--as", "supplier2", "--lang", "zh", "invoice", "disputes")
    shown = seen(
        "anchor", "bill", "dilute", bill, "--token", root, "--amount", "100.00", "--credit-note", str(paper),
        "--red", red[:10],
    )  # fmt: skip
    assert "红字发票" in shown.partition("签署内容：")[2]


def test_what_an_event_issues_is_shown_before_and_after(desk: Desk, seen: Callable[..., str], tmp_path: Path) -> None:
    """The anchor confirmed debts whose amounts it did not see."""
    made = product_file(tmp_path / "product.json", attestor(desk), ["supplier1", "supplier2"])
    product = desk.json("anchor", "product", "register", made)["product"]
    for one in ("supplier1", "supplier2"):
        desk.json(one, "product", "agree", product)
    file = event_file(tmp_path / "event.json", product, "today", value="123456.79")
    desk.text("product", "attest", file, "--key", "gate")
    shown = seen("anchor", "product", "event", file)
    for said in ("37,037.04 CNY", "凭证合计：74,074.07 CNY", "到期日", "天后"):
        assert said in shown, said
    amounts = [f"{one['face'] / 100:,.2f} CNY" for one in desk.json("anchor", "bill", "list")]
    assert all(one in desk.text("--as", "anchor", "product", "event", file) for one in amounts)


def test_amounts_of_an_event_are_those_of_the_contract() -> None:
    contract = Harness(sources()).function("product", "apportioned")
    chance = random.Random(37)
    for _ in range(200):
        shares = [chance.randint(1, 250_000) for _ in range(chance.randint(1, 4))]
        value = chance.randint(10**6, 10**12)
        parts = [{"part": str(one), "supplier": "S", "share": share} for one, share in enumerate(shares)]
        assert apportioned(value, parts) == [one["amount"] for one in contract(value, parts)]


def test_a_request_for_a_part_is_found(desk: Desk) -> None:
    """Nothing was listed of the token that had been typed in the request."""
    bill, root = accepted_bill(desk)
    desk.json("supplier1", "finance", "request", root, "--to", "bank1", "--to", "bank2", "--amount", "100.00")
    desk.text("--as", "supplier1", "--lang", "zh", "finance", "list", "--token", root)
    assert f"chainbill finance list --bill {bill}" in desk.err
    said = desk.text("--as", "supplier1", "--lang", "zh", "-o", "csv", "finance", "list")
    assert "bank1, bank2" in said, "names are parted as the ids beside them"
    assert "、" not in said
