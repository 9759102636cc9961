"""What is signed and stands in no line of a preview yet: added, so that nobody signs what was not shown.

Previews of commands say what an act means; this adds what they leave out (a reason, a memo, a deadline), whichever act
it is. Not repeated: what is signed inside (others' signatures and proofs, which nodes verify), and sources and texts
too long for a line, which their commands show by their hash.

The field's word: what you see is what you sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chainbill.ledger.transaction import Call
from chainbill.money import format_rate
from chainbill_cli.acts import act_said
from chainbill_cli.call_text import argument_text, is_need, need_said, words_said
from chainbill_cli.money_said import AMOUNTS, currency_of
from chainbill_cli.output import amount_text
from chainbill_cli.preview import Preview
from chainbill_cli.session import Session
from chainbill_cli.texts import has_text, label, text

INSIDE = frozenset({"alg", "signature", "signatures", "proof", "source"})
LISTED = {"roles": "role", "capabilities": "capability"}
"""Lists of words that previews say in the language in use, and the kind of their words."""
LONGEST_SHOWN = 200
BEFORE, BEHIND = r"(?<![\w.,])(?<!\w[:/-])", r"(?![.,:/-]?\w)"
"""Around what stands alone: 234.00 is not shown by 1,234.00, nor 1,234 by 1,234,567, nor 12 by 2026-12-01."""


def complete(session: Session, preview: Preview, calls: Sequence[Call], memo: str) -> Preview:
    """The preview with a line more for each argument that it does not show, and for the memo."""
    for one in calls:
        beside = {"currency": currency_of(session, one.args)}
        for name, value, currency in _leaves(one.args, beside["currency"]):
            if not _is_shown(preview, name, value, currency):
                called = label(name, f"column.{one.contract}")
                told = called, argument_text(session, name, value, {"currency": currency})
                if told not in preview.lines:  # a word of the ledger, which the preview says in the language
                    preview.line(*told)
    if memo:
        preview.line("column.memo", memo)
    return preview


def whole(session: Session, calls: Sequence[Call]) -> Preview:
    """A preview of acts whose command has none of its own, or cannot read what it would show."""
    preview = Preview("preview.write").line("column.party", session.party)
    for one in calls:
        preview.line("preview.call", act_text(one))
    return preview


def act_text(one: Call) -> str:
    """An act by its name in the language in use, its code beside it."""
    return act_said(f"{one.contract}.{one.function}")


def _leaves(value: Any, currency: str, name: str = "") -> Iterator[tuple[str, Any, str]]:
    """(name, value, currency) of everything that says something, in the currency that stands nearest."""
    if is_need(value):
        yield name, need_said(value), currency
    elif isinstance(value, Mapping):
        own = str(value.get("currency") or currency)
        for part, one in value.items():
            if part not in INSIDE:
                yield from _leaves(one, own, part)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one, currency, name)
    elif (value is False or name == "rate" or value not in ("", None, 0)) and not (
        isinstance(value, str) and len(value) > LONGEST_SHOWN
    ):
        yield name, value, currency


def _is_shown(preview: Preview, name: str, value: Any, currency: str) -> bool:
    if isinstance(value, bool):
        term = f"preview.term_{name}"
        said = text(term) if value and has_text(term) else None
        return any(shown == said or title == label(name) for title, shown in preview.lines)
    said = str(value)
    if isinstance(value, str) and (_in_words(preview, value) or _in_a_list(preview, name, value)):
        return True
    if type(value) is int and (name in AMOUNTS or (name == "value" and currency)):  # what an event is worth
        said = amount_text(value, currency)
    elif type(value) is int and name in {"rate", "share", "percent"}:
        said = format_rate(value)
    elif isinstance(value, bytes):
        said = value.hex()
    return any(re.search(f"{BEFORE}{re.escape(said)}{BEHIND}", shown) for _, shown in preview.lines)


def _in_a_list(preview: Preview, name: str, value: str) -> bool:
    """Whether a word of a list, such as a capability, is one of those that a line lists."""
    said = words_said(LISTED[name], [value]) if name in LISTED else ""
    return bool(said) and any(said in re.split(r"[(),、（）；;]\s*", shown) for _, shown in preview.lines)


def _in_words(preview: Preview, value: str) -> bool:
    """Whether a word of the ledger (a status, a payer, a vote, an answer, a kind of order) stands there in words."""
    named = (f"value.{family}{value}" for family in ("", "proposal_", "vote_", "answer_", "payer_", "paper_"))
    keys = [key for key in named if has_text(key)]
    return any(text(key) == shown for key in keys for _, shown in preview.lines)
