"""Attacks by weight: what some make large or many must not keep a step that all need from fitting into one run.

A run has gas, memory, writes and events. Whatever one step takes of other people's rows, as many as it takes at most
and as large as they may be, must fit: else whoever made them stops it for all.
"""

from __future__ import annotations

from typing import Any

import pytest
from contracts.freezing import frozen
from contracts.pledging import offer_pledge, pledge
from contracts.products import active, report
from contracts.world import (
    BANK1,
    BANK2,
    BANKS,
    MEMBERS,
    S1,
    S2,
    World,
    accepted_bill,
    an_account,
    ask,
    bid,
    decide_by_vote,
    disburse,
    issue,
    member,
    offer,
    order,
    ratify,
    settle,
    uscc,
)

from chainbill.ledger.rules import STANDARD_RULES
from chainbill.limits import MAX_AMOUNT
from chainbill.vm.context import Context
from chainbill.vm.machine import Machine, Meter

OTHER_BANKS = tuple(uscc(300 + number) for number in range(16))
TWENTY_BANKS = (*BANKS, *OTHER_BANKS)  # as many as one request names
MOST_QUOTES = 10  # of one bank for one request
LEAVES, LEAVES_IN_PART = 1_500, 750  # free ones in a step of a settlement
BOUNDS = STANDARD_RULES.run.bounds
RUN = {
    "gas": BOUNDS.gas_transaction,
    "allocated": BOUNDS.run_allocation,
    "writes": BOUNDS.run_writes,
    "events": BOUNDS.run_events,
}
"""What a run may use."""


class Weighed(World):
    """A world of twenty banks on the machine; it keeps what the last run used."""

    used: dict[str, int]

    def __init__(self, **fields: Any) -> None:
        banks = [member(bank, "bank", accounts=[an_account("CNY", bank)]) for bank in OTHER_BANKS]
        super().__init__("machine", members=[*MEMBERS[:4], *banks, *MEMBERS[4:]], **fields)

    def _run(self, context: Context, calls: list[tuple[str, str, dict[str, Any], str]], seed: bytes) -> Any:
        meter = Meter(STANDARD_RULES.block.gas_day_item if calls[0][3] == "each_day" else self.gas)
        machine = Machine(self._program, self.overlay, context, meter, seed)
        values = [machine.run(name, function, arguments, kind=kind) for name, function, arguments, kind in calls]
        self.used = {"gas": meter.used, "allocated": meter.allocated, "writes": meter.writes, "events": meter.events}
        return values, [tuple(event) for event in machine.events]


# --- settlement -------------------------------------------------------------------------------------------------------
def pieces_of(world: World, token: str, count: int) -> list[str]:
    """Cut so many pieces of two cents off a token of S1."""
    pieces: list[str] = []
    while len(pieces) < count:
        here = min(99, count - len(pieces))
        made = world.call(S1, "token", "split", token=token, amounts=[2] * here)["tokens"]
        pieces, token = pieces + made[:here], made[-1]
    return pieces


def requested(world: World, token: str, banks: tuple[str, ...], quotes: int) -> str:
    """Ask banks for a token; each quotes so often. The last quote of the last bank."""
    request = ask(world, token, *banks, amount=2)["request"]
    return str([bid(world, request, bank, rate=0) for bank in banks for _ in range(quotes)][-1]["quote"])


def financed(world: World, token: str, banks: tuple[str, ...], quotes: int) -> None:
    """The last of these banks, each of which quoted so often, finances a token."""
    quote = requested(world, token, banks, quotes)
    world.call(S1, "finance", "agree", quote=quote)
    disburse(world, banks[-1], quote)


def test_a_bill_of_which_a_bank_has_financed_many_pieces_is_settled() -> None:
    """attack: a supplier cuts its token, and one bank finances each piece by itself. To write all those financings down
    as repaid took more memory than a run has: the debtor's bank could report its money for nobody who held a cent."""
    world = Weighed()
    bill, token = accepted_bill(world, face=2 * 1_300 + 2)
    for piece in pieces_of(world, token, 1_300):
        financed(world, piece, (BANK2,), 1)
    done = settle(world, bill, 2 * 1_300 + 2)
    steps = 1
    while not done["complete"]:
        done = world.call(BANK1, "settlement", "proceed", bill=bill)
        steps += 1
    assert (done["outstanding"], world.bill(bill)["status"], steps) == (0, "settled", 5)


@pytest.mark.parametrize("partial", [False, True])
@pytest.mark.parametrize(
    ("kind", "quotes", "work"),
    [
        ("free", 0, 1),
        ("offered", 0, 2),
        ("financed", 1, 5),
        ("financed", MOST_QUOTES, 5),
        ("financed and for sale", 1, 6),
        ("pledged", 0, 5),
        ("offered in pledge", 0, 5),
        ("frozen", 1, 5),
        ("frozen", 20, 24),
        ("pledged and frozen", 20, 25),
        ("requested", 1, 2 + 20),
        ("requested", MOST_QUOTES, 2 + 200),
    ],
)
def test_a_step_of_a_settlement_fits_into_a_run(kind: str, quotes: int, work: int, partial: bool) -> None:
    """Of each kind of leaf as many as one step takes, as heavy as they may be, for an insolvent holder."""
    count = 4 if quotes > 1 else 40
    world = Weighed()
    bill, token = accepted_bill(world, face=2 * count + 2, contract_no="\U00020000" * 200)
    for piece in pieces_of(world, token, count):
        if kind == "offered":
            offer(world, piece, (S2, 2))
        elif kind == "requested":
            requested(world, piece, TWENTY_BANKS, quotes)
        elif kind.startswith("financed"):
            financed(world, piece, TWENTY_BANKS, quotes)
        elif kind == "pledged":  # to two payees each
            pledge(world, piece, secured=1, contract_no="\U00020000" * 64)
        elif kind in ("frozen", "pledged and frozen"):  # behind so many freezes
            if kind != "frozen":
                pledge(world, piece, secured=1, contract_no="\U00020000" * 64)
            for _ in range(quotes):
                frozen(world, piece, 2)
        elif kind == "offered in pledge":
            offer_pledge(world, piece, contract_no="\U00020000" * 64)
    if kind != "requested":
        ratify(world, order(world, S1, "insolvent"))
    settle(world, bill, count if partial else 2 * count + 2, partial=partial)
    leaves = -(-(LEAVES_IN_PART if partial else LEAVES) // work)
    for name, most in RUN.items():
        assert world.used[name] * leaves <= most * (count + 1), (name, world.used[name] / count * leaves, most)


# --- a year of the calendar -------------------------------------------------------------------------------------------
HOLIDAYS = [f"2027-02-{day:02d}" for day in range(1, 21)] + [
    f"2027-{month:02d}-{day:02d}" for month in range(3, 13) for day in range(11, 22)
]
WORKDAYS = [
    "2027-01-02", "2027-01-03", "2027-01-09", "2027-01-10", "2027-01-16", "2027-01-17", "2027-01-23", "2027-01-24",
    "2027-01-30", "2027-01-31", "2027-03-06", "2027-03-07", "2027-03-27", "2027-03-28", "2027-04-03", "2027-04-04",
    "2027-04-24", "2027-04-25", "2027-05-01", "2027-05-02",
]  # fmt: skip


@pytest.mark.parametrize("grace", [0, 3, 30])
def test_drafts_of_a_supplier_do_not_keep_a_year_from_being_decided(grace: int) -> None:
    """attack: a supplier issues drafts that name as many invoices as they may, due in the year on whose holidays a vote
    is open. To compute the days of payment of the first hundred again took more memory than a run has, in the deciding
    vote and on each day that went on; with the longest grace, bills without any invoice were enough."""
    world = Weighed(parameters={"grace_business_days": grace})
    heavy = {"face": 100 * (MAX_AMOUNT // 100), "due_on": "2027-02-01", "contract_no": "\U00020000" * 200}
    for draft in range(101):
        numbers = range(100 * draft, 100 * draft + 100)
        part = {"amount": MAX_AMOUNT // 100, "total": MAX_AMOUNT}
        issue(
            world,
            invoices=[{"fingerprint": f"{number:064x}", **part} for number in numbers],
            delivered_on=world.today,
            **heavy,
        )
    assert len(HOLIDAYS) + len(WORKDAYS) == 150  # as many special days as a year may have
    decide_by_vote(world, "calendar", {"year": 2027, "holidays": HOLIDAYS, "workdays": WORKDAYS})
    assert world.used["gas"] <= STANDARD_RULES.block.gas_day_item * 3 // 4
    assert world.used["allocated"] <= BOUNDS.run_allocation // 2
    world.day(world.plus(1))
    assert world.rows("bill", "provisional") == []
    assert {row["pay_on"] for _, row in world.rows("bill", "bill")} == {"2027-02-22"}


# --- an event of production -------------------------------------------------------------------------------------------
SUPPLIERS = tuple(uscc(1_000 + number) for number in range(100))  # as many as a product has parts


class WeighedEvents(Weighed):
    """A world on the machine in which there are so many suppliers, and a bill has as long to go as it may."""

    def __init__(self) -> None:
        parameters = {"grace_business_days": 30, "pending_days": 30}
        World.__init__(
            self, "machine", parameters=parameters, members=[*MEMBERS, *(member(one, "supplier") for one in SUPPLIERS)]
        )


def test_an_event_of_as_many_parts_as_there_may_be_fits_into_a_transaction_however_many_came_before() -> None:
    """attack: parts that make a product's events too heavy to be reported, or events that make the next ones dearer."""
    world = WeighedEvents()
    wide = "\U00020000"
    parts = [{"part": wide * 20, "supplier": one, "share": 10_000} for one in SUPPLIERS]
    product = active(world, parts, name=wide * 200, due_days=366)
    used = []
    for number in range(5):
        report(world, product, f"{number:064}", 5_000_000, order=wide * 64)
        used.append(world.used)
    assert len(world.rows("bill", "bill")) == 500
    for name, most in RUN.items():
        assert max(one[name] for one in used) <= most // 2, (name, used[0])
        assert used[-1][name] * 1_000 <= used[1][name] * 1_001, (name, used)
