"""Problem documents (RFC 9457): how every error is answered.

Members: ``type title status detail instance code hint errors[] request_id``; programs key on ``code``, the text follows
Accept-Language. A refusal by the ledger also has ``details`` (what the rule named) and ``cause`` (the core's words).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chainbill.errors import InternalFault, Malformed, Refused
from chainbill.vm.messages import FAULTS
from chainbill_node.foundation.unavailable import Busy, ClockNotKnown, Ending, TooManyTries
from chainbill_node.rest.places import NoPlace
from chainbill_node.rest.replies import NotModified
from chainbill_node.rest.request_verifying import VALIDITY_S, SignatureRefused
from chainbill_node.rest.texts import Language, Texts, language_of
from chainbill_node.storage.ledger_reader import Future, HeightNotHeld
from chainbill_node.storage.store import DiskError

if TYPE_CHECKING:
    from chainbill.ledger.receipt import Receipt

logger = logging.getLogger("chainbill.rest")

_PLAIN = frozenset((str, int, bool, float, type(None)))

MEDIA_TYPE = "application/problem+json"

ACCEPT_SIGNATURE = 'chainbill=("@method" "@authority" "@path" "@query");created;nonce;keyid;alg="ed25519"'
"""What a node asks for (RFC 9421 section 5.1), sent with every 401."""


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """An answer that is an error: HTTP status, stable code, what fills its text, and further members."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        fields: Mapping[str, Any] | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        fallback: str = "",
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.fields = dict(fields or {})
        self.errors = list(errors)
        self.members = dict(members or {})
        self.headers = dict(headers or {})
        self.fallback = fallback


def parameter_problem(parameter: str, code: str, **fields: Any) -> Problem:
    """Give the 400 for one bad parameter; ``code`` names its text (parameter_…)."""
    return Problem(400, "bad_parameter", errors=[{"parameter": parameter, "code": code, "fields": fields}])


def not_found(kind: str, name: str, height: int) -> Problem:
    """Give the 404 for a thing that is not there, or not for this reader: nothing tells the two apart."""
    return Problem(404, "not_found", fields={"kind": f"kind_{kind}", "id": name[:80], "height": height})


def refusal(reason: str, details: Mapping[str, Any], cause: str = "", **members: Any) -> Problem:
    """Give the 422 for a transaction that the ledger refused."""
    extra = {"details": dict(details), **({"cause": cause} if cause else {}), **members}
    return Problem(422, reason, fields=details, members=extra, fallback="ledger_refused")


def receipt_refusal(receipt: Receipt, **members: Any) -> Problem:
    """Give the 422 for a receipt that is not ok."""
    return refusal(receipt.reason or receipt.status, receipt.details, "", outcome=receipt.status, **members)


def malformed(error: Malformed) -> Problem:
    """Give the 400 for bytes that are no transaction."""
    return Problem(
        400, error.reason, fields=error.fields, members={"cause": error.detail}, fallback="transaction_malformed"
    )


def render(problem: Problem, texts: Texts, language: Language, instance: str, request_id: str) -> dict[str, Any]:
    """Write a problem as the members of its document, in their fixed order."""
    fields = {"request_id": request_id, "code": problem.code, **problem.fields}
    kind = fields.get("kind")
    if isinstance(kind, str) and kind.startswith("kind_"):
        fields["kind"] = texts.word(kind, language)
    text = texts.say(problem.code, language, fields)
    english, chinese = FAULTS.get(problem.code, ("", ""))
    said = chinese if language == "zh" else english
    known = {**fields, "code": f"{said} ({problem.code})"} if said else fields
    spare = texts.say(problem.fallback or "internal_fault", language, known) if problem.fallback else text
    document: dict[str, Any] = {
        "type": f"urn:chainbill:problem:{problem.code}",
        "title": text.title or spare.title or problem.code,
        "status": problem.status,
        "detail": text.detail or spare.detail or problem.code,
        "instance": instance,
        "code": problem.code,
        "hint": text.hint or spare.hint,
        "errors": [_error(error, texts, language) for error in problem.errors],
        "request_id": request_id,
    }
    return document | problem.members


def _error(error: Mapping[str, Any], texts: Texts, language: Language) -> dict[str, Any]:
    shown = {name: value for name, value in error.items() if name != "fields"}
    shown["detail"] = texts.word(str(error["code"]), language, **error.get("fields", {}))
    return shown


def problem_response(request: Request, problem: Problem) -> Response:
    """Answer a request with a problem."""
    texts: Texts = request.app.state.texts
    language = language_of(request.headers.get("accept-language", ""))
    request_id = str(request.scope.get("chainbill_request_id", ""))
    document = render(problem, texts, language, request.url.path, request_id)
    headers = {"Content-Language": language, "Vary": "Accept-Language", **problem.headers}
    if problem.status == 401:
        headers |= {"WWW-Authenticate": "Signature", "Accept-Signature": ACCEPT_SIGNATURE}
    return Response(plain_json(document), problem.status, headers, MEDIA_TYPE)


def plain_json(value: Any) -> bytes:
    """Write JSON; bytes become hex, since ids and hashes are shown that way everywhere."""
    return msgspec.json.encode(plain(value))


def plain(value: Any) -> Any:
    """Give a value with every bytes in it as hex."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {name: item if type(item) in _PLAIN else plain(item) for name, item in value.items()}
    if kind is bytes:
        return value.hex()
    if isinstance(value, Mapping):
        return plain(dict(value))
    if isinstance(value, (list, tuple)):
        return [item if type(item) in _PLAIN else plain(item) for item in value]
    return value


def problem_of(error: Exception) -> Problem | None:
    """Translate an error of the parts below into the problem that answers it; None for a fault of our own."""
    match error:
        case Problem():
            return error
        case SignatureRefused():
            busy = error.code == "too_many_requests"
            headers = {"Retry-After": str(VALIDITY_S)} if busy else {}
            return Problem(429 if busy else 401, error.code, fields={"problem": error.detail}, headers=headers)
        case DiskError() | Busy():
            return _not_now(error)
        case TooManyTries():
            headers = {"Retry-After": str(error.retry_after_s)}
            return (
                Problem(429, "tries_share", headers=headers)
                if error.of_one
                else Problem(503, "tries_busy", headers=headers)
            )
        case NoPlace():
            headers = {"Retry-After": str(error.retry_after_s)}
            return (
                Problem(429, "reads_share", headers=headers)
                if error.of_one
                else Problem(503, "reads_busy", headers=headers)
            )
        case Future():
            return Problem(404, "height_in_future", fields={"value": error.height, "head": error.head})
        case HeightNotHeld():
            held_by = [
                {"name": one.name, "id": one.node_id, "address": one.address, "lowest_height": one.lowest_height}
                for one in error.held_by
            ]
            names = [one.name for one in error.held_by]
            fields = {"height": error.height, "lowest": error.lowest, "held_by": names}
            members = {"lowest_height": error.lowest, "held_by": held_by}
            return Problem(410, "height_pruned", fields=fields, members=members)
        case Refused():
            return refusal(error.reason, error.fields, error.detail)
        case Malformed():
            return malformed(error)
        case _:
            return None


def _not_now(error: DiskError | Busy) -> Problem:
    """Why this node takes nothing now; another may."""
    if isinstance(error, DiskError):
        error = Ending(disk=True)
    headers = {"Retry-After": str(error.retry_after_s)}
    match error:
        case Ending(disk=True):
            return Problem(503, "node_ending_disk", headers=headers)
        case Ending():
            return Problem(503, "node_ending", headers=headers)
        case ClockNotKnown():
            return Problem(503, "clock_not_known", headers=headers)
        case Busy(party=str(party)) if party:
            return Problem(429, "mempool_party_share", fields={"party": party}, headers=headers)
    return Problem(503, "node_busy", fields={"problem": error.detail}, headers=headers)


def fault_response(request: Request, error: Exception) -> Response:
    """Answer a fault of our own: written to the log in full, told to the client by its request id only."""
    request_id = request.scope.get("chainbill_request_id", "")
    logger.error("request %s %s failed", request_id, request.url.path, exc_info=error)
    return problem_response(request, Problem(500, "internal_fault"))


def error_response(request: Request, error: Exception) -> Response:
    """Answer a request that ended with an error: a problem that is known, or a fault of our own."""
    problem = problem_of(error)
    return problem_response(request, problem) if problem else fault_response(request, error)


def install(app: FastAPI) -> None:
    """Have every error of an app answered with a problem document."""

    async def expected(request: Request, error: Exception) -> Response:
        return error_response(request, error)

    async def unexpected(request: Request, error: Exception) -> Response:
        return fault_response(request, error)

    async def invalid(request: Request, error: Exception) -> Response:
        found = error.errors() if isinstance(error, RequestValidationError) else []
        return problem_response(request, Problem(400, "bad_parameter", errors=[_parameter(item) for item in found]))

    async def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        path = request.url.path
        if status == 405:
            allowed = (error.headers or {}).get("Allow", "GET") if isinstance(error, HTTPException) else "GET"
            fields = {"path": path, "method": request.method, "allowed": allowed}
            problem = Problem(405, "method_not_allowed", fields=fields, headers={"Allow": allowed})
            return problem_response(request, problem)
        if status == 404:
            return problem_response(request, Problem(404, "route_unknown", fields={"path": path}))
        return problem_response(request, Problem(status, "internal_fault" if status >= 500 else "bad_parameter"))

    async def kept(_: Request, error: Exception) -> Response:
        return Response(None, 304, error.headers if isinstance(error, NotModified) else None)

    app.add_exception_handler(NotModified, kept)
    for kind in (Problem, SignatureRefused, Busy, DiskError, TooManyTries, HeightNotHeld, Refused, Malformed):
        app.add_exception_handler(kind, expected)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(InternalFault, unexpected)


BOUNDS = {
    "greater_than_equal": ("parameter_bound", "ge", "≥"),
    "greater_than": ("parameter_bound", "gt", ">"),
    "less_than_equal": ("parameter_bound", "le", "≤"),
    "less_than": ("parameter_bound", "lt", "<"),
    "string_too_short": ("parameter_length", "min_length", "≥"),
    "string_too_long": ("parameter_length", "max_length", "≤"),
}
"""Kind of a finding of the framework → code of its text, where its bound stands, and how it is compared."""
PLAIN_KINDS = {
    "float_parsing": "parameter_number", "float_type": "parameter_number", "finite_number": "parameter_number",
    "bool_parsing": "parameter_truth", "bool_type": "parameter_truth",
}  # fmt: skip


QUOTED = re.compile("'([^']*)'")
"""A word in the framework's list of what it takes: `'json', 'graph' or 'csv'`."""


def _parameter(found: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one finding of the framework's check in our own words."""
    context, kind = found.get("ctx") or {}, str(found.get("type"))
    entry: dict[str, Any] = {"parameter": str(found["loc"][-1])}
    if kind == "missing":
        return entry | {"code": "parameter_missing"}
    if kind.startswith("int"):
        return entry | {"code": "parameter_int"}
    if kind in ("enum", "literal_error"):
        return entry | {"code": "parameter_choice", "fields": {"known": QUOTED.findall(str(context.get("expected")))}}
    if kind == "date_parsing" or (kind == "string_pattern_mismatch" and "[0-9]{4}-" in str(context.get("pattern"))):
        return entry | {"code": "parameter_date"}
    if kind in ("string_pattern_mismatch",) and "{64}" in str(context.get("pattern")):
        return entry | {"code": "parameter_fingerprint"}
    if kind in BOUNDS:
        code, name, sign = BOUNDS[kind]
        return entry | {"code": code, "fields": {"bound": f"{sign} {context.get(name, '')}"}}
    if kind in PLAIN_KINDS:
        return entry | {"code": PLAIN_KINDS[kind]}
    return entry | {"code": "parameter_other", "fields": {"problem": found.get("msg", kind)}}
