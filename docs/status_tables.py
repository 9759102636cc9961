"""The tables of steps in the general part of the contracts, from the declarations of rows.

What runs is on the ledger, whole: so the tables that guards look at stand in the source as literals, between
`# <steps>` and `# <end>`, and are written from `rows/*.toml`. A row of which no act asks where it stands has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from chainbill_contracts.declared_rows import Row, Step, rows

MARKED = re.compile(r"(?<=# <steps>\n).*?(?=# <end>\n)", re.DOTALL)
WIDTH = 120


def general(text: str) -> str:
    """general.py with its tables made anew."""
    lines = ["# fmt: off\n"]
    for row in rows().values():
        lines += [*_steps(row), *_together(row)]
    return MARKED.sub("".join([*lines, "# fmt: on\n"]), text)


def _steps(row: Row) -> list[str]:
    acts = {act for step in row.steps for act in step.guarded}
    if not acts:
        return []
    entries = [_entry(act, [step for step in row.steps if act in step.guarded]) for act in sorted(acts)]
    unguarded = [step for step in row.steps if not step.guarded]
    entries += [_entry("", unguarded)] if unguarded else []
    whole = ", ".join(f"{act}: {{{', '.join(leads)}}}" for act, leads in entries)
    line = f"{_name(row)}_STEPS = {{{whole}}}\n"
    if len(line) <= WIDTH:
        return [line]
    return [f"{_name(row)}_STEPS = {{\n", *_filled(entries), "}\n"]


def _entry(act: str, steps: Iterable[Step]) -> tuple[str, list[str]]:
    leads: dict[str, list[str]] = {}
    for step in steps:
        leads.setdefault(step.before, []).append(step.after)
    return f'"{act}"', [f'"{before}": {_words(after)}' for before, after in leads.items()]


def _filled(entries: Iterable[tuple[str, list[str]]]) -> list[str]:
    """Acts side by side as far as a line goes; what is longer than that on lines of its own."""
    lines = [""]
    for act, leads in entries:
        whole = f"{act}: {{{', '.join(leads)}}},"
        if len(whole) + 5 > WIDTH:
            lines += [f"{act}: {{", *(f"    {one}" for one in _side_by_side([f"{lead}," for lead in leads])), "},", ""]
        elif len(lines[-1]) + len(whole) + 6 > WIDTH:
            lines += [whole]
        else:
            lines[-1] = f"{lines[-1]} {whole}".strip()
    return [f"    {line}\n" for line in lines if line]


def _side_by_side(parts: Iterable[str]) -> list[str]:
    lines = [""]
    for part in parts:
        if len(lines[-1]) + len(part) + 10 > WIDTH:
            lines.append(part)
        else:
            lines[-1] = f"{lines[-1]} {part}".strip()
    return [line for line in lines if line]


def _together(row: Row) -> list[str]:
    return [f"{_name(row)}_{one.name.upper()} = {_words(one.words)}\n" for one in row.together]


def _words(words: Iterable[str]) -> str:
    listed = [f'"{word}"' for word in words]
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


def _name(row: Row) -> str:
    """What its tables are called: by its name, with its contract's where another contract has a row of that name."""
    contract, _, name = row.place.partition("/")
    alike = [place for place in rows() if place.partition("/")[2] == name]
    return (name if len(alike) == 1 else f"{contract}_{name}").upper()
