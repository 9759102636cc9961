"""What the routes of one file hang on: their prefix, their group in the description, and the names of operations."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.routing import APIRoute


def operation_id(route: APIRoute) -> str:
    """Name an operation for generated clients: get_block_receipts, submit_batch."""
    return f"get_{route.name}" if "GET" in (route.methods or ()) else route.name


def router_of(group: str, prefix: str = "") -> APIRouter:
    """A router whose routes are whole: an app takes them as they are. An app that includes a router makes each of its
    routes anew, with the first request, on the event loop (FastAPI 0.165: 70 ms for all of them), and looks for the
    one that was asked for twice."""
    return APIRouter(prefix=prefix, tags=[group], generate_unique_id_function=operation_id)
