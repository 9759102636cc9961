"""Transactions."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "tx.show": ("Show a transaction", "查看交易"),
    "tx.wait": ("Wait until a transaction is committed", "等待交易记入账本"),
    "tx.decode": ("Read a transaction file", "解析交易文件"),
    "tx.build": ("Build a transaction from calls of contracts", "由合约调用构造交易"),
    "tx.sign": ("Add the acting profile's signature to a transaction", "为交易添加当前身份的签名"),
    "tx.send": ("Hand in a signed transaction", "提交已签名的交易"),
    "tx.made_elsewhere": (
        "--for-checker, --checker and --valid-for go with the command that makes a transaction, not with chainbill "
        "tx send",
        "--for-checker、--checker 与 --valid-for 用于生成交易的命令；chainbill tx send 只提交已签名的交易",
    ),
    "tx.opt_call": (
        "CONTRACT.FUNCTION and its arguments as JSON; may be repeated",
        "CONTRACT.FUNCTION 及其 JSON 参数，可多次给出",
    ),
    "tx.opt_out": ("Write to FILE; default: print base64", "写入文件，默认输出 base64"),
    "tx.opt_party": ("Party of the transaction; default: the acting profile's", "交易所属参与方，默认为当前身份"),
    "tx.nowhere": (
        "the nodes have it neither in a block nor waiting; once its validity, a day at most, is over it never will be",
        "节点既未收录也未等待该交易；有效期（至多一日）过后即不会再记入账本",
    ),
    "tx.bad_id": (
        "{value} is no transaction's id: 64 hexadecimal digits, printed when it was handed in",
        "{value} 不是交易编号：应为 64 位十六进制，提交时已显示",
    ),
    "tx.not_one": ("{path} holds no transaction: {why}", "{path} 中没有交易：{why}"),
    "tx.hand_in_until": ("it can be signed and handed in until {until}", "可在 {until} 之前签名并提交"),
    "tx.signed_already": ("this key had signed it already", "此密钥先前已签名"),
    "tx.still_wanted": (
        "signatures: {found} of {wanted}; still to sign, by any of these keys: {whose}",
        "签名 {found} / {wanted}；尚可签名的密钥：{whose}",
    ),
    "tx.all_signed": (
        "signatures: {wanted} of {wanted}; hand it in: chainbill tx send {path}",
        "签名 {wanted} / {wanted}，已齐；提交：chainbill tx send {path}",
    ),
    "tx.too_long": (
        "the file may be handed in until {until}, and the ledger takes nothing that is good for more than {hours} "
        "hours: it could be held back",
        "文件的提交期限为 {until}，而账本不接受有效期超过 {hours} 小时的交易：他人可能扣留文件，日后再提交",
    ),
    "tx.expired": (
        "it could be signed and handed in until {until}; the ledger takes it no more",
        "签名与提交的期限为 {until}，账本已不再接受",
    ),
    "tx.unsigned": (
        "this transaction needs {wanted} signatures and has {found}: chainbill tx sign FILE",
        "此交易须有 {wanted} 个签名，现有 {found} 个：chainbill tx sign FILE",
    ),
    "tx.other_network": (
        "the transaction is for the network {found}, this home was made for {expected}; use the home of that network, "
        "or make the transaction again in this one",
        "此交易属于网络 {found}，本目录属于网络 {expected}；请改用该网络的目录，或在本目录重新生成交易",
    ),
    "tx.not_listed": (
        "the transaction does not list this key: make it again with --for-checker, or chainbill tx build with --signer",
        "交易未列出此密钥：请用 --for-checker 重新办理，或用 chainbill tx build --signer 构造",
    ),
    "tx.signed": (
        "this transaction has the {wanted} signatures that it needs already: hand it in with chainbill tx send FILE",
        "此交易所需的 {wanted} 个签名已齐：请用 chainbill tx send FILE 提交",
    ),
    "tx.bad_signature": (
        "the file was changed after {key} signed it: have its maker make it again, and compare what it asks for",
        "文件在 {key} 签名之后被更改：请由经办重新生成，并核对其内容",
    ),
    "tx.opt_signer": (
        "A public key or profile that may sign; may be repeated; default: the acting profile's key",
        "可签名的公钥或身份，可多次给出，默认为当前身份的密钥",
    ),
    "tx.opt_threshold": ("How many of them must sign", "须签名的个数"),
    "tx.other_party": ("the transaction is {found}'s, not {expected}'s", "此交易属于 {found}，不属于 {expected}"),
}
