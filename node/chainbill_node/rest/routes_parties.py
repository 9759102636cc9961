"""Parties: the directory, what a party is named in and holds, and open offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from chainbill_node.rest.asked import known_party
from chainbill_node.rest.declared import Asked, declared
from chainbill_node.rest.lists import Entry, Names, every, from_index, from_names, from_table, list_body, matches
from chainbill_node.rest.payments import shown_bill
from chainbill_node.rest.problems import parameter_problem
from chainbill_node.rest.reading import Listed, Opened, ValuedList
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.routes_entries import defaults_of
from chainbill_node.rest.totals import held_totals, kept_totals
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import LEAF_STATUSES, Row, Shape, amount_of

router = router_of("parties", "/v1")

MAX_IDS_TEXT = 4_000
"""Characters of the ids that one list of parties may name: about 200."""

DIRECTORY_FIELDS = ("id", "names", "roles", "status", "halted_on", "identifiers", "since", "encryption_key")
"""What every registered reader may know of every party."""


def party_shape(view: View, row: Row) -> Shape:
    """Show a party: the directory to all, sponsor, policy, keys, accounts to itself, its sponsor and supervisors.

    The directory says of a bank who stands in its place: {"named", "successor", "from"}, null if nobody does; and in
    what defaults banks recorded a party.
    """
    shape: Shape = {name: row.get(name) for name in DIRECTORY_FIELDS}
    if "bank" in row.get("roles", ()):
        shape["successor"] = view.row("succession", "successor", str(row["id"]))
    shape["standing"] = order_in_force(view, row)
    shape["defaults"] = defaults_of(view, str(row.get("id", "")))
    close = view.viewer.is_or_reads_for(str(row["id"]), str(row.get("sponsor") or ""))
    if not close:
        return shape
    shape |= {name: value for name, value in row.items() if name not in shape}
    shape["keys"] = [{"key": key, **(view.row("party", "key", key) or {})} for key in row.get("keys", ())]
    accounts = view.reader.scan("account", "account", (str(row["id"]),))
    shape["accounts"] = [{"currency": key[-1], **account} for key, account in accounts]
    return shape


def order_in_force(view: View, row: Row) -> dict[str, Any] | None:
    """Give why a party is suspended or insolvent, to every registered reader; None where no order is in force."""
    standing = view.row("standing", "standing", str(row["id"]))
    name = str((standing or {}).get(str(row["status"]), "")) if row["status"] in ("suspended", "insolvent") else ""
    order = view.row("standing", "order", name) if name else None
    if order is None:
        return None
    ratified = order["status"] == "ratified"
    return {
        "order": order["id"],
        "reason": order["reason"],
        "since": order["entered_on"],
        "until": "" if ratified else order["until"],
        "ratified": ratified,
    }


@declared(router, "parties")
def parties(
    page: Listed,
    *,
    ids: Annotated[
        str | None, Query(alias="id", max_length=MAX_IDS_TEXT, description="Only these parties, several with commas.")
    ] = None,
    asked: Asked,
) -> Response:
    """List registered parties."""
    view, sponsor, role, status = page.view, asked["sponsor"], asked["role"], asked["status"]
    named = None if ids is None else {known_party(view, one) for one in ids.split(",")}

    def show(name: str) -> Entry | None:
        row = view.party(name)
        if row is None:
            return None
        if sponsor and row.get("sponsor") != sponsor:
            return None
        if sponsor and not view.viewer.is_or_reads_for(name, str(row.get("sponsor") or "")):
            return None
        fits = (role is None or role in row.get("roles", ())) and (status is None or row.get("status") == status)
        return Entry(partial(party_shape, view, row)) if fits else None

    if named is not None:
        names = from_names(named)
    elif sponsor:
        names = from_index(view.reader, "party.sponsor", (sponsor,))
    else:
        names = from_table(view.reader, "party", "party")
    totals = None
    if not sponsor and named is None:
        totals = kept_totals(view, "party.role" if role else "party.all", role or None, status=status, anybody=True)
    return view.answer(list_body(page.listing, view.height, names, show, totals))


@router.get("/parties/{party}", summary="One party")
def one_party(view: Opened, party: str) -> Response:
    """Show a party by its id."""
    row = view.party(known_party(view, party))
    return view.answer(party_shape(view, row or {}))


@declared(router, "party_bills")
def party_bills(page: ValuedList, party: str, asked: Asked) -> Response:
    """List the bills that name a party or of which it holds or was offered a token."""
    view = page.view
    found = known_party(view, party)
    names = from_names(view.concerned_bills([found]) if view.found_by(found) else view.own_bills())

    def show(name: str) -> Entry | None:
        row = view.row("bill", "bill", name)
        if row is None or not matches(asked, row):
            return None
        if not view.sees_part_of(row, found):
            return None
        return Entry(partial(shown_bill, view, row), str(row["currency"]), int(row["face"]))

    return view.answer(list_body(page.listing, view.height, names, show))


@declared(router, "party_tokens")
def party_tokens(page: Listed, party: str, asked: Asked) -> Response:
    """List the tokens in a party's hands; with ``status=all`` those of its past too."""
    view = page.view
    holder = known_party(view, party)
    show = token_shown(view, asked["status"], fits=lambda row: row["holder"] == holder)
    names = _in_hands(view, "token.holder", holder)
    totals = held_totals(view, holder) if asked["status"] == "live" else None
    return view.answer(list_body(page.listing, view.height, names, show, totals))


def token_shown(
    view: View, status: str | None, *, fits: Callable[[Row], bool] = lambda _: True
) -> Callable[[str], Entry | None]:
    """Give how tokens of a status are shown in a list; status None or "all" takes all, "a,b" either."""
    wanted = None if status in (None, "all") else str(status).split(",")

    def show(name: str) -> Entry | None:
        row = view.row("token", "token", name.rpartition("/")[2])
        if row is None or not (wanted is None or row["status"] in wanted) or not fits(row):
            return None
        return token_entry(view, row) if view.sees_token(row) else None

    return show


def tokens_of(view: View, bills: Names) -> Names:
    """Give the tokens of bills as candidates, written "bill/token", bill by bill."""

    def names(after: str) -> Iterator[str]:
        bill, _, token = after.partition("/")
        for one in chain((bill,) if bill else (), bills(bill)):
            behind = token if one == bill else ""
            yield from (f"{one}/{name}" for name in from_index(view.reader, "token.bill", (one,))(behind))

    return names


def _in_hands(view: View, index: str, party: str) -> Names:
    """Give the tokens that a party has, as far as that is the viewer's to read; else those of the viewer's bills."""
    if view.found_by(party):
        return from_index(view.reader, index, (party,))
    return tokens_of(view, from_names(view.own_bills()))


def token_entry(view: View, row: Row) -> Entry:
    """Show a token in a list; only leaves add to the sum, so that no cent counts twice."""
    leaf = row["status"] in LEAF_STATUSES
    shape = partial(view.shown_token, row)
    return Entry(shape, str(row["currency"]), amount_of(row)) if leaf else Entry(shape)


def is_offered(view: View, row: Row) -> bool:
    """Say whether a token waits for a recipient's answer; what a debtor agreed to pay early waits for none."""
    if row["status"] != "live" or not row["offered_to"]:
        return False
    early = any(lock["ref"] == "prepay" for lock in row["locks"])
    known = view.row("prepayment", "prepayment", str(row["id"])) if early else None
    return known is None or known["status"] != "agreed"


@declared(router, "offers")
def offers(page: Listed, asked: Asked) -> Response:
    """List open offers to or from a party; a signed reader that names neither sees those made to it."""
    view, recipient, holder = page.view, asked["to"], asked["from"]
    if recipient is None and holder is None:
        if not view.viewer.party:
            raise parameter_problem("to", "parameter_one_of", known="to, from")
        recipient = known_party(view, view.viewer.party)
    if recipient is not None and (view.found_by(recipient) or not view.found_by(holder)):
        names = _in_hands(view, "token.offered_to", recipient)
    else:
        names = _in_hands(view, "token.holder", holder or "")

    def show(name: str) -> Entry | None:
        row = view.row("token", "token", name.rpartition("/")[2])
        if row is None or not is_offered(view, row):
            return None
        fits = recipient in (None, row["offered_to"]) and holder in (None, row["holder"])
        return token_entry(view, row) if fits and view.sees_token(row) and view.sees_offer(row) else None

    return view.answer(list_body(page.listing, view.height, names, show))


def held_bills(view: View, holder: str) -> set[str]:
    """Give the bills of which a party holds live tokens that the viewer may see."""
    if not view.found_by(holder):
        return {one for one in view.own_bills() if _holds(view, one, holder)}
    found: set[str] = set()
    for token_id in every(from_index(view.reader, "token.holder", (holder,))):
        row = view.known.row("token", "token", token_id)
        bill_id = "" if row is None else str(row["bill"])
        if row is None or bill_id in found:
            continue
        if view.by_value:
            held = view.row("bill", "bill", bill_id) is not None and _holds_by_value(view, bill_id, holder)
        else:
            held = row["status"] == "live" and row["holder"] == holder and view.sees_token(row)
        if held:
            found.add(bill_id)
    return found


def _holds(view: View, bill_id: str, holder: str) -> bool:
    """Say whether it shows that a party holds a live token of a bill of the viewer's."""
    if view.by_value:
        return view.row("bill", "bill", bill_id) is not None and _holds_by_value(view, bill_id, holder)
    sight = view.sight(bill_id)
    shown = (view.row("token", "token", name) for name in (sight.tokens or () if sight is not None else ()))
    return any(row is not None and row["status"] == "live" and row["holder"] == holder for row in shown)


def _holds_by_value(view: View, bill_id: str, holder: str) -> bool:
    sight, lineage = view.sight(bill_id), view.lineage(bill_id)
    leaves = ((leaf, lineage.token(leaf)) for leaf in lineage.leaves)
    return sight is not None and any(
        token["status"] == "live" and token["holder"] == holder and sight.sees(leaf) for leaf, token in leaves
    )
