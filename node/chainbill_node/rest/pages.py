"""Web pages that need nothing from outside: the auditor's page at / and the API reference at /docs.

They are static files of this package; what they show they read from the API like any other client, so on a network
with closed reads they say that a signature is required.
"""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

router = APIRouter(include_in_schema=False)

_TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
ASSETS = ("dom.js", "json.js", "page.js", "page_words.js", "docs.js", "page.css")


def _file(name: str) -> Response:
    content = files("chainbill_node.rest").joinpath("web", name).read_bytes()
    return Response(content, 200, {"Cache-Control": "no-cache"}, _TYPES[name.rpartition(".")[2]])


@router.get("/")
def page() -> Response:
    """Give the auditor's page."""
    return _file("page.html")


@router.get("/docs")
def docs() -> Response:
    """Give the API reference."""
    return _file("docs.html")


@router.get("/web/{name}")
def asset(name: str) -> Response:
    """Give a script or style of the pages."""
    if name not in ASSETS:
        raise HTTPException(404)
    return _file(name)
