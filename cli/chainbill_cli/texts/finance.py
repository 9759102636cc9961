"""Financing."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "finance.of_parts": (
        "{token} was split; what was requested of a part of it stands on that part: chainbill finance list --bill "
        "{bill}",
        "{token} 已拆分，对其一部分的融资申请列在拆出的子凭证之下：chainbill finance list --bill {bill}",
    ),
    "finance.in_place_of": (
        "it stands in the place of your quote {quote}, which is withdrawn",
        "本报价取代本行此前的报价 {quote}，后者已撤回",
    ),
    "finance.request": ("Ask banks to finance a token or a part of it (holder)", "申请融资（持有人）"),
    "finance.quote": ("Give a quote (bank)", "报价（银行）"),
    "finance.agree": ("Agree a quote (holder)", "确认融资报价（持有人）"),
    "finance.disburse": (
        "Record the payment to the holder; the token moves (bank)",
        "记录放款，子凭证随之转移（银行）",
    ),
    "finance.decline": ("Decline a request (bank) or a quote (holder)", "谢绝融资申请（银行）或报价（持有人）"),
    "finance.withdraw": (
        "Take a request back (holder), or a quote that was not agreed (bank)",
        "撤回融资申请（持有人）或尚未确认的报价（银行）",
    ),
    "finance.cancel": (
        "Cancel a financing that was agreed and is not paid; the holder asks again (bank)",
        "取消已确认而未放款的融资，由持有人重新申请（银行）",
    ),
    "finance.opt_reason": ("Why; the holder reads it", "原因，持有人可见"),
    "finance.show": ("Show a request with its quotes, or a quote", "查看融资申请及其报价，或单个报价"),
    "finance.opt_to": ("Bank to ask; may be repeated", "向其申请的银行，可多次给出"),
    "finance.opt_amount": ("Amount to finance; default: the whole token", "融资金额，默认全部"),
    "finance.opt_rate": ("Rate in percent a year, such as 3.85", "年利率（百分数），如 3.85"),
    "finance.opt_recourse": ("With or without recourse", "有追索权或无追索权"),
    "finance.opt_fee": ("Fee", "手续费"),
    "finance.opt_basis": ("Day count", "计息基础"),
    "finance.opt_valid": ("Until when the quote may be agreed", "报价有效期"),
    "finance.opt_disburse": ("Last day for the disbursement", "最迟放款日"),
    "finance.opt_payer": ("Who pays the interest", "利息承担方"),
    "finance.opt_needs_label": (
        "Agreement and payment ask for this label of the bill: SCHEME:GRADE",
        "确认与放款须有凭证的此标签：方案:等级",
    ),
    "finance.label_said": (
        "{value} is no label: write --needs-label SCHEME:GRADE, such as green:A",
        "{value} 不是标签，请写 --needs-label 方案:等级，如 绿色:甲",
    ),
    "finance.partly_paid": (
        "the debtor has paid {paid} since it was agreed: the bank gets a token of {rest} only",
        "确认之后债务人已兑付 {paid}：银行仅得 {rest} 的子凭证",
    ),
    "finance.paid_since": (
        "{paid} of it has been paid since it was agreed: the bank gets a token of {rest}, and {since} of that money",
        "确认之后已付款 {paid}：银行得 {rest} 的子凭证，另得该款项 {since}",
    ),
    "finance.all_paid_since": (
        "all of it has been paid since it was agreed: the bank gets {since} of that money, and no token",
        "确认之后已全部付款：银行得该款项 {since}，不再取得子凭证",
    ),
    "finance.paid_whole": (
        "all of it had been paid by then: the payment is only written down as unmatched",
        "届时已全部付款：此笔付款仅登记为未匹配",
    ),
    "finance.suspended": (
        "a court's freeze suspends the agreement since {since}: until its order is decided, only money of an earlier "
        "day is recorded; if it is refused or lapses, the agreement stands longer by the days that it lost. "
        "chainbill freeze list shows until when",
        "法院冻结自 {since} 起使融资约定中止：文书未决期间，仅登记起息日更早的放款；"
        "文书被拒绝或失效的，约定按所占天数顺延。冻结情况可用 chainbill freeze list 查看",
    ),
    "finance.stopped": (
        "a court's order ends the agreement: money of a day before {since} is recorded until {until}, other money is "
        "only written down as unmatched",
        "法院文书终止融资约定：起息日早于 {since} 的放款在 {until} 以前仍可登记，其他放款仅登记为未匹配",
    ),
    "finance.waits_for_bank": (
        "{paid} of it has been paid and waits at the bank that recorded it: for the financing bank if its own money is "
        "of an earlier day, else for the holder once the agreement is over",
        "其中 {paid} 已付款，留存于登记银行：融资银行的款项起息日更早的归融资银行，否则于约定终止后归持有人",
    ),
    "finance.before_freeze": (
        "a court froze the token on {since}: what you record says that this money left before that day, and the bank "
        "gets the token free of the freeze",
        "法院于 {since} 冻结该子凭证：本登记即声明款项在该日之前已付出，银行取得的子凭证不受该冻结影响",
    ),
    "finance.above_net": (
        "more is paid than what is bought comes to now: {net}",
        "实付高于按现有金额计算的净额 {net}",
    ),
    "finance.agreement_over": (
        "the agreement has lapsed: the payment is only written down as unmatched, and no token moves",
        "该融资约定已失效：此笔付款仅登记为未匹配，子凭证不转移",
    ),
    "finance.ended_by_order": (
        "a court's order has ended the agreement for money of {since} or later: the payment is only written down as "
        "unmatched, and no token moves",
        "法院文书已终止该融资约定，起息日为 {since} 及以后的付款仅登记为未匹配，子凭证不转移",
    ),
    "finance.unmatched_then": (
        "the payment is unmatched: have the holder send it back, or ask anew with chainbill finance request",
        "该笔付款未匹配：请由收款方退回款项，或以 chainbill finance request 重新申请融资",
    ),
    "finance.opt_registration": ("Reference of the legal registration", "动产融资登记编号"),
    "finance.opt_paid": ("Amount paid out, if it is not the agreed net", "实付金额（与约定不同时）"),
    "finance.opt_compare": (
        "Compare this invoice file with the bill behind the request before you sign; once for each of its invoices",
        "签名前将此发票文件与申请所依据的凭证核对；凭证的每张发票各给一次",
    ),
    "finance.no_bank": ("name at least one bank with --to", "请用 --to 至少指定一家银行"),
    "finance.opt_seal_to": (
        "With --offline: seal the quote to this encryption key of the holder, 64 hexadecimal digits",
        "配合 --offline：以持有人的此加密公钥（64 位十六进制）密封报价",
    ),
    "finance.opt_clear": (
        "With --offline: the network takes quotes in clear, and other banks may read this one",
        "配合 --offline：该网络采用明文报价，他行可读取本报价",
    ),
    "finance.seal_or_clear": (
        "without a node it is not known how this network quotes: give --seal-to KEY, the holder's encryption key, or "
        "--clear",
        "未连接节点，无法得知本网络的报价方式：请给出 --seal-to 公钥（持有人的加密公钥），或 --clear",
    ),
    "finance.seal_offline": (
        "--seal-to and --clear go with --offline: with a node the quote is sealed where the network asks for it",
        "--seal-to 与 --clear 须配合 --offline：连接节点时，按网络要求自动密封",
    ),
    "finance.seal_to_what": (
        "nothing can be sealed to {value}: an encryption key is an X25519 key, 64 hexadecimal digits",
        "无法向 {value} 密封：加密公钥为 X25519 公钥，64 位十六进制",
    ),
    "finance.sealed_for_holder": (
        "until it is agreed only the holder can read the terms; open are the amount, the last days and the label",
        "在确认前，报价条件仅持有人可读；金额、截止日与标签公开",
    ),
    "finance.opened_for_all": (
        "everybody may read these terms once you agree; the other quotes stay closed",
        "确认后该报价条件公开；其余报价保持密封",
    ),
    "finance.no_trial": (
        "a sealed quote is not tried out: the node would read its terms, and so would the bank that runs it. Leave out "
        "--dry-run; what it comes to is shown before you sign",
        "密封报价不能试算：节点及其运营银行将读到报价条件。请去掉 --dry-run；签名前会显示计算结果",
    ),
    "finance.bid_not_kept": (
        "{path} does not hold what this bank sealed: it was sealed from another home, or the file was lost",
        "{path} 中没有本行密封的内容：该报价是在其他目录密封的，或文件已丢失",
    ),
    "finance.not_sealed_so": (
        "quote {quote} cannot be opened: what the bank sealed is not for this key, or not in the form of a bid",
        "报价 {quote} 无法启封：银行密封的内容不对应此密钥，或不符合报价格式",
    ),
    "finance.for_two": (
        "sealed quotes show their terms to their bank and to the holder alone, until the holder agrees to one",
        "密封报价的条件在确认前仅报价银行与持有人可见",
    ),
    "finance.stays_closed": ("a quote stays closed: {why}", "报价未能启封：{why}"),
    "finance.nothing_left": (
        "no day is left between the value date {date} and the day of payment {pay_on}",
        "起息日 {date} 至应付日 {pay_on} 之间已无计息天数",
    ),
    "finance.nothing_paid_out": (
        "interest and fee leave {net} to be paid out; lower them",
        "扣除利息与手续费后应付 {net}，须为正数；请降低利率或手续费",
    ),
    "finance.recourse_needed": ("say --recourse or --no-recourse", "请注明 --recourse 或 --no-recourse"),
}
