"""Words of the ledger that filters of lists take, by route: REST checks them, the command line offers them.

Statuses and kinds are those that `chainbill_contracts.declared_rows` declares.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainbill_contracts.declared_rows import rows

_ROWS = rows()
TOKEN_STATUSES = (*_ROWS["token/token"].words, "all")
LOCKS = ("offered", "in_finance", "pledged", "frozen")
RECEIPT_KINDS = ("settlement", "payment", "finance", "unmatched", "all")
CHANGE_STATUSES = _ROWS["recovery/recovery"].words
"""Of recoveries and of changes, which nobody vetoes."""

WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("/v1/bills", "status"): _ROWS["bill/bill"].words,
    ("/v1/bills/{bill_id}/tokens", "status"): TOKEN_STATUSES,
    ("/v1/tokens", "status"): TOKEN_STATUSES,
    ("/v1/tokens", "lock"): LOCKS,
    ("/v1/payments", "status"): _ROWS["settlement/payment"].words,
    ("/v1/receipts", "kind"): RECEIPT_KINDS,
    ("/v1/finance/requests", "status"): _ROWS["finance/request"].words,
    ("/v1/invoices", "status"): _ROWS["invoice/invoice"].words,
    ("/v1/disputes", "status"): _ROWS["invoice/dispute"].words,
    ("/v1/joints", "kind"): _ROWS["bill/joint"].fields["kind"].words,
    ("/v1/joints", "status"): _ROWS["bill/joint"].words,
    ("/v1/parties", "status"): _ROWS["party/party"].words,
    ("/v1/status-orders", "kind"): _ROWS["standing/order"].fields["kind"].words,
    ("/v1/status-orders", "status"): _ROWS["standing/order"].words,
    ("/v1/parties", "role"): _ROWS["party/party"].fields["roles"].words,
    ("/v1/parties/{party}/bills", "status"): _ROWS["bill/bill"].words,
    ("/v1/parties/{party}/changes", "status"): CHANGE_STATUSES,
    ("/v1/parties/{party}/mandates", "status"): _ROWS["party/mandate"].words,
    ("/v1/parties/{party}/recoveries", "status"): CHANGE_STATUSES,
    ("/v1/parties/{party}/tokens", "status"): TOKEN_STATUSES,
    ("/v1/governance/proposals", "kind"): _ROWS["governance/proposal"].fields["kind"].words,
    ("/v1/governance/proposals", "status"): _ROWS["governance/proposal"].words,
}
"""(route, parameter) → the words it takes."""

ONE_WORD = frozenset({"/v1/parties"})
"""Routes whose filters take one word only."""
