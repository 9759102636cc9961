"""Recourse and buyback."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "recourse.ask": (
        "Ask whoever gave you a token to take it back and pay (the holder)",
        "向前手追索：请求其回购子凭证并付款（持有人）",
    ),
    "recourse.paid": (
        "Record that the party which was asked has paid; the token goes back to it at once (the holder's bank)",
        "登记被请求方已付款，子凭证随即转回该方（持有人的银行）",
    ),
    "recourse.above_asked": ("more than is asked now, {asked}", "高于现请求金额 {asked}"),
    "recourse.opt_ground": ("Why: the bill is overdue, its debtor is insolvent, or both sides agree", "追索理由"),
    "recourse.opt_amount": ("What is asked, with interest", "请求金额，含利息"),
    "recourse.opt_document": ("The demand; the ledger keeps its digest", "追索通知，账本仅记载其摘要"),
    "recourse.opt_paid": ("What was paid; without it, what is asked now", "已付金额，不写则为现请求的金额"),
}
