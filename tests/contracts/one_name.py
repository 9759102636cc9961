"""What has one name in an act has one value: in its arguments, in rows that it makes, in its events and in its results.

Asked after every act and every item of a day of every test with contracts. Who is named by an event may read it, so a
name in the wrong place shows one's business to a stranger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chainbill.state.keys import row_key, split_key

Row = Mapping[str, Any]
Changed = Mapping[bytes, tuple[Any, Any]]
Event = tuple[str, str, Row]

KEPT_IN: Mapping[str, tuple[str, str]] = {
    **{name: (name, name) for name in ("bill", "token", "pledge", "party")},
    **{name: ("finance", name) for name in ("request", "quote")},
    **{name: ("party", name) for name in ("change", "mandate")},
    "joint": ("bill", "joint"),
    "freeze": ("legal", "freeze"),
    "dispute": ("invoice", "dispute"),
    "proposal": ("governance", "proposal"),
    "recovery": ("recovery", "recovery"),
    "product": ("product", "product"),
    "entry": ("entry", "entry"),
}
"""A name of an object → the contract and the table of its rows; orders are of the contract that tells."""
OTHERWISE: Mapping[str, Sequence[str]] = {
    # as the contract completes it
    "bill.issue() bill": ("terms",),
    "product.register() product": ("terms", "attestor"),
    "legal.order() order": ("items",),
    "governance.propose() proposal": ("content",),
    "standing.name_administrator() order": ("keys",),
    "party.identifier_given_up": ("value",),
    # tokens and banks that the act made or moved, not those that it was told of
    **dict.fromkeys(("finance.request()", "finance.request() request", "finance.disbursed"), ("token",)),
    **dict.fromkeys(("finance.decline()", "finance.withdraw()", "finance.withdraw_quote()"), ("token",)),
    **dict.fromkeys(("token.accept()", "token.accept() hop", "token.recall()", "token.reject()"), ("token",)),
    **dict.fromkeys(("token.transfer()", "pledge.enforced", "pledge.release()"), ("tokens",)),
    **dict.fromkeys(("settlement.pay_guarantee()", "settlement.guarantee_paid"), ("tokens",)),
    **dict.fromkeys(("finance.requested", "token.accepted", "token.rejoined", "token.returned"), ("token",)),
    **dict.fromkeys(("sale.buy()", "sale.bought", "recourse.bought_back()", "recourse.bought_back"), ("token",)),
    "write_off.write_off_undone": ("token",),
    **dict.fromkeys(("succession.name()", "succession.successor_named"), ("bank",)),
    # who did it, or why, and not who had asked, or the paper
    **dict.fromkeys(("bill.joint_agreed", "invoice.dispute_ended", "invoice.dispute_upheld"), ("by",)),
    **dict.fromkeys(("legal.order_refused", "entry.entry_refused"), ("by", "refusals")),
    "recovery.recovery_announced": ("by",),
    "standing.status_objected": ("reason",),
    "finance.receipt_unmatched": ("reference", "amount"),
    # whose order it is, and not who sends
    **dict.fromkeys(("standing.status_lapsed", "standing.status_lifted", "standing.status_stopped"), ("by", "order")),
    "legal.order_objected": ("order", "until"),
    "legal.transferred": ("order",),
    "entry.entry_ended": ("entry", "kind", "status"),
    # the last day of the wait, and not of an answer
    "legal.order_put_off": ("until",),
    # how many, of what is listed
    "product.product_registered": ("parts",),
    "standing.administrator_named": ("keys",),
    # the status of what it is in, or that it is to have
    **dict.fromkeys(("bill.joint_ended", "legal.frozen", "party.change_ended"), ("status",)),
    **dict.fromkeys(("standing.set_status() order", "settlement.pay_result() receipt"), ("status",)),
    **dict.fromkeys(("settlement.pay_result()", "settlement.payment_changed"), ("status",)),
    "standing.set_status()": ("until", "order"),
    # a party that is not registered yet
    "party.identifier_decided": ("party",),
}
"""Where a name means something else than beside it; an act has (): of what it answers, and with a table of its rows."""
ORDERS = ("legal", "standing")


def told_otherwise(
    overlay: Any, sender: str, calls: Sequence[Any], values: Sequence[Any], events: Sequence[Event]
) -> Iterator[str]:
    """Everything that is not told in one way, in words.

    overlay: with the savepoint of the act; sender: "" on a day; calls: (contract, function, arguments, kind).
    """
    changed: Changed = overlay.changed()
    for number, event in enumerate(events if len(calls) == 1 else ()):
        if event in events[:number]:
            yield f"{event[0]}.{event[1]} is told twice: {event[2]}"
    for contract, topic, fields in events:
        where = f"{contract}.{topic}"
        yield from _of_rows(overlay, changed, where, fields)
        by = fields.get("by", sender)
        if sender and by != sender and overlay.get(row_key("party", "party", by)) is not None:
            yield from _unless(where, "by", by, sender)
    for contract, topic, fields in events if len(calls) == 1 else ():
        if calls[0][0] == contract and calls[0][3] == "call":
            yield from _same(f"{contract}.{topic}", calls[0][2], fields)
    for (contract, function, arguments, kind), result in zip(calls, values, strict=True):
        if kind == "call" and isinstance(result, dict):
            where = f"{contract}.{function}()"
            yield from _of_rows(overlay, changed, where, result)
            yield from _same(where, arguments, result)
            for key, (before, now) in changed.items():
                owner, table, parts = split_key(key)
                if before is None and isinstance(now, dict) and owner == contract and parts[-1] in result.values():
                    yield from _same(f"{where} {table}", arguments, now)


def refused_otherwise(overlay: Any, details: Row) -> Iterator[str]:
    """What a refusal names is there; a freeze that keeps something from going on is in force.

    overlay: as the act left it that was refused.
    """
    for name, value in details.items():
        if name == "freeze" and value:
            row = overlay.get(row_key("legal", "freeze", value))
            if row is None or row["status"] != "in_force":
                yield f"the refusal names a freeze that stops nothing: {row}"


def _of_rows(overlay: Any, changed: Changed, where: str, fields: Row) -> Iterator[str]:
    """The fields beside the name of an object, against those of its row before the act or after it."""
    contract = where.partition(".")[0]
    for name, value in fields.items():
        place = (contract, "order") if name == "order" and contract in ORDERS else KEPT_IN.get(name)
        if place is None or place[0] != contract or not isinstance(value, str):
            continue
        key = row_key(*place, value)
        now = overlay.get(key)
        rows = [row for row in (changed.get(key, (now,))[0], now) if row is not None]
        if not rows:
            yield from _unless(where, name, value, "no row")
        for other in fields.keys() & rows[-1].keys() - {name} if rows else ():
            if all(fields[other] != row.get(other) for row in rows):
                yield from _unless(where, other, fields[other], rows[-1][other])


def _same(where: str, said: Row, told: Row) -> Iterator[str]:
    """What was said, against what is told; nothing said stands for what holds otherwise."""
    for name in said.keys() & told.keys():
        if said[name] and said[name] != told[name]:
            yield from _unless(where, name, told[name], said[name])


def _unless(where: str, name: str, told: Any, otherwise: Any) -> Iterator[str]:
    """Unless this name means something else there."""
    if name not in OTHERWISE.get(where, ()):
        yield f"{where}: {name} is {told!r}, elsewhere {otherwise!r}"
