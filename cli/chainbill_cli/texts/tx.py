"""Transactions."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "tx.show": ("Show a transaction", "查看交易"),
    "tx.wait": ("Wait until a transaction is committed", "等待交易提交"),
    "tx.decode": ("Read a transaction file", "解析交易文件"),
    "tx.build": ("Build a transaction from calls of contracts", "由合约调用构造交易"),
    "tx.sign": ("Add the acting profile's signature to a transaction", "为交易添加当前身份的签名"),
    "tx.send": ("Hand in a signed transaction", "提交已签名的交易"),
    "tx.opt_call": (
        "CONTRACT.FUNCTION and its arguments as JSON; may be repeated",
        "CONTRACT.FUNCTION 及其 JSON 参数，可多次给出",
    ),
    "tx.opt_out": ("Write to FILE; default: print base64", "写入文件，默认输出 base64"),
    "tx.opt_party": ("Party of the transaction; default: the acting profile's", "交易所属参与方，默认为当前身份"),
    "tx.not_one": ("{path} holds no transaction: {why}", "{path} 中没有交易：{why}"),
    "tx.unsigned": ("this transaction is not signed yet", "此交易尚未签名"),
    "tx.other_party": ("the transaction is {found}'s, not {expected}'s", "此交易属于 {found}，不属于 {expected}"),
}
