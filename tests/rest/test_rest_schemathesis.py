"""schemathesis on our own OpenAPI: whatever is sent, no 5xx, and every answer is one that the description names."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from rest.bill_book import penetration_example
from rest.conftest import with_parties
from rest.node_twin import TwinNode, wire_of

from chainbill.codec import encode

schemathesis = pytest.importorskip("schemathesis")

from chainbill_node.rest import create_app  # noqa: E402
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.untraced

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
WIRES = [wire_of(nonce=number) for number in range(1, 4)]
BODIES = st.sampled_from([*WIRES, encode(WIRES), encode([])]) | st.binary(max_size=300)


@schemathesis.serializer("application/msgpack")
def _as_it_is(_context: object, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


schemathesis.openapi.format("binary", BODIES)
BOOK, _ = penetration_example()
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", create_app(TwinNode(with_parties(BOOK))))


@pytest.fixture(autouse=True)
def _nothing_is_finalized() -> Iterator[None]:
    """What other tests left is told of with a traceback, which parses source; while CPython builds a syntax tree for
    Hypothesis that ends it in "AST constructor recursion depth mismatch" (seen twice on a busy machine)."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@SCHEMA.parametrize()
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(case: schemathesis.Case) -> None:
    case.call_and_validate(checks=CHECKS)
