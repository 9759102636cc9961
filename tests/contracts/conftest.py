"""Every test that takes `world` runs twice: in plain Python and on the machine.

Outside coverage: contracts are compiled from their text, where a tracer of files sees nothing, and took three times as
long under it.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from contracts.world import World

BACKENDS = ["plain"] + (["machine"] if find_spec("chainbill.vm.machine") and find_spec("chainbill.vm.compiler") else [])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("untraced")


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def world(backend: str) -> World:
    return World(backend)
