"""Questions on the terminal, in the language in use: click puts them, in English in its own words."""

from __future__ import annotations

import click

from chainbill_cli.texts import language, text

YES = frozenset({"y", "yes", "是", "确认"})
NO = frozenset({"n", "no", "否", "取消", ""})


def confirm(question: str) -> bool:
    """Whether a person says yes; nothing but Enter is no."""
    if language() == "en":
        return click.confirm(question, default=False, err=True)
    while True:
        said = click.prompt(f"{question} [y/N]", default="", show_default=False, prompt_suffix="：", err=True)
        answer = str(said).strip().casefold()
        if answer in YES | NO:
            return answer in YES
        click.echo(text("note.yes_or_no"), err=True)


def typed_again(question: str) -> str:
    """What a person types to show that it is meant."""
    said = click.prompt(question, default="", show_default=False, prompt_suffix=text("root.colon"), err=True)
    return str(said).strip()


def asked(question: str) -> str:
    """What a person answers; asked again until it is something."""
    return str(click.prompt(question, prompt_suffix=text("root.colon"), err=True))


def new_secret(label: str) -> str:
    """A secret typed twice, alike."""
    if language() == "en":
        return str(click.prompt(label, hide_input=True, confirmation_prompt=True, err=True))
    while True:
        first = str(click.prompt(label, hide_input=True, prompt_suffix="：", err=True))
        if first == str(click.prompt(text("note.once_more"), hide_input=True, prompt_suffix="：", err=True)):
            return first
        click.echo(text("note.not_alike"), err=True)
