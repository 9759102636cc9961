"""Governance."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "governance.propose": (
        "Propose a change: parameter NAME VALUE, contract NAME FILE, calendar YEAR FILE, validator_remove NAME, "
        "rules FILE, protocol VERSION DIGEST, others with --content; the proposer then votes too",
        "提出变更：parameter 名称 值、contract 名称 文件、calendar 年份 文件、validator_remove 名称、"
        "rules 文件、protocol 版本 摘要，"
        "其他类型用 --content；提案方之后也须投票",
    ),
    "governance.vote": (
        "Vote yes or no on a proposal; the proposer votes too, proposing is no vote",
        "对提案投 yes 或 no；提案方也须另行投票，提案本身不计票",
    ),
    "governance.vote_too": (
        "the proposal is open; proposing is no vote: chainbill governance vote {proposal} yes",
        "提案已开放表决；提案不计为投票，请另行执行：chainbill governance vote {proposal} yes",
    ),
    "governance.long": ("{count} characters", "{count} 个字符"),
    "governance.no_validator": (
        "{value} is no validator's name and no public key of 64 hexadecimal digits; validators: {known}",
        "{value} 既不是验证方名称，也不是 64 位十六进制公钥；现有验证方：{known}",
    ),
    "governance.list": ("List proposals", "列出提案"),
    "governance.show": ("Show a proposal", "查看提案"),
    "governance.opt_content": ("Content of the proposal as JSON or @FILE", "提案内容，JSON 或 @文件"),
    "governance.opt_height": (
        "Height from which a contract, rules or a protocol hold; default: in 100 blocks",
        "合约、规则或协议的生效高度，默认 100 个区块之后",
    ),
    "governance.opt_kind": ("Only of this kind", "仅此类型"),
    "governance.arguments": (
        "{kind} takes {wanted}",
        "{kind} 需要 {wanted}",
    ),
    "governance.rules_file": (
        'a file of rules is a JSON object with any of "changes", "currencies" and "python" (docs/reference/rules.md): '
        "{path}",
        '规则文件为 JSON 对象，可含 "changes"、"currencies"、"python"（见 docs/reference/rules.zh.md）：{path}',
    ),
    "governance.no_proposal": ("there is no proposal {value}", "没有提案 {value}"),
}
