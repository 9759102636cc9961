"""Blocks."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "block.list": ("List blocks, newest first", "列出区块，最新在前"),
    "block.show": ("Show a block by height, id or head", "按高度、标识或 head 查看区块"),
    "block.bad": (
        "{value} is no block: type a height (12), its id (64 hexadecimal digits) or head, the newest",
        "{value} 不是区块：请输入高度（如 12）、标识（64 位十六进制）或 head（最新区块）",
    ),
    "block.tail": ("Print blocks as they are made", "持续输出新区块"),
    "block.opt_count": ("Stop after this many", "输出这么多后停止"),
}
