"""What people do on the real ledger while everything around them breaks; each story is a generator of acts."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, NamedTuple

from chainbill_node.setup.seat import signed_seat
from ledger.real_network import ANCHOR, BANKS, S1, S2, S3, RealNetwork
from sim.checkers import ViolationError
from writes import account_at

from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Transaction, decode_transaction

if TYPE_CHECKING:
    from sim.real import RealWorld

LOOK_MS = 100
HOUR_MS = 3_600_000


class Act(NamedTuple):
    """One call. `refused`: with this reason, or "" for an act that must go through, "?" for whatever comes."""

    party: str
    contract: str
    function: str
    arguments: dict[str, Any]
    refused: str = ""


Telling = Generator[Act, Any, None]


class Client:
    """Acts, waits until the act is in a block, and acts again with what it gave."""

    def __init__(self, world: RealWorld, story: Telling, wallet: RealNetwork) -> None:
        self.world = world
        self.done = False
        self._story = story
        self._wallet = wallet
        self._act: Act | None = None
        self._waits_for: Transaction | None = None

    def go_on(self, result: Any = None) -> None:
        """The next act of the story."""
        try:
            self._act = self._story.send(result)
        except StopIteration:
            self.done = True
            return
        self._hand_in()

    def _hand_in(self) -> None:
        if self._act is not None:
            self._wallet.time_ms = self.world.reference.time_ms
            wire = self._wallet.wire(self._act.party, self._act[1:4])
            self._waits_for = decode_transaction(wire)
            self.world.tell("--", f"a client calls {self._act.contract}.{self._act.function}")
            self.world.submit(wire)
            self.world.at(LOOK_MS, self._look)

    def _look(self) -> None:
        """Is it in a block of any node? One that has become too old without is made again."""
        waits_for = self._waits_for
        if waits_for is None or self._act is None:
            return
        receipt = self.world.reference.receipts.get(waits_for.id)
        if receipt is None and waits_for.valid_until_ms < self.world.reference.time_ms:
            self._hand_in()
        elif receipt is None:
            self.world.at(LOOK_MS, self._look)
        else:
            self._judge(receipt, self._act)

    def _judge(self, receipt: Receipt, act: Act) -> None:
        expected = receipt.ok if not act.refused else act.refused in ("?", receipt.reason)
        if not expected:
            what = f"{act.contract}.{act.function}"
            raise ViolationError("story", f"{what}: {receipt.status} {receipt.reason} {receipt.details}")
        self.go_on(receipt.results[0] if receipt.ok else None)


def _issue(face: int, invoices: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "debtor": ANCHOR, "creditor": S1, "face": face, "currency": "CNY", "due_on": "2026-08-31",
        "invoices": invoices or [], "contract_no": "C-1", "delivered_on": "2026-02-01", "terms": {}, "reference": "",
    }  # fmt: skip


def bill(world: RealWorld, face: int, *parts: int) -> Telling:
    """Issue, confirm, accept; then pay on in parts, tier by tier; a third payment is refused."""
    made = (yield Act(S1, "bill", "issue", _issue(face)))["bill"]
    yield Act(ANCHOR, "bill", "confirm", {"bill": made})
    token = (yield Act(S1, "bill", "accept", {"bill": made}))["token"]
    for number, part in enumerate(parts):
        recipients = [{"party": S2, "amount": part}]
        paid = yield Act(S1, "token", "transfer", {"tokens": [token], "recipients": recipients})
        token = paid["remainder"]
        if number == 2:
            yield Act(S2, "token", "reject", {"token": paid["tokens"][0], "reason": "not ours"})
            return
        held = (yield Act(S2, "token", "accept", {"token": paid["tokens"][0]}))["token"]
        onward = {"tokens": [held], "recipients": [{"party": S3, "amount": max(1, part // 2)}]}
        passed = yield Act(S2, "token", "transfer", onward)
        yield Act(S3, "token", "accept", {"token": passed["tokens"][0]})


def invoice(world: RealWorld, total: int, first: int) -> Telling:
    """Two bills over one invoice: what is left of it is not enough for the second one."""
    mark = f"{total:064x}"
    made = []
    for amount in (first, total - first + 1):
        parts = [{"fingerprint": mark, "amount": amount, "total": total}]
        made.append((yield Act(S1, "bill", "issue", _issue(amount, parts)))["bill"])
    yield Act(ANCHOR, "bill", "confirm", {"bill": made[0]})
    yield Act(ANCHOR, "bill", "confirm", {"bill": made[1]}, "invoice_occupied")
    yield Act(S1, "bill", "accept", {"bill": made[0]})


def settlement(world: RealWorld, face: int, part: int) -> Telling:
    """The debtor's bank pays; the same receipt again changes nothing, another one for the same bill is refused."""
    made = (yield Act(S1, "bill", "issue", _issue(face)))["bill"]
    yield Act(ANCHOR, "bill", "confirm", {"bill": made})
    token = (yield Act(S1, "bill", "accept", {"bill": made}))["token"]
    recipients = [{"party": S2, "amount": part}]
    paid = yield Act(S1, "token", "transfer", {"tokens": [token], "recipients": recipients})
    yield Act(S2, "token", "accept", {"token": paid["tokens"][0]})
    money = {"bill": made, "amount": face, "reference": made, "value_date": world.today, "partial": False}
    yield Act(BANKS[0], "settlement", "settle", money)
    yield Act(BANKS[0], "settlement", "settle", money)
    yield Act(BANKS[0], "settlement", "settle", {**money, "reference": made + "-2"}, "bill_not_payable")


def advance(world: RealWorld, steps: int, hours: int) -> Telling:
    """The network's adjustable clock moves, in steps, with a change of state after each."""
    for step in range(steps):
        yield Act(BANKS[0], "governance", "advance_clock", {"milliseconds": hours * HOUR_MS, "to_ms": 0})
        yield _another_bank(step)


def _another_bank(number: int) -> Act:
    """A row is written over."""
    return Act(S3, *account_at(BANKS[number % 4]))


def changes(world: RealWorld, count: int) -> Telling:
    """One row is written over and over."""
    for number in range(count):
        yield _another_bank(number)


def again(world: RealWorld, count: int) -> Telling:
    """A stranger hands in transactions again that are in blocks already."""
    for number in range(count):
        yield _another_bank(number)
        for wire in world.outstanding:
            for node in world.nodes.values():
                node.submit(wire)


def member(world: RealWorld, number: int) -> Telling:
    """A node is let in as an observer, follows, says that it is ready, and is voted in."""
    content = signed_seat(world.keys[number], world.ledger_genesis.hash, BANKS[0], f"new{number}", "")
    yield from _decide("observer_add", content)
    while world.nodes[f"n{number}"].height < world.reference.height - 2:
        yield _another_bank(0)
        yield _another_bank(1)
    yield Act(BANKS[0], "governance", "ready", {})
    yield from _decide("validator_add", content)


def _decide(kind: str, content: dict[str, Any]) -> Telling:
    """A proposal and votes until it acts: too few may be seen to be up at first."""
    proposal = (yield Act(BANKS[0], "governance", "propose", {"kind": kind, "content": content}))["proposal"]
    for bank in BANKS[:2]:
        yield Act(bank, "governance", "vote", {"proposal": proposal, "choice": "yes"})
    for number in range(60):
        voted = yield Act(BANKS[2], "governance", "vote", {"proposal": proposal, "choice": "yes"}, "?")
        if voted is not None and voted["status"] == "accepted":
            return
        yield _another_bank(number)
        if number % 5 == 4 and kind == "validator_add":
            yield Act(BANKS[0], "governance", "ready", {})
    raise ViolationError("story", f"{kind} does not come into effect")


STORIES: dict[str, Callable[..., Telling]] = {
    told.__name__: told for told in (bill, invoice, settlement, advance, changes, again, member)
}
