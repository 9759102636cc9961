"""Rows as they are declared once, in `rows/*.toml`: fields with kinds and texts, statuses, and which follows which.

What only restates a row is made from here: the JSON schemas and filter words of REST, what the command line calls a
status, the tables and diagrams of docs/reference/state.md, and the tables of steps that the guards of the contracts
look at (`docs/status_tables.py` writes them into the general part). A table of a contract is a table of its file:

    [bill]
    en = "a bill"                                  # what a row is, and in Chinese `zh`
    said_as = "order"                              # optional: family of its status words, where they are its own
    statuses = [{ is = "due", en = "due", zh = "到期" }, …]           in the order of a life; one that no step
                                                                      reaches and none leaves is reserved or a client's
    steps = [{ from = "due", to = "overdue", en = "day change after `overdue_after`", zh = "…" }, …]
                                                   # `by` in the place of both, where an act is all that is to be said
                                                   # act = "bill.confirm", or several, or "vote dispute": it looks where
                                                   # the row stands, and is refused from elsewhere; beside the texts, or
                                                   # in the place of `by`
    refused = "bill_transition"                    # the reason of that refusal; a step may have one of its own
    together = [{ name = "payable", are = ["due", "overdue"], acts = ["settlement.settle"], refused = "…" }, …]
                                                   # optional: statuses that count alike, and the acts that ask for one
                                                   # of them and need not lead on
    [bill.fields]
    face = { kind = "amount", en = "never changes", zh = "永不改变" }

A field says its kind, one of `KINDS` or `list:` one of them, and may say `with` (the field that has its text), `words`
(what it may be) and `said_as` (family of their texts), `made` (no member of the row: whoever shows it computes it),
`unseen` (REST does not show it), `late` (rows that were written before it came lack it: null), `optional` (left out
where it does not show).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["KINDS", "Asked", "Field", "Row", "Status", "Step", "Together", "only", "rows", "rows_of"]

KINDS = frozenset({
    "text", "words", "status", "party", "bill", "token", "request", "quote", "order", "proposal", "change", "dispute",
    "currency", "amount", "count", "integer", "rate", "height", "milliseconds", "date", "yes_no", "hex", "key",
    "name", "identifier", "share", "lock", "created", "map", "any",
})  # fmt: skip
"""Amounts are in minor units, rates in 1/10,000 of a percent a year, dates ISO texts or "" for none."""

LIST = "list:"
ACT = re.compile(r"(?<![\w`])([a-z_]+\.[a-z_]+)(?!\w)", re.ASCII)
VOTE = "vote "
FLAGS = frozenset({"made", "unseen", "late", "optional"})


@dataclass(frozen=True, slots=True)
class Field:
    """A member of a row. kind: without `list:`, which `listed` says; texts are "" where the name says it all."""

    name: str
    kind: str
    listed: bool
    en: str
    zh: str
    beside: str
    """The field whose text is this one's, too; "" for its own."""
    words: tuple[str, ...]
    said_as: str
    """Family of its words in what people read; "" where nobody says them."""
    made: bool
    unseen: bool
    late: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Status:
    """A word for where a row stands, and how people call it."""

    word: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Step:
    """One status follows another. en, zh: by what; acts: those of the contracts that the English text names.

    guarded: acts and votes (`vote dispute`) that look where the row stands; refused: the reason from elsewhere, or "".
    """

    before: str
    after: str
    en: str
    zh: str
    guarded: tuple[str, ...]
    refused: str

    @property
    def acts(self) -> tuple[str, ...]:
        """Acts, `bill.confirm`, in the order in which the text names them."""
        return tuple(ACT.findall(self.en))


@dataclass(frozen=True, slots=True)
class Together:
    """Statuses that count alike: `acts` ask for one of them, and are refused with `refused`, "" where none asks."""

    name: str
    words: tuple[str, ...]
    acts: tuple[str, ...]
    refused: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a row stands for an act: words: its statuses there; then: those that the act brings it to, () where it asks
    for the status and need not change it; refused: the reason from elsewhere."""

    words: tuple[str, ...]
    then: tuple[str, ...]
    refused: str


@dataclass(frozen=True, slots=True)
class Row:
    """A table of a contract. place: `bill/bill`."""

    place: str
    en: str
    zh: str
    said_as: str
    fields: Mapping[str, Field]
    statuses: tuple[Status, ...]
    steps: tuple[Step, ...]
    together: tuple[Together, ...]

    @property
    def family(self) -> str:
        """What stands before its status words where others use the same ones otherwise: `order_`, or ""."""
        return f"{self.said_as}_" if self.said_as else ""

    @property
    def words(self) -> tuple[str, ...]:
        """Its statuses, in the order of a life."""
        return tuple(one.word for one in self.statuses)

    @property
    def asked(self) -> Mapping[str, Asked]:
        """The acts and votes that look where the row stands, and what each asks."""
        found: dict[str, Asked] = {}
        for act in sorted({act for step in self.steps for act in step.guarded}):
            steps = [step for step in self.steps if act in step.guarded]
            before, after = (tuple(dict.fromkeys(words)) for words in zip(*((s.before, s.after) for s in steps)))
            found[act] = Asked(before, after, steps[0].refused)
        return found | {act: Asked(one.words, (), one.refused) for one in self.together for act in one.acts}

    @property
    def shown(self) -> tuple[str, ...]:
        """The fields that REST shows of it, in their order."""
        return tuple(name for name, one in self.fields.items() if not one.unseen)

    @property
    def stored(self) -> tuple[str, ...]:
        """The members of the row itself."""
        return tuple(name for name, one in self.fields.items() if not one.made)


@cache
def rows() -> Mapping[str, Row]:
    """Every declared row by its place, `contract/table`. ValueError, which says where, for a declaration that errs."""
    folder = files(__package__) / "rows"
    found: dict[str, Row] = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            found |= rows_of(file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def rows_of(contract: str, declared: Mapping[str, Any]) -> dict[str, Row]:
    """The rows of one contract. ValueError as for `rows`."""
    return {f"{contract}/{table}": _row(f"{contract}/{table}", told) for table, told in declared.items()}


def _row(place: str, told: Mapping[str, Any]) -> Row:
    only(place, told, {"en", "zh", "fields"}, {"said_as", "statuses", "steps", "refused", "together"})
    fields = {name: _field(f"{place}.{name}", name, one, told["fields"]) for name, one in told["fields"].items()}
    statuses = tuple(_status(place, one) for one in told.get("statuses", ()))
    words = [one.word for one in statuses]
    if len(words) != len(set(words)):
        raise ValueError(f"{place}: a status is declared twice")
    if bool(words) != any(one.kind == "status" for one in fields.values()):
        raise ValueError(f"{place}: statuses and a field of kind status go together")
    refused = told.get("refused", "")
    steps = tuple(_step(place, one, words, refused) for one in told.get("steps", ()))
    if len({(one.before, one.after) for one in steps}) != len(steps):
        raise ValueError(f"{place}: a step is declared twice")
    if bool(refused) != any(one.refused == refused for one in steps if one.guarded):
        raise ValueError(f"{place}: a reason to refuse goes with an act that is refused")
    together = tuple(_together(place, one, words) for one in told.get("together", ()))
    return Row(place, told["en"], told["zh"], told.get("said_as", ""), fields, statuses, steps, together)


def _field(where: str, name: str, told: Mapping[str, Any], others: Mapping[str, Any]) -> Field:
    only(where, told, {"kind"}, {"en", "zh", "with", "words", "said_as"} | FLAGS)
    listed = told["kind"].startswith(LIST)
    kind = told["kind"].removeprefix(LIST)
    beside = told.get("with", "")
    if kind not in KINDS:
        raise ValueError(f"{where}: kind {kind!r} is none of {', '.join(sorted(KINDS))}")
    if beside and ("en" in told or "with" in others.get(beside, {"with": ""})):
        raise ValueError(f"{where}: `with` names a field that has its own text, and stands without one")
    if ("en" in told) != ("zh" in told):
        raise ValueError(f"{where}: a text is there in both languages")
    if ("words" in told) != (kind == "words") or ("said_as" in told and kind != "words"):
        raise ValueError(f"{where}: words, and what they are said as, go with the kind of that name")
    flags = {flag: bool(told.get(flag, False)) for flag in FLAGS}
    texts = told.get("en", ""), told.get("zh", "")
    return Field(name, kind, listed, *texts, beside, tuple(told.get("words", ())), told.get("said_as", ""), **flags)


def _status(place: str, told: Mapping[str, Any]) -> Status:
    only(place, told, {"is", "en", "zh"})
    return Status(told["is"], told["en"], told["zh"])


def _step(place: str, told: Mapping[str, Any], words: list[str], refused: str) -> Step:
    acts = [told["act"]] if isinstance(told.get("act"), str) else list(told.get("act", ()))
    said = {"en", "zh"} if "en" in told else {"act"} if "act" in told else {"by"}
    only(place, told, {"from", "to", *said}, {"act", "refused"} if acts else frozenset())
    if told["from"] not in words or told["to"] not in words or told["from"] == told["to"]:
        raise ValueError(f"{place}: {told['from']} → {told['to']} is no step between two of its statuses")
    plain = told.get("by", ", ".join(acts))
    refused = told.get("refused", refused) if acts else ""
    step = Step(told["from"], told["to"], told.get("en", plain), told.get("zh", plain), tuple(acts), refused)
    if set(ACT.findall(step.zh)) != set(step.acts):
        raise ValueError(f"{place}: {step.before} → {step.after} names other acts in Chinese")
    for act in acts:
        if act not in step.acts and f"`{act.removeprefix(VOTE)}`" not in step.en:
            raise ValueError(f"{place}: {step.before} → {step.after} does not say {act}")
    return step


def _together(place: str, told: Mapping[str, Any], words: list[str]) -> Together:
    only(place, told, {"name", "are"}, {"acts", "refused"})
    if not set(told["are"]) <= set(words) or ("acts" in told) != ("refused" in told):
        raise ValueError(f"{place}: {told['name']} are statuses of it, and acts that ask for them are refused")
    return Together(told["name"], tuple(told["are"]), tuple(told.get("acts", ())), told.get("refused", ""))


def only(where: str, told: Mapping[str, Any], needed: Set[str], more: Set[str] = frozenset()) -> None:
    """A declaration has these members, and none but these and `more`; ValueError, which says where, otherwise."""
    if not needed <= told.keys() <= needed | more:
        raise ValueError(f"{where}: {sorted(told)} has not {sorted(needed)}, or more than {sorted(needed | more)}")
