"""Why something on this machine or on the way to a node did not work, in the language in use.

Python and the system say it in English only. What is said here names the same fact: the system's error by its number
(POSIX errno), a text that is none in its encoding by the byte, a file that cannot be parsed by line and column.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import tomllib
from xml.etree.ElementTree import ParseError

from chainbill.errors import ChainbillError
from chainbill_cli.texts import has_text, language, text

TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
LONG_NUMBER = "Exceeds the limit"
"""How Python begins to refuse a whole number of more digits than it reads; it has no kind of error of its own."""


def cause_of(error: BaseException) -> str:
    """Why, without the path, which the message around it names already."""
    if isinstance(error, OSError) and not isinstance(error, json.JSONDecodeError):
        return _system(error)
    if isinstance(error, UnicodeDecodeError):
        return text("cause.encoding", encoding=error.encoding.upper(), place=error.start + 1)
    if isinstance(error, json.JSONDecodeError):
        return _parsed("JSON", error.lineno, error.colno, error.msg)
    if isinstance(error, tomllib.TOMLDecodeError):
        place = TOML_PLACE.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (0, 0)
        return _parsed("TOML", line, column, TOML_PLACE.sub("", str(error)).strip())
    if isinstance(error, ParseError):
        line, column = error.position
        return _parsed("XML", line, column + 1, str(error).partition(":")[0])
    if isinstance(error, ImportError):
        return text("cause.module")
    if isinstance(error, RecursionError):
        return text("cause.too_deep")
    if type(error) is ValueError and str(error).startswith(LONG_NUMBER):
        return text("cause.long_number", most=sys.get_int_max_str_digits())
    said = getattr(error, "said", None)
    if callable(said):
        return _with_cause(str(said(language())), error.__cause__)
    if isinstance(error, ChainbillError):
        return _of_the_core(error)
    if isinstance(error, KeyError | TypeError | AttributeError):
        return text("cause.field", what=_in_english(error))
    return _unknown(error)


def _of_the_core(error: ChainbillError) -> str:
    """What the core says, in a node's words for its reason."""
    from chainbill_node.rest.texts import load_texts

    fields = error.fields if isinstance(error.fields, dict) else {}
    said = load_texts().say(str(error.reason), "zh" if language() == "zh" else "en", fields).detail
    return said or error.detail or str(error.reason)


def _with_cause(said: str, below: BaseException | None) -> str:
    """What an error of the node says, with the words of the error below it in the language in use."""
    for words in (str(below), str(getattr(below, "strerror", None))) if below is not None else ():
        if words and words != "None":
            said = said.replace(words, cause_of(below))  # type: ignore[arg-type]
    return said


def connection_cause(error: BaseException) -> str:
    """Why a node could not be asked: the system's error below the HTTP library's one, else what that one is called."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, OSError) and below.errno is not None and has_text(f"cause.{_name(below.errno)}"):
            return _system(below)
        below = below.__cause__ or below.__context__
    key = f"cause.{type(error).__name__}"
    return text(key) if has_text(key) else _unknown(error)


def _system(error: OSError) -> str:
    if error.errno is None:
        return _unknown(error)
    key = f"cause.{_name(error.errno)}"
    if has_text(key):
        return text(key)
    return os.strerror(error.errno) if language() == "en" else text("cause.system", name=_name(error.errno))


def _name(number: int) -> str:
    return errno.errorcode.get(number, str(number))


def _parsed(kind: str, line: int, column: int, why: str) -> str:
    if not line:
        return text("cause.cut_short", kind=kind)
    said = text("cause.parsed", kind=kind, line=line, column=column)
    return f"{said}: {why}" if language() == "en" else said


def _in_english(error: BaseException) -> str:
    return str(error) if language() == "en" else next(iter(re.findall(r"'([^']*)'", repr(error))), "?")


def _unknown(error: BaseException) -> str:
    """An error that nobody foresaw: in English its own words, in Chinese its kind, as a name to report."""
    words = str(error)
    if words and (language() == "en" or not words.isascii()):
        return words
    return text("cause.other", kind=type(error).__name__)
