"""Every message of the command line, in English and Chinese.

A text is found by a key whose first part names the module here that holds it ("bill.issue" is in `texts.bill`), so
that a command loads only its own texts. Each module has one mapping `TEXTS: key -> (english, chinese)`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from itertools import pairwise

LANGUAGES = ("en", "zh")
AREAS = (
    "root", "option", "error", "note", "column", "bill", "token", "finance", "party", "key", "tx", "block",
    "trace", "governance", "calendar", "invoice", "order", "pledge", "sale", "recourse", "prepay", "product",
    "labels", "write_off", "guarantee", "entry", "lock",
    "network", "node", "localnet", "demo", "trouble", "doctor", "preview",
    "value", "payees", "cause", "detail", "metavar", "answer", "act", "read", "mend",
)  # fmt: skip

PLACEHOLDER = re.compile(
    r"(?:(?<=[\u4e00-\u9fff]) )?(?<![A-Za-z0-9_])([A-Z][A-Z_]*)(?![A-Za-z0-9_])(?: (?=[\u4e00-\u9fff]))?"
)
"""A word in capitals, with the space that parts it from Chinese: between Chinese and Chinese there is none."""

AFTER_BRACKET = re.compile("(?<=）) (?=[\u4e00-\u9fff])")
"""The space that parts a value from Chinese, where the value ends in a wide bracket, which has its own."""

_state = {"language": "en"}
_loaded: dict[str, Mapping[str, tuple[str, str]]] = {}


def language() -> str:
    """The language in use, "en" or "zh"."""
    return _state["language"]


def set_language(code: str) -> None:
    """Switch the language of every later text."""
    _state["language"] = code if code in LANGUAGES else "en"


def choose_language(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Language from `--lang` in the arguments, else CHAINBILL_LANG, else the locale variables, else English."""
    environment = os.environ if environment is None else environment
    named = [word.removeprefix("--lang=") for word in arguments if word.startswith("--lang=")]
    named += [word for before, word in pairwise(arguments) if before == "--lang"]
    known = [word for word in named if word in LANGUAGES]  # any other is refused, in the language without it
    candidates = [*known[-1:], environment.get("CHAINBILL_LANG", "")]
    candidates += [environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    for candidate in candidates:
        if candidate:
            return "zh" if candidate.lower().startswith("zh") else "en"
    return "en"


def texts_of(area: str) -> Mapping[str, tuple[str, str]]:
    """The texts of one area, loaded on first use."""
    if area not in _loaded:
        _loaded[area] = import_module(f"chainbill_cli.texts.{area}").TEXTS
    return _loaded[area]


def in_language(said: str) -> str:
    """A text with its words in capitals, such as PARTY:AMOUNT, which stand for what is to be typed, as the language
    calls them.
    """
    if _state["language"] == "en":
        return said
    known = texts_of("metavar")
    return PLACEHOLDER.sub(lambda found: known.get(f"metavar.{found[1]}", ("", found[0]))[1], said)


def has_text(key: str) -> bool:
    """Whether the key names a text."""
    area = key.partition(".")[0]
    return area in AREAS and key in texts_of(area)


def word_said(prefix: str, word: object) -> str:
    """What a word of the ledger says, `value.PREFIXWORD`; one that this program does not know is shown as it is."""
    key = f"value.{prefix}{word}"
    return text(key) if has_text(key) else str(word)


def label(name: str, *areas: str) -> str:
    """What a member of an object is called: in the areas given, else as a detail of a refusal or as a column."""
    key = next((f"{area}.{name}" for area in (*areas, "detail", "column") if has_text(f"{area}.{name}")), "")
    return text(key) if key else name


def enumerated(words: Iterable[object]) -> str:
    """Words one after the other, parted as the language parts them."""
    return text("root.list_comma").join(map(str, words))


def bracketed(what: object, more: object) -> str:
    """What is said, with more about it in the brackets of the language."""
    return text("root.brackets", what=what, more=more)


def text(key: str, /, **fields: object) -> str:
    """The text of a key in the current language, with its fields filled in. KeyError for an unknown key."""
    pair = texts_of(key.partition(".")[0])[key]
    chosen = in_language(pair[1]) if _state["language"] == "zh" else pair[0]
    if not fields:
        return chosen
    said = chosen.format(**fields)
    return AFTER_BRACKET.sub("", said) if _state["language"] == "zh" else said
