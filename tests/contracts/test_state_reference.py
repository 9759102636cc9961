"""docs/reference/state.md names every table and every field that the contracts write, and only real ones."""

from __future__ import annotations

import re
from pathlib import Path

from chainbill_contracts import NAMES, source
from chainbill_contracts.declared_rows import rows
from contracts.claiming import agreed, bought_back
from contracts.entering import enter_default, examine, in_default, struck
from contracts.freezing import enter, frozen, refused_by
from contracts.guaranteeing import GUARANTOR, demand, guarantee
from contracts.joint_words import I1, dilute, off, on
from contracts.labels import attest, scheme
from contracts.pledging import offer_pledge, pledge, told
from contracts.prepaying import agreed as agreed_early
from contracts.prepaying import bill_of, prepay
from contracts.products import PARTS, active, report
from contracts.refusals_governance import candidate, deploy, propose, vote
from contracts.refusals_party import recover
from contracts.sealing import agree_arguments, give_key, seal
from contracts.selling import held, sell, sold
from contracts.world import (
    ANCHOR,
    BANK1,
    BANK2,
    BANK3,
    BANK4,
    MEMBERS,
    S1,
    S2,
    S3,
    S4,
    World,
    accepted_bill,
    administer,
    as_admins,
    as_two,
    ask,
    bid,
    decide_by_vote,
    disburse,
    finance,
    issue,
    key_of,
    member,
    name_successor,
    offer,
    order,
    pay,
    settle,
    uscc,
)
from contracts.writing_off import write_off

from chainbill.ledger import core_rows

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
TEXT, CHINESE = ((REFERENCE / name).read_text(encoding="utf-8") for name in ("state.md", "state.zh.md"))


def sections() -> dict[str, str]:
    """The text about each table, from its bold name to the next one."""
    parts = re.split(r"\*\*(\w+/\w+)\*\*", TEXT)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def agree_to_sealed(world: World) -> None:
    """A sealed quote that its holder agreed to and its bank cancelled, so that it has all that a quote can have."""
    give_key(world)
    quote, sealed = seal(world, ask(world, accepted_bill(world)[1], BANK2, amount=1)["request"], BANK2)
    world.call(S1, "finance", "agree_sealed", **agree_arguments(quote, sealed))
    world.call(BANK2, "finance", "cancel", quote=quote, reason="no money")


def paid_while_agreed(world: World) -> None:
    """The debtor pays one token of an agreed financing whose bank has paid before, and one whose bank has not."""
    for face in (1_000, 2_000):
        bill, token = accepted_bill(world, face=face)
        asked = ask(world, token, BANK2, amount=face)["request"]
        quote = bid(world, asked, BANK2, disburse_by=world.plus(20))["quote"]
        world.call(S1, "finance", "agree", quote=quote)
        before = world.today
        world.day(world.plus(1))
        settle(world, bill, face)
        if face == 1_000:
            disburse(world, BANK2, quote, value_date=before)


def busy_world(world: World | None = None) -> World:
    """A network in which every table has a row. world: one with auditor uscc(70), and GUARANTOR, beside MEMBERS."""
    world = world or World(members=[*MEMBERS, member(uscc(70), "auditor"), member(GUARANTOR, "guarantor")])
    as_two(world, ANCHOR, "audit", "grant", auditor=uscc(70), scope="all", first_day=world.today, last_day="")
    paid_while_agreed(world)
    accepted_bill(world, invoices=[{"fingerprint": "1" * 64, "amount": 100_000_000, "total": 100_000_000}])
    world.call(S2, "invoice", "dispute", fingerprint="1" * 64, seller=S1, document="d" * 64)
    bill, token = accepted_bill(world, reference="PO-1")
    second, rest = pay(world, token, S2, 40_000_000)
    finance(world, second, BANK1, 10_000_000)
    offer(world, rest, (S2, 10_000_000))
    asked = ask(world, world.leaves(bill)[-1]["id"], BANK2, amount=5_000_000)
    bid(world, asked["request"], BANK2)
    settle(world, bill, 1_000_000, partial=True)
    vote(world, deploy(world), BANK1, BANK2, BANK3)
    world.call(BANK1, "governance", "store_source", source="a draft")
    for name, value in (("gas_block", 50_000_000), ("gas_get", 31)):
        rules = propose(world, "rules", changes={name: value}, currencies={}, python=[], active_height=900)
    vote(world, rules, BANK1, BANK2, BANK3)
    for version in (2, 3):
        protocol = propose(world, "protocol", version=version, digest="ab" * 32, active_height=900)
    vote(world, protocol, BANK1, BANK2, BANK3)
    candidate(world)
    world.call(BANK1, "governance", "ready")
    propose(world, "calendar", year=2026, holidays=[], workdays=[])
    vote(world, propose(world, "calendar", year=2027, holidays=[], workdays=[]), BANK1, BANK2, BANK3)
    world.call(BANK1, "governance", "advance_clock", milliseconds=1, to_ms=0)
    world.gap_ms = 7_200_001
    world.day(world.plus(10))
    late_bill, overdue = accepted_bill(world, face=1_000, due_on=world.plus(1))
    guarantee(world, late_bill, until=world.plus(200))
    world.day(world.plus(10))
    write_off(world, overdue)
    demand(world, late_bill, overdue)
    administer(world, S4)
    late = accepted_bill(world, due_on=world.plus(30))
    world.call(S1, "finance", "request", token=late[1], banks=[BANK1], amount=100_000_000)
    request = next(key[0] for key, row in world.rows("finance", "request") if row["status"] == "open")
    quote = bid(world, request, BANK1)["quote"]
    world.call(S1, "finance", "agree", quote=quote)
    disburse(world, BANK1, quote)
    offer(world, accepted_bill(world)[1], (S2, 10_000_000))
    bid(world, ask(world, accepted_bill(world)[1], BANK2, amount=1)["request"], BANK2)
    agree_to_sealed(world)
    world.call(ANCHOR, "bill", "ask_void", bill=accepted_bill(world)[0], reason="")
    dilute(world, *accepted_bill(world, **on(("3" * 64, 600, 600))), 100, parts=off(("3" * 64, 100)))
    doubted = ask(world, accepted_bill(world, **on((I1, 600, 600)))[1], BANK1, amount=600)["request"]
    struck(world)
    examine(world, doubted)
    in_default(world)
    order(world, S3, "suspended")
    issue(world)
    account = {"currency": "CNY", "bank": BANK2, "alg": "sha256", "digest_hex": "cd" * 32}
    world.send(S1, ("account", "announce", account), keys=[key_of(S1), key_of(S1, 1)])
    as_admins(world, S1, "set_encryption_key", key="")
    decide_by_vote(world, "identifier", scheme="uscc", value=uscc(99), party=uscc(99))
    recover(world)
    report(world, active(world, PARTS[:1]))
    scheme(world)
    attest(world, accepted_bill(world)[0])
    offer_pledge(world, accepted_bill(world, face=1_000)[1])
    pledge(world, accepted_bill(world, face=1_000)[1], secured=300)
    paid, taken = accepted_bill(world, face=1_000)
    frozen(world, taken, 300)
    settle(world, paid, 500, partial=True)
    frozen(world, accepted_bill(world, face=1_000)[1], 300)
    entered = enter(world, "freeze", {"token": accepted_bill(world, face=1_000)[1], "amount": 300})
    refused_by(world, entered["order"], BANK2, BANK3)
    enter(world, "freeze", {"token": accepted_bill(world, face=1_000)[1], "amount": 300})
    back, returned = accepted_bill(world, face=1_000)
    settle(world, back, 1_000)
    told(world, back, returned, "returned", "BACK")
    gone, paid = accepted_bill(world, face=1_000)
    settle(world, gone, 1_000)
    told(world, gone, paid, "paid", "OUT")
    enter_default(world, S1)
    sell(world, held(world)[1])
    sold(world, held(world)[1])
    agreed_early(world, bill_of(world, 1_000)[1], price=900, pay_by=world.plus(5))
    early = bill_of(world, 1_000)[1]
    agreed_early(world, early, price=900, pay_by=world.plus(5))
    prepay(world, early)
    mine = sold(world, held(world)[1])
    agreed(world, mine, ground="agreed")
    bought_back(world, mine, by=BANK2)
    name_successor(world, BANK4, BANK3)
    as_two(world, BANK2, "succession", "accept", bank=BANK3)
    return world


def test_every_table_is_in_the_reference() -> None:
    declared = {f"{name}/{table}" for name in NAMES for table in re.findall(r'own_table\("(\w+)"\)', source(name))}
    keys = Path(core_rows.__file__).read_text(encoding="utf-8")
    core = {f"core/{table}" for table in re.findall(r'\(CORE, "(\w\w+)"', keys)}  # "t" is no table
    assert len(core) > 8
    wanted = "a table has its heading in bold in state.md and state.zh.md, with the marks of its fields"
    assert declared | core == set(sections()), wanted


def test_what_is_declared_is_made_in_both_languages() -> None:
    """A heading that a hand forgot in one language: the generator fills the marks that are there."""
    wanted = [f"fields: {place}" for place in rows()] + [
        f"steps: {place}" for place, row in rows().items() if row.steps
    ]
    for text in (TEXT, CHINESE):
        assert sorted(re.findall(r"<!-- ((?:fields|steps): \w+/\w+) -->", text)) == sorted(wanted)


def test_every_field_is_in_the_reference() -> None:
    world = busy_world()
    seen = set()
    for place, text in sections().items():
        contract, table = place.split("/")
        for _, row in world.rows(contract, table):
            seen.add(place)
            for name in row if isinstance(row, dict) else ():
                assert re.search(rf"[`\"]{name}[`\"]", text), f"{place}: {name}"
    of_the_ledger = {f"core/{table}" for table in ("clock", "evidence", "migration", "program", "receipts", "seed")}
    assert set(sections()) - seen == {"settlement/step"} | of_the_ledger, "what contracts alone cannot write"


def test_every_parameter_is_in_the_reference() -> None:
    printed = re.findall(r"^\| `(\w+)` \| `?([\w,]+)`? \|", sections()["governance/parameter"], re.MULTILINE)
    world = World()
    stored = {key[0]: row["value"] for key, row in world.rows("governance", "parameter")}
    assert {name: value.replace(",", "") for name, value in printed} == {one: str(it) for one, it in stored.items()}


def test_every_member_of_a_declared_row_is_declared_and_every_other_way_round() -> None:
    world = busy_world()
    for place, declared in rows().items():
        found = [row for _, row in world.rows(*place.split("/"))]
        assert found, f"{place}: busy_world makes a row of each table; days that pass stand at its beginning"
        for row in found:
            assert set(row) <= set(declared.stored), place
            assert "status" not in row or row["status"] in declared.words, place
        assert set().union(*found) == set(declared.stored), place


def test_an_act_of_a_step_is_one_of_the_contracts() -> None:
    for place, declared in rows().items():
        for contract, function in (act.split(".") for step in declared.steps for act in step.acts):
            assert re.search(rf"^@call\ndef {function}\(", source(contract), re.MULTILINE), (place, contract, function)
