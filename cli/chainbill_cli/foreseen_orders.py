"""What the ledger will refuse of orders of courts: of their papers, of the banks that act, of what they are on.

As `foreseen_terms`, under the contracts' reasons and in their order. A row that cannot be read says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chainbill_contracts.declared_reads import reads

from chainbill.dates import add_days
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.failure import Failure
from chainbill_cli.foreseen_parties import Refusal, Row, elsewhere, halted, no_holder, stopped
from chainbill_cli.foreseen_terms import Check, all_rows
from chainbill_cli.lookup import not_found
from chainbill_cli.money_said import PLACES
from chainbill_cli.session import Session, bank_in_place_of

ORDERS, PAYMENTS = reads()["orders"].path, reads()["payments"].path


@dataclass(frozen=True, slots=True)
class Place:
    """What one item of an order is on, as `place_of` of the contract. pledgee: None where it cannot be seen."""

    of_token: bool
    row: Row
    bill: Row
    pledgee: str | None

    @property
    def holder(self) -> str:
        """Whose cents it is on."""
        return str(self.row["holder"])


def _place(session: Session, item: Row) -> Place | None:
    """Where an item stands; None where that cannot be seen."""
    of_token = "token" in item
    row = session.object_row(PLACES["token" if of_token else "freeze"], str(item["token" if of_token else "freeze"]))
    bill = session.object_row(PLACES["bill"], str(row.get("bill") or ""))
    if not row or not bill:
        return None
    return Place(of_token, row, bill, pledgee_of(session, row) if of_token else str(row["pledgee"]))


def pledgee_of(session: Session, token: Row) -> str | None:
    """To whom a token is pledged or offered in pledge, "" to nobody; None where that cannot be seen."""
    locks = token.get("locks") or ()
    named = [str(one["ref"]) for one in locks if one["kind"] == "pledged" or _of_nobody(token, one)]
    if named:
        return str(session.object_row(PLACES["pledge"], named[-1]).get("pledgee") or "") or None
    return "" if locks or _all_read(session) else None


def _of_nobody(token: Row, lock: Row) -> bool:
    """Whether a lock is of an offer to no party: in pledge."""
    return bool(lock["kind"] == "offered" and token["offered_to"] == "")


def _all_read(session: Session) -> bool:
    """Whether everybody reads everything here: elsewhere locks show to holders alone."""
    return bool(session.network.get("public_reads"))


# --- what is entered --------------------------------------------------------------------------------------------------
def _order(session: Session, said: Row) -> Iterator[Refusal | None]:
    yield from _form(said)
    places = [] if session.offline else [one for one in (_place(session, item) for item in said["items"]) if one]
    if len(places) < len(said["items"]):
        return
    yield from _may_enter(session, places, str(said["beneficiary"]))
    yield stopped(session.registered(session.party))
    for item, place in zip(said["items"], places, strict=True):
        yield from _stands(session, str(said["kind"]), place, int(item.get("amount") or 0))
    for place in places:
        yield from _room(session, place)
    if said["issued_on"] > session.today():
        yield "order_in_future", {"today": session.today()}
    if said["kind"] == "transfer":
        yield from _can_take(session, places, str(said["beneficiary"]))
    for item, place in zip(said["items"], places, strict=True):
        yield from _amount(session, said, item, place)
    yield _used(session, said, places)


def _form(said: Row) -> Iterator[Refusal | None]:
    """Names of the paper, how many items of which kind, and the days."""
    longest = contract_constant("general", "LONGEST_REFERENCE")
    if not all(1 <= len(said[name]) <= longest for name in ("authority", "number")):
        yield "reference_not_valid", {}
    if len(said["documents"]) > contract_constant("general", "MOST_PAPERS"):
        yield "documents_needed", {"least": 1}
    items, most = said["items"], contract_constant("general", "MOST_ITEMS")
    named = [(("token" in one), one.get("token") or one.get("freeze")) for one in items]
    if len(items) > most or len(set(named)) < len(named) or len({kind for kind, _ in named}) > 1:
        yield "order_empty", {"most": most}
    runs = said["kind"] in ("freeze", "renew") or "token" in items[0]
    most = contract_constant("general", "MOST_DAYS") if runs else 0
    if not (1 if runs else 0) <= said["days"] <= most:
        yield "freeze_too_long", {"most": most}


def _may_enter(session: Session, places: Sequence[Place], beneficiary: str) -> Iterator[Refusal | None]:
    """Whether the sender pays the bill or sponsors the holder of each item; where no bank may, it has a seat."""
    yield from _apart(session, [beneficiary, *(side for one in places for side in (one.holder, one.pledgee or ""))])
    for place in places:
        barred = _houses(session, (place.holder, place.pledgee or ""))
        found = [str(place.bill.get("paying_bank") or ""), str(session.registered(place.holder).get("sponsor") or "")]
        banks = [bank_in_place_of(session, one) for one in found if one]
        able = [one for one in banks if one not in barred and session.registered(one).get("status") == "active"]
        left = [one for one in able if one not in _houses(session, (beneficiary,))]
        if not able or (not left and not place.of_token) or place.pledgee is None:
            left += _seats(session) or [session.party]
        if session.party not in left:
            yield "not_the_acting_bank", {"id": session.party}


def _apart(session: Session, sides: Iterable[str], first: str = "") -> Iterator[Refusal | None]:
    """Whether the sender is a bank of no side's house, nor of that of the bank that entered the order, `first`."""
    own = session.registered(session.party)
    if own and "bank" not in own.get("roles", ()):
        yield "not_a_bank", {"id": session.party}
    house = bank_in_place_of(session, session.party)
    if house in _houses(session, sides):
        yield "side_of_the_matter", {"id": session.party}
    if house in _houses(session, (first,)):
        yield "entered_by_own_house", {"id": session.party}


def _houses(session: Session, parties: Iterable[str]) -> set[str]:
    return {bank_in_place_of(session, one) for one in parties if one}


def _seats(session: Session) -> list[str]:
    """The parties whose nodes are active validators; none where they cannot be read."""
    try:
        return [str(one["party"]) for one in session.client.get("/v1/validators")["data"]]
    except Failure:
        return []


def _stands(session: Session, kind: str, place: Place, amount: int) -> Iterator[Refusal | None]:
    """Whether a token is live and may be frozen by this bank again, or a freeze stands, in force where it must be, and
    no agreed financing has what is to be given or freed in part. amount: minor units, 0 for all.
    """
    row = place.row
    if place.of_token:
        if row["status"] not in contract_constant("general", "TOKEN_USABLE"):
            yield "token_already_used", {"status": row["status"]}
        until = _not_before(session, place)
        if until >= session.today():
            yield "freeze_too_soon", {"until": until}
        return
    needed = contract_constant("general", "FREEZE_STANDING" if kind == "release" else "FREEZE_IN_FORCE")
    if row["status"] not in needed or row["over"]:
        yield "freeze_transition", {"from": row["status"], "to": "in_force" if kind == "renew" else "ended"}
    waiting = [one for one in row["held_by"] if _waits_from(session, str(one))]
    if kind != "release" and len(waiting) >= contract_constant("legal", "MOST_WAITING"):
        yield "order_open", {"order": waiting[0]}
    if row.get("suspends") and (kind == "transfer" or (kind == "release" and amount)):
        asked = session.object_row(PLACES["request"], str(row["suspends"]))
        if asked.get("until"):  # others than bank and holder do not read it
            yield "freeze_suspends", {"until": asked["until"]}


def _not_before(session: Session, place: Place) -> str:
    """The last day on which the sender's house freezes nothing more of a holder on a bill, "" where there is none: so
    many days after an order of its own that no second bank ratified, and that froze of this.
    """
    found = ""
    known = all_rows(session, ORDERS, concerned=place.holder, kind="freeze,transfer", status="refused,lapsed")
    for one in known:
        if bank_in_place_of(session, str(one["by"])) != bank_in_place_of(session, session.party) or not one["freezes"]:
            continue
        rows = [session.object_row(PLACES["freeze"], str(name)) for name in one["freezes"]]
        if any((row.get("bill"), row.get("holder")) == (place.row["bill"], place.holder) for row in rows):
            refused = one["status"] == "refused" and one["refusals"]
            ended_on = one["refusals"][-1]["refused_on"] if refused else add_days(one["until"], 1)
            found = max(found, add_days(ended_on, contract_constant("legal", "DAYS_WITHOUT_FREEZE")))
    return found


def _waits_from(session: Session, order: str) -> bool:
    """Whether an order of the sender's house waits for its ratification."""
    row = session.object_row(ORDERS, order)
    house = bank_in_place_of(session, session.party)
    return row.get("status") == "entered" and bank_in_place_of(session, str(row["by"])) == house


def _room(session: Session, place: Place) -> Iterator[Refusal | None]:
    """Whether one freeze more may stand on a token, and none of the sender's waits there to be ratified."""
    freezes = [str(lock["ref"]) for lock in place.row.get("locks") or () if lock["kind"] == "frozen"]
    most = contract_constant("legal", "MOST_FREEZES")
    if place.of_token and len(freezes) >= most:
        yield "too_many_freezes", {"most": most}
    for freeze in freezes if place.of_token else ():
        order = str(session.object_row(PLACES["freeze"], freeze).get("order") or "")
        if order and _waits_from(session, order):
            yield "order_open", {"order": order}


def _can_take(session: Session, places: Sequence[Place], beneficiary: str) -> Iterator[Refusal | None]:
    """Whether the beneficiary may own what is transferred; to an account outside ("") goes only set-aside money."""
    if not beneficiary:
        for place in places:
            if place.of_token or (_all_read(session) and not _money(session, place)):
                yield "beneficiary_unregistered", {"id": ""}
        return
    row = session.registered(beneficiary)
    if _is_unknown(session, beneficiary) if not row else row.get("status") != "active":
        yield "beneficiary_unregistered", {"id": beneficiary}
    if "bank" not in row.get("roles", ()):
        yield no_holder(row)
    for place in places:
        if place.bill["debtor"] == beneficiary:
            yield "recipient_is_the_debtor", {}
        if bank_in_place_of(session, place.holder) == bank_in_place_of(session, beneficiary):
            yield "beneficiary_is_the_holder", {"id": beneficiary}


def _is_unknown(session: Session, party: str) -> bool:
    """Whether a node says that there is no such party."""
    try:
        session.client.get(f"/v1/parties/{party}")
    except Failure as failure:
        return not_found(failure)
    return False


def amount_of(item: Row, token: Row) -> int:
    """How many minor units of a token an item is on: a share is rounded as the contract rounds it. token: its row."""
    if "amount" in item:
        return int(item["amount"])
    whole = int(contract_constant("general", "WHOLE"))
    return int((token["amount"] * item["percent"] + (whole - 1 if item["up"] else 0)) // whole)


def _amount(session: Session, said: Row, item: Row, place: Place) -> Iterator[Refusal | None]:
    currency = place.row["currency"]
    if place.of_token:
        amount, held = amount_of(item, place.row), int(place.row["amount"])
        if amount == 0:
            yield "amount_not_positive", {}
        if amount > held:
            yield "amount_exceeds_tokens", {"missing": amount - held, "currency": currency}
    elif item.get("amount") and _all_read(session):
        yield from _part(session, said, int(item["amount"]), place)


def _part(session: Session, said: Row, amount: int, place: Place) -> Iterator[Refusal | None]:
    """Whether an amount of a freeze is there: from below to be released, of what is in force from above to be given."""
    given = said["kind"] == "transfer"
    pieces = [(int(row["lo"]), row, False) for row in _live(session, place)]
    pieces += [(int(row["lo"]), row, True) for row in _money(session, place)]
    left = amount
    for _, row, is_money in sorted(pieces, key=lambda one: one[0], reverse=given):
        standing = row["freezes"] if is_money else [one for one in row["locks"] if one["kind"] == "frozen"]
        first = standing[0]["freeze" if is_money else "ref"] == place.row["id"]
        if left <= 0 or (given and not first) or (given and said["account"] and not is_money):
            continue
        if is_money and left < row["amount"]:
            yield "payment_in_part", {"amount": row["amount"], "currency": place.row["currency"]}
        left -= row["amount"]
    if left > 0:
        yield "amount_above_frozen", {"missing": left, "currency": place.row["currency"]}


def _live(session: Session, place: Place) -> list[Row]:
    """The live tokens that a freeze is on."""
    rows = all_rows(session, f"{PLACES['bill']}/{place.row['bill']}/tokens", status="live")
    return [row for row in rows if any(lock["ref"] == place.row["id"] for lock in row["locks"])]


def _money(session: Session, place: Place) -> list[Row]:
    """The payments that are set aside under a freeze, each with the first of its cents, `lo`."""
    rows = all_rows(session, PAYMENTS, bill=place.row["bill"], status="set_aside")
    held = [row for row in rows if any(one["freeze"] == place.row["id"] for one in row["freezes"])]
    return [{**row, "lo": session.object_row(PLACES["token"], str(row["token"])).get("lo", 0)} for row in held]


def _used(session: Session, said: Row, places: Sequence[Place]) -> Refusal | None:
    """Whether the same paper with the same items stands already; of shares of tokens it is not to be seen."""
    if said["kind"] == "freeze":
        return None
    wanted = [(one.get("token", ""), one.get("freeze", ""), one.get("amount", 0)) for one in said["items"]]
    statuses = ",".join(contract_constant("general", "LEGAL_ORDER_STANDING"))
    for row in all_rows(session, ORDERS, concerned=places[0].holder, kind=said["kind"], status=statuses):
        named = [(one["token"], "" if one["token"] else one["freeze"], one["amount"]) for one in row["items"]]
        if named == wanted and all(row[name] == said[name] for name in ("authority", "number")):
            return "order_used", {"order": row["id"]}
    return None


# --- what others say to it --------------------------------------------------------------------------------------------
def _second(session: Session, said: Row) -> Iterator[Refusal | None]:
    """Whether the sender may be the second bank of an order."""
    row = session.object_row(ORDERS, str(said["order"]))
    freezes = [session.object_row(PLACES["freeze"], str(item["freeze"])) for item in row.get("items") or ()]
    sides = [str(one.get(name) or "") for one in freezes for name in ("holder", "pledgee")]
    sides += [_financing_bank(session, str(one["suspends"])) for one in freezes if one.get("suspends")]
    yield from _apart(session, [str(row.get("beneficiary") or ""), *sides], str(row.get("by") or ""))


def _financing_bank(session: Session, request: str) -> str:
    """The bank whose agreed financing a freeze suspends: it has the token once the order is refused."""
    agreed = str(session.object_row(PLACES["request"], request).get("agreed_quote") or "")
    return str(session.object_row(PLACES["quote"], agreed).get("bank") or "") if agreed else ""


def _ratify(session: Session, said: Row) -> Iterator[Refusal | None]:
    row = session.object_row(ORDERS, str(said["order"]))
    yield from _second(session, said)
    yield stopped(session.registered(session.party))
    yield elsewhere("legal/order", "legal.ratify", row.get("status"))
    yield halted(session.registered(str(row.get("by") or "")))


def _refuse(session: Session, said: Row) -> Iterator[Refusal | None]:
    row = session.object_row(ORDERS, str(said["order"]))
    yield from _second(session, said)
    yield elsewhere("legal/order", "legal.refuse", row.get("status"))
    for one in row.get("refusals") or ():
        if bank_in_place_of(session, str(one["bank"])) == bank_in_place_of(session, session.party):
            yield "refusal_made", {"bank": one["bank"]}


def _object_to(session: Session, said: Row) -> Iterator[Refusal | None]:
    row = session.object_row(ORDERS, str(said["order"]))
    freezes = [session.object_row(PLACES["freeze"], str(item["freeze"])) for item in row.get("items") or ()]
    sides = {str(one.get(name) or "") for one in freezes for name in ("holder", "pledgee")}
    if freezes and all(freezes) and session.party not in {*sides, *_houses(session, sides)}:
        yield "not_a_side_of_the_order", {}
    yield elsewhere("legal/order", "legal.object_to", row.get("status"))
    if row and not row["acts_on"]:
        yield "order_transition", {"from": row["status"], "to": "objected"}
    if row.get("objected_on"):
        yield "objection_made", {"objected_on": row["objected_on"]}


CHECKS: Mapping[str, Check] = {
    "legal.order": _order, "legal.ratify": _ratify, "legal.refuse": _refuse, "legal.object_to": _object_to,
}  # fmt: skip
