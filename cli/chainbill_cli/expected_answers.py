"""What a request may be answered with: the shape that the OpenAPI document says, of the thing that was asked for.

A node that answers anything else is broken or lies, and the next one is asked (see `client`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from chainbill_contracts.declared_reads import reads
from chainbill_node.rest.schema_parts import PROBLEM, Schema
from chainbill_node.rest.schemas import HANDED_IN, OPEN_ANSWERS, READS, asked_schema

from chainbill_cli.answer_shapes import Misfit, misfit
from chainbill_cli.asked import Asked
from chainbill_cli.result_shapes import unfit_results
from chainbill_cli.texts import text
from chainbill_cli.traced_csv import NoTable, table_of

IDENTIFIED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    **{read.path: (("id" if "id" in read.row.fields else "token",),) for read in reads().values() if not read.is_list},
    "/v1/parties/{party}": (("id",),),
    "/v1/parties/{party}/open-items": (("party",),),
    "/v1/bills/{bill_id}/tree": (("bill", "id"),),
    "/v1/tokens/{token_id}/path": (("token", "id"),),
    "/v1/invoices/{fingerprint}": (("fingerprint",),),
    "/v1/contracts/{name}": (("name",),),
    "/v1/calendar/{year}": (("year",),),
    "/v1/transactions/{identifier}": (("id",), ("wire_id",)),
    "/v1/blocks/{name}": (("height",), ("id",)),
    "/v1/blocks/{name}/certificate": (("height",), ("block_id",)),
    "/v1/trace/bills/{bill_id}": (("bill", "id"), ("bill",), ("token", "bill")),
    "/v1/trace/anchors/{party}": (("anchor", "id"),),
    "/v1/trace/parties/{party}": (("party", "id"),),
}
"""Path → where its answer says what it is about, in one of these members."""
OF_A_TRANSACTION = "/v1/transactions/{identifier}"
HEAD = "head"
"""The block that has no name of its own yet."""
NOT_READY = 503
"""Also the status of a whole answer: of a node that says that it is not ready, or not sound."""
LONGEST_PAGE = 1_000
"""Entries of a page, where fewer were not asked for."""
LOOSE_PROBLEM: Schema = {
    "type": "object", "required": [],
    "properties": {**PROBLEM["properties"], "rule": {}, "errors": {"type": "array", "items": {}}},
}  # fmt: skip
"""A problem document as anything between here and a node may say it: each member may be left out."""


def unfit(asked: Asked, status: int, body: Any) -> Misfit | None:
    """What an answer, decoded, says that cannot be: the member and why; None for one that can be used."""
    if status >= 400 and not (status == NOT_READY and asked.path in OPEN_ANSWERS and isinstance(body, dict)):
        return _unfit_problem(status, body)
    if 300 <= status < 400:
        return Misfit(("HTTP", status), text("answer.elsewhere"))
    if asked.query.get("format") == "csv":
        return _unfit_csv(body)
    if isinstance(body, str):
        return Misfit((), text("answer.kind", wanted="JSON", found=repr(body[:80])))
    if asked.method == "POST":
        return _unfit_receipt(asked, body)
    return _unfit_read(asked, body)


def _unfit_csv(body: Any) -> Misfit | None:
    if not isinstance(body, str):
        return Misfit((), text("answer.kind", wanted="text/csv", found="JSON"))
    try:
        table_of(body)
    except NoTable as error:
        return Misfit((), str(error))
    return None


def _unfit_problem(status: int, body: Any) -> Misfit | None:
    if not isinstance(body, dict) or not ("code" in body or "title" in body):
        said = body if isinstance(body, str) else type(body).__name__
        return Misfit(("HTTP", status), said[:200].strip() or text("answer.empty"))
    wrong = misfit(LOOSE_PROBLEM, body)
    if wrong is None and body.get("status", status) != status:
        return Misfit(("status",), text("answer.other", wanted=status))
    return wrong


def schema_of(asked: Asked) -> Schema | None:
    """The schema of what is answered in JSON where all is well; None for an address that no route has."""
    if asked.method == "POST":
        return HANDED_IN.get(asked.path)
    template, _ = route_of(asked.path)
    return asked_schema(template, asked.query) if template else None


def _unfit_receipt(asked: Asked, body: Any) -> Misfit | None:
    schema = schema_of(asked)
    wrong = misfit(schema, body) if schema else None
    if wrong is None and asked.identifier and body.get("id") != asked.identifier:
        return Misfit(("id",), text("answer.other", wanted=asked.identifier))
    return wrong or unfit_results(body)


def _unfit_read(asked: Asked, body: Any) -> Misfit | None:
    schema = schema_of(asked)
    wrong = misfit(schema, body) if schema else None
    if schema is None or wrong is not None:
        return wrong
    template, names = route_of(asked.path)
    if template == OF_A_TRANSACTION:
        wrong = unfit_results(body)
    return wrong or next(_not_asked(asked, template, names, body), None)


def _not_asked(asked: Asked, template: str, names: tuple[str, ...], body: dict[str, Any]) -> Iterator[Misfit]:
    """Where an answer of the right shape is about something else than was asked for."""
    at = asked.query.get("at", "")
    if at.isdecimal() and "as_of" in body and str(body["as_of"]["height"]) != at.lstrip("0").rjust(1, "0"):
        yield Misfit(("as_of", "height"), text("answer.other", wanted=at))
    if asked.query.get("basis") == "value" and "as_of" in body:
        missing = [name for name in ("basis", "valued_on", "known_at") if name not in body["as_of"]]
        yield from (Misfit(("as_of", name), text("answer.missing")) for name in missing)
    if template in IDENTIFIED and names[0] != HEAD:
        wanted = names[0]
        found = [_at(body, member) for member in IDENTIFIED[template]]
        if wanted not in found:
            yield Misfit(IDENTIFIED[template][0], text("answer.other", wanted=wanted))
    if isinstance(body.get("data"), list):
        yield from _page(asked, body)


def _page(asked: Asked, body: dict[str, Any]) -> Iterator[Misfit]:
    most = int(asked.query.get("limit", LONGEST_PAGE))
    if "limit" in asked.query and len(body["data"]) > most:
        yield Misfit(("data",), text("answer.page", most=most))
    if body.get("next") and body["next"] == asked.query.get("after"):
        yield Misfit(("next",), text("answer.circle"))


def _at(body: Any, member: tuple[str, ...]) -> str | None:
    """The value at a member in a member as a text, None where there is none."""
    for part in member:
        body = body.get(part) if isinstance(body, dict) else None
    return str(body) if isinstance(body, str | int) else None


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(re.sub(r"\{\w+\}", "([^/]+)", path)), path) for path in READS]


def route_of(path: str) -> tuple[str, tuple[str, ...]]:
    """The route of an address and what stands in its places; "" for an address that no route has."""
    found = [(pattern.fullmatch(path), template) for pattern, template in _patterns()]
    fitting = [(match, template) for match, template in found if match is not None]
    if not fitting:
        return "", ()
    match, template = min(fitting, key=lambda one: len(one[0].groups()))
    return template, tuple(match.groups())
