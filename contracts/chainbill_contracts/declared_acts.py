"""Acts as they are declared once, in `acts/*.toml`: what each is called, which command carries it out, and how.

What an act takes, checks and answers is read off its contract (docs/reference/acts); here stands what people read. An
act of a contract is a table of its file:

    [reject]
    en = "reject a bill"                       # its name where a transaction names it, and in Chinese `zh`
    command = "bill reject BILL"               # words in capitals are typed by people
    signs = "M"                                # who signs for the party, one of `SIGNERS`; its policy may ask for more
    who_en, who_zh                             # which party may
    told_zh = "..."                            # in Chinese what its docstring says; an empty line parts paragraphs
    law = ["CC 543"]                           # optional: the articles that it rests on, as in reasons.toml
    [reject.plain]                             # optional: it is about one object, and its command is made from this
    on = "bill"                                # what the object is: one of `SUBJECTS`
    argument = "bill"                          # optional: what the act calls it, where that is another word
    reason = "may"                             # optional: it takes a reason, which `may` be left out or `must` be said
    help_en, help_zh, asks_en, asks_zh         # the command's help; what stands over the preview
    answers = ["token", "bill"]                # optional: members of the result to print, or `name=heading`; else all
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from chainbill_contracts.declared_rows import only

__all__ = ["SIGNERS", "SUBJECTS", "Act", "Plain", "acts", "acts_of"]

SUBJECTS = frozenset(
    {"bill", "token", "claim", "dispute", "change", "recovery", "order", "party", "joint", "product", "pledge"}
    | {"entry", "prepayment"}
)
REASONS = frozenset({"", "may", "must"})
SIGNERS: Mapping[str, tuple[str, str]] = {
    "M": ("a maker", "经办"),
    "MC": ("a maker and a checker, two people", "经办与复核，两人"),
    "A": ("an admin", "一名管理员"),
    "AA": ("two admins where the party has two", "管理员，有两名的须两名"),
    "any": ("any key of the party", "参与方的任一密钥"),
}
"""Who signs an act for its party, as `signs` says it: English, Chinese."""


@dataclass(frozen=True, slots=True)
class Plain:
    """An act about one object. answers: None for all members of its result."""

    on: str
    argument: str
    reason: str
    help: tuple[str, str]
    asks: tuple[str, str]
    answers: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Act:
    """An act of a contract. place: `bill.reject`; name and who: English, Chinese; signs: one of SIGNERS.

    told: its docstring in Chinese; law: articles, such as `CC 543`.
    """

    place: str
    name: tuple[str, str]
    command: str
    signs: str
    who: tuple[str, str]
    told: str
    law: tuple[str, ...]
    plain: Plain | None


@cache
def acts() -> Mapping[str, Act]:
    """Every act by its place, `contract.function`. ValueError, which says where, for a declaration that errs."""
    found: dict[str, Act] = {}
    for file in sorted((files(__package__) / "acts").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            found |= acts_of(file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def acts_of(contract: str, declared: Mapping[str, Any]) -> dict[str, Act]:
    """The acts of one contract. ValueError as for `acts`."""
    return {f"{contract}.{function}": _act(f"{contract}.{function}", told) for function, told in declared.items()}


def _act(place: str, told: Mapping[str, Any]) -> Act:
    only(place, told, {"en", "zh", "command", "signs", "who_en", "who_zh", "told_zh"}, {"plain", "law"})
    if told["signs"] not in SIGNERS:
        raise ValueError(f"{place}: signs {told['signs']!r} is none of {', '.join(SIGNERS)}")
    plain = _plain(f"{place}.plain", told["plain"]) if "plain" in told else None
    if plain and not told["command"].rpartition(" ")[2].isupper():
        raise ValueError(f"{place}: the command of a plain act ends with what its object is typed as")
    return Act(
        place, (told["en"], told["zh"]), told["command"], told["signs"], (told["who_en"], told["who_zh"]),
        told["told_zh"], tuple(told.get("law", ())), plain,
    )  # fmt: skip


def _plain(place: str, told: Mapping[str, Any]) -> Plain:
    only(place, told, {"on", "help_en", "help_zh", "asks_en", "asks_zh"}, {"argument", "reason", "answers"})
    if told["on"] not in SUBJECTS:
        raise ValueError(f"{place}: on {told['on']!r} is none of {', '.join(sorted(SUBJECTS))}")
    if told.get("reason", "") not in REASONS:
        raise ValueError(f"{place}: a reason may or must be said")
    return Plain(
        told["on"], told.get("argument", told["on"]), told.get("reason", ""),
        (told["help_en"], told["help_zh"]), (told["asks_en"], told["asks_zh"]),
        tuple(told["answers"]) if "answers" in told else None,
    )  # fmt: skip
