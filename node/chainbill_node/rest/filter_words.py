"""Words of the ledger that filters of lists take, by route: REST checks them, the command line offers them.

The statuses are those of docs/reference/state.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainbill_node.trace.shapes import BILL_STATUSES, LEAF_STATUSES

TOKEN_STATUSES = (*LEAF_STATUSES, "split", "moved", "reversed", "all")
LOCKS = ("offered", "in_finance", "pledged", "frozen")
INVOICE_STATUSES = ("registered", "part_occupied", "occupied")
DISPUTE_STATUSES = ("open", "upheld", "ended")
REQUEST_STATUSES = ("open", "agreed", "disbursed", "repaid", "withdrawn", "expired")
PAYMENT_STATUSES = ("instructed", "paid", "returned", "set_aside")
RECEIPT_KINDS = ("settlement", "payment", "finance", "unmatched", "all")
CHANGE_STATUSES = ("announced", "acted", "withdrawn", "vetoed", "lapsed")
ORDER_KINDS = ("suspended", "insolvent", "active", "administrator")
ORDER_STATUSES = ("entered", "ratified", "lapsed", "lifted", "stopped")
PARTY_STATUSES = ("active", "suspended", "insolvent", "leaving", "closed")
ROLES = ("anchor", "supplier", "bank", "guarantor", "regulator", "auditor")
MANDATE_STATUSES = ("asked", "active", "ended")
PROPOSAL_KINDS = (
    "calendar", "contracts", "dispute", "identifier", "observer_add", "parameter", "party", "party_administrator",
    "party_claim", "party_close", "party_recover", "party_status", "protocol", "rules", "successor", "validator_add",
    "validator_remove",
)  # fmt: skip
PROPOSAL_STATUSES = ("open", "accepted", "rejected", "expired", "withdrawn")

WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("/v1/bills", "status"): BILL_STATUSES,
    ("/v1/bills/{bill_id}/tokens", "status"): TOKEN_STATUSES,
    ("/v1/tokens", "status"): TOKEN_STATUSES,
    ("/v1/tokens", "lock"): LOCKS,
    ("/v1/payments", "status"): PAYMENT_STATUSES,
    ("/v1/receipts", "kind"): RECEIPT_KINDS,
    ("/v1/finance/requests", "status"): REQUEST_STATUSES,
    ("/v1/invoices", "status"): INVOICE_STATUSES,
    ("/v1/disputes", "status"): DISPUTE_STATUSES,
    ("/v1/parties", "status"): PARTY_STATUSES,
    ("/v1/status-orders", "kind"): ORDER_KINDS,
    ("/v1/status-orders", "status"): ORDER_STATUSES,
    ("/v1/parties", "role"): ROLES,
    ("/v1/parties/{party}/bills", "status"): BILL_STATUSES,
    ("/v1/parties/{party}/changes", "status"): CHANGE_STATUSES,
    ("/v1/parties/{party}/mandates", "status"): MANDATE_STATUSES,
    ("/v1/parties/{party}/recoveries", "status"): CHANGE_STATUSES,
    ("/v1/parties/{party}/tokens", "status"): TOKEN_STATUSES,
    ("/v1/governance/proposals", "kind"): PROPOSAL_KINDS,
    ("/v1/governance/proposals", "status"): PROPOSAL_STATUSES,
}
"""(route, parameter) → the words it takes."""

ONE_WORD = frozenset({"/v1/parties"})
"""Routes whose filters take one word only."""
