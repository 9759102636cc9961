"""Who may see the receipt of what the ledger did by itself: a closed table of events and what each of them tells of.

A receipt is shown whole or not at all, since only whole bytes can be checked against a root. Governance and evidence
are everybody's business. Day work is shown to those who see every object that its events tell of; a receipt with an
event that stands in no table, or with none at all, shows to those who see everything and to nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chainbill.ledger.core_rows import CORE
from chainbill.ledger.receipt import Kind, Receipt
from chainbill_node.rest.access import sees_quote, sees_request
from chainbill_node.rest.routes_changes import sees_changes
from chainbill_node.rest.routes_invoices import sees_dispute
from chainbill_node.rest.routes_joints import sees_joint
from chainbill_node.rest.routes_legal import sees_court_order, sees_freeze
from chainbill_node.rest.routes_pledges import sees_pledge
from chainbill_node.rest.routes_standing import sees_order
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

PUBLIC = (Kind.PROTOCOL, Kind.RULES, Kind.ACTIVATION, Kind.EVIDENCE, Kind.TICK)
PUBLIC_KINDS = frozenset([kind.value for kind in PUBLIC])

EVERYBODY = "everybody"
OF_PARTIES = ("party", "debtor")
TELLS_OF: Mapping[tuple[str, str], str] = {
    ("bill", "due"): "bill",
    ("bill", "joint_ended"): "joint",
    ("bill", "expired"): "bill",
    ("bill", "left_alone"): "bill",
    ("bill", "overdue"): "bill",
    ("bill", "pay_on_changed"): "bill",
    ("finance", "agreement_put_off"): "quote",
    ("finance", "quote_ended"): "quote",
    ("finance", "request_ended"): "request",
    ("governance", "decided"): EVERYBODY,
    ("pledge", "enforcement_refused"): "pledge",
    ("label", "label_ended"): "bill",
    ("legal", "freeze_ended"): "freeze",
    ("legal", "freeze_in_force"): "freeze",
    ("legal", "order_lapsed"): "court_order",
    ("legal", "order_put_off"): "court_order",
    ("pledge", "pledge_covered"): "pledge",
    ("pledge", "pledge_ended"): "pledge",
    ("pledge", "pledge_reopened"): "pledge",
    ("settlement", "payment_changed"): "token",
    ("settlement", "payment_waits"): "token",
    ("invoice", "dispute_ended"): "dispute",
    ("invoice", "released"): "bill",
    ("account", "account_change_ended"): "party",
    ("account", "account_change_put_off"): "party",
    ("account", "account_changed"): "party",
    ("account", "account_opened"): "party",
    ("party", "change_acted"): "party",
    ("party", "change_ended"): "party",
    ("party", "change_put_off"): "party",
    ("party", "encryption_key_set"): "party",
    ("party", "few_admin_keys"): "party",
    ("party", "key_added"): "party",
    ("party", "key_revoked"): "party",
    ("party", "policy_set"): "party",
    ("party", "reopened"): EVERYBODY,
    ("recovery", "recovery_ended"): "party",
    ("recovery", "recovery_put_off"): "party",
    ("party", "mandate_accepted"): "debtor",
    ("party", "mandate_asked"): "debtor",
    ("party", "mandate_ended"): "debtor",
    ("standing", "administrator_named"): "order",
    ("standing", "administrator_put_off"): "order",
    ("standing", "status_changed"): EVERYBODY,
    ("standing", "status_lapsed"): "order",
    ("standing", "status_lifted"): "order",
    ("standing", "status_put_off"): "order",
    ("standing", "status_stopped"): "order",
    ("token", "lapsed"): "token",
    ("token", "rejoined"): "token",
    (CORE, "migration_failed"): EVERYBODY,
}
"""(contract, topic) of an event of day work → the field that names what it tells of."""
FIELDS = {"court_order": "order"}
"""What stands under another's name in events."""


def sees_own_act(view: View, receipt: Receipt) -> bool:
    """Say whether a viewer may see the receipt of an act of the ledger's own."""
    if view.viewer.everything or receipt.kind in PUBLIC_KINDS:
        return True
    return bool(receipt.events) and all(_sees_event(view, *event) for event in receipt.events)


def _sees_event(view: View, contract: str, topic: str, fields: Mapping[str, Any]) -> bool:
    field = TELLS_OF.get((contract, topic))
    if field is None or field == EVERYBODY:
        return field == EVERYBODY
    name = str(fields.get(FIELDS.get(field, field), ""))
    if field in OF_PARTIES:
        return sees_changes(view, name)
    own, table, sees = _SEES[field]
    row = view.row(own, table, name)
    return row is not None and sees(view, row)


def _sees_token(view: View, row: Row) -> bool:
    """An offer that ended names to whom it was made: it shows to those who see the token with its offer."""
    return view.sees_token(row) and view.sees_offer(row)


def _sees_quote(view: View, row: Row) -> bool:
    asked = view.row("finance", "request", str(row["request"])) or {}
    return sees_quote(view.viewer, row, str(asked.get("holder", "")))


_SEES: Mapping[str, tuple[str, str, Callable[[View, Row], bool]]] = {
    "bill": ("bill", "bill", View.sees_bill),
    "court_order": ("legal", "order", sees_court_order),
    "dispute": ("invoice", "dispute", sees_dispute),
    "freeze": ("legal", "freeze", sees_freeze),
    "joint": ("bill", "joint", sees_joint),
    "order": ("standing", "order", sees_order),
    "pledge": ("pledge", "pledge", sees_pledge),
    "quote": ("finance", "quote", _sees_quote),
    "request": ("finance", "request", lambda view, row: sees_request(view.viewer, row)),
    "token": ("token", "token", _sees_token),
}
