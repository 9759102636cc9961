"""The tables of state.md and state.zh.md, and the diagrams of lifecycles.md, from the declarations of rows.

A table stands between `<!-- fields: PLACE -->` or `<!-- steps: PLACE -->` and `<!-- end -->`; the prose around them is
written by hand.
"""

from __future__ import annotations

import re

from chainbill_contracts.declared_rows import Field, Row, rows

MARKED = re.compile(r"(<!-- (fields|steps): (\w+/\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

KINDS = {
    "amount": ("minor units", "最小货币单位"), "any": ("–", "–"), "bill": ("bill", "凭证编号"),
    "change": ("change", "变更编号"), "count": ("count", "计数"), "created": ("height and transaction", "高度与交易"),
    "currency": ("currency", "币种"), "date": ("date", "日期"), "dispute": ("dispute", "异议编号"),
    "height": ("height", "高度"), "hex": ("hexadecimal digits", "十六进制"), "identifier": ("identifier", "标识"),
    "integer": ("whole number", "整数"), "key": ("public key", "公钥"), "lock": ("lock", "锁定"),
    "map": ("map", "映射"),
    "milliseconds": ("milliseconds", "毫秒"), "name": ("name", "名称"), "order": ("order", "登记编号"),
    "party": ("party", "参与方编号"), "proposal": ("proposal", "提案编号"), "quote": ("quote", "报价编号"),
    "rate": ("rate", "利率"), "request": ("request", "融资申请编号"), "share": ("part of an invoice", "发票份额"),
    "status": ("status", "状态"), "text": ("text", "文本"), "token": ("token", "子凭证编号"),
    "words": ("word", "代码"), "yes_no": ("yes or no", "是或否"),
}  # fmt: skip
"""Kind of a field → how it is called, English and Chinese."""

HEADS = {
    ("fields", False): "| field | kind | value |\n|---|---|---|\n",
    ("fields", True): "| 字段 | 种类 | 取值 |\n|---|---|---|\n",
    ("steps", False): "| from | to | by |\n|---|---|---|\n",
    ("steps", True): "| 原状态 | 新状态 | 操作 |\n|---|---|---|\n",
}
DIAGRAMS = (
    """# Lifecycles

[中文](lifecycles.zh.md)

Every status of every row of the contracts, and the acts that lead from one to the next, as
[state](state.md) has them in tables. A step without an act is one of the day change, of a vote, or follows from
another row's step. A status that no arrow reaches is where a row begins, or is reserved.
""",
    """# 状态流转图

[English](lifecycles.md)

各合约数据行的全部状态，以及由一状态进入另一状态的操作；文字说明见[状态](state.zh.md)。未注明操作的，由日切、投票或其他数据行的
变化引起。没有箭头到达的状态为起始状态或预留状态。
""",
)


def english(text: str) -> str:
    """state.md with its tables made anew."""
    return MARKED.sub(lambda found: _table(found, zh=False), text)


def chinese(text: str) -> str:
    """state.zh.md with its tables made anew."""
    return MARKED.sub(lambda found: _table(found, zh=True), text)


def diagrams(_text: str) -> str:
    """lifecycles.md, whole."""
    return _diagrams(zh=False)


def chinese_diagrams(_text: str) -> str:
    """lifecycles.zh.md, whole."""
    return _diagrams(zh=True)


def _table(found: re.Match[str], *, zh: bool) -> str:
    what, place = found[2], found[3]
    row = rows()[place]
    lines = _fields(row, zh=zh) if what == "fields" else _steps(row, zh=zh)
    under = _asked(row, zh=zh) if what == "steps" else ""
    return found[1] + HEADS[what, zh] + "".join(f"| {' | '.join(cells)} |\n" for cells in lines) + under + found[4]


def _fields(row: Row, *, zh: bool) -> list[tuple[str, str, str]]:
    lines = []
    for name, field in row.fields.items():
        if field.beside or field.made:
            continue
        together = [field, *(one for one in row.fields.values() if one.beside == name and not one.made)]
        comma = "、" if zh else ", "
        names = comma.join(f"`{one.name}`" for one in together)
        kinds = comma.join(dict.fromkeys(_kind(one, zh=zh) for one in together))
        lines.append((names, kinds, _value(row, field, zh=zh)))
    return lines


def _kind(field: Field, *, zh: bool) -> str:
    said = KINDS[field.kind][zh]
    if not field.listed:
        return said
    return f"{said}列表" if zh else f"list: {said}"


def _value(row: Row, field: Field, *, zh: bool) -> str:
    said = field.zh if zh else field.en
    words = row.words if field.kind == "status" else field.words
    if all(f"`{word}`" in said for word in words):
        return said or "–"
    listed = ("、" if zh else ", ").join(f"`{word}`" for word in words)
    return ("：" if zh else ": ").join(part for part in (said, listed) if part)


def _steps(row: Row, *, zh: bool) -> list[tuple[str, str, str]]:
    return [(one.before, one.after, one.zh if zh else one.en) for one in row.steps]


def _asked(row: Row, *, zh: bool) -> str:
    """What stands under the steps: the refusal of each act that looks where the row stands."""
    comma, colon, end = ("、", "：", "。") if zh else (", ", ": ", ".")
    by_reason: dict[str, list[str]] = {}
    for act, asked in row.asked.items():
        by_reason.setdefault(asked.refused, []).append(
            f"{act}（{comma.join(asked.words)}）" if zh else f"{act} ({comma.join(asked.words)})"
        )
    said = [f"- `{reason}`{colon}{comma.join(acts)}{end}\n" for reason, acts in by_reason.items()]
    head = (
        "\n以下操作须在括号内的状态下进行，否则以该原因拒绝：\n\n"
        if zh
        else ("\nThese acts begin at the statuses in brackets, and are refused for this reason at any other:\n\n")
    )
    return head + "".join(said) if said else ""


def _diagrams(*, zh: bool) -> str:
    parts = [DIAGRAMS[zh]]
    for place, row in rows().items():
        if not row.statuses:
            continue
        said = {one.word: one.zh if zh else one.en for one in row.statuses}
        title = f"{row.zh}。" if zh else f"{row.en[0].upper()}{row.en[1:]}."
        parts.append(f"\n## {place}\n\n{title}\n\n```mermaid\nstateDiagram-v2\n")
        parts += [f"    {word} : {word} · {name}\n" for word, name in said.items()]
        parts += [f"    {one.before} --> {one.after}{_acts(one.acts)}\n" for one in row.steps]
        parts.append("```\n")
    return "".join(parts)


def _acts(acts: tuple[str, ...]) -> str:
    return " : " + "<br>".join(acts) if acts else ""
