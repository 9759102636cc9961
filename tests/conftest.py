"""What holds for all tests: nothing depends on the machine's speed; what is always the same is made once a process."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from chainbill_node.rest import app
from hypothesis import HealthCheck, core, settings
from hypothesis.vendor import pretty

from chainbill.ledger import programs
from chainbill.state import tree
from chainbill.vm.compiler import compile_contract
from chainbill.vm.program import CompiledContract
from chainbill.vm.rules import CodePrices

settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")
core.RepresentationPrinter = pretty.RepresentationPrinter  # type: ignore[attr-defined]
"""schemathesis puts one in its place that prints no value, and its plugin is here in every run."""

for _stopping, _as_usual in (
    (signal.SIGHUP, signal.SIG_DFL),
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGTERM, signal.SIG_DFL),
):
    # started in the background or by nohup, a process ignores them, and all that it starts would, too
    if signal.getsignal(_stopping) is signal.SIG_IGN:
        signal.signal(_stopping, _as_usual)

_compiled: dict[tuple[str, str, tuple[int, ...]], CompiledContract] = {}


def compiled_once(name: str, source: str, prices: CodePrices) -> CompiledContract:
    """The compiler is a function of the source and the prices; what it made for one node here serves the next."""
    key = (name, source, prices.key)
    if key not in _compiled:
        _compiled[key] = compile_contract(name, source, prices)
    return _compiled[key]


programs.compile_contract = compiled_once  # type: ignore[assignment,attr-defined]
tree._empty_nodes = cache(tree._empty_nodes)
app.load_texts = cache(app.load_texts)  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, and nothing that it starts, sees what whoever runs it has set up for itself."""
    with pytest.MonkeyPatch.context() as here:
        for name in [name for name in os.environ if name.startswith("CHAINBILL_")]:
            here.delenv(name)
        here.setenv("HOME", str(tmp_path_factory.mktemp("user")))
        yield


HERE = Path(__file__).parent
UNTRACED = (
    "contracts",  # compiled from their text, where a tracer of files sees nothing
    "model",  # drives the contracts alone, by the thousand acts
    "recompute",  # reads by the thousand what other tests read, too
    "search",  # one function by the hundred thousand
    "second",  # shares nothing with the product
    "vm/attacks",
)
"""Folders outside coverage, under which they take two to six times as long; a file says it by its `pytestmark`."""
SAYS_UNTRACED = re.compile(r"^pytestmark = .*mark\.untraced", re.MULTILINE)


def is_untraced(path: Path, text: str) -> bool:
    return any(path.is_relative_to(HERE / one) for one in UNTRACED) or SAYS_UNTRACED.search(text) is not None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file without a test of the part of `make test` that runs (its -m) is not even read: reading all takes long."""
    if collection_path.suffix != ".py":
        return None
    part = config.option.markexpr.split(" and ")
    text = collection_path.read_text(encoding="utf-8")
    outside = is_untraced(collection_path, text)
    if outside and "not untraced" in part:
        return True
    has = {"untraced": outside or "mark.untraced" in text, "e2e": "mark.e2e" in text, "alone": "mark.alone" in text}
    return any(mark in part and not here for mark, here in has.items()) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if any(item.path.is_relative_to(HERE / one) for one in UNTRACED):
            item.add_marker("untraced")
