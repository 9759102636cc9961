"""What a person sees before a write, and the question.

Only in a terminal, without `--yes` and when no program reads the answer; with `-o json` nobody is ever asked.

The field's word: what you see is what you sign.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from chainbill.shown import shown
from chainbill_cli.asking import confirm
from chainbill_cli.failure import Exit, fail
from chainbill_cli.output import amount_text
from chainbill_cli.second_look import look_again
from chainbill_cli.texts import bracketed, has_text, language, text
from chainbill_cli.told import told

if TYPE_CHECKING:
    from chainbill_cli.session import Session


def asks(session: Session) -> bool:
    """Whether a question may be put: a person sits there and has not said --yes."""
    settings = session.settings
    return not settings.yes and not settings.machine and person()


def person() -> bool:
    """Whether a person sits at a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@dataclass(slots=True)
class Preview:
    """Lines (label key or text, value) under a title key. Built only for a person: see `for_person`."""

    title: str
    lines: list[tuple[str, str]] = field(default_factory=list)

    def line(self, label: str, value: str) -> Preview:
        """Add a line; the label is a text key or plain text."""
        self.lines.append((text(label) if has_text(label) else label, value))
        return self

    def money(self, label: str, minor: int, currency: str) -> Preview:
        """Add an amount; in Chinese also as 大写金额."""
        self.line(label, f"{amount_text(minor, currency)} {currency}")
        if language() == "zh" and currency == "CNY":
            from chainbill.money import chinese_uppercase

            self.line("preview.uppercase", chinese_uppercase(minor, currency))
        return self

    def invoice(self, share: Mapping[str, Any], currency: str, label: str = "preview.invoice") -> Preview:
        """Add an invoice: the part of it that the bill takes, its total, and its fingerprint."""
        part, total = (amount_text(int(share[name]), currency) for name in ("amount", "total"))
        return self.line(label, bracketed(f"{part} / {total} {currency}", share["fingerprint"]))

    def party(self, session: Session, label: str, party: str) -> Preview:
        """Add a party by its registered name and id."""
        name = session.registered_name(party)
        return self.line(label, name if name == party else bracketed(name, party))

    def payee(self, session: Session, label: str, party: str, minor: int, currency: str) -> Preview:
        """Add a party and what it gets, on one line."""
        name = session.registered_name(party)
        who = name if name == party else bracketed(name, party)
        return self.line(label, f"{who}{text('root.colon')}{amount_text(minor, currency)} {currency}")

    def ask(self, session: Session) -> None:
        """Show it and ask; a failure when the answer is no. Does nothing when nobody is to be asked."""
        if not asks(session):
            return
        look_again(session)
        click.echo(told(text(self.title)), err=True)
        for label, value in self.lines:
            click.echo(told(f"  {label}{text('root.colon')}{shown(value)}", hard=True), err=True)
        if not confirm(text("preview.question")):
            raise fail(Exit.FAILED, "error.aborted", code="aborted")
        session.out.note(text("preview.again", command=shlex.join(["chainbill", *sys.argv[1:], "--yes"])))
