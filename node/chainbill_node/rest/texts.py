"""Texts for people, in English and Chinese: of contracts, of the core, and the interface's own.

An entry is a table with ``en`` and ``zh`` and perhaps ``title_…`` and ``hint_…``; where an entry or a language is
missing, what is there is used, down to the bare code, so that a missing text never hides an answer. ``money`` names the
fields that are minor units of the field "currency": a text has them as amounts with their currency.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from chainbill.currencies import MINOR_DIGITS
from chainbill.money import format_amount

Language = Literal["en", "zh"]

SOURCES = (
    ("chainbill_contracts", "reasons.toml"),
    ("chainbill", "reasons.toml"),
    ("chainbill_node.rest", "messages.toml"),
)
"""Where texts come from; a later one wins."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is said about a code: a title, what happened, and what to do about it ("" where nothing is known)."""

    title: str
    detail: str
    hint: str


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


class Texts:
    """All texts, by code."""

    def __init__(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        self._entries = dict(entries)

    def codes(self) -> list[str]:
        """Give every code there is a text for."""
        return sorted(self._entries)

    def say(self, code: str, language: Language, fields: Mapping[str, Any] | None = None) -> Text:
        """Give the text of a code in a language, its {names} filled in from ``fields``; lists of words as it lists."""
        entry = self._entries.get(code, {})
        money = _money(entry.get("money", ()), fields or {}, language)
        told = {name: _listed(value, language) for name, value in (fields or {}).items()} | money
        values = _Blank({"code": code, **told})
        title, detail, hint = (_pick(entry, prefix, language) for prefix in ("title_", "", "hint_"))
        return Text(_fill(title, values), _fill(detail, values), _fill(hint, values))

    def word(self, code: str, language: Language, **fields: Any) -> str:
        """Give just the words of a code, or the code."""
        return self.say(code, language, fields).detail or code


def _money(names: Iterable[str], fields: Mapping[str, Any], language: Language) -> dict[str, str]:
    """Amounts with their currency: "1,000.00 CNY"; minor units that say so where its digits are not known here."""
    currency = str(fields.get("currency") or "")
    minor = {name: fields[name] for name in names if type(fields.get(name)) is int}
    if currency in MINOR_DIGITS:
        return {name: f"{format_amount(value, currency)} {currency}" for name, value in minor.items()}
    unit = "（最小货币单位）" if language == "zh" else " minor units"
    return {name: f"{value}{unit}" for name, value in minor.items()}


def _listed(value: Any, language: Language) -> Any:
    """Words one after the other, "-" where there is none; anything else as it is."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        return value
    return ("、" if language == "zh" else ", ").join(value) or "-"


def _pick(entry: Mapping[str, Any], prefix: str, language: Language) -> str:
    return str(entry.get(prefix + language) or entry.get(f"{prefix}en") or "")


def _fill(text: str, values: Mapping[str, Any]) -> str:
    if "{" not in text:
        return text
    try:
        return text.format_map(values)
    except (ValueError, IndexError, AttributeError, KeyError):
        return text


def load_texts() -> Texts:
    """Read the texts that ship with the packages."""
    entries: dict[str, Mapping[str, Any]] = {}
    for package, name in SOURCES:
        path = files(package).joinpath(name)
        if path.is_file():
            entries.update(_entries(tomllib.loads(path.read_text(encoding="utf-8"))))
    return Texts(entries)


def _entries(table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            if isinstance(value.get("en"), str):
                yield name, value
            else:
                yield from _entries(value)


def language_of(accept_language: str) -> Language:
    """Choose between English and Chinese by an Accept-Language field (RFC 9110 section 12.5.4)."""
    best: tuple[float, Language] = (0.0, "en")
    for part in accept_language[:500].split(","):
        name, _, parameter = part.partition(";")
        primary = name.strip().lower().split("-")[0]
        language: Language | None = "zh" if primary == "zh" else "en" if primary in ("en", "*") else None
        if language is not None and (quality := _quality(parameter)) > best[0]:
            best = (quality, language)
    return best[1]


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
