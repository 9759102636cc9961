"""JSON schemas of bills, tokens, parties, financing, invoices, and of traces over them."""

from __future__ import annotations

from chainbill_contracts.declared_reads import reads

from chainbill_node.rest.schema_parts import (
    AMOUNT,
    BOOLEAN,
    COUNT,
    DATE,
    HIDDEN,
    MAYBE_DATE,
    MAYBE_INTEGER,
    MAYBE_TEXT,
    NAMED_PARTY,
    PERCENT,
    RATIO,
    TEXT,
    TOTAL,
    Schema,
    array,
    extended,
    map_of,
    maybe,
    obj,
    ref,
    row,
    same,
    words,
)
from chainbill_node.rest.schema_rows import row_schema
from chainbill_node.trace.shapes import BILL_STATUSES

_DEFAULTS = array(obj({**same(TEXT, "kind", "entry"), **same(DATE, "from", "until"), "objected_on": TEXT}))
_KEY = row({**same(TEXT, "alg", "key", "status"), "capabilities": array(TEXT)})
_TOKEN = row_schema("token/token", closed=True)
_PRICE = row({})
_HOP = row_schema("token/hop", closed=True, price=maybe(_PRICE))
_REQUEST = extended(row_schema("finance/request"), {}, hidden=obj({"banks": COUNT}))

_BY_STATUS = obj({"status": words(*BILL_STATUSES), "bills": COUNT, "face": TOTAL})
_TOTALS = obj(
    same(TOTAL, "face", "live", "settled", "diluted", "void", "pending", "ended"),
    bills=COUNT, by_status=array(_BY_STATUS), hidden=HIDDEN,
)  # fmt: skip
_TIER = obj(
    {
        "tier": COUNT, "parties": COUNT,
        **same(TOTAL, "reached", "held", "financed", "settled", "diluted", "void", "amount"),
        **same(TOTAL, "financed_ever", "pledged"),
        "share_financed": RATIO, "financings": COUNT, "mean_rate": PERCENT, "mean_cost": PERCENT,
    },
    penetration=RATIO,
)  # fmt: skip
_FLOWS = {
    **same(TOTAL, "received", "passed_on", "financed", "live", "settled", "diluted", "void"),
    "mean_rate": PERCENT, "mean_cost": PERCENT,
}  # fmt: skip
_ROLE = obj({**same(TEXT, "party", "name_en", "name_zh"), "tier": COUNT, **_FLOWS})
_NODE = obj({
    **same(TEXT, "id", "kind", "party", "name_en", "name_zh"), "tier": COUNT,
}, **_FLOWS)  # fmt: skip
_LINK = obj({**same(TEXT, "source", "target", "kind"), "amount": TOTAL, "count": COUNT})
_MOVE = obj({**same(TEXT, "kind", "from", "to"), "tier": COUNT, "amount": TOTAL, "count": COUNT})
_GRAPH = {"nodes": array(_NODE), "links": array(_LINK)}
_MOVES = array(_MOVE)
_MOVED = {"kind": TEXT, "debtor": TEXT, "tier": COUNT, "amount": TOTAL, "count": COUNT}
_PRICED = {"interest": TOTAL, "fees": TOTAL, "mean_rate": PERCENT, "mean_cost": PERCENT}  # of financings alone
_GROUP = obj({}, tier=COUNT, bank=TEXT, party=TEXT, status=TEXT, bill=TEXT, amount=TOTAL, tokens=COUNT, hidden=HIDDEN)
_GROUPS = map_of(array(_GROUP))  # by currency

LEDGER_SCHEMAS: dict[str, Schema] = {
    "Party": extended(
        row_schema("party/party", keys=array(_KEY)),
        {"standing": maybe(obj({
            **same(TEXT, "order", "reason"), **same(DATE, "since", "until"), "ratified": BOOLEAN,
        })), "defaults": _DEFAULTS},
        accounts=array(row({"currency": TEXT})),
        successor=maybe(obj({**same(TEXT, "named", "successor"), "from": DATE})),
    ),
    "Mandate": extended(row_schema("party/mandate", closed=True), same(TEXT, "debtor", "bank")),
    "Grant": obj({
        **same(TEXT, "auditor", "party"), "scope": {"anyOf": [words("all"), array(TEXT)]}, **same(DATE, "from"),
        "until": TEXT, "status": words("active", "revoked"), "in_force": BOOLEAN,
    }),
    "Bill": row_schema("bill/bill", closed=True),
    "BankReceipt": obj({
        **same(TEXT, "id", "bank", "reference"), "kind": words(*reads()["receipts"].filters["kind"].words[:-1]),
        **same(TEXT, "bill", "token", "quote"), "amount": AMOUNT, "currency": MAYBE_TEXT, "value_date": DATE,
        "recorded_on": MAYBE_DATE, "height": COUNT, "transaction": TEXT, "status": TEXT, "days_late": COUNT,
        "reversible_until": TEXT, "reversed_on": TEXT, "reason": TEXT,
    }),
    "Payment": extended(
        row_schema("settlement/payment", closed=True), {"id": TEXT, **same(MAYBE_DATE, "value_date", "recorded_on")}
    ),
    "Freeze": extended(row_schema("legal/freeze"), {"frozen": AMOUNT}),
    "Product": extended(row_schema("product/product"), {}, hidden=obj({"parts": COUNT})),
    "Token": _TOKEN,
    "TreeNode": extended(_TOKEN, {"children": array(ref("TreeNode"))}, hidden=HIDDEN, folded=HIDDEN),
    "BillTree": obj({"bill": ref("Bill"), "tree": maybe(ref("TreeNode"))}),
    "Hop": _HOP,
    "Step": obj(
        {"id": TEXT, "kind": TEXT, "currency": TEXT, "height": MAYBE_INTEGER, "date": MAYBE_DATE},
        **{name: one for name, one in _HOP["properties"].items() if name not in ("kind", "height", "date", "from")},
        **{"from": MAYBE_TEXT}, payment=maybe(obj({
            "party": MAYBE_TEXT, "amount": {"type": ["integer", "null"]},
            **same(MAYBE_TEXT, "status", "bank", "reference"),
        })), value_date=MAYBE_DATE, days_late=COUNT, bank=TEXT, reference=TEXT, pledge=TEXT, freeze=TEXT, holder=TEXT,
    ),
    "TokenPath": obj(
        {
            "token": ref("Token"), "path": array(ref("Token")), "hops": array(ref("Hop")),
            "chain": array(obj({"party": TEXT, "tier": COUNT, "kind": TEXT})),
        },
        bill=TEXT, cent=COUNT, hidden=HIDDEN,
    ),
    "Request": _REQUEST,
    "RequestWithQuotes": extended(
        _REQUEST,
        {"quotes": array(ref("Quote")), **same(array(TEXT), "claimed_twice", "disputes", "over_occupied", "struck")},
    ),
    "Invoice": extended(
        row_schema("invoice/invoice"), {"disputes": array(TEXT)}, hidden=obj({"bills": COUNT})
    ),
    "InvoiceBySeller": obj(
        {"fingerprint": TEXT, "invoices": array(ref("Invoice")), "claimed_twice": BOOLEAN},
        hidden=obj({"invoices": COUNT}),
    ),
    "OpenItems": obj({
        "party": TEXT, **same(COUNT, "sponsored", "seats", "debtors", "bills", "pledges"),
        "holdings": array(obj({**same(TEXT, "currency", "role"), "count": COUNT, "sum": AMOUNT})),
    }),
    "Totals": _TOTALS,
    "TierRow": _TIER,
    "BillTrace": obj(
        {
            "bill": ref("Bill"), "tree": maybe(ref("TreeNode")), "leaves": array(ref("Token")),
            "totals": ref("Totals"), "by_tier": array(ref("TierRow")), "parties_total": COUNT,
            "hops": array(ref("Hop")), "defaults": _DEFAULTS,
        },
        groups=_GROUPS,
    ),
    "BillGraph": obj({"bill": TEXT, **_GRAPH, "other_moves": _MOVES}),
    "AnchorTable": obj(
        {
            "currency": TEXT, "totals": ref("Totals"), "by_tier": array(ref("TierRow")), "parties_total": COUNT,
            "parties": array(_ROLE), "banks": array(_ROLE), "graph": obj(_GRAPH), "other_moves": _MOVES,
        }
    ),
    "AnchorTrace": obj(
        {"anchor": NAMED_PARTY, "currencies": array(ref("AnchorTable")), "defaults": _DEFAULTS}, groups=_GROUPS
    ),
    "AnchorGraph": obj({"anchor": NAMED_PARTY, "currencies": array(ref("CurrencyGraph"))}),
    "CurrencyGraph": obj({"currency": TEXT, **_GRAPH, "other_moves": _MOVES}),
    "PartyTable": obj(
        {
            "currency": TEXT, "received": array(obj({"from": TEXT, **_MOVED}, **_PRICED)),
            "given": array(obj({"to": TEXT, **_MOVED}, **_PRICED)),
            "holdings": obj(same(TOTAL, "live", "settled", "diluted", "void")),
            "exposure": array(obj({"debtor": TEXT, "amount": TOTAL})), "concentration": RATIO,
            "maturities": array(obj({"month": TEXT, "amount": TOTAL})), "owed": TOTAL,
        }
    ),
    "PartyTrace": obj({"party": NAMED_PARTY, "currencies": array(ref("PartyTable"))}),
    "PartyGraph": obj({"party": NAMED_PARTY, "currencies": array(ref("CurrencyGraph"))}),
}  # fmt: skip
