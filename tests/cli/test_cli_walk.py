"""Every command that prints a table, on the real ledger, on screens of 80 to 200 cells, in both languages.

The values are as long as they may be: 9,007,199,254,740,991 minor units, ids of 18 characters, Chinese names of 60.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from chainbill_cli.cells import cell_len
from chainbill_cli.main import program
from chainbill_contracts.declared_acts import acts
from cli.cli_desk import Desk, accepted_bill, bill_over, sent
from cli.production import attestor, event_file, product_file
from cli.selling import bank_token

pytestmark = pytest.mark.untraced

WIDTHS = (80, 100, 120, 200)
LARGEST = 9_007_199_254_740_991
LARGEST_SHOWN = "90,071,992,547,409.91"
FACE = "90,071,992,537,407.91"  # with 10,002.00 in other bills it is the most that one party may have
LONG_NAME = (
    "中国建筑第三工程局有限公司武汉分公司第五项目部材料设备集中采购中心"
    "及供应链金融服务部光谷片区第二结算组华中区域采购部专"
)
FINGERPRINT, DOUBTFUL = "5e" * 32, "6e" * 32

TABLES: dict[str, list[str]] = {
    "bill list": [], "bill show": ["{bill}"], "bill history": ["{bill}"], "bill payments": ["{paid}"],
    "bill receipts": ["--kind", "all"], "bill joint list": [], "bill joint show": ["{joint}"],
    "token list": ["--status", "all"], "token offers": ["--from", "{supplier1}"], "token show": ["{token}"],
    "token write-offs": [], "bill guarantees": ["{bill}"], "bill demands": [],
    "finance list": [], "finance show": ["{request}"],
    "invoice list": [], "invoice show": [FINGERPRINT], "invoice disputes": [],
    "label list": ["{bill}"], "label schemes": [],
    "order list": [], "order show": ["{court_order}"], "freeze list": [], "freeze show": ["{freeze}"],
    "entry list": [], "entry show": ["{entry}"], "entry defaults": [], "invoice examinations": [],
    "pledge list": [], "pledge show": ["{pledge}"],
    "sale list": [], "sale show": ["{sold}"], "prepay list": [], "prepay show": ["{early}"],
    "recourse list": [], "recourse show": ["{claimed}"],
    "product list": [], "product show": ["{product}"], "product events": [],
    "calendar show": ["2027"],
    "trace bill": ["{bill}"], "trace token": ["{token}"], "trace anchor": ["{anchor}"], "trace party": ["{supplier1}"],
    "governance list": [], "governance show": ["{proposal}"],
    "party list": [], "party show": ["{supplier1}"], "party account": ["{supplier1}"], "party policy": ["{anchor}"],
    "party change list": [], "party recovery list": ["{supplier2}"], "party paying-bank list": ["{anchor}"],
    "party grants": [],
    "party orders": [], "party order": ["{order}"], "party open-items": ["{supplier1}"],
    "block list": [], "block show": ["2"], "tx show": ["{transaction}"], "tx wait": ["{transaction}"],
    "tx decode": ["{file}"], "network show": [], "network trust": [], "node status": [], "node wait": ["--height", "1"],
    "key list": [], "key show": ["anchor"], "config show": [], "doctor": [], "version": [],
    "localnet clock": [],
}  # fmt: skip
"""What each is asked for; `doctor` ends with 1, since no node listens on a port here."""
NO_TABLE: dict[str, str] = {
    "tx": "build sign send", "block": "tail", "party": "apply sign insolvent lift offboard", "party key": "prove",
    "product": "attest", "pledge": "offer release enforce", "sale": "sell buy", "prepay": "offer",
    "recourse": "ask paid",
    "order": "renew release transfer", "token": "freeze unfreeze force",
    "key": "new import export rewrap", "config": "set unset", "": "demo completion",
    "network": "init join certify", "node": "start verify backup restore seat certificates renew revoke",
    "localnet": "up status stop start down reset logs",
}  # fmt: skip
"""Commands that begin something or print text, by their group, beside those that send an act."""


def writing() -> set[str]:
    """Commands that write, begin something or print text; their answers are sheets: test_cli_widths.py."""
    sending = {
        " ".join(word for word in act.command.split() if re.fullmatch(r"[a-z][a-z-]*", word)) for act in acts().values()
    }
    others = {f"{group} {name}".strip() for group, names in NO_TABLE.items() for name in names.split()}
    return (sending | others) - set(TABLES)


def leaves() -> Iterator[str]:
    waiting: list[tuple[str, click.Command]] = [("", program)]
    while waiting:
        path, found = waiting.pop()
        if not isinstance(found, click.Group):
            yield path
            continue
        context = click.Context(found)
        for name in found.list_commands(context):
            below = found.get_command(context, name)
            assert below is not None
            waiting.append((f"{path} {name}".strip(), below))


def test_every_command_is_walked_or_prints_no_table() -> None:
    assert set(leaves()) == set(TABLES) | writing(), "one that reads stands in TABLES, and `filled` makes what it shows"


def test_the_values_are_as_long_as_they_may_be() -> None:
    assert len(LONG_NAME) == 59, "each party's has one more character"
    assert f"{LARGEST / 100:,.2f}" == LARGEST_SHOWN


def filled(desk: Desk, paper: Path) -> dict[str, str]:
    """Names of what there is, by kind, on a ledger that has something of each."""
    ids = {
        name: desk.json("auditor", "party", "show", name)["id"]
        for name in ("anchor", "supplier1", "supplier2", "bank1")
    }
    for last, name in zip("甲乙丙丁", ("anchor", "supplier1", "supplier2", "supplier3"), strict=True):
        sponsor = desk.json("auditor", "party", "show", name)["sponsor"]
        acting = "bank1" if sponsor == ids["bank1"] else "bank2"
        desk.json(acting, "party", "rename", name, "--name-zh", LONG_NAME + last)
    written_off(desk, paper)
    paid = bill_over(desk, FINGERPRINT, "supplier1", "anchor", 100_000)
    desk.json("bank1", "bill", "settle", paid, "--amount", "1000.00", "--reference", "A" * 60)
    bill = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", FACE, "--due", "+120d")["bill"]
    desk.json("anchor", "bill", "confirm", bill)
    token = desk.json("supplier1", "bill", "accept", bill)["token"]
    desk.json("supplier3", "bill", "guarantee", bill, "--until", "+300d", "--resolution", str(paper))
    joint = desk.json("anchor", "bill", "void", bill, "--reason", LONG_NAME)["joint"]
    split = desk.json(
        "supplier1", "token", "transfer", token, "--to", "supplier2:90,000,000,000,000.00", "--to", "supplier3:1.00"
    )
    taken = desk.json("supplier2", "token", "accept", split["tokens"][0]["id"])["token"]
    asked = desk.json(
        "supplier2", "finance", "request", taken, "--to", "bank1", "--to", "bank2", "--amount", "80,000,000,000,000.00"
    )
    for bank in ("bank1", "bank2"):
        desk.json(bank, "finance", "quote", asked["request"], "--rate", "3.85", "--no-recourse", "--valid-until", "+2d")
    desk.json("supplier2", "invoice", "dispute", FINGERPRINT, "--seller", "supplier1", "--document", str(paper))
    entry = entered(desk, paper)
    frozen = frozen_by_order(desk, paper)
    order = desk.json("bank1", "party", "suspend", "supplier3", "--document", str(paper), "--reason", LONG_NAME)[
        "order"
    ]
    desk.json("supplier1", "party", "encryption-key", "ab" * 32)
    desk.json("anchor", "party", "policy", "--rule", "bill.confirm:CNY:90,071,992,547,409.91")
    proposal = desk.json("bank1", "governance", "propose", "parameter", "open_offers", "900")["proposal"]
    labelled(desk, bill, paper)
    product = produced(desk, paper.parent)
    told = ("--secured", LARGEST_SHOWN, "--due", "+30d", "--contract", "L" * 64)
    pledge = desk.json("supplier2", "token", "pledge", asked["remainder"], "--to", "bank2", *told)["pledge"]
    desk.json("bank2", "pledge", "accept", pledge, "--registration", "Z" * 64)
    sold = offered_for_sale(desk)
    early = paid_early(desk)
    claimed = asked_back(desk, paper)
    transaction = sent(desk, "supplier1", "token.split", token=split["remainder"], amounts=[100])["transaction"]
    return {
        **ids, "bill": bill, "token": taken, "request": asked["request"], "paid": paid, "order": order,
        "proposal": proposal, "joint": joint, "product": product, "pledge": pledge, "sold": sold, "claimed": claimed,
        "early": early, **frozen, "entry": entry,
        "transaction": transaction,
        "file": str(desk.home.parent / "one.tx"),
    }  # fmt: skip


def entered(desk: Desk, paper: Path) -> str:
    """An invoice that two banks struck and one looked into, and a default to which the debtor objects: its entry."""
    told = ("--document", str(paper))
    bill = bill_over(desk, DOUBTFUL, "supplier1", "anchor", 100)
    token = desk.json("supplier1", "bill", "show", bill)["root_token"]
    request = desk.json("supplier1", "finance", "request", token, "--to", "bank1")["request"]
    said = desk.json("supplier2", "invoice", "dispute", DOUBTFUL, "--seller", "supplier1", *told)
    dispute = said["dispute"]
    desk.json("bank2", "invoice", "uphold", dispute)
    struck = desk.json("bank1", "order", "strike", dispute, *told)["entry"]
    desk.json("bank2", "entry", "ratify", struck)
    desk.json("bank1", "invoice", "examine", request, *told)
    entry = str(desk.json("bank1", "order", "default", "anchor", "--kind", "persistent", *told)["entry"])
    desk.json("bank2", "entry", "ratify", entry)
    desk.json("anchor", "entry", "object", entry, "--reason", LONG_NAME)
    return entry


def offered_for_sale(desk: Desk) -> str:
    """A token that a bank holds and offers to another bank."""
    _, token = bank_token(desk)
    desk.json("bank1", "token", "sell", token, "--to", "bank2", "--price", "98.00", "--recourse")
    return token


def paid_early(desk: Desk) -> str:
    """A token that its debtor has paid early at a discount."""
    _, token = accepted_bill(desk, "1.00")
    desk.json("supplier1", "token", "prepay", token, "--price", "0.99", "--by", "+20d")
    desk.json("anchor", "prepay", "agree", token)
    desk.json("bank1", "bill", "settle-prepaid", token, "--reference", "E" * 60)
    return token


def asked_back(desk: Desk, paper: Path) -> str:
    """A token that its holder asks whoever passed it on to take back."""
    _, token = accepted_bill(desk, "1.00")
    token = desk.json("supplier1", "token", "transfer", token, "--to", "supplier2:1.00")["tokens"][0]["id"]
    token = desk.json("supplier2", "token", "accept", token)["token"]
    told = ("--ground", "agreed", "--amount", LARGEST_SHOWN, "--document", str(paper))
    desk.json("supplier2", "token", "recourse", token, *told)
    return token


def frozen_by_order(desk: Desk, paper: Path) -> dict[str, str]:
    """An order with names as long as they may be, and the freeze that it made."""
    told = ("--debtor", "anchor", "--amount", "8999.99", "--due", "+120d")
    bill = desk.json("supplier3", "bill", "issue", *told)["bill"]
    desk.json("anchor", "bill", "confirm", bill)
    token = desk.json("supplier3", "bill", "accept", bill)["token"]
    said = ["--authority", LONG_NAME, "--number", "N" * 64, "--document", str(paper), "--days", "90"]
    entered = desk.json("bank1", "order", "freeze", f"{token}:0.01", *said)
    return {"court_order": entered["order"], "freeze": entered["freezes"][0]}


def labelled(desk: Desk, bill: str, paper: Path) -> None:
    """A label of a bill, with names as long as they may be."""
    name = LONG_NAME + "绿色金融"
    for scheme, attestors in ((name, ["bank2", "anchor", "supplier1"]), ("green", ["bank1"])):
        proposal = desk.json("bank1", "governance", "propose", "label-scheme", scheme, *attestors)["proposal"]
        desk.json("bank1", "governance", "vote", proposal, "yes")
    said = ["--grade", "W" * 64, "--document", str(paper), "--until", "+30d"]
    desk.json("bank2", "label", "attest", bill, "--scheme", name, *said)


def written_off(desk: Desk, paper: Path) -> None:
    """A token of an overdue bill, written off; its guarantor was asked to pay."""
    told = ("--debtor", "anchor", "--amount", "0.01", "--due", "+1d")
    bill = desk.json("supplier1", "bill", "issue", *told)["bill"]
    desk.json("anchor", "bill", "confirm", bill)
    token = desk.json("supplier1", "bill", "accept", bill)["token"]
    desk.json("supplier3", "bill", "guarantee", bill, "--until", "+180d", "--resolution", str(paper))
    desk.text("localnet", "clock", "--advance", "5d")
    desk.json("supplier1", "token", "write-off", token, "--document", str(paper))
    desk.json("supplier1", "bill", "demand", bill, "--guarantor", "supplier3")


def produced(desk: Desk, folder: Path) -> str:
    """A product with an event, its name as long as it may be; its id."""
    named = {"name": LONG_NAME * 3, "most_value": LARGEST_SHOWN, "most_a_day": LARGEST_SHOWN}
    file = product_file(folder / "product.json", attestor(desk), ["supplier2"], **named)
    product = str(desk.json("anchor", "product", "register", file)["product"])
    desk.json("supplier2", "product", "agree", product)
    event = event_file(folder / "event.json", product, "today", order="O" * 64, serial="V" * 64, value="10.00")
    desk.text("product", "attest", event, "--key", "gate")
    desk.json("anchor", "product", "event", event)
    return product


def nameless(home: Path) -> None:
    """From here on this home has no names of its own: parties are called as they are registered."""
    path = home / "network.json"
    known = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**known, "names": {}}), encoding="utf-8")


def test_use_10_every_table_fits_every_screen(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text("why\n", encoding="utf-8")
    known = filled(desk, paper)
    nameless(desk.home)
    long = [*(value for name, value in known.items() if name != "file"), LARGEST_SHOWN, FACE, FINGERPRINT]
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    seen = set()
    for path, words in TABLES.items():
        for language in ("en", "zh"):
            for width in WIDTHS:
                monkeypatch.setenv("COLUMNS", str(width))
                line = [*path.split(), *(word.format(**known) for word in words)]
                desk.text("--lang", language, "--as", "supplier1", "--no-color", *line, expect=path == "doctor")
                lines = desk.out.splitlines()
                where = f"{' '.join(line)} ({language}, {width})\n{desk.out}"
                assert lines or desk.err, where
                wide = [one for one in lines if cell_len(one) > width and not re.search(r"[/\\]\S{60}", one)]
                assert not wide, where
                for value in long:
                    left = [one for one in lines if value[:16] in one.replace(value, "")]
                    assert not left, f"{value} is broken or cut: {where}"
                if any("…" in one for one in lines):
                    assert "-o wide" in desk.err, where
                seen |= {value for value in (FACE, LARGEST_SHOWN, LONG_NAME[:10]) if value in desk.out}
    assert seen == {FACE, LARGEST_SHOWN, LONG_NAME[:10]}
