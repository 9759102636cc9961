"""Headings of what is told of onward sales and of recourse alone."""

from __future__ import annotations

OF_CLAIMS: dict[str, tuple[str, str]] = {
    "column.sold_by": ("seller", "转出行"),
    "column.bought_by": ("buyer", "受让行"),
    "column.price": ("price", "对价"),
    "column.price_doc": ("digest of the price", "对价摘要"),
    "column.offered_on": ("offered on", "要约日"),
    "column.bought_on": ("bought on", "受让日"),
    "column.bought_token": ("token of the buyer", "受让所得子凭证"),
    "column.sale.buyer": ("buyer", "受让行"),
    "column.sale.price": ("digest of the price", "对价摘要"),
    "column.token_now": ("token now", "现子凭证"),
    "column.token_returned": ("token given back", "转回的子凭证"),
    "column.claimant": ("asks", "请求方"),
    "column.claimed_from": ("is asked", "被请求方"),
    "column.claimed_amount": ("asked for", "请求金额"),
    "column.principal": ("of it principal", "其中本金"),
    "column.interest_asked": ("of it interest", "其中利息"),
    "column.asked_now": ("asked now", "现请求金额"),
    "column.left": ("not paid by the debtor", "债务人未付"),
    "column.ground": ("ground", "理由"),
    "column.claimed_on": ("asked for on", "请求日"),
    "column.stands_until": ("stands until", "有效至"),
    "column.answered_on": ("answered on", "答复日"),
    "column.bought_back_on": ("bought back on", "回购日"),
    "column.claim_status": ("claim", "追索状态"),
}
