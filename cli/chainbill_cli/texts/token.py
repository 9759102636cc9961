"""Tokens."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "token.return_waits": (
        "it stays yours until who gave it accepts it: chainbill token accept",
        "在对方以 chainbill token accept 签收之前，子凭证仍由您持有",
    ),
    "token.is_return": (
        "it is given back, not transferred: once accepted it stands at its former tier",
        "此为退回，不是转让：签收后恢复原层级",
    ),
    "token.split": ("Cut a token into parts", "拆分子凭证"),
    "token.merge": ("Undo a cut", "合并子凭证（撤销拆分）"),
    "token.transfer": ("Offer tokens, or parts of them, to suppliers", "转让子凭证或其一部分"),
    "token.return": ("Give an accepted token back to whom it came from", "将已签收的子凭证退回转让方"),
    "token.opt_to": ("Recipient and amount; may be repeated", "受让方与金额，可多次给出"),
    "token.opt_payees": (
        "File of recipients, CSV or xlsx: party and amount, by headings or as its only two columns",
        "受让方文件（CSV 或 xlsx）：参与方与金额，以标题行注明，或只有这两列",
    ),
    "token.opt_total": (
        "Control total: refused unless the recipients come to it",
        "控制总额：转让合计与之不符即拒绝",
    ),
    "token.opt_split": ("Amount of each part but the last; may be repeated", "除最后一份外各份的金额，可多次给出"),
    "token.different_currencies": ("the tokens are in different currencies: {found}", "子凭证币种不同：{found}"),
    "token.too_much": (
        "the recipients are to get {asked} {currency}, the tokens hold {held}",
        "转让合计 {asked} {currency}，子凭证只有 {held}",
    ),
    "token.no_parts": ("name the parts with --amount", "请用 --amount 指定各份金额"),
}
