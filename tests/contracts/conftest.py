"""Every test that takes `world` runs twice: in plain Python and on the machine."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from contracts.world import World

BACKENDS = ["plain"] + (["machine"] if find_spec("chainbill.vm.machine") and find_spec("chainbill.vm.compiler") else [])


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def world(backend: str) -> World:
    return World(backend)
