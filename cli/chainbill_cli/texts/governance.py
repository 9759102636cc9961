"""Governance."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "governance.propose": (
        "Propose a change: parameter NAME VALUE, contract NAME FILE, calendar YEAR FILE, others with --content",
        "提出变更：parameter 名称 值、contract 名称 文件、calendar 年份 文件，或用 --content 提出其他类型",
    ),
    "governance.vote": ("Vote yes or no on a proposal", "对提案投 yes 或 no"),
    "governance.list": ("List proposals", "列出提案"),
    "governance.show": ("Show a proposal", "查看提案"),
    "governance.opt_content": ("Content of the proposal as JSON or @FILE", "提案内容，JSON 或 @文件"),
    "governance.opt_height": (
        "Height a contract runs from; default: in 100 blocks",
        "合约生效高度，默认 100 个区块之后",
    ),
    "governance.opt_kind": ("Only of this kind", "仅此类型"),
    "governance.arguments": (
        "{kind} takes {wanted}",
        "{kind} 需要 {wanted}",
    ),
    "governance.no_proposal": ("there is no proposal {value}", "没有提案 {value}"),
}
