"""What the ledger will refuse of acts on parties, accounts, disputes and orders, and of whom an act names.

As `foreseen`, under the contracts' reasons and in their order: a check reads the rows of the parties that an act names,
and the sender's own. A row that cannot be read says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chainbill_contracts.declared_rows import rows

from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.failure import Failure
from chainbill_cli.session import Session, bank_in_place_of

Row = Mapping[str, Any]
Refusal = tuple[str, dict[str, Any]]
Check = Callable[[Session, Row], "Refusal | None"]
"""The session and an act's arguments → what the ledger will say, None where this check has nothing."""
Reads = Callable[[Session, Row], Row]


def me(session: Session, _: Row) -> Row:
    """The sender."""
    return session.registered(session.party)


def named(argument: str) -> Reads:
    """The party that an argument names."""
    return lambda session, arguments: session.registered(str(arguments.get(argument) or session.party))


def elsewhere(place: str, act: str, now: Any) -> Refusal | None:
    """What is said of a row whose status is not one where the act may begin, as it is declared; None: not known."""
    asked = rows()[place].asked[act]
    if not now or now in asked.words:
        return None
    return asked.refused, {"from": now, "to": asked.then[0]} if asked.then else {"status": now}


def reported_so(now: str, then: str) -> bool:
    """Whether the bank that pays may report of a payment in one status that it is in the other, as it is declared."""
    steps = rows()["settlement/payment"].steps
    return any((one.before, one.after) == (now, then) and "settlement.pay_result" in one.guarded for one in steps)


def _at(path: str, argument: str) -> Reads:
    return lambda session, arguments: session.object_row(path, str(arguments[argument]))


DISPUTE, ORDER = _at("/v1/disputes", "dispute"), _at("/v1/status-orders", "order")
ENTRY, LIFTED = _at("/v1/entries", "entry"), _at("/v1/entries", "lifts")


def halted(party: Row) -> Refusal | None:
    """What is said of a party that has stopped its own business."""
    return ("party_halted", {"id": party["id"], "halted_on": party["halted_on"]}) if party.get("halted_on") else None


def stopped(party: Row) -> Refusal | None:
    """What is said of a party that is not active, or halted."""
    if party and party.get("status") != "active":
        return "party_not_active", {"id": party["id"], "status": party.get("status")}
    return halted(party)


def no_bank(party: Row) -> Refusal | None:
    """What is said of a party that is no bank in business."""
    if party and "bank" not in party.get("roles", ()):
        return "not_a_bank", {"id": party["id"]}
    return stopped(party)


def no_holder(party: Row) -> Refusal | None:
    """What is said of a party that holds no tokens."""
    roles = party.get("roles") or ("supplier",)
    return None if {"supplier", "anchor"} & set(roles) else ("cannot_hold", {"id": party["id"]})


def _of(read: Reads, said: Callable[[Row], Refusal | None]) -> Check:
    return lambda session, arguments: said(read(session, arguments))


def _sponsor(read: Reads) -> Check:
    def check(session: Session, arguments: Row) -> Refusal | None:
        row = read(session, arguments)
        return ("not_the_sponsor", {"id": row["id"]}) if row.get("sponsor", session.party) != session.party else None

    return check


def _role(read: Reads, role: str, reason: str) -> Check:
    def check(session: Session, arguments: Row) -> Refusal | None:
        row = read(session, arguments)
        return (reason, {"id": row["id"]}) if row and role not in row.get("roles", ()) else None

    return check


def _step(read: Reads, act: str, to: str = "") -> Check:
    """The act must bring the party's status to the one of an argument `status`, or to this one."""

    def check(session: Session, arguments: Row) -> Refusal | None:
        row, then = read(session, arguments), to or arguments.get("status")
        leads = (contract_constant("general", "PARTY_STEPS") or {}).get(act, {})
        if not row or then in leads.get(row.get("status"), ()):
            return None
        return "party_transition", {"from": row.get("status"), "to": then}

    return check


def _not_closed(read: Reads) -> Check:
    def check(session: Session, arguments: Row) -> Refusal | None:
        row = read(session, arguments)
        if row.get("status") == "closed":
            return "party_not_active", {"id": row["id"], "status": "closed"}
        return None

    return check


def _is_halted(session: Session, arguments: Row) -> Refusal | None:
    row = named("party")(session, arguments)
    return ("not_halted", {}) if row.get("halted_on") == "" else None


def _own_or(own: tuple[Check, ...], other: tuple[Check, ...]) -> Check:
    """The first ones of what a party does with itself, the others of what its sponsor does with it."""

    def check(session: Session, arguments: Row) -> Refusal | None:
        return first(own if arguments.get("party") in ("", session.party) else other, session, arguments)

    return check


def _disputes_sponsor(session: Session, arguments: Row) -> Refusal | None:
    row = DISPUTE(session, arguments)
    return _sponsor(lambda *_: session.registered(str(row["by"])))(session, arguments) if row else None


def _open_dispute(session: Session, arguments: Row) -> Refusal | None:
    return elsewhere("invoice/dispute", "invoice.uphold", DISPUTE(session, arguments).get("status"))


def _own_dispute(session: Session, arguments: Row) -> Refusal | None:
    row = DISPUTE(session, arguments)
    if row and row.get("by") != session.party:
        if row.get("status") == "upheld":
            return _disputes_sponsor(session, arguments)
        return "not_the_disputing_party", {}
    return elsewhere("invoice/dispute", "invoice.withdraw_dispute", row.get("status"))


def _second_bank(session: Session, arguments: Row) -> Refusal | None:
    row = ORDER(session, arguments)
    if row.get("by") == session.party:
        return "entered_by_own_house", {"id": session.party, "order": row["id"]}
    return None


def _order_entered(session: Session, arguments: Row) -> Refusal | None:
    return elsewhere("standing/order", "standing.ratify", ORDER(session, arguments).get("status"))


def _on_own_party(session: Session, arguments: Row) -> Refusal | None:
    row = ORDER(session, arguments)
    if row and row.get("party") != session.party:
        return "order_on_another_party", {"id": row.get("party")}
    if over := elsewhere("standing/order", "standing.object_to", row.get("status")):
        return over[0], {"until": row.get("until")}
    if row.get("objected_on"):
        return "objection_made", {"objected_on": row["objected_on"]}
    return None


def _second_of_entry(act: str) -> tuple[Check, ...]:
    """A bank that made no entry and is no side of it ratifies or refuses it, while it waits."""

    def other(session: Session, arguments: Row) -> Refusal | None:
        row = ENTRY(session, arguments)
        barred = {row.get("by"), *row.get("concerned", ())}
        return ("not_the_entering_bank", {"id": session.party}) if session.party in barred else None

    def waits(session: Session, arguments: Row) -> Refusal | None:
        return elsewhere("entry/entry", act, ENTRY(session, arguments).get("status"))

    return other, waits


def _entry_on_own_party(session: Session, arguments: Row) -> Refusal | None:
    row = ENTRY(session, arguments)
    if row and row.get("party") != session.party:
        return "entry_on_another_party", {"id": row.get("party")}
    if row.get("status") in ("refused", "lapsed", "lifted", "expired"):
        return "entry_transition", {"from": row["status"], "to": "objected"}
    return ("objection_made", {"objected_on": row["objected_on"]}) if row.get("objected_on") else None


def _can_be_lifted(session: Session, arguments: Row) -> Refusal | None:
    row = LIFTED(session, arguments)
    if row and (row.get("kind") == "lift" or row.get("status") != "ratified"):
        return "entry_transition", {"from": row.get("status"), "to": "lifted"}
    return None


def _is_upheld(session: Session, arguments: Row) -> Refusal | None:
    return elsewhere("invoice/dispute", "entry.strike", DISPUTE(session, arguments).get("status"))


def _in_default(session: Session, arguments: Row) -> Refusal | None:
    known = named("debtor")(session, arguments).get("defaults") or ()
    found = [one["entry"] for one in known if one["kind"] == arguments["default"]]
    return ("entry_stands", {"entry": found[0]}) if found else None


def _account(session: Session, arguments: Row) -> Refusal | None:
    row = named("party")(session, arguments)
    if "accounts" not in row:
        return None
    found = next((one for one in row["accounts"] if one.get("currency") == arguments["currency"]), None)
    if found is None:
        return "account_unknown", {}
    asked = found if found.get("status") == "announced" else found.get("next")
    if asked is None or elsewhere("account/account", "account.attest", found.get("status")):
        return "nothing_to_attest", {}
    return ("not_the_accounts_bank", {}) if asked.get("bank", session.party) != session.party else None


def _open_bank(session: Session, arguments: Row) -> Refusal | None:
    row = named("bank")(session, arguments)
    if row.get("status") == "closed":
        return "party_not_active", {"id": row["id"], "status": "closed"}
    return None


def _days_in_order(session: Session, arguments: Row) -> Refusal | None:  # noqa: ARG001  a check's signature
    last = arguments.get("last_day")
    return ("date_not_valid", {"date": last}) if last and last < arguments["first_day"] else None


def _pays_already(session: Session, arguments: Row) -> Refusal | None:
    bank = str(session.object_row("/v1/bills", str(arguments["bill"])).get("paying_bank") or "")
    pays = bank_in_place_of(session, bank) if bank else ""
    return ("bank_pays_already", {"bank": pays}) if pays == arguments["bank"] else None


def _another_bank(session: Session, arguments: Row) -> Refusal | None:
    return ("succession_too_long", {}) if arguments["bank"] == session.party else None


def _mandate(act: str) -> Check:
    """A mandate that a debtor asked the sender for must wait for this answer."""

    def check(session: Session, arguments: Row) -> Refusal | None:
        try:
            rows = list(session.client.pages(f"/v1/parties/{session.party}/mandates"))
        except Failure:
            return None  # it cannot be read here: the ledger decides
        found = [one for one in rows if (one["debtor"], one["bank"]) == (arguments["debtor"], session.party)]
        return elsewhere("party/mandate", act, found[0]["status"]) if found else None

    return check


def _applied_here(session: Session, arguments: Row) -> Refusal | None:
    """Applications name the sender as their sponsor, and may still be attested."""
    for statement in (one["statement"] for one in arguments["applications"]):
        if statement.get("sponsor") != session.party:
            return "application_for_another_sponsor", {"id": statement.get("id"), "sponsor": statement.get("sponsor")}
        if not session.offline and str(statement.get("until")) < session.today():
            return "application_expired", {"id": statement.get("id"), "until": statement.get("until")}
    return None


PARTY, BANK = named("party"), named("bank")
SPONSORED = _sponsor(PARTY)
AS_ACTIVE = _of(me, stopped)
AS_BANK = _of(me, no_bank)
OTHER_RATIFIES, RATIFIABLE = _second_of_entry("entry.ratify_entry")


def _status_set(session: Session, arguments: Row) -> Refusal | None:
    """Of an order on a party; of one that lifts another one the ledger decides, which knows who entered that."""
    now = PARTY(session, arguments).get("status")
    if arguments["status"] == "active" and now in ("suspended", "insolvent"):
        return None
    return first((SPONSORED, _step(PARTY, "standing.set_status")), session, arguments)


def _insolvent(session: Session, arguments: Row) -> Refusal | None:
    row = PARTY(session, arguments)
    return ("insolvency_not_ratified", {"id": row["id"]}) if row and row.get("status") != "insolvent" else None


CHECKS: Mapping[str, tuple[Check, ...]] = {
    "bill.ask_paying_bank": (_pays_already, _of(BANK, no_bank)),
    "account.announce": (_role(BANK, "bank", "not_a_bank"), _open_bank),
    "account.attest": (AS_BANK, _account),
    "audit.grant": (_days_in_order, _role(named("auditor"), "auditor", "not_an_auditor")),
    "invoice.uphold": (_disputes_sponsor, AS_ACTIVE, _open_dispute),
    "invoice.withdraw_dispute": (_own_dispute,),
    "entry.enter_default": (_role(me, "bank", "not_a_bank"), AS_ACTIVE, _in_default, _not_closed(named("debtor"))),
    "entry.lift": (_role(me, "bank", "not_a_bank"), AS_ACTIVE, _can_be_lifted),
    "entry.object_to_entry": (_entry_on_own_party,),
    "entry.ratify_entry": (_role(me, "bank", "not_a_bank"), OTHER_RATIFIES, AS_ACTIVE, RATIFIABLE),
    "entry.refuse_entry": (_role(me, "bank", "not_a_bank"), *_second_of_entry("entry.refuse_entry")),
    "entry.strike": (_role(me, "bank", "not_a_bank"), AS_ACTIVE, _is_upheld),
    "party.accept_mandate": (_mandate("party.accept_mandate"),),
    "party.add_identifier": (SPONSORED, _not_closed(PARTY)),
    "party.ask_paying_bank": (AS_ACTIVE, _role(me, "anchor", "debtor_not_an_anchor"), _of(BANK, no_bank)),
    "party.attest_size": (SPONSORED, _not_closed(PARTY)),
    "party.lift_halt": (_own_or((), (SPONSORED, AS_ACTIVE)), _is_halted),
    "party.refuse_mandate": (_mandate("party.refuse_mandate"),),
    "party.register": (AS_BANK, _applied_here),
    "party.rename": (SPONSORED, _not_closed(PARTY)),
    "recovery.recover": (SPONSORED, AS_ACTIVE),
    "standing.close": (SPONSORED, _step(PARTY, "standing.close", "closed")),
    "standing.leave": (_own_or((), (SPONSORED,)), _step(PARTY, "standing.leave", "leaving")),
    "standing.name_administrator": (SPONSORED, _insolvent),
    "standing.object_to": (_on_own_party,),
    "standing.ratify": (_role(me, "bank", "not_a_bank"), _second_bank, AS_ACTIVE, _order_entered),
    "standing.set_status": (_status_set,),
    "standing.stay": (_step(me, "standing.stay", "active"),),
    "succession.accept": (_role(BANK, "bank", "not_a_bank"), AS_BANK, _another_bank),
    "succession.name": (_role(me, "bank", "not_a_bank"), _of(BANK, no_bank)),
}  # fmt: skip
"""Of each act what is asked, in the contract's order."""


def first(checks: tuple[Check, ...] | Iterator[Check], session: Session, arguments: Row) -> Refusal | None:
    """What the first of the checks says that says anything."""
    return next((said for one in checks if (said := one(session, arguments)) is not None), None)


def of_parties(session: Session, act: str, arguments: Row) -> Refusal | None:
    """What the ledger will say of an act on a party, an account, a dispute or an order."""
    return first(CHECKS.get(act, ()), session, arguments)
