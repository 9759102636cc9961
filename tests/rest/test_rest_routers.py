"""Routes are whole before the first request: it holds nobody up while the framework derives them."""

from __future__ import annotations

import fastapi.routing
import pytest
from rest.conftest import TestClient


@pytest.mark.parametrize("path", ["/v1/bills", "/v1/network", "/nothing"])
def test_the_first_request_derives_no_route(client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def derived(**_: object) -> None:
        raise AssertionError("a route is derived when somebody asks for it")

    monkeypatch.setattr(fastapi.routing, "get_dependant", derived)
    assert client.get(path).status_code in (200, 404)
    assert client.get(path).headers["content-type"] in ("application/json", "application/problem+json")
