"""The columns under which bills, tokens, requests, quotes and parties are shown in tables and CSV."""

from __future__ import annotations

from chainbill_cli.output import Column, ranked

BILL_ROWS = ranked(
    "id face currency status due_on debtor outstanding creditor",
    Column("id", "id"), Column("debtor", "party"), Column("creditor", "party"), Column("face", "amount"),
    Column("outstanding", "amount"), Column("currency"), Column("due_on", "date"), Column("status", "status"),
)  # fmt: skip
BILL = (
    Column("id", "id"), Column("debtor", "party"), Column("creditor", "party"), Column("paying_bank", "party"),
    Column("face", "amount"),
    Column("currency"), Column("issued_on", "date"), Column("due_on", "date"), Column("pay_on", "date"),
    Column("status", "status"), Column("overdue_on", "date"), Column("days_late", "some"),
    Column("outstanding", "amount"), Column("settled", "amount"), Column("diluted", "amount"),
    Column("terms"), Column("contract_no"), Column("delivered_on", "date"),
    Column("invoices", "list"), Column("created.height", "int"),
    Column("created.transaction", "id"),
)  # fmt: skip
TOKEN_ROWS = ranked(
    "id amount currency status offered_to locks holder bill tier",
    Column("id", "id"), Column("bill", "id"), Column("holder", "party"), Column("amount", "amount"),
    Column("currency"), Column("tier", "int"), Column("status", "status"), Column("offered_to", "party"),
    Column("locks", "lock"),
)  # fmt: skip
TOKEN = (
    Column("id", "id"), Column("bill", "id"), Column("holder", "party"), Column("amount", "amount"),
    Column("currency"), Column("lo", "int"), Column("hi", "int"), Column("offered_to", "party"),
    Column("tier", "int"), Column("financed_tier", "some"), Column("parent", "id"), Column("financing", "id"),
    Column("status", "status"), Column("locks", "lock"), Column("born", "int"), Column("ended", "some"),
    Column("reversed_at", "some"),
)  # fmt: skip
HOP_ROWS = ranked(
    "date kind amount currency from to token tier height transaction",
    Column("height", "int"), Column("date", "date"), Column("kind", "hop"), Column("from", "party"),
    Column("to", "party"), Column("amount", "amount"), Column("currency"), Column("tier", "int"),
    Column("token", "id"), Column("transaction", "id"),
)  # fmt: skip
HISTORY_ROWS = ranked(
    "date kind amount currency from to token value_date tier height payment.status payment.reference transaction",
    *HOP_ROWS[:-1], Column("value_date", "date"), Column("payment.status", "status"), Column("payment.reference"),
    HOP_ROWS[-1],
)  # fmt: skip
REQUEST_ROWS = ranked(
    "id amount currency status holder until banks token",
    Column("id", "id"), Column("holder", "party"), Column("token", "id"), Column("amount", "amount"),
    Column("currency"), Column("banks", "party"), Column("status", "status"), Column("until", "date"),
)  # fmt: skip
QUOTE_ROWS = ranked(
    "id rate net currency status bank recourse valid_until interest amount fee days",
    Column("id", "id"), Column("bank", "party"), Column("amount", "amount"), Column("currency"),
    Column("rate", "rate"), Column("days", "int"), Column("interest", "amount"), Column("fee", "amount"),
    Column("net", "amount"), Column("recourse"), Column("status", "status"), Column("valid_until", "date"),
)  # fmt: skip
QUOTE = (
    Column("id", "id"), Column("request", "id"), *QUOTE_ROWS[1:], Column("basis"), Column("value_date", "date"),
    Column("disburse_by", "date"), Column("pay_on", "date"),
)  # fmt: skip
PARTY_ROWS = ranked(
    "id name roles status sponsor",
    Column("id", "id"), Column("name"), Column("roles", "role"), Column("status", "status"), Column("sponsor", "party"),
)  # fmt: skip
JOINT_ROWS = ranked(
    "id kind amount currency status until bill by others",
    Column("id", "id"), Column("kind", "asks"), Column("bill", "id"), Column("amount", "amount"),
    Column("currency"), Column("by", "party"), Column("others", "party"),
    Column("status", "joint"), Column("until", "date"),
)  # fmt: skip
JOINT = (*JOINT_ROWS, Column("answers", "answers"), Column("reason"), Column("ended_on", "date"))
PAYMENT_ROWS = ranked(
    "party amount currency status token",
    Column("party", "party"), Column("token", "id"), Column("amount", "amount"), Column("currency"),
    Column("status", "status"),
)  # fmt: skip
PAYMENTS_MADE = ranked(
    "party amount currency status reference bank token", *PAYMENT_ROWS, Column("bank", "party"), Column("reference")
)
PAYMENT_LIST = ranked(
    "party amount currency status value_date reference bill bank token",
    *PAYMENTS_MADE, Column("value_date", "date"), Column("bill", "id"),
)  # fmt: skip
RECEIPT_ROWS = ranked(
    "reference amount currency value_date days_late bill kind recorded_on bank",
    Column("bank", "party"), Column("reference"), Column("kind", "receipt"), Column("bill", "id"),
    Column("amount", "amount"), Column("currency"), Column("value_date", "date"), Column("recorded_on", "date"),
    Column("days_late", "late"),
)  # fmt: skip
