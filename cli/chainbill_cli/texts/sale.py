"""Onward sales."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "sale.sell": (
        "Offer tokens that your bank holds for sale to another bank; the ledger keeps the price as a digest only",
        "将本行持有的子凭证再转让给其他银行，账本仅记载对价的摘要",
    ),
    "sale.buy": (
        "Record that you paid for a token that a bank offers; it moves to you at once (the buyer)",
        "登记已支付再转让的对价，子凭证随即转入本行（受让行）",
    ),
    "sale.opt_to": ("The bank that may buy", "受让行"),
    "sale.opt_price": ("The price of all these tokens together", "上述子凭证的对价合计"),
    "sale.opt_recourse": (
        "Whether the buyer may come back to you where the debtor does not pay",
        "债务人不付款时，受让行是否可向本行追索",
    ),
    "sale.opt_registration": ("Reference of the legal registration", "登记编号（中登网）"),
    "sale.opt_amount": (
        "What you paid, for the ledger to keep; without it the ledger is not told",
        "记入账本的已付金额，不写则账本不记载",
    ),
    "sale.opt_opened": (
        "The price that the seller told you, checked against the offer; it is not sent",
        "转出行告知的对价，仅用于与要约核对，不提交",
    ),
    "sale.opt_salt": ("The salt that the seller told you with it", "转出行随对价告知的盐值"),
    "sale.recourse_needed": (
        "say with --recourse or --no-recourse whether the buyer may come back to you",
        "请用 --recourse 或 --no-recourse 说明受让行是否可追索",
    ),
    "sale.kept": (
        "{path} keeps price and salt; tell both to the buyer, who checks them with --price and --salt",
        "对价与盐值已存入 {path}，请一并告知受让行，由其用 --price 与 --salt 核对",
    ),
    "sale.price_and_salt": (
        "--price and --salt go together; a salt is 64 hexadecimal digits",
        "--price 与 --salt 须一并填写，盐值为 64 位十六进制数",
    ),
    "sale.price_differs": (
        "the offer was not made at {price} with this salt",
        "该要约的对价与盐值并非 {price} 及所填盐值",
    ),
    "sale.opened": ("price and salt are those of the offer", "对价与盐值同要约一致"),
    "sale.not_opened": (
        "not checked: --price and --salt compare it with the offer",
        "未经核对：可用 --price 与 --salt 与要约核对",
    ),
    "sale.other_amount": ("what was paid is not the price, {price}", "已付金额与对价 {price} 不符"),
}
