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
    lines = [f"{_name(row)}_STEPS = {{\n"]
    for act in sorted(acts):
        lines += _wrapped(act, [step for step in row.steps if act in step.guarded])
    unguarded = [step for step in row.steps if not step.guarded]
    return [*lines, *(_wrapped("", unguarded) if unguarded else []), "}\n"]


def _wrapped(act: str, steps: Iterable[Step]) -> list[str]:
    leads: dict[str, list[str]] = {}
    for step in steps:
        leads.setdefault(step.before, []).append(step.after)
    entries = [f'"{before}": {_words(after)}' for before, after in leads.items()]
    line = f'    "{act}": {{{", ".join(entries)}}},\n'
    if len(line) <= WIDTH:
        return [line]
    return [f'    "{act}": {{\n', *(f"        {entry},\n" for entry in entries), "    },\n"]


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
