"""Credit penetration."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "trace.bill": ("The tree of one bill, and how far its credit reached", "单张凭证的拆转树与信用到达层级"),
    "trace.token": ("The path of one token back to the anchor", "子凭证回溯至核心企业的路径"),
    "trace.anchor": ("An anchor's penetration by tier", "核心企业按层级的穿透情况"),
    "trace.party": ("What a party has from whom, at which tier and cost", "某参与方的凭证来源、层级与融资成本"),
    "trace.opt_format": ("tree, json or csv", "tree、json 或 csv"),
    "trace.opt_depth": ("How many tiers deep", "展示层级深度"),
    "trace.opt_group": ("Group by, such as tier,bank", "分组，如 tier,bank 或 层级、银行"),
    "trace.tier": ("tier {tier}", "第 {tier} 层"),
    "trace.financed": ("financed at tier {tier}", "在第 {tier} 层融资"),
    "trace.taken_over": ("taken over at tier {tier}", "在第 {tier} 层承接"),
    "trace.offered": ("offered to {party}", "已转让给 {party}，待签收"),
    "trace.offered_return": ("offered back to {party}", "退回给 {party}，待签收"),
    "trace.offered_sale": ("offered for sale to {party}", "再转让给 {party}，待付款"),
    "trace.totals": (
        "face {face}: live {live}, settled {settled}, diluted {diluted}, void {void}",
        "票面 {face}：有效 {live}，已兑付 {settled}，扣减 {diluted}，作废 {void}",
    ),
    "trace.totals_hidden": (", not shown to you {hidden}", "，对您不可见 {hidden}"),
    "trace.at_least": (
        "parties, reached and ever financed count the steps that show to you: they may be more",
        "参与方数、到达与累计融资只计您可见的流转，实际可能更多",
    ),
    "trace.not_shown": ("not shown to you", "对您不可见"),
    "trace.hidden": (
        "not shown to you: {amount} {currency} in {tokens} tokens",
        "对您不可见：{amount} {currency}，共 {tokens} 张子凭证",
    ),
    "trace.folded": (
        "deeper: {amount} {currency} in {tokens} tokens",
        "更深层级：{amount} {currency}，共 {tokens} 张子凭证",
    ),
    "trace.bill_line": (
        "bill {bill}: debtor {debtor}, face {face} {currency}, payable on {pay_on}",
        "凭证 {bill}：债务人 {debtor}，票面 {face} {currency}，应付日 {pay_on}",
    ),
    "trace.nothing": ("nothing accepted yet", "尚无已签收的凭证"),
    "trace.no_anchor": (
        "this party is no anchor; chainbill trace party says what it has from whom",
        "该参与方不是核心企业；其凭证来源请用 chainbill trace party 查看",
    ),
    "trace.received": ("Received", "收到"),
    "trace.given": ("Given", "转出"),
    "trace.exposure": ("Exposure", "敞口"),
    "trace.maturities": ("Maturities", "到期分布"),
    "trace.in_default": ("Recorded by banks: {what}", "银行登记：{what}"),
}
