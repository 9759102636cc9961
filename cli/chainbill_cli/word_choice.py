"""A choice between words of the ledger, in an act: typed as its code, or as people read it, in either language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from chainbill_cli.texts import bracketed, has_text, language, texts_of


class WordChoice(click.Choice[str]):
    """One of some codes; `said`: how the keys of their texts begin ("value.answer_": 同意 is "yes")."""

    def __init__(self, choices: Iterable[str], said: str) -> None:
        super().__init__(list(choices), case_sensitive=False)
        self.said = said

    def words(self, code: str) -> tuple[str, ...]:
        """A code in English and in Chinese, as people read it; nothing for one that is read as it is typed."""
        key = f"{self.said}{code}"
        return texts_of(self.said.partition(".")[0])[key] if has_text(key) else ()

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code of what was typed; BadParameter for a word that is none of them."""
        plain = str(value).strip().casefold()
        for code in self.choices:
            said = {word.casefold() for word in self.words(code)}
            if plain in said | {word.partition("（")[0] for word in said}:  # 债务人（买方付息） without its explanation
                return code
        return super().convert(plain, param, ctx)

    def told(self) -> list[str]:
        """What may be typed, in the language in use: `yes（同意）`."""
        place = 1 if language() == "zh" else 0
        named = {code: (self.words(code) or (code, code))[place] for code in self.choices}
        return [code if code == word else bracketed(code, word) for code, word in named.items()]
