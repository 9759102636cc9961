"""Whether the node lives and is ready, for operators, orchestrators and monitoring.

Yes or no is told to everybody. Where reads are closed, the rest names validators and says how busy the network is: it
goes to signed requests, and to whoever reaches the address that is the operator's own (`RestOptions.inside`).
"""

from __future__ import annotations

import platform
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

import chainbill
from chainbill_node.rest.heights import rfc3339
from chainbill_node.rest.ports import NodeStatus
from chainbill_node.rest.problems import plain_json
from chainbill_node.rest.reading import Rest, Shared
from chainbill_node.rest.routers import router_of
from chainbill_node.rest.texts import Texts, language_of

router = router_of("operations")

API_VERSION = "v1"


def versions() -> dict[str, str]:
    """Give the versions of the software."""
    return {"chainbill": chainbill.__version__, "api": API_VERSION, "python": platform.python_version()}


@router.get("/version", summary="Versions of the node's software")
def version() -> Response:
    """Give the versions of the node's software."""
    return _answer(200, versions())


@router.get("/health", summary="Is the process sound? Names the part that failed")
def health(request: Request, rest: Shared) -> Response:
    """Answer 200 while every part of the node works, else 503 with the name of the part that failed."""
    part = rest.node.status().faulty_part
    told = _is_told(request, rest)
    body = {"status": "failed", "failed": part if told else None} if part else {"status": "ok", "failed": None}
    return _answer(503 if part else 200, body)


@router.get("/ready", summary="Does the node take part and answer? Says why not")
def ready(request: Request, rest: Shared) -> Response:
    """Answer 200 when the node is ready, else 503 and why the network stands still."""
    status = rest.node.status()
    language = language_of(request.headers.get("accept-language", ""))
    if _is_told(request, rest):
        body = status_shape(status, language)
    else:
        texts: Texts = request.app.state.texts
        body = {"ready": status.ready, "reason": "" if status.ready else texts.word("reason_not_told", language)}
    return _answer(200 if status.ready else 503, body)


def _is_told(request: Request, rest: Rest) -> bool:
    """Whether who asks hears more than yes or no. Raises what `Gate.admit` does, where it signs in vain."""
    if rest.options.inside or rest.gate.open:
        return True
    if "signature-input" not in request.headers:
        return False
    rest.gate.admit(request)
    return True


def status_shape(status: NodeStatus, language: str) -> dict[str, Any]:
    """Show where a node stands."""
    return {
        "ready": status.ready,
        "reason": status.reason_zh if language == "zh" else status.reason,
        "name": status.name,
        "height": status.height,
        "round": status.round,
        "step": status.step,
        "waiting_for": list(status.waiting_for),
        "since": rfc3339(status.since_ms),
        "app_hash": status.app_hash.hex(),
        "syncing": status.syncing,
        "upgrade_needed": (status.upgrade_zh if language == "zh" else status.upgrade) or None,
        "warnings": [one.shape(language) for one in status.warnings],
        "lowest_height": status.lowest_height,
        "peers": {"connected": status.peers_connected, "known": status.peers_known},
        "mempool": {"transactions": status.mempool_transactions, "bytes": status.mempool_bytes},
        "validator_key": status.validator_key,
    }


@router.get("/metrics", summary="Metrics for Prometheus")
def metrics(request: Request, rest: Shared) -> Response:
    """Give the metrics in the exposition format; where reads are closed, to signed requests. Problem 401, 403."""
    if not rest.options.inside:
        rest.gate.admit(request)
    content, media_type = rest.node.metrics()
    return Response(content, 200, media_type=media_type)


def _answer(status: int, body: dict[str, Any]) -> Response:
    return Response(plain_json(body), status, media_type="application/json")
