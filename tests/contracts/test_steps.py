"""Where a row may stand for an act, as `rows/*.toml` declares it: from elsewhere the refusal is the declared one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from chainbill_contracts import reasons
from chainbill_contracts.declared_rows import rows
from contracts.acts_ready import ACTS, SIGNERS, Ready, sent, world_of_people
from contracts.world import BANK1, PAPERS, S1, S3, S4, World

from chainbill.errors import Refused
from chainbill.state.keys import row_key

Arguments = dict[str, Any]


def _bill(world: World, told: Arguments) -> str:
    if "bill" in told:
        return str(told["bill"])
    if "joint" in told:
        return str(world.row("bill", "joint", told["joint"])["bill"])
    return str(world.token(_token(world, told))["bill"])


def _token(_: World, told: Arguments) -> str:
    if "items" in told:
        return str(told["items"][0]["token"])
    return str(told["tokens"][0] if "tokens" in told else told["token"])


def _request(world: World, told: Arguments) -> str:
    return str(told["request"] if "request" in told else world.row("finance", "quote", told["quote"])["request"])


PLACES: dict[str, Callable[[World, Arguments], Any]] = {
    "account/account": lambda world, told: [told["party"], told["currency"]],
    "audit/grant": lambda world, told: [told["auditor"], told["sender"]],
    "bill/bill": _bill,
    "bill/joint": lambda world, told: told["joint"],
    "entry/entry": lambda world, told: told["entry"],
    "finance/quote": lambda world, told: told["quote"],
    "finance/request": _request,
    "governance/proposal": lambda world, told: told["proposal"],
    "guarantee/guarantee": lambda _, told: [told.get("guarantor", told["sender"]), told["bill"]],
    "invoice/dispute": lambda world, told: told.get("dispute") or told["content"]["dispute"],
    "label/label": lambda world, told: [told["bill"], told["scheme"]],
    "legal/order": lambda world, told: told.get("order") or told["content"]["order"],
    "party/change": lambda world, told: told["change"],
    "party/key": lambda world, told: told.get("key") or told["old"],
    "party/mandate": lambda world, told: [told.get("debtor", told["sender"]), told.get("bank", told["sender"])],
    "party/party": lambda world, told: told.get("content", told).get("party", told["sender"]),
    "pledge/pledge": lambda world, told: told["pledge"],
    "product/product": lambda world, told: told["product"],
    "product/registered": lambda world, told: told["sender"],
    "recovery/recovery": lambda world, told: told["recovery"],
    "recourse/claim": lambda world, told: told["token"],
    "prepayment/prepayment": lambda world, told: told["token"],
    "sale/sale": lambda world, told: told["token"],
    "settlement/receipt": lambda world, told: [told["sender"], told["reference"]],
    "settlement/payment": lambda world, told: [told["bill"], told["token"]],
    "standing/order": lambda world, told: told["order"],
    "token/token": _token,
    "write_off/mark": _token,
}
"""Row → the key of the one that an act is about. sender: who sends it."""


def _vote(kind: str, content: Callable[[World], Any]) -> Callable[[World], Ready]:
    return lambda world: Ready(BANK1, {"kind": kind, "content": content(world)})


def _disputed(world: World) -> dict[str, str]:
    named = {"fingerprint": "1f" * 32, "seller": S1, "document": "5a" * 32}
    return {"dispute": sent(world, S3, "invoice.dispute", [0], **named)["dispute"]}


def _objected(world: World) -> dict[str, str]:
    ready = ACTS["legal.object_to"].ready(world)
    sent(world, ready.sender, "legal.object_to", [0], **ready.arguments)
    return {"order": ready.arguments["order"]}


VOTES = {
    "vote dispute": _vote("dispute", _disputed),
    "vote legal_order": _vote("legal_order", _objected),
    "vote party_close": _vote("party_close", lambda world: {"party": S4}),
    "vote party_status": _vote(
        "party_status", lambda world: {"party": S4, "status": "suspended", "reason": "", **PAPERS["suspended"]}
    ),
}
"""Votes that look where a row stands, already when they are proposed."""

OTHERWISE = {
    ("bill.accept", "bill/bill", "pending_confirm"): "bill_not_confirmed",  # it says who has to act first
    ("finance.disburse", "finance/quote", "expired"): None,  # the money has left: it is recorded as unmatched
    ("standing.leave", "party/party", "closed"): "party_not_active",  # whether the sender may act comes first
}
"""What is refused for another reason, or not at all (None), and why."""


class Elsewhere(NamedTuple):
    """An act on a row that stands where the act may not begin."""

    act: str
    place: str
    status: str
    reason: str | None

    def __str__(self) -> str:
        return f"{self.act}-{self.place.partition('/')[2]}-{self.status}"


def cases() -> Iterator[Elsewhere]:
    for row in rows().values():
        for act, asked in row.asked.items():
            for status in row.words:
                if status not in asked.words:
                    yield Elsewhere(act, row.place, status, OTHERWISE.get((act, row.place, status), asked.refused))


ELSEWHERE = tuple(cases())


@pytest.mark.parametrize("case", ELSEWHERE, ids=str)
def test_an_act_on_a_row_that_stands_elsewhere_is_refused_as_declared(case: Elsewhere, backend: str) -> None:
    world = world_of_people(backend)
    signs, ready = ("A", VOTES[case.act]) if case.act in VOTES else (ACTS[case.act].signs, ACTS[case.act].ready)
    sender, arguments = ready(world)
    key = PLACES[case.place](world, {**arguments, "sender": sender})
    place = row_key(*case.place.split("/"), key)
    mandate = {"asked_on": world.today, "from": "", "until": world.plus(9)}
    world.overlay.put(place, {**(world.overlay.get(place) or mandate), "status": case.status})
    world.checked = False
    act = "governance.propose" if case.act in VOTES else case.act
    if case.reason is None:
        sent(world, sender, act, SIGNERS[signs], **arguments)
        return
    with pytest.raises(Refused) as refusal:
        sent(world, sender, act, SIGNERS[signs], **arguments)
    assert refusal.value.reason == case.reason


def test_the_refusals_that_are_declared_are_those_of_the_contracts() -> None:
    assert {case.reason for case in ELSEWHERE} - {None} <= set(reasons())
    assert len(ELSEWHERE) > 150
    assert set(OTHERWISE) <= {(case.act, case.place, case.status) for case in ELSEWHERE}
    assert {case.act for case in ELSEWHERE} >= set(VOTES)
