"""Guarantees."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "guarantee.give": (
        "Guarantee the whole of a bill, jointly and severally with its debtor (a guarantor; maker and checker)",
        "就整张凭证提供连带责任保证（保证人，经办与复核）",
    ),
    "guarantee.demand": (
        "Demand of a guarantor that it pays, which proves that it was in time (a holder)",
        "向保证人主张保证责任，以此证明在保证期间内主张（持有人）",
    ),
    "guarantee.pay": (
        "Record that a guarantor has paid whole tokens of an overdue bill, which go to it (the bank of its account)",
        "登记保证人已足额代偿逾期凭证的子凭证，子凭证归保证人（保证人的开户行）",
    ),
    "guarantee.opt_until": (
        "The last day on which a holder may demand, usually six months after the day of payment",
        "保证期间的最后一日，通常为应付日后六个月",
    ),
    "guarantee.opt_resolution": ("The company's own resolution; its digest is kept", "公司决议，账本保存其摘要"),
    "guarantee.opt_guarantor": ("The guarantor", "保证人"),
    "guarantee.opt_demanded": (
        "For this token of yours; may be repeated (default: all that you have of the bill)",
        "仅就本方的此子凭证主张，可多次给出（默认为该凭证的全部子凭证）",
    ),
    "guarantee.opt_paid": ("A token that was paid, whole; may be repeated", "已足额代偿的子凭证，可多次给出"),
    "guarantee.no_tokens": (
        "you have no token of this bill, as far as it can be seen here: name it with --token",
        "在此看不到您持有该凭证的子凭证，请以 --token 指定",
    ),
    "guarantee.words": (
        "You guarantee the debtor's whole promise on this bill, its full face, to whoever holds its tokens, jointly "
        "and severally with the debtor: once it is overdue, a holder may claim from you at once. Nobody lets you go.",
        "本方就该凭证项下债务人的全部付款义务（以票面金额为限），向其子凭证的各持有人承担连带责任保证：逾期后，持有人可直接要求本方付款。保证不可撤回。",
    ),
    "guarantee.not_reversed": (
        "this receipt is not reversed: the tokens go to the guarantor, and the debtor owes it",
        "本笔登记不可冲正：子凭证归保证人，由其向债务人追偿",
    ),
}
