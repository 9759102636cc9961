"""Who may see an event: a closed table of all events that there are, and what each of them tells of.

The receipt of what the ledger did by itself is shown whole or not at all, since only whole bytes can be checked against
a root. Governance and evidence are everybody's business. Day work is shown to those who see every object that its
events tell of; a receipt with an event that stands in no table, or with none at all, shows to those who see everything
and to nobody else. What of a transaction's receipt is told is in `told`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chainbill.ledger.core_rows import CORE
from chainbill.ledger.receipt import Kind, Receipt
from chainbill_node.rest.access import sees_quote, sees_request
from chainbill_node.rest.asked import sees_product
from chainbill_node.rest.problems import Problem
from chainbill_node.rest.routes_changes import sees_changes
from chainbill_node.rest.routes_entries import sees_entry
from chainbill_node.rest.routes_invoices import sees_dispute
from chainbill_node.rest.routes_joints import sees_joint
from chainbill_node.rest.routes_legal import sees_court_order, sees_freeze
from chainbill_node.rest.routes_pledges import sees_pledge
from chainbill_node.rest.routes_prepayments import sees_prepayment
from chainbill_node.rest.routes_recourse import sees_claim
from chainbill_node.rest.routes_sales import sees_sale
from chainbill_node.rest.routes_standing import sees_order
from chainbill_node.rest.routes_write_offs import sees_write_off
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

PUBLIC = (Kind.PROTOCOL, Kind.RULES, Kind.ACTIVATION, Kind.EVIDENCE, Kind.TICK)
PUBLIC_KINDS = frozenset([kind.value for kind in PUBLIC])

EVERYBODY = "everybody"
NAMED = "named"
OF_PARTIES = ("party", "debtor")
TELLS_OF: Mapping[tuple[str, str], str] = {
    ("account", "account_attested"): NAMED,
    ("account", "account_change_announced"): "party",
    ("account", "account_change_ended"): "party",
    ("account", "account_change_put_off"): "party",
    ("account", "account_changed"): "party",
    ("account", "account_opened"): "party",
    ("audit", "granted"): NAMED,
    ("audit", "grant_revoked"): NAMED,
    ("bill", "accepted"): "bill",
    ("bill", "cancelled"): "bill",
    ("bill", "confirmed"): "bill",
    ("bill", "dilution_asked"): "joint",
    ("bill", "diluted"): "bill",
    ("bill", "due"): "bill",
    ("bill", "expired"): "bill",
    ("bill", "invoices_added"): "bill",
    ("bill", "invoices_asked"): "joint",
    ("bill", "issued"): "bill",
    ("bill", "joint_agreed"): "joint",
    ("bill", "joint_ended"): "joint",
    ("bill", "left_alone"): "bill",
    ("bill", "overdue"): "bill",
    ("bill", "overdue_rescinded"): "bill",
    ("bill", "pay_on_changed"): "bill",
    ("bill", "paying_bank_asked"): "joint",
    ("bill", "paying_bank_changed"): "bill",
    ("bill", "red_letter_asked"): "joint",
    ("bill", "rejected"): "bill",
    ("bill", "settled"): "bill",
    ("bill", "void_asked"): "joint",
    ("bill", "voided"): "bill",
    ("bill", "withdrawn"): "bill",
    ("calendar", "year_decided"): EVERYBODY,
    ("entry", "entered"): "entry",
    ("entry", "entry_ended"): "entry",
    ("entry", "entry_lapsed"): "entry",
    ("entry", "entry_objected"): "entry",
    ("entry", "entry_put_off"): "entry",
    ("entry", "entry_ratified"): "entry",
    ("entry", "entry_refused"): "entry",
    ("finance", "agreed"): "quote",
    ("finance", "agreement_put_off"): "quote",
    ("finance", "agreement_resumed"): "quote",
    ("finance", "agreement_stopped"): "quote",
    ("finance", "agreement_suspended"): "quote",
    ("finance", "cancelled"): "quote",
    ("finance", "declined"): NAMED,
    ("finance", "disbursed"): "quote",
    ("finance", "financing_ended"): "financing",
    ("finance", "invoices_in_doubt"): "request",
    ("finance", "owed_again"): "request",
    ("finance", "quote_ended"): "quote",
    ("finance", "quoted"): "quote",
    ("finance", "receipt_unmatched"): NAMED,
    ("finance", "repaid"): "request",
    ("finance", "request_ended"): "request",
    ("finance", "request_reduced"): "request",
    ("finance", "requested"): "request",
    ("finance", "sealed"): "quote",
    ("governance", "clock_advanced"): EVERYBODY,
    ("governance", "decided"): EVERYBODY,
    ("governance", "label_scheme_decided"): EVERYBODY,
    ("governance", "proposed"): EVERYBODY,
    ("governance", "protocol_decided"): EVERYBODY,
    ("governance", "rules_decided"): EVERYBODY,
    ("governance", "set_decided"): EVERYBODY,
    ("governance", "source_stored"): EVERYBODY,
    ("governance", "voted"): EVERYBODY,
    ("guarantee", "demanded"): NAMED,
    ("guarantee", "guarantee_ended"): "bill",
    ("guarantee", "guarantee_reopened"): "bill",
    ("guarantee", "guaranteed"): "bill",
    ("invoice", "claimed_twice"): NAMED,
    ("invoice", "diluted"): "bill",
    ("invoice", "dispute_ended"): "dispute",
    ("invoice", "dispute_upheld"): "dispute",
    ("invoice", "disputed"): "dispute",
    ("invoice", "examined"): NAMED,
    ("invoice", "occupied"): "bill",
    ("invoice", "put_back"): "entry",
    ("invoice", "released"): "bill",
    ("invoice", "struck"): NAMED,
    ("invoice", "total_lowered"): "bill",
    ("label", "label_ended"): "bill",
    ("label", "label_revoked"): "bill",
    ("label", "labelled"): "bill",
    ("legal", "forced"): "token",
    ("legal", "freeze_ended"): "freeze",
    ("legal", "freeze_in_force"): "freeze",
    ("legal", "freeze_renewed"): "freeze",
    ("legal", "frozen"): "freeze",
    ("legal", "order_lapsed"): "court_order",
    ("legal", "order_objected"): "freeze",
    ("legal", "order_put_off"): "court_order",
    ("legal", "order_refused"): "court_order",
    ("legal", "order_stopped"): "court_order",
    ("legal", "order_voted"): "court_order",
    ("legal", "ordered"): "court_order",
    ("legal", "ratified"): "court_order",
    ("legal", "transferred"): "freeze",
    ("party", "change_acted"): "party",
    ("party", "change_announced"): "party",
    ("party", "change_ended"): "party",
    ("party", "change_put_off"): "party",
    ("party", "encryption_key_set"): "party",
    ("party", "few_admin_keys"): "party",
    ("party", "halt_lifted"): "party",
    ("party", "halted"): EVERYBODY,
    ("party", "identifier_decided"): EVERYBODY,
    ("party", "identifier_given_up"): "party",
    ("party", "key_added"): "party",
    ("party", "key_revoked"): "party",
    ("party", "mandate_accepted"): "debtor",
    ("party", "mandate_asked"): "debtor",
    ("party", "mandate_ended"): "debtor",
    ("party", "policy_set"): "party",
    ("party", "registered"): NAMED,
    ("party", "renamed"): EVERYBODY,
    ("party", "reopened"): EVERYBODY,
    ("party", "size_attested"): "party",
    ("pledge", "enforced"): "pledge",
    ("pledge", "enforcement_asked"): "pledge",
    ("pledge", "enforcement_refused"): "pledge",
    ("pledge", "pledge_covered"): "pledge",
    ("pledge", "pledge_ended"): "pledge",
    ("pledge", "pledge_offered"): "pledge",
    ("pledge", "pledge_released"): "pledge",
    ("pledge", "pledge_reopened"): "pledge",
    ("pledge", "pledged"): "pledge",
    ("prepayment", "prepayment_agreed"): NAMED,
    ("prepayment", "prepayment_offered"): NAMED,
    ("product", "produced"): NAMED,
    ("product", "product_agreed"): "product",
    ("product", "product_registered"): "product",
    ("product", "product_retired"): "product",
    ("recourse", "bought_back"): NAMED,
    ("recourse", "recourse_agreed"): NAMED,
    ("recourse", "recourse_asked"): NAMED,
    ("recourse", "recourse_over"): "claim",
    ("recourse", "recourse_refused"): NAMED,
    ("recourse", "recourse_withdrawn"): NAMED,
    ("recovery", "recovery_announced"): "party",
    ("recovery", "recovery_ended"): "party",
    ("recovery", "recovery_put_off"): "party",
    ("sale", "bought"): NAMED,
    ("sale", "sale_offered"): NAMED,
    ("settlement", "guarantee_paid"): NAMED,
    ("settlement", "late_receipt"): NAMED,
    ("settlement", "paid_after_insolvency"): NAMED,
    ("settlement", "payment_changed"): "token",
    ("settlement", "payment_turned"): "token",
    ("settlement", "payment_waits"): "token",
    ("settlement", "prepaid"): NAMED,
    ("settlement", "received"): NAMED,
    ("settlement", "reversed"): NAMED,
    ("standing", "administrator_named"): "order",
    ("standing", "administrator_put_off"): "order",
    ("standing", "party_closed"): NAMED,
    ("standing", "party_leaving"): NAMED,
    ("standing", "status_changed"): EVERYBODY,
    ("standing", "status_lapsed"): "order",
    ("standing", "status_lifted"): "order",
    ("standing", "status_objected"): "order",
    ("standing", "status_ordered"): "order",
    ("standing", "status_put_off"): "order",
    ("standing", "status_ratified"): "order",
    ("standing", "status_stopped"): "order",
    ("succession", "succession_accepted"): NAMED,
    ("succession", "successor_named"): EVERYBODY,
    ("token", "accepted"): NAMED,
    ("token", "lapsed"): "token",
    ("token", "merged"): "token",
    ("token", "offered"): "token",
    ("token", "recalled"): NAMED,
    ("token", "rejected"): NAMED,
    ("token", "rejoined"): "token",
    ("token", "returned"): NAMED,
    ("token", "split"): "token",
    ("write_off", "recovered"): NAMED,
    ("write_off", "recovery_reversed"): NAMED,
    ("write_off", "write_off_undone"): "mark",
    ("write_off", "written_off"): NAMED,
    (CORE, "migration_failed"): EVERYBODY,
}
"""(contract, topic) → the field that names what the event tells of; NAMED: nothing but the parties that it names."""
FIELDS = {"claim": "token", "court_order": "order", "financing": "request", "mark": "token"}
"""What stands under another's name in events."""


def sees_own_act(view: View, receipt: Receipt) -> bool:
    """Say whether a viewer may see the receipt of an act of the ledger's own."""
    if view.viewer.everything or receipt.kind in PUBLIC_KINDS:
        return True
    return bool(receipt.events) and all(sees_event(view, *event) for event in receipt.events)


def sees_event(view: View, contract: str, topic: str, fields: Mapping[str, Any]) -> bool:
    """Say whether a viewer sees what an event tells of."""
    field = TELLS_OF.get((contract, topic))
    if field is None or field in (EVERYBODY, NAMED):
        return field == EVERYBODY
    name = str(fields.get(FIELDS.get(field, field), ""))
    return sees_changes(view, name) if field in OF_PARTIES else sees_object(view, field, name)


def sees_object(view: View, kind: str, name: str) -> bool:
    """Say whether a viewer sees an object of this kind: none that is not there, nor what no read of it shows."""
    own, table, sees = SEES[kind]
    row = view.row(own, table, name)
    try:
        return row is not None and sees(view, row)
    except Problem:  # so large a bill that no read of it is answered
        return False


def _sees_token(view: View, row: Row) -> bool:
    """An offer that ended names to whom it was made: it shows to those who see the token with its offer."""
    return view.sees_token(row) and view.sees_offer(row)


def _sees_financing(view: View, row: Row) -> bool:
    """What became of a financing, and what was lost of it, is its bank's."""
    quote = view.row("finance", "quote", str(row["agreed_quote"])) or {}
    return view.viewer.is_or_reads_for(str(quote.get("bank", "")))


def _sees_its_change(view: View, row: Row) -> bool:
    return sees_changes(view, str(row["party"]))


def _sees_quote(view: View, row: Row) -> bool:
    asked = view.row("finance", "request", str(row["request"])) or {}
    return sees_quote(view.viewer, row, str(asked.get("holder", "")))


SEES: Mapping[str, tuple[str, str, Callable[[View, Row], bool]]] = {
    "bill": ("bill", "bill", View.sees_bill),
    "change": ("party", "change", _sees_its_change),
    "claim": ("recourse", "claim", sees_claim),
    "court_order": ("legal", "order", sees_court_order),
    "dispute": ("invoice", "dispute", sees_dispute),
    "entry": ("entry", "entry", sees_entry),
    "financing": ("finance", "request", _sees_financing),
    "freeze": ("legal", "freeze", sees_freeze),
    "joint": ("bill", "joint", sees_joint),
    "mark": ("write_off", "mark", sees_write_off),
    "order": ("standing", "order", sees_order),
    "pledge": ("pledge", "pledge", sees_pledge),
    "prepayment": ("prepayment", "prepayment", sees_prepayment),
    "product": ("product", "product", sees_product),
    "quote": ("finance", "quote", _sees_quote),
    "recovery": ("recovery", "recovery", _sees_its_change),
    "request": ("finance", "request", lambda view, row: sees_request(view.viewer, row)),
    "sale": ("sale", "sale", sees_sale),
    "token": ("token", "token", _sees_token),
}
