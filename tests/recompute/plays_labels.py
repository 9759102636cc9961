"""What a history may try beside its other acts: labels of bills, from a chance of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from recompute.chain import BANKS, SUPPLIERS
from recompute.days import plus

if TYPE_CHECKING:
    from recompute.histories import History

SCHEMES = ("green", "蓝色")
PAPER = "5a" * 32


def move(past: History) -> None:
    """An attestor says something of a bill, or takes it back; now and then a vote says who attests."""
    chance = past.labelled
    known = {row["scheme"]: row["attestors"] for _, row in _rows(past, "governance", "label_scheme")}
    scheme = chance.choice(SCHEMES)
    if scheme not in known or chance.random() < 0.1:
        attestors = [past.party(alias) for alias in chance.sample((*BANKS, *SUPPLIERS), 2)]
        content = {"scheme": scheme, "attestors": attestors}
        made = past.act(past.party(BANKS[0]), "governance.propose", kind="label_scheme", content=content)
        if made is not None:
            past.act(past.party(BANKS[0]), "governance.vote", proposal=made["proposal"], choice="yes")
        return
    by = chance.choice(known[scheme])
    bills = past.rows("bill", "bill")
    if not bills:
        return
    bill = chance.choice(bills)["id"]
    if chance.random() < 0.25:
        past.act(by, "label.revoke", bill=bill, scheme=scheme)
        return
    until = plus(past.chain.today, chance.choice((0, 1, 3, 10, 40)))
    past.act(by, "label.attest", bill=bill, scheme=scheme, grade=chance.choice("AB"), document=PAPER, until=until)


def _rows(past: History, contract: str, table: str) -> Iterable[tuple[Any, dict[str, Any]]]:
    return past.chain.ledger.reader(None).scan(contract, table, limit=1_000)
