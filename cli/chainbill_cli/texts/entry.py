"""Entries of banks: defaults, struck invoices, and what lifts them."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "entry.default": (
        "Enter that a debtor is in default, for 12 months once another bank ratifies (its sponsor or the bank that "
        "pays for it, maker and checker)",
        "登记债务人违约，他行确认后生效，为期12个月（其推荐行或兑付行，经办与复核）",
    ),
    "entry.strike": (
        "Strike the invoice of an upheld dispute, once another bank ratifies (sponsor of its seller, maker and "
        "checker)",
        "剔除获支持异议所指的发票，他行确认后生效（销售方的推荐行，经办与复核）",
    ),
    "entry.lift": (
        "Lift a default (PARTY with --kind) or what struck an invoice (DISPUTE or ENTRY), once another bank ratifies",
        "解除违约记录（参与方与 --kind）或发票剔除（异议或登记编号），他行确认后生效",
    ),
    "entry.opt_kind": ("Of a bond, or of commercial paper that is overdue again and again", "违约种类"),
    "entry.opt_kind_lifted": ("The kind of default that is over; not for an invoice", "所解除的违约种类；发票不写"),
    "entry.opt_list": ("The public list that names the debtor; the ledger keeps its digest", "公开名单，账本只存摘要"),
    "entry.opt_finding": ("The bank's own finding; the ledger keeps its digest", "本行认定书，账本只存摘要"),
    "entry.opt_paper": ("The paper that says so; the ledger keeps its digest", "解除依据，账本只存摘要"),
    "entry.lift_what": (
        "Name a party with --kind, or a dispute (D…) or entry (N…).",
        "请写参与方并加 --kind，或写异议（D…）或登记（N…）编号。",
    ),
    "entry.no_default": (
        "No default of this kind is in force of {party}: {kind}.",
        "{party} 没有生效的此类违约记录：{kind}。",
    ),
    "entry.no_strike": (
        "No invoice is struck by dispute {dispute}, as far as shows here.",
        "依异议 {dispute} 未见已剔除的发票。",
    ),
    "entry.objected": ("objected to on {day}", "{day} 已提出异议"),
}
