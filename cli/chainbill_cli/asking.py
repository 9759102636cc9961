"""Questions on the terminal, in the language in use: click puts them, in English in its own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from chainbill_cli.texts import language, text
from chainbill_cli.told import told

YES = frozenset({"y", "yes", "是", "确认"})
NO = frozenset({"n", "no", "否", "取消", ""})


def confirm(question: str) -> bool:
    """Whether a person says yes; nothing but Enter is no."""
    if language() == "en":
        return bool(_put(click.confirm, question, default=False))
    while True:
        answer = _typed(f"{question} [y/N，是/否]", default="", show_default=False).strip().casefold()
        if answer in YES | NO:
            return answer in YES
        click.echo(text("note.yes_or_no"), err=True)


def typed_again(question: str) -> str:
    """What a person types to show that it is meant."""
    return _typed(question, default="", show_default=False).strip()


def asked(question: str) -> str:
    """What a person answers; asked again until it is something."""
    return _typed(question)


def new_secret(label: str) -> str:
    """A secret typed twice, alike; that it must not be empty is said."""
    while True:
        first = _typed(label, hide_input=True, default="", show_default=False)
        if not first:
            click.echo(text("note.empty"), err=True)
        elif first == _typed(text("note.once_more"), hide_input=True, default="", show_default=False):
            return first
        else:
            click.echo(text("note.not_alike"), err=True)


def _typed(question: str, **how: Any) -> str:
    return str(_put(click.prompt, question, prompt_suffix=text("root.colon"), **how))


def _put(ask: Callable[..., Any], question: str, **how: Any) -> Any:
    """Put a question on stderr; one that is broken off (Ctrl-C, end of input) leaves no half line behind."""
    try:
        return ask(told(question), err=True, **how)
    except click.Abort:
        click.echo(err=True)
        raise
