"""Commands of declared reads: a list with its filters as options, and an object with its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import click
from chainbill_contracts.declared_reads import Filter, Read, reads

from chainbill_cli.answers import Summed, answer_list, answer_newest, by_value, lists, newest, without_as_of
from chainbill_cli.failure import usage
from chainbill_cli.filter_words import LedgerWords
from chainbill_cli.fingerprints_typed import fingerprint_of
from chainbill_cli.kit import Noun, argument, option
from chainbill_cli.lookup import KINDS, object_id
from chainbill_cli.plain_acts import FOUND
from chainbill_cli.session import Session, current_session
from chainbill_cli.shapes import columns_of, fields_of
from chainbill_cli.texts import label, text
from chainbill_cli.when import When

Ready = Callable[[Session, dict[str, Any]], None]
Told = Callable[[Session, Mapping[str, Any]], Mapping[str, Any]]
TYPED = {
    "party": "PARTY", "bank": "BANK", "bill": "BILL", "token": "TOKEN", "product": "PRODUCT",
    "scheme": "NAME", "currency": "CODE", "date": "DATE", "fingerprint": "FINGERPRINT",
    "tier": "TIER", "reference": "REF",
}  # fmt: skip
"""Kind of a filter → what stands for what is typed."""
MEANT = {**FOUND, "bank": Session.party_id, "date": Session.date, "fingerprint": fingerprint_of}
"""Kind of what is typed → what a node takes for it; others are taken as they are typed."""

TOLD_IN_CSV = frozenset(
    {"parties", "bill_history", "changes", "recoveries", "proposals", "orders", "freezes", "claims"}
)
"""Lists that have a column in CSV, too, that is no member of an entry."""


def plain_reads(
    noun: Noun, *, ready: Mapping[str, Ready] | None = None, told: Mapping[str, Told] | None = None,
    summed: Mapping[str, Summed] | None = None,
) -> None:  # fmt: skip
    """Give a noun, and the groups that it has, the commands of the reads that begin with its name.

    One that the noun has already stays. ready: what is asked of a list beside what was typed, by the read's name;
    told: how an entry, or an object, is told to people; summed: what entries of a list that comes whole come to.
    """
    for read in reads().values():
        if read.command[:1] != (noun.name,):
            continue
        *groups, name = read.command[1:]
        group: click.Group = noun
        for word in groups:
            below = group.commands[word]
            assert isinstance(below, click.Group), read.command
            group = below
        if name not in group.commands:
            entry = (told or {}).get(read.name)
            sums, asked = (summed or {}).get(read.name), (ready or {}).get(read.name)
            made = _list(read, asked, entry, sums) if read.is_list else _object(read, entry)
            group.command(name, help=f"read.{read.name}")(made)


def _list(read: Read, ready: Ready | None, told: Told | None, summed: Summed | None) -> Callable[..., None]:
    def run(**given: Any) -> None:
        session = current_session()
        for name, kind in kinds.items():
            if given.get(name):
                given[name] = MEANT[kind](session, given[name])
        _check_ranges(read, given)
        path = read.path
        if "{" in path:
            path = path.format(**{place: given.pop(read.typed) or session.party})
        if ready is not None:
            ready(session, given)
        answer = partial(answer_newest, summed=summed) if read.newest else partial(answer_list, adds=read.adds)
        answer(session, path, columns_of(read.name), told and partial(told, session),
               in_csv=read.name in TOLD_IN_CSV, **given)  # fmt: skip
        _tell_defaults(session, read, given)

    place = read.path.partition("{")[2].partition("}")[0]
    kinds = {one.name: one.kind for one in read.filters.values() if one.kind in MEANT}
    if place:
        kinds[read.typed] = read.typed
    command: Callable[..., None] = newest(run) if read.newest else lists(run)
    command = by_value(command) if read.by_value else command
    for one in reversed([one for one in read.filters.values() if one.name != read.typed]):
        command = _option(read, one)(command)
    if read.typed:
        command = argument(read.typed, **({"default": ""} if read.optional else {}))(command)
    return command


def _check_ranges(read: Read, given: Mapping[str, Any]) -> None:
    """Refuse a first day behind the last one: nothing would ever be found."""
    for name in [one.name for one in read.filters.values() if one.kind == "date" and one.name.endswith("_from")]:
        last = name.removesuffix("_from") + "_to"
        if given.get(name) and given.get(last) and given[name] > given[last]:
            options = {"first": name.replace("_", "-"), "last": last.replace("_", "-")}
            raise usage("error.range_empty", **options, since=given[name], until=given[last])


def _tell_defaults(session: Session, read: Read, given: Mapping[str, Any]) -> None:
    """Below a table, that it is of some entries only because nothing else was asked for."""
    for one in read.filters.values() if session.out.form == "table" else ():
        if one.default is not None and given.get(one.name) is None:
            only = label(f"{one.said_as}_{one.default}", "value")
            session.out.note(text("note.only", words=only, name=one.name.replace("_", "-")))


def _option(read: Read, told: Filter) -> Callable[..., Any]:
    words = LedgerWords(told.words, told.said_as, one=told.one) if told.words else None
    kind: Any = int if told.kind == "tier" else words
    name, typed = told.name.replace("_", "-"), TYPED.get(told.kind, told.name.upper())
    return option(f"--{name}", type=kind, metavar=typed, default=None, help=f"read.{read.name}_{told.name}")


def _object(read: Read, told: Told | None) -> Callable[..., None]:
    def run(typed: str, at: str | None) -> None:
        session = current_session()
        kind = KINDS[read.name]
        body = session.client.get(f"{kind.path}/{object_id(session, kind, typed)}", at=at)
        row = without_as_of(body)
        people = told is not None and session.out.form == "table"
        session.out.thing(told(session, row) if told is not None and people else row, fields_of(read.name))

    when = option("--at", type=When(), metavar="WHEN", default=None, help="option.at")
    made: Callable[..., None] = argument("typed", metavar=read.typed.upper())(when(run))
    return made
