"""The tables of declared reads: addresses, filters and commands in rest.md, whom they show to in read-access.md.

A table stands between `<!-- reads: filters -->` or `<!-- reads: who -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re

from chainbill_contracts.declared_reads import Read, reads

MARKED = re.compile(r"(<!-- reads: (filters|who) -->\n).*?(<!-- end -->)", re.DOTALL)
HEADS = {
    "filters": ("address | filters | command", "地址 | 筛选条件 | 命令"),
    "who": ("address | who", "地址 | 谁可读取"),
}


def english(text: str) -> str:
    """A document with its tables made anew."""
    return MARKED.sub(lambda found: _table(found, zh=False), text)


def chinese(text: str) -> str:
    """Its translation likewise."""
    return MARKED.sub(lambda found: _table(found, zh=True), text)


def _table(found: re.Match[str], *, zh: bool) -> str:
    told = [read for read in reads().values() if found[2] == "filters" or read.who[0]]
    head = HEADS[found[2]][zh]
    lines = [f"| {head} |", f"|{'---|' * (head.count('|') + 1)}", *(_line(read, found[2], zh=zh) for read in told)]
    return found[1] + "".join(f"{line}\n" for line in lines) + found[3]


def _line(read: Read, what: str, *, zh: bool) -> str:
    address = re.sub(r"\{\w+\}", "{id}", read.path)
    if what == "who":
        return f"| `{address}` | {read.who[zh]} |"
    filters = " ".join(f"`{one.name}`" for one in read.filters.values())
    typed = f" [{read.typed.upper()}]" if read.optional else f" {read.typed.upper()}" if read.typed else ""
    command = f"`chainbill {' '.join(read.command)}{typed}`" if read.command else ""
    return f"| `GET {address}` | {filters} | {command} |"
