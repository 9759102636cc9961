"""Headings of what is told of orders of courts and of freezes alone."""

from __future__ import annotations

OF_ORDERS: dict[str, tuple[str, str]] = {
    "column.court_order": ("order", "法律文书"),
    "column.freeze": ("freeze", "冻结"),
    "column.freezes": ("freezes", "冻结"),
    "column.freeze_days": ("days in force", "自生效起的天数"),
    "column.paper_issued_on": ("issued on", "出具日期"),
    "column.renewal_days": ("days renewed", "自登记起的天数"),
    "column.legal.number": ("number of the paper", "文号"),
    "column.frozen_amount": ("frozen amount", "冻结金额"),
    "column.frozen_until": ("frozen until", "冻结截止"),
    "column.percent": ("share of the token", "占子凭证比例"),
    "column.amount_freeze": ("to be frozen", "本次冻结金额"),
    "column.amount_release": ("to be released", "解冻金额"),
    "column.amount_transfer": ("to be transferred", "划转金额"),
    "column.acted_on": ("acted on", "执行日"),
    "column.vote_until": ("vote until", "投票截止"),
    "column.lost": ("lost to a court or pledgee", "被划转或归质权人"),
    "column.ratify_by": ("ratify by", "确认截止"),
    "column.ordered_by": ("ordered by", "登记行"),
    "column.second": ("second bank", "复核行"),
    "column.objected_on": ("objected on", "异议日"),
    "column.objected_by": ("objected by", "异议方"),
    "column.refusals": ("refused by", "拒绝"),
    "column.refused_on": ("refused on", "拒绝日"),
    "column.given": ("given", "已划转"),
}
