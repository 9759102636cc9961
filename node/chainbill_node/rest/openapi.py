"""The OpenAPI description: what the framework finds out, plus the shapes of answers and problems."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response

from chainbill_node.rest.problems import plain_json
from chainbill_node.rest.schemas import HANDED_IN, SCHEMAS, WIRE_FORMS, answer_schema

OPEN_PATHS = frozenset({"/health", "/ready", "/version", "/metrics"})

DESCRIPTION = """Digital receivables (应收账款电子凭证) on a permissioned ledger: reads as of any height, transactions.

Amounts are integers in minor units with `currency`; times are RFC 3339 in UTC. Every read takes `at`, and says with
`as_of` and the field `Chainbill-Height` which height it is true at. Errors are `application/problem+json` (RFC 9457):
programs key on `code`. Where the network does not open reads, requests are signed (RFC 9421, ed25519)."""

_PROBLEM = {
    "description": "A problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}

_READ_PROBLEMS = ("400", "401", "403", "404", "410", "429", "503")
_WRITE_PROBLEMS = ("400", "413", "415", "422", "429", "503")

_TRANSACTION_BODY = {
    "required": True,
    "content": {
        "application/msgpack": {"schema": {"type": "string", "format": "binary"}},
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["transaction"],
                "properties": {"transaction": {"type": "string", "format": "byte"}},
            }
        },
    },
}
_BATCH_BODY = {"required": True, "content": {"application/msgpack": {"schema": {"type": "string", "format": "binary"}}}}


def install(app: FastAPI) -> None:
    """Have the app describe itself; the description is made once, when it is first asked for."""

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe_app(app)
        return app.openapi_schema

    @lru_cache(maxsize=1)
    def written() -> bytes:
        return plain_json(description())

    async def document(_: Request) -> Response:
        return Response(written(), 200, None, "application/json")

    app.openapi = description  # type: ignore[method-assign]
    app.add_route("/openapi.json", document, include_in_schema=False)


def describe_app(app: FastAPI) -> dict[str, Any]:
    """Give the OpenAPI document of an app."""
    document = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
    components = document.setdefault("components", {})
    components["schemas"] = dict(SCHEMAS)
    components["securitySchemes"] = {
        "signature": {
            "type": "apiKey",
            "in": "header",
            "name": "Signature",
            "description": "HTTP message signature (RFC 9421) with a registered ed25519 key; a 401 says what to sign.",
        }
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Put in what an operation answers."""
    responses: dict[str, Any] = operation["responses"]
    responses.pop("422", None)
    if path in OPEN_PATHS:
        operation["security"] = []
        if path != "/metrics":
            content = {"application/json": {"schema": answer_schema(path)}}
            responses["200"] = {"description": "So it is", "content": content}
            if path in ("/health", "/ready"):
                responses["503"] = {"description": "Not sound, or not ready", "content": content}
        else:
            responses["200"] = {"description": "Exposition format", "content": {"text/plain": {}}}
            operation["security"] = [{}, {"signature": []}]
            responses |= {"401": _PROBLEM, "403": _PROBLEM}
        return
    writes = method == "post"
    for status in _WRITE_PROBLEMS if writes else _READ_PROBLEMS:
        responses[status] = _PROBLEM
    if writes:
        operation["requestBody"] = _BATCH_BODY if path.endswith("/batch") else _TRANSACTION_BODY
        _write_responses(path, operation, responses)
        return
    operation["security"] = [{}, {"signature": []}]
    content = {"application/json": {"schema": answer_schema(path)}}
    if path in WIRE_FORMS:
        content["application/msgpack"] = {"schema": {"type": "string", "format": "binary"}}
    if path.startswith("/v1/trace/"):
        content["text/csv"] = {"schema": {"type": "string"}}
    responses["304"] = {"description": "If-None-Match names the ETag of this answer, which cannot change"}
    responses["200"] = {
        "description": "As of the height in as_of",
        "headers": {"Chainbill-Height": {"schema": {"type": "integer"}}, "ETag": {"schema": {"type": "string"}}},
        "content": content,
    }


def _write_responses(path: str, operation: dict[str, Any], responses: dict[str, Any]) -> None:
    answered = {"application/json": {"schema": HANDED_IN[path]}}
    if path == "/v1/transactions":
        operation["security"] = []
        responses["200"] = {"description": "Had been committed before", "content": answered}
        responses["201"] = {"description": "Committed", "content": answered}
        responses["202"] = {
            "description": "Pending",
            "headers": {"Location": {"schema": {"type": "string"}}},
            "content": answered,
        }
        return
    responses["200"] = {"description": "Done", "content": answered}
    if path.endswith("/simulate"):
        operation["security"] = [{}, {"signature": []}]
        responses |= {"401": _PROBLEM, "403": _PROBLEM}
