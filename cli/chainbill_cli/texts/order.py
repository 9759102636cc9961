"""Orders of courts and authorities."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "order.freeze": (
        "Freeze the high cents of tokens: TOKEN, TOKEN:AMOUNT or TOKEN:SHARE% (bank that assists, maker and checker)",
        "冻结子凭证金额：子凭证、子凭证:金额或子凭证:比例%，自高端起，立即生效（协助执行行，经办与复核）",
    ),
    "order.renew": (
        "Let freezes in force run longer, from today (bank that assists, maker and checker)",
        "续冻：自今日起延长生效的冻结（协助执行行，经办与复核）",
    ),
    "order.release": (
        "Release freezes, all that they are on or an amount of each, once another bank ratifies (maker and checker)",
        "解冻：解除冻结的全部或一定金额，他行确认后生效（经办与复核）",
    ),
    "order.transfer": (
        "Transfer frozen cents, or freeze tokens and transfer them, once another bank ratifies (maker and checker)",
        "划转：划转已冻结金额，或冻结子凭证并划转，他行确认后生效（经办与复核）",
    ),
    "order.ratify": (
        "Ratify another bank's order within 72 hours (second bank, maker and checker)",
        "在 72 小时内复核确认他行登记的法律文书（复核行，经办与复核）",
    ),
    "order.refuse": (
        "Refuse another bank's order: once banks of two houses have, it is as if it had never been (maker and checker)",
        "拒绝他行登记的法律文书；两家不同银行拒绝后视为自始未登记（经办与复核）",
    ),
    "order.object": (
        "Object to a transfer that two banks ratified, before it acts (holder or pledgee); then a vote decides",
        "在执行之前对已确认的划转提出异议（持有人或质权人）；其后由投票决定",
    ),
    "order.opt_authority": ("Court or authority", "法院或有权机关"),
    "order.opt_number": ("Number of the paper", "文号"),
    "order.opt_document": (
        "The ruling and the notice to assist; the ledger keeps digests; repeat",
        "裁定书与协助执行通知书，账本只存摘要；可重复",
    ),
    "order.opt_issued": ("The day on which it was issued", "出具日期"),
    "order.opt_days": ("For how many days, at most 1,095", "天数，最多 1,095 天"),
    "order.opt_round_up": ("Round a broken cent of a share up", "比例不足一分的进位"),
    "order.opt_release_amount": ("Of each, low end first; left out: all", "每项的金额，自低端起；不写为全部"),
    "order.opt_transfer_amount": ("Of each, high end first; left out: all", "每项的金额，自高端起；不写为全部"),
    "order.opt_to": ("The beneficiary, a party of the ledger", "受益人（账本内参与方）"),
    "order.opt_account": (
        "An account outside, to which only money goes that is set aside: the court's file of it, or its digest",
        "账本之外的账户（仅限扣划留存款项）：法院账户文件或其摘要",
    ),
    "order.opt_transfer_days": ("Of tokens: for how many days they are frozen", "子凭证的冻结天数"),
    "order.opt_reason": ("Why; it is kept with the order", "理由，随文书保存"),
    "order.opt_objection": ("Why; regulators see it", "理由，监管可见"),
    "order.waits_behind": ("it waits behind the freezes that stand on it", "在已有的冻结之后轮候"),
    "order.ends_transfer": ("the offer of a transfer ends, for good", "转让的要约结束，不再恢复"),
    "order.ends_return": ("the offer to give it back ends, for good", "退回的要约结束，不再恢复"),
    "order.ends_sale": ("the offer of an onward sale ends, for good", "再转让的要约结束，不再恢复"),
    "order.ends_prepay": ("the offer of an early payment ends, for good", "提前付款的要约结束，不再恢复"),
    "order.ends_agreed_prepay": ("the agreed early payment ends, for good", "已同意的提前付款结束，不再恢复"),
    "order.ends_pledge": ("the offer in pledge ends, for good", "质押的要约结束，不再恢复"),
    "order.keeps_pledge": ("the pledge stays, and stands before it", "质押不受影响，先于本次冻结"),
    "order.ends_enforcement": (
        "the enforcement of the pledge ends, for good; the pledge stays, and stands before it",
        "实现质权终止，不再恢复；质押不受影响，先于本次冻结",
    ),
    "order.ends_request": ("the financing request and its quotes end, for good", "融资申请及其报价终止，不再恢复"),
    "order.suspends_agreed": (
        "the agreed financing is suspended until the order is decided: only money of an earlier day is recorded",
        "已确认的融资约定中止，直至文书办结；其间仅登记起息日更早的放款",
    ),
    "order.ends_unseen": (
        "its financing request ends, for good; one that is agreed is suspended until the order is decided",
        "融资申请终止，不再恢复；已确认的融资约定则中止，直至文书办结",
    ),
    "order.all": ("all", "全部"),
    "order.to_or_account": (
        "name either --to or --account",
        "请填写 --to 或 --account 之一",
    ),
    "order.amount_offline": (
        "without a node name the amount: TOKEN:AMOUNT",
        "离线时请写明金额：子凭证:金额",
    ),
    "order.share": (
        "{value} is no share: up to 100% with at most four decimals",
        "{value} 不是比例：不超过 100%，最多四位小数",
    ),
}
