"""A room to try contracts in: short ways to deploy a source, run it, and see it refused, at fault or out of gas."""

from __future__ import annotations

from typing import Any

import pytest

from chainbill.vm import (
    Context,
    ContractFault,
    ContractRefused,
    ContractRejected,
    Machine,
    Meter,
    OutOfGas,
    Program,
    compile_contract,
    link,
)
from chainbill.vm.testing import Harness, MemoryRows

HEAD = '"""A contract in a test."""\nfrom chainbill.vm.prelude import *\n\n'
HEAD_LINES = 3


def contract(body: str) -> str:
    """Return a whole source: docstring, prelude line, and `body` without the indentation of its first line."""
    lines = body.strip("\n").split("\n")
    indent = len(lines[0]) - len(lines[0].lstrip())
    return HEAD + "\n".join(line[indent:] if line[:indent].strip() == "" else line for line in lines) + "\n"


def build(*bodies: str, **named: str) -> Program:
    """Compile and link; one unnamed body is the contract "trial"."""
    sources = {**dict(zip(["trial"], bodies, strict=False)), **named}
    return link({name: compile_contract(name, contract(body)) for name, body in sources.items()})


class Room:
    """A program with rows; every run has a machine of its own."""

    def __init__(self, *bodies: str, **named: str) -> None:
        self.program = build(*bodies, **named)
        self.rows = MemoryRows()
        self.context = Context(party="P", height=7, time_ms=1_767_225_600_000, today="2026-01-01")
        self.meter = Meter()
        self.events: list[Any] = []

    def run(
        self, args: Any = None, *, name: str = "trial", function: str = "go", kind: str = "call", **limits: int
    ) -> Any:
        self.meter = Meter(**limits)
        machine = Machine(self.program, self.rows, self.context, self.meter, b"seed")
        before = dict(self.rows.rows)
        try:
            return machine.run(name, function, args or {}, kind)
        except BaseException:
            self.rows.rows = before
            raise
        finally:
            self.events = machine.events


def answer(body: str, args: Any = None, *, name: str = "trial", **limits: int) -> Any:
    """Return what `go` of the contract answers."""
    return Room(**{name: body}).run(args, name=name, **limits)


def plain(body: str, args: Any = None) -> Any:
    """Return what `go` answers in plain Python."""
    return Harness({"trial": contract(body)}, id_seed=b"seed").call("trial", "go", args or {})


def go(*statements: str) -> str:
    """Return a contract whose only function does these statements."""
    return "@call\ndef go():\n" + "\n".join(f"    {line}" for text in statements for line in text.split("\n"))


def assert_rejected(
    body: str, reason: str, *, line: int | None = None, name: str = "trial", raw: bool = False
) -> ContractRejected:
    """Assert that the contract is refused when deployed, with the line (counted in `body`) and both languages."""
    with pytest.raises(ContractRejected) as caught:
        link({name: compile_contract(name, body if raw else contract(body))})
    error = caught.value
    assert error.reason == reason, str(error)
    assert error.fields["en"]
    assert any("\u4e00" <= character <= "\u9fff" for character in error.fields["zh"])
    if line is not None:
        assert error.fields["line"] == line + (0 if raw else HEAD_LINES), str(error)
    return error


def assert_fault(body: str, reason: str, args: Any = None, *, line: int | None = None, **limits: int) -> ContractFault:
    """Assert that a run is a contract fault, with the line (counted in `body`)."""
    with pytest.raises(ContractFault) as caught:
        answer(body, args, **limits)
    error = caught.value
    assert error.reason == reason, str(error)
    if line is not None:
        assert error.fields == {"contract": "trial", "function": "go", "line": line + HEAD_LINES}
    return error


def assert_metered(
    body: str, args: Any = None, reason: str = "out_of_gas", *, name: str = "trial", **limits: int
) -> None:
    """Assert that a run ends because it used what it may."""
    with pytest.raises(OutOfGas) as caught:
        answer(body, args, name=name, **limits)
    assert caught.value.reason == reason


def assert_refused(body: str, reason: str, args: Any = None) -> ContractRefused:
    """Assert that a `require` says no."""
    with pytest.raises(ContractRefused) as caught:
        answer(body, args)
    assert caught.value.reason == reason
    return caught.value
