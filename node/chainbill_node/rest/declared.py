"""Routes of declared reads: addresses, parameters and descriptions come from `chainbill_contracts.declared_reads`.

A list that is found by indexes, or that its whole table is looked through for, is made here; what has logic of its own
is a function that takes its filters as they were declared, each checked and normalised.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from keyword import iskeyword
from typing import Annotated, Any

from chainbill_contracts.declared_reads import Filter, Read, reads
from fastapi import APIRouter, Query
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from chainbill.dates import is_date
from chainbill_node.rest.asked import asked_bill, asked_currency, asked_party, asked_product, asked_scheme, asked_token
from chainbill_node.rest.lists import Entry, Names, from_index, from_names, from_pairs, from_table, list_body, matches
from chainbill_node.rest.problems import not_found
from chainbill_node.rest.reading import Listed, Opened, ValuedList
from chainbill_node.rest.totals import Totals, kept_totals
from chainbill_node.rest.view import View
from chainbill_node.trace.shapes import Row

Asked = Mapping[str, Any]
"""What is asked of a list, by the names of its filters; None for one that was left out."""
Sees = Callable[[View, Row], bool]
Shape = Callable[[View, Row], Any]
Now = Callable[[View, Row], Row]
PREFIX = "/v1"
FINGERPRINT = r"^[0-9a-f]{64}$"
CHECKS: Mapping[str, Mapping[str, Any]] = {
    **{kind: {"max_length": 200} for kind in ("bill", "token", "product", "scheme", "currency", "reference")},
    "date": {"pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "fingerprint": {"pattern": FINGERPRINT}, "tier": {"ge": 1, "le": 1000},
}  # fmt: skip
"""Kind of a filter → what the framework checks of it."""
OF_PARTIES = frozenset({"party", "bank"})
"""Kinds of filters that name whose things a list is looked for among."""
SUMMED = frozenset({"status", "currency"})
"""Filters of which kept totals know."""


def real_day(text: str | None) -> str | None:
    """A day that no calendar has (2027-02-29) is refused, or its list would read as empty."""
    if text is not None and not is_date(text):
        raise PydanticCustomError("date_parsing", "no date of the calendar")
    return text


def as_it_is(view: View, row: Row) -> Any:
    """Show a row as it stands on the ledger."""
    del view
    return dict(row)


def declared(router: APIRouter, name: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Put a function under the address of a declared read; what is asked comes to it as `asked`."""
    read = reads()[name]

    def put(function: Callable[..., Response]) -> Callable[..., Response]:
        own = [one for one in inspect.signature(function, eval_str=True).parameters.values() if one.name != "asked"]
        taken = {_word(one.name): one for one in read.filters.values()}

        def endpoint(**given: Any) -> Response:
            typed = {one.name: given.pop(word) for word, one in taken.items()}
            return function(**given, **({"asked": _asked(given["page"].view, read, typed)} if taken else {}))

        endpoint.__name__, endpoint.__doc__ = name, function.__doc__
        parameters = [_parameter(word, one) for word, one in taken.items()]
        endpoint.__signature__ = inspect.Signature([*own, *parameters])  # type: ignore[attr-defined]
        router.get(read.path.removeprefix(PREFIX), summary=read.summary)(endpoint)
        return function

    return put


def declared_list(
    router: APIRouter,
    name: str,
    *,
    sees: Sees | None = None,
    now: Now | None = None,
    shape: Shape = as_it_is,
    fits: Callable[[View, Asked, Row], bool] | None = None,
    names: Callable[[View, Asked], Names | None] | None = None,
    concerned: Callable[[View], Iterable[str]] | None = None,
    adding: Callable[[Row], int] | None = None,
) -> None:
    """Make the list of a declared read.

    sees: whether a row shows, to everybody if left out. now: the row as it stands, where other rows have a say. fits:
    what filters ask that is no field of the row. names: the candidates, None for those that an index of a filter has.
    concerned: the candidates of a reader who does not see everything and asks for none; the whole table if left out.
    adding: what a row adds to the sum, in minor units, where that is no field of it.
    """
    read = reads()[name]
    contract, table = read.row.place.split("/")

    def listed(page: Any, asked: Asked) -> Response:
        view: View = page.view

        def show(name: str) -> Entry | None:
            row = view.row(contract, table, name.split("/", 1) if len(read.key) > 1 else name)
            if row is not None and now is not None:
                row = now(view.known, row)
            if row is None or not _matches(read, asked, row) or not (sees is None or sees(view.known, row)):
                return None
            if fits is not None and not fits(view, asked, row):
                return None
            added = (str(row["currency"]), adding(row) if adding else int(row[read.adds])) if read.adds else ()
            return Entry(partial(shape, view, row), *added)

        found = (names(view.known, asked) if names else None) or _indexed(read, view.known, asked)
        if found is None and concerned is not None and not view.viewer.everything:
            found = from_names(concerned(view.known))
        if found is None:
            found = (from_pairs if len(read.key) > 1 else from_table)(view.known.reader, contract, table)
        return view.answer(list_body(page.listing, view.height, found, show, totals_of(name, view, asked)))

    listed.__doc__ = _told(read)
    listed.__annotations__["page"] = ValuedList if read.by_value else Listed
    declared(router, name)(listed)


def declared_object(router: APIRouter, name: str, *, sees: Sees, shape: Shape = as_it_is) -> None:
    """Make the address of one object; one that does not show is answered as if it were not there."""
    read = reads()[name]
    contract, table = read.row.place.split("/")
    place = read.path.rpartition("{")[2].rstrip("}")

    def shown(view: Opened, **named: str) -> Response:
        row = view.row(contract, table, named[place])
        if row is None or not sees(view, row):
            raise not_found(name, named[place], view.height)
        return view.answer(shape(view, row))

    shown.__doc__ = _told(read)
    view = inspect.signature(shown, eval_str=True).parameters["view"]
    shown.__signature__ = inspect.Signature([  # type: ignore[attr-defined]
        view, inspect.Parameter(place, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=str)
    ])  # fmt: skip
    declared(router, name)(shown)


def _told(read: Read) -> str:
    parts = {"": read.text[0], "Who sees it: ": read.who[0], "`sum` is of ": read.adds and f"`{read.adds}`"}
    return " ".join(f"{said}{part}." for said, part in parts.items() if part)


def _word(name: str) -> str:
    """What a parameter is called in Python: `from` is a word of its own there."""
    return f"{name}_" if iskeyword(name) else name


def _parameter(word: str, told: Filter) -> inspect.Parameter:
    said = told.text[0]
    if any(one not in said for one in told.words):
        said += f": {', '.join(told.words)}{'' if told.one else '; several with commas'}"
    query = Query(alias=told.name if word != told.name else None, description=f"{said}.", **CHECKS.get(told.kind, {}))
    plain: Any = str if told.default is not None else int | None if told.kind == "tier" else str | None
    kind = Annotated[plain, query, AfterValidator(real_day)] if told.kind == "date" else Annotated[plain, query]
    return inspect.Parameter(word, inspect.Parameter.KEYWORD_ONLY, default=told.default, annotation=kind)


def _asked(view: View, read: Read, typed: Mapping[str, Any]) -> Asked:
    """What is asked, with ids as the ledger has them. Problem not_found (404) for what is not there or hidden."""
    party, known = partial(asked_party, view), view.known
    named: Mapping[str, Callable[[Any], Any]] = {
        "party": party, "bank": party, "bill": partial(asked_bill, known), "token": partial(asked_token, known),
        "product": partial(asked_product, known), "scheme": partial(asked_scheme, known),
        "currency": partial(asked_currency, view),
    }  # fmt: skip
    kinds = {one.name: one.kind for one in read.filters.values()}
    return {name: named[kinds[name]](value) if kinds[name] in named else value for name, value in typed.items()}


def _matches(read: Read, asked: Asked, row: Row) -> bool:
    """Say whether a row has the wanted values, and lists those of fields that are lists."""
    held = [(one.field, asked[one.name]) for one in read.filters.values() if one.field and asked[one.name] is not None]
    plain = {field.name: value for field, value in held if not field.listed}
    return matches(plain, row) and all(value in row.get(field.name, ()) for field, value in held if field.listed)


def _indexed(read: Read, view: View, asked: Asked) -> Names | None:
    """Give the candidates by the narrowest index there is."""
    order = ("token", "bill")
    by = [one for one in read.filters.values() if one.indexed and asked[one.name] is not None]
    by = [one for one in by if one.kind not in OF_PARTIES or view.found_by(asked[one.name])]
    if not by:
        return None
    chosen = min(by, key=lambda one: order.index(one.kind) if one.kind in order else len(order))
    return from_index(view.reader, f"{read.row.place.split('/')[1]}.{chosen.name}", (asked[chosen.name],))


def totals_of(name: str, view: View, asked: Asked) -> Totals | None:
    """Give the totals of a list that are kept, where its filters ask for no more than one of which they are."""
    read = reads()[name]
    kept = {one.name for one in read.filters.values() if one.kept}
    given = {name for name, value in asked.items() if value is not None}
    by = sorted(given & kept)
    if not kept or len(by) > 1 or given - kept - SUMMED:
        return None
    index, value = (by[0], asked[by[0]]) if by else ("all", None)
    status, currency = asked.get("status"), asked.get("currency")
    return kept_totals(view, f"{read.row.place.split('/')[1]}.{index}", value, status=status, currency=currency)
