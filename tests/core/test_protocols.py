"""A protocol version is what its vectors say: code that does something else is another version (formats S8)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from vectors import make_protocol

from chainbill.codec import encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.errors import ChainbillError
from chainbill.protocols import PROTOCOL_1, RELEASED, Protocol, Protocols
from chainbill.vm import Machine, Meter, compile_contract, link
from chainbill.vm.testing import MemoryRows

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/protocol.json").read_text(encoding="utf-8"))
AMEND = (
    "what blocks do has changed. Until CHANGELOG tags 1.0: run `make vectors` and write the digest of "
    "tests/vectors/protocol.json into PROTOCOL_1 of chainbill/protocols.py. After it: make a new version"
)


def test_the_digest_of_protocol_1_is_that_of_what_it_does() -> None:
    assert PROTOCOL_1.digest == VECTORS["digest"] == make_protocol.make()["digest"], AMEND
    content = [VECTORS["version"], VECTORS["tables"], VECTORS["programs"]]
    assert tagged_hash("protocol", encode(content)).hex() == VECTORS["digest"]


@pytest.mark.parametrize("program", VECTORS["programs"], ids=lambda program: program["name"])
def test_every_program_does_what_the_vectors_say(program: dict[str, Any]) -> None:
    name = program["name"]
    linked = link({name: compile_contract(name, program["source"])}, PROTOCOL_1.natives)
    for call in program["calls"]:
        meter = Meter()
        machine = Machine(linked, MemoryRows(), make_protocol.CONTEXT, meter, b"seed")
        try:
            outcome = {"answer": machine.call(name, "go", call["args"])}
        except ChainbillError as error:
            outcome = {"reason": error.reason}
        assert outcome == {key: call[key] for key in ("answer", "reason") if key in call}
        assert meter.used == call["gas"]


def test_a_native_or_a_currency_that_changes_changes_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Formats S8: nothing tied the version to natives, dates, ids and the currency table."""
    before = make_protocol.make()["digest"]
    weekday = {**PROTOCOL_1.natives, "n_weekday": lambda _date: 1}
    monkeypatch.setattr(make_protocol, "PROTOCOL_1", Protocol(1, PROTOCOL_1.digest, weekday))
    assert make_protocol.make()["digest"] != before
    monkeypatch.undo()
    standard = make_protocol.STANDARD_RULES
    more = type(standard)(standard.values, {**standard.currencies, "XTS": 3}, standard.python)
    monkeypatch.setattr(make_protocol, "STANDARD_RULES", more)
    assert make_protocol.make()["digest"] != before


def test_a_version_is_known_by_its_number_and_its_digest() -> None:
    other = Protocol(2, "2" * 64, PROTOCOL_1.natives)
    both = Protocols(PROTOCOL_1, other)
    assert both.newest is other
    assert both.get(2, "2" * 64) is other
    assert both.get(2, "3" * 64) is None, "another version under this number"
    assert RELEASED.get(2, "2" * 64) is None
    assert RELEASED.newest is PROTOCOL_1
