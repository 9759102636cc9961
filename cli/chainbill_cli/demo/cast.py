"""Who takes part in the demo: the invoice's own parties, two more tiers, one that refuses, and the banks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from chainbill.dates import add_days, weekday
from chainbill.ids import make_test_uscc, valid_lei, valid_uscc
from chainbill_cli.failure import Exit, fail
from chainbill_cli.invoice import Invoice, Trader, parse_invoice, read_invoice
from chainbill_cli.texts import enumerated

if TYPE_CHECKING:
    from chainbill_node.setup.plan import PartyPlan

DAYS_WHEN_NONE = 90
WEEKEND = (6, 7)
LEAST_FACE = 100
"""Minor units: below this there is nothing to share out among three tiers."""

BANKS = (
    ("海晏银行", "Haiyan Bank"), ("河清银行", "Heqing Bank"), ("岁和银行", "Suihe Bank"), ("时丰银行", "Shifeng Bank"),
)  # fmt: skip
SUPPLIERS = (
    ("supplier2", "恒泰铸造（示例）有限公司", "Hengtai Castings (example)"),
    ("supplier3", "蓝田粉末（示例）有限公司", "Lantian Powders (example)"),
    ("supplier4", "启明包装（示例）有限公司", "Qiming Packaging (example)"),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """The invoice, and the due date that the bill gets: `due_said` when it is the invoice's own."""

    invoice: Invoice
    due_on: str
    due_said: bool


def scene_of(file: str) -> Scene:
    """The scene of an invoice file; "" takes the bundled example."""
    if file:
        invoice = read_invoice(Path(file))
    else:
        content = files("chainbill_cli.demo").joinpath("examples", "einvoice.xml").read_bytes()
        invoice = parse_invoice(content, "einvoice.xml")
    if invoice.payable_minor < LEAST_FACE:
        raise fail(Exit.FAILED, "demo.too_small", path=file)
    if len(invoice.due_dates) > 1:
        raise fail(Exit.FAILED, "demo.several_due", path=file, dates=enumerated(invoice.due_dates))
    named = "".join(invoice.due_dates)
    said = bool(named) and leaves_a_business_day(invoice.issued_on, named)
    due_on = named if said else add_days(invoice.issued_on, DAYS_WHEN_NONE)
    return Scene(invoice, due_on, said)


def leaves_a_business_day(issued_on: str, due_on: str) -> bool:
    """Whether the story, told on the day of issue, ends by the business day before payment: offers stand no longer."""
    if due_on <= issued_on:
        return False
    last_offer_on = add_days(due_on, -1)
    while weekday(last_offer_on) in WEEKEND:
        last_offer_on = add_days(last_offer_on, -1)
    return last_offer_on >= issued_on


def party_id_of(trader: Trader) -> str:
    """The trader's own USCC or LEI, else a test USCC derived from its name."""
    for identifier in trader.identifiers:
        if valid_uscc(identifier.value) or valid_lei(identifier.value):
            return identifier.value
    return test_uscc(trader.name)


def test_uscc(name: str) -> str:
    """A well-formed USCC that is nobody's, always the same for a name."""
    return make_test_uscc(hashlib.sha256(name.encode()).digest())


def cast_of(invoice: Invoice, validators: int) -> tuple[PartyPlan, ...]:
    """Everyone: banks first, then anchor (the buyer), supplier1 (the seller), the lower tiers, and an auditor."""
    banks = [_bank(number) for number in range(1, max(3, validators) + 1)]
    traders = [
        _trader("anchor", invoice.buyer, ("anchor",), "bank1", invoice.currency),
        _trader("supplier1", invoice.seller, ("supplier",), "bank1", invoice.currency),
    ]
    lower = [
        _supplier(alias, zh, en, f"bank{2 + number % 2}", invoice.currency)
        for number, (alias, zh, en) in enumerate(SUPPLIERS)
    ]
    others = [
        _plan("regulator", "监管机构", "Regulator", ("regulator",)),
        _plan("auditor", "会计师事务所", "Auditor", ("auditor",)),
    ]
    return (*banks, *traders, *lower, *others)


def _bank(number: int) -> PartyPlan:
    zh, en = BANKS[number - 1] if number <= len(BANKS) else (f"第{number}银行", f"Bank {number}")
    return _plan(f"bank{number}", zh, en, ("bank",))


def _supplier(alias: str, zh: str, en: str, bank: str, currency: str) -> PartyPlan:
    return _plan(alias, zh, en, ("supplier",), bank=bank, currency=currency)


def _trader(alias: str, trader: Trader, roles: tuple[str, ...], bank: str, currency: str) -> PartyPlan:
    party = party_id_of(trader)
    further = tuple((one.scheme, one.value) for one in trader.identifiers if one.value != party)
    return _plan(alias, trader.name, trader.name, roles, bank=bank, currency=currency, party=party, further=further)


def _plan(
    alias: str,
    zh: str,
    en: str,
    roles: tuple[str, ...],
    *,
    bank: str = "",
    currency: str = "",
    party: str = "",
    further: tuple[tuple[str, str], ...] = (),
) -> PartyPlan:
    from chainbill_node.setup.local import account_for, may_ask_for_quotes
    from chainbill_node.setup.plan import PartyPlan

    from chainbill.crypto.keys import PrivateKey
    from chainbill.crypto.sealing import EncryptionKey

    return PartyPlan(
        alias=alias,
        party=party or test_uscc(zh),
        name_zh=zh,
        name_en=en,
        roles=roles,
        key=PrivateKey.generate(),
        encryption_key=EncryptionKey.generate() if may_ask_for_quotes(roles) else None,
        checker=PrivateKey.generate(),
        identifiers=further,
        sponsor=bank,
        paying_bank=bank if "anchor" in roles else "",
        accounts=(account_for(alias, bank, currency),) if currency else (),
    )
