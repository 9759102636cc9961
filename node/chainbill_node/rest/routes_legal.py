"""Orders of courts and authorities, and freezes: who sees them, and what a freeze is on now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from chainbill_node.rest.declared import Asked, declared, declared_list
from chainbill_node.rest.lists import every, from_index
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Opened
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

router = router_of("bills", "/v1")

NOBODYS: Row = {
    "by": "", "second": "", "refusals": [], "concerned": [], "items": [], "beneficiary": "", "ratified_on": "",
    "status": "",
}  # fmt: skip
NO_CENTS = {"id": "", "order": "", "holder": "", "pledgee": "", "bill": ""}
"""An order, and a freeze, that is not there: it costs what one costs that does not show."""


FOR_BANKS = ("entered", "objected")
"""An order that waits for a word of banks."""


def reads_all_of(view: View, row: Row) -> bool:
    """Say whether an order shows whole: to the bank that entered it, those that ratified or refused it, and who stands
    in their place; while it waits for a second bank, or for a vote, to every bank, for any may be that, or vote.
    """
    banks = [str(row["by"]), str(row["second"]), *(str(one["bank"]) for one in row["refusals"])]
    if view.viewer.is_or_reads_for(*banks) or (row["status"] in FOR_BANKS and "bank" in view.viewer.roles):
        return True
    return _reads_for_banks(view) and view.viewer.is_or_reads_for(*map(view.successor_of, banks))


def sees_court_order(view: View, row: Row) -> bool:
    """Say whether anything of an order shows: see `shown_court_order`."""
    if reads_all_of(view, row) or _takes(view, row):
        return True
    if not (_reads_for_banks(view) or view.viewer.is_or_reads_for(*map(str, row["concerned"]))):
        return False
    return any(_sees_cents(view, str(item["freeze"])) for item in row["items"])


def shown_court_order(view: View, row: Row) -> dict[str, Any]:
    """Show of an order what concerns the reader: items on its own cents, and whom these concern besides.

    A beneficiary sees all items of what is transferred to it, but neither whose these cents were nor their freezes.
    How many other items there are is told to nobody: that too would be about others.
    """
    if reads_all_of(view, row):
        return dict(row)
    seen = [item for item in row["items"] if _sees_cents(view, str(item["freeze"]))]
    concerned = [party for item in seen for party in _concerned(view, str(item["freeze"]))]
    return {
        **row,
        "items": list(row["items"]) if _takes(view, row) else seen,
        "freezes": [name for name in row["freezes"] if _sees_cents(view, str(name))],
        "concerned": list(dict.fromkeys(concerned)),
        "objected_by": row["objected_by"] if row["objected_by"] in concerned else "",
    }


def sees_freeze(view: View, row: Row) -> bool:
    """Say whether a freeze shows: to whoever reads all of its order, and to those whom its cents concern."""
    whole = reads_all_of(view, view.row("legal", "order", str(row["order"]) or "O") or NOBODYS)
    return whole or _sees_own(view, row)


def shown_freeze(view: View, row: Row) -> dict[str, Any]:
    """Show a freeze with what it is on now, in minor units: `frozen`, 0 once it has ended; [lo, hi) never change."""
    return {**row, "frozen": sum(_cents_of(view, row, token) for token in _on_now(view, str(row["id"])))}


def _on_now(view: View, freeze: str) -> Iterator[str]:
    """Give the tokens that a freeze is on: live ones, and those of which money is set aside under it."""
    for contract, table in (("token", "frozen"), ("settlement", "held")):
        after: list[Any] | None = None
        while found := view.reader.keys(contract, table, after, leading=(freeze,)):
            yield from (str(key[-1]) for key in found)
            after = found[-1]


def _cents_of(view: View, freeze: Row, token: str) -> int:
    """Count the cents of a token that a freeze is on: all, but for one whole token under a financing it suspends."""
    row = view.row("token", "token", token) or {"lo": 0, "hi": 0}
    if freeze.get("suspends"):
        return max(0, min(int(row["hi"]), int(freeze["hi"])) - max(int(row["lo"]), int(freeze["lo"])))
    return int(row["hi"]) - int(row["lo"])


def _takes(view: View, row: Row) -> bool:
    """Say whether the reader is the beneficiary of an order that is ratified."""
    return row["ratified_on"] != "" and view.viewer.is_or_reads_for(str(row["beneficiary"]))


def _sees_cents(view: View, freeze: str) -> bool:
    return _sees_own(view, view.row("legal", "freeze", freeze) or NO_CENTS)


def _sees_own(view: View, row: Row) -> bool:
    """Say whether the cents of a freeze are the reader's concern: it holds them or they are pledged to it, it sponsors
    the holder, pays the bill now, or keeps money aside under the freeze; or it stands in the place of such a bank.
    """
    holder, pledgee, bill = (str(row[name]) for name in ("holder", "pledgee", "bill"))
    if view.viewer.is_or_reads_for(holder, pledgee):
        return True
    if not bill or not _reads_for_banks(view):
        return False
    sponsor = str((view.party(holder) or {}).get("sponsor") or "")
    pays = view.paying_bank(view.row("bill", "bill", bill) or {})
    banks = (sponsor, view.successor_of(sponsor), view.successor_of(pledgee), pays)
    return view.viewer.is_or_reads_for(*banks) or (view.has_part(bill) and _keeps_money(view, str(row["id"])))


def _keeps_money(view: View, freeze: str) -> bool:
    """Say whether the reader is a bank that keeps money aside under a freeze, or stands in its place."""
    for _, bill, token in view.reader.keys("settlement", "held", leading=(freeze,)):
        bank = str((view.row("settlement", "payment", (bill, token)) or {"bank": ""})["bank"])
        if view.viewer.is_or_reads_for(bank, view.successor_of(bank)):
            return True
    return False


def _concerned(view: View, freeze: str) -> tuple[str, ...]:
    """Give holder, pledgee and paying bank of what a freeze is on."""
    row = view.row("legal", "freeze", freeze) or NO_CENTS
    pays = view.paying_bank(view.row("bill", "bill", str(row["bill"])) or {})
    return tuple(one for one in (str(row["holder"]), str(row["pledgee"]), pays) if one)


def _reads_for_banks(view: View) -> bool:
    return any(map(view.is_bank, sorted(view.viewer.reads_for())))


def _orders(view: View) -> Iterator[str]:
    """Give the orders that concern the parties read for, and to a bank those that wait for a second one.

    Of a bank they are also those of the banks in whose place it stands, of the parties that these sponsor, and those on
    bills that came to them from another bank.
    """
    for party in sorted(view.viewer.reads_for()):
        for side in dict.fromkeys((party, *view.pays_as(party))):
            for index in ("order.concerned", "order.by", "order.second", "order.refused", "order.beneficiary"):
                yield from every(from_index(view.reader, index, (side,)))
            for holder in every(from_index(view.reader, "party.sponsor", (side,))):
                yield from every(from_index(view.reader, "order.concerned", (holder,)))
            for bill in _taken_over(view, side):
                yield from every(from_index(view.reader, "order.bill", (bill,)))
    if "bank" in view.viewer.roles:
        for status in FOR_BANKS:
            yield from every(from_index(view.reader, "order.status", (status,)))


def _taken_over(view: View, bank: str) -> Iterator[str]:
    """Give the bills that a bank pays since another one paid them."""
    for name in every(from_index(view.reader, "joint.asked", (bank,))):
        joint = view.row("bill", "joint", name)
        if joint is not None and joint["kind"] == "paying_bank" and joint["content"]["to"] == bank:
            yield str(joint["bill"])


def _freezes(view: View) -> Iterator[str]:
    """Give the freezes of those orders."""
    for name in _orders(view):
        yield from map(str, (view.row("legal", "order", name) or {"freezes": []})["freezes"])


def _concerns(view: View, asked: Asked, row: Row) -> bool:
    """Say whether a party that was asked for is among those that show of an order."""
    return asked["concerned"] is None or asked["concerned"] in shown_court_order(view, row)["concerned"]


declared_list(router, "orders", sees=sees_court_order, shape=shown_court_order, fits=_concerns, concerned=_orders)
declared_list(router, "freezes", sees=sees_freeze, shape=shown_freeze, concerned=_freezes)


@declared(router, "order")
def court_order(view: Opened, court_order_id: str) -> Response:
    """Show an order: its papers, what of the reader's it is on, who entered and who ratified it."""
    row = view.row("legal", "order", court_order_id)
    if not sees_court_order(view, row or NOBODYS) or row is None:
        raise not_found("order", court_order_id, view.height)
    return view.answer(shown_court_order(view, row))


@declared(router, "freeze")
def freeze(view: Opened, freeze_id: str) -> Response:
    """Show a freeze: its cents, how much it is on now, and since and until when it is in force."""
    row = view.row("legal", "freeze", freeze_id)
    if not sees_freeze(view, row or NO_CENTS) or row is None:
        raise not_found("freeze", freeze_id, view.height)
    return view.answer(shown_freeze(view, row))
