"""JSON schemas of bills, tokens, parties, financing, invoices, and of traces over them."""

from __future__ import annotations

from chainbill_node.rest.filter_words import (
    CHANGE_STATUSES,
    DISPUTE_STATUSES,
    INVOICE_STATUSES,
    MANDATE_STATUSES,
    ORDER_KINDS,
    ORDER_STATUSES,
    PARTY_STATUSES,
    PAYMENT_STATUSES,
    RECEIPT_KINDS,
    REQUEST_STATUSES,
    ROLES,
)
from chainbill_node.rest.schema_parts import (
    AMOUNT,
    ANYTHING,
    BOOLEAN,
    COUNT,
    CREATED,
    DATE,
    HIDDEN,
    INTEGER,
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
from chainbill_node.trace.shapes import BILL_STATUSES

_LOCK = row({"kind": TEXT, "ref": TEXT})
_IDENTIFIER = row(same(TEXT, "scheme", "value"))
_KEY = row({**same(TEXT, "alg", "key", "status"), "capabilities": array(TEXT)})
_SHARE = row({"fingerprint": TEXT, **same(AMOUNT, "amount", "total")})
_TERMS = map_of(ANYTHING)
_TOKEN = obj({
    "id": TEXT, "bill": TEXT, "lo": AMOUNT, "hi": AMOUNT, "amount": AMOUNT, "currency": TEXT, "holder": TEXT,
    "offered_to": TEXT, "tier": COUNT, "financed_tier": COUNT, "parent": TEXT, "financing": MAYBE_TEXT, "status": TEXT,
    "locks": array(_LOCK), "born": COUNT, "ended": COUNT, "reversed_at": MAYBE_INTEGER, "claim": MAYBE_TEXT,
})  # fmt: skip
_PRICE = row({})
_HOP = obj({
    "bill": TEXT, "token": TEXT, "kind": TEXT, "from": TEXT, "to": TEXT, "lo": AMOUNT, "hi": AMOUNT, "amount": AMOUNT,
    "tier": COUNT, "financed_tier": COUNT, "height": COUNT, "transaction": TEXT, "date": DATE, "price": maybe(_PRICE),
})  # fmt: skip
_QUOTE = row({
    **same(TEXT, "id", "request", "bank", "bill", "currency", "status"), "rate": INTEGER, "amount": AMOUNT,
}, token=TEXT, fee=AMOUNT, interest=AMOUNT, net=AMOUNT, paid=AMOUNT,
    agreed_net=INTEGER, basis=TEXT, recourse=BOOLEAN, interest_payer=TEXT, days=COUNT, actual_days=COUNT,
    value_date=DATE, valid_until=DATE, pay_on=DATE, agreed_on=DATE, disburse_by=DATE, reference=TEXT,
    registration=TEXT, result_token=TEXT, created=CREATED)  # fmt: skip
_REQUEST = row({
    **same(TEXT, "id", "holder", "token", "bill", "currency", "agreed_quote"), "amount": AMOUNT,
    "status": words(*REQUEST_STATUSES), "until": DATE, "banks": array(TEXT), "declined": array(TEXT),
    "quotes": array(TEXT), **same(COUNT, "allowed_ms", "held_days"), "created": CREATED,
}, ended_by=TEXT, hidden=obj({"banks": COUNT}))  # fmt: skip

_BY_STATUS = obj({"status": words(*BILL_STATUSES), "bills": COUNT, "face": TOTAL})
_TOTALS = obj(
    same(TOTAL, "face", "live", "settled", "diluted", "void", "pending", "ended"),
    bills=COUNT, by_status=array(_BY_STATUS), hidden=HIDDEN,
)  # fmt: skip
_TIER = obj(
    {
        "tier": COUNT, "parties": COUNT,
        **same(TOTAL, "reached", "held", "financed", "settled", "diluted", "void", "amount", "financed_ever"),
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

_CHANGE = {
    **same(TEXT, "id", "party", "kind"), "content": map_of(ANYTHING), "by": array(TEXT),
    **same(DATE, "announced_on", "acts_on"), "allowed_ms": COUNT,
    "status": words(*CHANGE_STATUSES), "created": CREATED,
}  # fmt: skip

LEDGER_SCHEMAS: dict[str, Schema] = {
    "Party": row(
        {
            "id": TEXT, "names": array(row({"en": TEXT, "zh": TEXT})), "roles": array(words(*ROLES)),
            "status": words(*PARTY_STATUSES), "halted_on": MAYBE_TEXT,
            "identifiers": {"type": ["array", "null"], "items": _IDENTIFIER}, "since": MAYBE_TEXT,
            "standing": maybe(obj({
                **same(TEXT, "order", "reason"), **same(DATE, "since", "until"), "ratified": BOOLEAN,
            })),
        },
        size=TEXT, stopped_at=COUNT, insolvency_document=TEXT,
        **same(DATE, "insolvent_since", "administered_on", "leaving_since"),
        sponsor=TEXT, paying_bank=TEXT, policy=map_of(ANYTHING), keys=array(_KEY),
        accounts=array(row({"currency": TEXT})), asked_bank=TEXT,
        successor=maybe(obj({**same(TEXT, "named", "successor"), "from": DATE})),
    ),
    "Mandate": obj(
        {
            **same(TEXT, "debtor", "bank"), "status": words(*MANDATE_STATUSES), "asked_on": DATE,
            **same(MAYBE_DATE, "from", "until"),
        }
    ),
    "Change": row(_CHANGE),
    "Recovery": row({**_CHANGE, "announced_by": TEXT}),
    "Bill": obj(
        {
            "id": TEXT, "debtor": TEXT, "creditor": TEXT, "initiator": MAYBE_TEXT, "paying_bank": TEXT,
            "face": AMOUNT, "currency": TEXT,
            "issued_on": DATE, "due_on": DATE, "pay_on": DATE, "pay_on_final": {"type": ["boolean", "null"]},
            "status": words(*BILL_STATUSES), "outstanding": AMOUNT,
            **same(AMOUNT, "settled", "diluted", "void"),
            "invoices": array(_SHARE), "terms": {"type": ["object", "null"]},
            "contract_no": MAYBE_TEXT, **same(MAYBE_DATE, "delivered_on", "expires_on", "confirmed_on", "accepted_on"),
            **same(MAYBE_DATE, "overdue_after", "overdue_on", "closed_on"), "days_late": COUNT,
            "settled_in_time": {"type": ["integer", "null"], "description": AMOUNT["description"]},
            "root_token": MAYBE_TEXT, "created": CREATED,
        }
    ),
    "BankReceipt": obj({
        **same(TEXT, "id", "bank", "reference"), "kind": words(*RECEIPT_KINDS[:-1]),
        **same(TEXT, "bill", "token", "quote"), "amount": AMOUNT, "currency": MAYBE_TEXT, "value_date": DATE,
        "recorded_on": MAYBE_DATE, "height": COUNT, "transaction": TEXT, "status": TEXT, "days_late": COUNT,
    }),
    "Payment": obj({
        **same(TEXT, "id", "bill", "token", "party", "bank"), "amount": AMOUNT, "currency": TEXT,
        "status": words(*PAYMENT_STATUSES), **same(TEXT, "reference", "last_reference"), "changed_on": DATE,
        **same(MAYBE_DATE, "value_date", "recorded_on"),
    }),
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
        })), value_date=MAYBE_DATE, days_late=COUNT, bank=TEXT, reference=TEXT,
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
        _REQUEST, {"quotes": array(ref("Quote")), "claimed_twice": array(TEXT), "disputes": array(TEXT)}
    ),
    "Quote": _QUOTE,
    "Invoice": row(
        {
            **same(TEXT, "fingerprint", "seller", "buyer", "currency"), **same(AMOUNT, "total", "occupied"),
            "bills": array(TEXT), "signed": COUNT, "status": words(*INVOICE_STATUSES), "disputes": array(TEXT),
        },
        hidden=obj({"bills": COUNT}),
    ),
    "InvoiceBySeller": obj(
        {"fingerprint": TEXT, "invoices": array(ref("Invoice")), "claimed_twice": BOOLEAN},
        hidden=obj({"invoices": COUNT}),
    ),
    "Dispute": row({
        **same(TEXT, "id", "fingerprint", "seller", "by", "document"), "until": DATE,
        "status": words(*DISPUTE_STATUSES), "created": CREATED,
    }),
    "StatusOrder": row({
        **same(TEXT, "id", "party", "reason", "authority", "number", "by", "second"), "kind": words(*ORDER_KINDS),
        "documents": array(TEXT), "keys": array(row({})), "status": words(*ORDER_STATUSES), "at_once": BOOLEAN,
        **same(DATE, "entered_on", "ratified_on", "until", "acts_on", "objected_on"), "stopped_at": COUNT,
        "allowed_ms": COUNT, "created": CREATED,
    }),
    "OpenItems": obj({
        "party": TEXT, **same(COUNT, "sponsored", "seats", "debtors", "bills"),
        "holdings": array(obj({**same(TEXT, "currency", "role"), "count": COUNT, "sum": AMOUNT})),
    }),
    "Totals": _TOTALS,
    "TierRow": _TIER,
    "BillTrace": obj(
        {
            "bill": ref("Bill"), "tree": maybe(ref("TreeNode")), "leaves": array(ref("Token")),
            "totals": ref("Totals"), "by_tier": array(ref("TierRow")), "parties_total": COUNT,
            "hops": array(ref("Hop")),
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
    "AnchorTrace": obj({"anchor": NAMED_PARTY, "currencies": array(ref("AnchorTable"))}, groups=_GROUPS),
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
