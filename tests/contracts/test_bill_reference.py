"""The initiator's own reference of a bill: issued again by mistake, from anywhere, there is one bill (use 2)."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.invariants import check_all
from contracts.world import ANCHOR, OTHER_ANCHOR, S1, S2, World, issue

from chainbill.errors import Refused

INVOICES = [{"fingerprint": "7" * 64, "amount": 100_000_000, "total": 200_000_000}]


def again(world: World, by: str = S1, **fields: Any) -> Any:
    """The whole answer of an issue under reference PO-1."""
    arguments: dict[str, Any] = {
        "debtor": ANCHOR, "creditor": S1, "face": 100_000_000, "currency": "CNY", "due_on": "2026-06-30",
        "invoices": INVOICES, "contract_no": "C-1", "delivered_on": "2026-02-20", "terms": {}, "reference": "PO-1",
        **fields,
    }  # fmt: skip
    return world.call(by, "bill", "issue", **arguments)


def bills(world: World) -> int:
    count = world.row("bill", "open_drafts", [S1])
    return 0 if count is None else int(count["count"])


def test_use_2_the_same_again_answers_the_first_bill(world: World) -> None:
    first = again(world)
    assert first["repeated"] is False
    assert again(world) == {"bill": first["bill"], "repeated": True}
    world.day(world.plus(3))
    assert again(world) == {"bill": first["bill"], "repeated": True}, "on another day, too"
    assert bills(world) == 1
    check_all(world)


@pytest.mark.parametrize("end", ["confirm", "withdraw", "expire"])
def test_use_2_whatever_became_of_the_first_bill(world: World, end: str) -> None:
    first = again(world)["bill"]
    if end == "expire":
        world.day(world.plus(16))
    elif end == "withdraw":
        world.call(S1, "bill", "withdraw", bill=first, reason="")
    else:
        world.call(ANCHOR, "bill", "confirm", bill=first)
    status = world.bill(first)["status"]
    assert again(world) == {"bill": first, "repeated": True}
    assert world.bill(first)["status"] == status


@pytest.mark.parametrize(
    "other",
    [
        {"debtor": OTHER_ANCHOR}, {"face": 99_999_999, "invoices": []}, {"currency": "USD"}, {"due_on": "2026-07-01"},
        {"invoices": []}, {"invoices": [{**INVOICES[0], "total": 100_000_000}]}, {"contract_no": ""},
        {"delivered_on": ""}, {"terms": {"non_transferable": True}},
    ],
)  # fmt: skip
def test_use_2_other_content_under_the_reference_is_refused(world: World, other: dict[str, Any]) -> None:
    first = again(world)["bill"]
    with pytest.raises(Refused, match="reference_used_otherwise") as caught:
        again(world, **other)
    assert caught.value.fields["bill"] == first
    assert bills(world) == 1


def test_use_2_a_reference_is_its_initiators_own(world: World) -> None:
    mine = again(world)["bill"]
    theirs = again(world, by=ANCHOR)
    assert theirs["repeated"] is False
    assert theirs["bill"] != mine
    assert again(world, by=S2, creditor=S2)["bill"] not in (mine, theirs["bill"])


def test_use_2_without_a_reference_each_issue_is_a_bill(world: World) -> None:
    assert issue(world) != issue(world)
    assert again(world, reference="")["bill"] != again(world, reference="")["bill"]


def test_use_2_a_refused_issue_does_not_take_the_reference(world: World) -> None:
    with pytest.raises(Refused, match="due_date_not_in_future"):
        again(world, due_on=world.today)
    assert again(world)["repeated"] is False


@pytest.mark.parametrize("reference", [7, "x" * 65, "a\nb", None, ["PO-1"]])
def test_use_2_what_is_no_reference(world: World, reference: Any) -> None:
    with pytest.raises(Refused, match=r"reference_not_valid|text_not_one_line|text_expected"):
        again(world, reference=reference)
