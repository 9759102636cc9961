"""What a call of a contract says, as a person reads it: parties by name, amounts in major units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chainbill.money import format_rate
from chainbill_cli.acts import act_said
from chainbill_cli.details import word
from chainbill_cli.moments import moment_said
from chainbill_cli.money_said import currency_of, is_amount, said
from chainbill_cli.preview import Preview
from chainbill_cli.session import Session
from chainbill_cli.texts import bracketed, has_text, label, text
from chainbill_cli.validity import until_text

ANSWER_HEADINGS = {
    "from": "column.account_from", "bills": "column.event_bills", "scheme": "column.label_scheme",
    "buyer": "column.bought_by", "asked": "column.claimed_from",
}  # fmt: skip
"""Where a field of an answer means another thing than the column of the same name: from which day an account counts,
which bills an event issued (not how many), a scheme of labels."""
PARTIES = frozenset({
    "attestors", "auditor", "bank", "banks", "beneficiary", "buyer", "creditor", "debtor", "guarantor", "holder",
    "party", "paying_bank", "pledgee", "seller", "sponsor", "successor", "supplier", "to",
})  # fmt: skip
NOTHING: tuple[Any, ...] = ("", None, [], {})
UNUSED = (("milliseconds", 0), ("to_ms", 0))
"""Arguments that say that the other one is meant."""
MANY = 2
FAMILIES = {
    "interest_payer": "payer_",
    "choice": "vote_",
    "answer": "answer_",
    "ground": "ground_",
    "default": "breach_",
}
"""Members whose values are words of a few, and how the keys of these begin."""
WORDS = frozenset({"status", "kind", "role", "roles", "capability", "capabilities", "size", "decision"})
"""Members whose values are words of the ledger, beside those that end in `_status`."""
OF = ("proposal", "change", "recovery", "dispute", "joint")
"""What a status beside one of these is a status of: a word may be called otherwise there."""


def call_text(session: Session, call: Mapping[str, Any]) -> str:
    """A call in one line, as a node or a file gives it: its name and the arguments that say something."""
    given = call.get("arguments", call.get("args")) or {}
    areas = f"column.{call['contract']}", "column"
    parts = [f"{label(name, *areas)} {told}" for name, told in arguments_told(session, given)]
    act = act_said(f"{call['contract']}.{call['function']}")
    return f"{act}{text('root.colon')}{text('root.comma').join(parts)}" if parts else act


def arguments_told(session: Session, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The arguments that say something, amounts in the currency of what the act names."""
    beside = {"currency": currency_of(session, given), **{name: one for name, one in given.items() if one != ""}}
    said = {name: value for name, value in given.items() if value not in NOTHING and (name, value) not in UNUSED}
    return [
        (name, _proposed(session, given["kind"], value) if name == "content" and "kind" in given else
         argument_text(session, name, value, beside))
        for name, value in said.items()
    ]  # fmt: skip


def _proposed(session: Session, kind: str, content: Any) -> str:
    """What a proposal says, in one line."""
    from chainbill_cli.commands.governance import content_lines

    _, *lines = content_lines(session, Preview(""), kind, content).lines
    return text("root.semicolon").join(f"{name}{text('root.colon')}{said}" for name, said in lines)


def result_text(session: Session, result: Any, currency: str) -> str:
    """What a call gave, or a part of it, in one line; amounts without a currency of their own are in this one."""
    if isinstance(result, Mapping) and len(result.get("remainders") or ()) < MANY:
        result = {name: one for name, one in result.items() if name != "remainders"}  # `remainder` says it
    return argument_text(session, "", result, {"currency": currency})


def words_said(kind: str, words: Any) -> str:
    """Words of the ledger in the language in use. kind: "role" or "capability"."""
    keys = [(str(word), f"value.{kind}_{word}") for word in words or ()]
    return text("root.list_comma").join(text(key) if has_text(key) else word for word, key in keys)


def key_said(key: Mapping[str, Any]) -> str:
    """A listed key with what it may do."""
    return bracketed(key.get("key"), words_said("capability", key.get("capabilities")))


def is_need(value: Any) -> bool:
    """Whether a value is a label that a quote asks for."""
    return isinstance(value, Mapping) and set(value) == {"scheme", "grade"}


def need_said(need: Mapping[str, Any]) -> str:
    """A scheme and a grade as people type and read them."""
    return f"{need['scheme']}:{need['grade']}"


def _called(inside: str, name: str) -> str:
    """What a member is called; inside: of which other one it is, "" for the result of a call."""
    meant = "" if inside else ANSWER_HEADINGS.get(name, "")
    return text(meant) if meant else label(name, "column")


def _word(name: str, value: str, beside: Mapping[str, Any]) -> str:
    """A word of the ledger; of a paper of a court its kinds are called otherwise."""
    paper = f"value.paper_{value}"
    if name == "kind" and "authority" in beside and has_text(paper):
        return text(paper)
    return word(value, next((one for one in OF if one in beside), ""))


def argument_text(session: Session, name: str, value: Any, beside: Mapping[str, Any]) -> str:
    """An argument, or a member of one. beside: what stands next to it and may name the currency.

    Where nothing names the currency an amount is marked as minor units: nobody here can know how many of them make one.
    """
    if is_need(value):
        return need_said(value)
    if isinstance(value, Mapping):
        around = {**beside, **value}
        parts = [(part, one) for part, one in sorted(value.items()) if one not in NOTHING]
        told = (f"{_called(name, part)} {argument_text(session, part, one, around)}" for part, one in parts)
        return text("root.comma").join(told)
    if isinstance(value, list | tuple):
        return text("root.semicolon").join(argument_text(session, name, one, beside) for one in value)
    if is_amount(name, beside) and type(value) is int:
        return said(value, str(beside.get("currency") or ""))
    if name in PARTIES and isinstance(value, str):
        known = session.known.name_of(value)
        return value if known == value else bracketed(known, value)
    if (name in WORDS or name.endswith("_status")) and isinstance(value, str):
        return _word(name, value, beside)
    if name == "to_ms" and type(value) is int:
        return moment_said(until_text(value))
    if name == "action" and isinstance(value, str):
        return act_said(value)
    if name in {"rate", "share", "percent"} and type(value) is int:
        return f"{format_rate(value)}%"
    if name in FAMILIES and has_text(f"value.{FAMILIES[name]}{value}"):
        return text(f"value.{FAMILIES[name]}{value}")
    if name == "recourse" and isinstance(value, bool):
        return text("value.with_recourse" if value else "value.without_recourse")
    if isinstance(value, bool):
        return text("value.yes") if value else text("value.no")
    return value.hex() if isinstance(value, bytes) else str(value)
