"""Filters by a word of the ledger: typed as its code, or as tables say it, in either language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import click

from chainbill_cli.failure import usage
from chainbill_cli.output import WORDS
from chainbill_cli.texts import enumerated, has_text, language, texts_of

COMMAS = re.compile("[,，、]")


class LedgerWords(click.ParamType[str]):
    """One or more words of a list, with commas between them; converted to their codes.

    known: the codes; kind: of the column that shows them, as in `Column`; one: only one word is taken.
    """

    name = "status"

    def __init__(self, known: Sequence[str], kind: str, *, one: bool = False) -> None:
        self.known = known
        self.kind = kind
        self.one = one

    def said(self, code: str) -> tuple[str, str]:
        """A code in English and in Chinese, as tables say it."""
        for key in (f"value.{WORDS[self.kind]}{code}", f"value.{code}"):
            if has_text(key):
                return texts_of("value")[key]
        return code, code

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The codes of what was typed. A usage failure names the words that the list knows."""
        del param, ctx
        whole = self._found(str(value))  # a word may have a comma of its own
        if whole or self.one:
            return whole or self._code(str(value))
        return ",".join(self._code(word) for word in COMMAS.split(str(value)) if word.strip())

    def _found(self, typed: str) -> str:
        plain = typed.strip().casefold()
        said = {code: (code, *(word.casefold() for word in self.said(code))) for code in self.known}
        return next((code for code, words in said.items() if plain in words or plain.replace("-", "_") == code), "")

    def _code(self, typed: str) -> str:
        found = self._found(typed)
        if found:
            return found
        choices = enumerated(self.said(code)[1] if language() == "zh" else code for code in self.known)
        raise usage("error.not_one_of", value=typed.strip(), choices=choices)


class ColumnWords(LedgerWords):
    """One or more columns of a table, by their names or as their headings say."""

    name = "column"

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__(known, "")

    def said(self, code: str) -> tuple[str, str]:
        """The heading of a column, in English and in Chinese."""
        return texts_of("column")[f"column.{code}"]
