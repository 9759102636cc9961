"""The demo's second story."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "trouble.title": (
        "chainbill: the debtor pays late, a court freezes, a payment comes back",
        "chainbill：债务人逾期付款，法院冻结，款项退汇",
    ),
    "trouble.c_financed": ("Tier 2 is financed, with recourse", "二级供应商取得有追索权的融资"),
    "trouble.c_late": ("The day of payment passes", "应付日已过"),
    "trouble.overdue": (
        "{who} was to pay on {pay_on} and has not; the bill is overdue",
        "{who} 应于 {pay_on} 付款而未付，凭证逾期",
    ),
    "trouble.asked": (
        "{who} comes back to {whom}: {amount} {currency}, principal {principal}, interest {interest} for {days} days",
        "{who} 向 {whom} 追索 {amount} {currency}，其中本金 {principal}，{days} 天利息 {interest}",
    ),
    "trouble.bought_back": (
        "{who} agrees and pays {amount} {currency}; the token is its own again, at tier 2",
        "{who} 同意回购并支付 {amount} {currency}，子凭证转回第 2 层",
    ),
    "trouble.c_freeze": ("A court freezes a part", "法院冻结一部分"),
    "trouble.court": ("People's Court (example)", "某某人民法院（示例）"),
    "trouble.frozen": (
        "{bank} enters a court's order, {second} ratifies: {amount} {currency} of {who} are frozen for {days} days",
        "{bank} 登记法院文书，{second} 复核确认：冻结 {who} {amount} {currency}，为期 {days} 天",
    ),
    "trouble.c_paid": ("The debtor pays after all, and no freeze stops that", "债务人终于付款，冻结不阻碍兑付"),
    "trouble.instructed": (
        "Everybody is paid what is his; what is frozen is set aside:",
        "各方按所持金额获付，被冻结部分留存：",
    ),
    "trouble.c_returned": ("A payment comes back", "一笔款项退汇"),
    "trouble.returned": (
        "the payment of {amount} {currency} to {who} came back: its account was closed",
        "付给 {who} 的 {amount} {currency} 退汇：账户已注销",
    ),
    "trouble.paid_again": (
        "The bank instructs it once more, and reports what is paid:",
        "银行再次指令付款，并登记付款结果：",
    ),
    "trouble.c_released": ("The court lets go", "法院解除冻结"),
    "trouble.released": (
        "{bank} ratifies the release: the {amount} {currency} that were set aside go to their holder",
        "{bank} 复核确认解冻：留存的 {amount} {currency} 付给持有人",
    ),
}
