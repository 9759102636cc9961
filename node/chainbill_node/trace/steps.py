"""The steps of a bill in the order in which they came about, those of the calendar among them."""

from __future__ import annotations

from collections.abc import Iterable

from chainbill_node.trace.shapes import LEAF_STATUSES, Row, Shape


def beginnings(bill: Row, ended_at: int | None = None) -> list[Shape]:
    """Give the making of a bill, its confirmation, and its end where it was never accepted. ended_at: height of that,
    None where it is not known."""
    created: Row = bill.get("created") or {}
    steps: list[Shape] = [
        {
            "kind": "created", "height": created.get("height"), "date": bill.get("issued_on"),
            "transaction": created.get("transaction"), "from": bill.get("initiator"), "to": "", "amount": bill["face"],
        }
    ]  # fmt: skip
    if bill.get("confirmed_on"):
        confirmed: Row = bill.get("confirmed") or {}
        steps.append({
            **_of_calendar("confirm", str(bill["confirmed_on"]), bill, int(bill["face"])),
            "height": confirmed.get("height") or None, "transaction": confirmed.get("transaction") or "",
        })  # fmt: skip
    if bill["status"] in NEVER_ACCEPTED:
        ended = _of_calendar(str(bill["status"]), str(bill["closed_on"]), bill, int(bill["face"]))
        steps.append(ended | {"from": _ended_by(bill), "height": ended_at})
    return steps


NEVER_ACCEPTED = ("rejected", "withdrawn", "cancelled", "expired")


def _ended_by(bill: Row) -> object:
    """Tell whose turn, or whose right, it was: a bill is rejected by whoever has to answer it."""
    if bill["status"] == "expired":
        return ""
    if bill["status"] == "withdrawn":
        return bill["initiator"]
    return bill["creditor"] if bill["status"] == "rejected" and bill["confirmed_on"] else bill["debtor"]


def calendar_steps(bill: Row, left_on_due: int, left_on_overdue: int) -> list[Shape]:
    """Give the day on which a bill fell due, and that from which it is overdue, by value date; a day has no height.

    The amounts are what was unpaid on the morning of those days. A bill that was paid before never fell due; money
    recorded later with a value date in time takes "overdue" back.
    """
    steps: list[Shape] = []
    if left_on_due > 0 and bill["status"] in ("due", "overdue", "settled"):
        steps.append(_of_calendar("due", str(bill["pay_on"]), bill, left_on_due))
    if bill.get("overdue_on"):
        steps.append(_of_calendar("overdue", str(bill["overdue_on"]), bill, left_on_overdue))
    return steps


def moves_to_another_bank(joint: Row) -> list[Shape]:
    """Give the step at which a bill got another paying bank, where this joint act brought one: with its last yes."""
    if joint["kind"] != "paying_bank" or joint["status"] != "done":
        return []
    last = max(joint["answers"].values(), key=lambda one: one["height"])
    return [{
        "kind": "paying_bank", "height": last["height"], "date": joint["ended_on"], "transaction": last["transaction"],
        "from": joint["content"]["from"], "to": joint["content"]["to"],
    }]  # fmt: skip


def steps_of_pledge(pledge: Row, bill_id: str) -> list[Shape]:
    """Give the steps at which cents of a bill came into pledge and were free of it; none of what was not accepted.

    How a pledge ended has no amount: what was paid, or went to the pledgee, has steps of its own.
    """
    if not pledge["pledged_on"]:
        return []
    amount = sum(int(one["hi"]) - int(one["lo"]) for one in pledge["ranges"] if one["bill"] == bill_id)
    sides = {"from": pledge["holder"], "to": pledge["pledgee"], "pledge": pledge["id"]}
    steps: list[Shape] = [{
        "kind": "pledged", "height": pledge["accepted"]["height"], "date": pledge["pledged_on"],
        "transaction": pledge["accepted"]["transaction"], "amount": amount, **sides,
    }]  # fmt: skip
    if pledge["ended_on"]:
        steps.append({
            "kind": f"pledge_{pledge['status']}", "height": pledge["ended"]["height"], "date": pledge["ended_on"],
            "transaction": pledge["ended"]["transaction"], **sides,
        })  # fmt: skip
    return steps


def step_of_freeze(freeze: Row, order: Row) -> Shape:
    """Give the step at which cents were frozen, with the freeze of which it is."""
    return {
        "kind": "frozen", "height": freeze["created"]["height"], "date": order.get("entered_on"),
        "transaction": freeze["created"]["transaction"], "from": freeze["holder"], "to": "",
        "lo": freeze["lo"], "hi": freeze["hi"], "amount": int(freeze["hi"]) - int(freeze["lo"]),
        "freeze": freeze["id"],
    }  # fmt: skip


def end_of_freeze(freeze: Row) -> list[Shape]:
    """Give the day on which nothing of a freeze was left: it ends in parts, and so has no amount and no height."""
    if not freeze["ended_on"]:
        return []
    return [{
        "kind": "freeze_ended", "height": None, "date": freeze["ended_on"], "from": freeze["holder"], "to": "",
        "freeze": freeze["id"],
    }]  # fmt: skip


def steps_of_claim(claim: Row, ended_on: str | None) -> list[Shape]:
    """Give the steps at which somebody was asked to take a token back, and answered; the newest claim on that token.

    ended_on: the day of the height at which it was refused or withdrawn. That it was bought back is a hop.
    """
    holder, asked = {"from": claim["holder"], "to": claim["asked"]}, {"from": claim["asked"], "to": claim["holder"]}
    told: list[tuple[str, str, object, Shape]] = [
        ("recourse_asked", "claimed", claim["asked_on"], holder | {"amount": claim["amount"]})
    ]
    if claim["agreed"]["height"]:
        told.append(("recourse_agreed", "agreed", claim["answered_on"], asked))
    if claim["status"] in CLAIM_ENDS:
        kind = f"recourse_{claim['status']}"
        told.append((kind, "ended", ended_on, asked if claim["status"] == "refused" else holder))
    return [
        {
            "kind": kind, "height": claim[made]["height"], "date": date, "transaction": claim[made]["transaction"],
            "token": claim["token"], **sides,
        }
        for kind, made, date, sides in told
    ]  # fmt: skip


CLAIM_ENDS = ("refused", "withdrawn")
"""How a claim ends by a word of one side."""


def step_of_guarantee(guarantee: Row) -> Shape:
    """Give the step at which a bill was guaranteed; how that ended is the bill's."""
    return {
        "kind": "guaranteed", "height": guarantee["created"]["height"], "date": guarantee["given_on"],
        "transaction": guarantee["created"]["transaction"], "from": guarantee["guarantor"], "to": "",
        "amount": guarantee["amount"],
    }  # fmt: skip


def unpaid_before(bill: Row, date: str, ended: Iterable[tuple[str, int]]) -> int:
    """Give what was unpaid on the morning of a day, in minor units: what a credit note took off later was still owed.

    ended: day and amount of money, by value date, and of what was taken off; the day "" where it is not known any more.
    """
    return int(bill["face"]) - int(bill["void"]) - sum(amount for day, amount in ended if day < date)


def _of_calendar(kind: str, date: str, bill: Row, amount: int) -> Shape:
    return {"kind": kind, "height": None, "date": date, "from": bill["debtor"], "to": "", "amount": amount}


def _place(step: Shape) -> int:
    """Tell what comes first at one height: tokens move, money comes, it settles leaves, and their payments go out."""
    kind = str(step["kind"])
    if kind in LEAF_STATUSES:
        return 2
    return 3 if kind.startswith("payment_") or kind == "reversed" else int(kind == "received")


def in_order(
    first: list[Shape], made: Iterable[Shape], calendar: Iterable[Shape], evening: Iterable[Shape] = ()
) -> list[Shape]:
    """Give all steps in order: by height, then what comes of what, then range; a day's own step before what is dated
    that day, in the evening behind it.
    """
    steps = sorted(made, key=lambda step: (step["height"], _place(step), step.get("lo", 0)))
    for step in calendar:
        later = (place for place, one in enumerate(steps) if one["date"] is not None and one["date"] >= step["date"])
        steps.insert(next(later, len(steps)), step)
    for step in evening:
        dated = [place for place, one in enumerate(steps) if one["date"] is not None and one["date"] <= step["date"]]
        steps.insert(max(dated, default=-1) + 1, step)
    return [*first, *steps]
