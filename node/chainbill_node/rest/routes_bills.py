"""Bills: the list with all its filters, one bill, its tokens, tree and history."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from chainbill_node.rest.declared import Asked, declared, totals_of
from chainbill_node.rest.lists import Entry, Names, every, from_index, from_names, list_body, matches
from chainbill_node.rest.payments import (
    money_of_bill,
    receipt_shape,
    receipts_of_bill,
    sees_payment,
    sees_receipt,
    settled_by,
    shown_bill,
)
from chainbill_node.rest.problems import parameter_problem
from chainbill_node.rest.reading import Listed, Opened, Rest, Shared, Valued, ValuedList
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.routes_legal import sees_freeze
from chainbill_node.rest.routes_parties import held_bills, token_shown
from chainbill_node.rest.routes_pledges import sees_pledge
from chainbill_node.rest.routes_recourse import sees_claim
from chainbill_node.rest.routes_tokens import between
from chainbill_node.rest.view import View
from chainbill_node.storage.ledger_reader import HeightNotHeld
from chainbill_node.trace.bill import DEFAULT_DEPTH, MAX_DEPTH, hops_of, tree_of
from chainbill_node.trace.lineage import EVERYTHING, Lineage, Sight
from chainbill_node.trace.shapes import LEAF_STATUSES, Row, Shape, amount_of
from chainbill_node.trace.steps import (
    NEVER_ACCEPTED,
    beginnings,
    calendar_steps,
    end_of_freeze,
    in_order,
    moves_to_another_bank,
    step_of_freeze,
    step_of_guarantee,
    steps_of_claim,
    steps_of_pledge,
    unpaid_before,
)
from chainbill_node.trace.tiers import TierTable

RECEIPT_STEPS = {"settlement": "received", "guarantee": "guarantee_paid", "prepaid": "prepaid"}
"""The receipts that are steps of a bill; a financing shows as its hop."""

ENDED_STATUSES = (*LEAF_STATUSES[1:], "reversed")
"""The statuses of tokens that ended as leaves."""

PAYMENT_FIELDS = ("party", "amount", "status", "bank", "reference")

router = router_of("bills", "/v1")

Depth = Annotated[int, Query(ge=1, le=MAX_DEPTH, description="Levels of the tree; deeper parts are folded.")]


@declared(router, "bills")
def bills(page: ValuedList, asked: Asked) -> Response:
    """List bills; ``sum`` is of their faces. Who sees all reads them, unless filters find them otherwise, in the order
    of their making.
    """
    view = page.view
    wanted = {name: asked[name] for name in ("debtor", "creditor", "initiator") if asked[name] is not None}
    bank, held_by, invoice, reference = (asked[name] for name in ("financed_by", "holder", "invoice", "reference"))
    tier, sums = asked["reached_tier"], {name: asked[name] for name in ("status", "currency")}

    def show(name: str) -> Entry | None:
        row = view.row("bill", "bill", name)
        if row is None or not matches({**wanted, **sums}, row):
            return None
        if not all(between(row[f"{day}_on"], asked[f"{day}_from"], asked[f"{day}_to"]) for day in ("due", "issued")):
            return None
        if invoice is not None and invoice not in {part["fingerprint"] for part in row["invoices"]}:
            return None
        if not view.sees_bill(row):
            return None
        if tier is not None and deepest_tier(view, name) < tier:
            return None
        if bank is not None and not _financed_by(view, name, bank):
            return None
        return Entry(partial(shown_bill, view, row), str(row["currency"]), int(row["face"]))

    if reference is not None:
        names: Names = from_names(_bill_under(view, wanted.get("initiator"), reference))
    else:
        names = _bill_names(view, wanted, held_by, bank, invoice)
    return view.answer(list_body(page.listing, view.height, names, show, totals_of("bills", view, asked)))


def _bill_names(view: View, wanted: dict[str, str], holder: str | None, bank: str | None, invoice: str | None) -> Names:
    """Give the candidates by the narrowest index there is."""
    if holder is not None:
        return from_names(held_bills(view, holder))
    if invoice is not None and view.viewer.everything:
        return from_index(view.reader, "bill.invoice", (invoice,))
    if bank is not None and view.found_by(bank):
        return from_names(_bills_through(view, bank))
    for name in ("debtor", "creditor"):
        if view.found_by(wanted.get(name)):
            return from_index(view.reader, f"bill.{name}", (wanted[name],))
    return from_index(view.reader, "bill.all", ()) if view.viewer.everything else from_names(view.own_bills())


def _bill_under(view: View, initiator: str | None, reference: str) -> list[str]:
    """Give the bill that was issued under an initiator's reference: to the initiator and who reads for it in full."""
    issuer = initiator or view.viewer.party
    if not issuer:
        raise parameter_problem("initiator", "parameter_one_of", known="initiator")
    row = view.row("bill", "reference", (issuer, reference)) if view.viewer.is_or_reads_for(issuer) else None
    return [] if row is None else [str(row["bill"])]


def _bills_through(view: View, holder: str) -> set[str]:
    """Bills of which a party ever held a token, also one that a financing dated up to the day made later."""
    names = every(from_index(view.reader, "token.holder", (holder,)))
    found = (view.known.row("token", "token", name) for name in names)
    return {str(row["bill"]) for row in found if row is not None}


def deepest_tier(view: View, bill_id: str) -> int:
    """Give the deepest tier that a bill's credit reached, as far as the viewer sees it."""
    table = TierTable(view.is_bank)
    table.add(view.lineage(bill_id), view.sight(bill_id) or EVERYTHING)
    return max((row["tier"] for row in table.rows() if row["reached"]), default=0)


def _financed_by(view: View, bill_id: str, bank: str) -> bool:
    sight = view.sight(bill_id)
    hops = view.lineage(bill_id).facts.hops
    return sight is not None and any(
        hop["kind"] == "finance" and hop["to"] == bank and sight.sees_hop(token, hop) for token, hop in hops.items()
    )


@declared(router, "bill")
def bill(view: Valued, bill_id: str) -> Response:
    """Show a bill."""
    return view.answer(shown_bill(view, view.bill(bill_id)))


@declared(router, "bill_tokens")
def bill_tokens(page: Listed, bill_id: str, asked: Asked) -> Response:
    """List the tokens of a bill, ended ones too; the sum counts leaves only."""
    view = page.view
    view.bill(bill_id)
    names = from_index(view.reader, "token.bill", (bill_id,))
    return view.answer(list_body(page.listing, view.height, names, token_shown(view, asked["status"])))


@router.get("/bills/{bill_id}/tree", summary="The tree of a bill's tokens")
def bill_tree(view: Opened, bill_id: str, depth: Depth = DEFAULT_DEPTH) -> Response:
    """Give the nested tree: the root token with ``children``; null before acceptance."""
    row = view.bill(bill_id)
    sight = view.sight(bill_id) or EVERYTHING
    return view.answer({"bill": shown_bill(view, row), "tree": tree_of(view.lineage(bill_id), sight, depth)})


@declared(router, "bill_history")
def bill_history(rest: Shared, page: Listed, bill_id: str) -> Response:
    """List the steps of a bill: made, confirmed, every hop, due, overdue, another paying bank, pledges, freezes, claims
    of recourse, guarantees, receipts of banks, and leaves that ended.

    A step of the calendar (due, overdue) has no height; overdue is judged by value date.
    """
    view = page.view
    row = view.bill(bill_id)
    sight, lineage = view.sight(bill_id) or EVERYTHING, view.lineage(bill_id)
    reported = list(receipts_of_bill(view, bill_id))
    made = hops_of(lineage, sight) + _endings(view, lineage, sight) + _reported(view, reported)
    pledges = (row for row in _rows_of(view, "pledge", "pledge", bill_id) if sees_pledge(view, row))
    made += [step for row in pledges for step in steps_of_pledge(row, bill_id)]
    made += [step_of_guarantee(row) for row in _guarantees(view, bill_id)]
    made += [step for row in _rows_of(view, "bill", "joint", bill_id) for step in moves_to_another_bank(row)]
    for claim in _rows_of(view, "recourse", "claim", bill_id):
        if sees_claim(view, claim):
            made += steps_of_claim(claim, view.date_of_height(int(claim["ended"]["height"])))
    freezes = [row for row in _rows_of(view, "legal", "freeze", bill_id) if sees_freeze(view, row)]
    made += [step_of_freeze(one, view.row("legal", "order", str(one["order"])) or {}) for one in freezes]
    ended = [step for one in freezes for step in end_of_freeze(one)]
    steps = in_order(beginnings(row, _ended_at(rest, view, row)), made, _of_calendar(view, row, lineage), ended)
    for number, step in enumerate(steps):
        step |= {"id": f"{number:09d}", "currency": row["currency"]}
    by_name = {step["id"]: step for step in steps}
    names = from_names(by_name)
    return view.answer(list_body(page.listing, view.height, names, lambda name: Entry(partial(by_name.get, name))))


def _rows_of(view: View, contract: str, table: str, bill_id: str) -> Iterator[Row]:
    """The rows of a table, one part a key, that its index finds by the bill."""
    names = every(from_index(view.reader, f"{table}.bill", (bill_id,)))
    return (row for name in names if (row := view.row(contract, table, name)) is not None)


def _guarantees(view: View, bill_id: str) -> Iterator[Row]:
    names = every(from_index(view.reader, "guarantee.bill", (bill_id,)))
    rows = (view.row("guarantee", "guarantee", name.split("/", 1)) for name in names)
    return (row for row in rows if row is not None)


def _ended_at(rest: Rest, view: View, bill: Row) -> int | None:
    """Give the height at which a bill ended that was never accepted: the one that wrote its row as it is, if the row
    before it can be read here and had not ended. What a snapshot brought says nothing for sure of its height."""
    if bill["status"] not in NEVER_ACCEPTED:
        return None
    since = view.reader.written("bill", "bill", str(bill["id"]))
    if since is None:
        return None
    try:
        before = rest.node.reader(since - 1).get("bill", "bill", str(bill["id"]))
    except HeightNotHeld:
        return None
    return since if before is not None and before["status"] not in NEVER_ACCEPTED else None


def _of_calendar(view: View, bill: Row, lineage: Lineage) -> list[Shape]:
    money = money_of_bill(view, str(bill["id"]))
    ended = [(str(one["value_date"]), settled_by(one)) for _, one in money]
    taken_off = (token for token in map(lineage.token, lineage.leaves) if token["status"] == "diluted")
    ended += [(view.date_of_height(int(token["ended"])) or "", amount_of(token)) for token in taken_off]
    late = unpaid_before(bill, str(bill.get("overdue_on") or ""), ended)
    return calendar_steps(bill, unpaid_before(bill, str(bill["pay_on"]), ended), late)


def _reported(view: View, receipts: list[tuple[str, Row]]) -> list[Shape]:
    """Give what banks reported of the bill's money and of its payments, as far as the viewer sees it."""
    steps: list[Shape] = []
    for name, row in receipts:
        if row["kind"] not in {*RECEIPT_STEPS, "payment"} or not sees_receipt(view, name, row):
            continue
        shape = receipt_shape(view, name, row)
        kind = RECEIPT_STEPS.get(str(row["kind"])) or f"payment_{shape['status']}"
        kept = ("height", "transaction", "token", "amount", "bank", "reference", "value_date", "days_late")
        steps.append({"kind": kind, "date": shape["recorded_on"], **{field: shape[field] for field in kept}})
        if shape["reversed_on"]:
            again = {field: shape[field] for field in ("amount", "bank", "reference", "value_date")}
            steps.append({"kind": "reversed", "date": shape["reversed_on"], **row["reversal"], **again})
    return steps


def _endings(view: View, lineage: Lineage, sight: Sight) -> list[Shape]:
    """Give the leaves that ended, those too that live again since, with the bank's payment where there is one."""
    steps: list[Shape] = []
    for leaf in lineage.order:
        token = lineage.token(leaf)
        if token["status"] not in ENDED_STATUSES or not sight.sees(leaf):
            continue
        payment: Row = view.row("settlement", "payment", (str(token["bill"]), leaf)) or {}
        receipt = view.row("settlement", "receipt", (payment["bank"], payment["reference"])) if payment else None
        shown = payment if payment and sees_payment(view, payment) else {}
        holder = token["holder"]
        payee = shown.get("party") or holder  # a pledgee, or whom a court named
        steps.append({
            "kind": "settled" if payment else token["status"],
            "height": token["ended"], "date": view.date_of_height(int(token["ended"])),
            "token": leaf, "to": payee, "lo": token["lo"], "hi": token["hi"], "amount": amount_of(token),
            "tier": token["tier"], "payment": {name: shown.get(name) for name in PAYMENT_FIELDS} if shown else None,
            "value_date": receipt["value_date"] if receipt else None,
            **({"holder": holder} if payee != holder else {}),
        })  # fmt: skip
        arrived: Row = shown.get("acknowledged") or {}
        if arrived.get("height"):
            steps.append({
                "kind": "payment_acknowledged", "height": arrived["height"], "date": payment["changed_on"],
                "transaction": arrived["transaction"], "token": leaf, "from": payment["party"], "to": "",
                "amount": payment["amount"],
            })  # fmt: skip
    return steps
