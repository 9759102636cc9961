"""Early payment at a discount."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "prepay.offer": (
        "Offer a token to its debtor for early payment, for less than its amount (the holder)",
        "向债务人提出折价提前付款：以低于面额的对价提前收款（持有人）",
    ),
    "prepay.settle": (
        "Record that the debtor paid a token early at the price agreed on; it settles whole (the paying bank)",
        "登记债务人已按约定对价提前付款，子凭证全额兑付（兑付行）",
    ),
    "prepay.opt_price": (
        "What the debtor is to pay; the rest of the amount is forgone",
        "债务人应付的对价，差额为让利",
    ),
    "prepay.opt_by": ("The last day of the debtor's money", "债务人的付款截止日"),
    "prepay.yearly_rate": (
        "{rate} % (forgone ÷ price × 365 ÷ {days} days early, {since} to {pay_on})",
        "{rate}%（让利 ÷ 对价 × 365 ÷ 提前 {days} 天，自 {since} 至 {pay_on}）",
    ),
}
