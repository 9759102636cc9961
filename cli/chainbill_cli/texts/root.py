"""Help of the program, its nouns and small commands."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "root.colon": (": ", "："),
    "root.list_comma": (", ", "、"),
    "root.semicolon": ("; ", "；"),
    "root.program": (
        "chainbill: digital receivables on a ledger of banks. Issue, split, transfer, finance, settle, trace.",
        "chainbill：银行共建账本上的应收账款电子凭证——开立、拆分、转让、融资、兑付、穿透查询。",
    ),
    "root.demo": ("Tell the whole story on four real nodes in under a minute", "用四个真实节点，一分钟内演示完整流程"),
    "root.localnet": ("Run a local network of real nodes", "在本机运行由真实节点组成的网络"),
    "root.network": ("Create, look at and check a network", "创建、查看与核对网络"),
    "root.node": ("Run one node and see how it is", "运行单个节点并查看状态"),
    "root.key": ("Make and keep signing keys", "生成与保管签名密钥"),
    "root.party": ("Parties, their keys, accounts and policies", "参与方及其密钥、结算账户与授权策略"),
    "root.bill": ("Bills: issue, confirm, accept, settle", "凭证：开立、确权、签收、兑付"),
    "root.token": ("Tokens: split, transfer, accept, return", "子凭证：拆分、转让、签收、退回"),
    "root.finance": ("Financing: request, quote, agree, disburse", "融资：申请、报价、确认、放款"),
    "root.invoice": ("Read invoices", "读取发票"),
    "root.calendar": ("The business-day calendar", "工作日历"),
    "root.governance": ("Proposals and votes of the validators", "验证方的提案与表决"),
    "root.trace": ("Credit penetration: where the credit went", "信用穿透：额度流向何处"),
    "root.tx": ("Transactions: build, sign, send, show", "交易：构造、签名、发送、查看"),
    "root.block": ("Blocks", "区块"),
    "root.config": ("Settings of this home", "本目录的设置"),
    "root.config_show": ("Show the settings in force and where they come from", "显示生效的设置及其来源"),
    "root.config_set": ("Keep a setting in this home", "在本目录保存一项设置"),
    "root.config_unset": ("Forget a kept setting", "删除一项已保存的设置"),
    "root.completion": ("Print the completion script for a shell", "输出 shell 自动补全脚本"),
    "root.doctor": (
        "Check this installation and name the fix for each finding",
        "检查本机安装，并给出每个问题的解决办法",
    ),
    "root.version": ("Show the versions of the program and the node", "显示程序与节点的版本"),
    "root.version_flag": ("Show the program's version", "显示程序版本"),
    "root.usage": ("Usage:", "用法："),
    "root.options": ("Options", "选项"),
    "root.commands": ("Commands", "命令"),
    "root.globals_hint": (
        "Global options (--as, --node, -o json, --yes, …) work before and after the command: see chainbill --help",
        "全局选项（--as、--node、-o json、--yes 等）可放在命令之前或之后，见 chainbill --help",
    ),
    "root.default": ("[default: ", "[默认："),
    "root.required": ("required]", "必填]"),
    "root.help_option": ("Show this help", "显示本帮助"),
}
