"""Faults that somebody planted who had not seen the tests: one place each, swapped into the running code.

A fault is a replacement of text in one file of production code, told in `round_*.toml` with what is harmed by it and
with the test that must fail; in `sweep.toml` are those that were drawn by rule (`places`). Switched on, every function
of that module runs the code of the broken text; nothing is written to the disk, and objects that exist already go
wrong, too. Of a contract the ledgers that are made meanwhile run the broken text, as it is the text in a ledger's state
that runs.
"""

from __future__ import annotations

import gc
import importlib
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TypeGuard

import chainbill_contracts
import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SOURCES = ("node/", "cli/", "contracts/", "")
"""Where packages lie, beside the root itself."""
CONTRACTS = "contracts/chainbill_contracts/"


@dataclass(frozen=True, slots=True)
class Fault:
    """`before` stands once in `file`. `killed_by`: the test that fails with it; "" where it does no harm, and `why`
    says so. `generic`: whether that test is a checker of its kind and not one of that very place. `quick`: in make
    test."""

    name: str
    file: str
    before: str
    after: str
    harm: str
    killed_by: str = ""
    why: str = ""
    generic: bool = False
    quick: bool = False

    @property
    def sound(self) -> str:
        """The text of the file as it is."""
        return (ROOT / self.file).read_text(encoding="utf-8")

    @property
    def broken(self) -> str:
        """The text of the file with the fault."""
        return self.sound.replace(self.before, self.after)

    @property
    def module(self) -> str:
        """The name by which the file is imported."""
        folder = next(one for one in SOURCES if self.file.startswith(one))
        return self.file.removeprefix(folder).removesuffix(".py").replace("/", ".")


def faults() -> list[Fault]:
    """All of them, in the order of their rounds; last those that were drawn by rule."""
    rounds = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.toml"))]
    return [Fault(**told) for one in rounds for told in one["fault"]]


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """The product has the fault meanwhile."""
    with _broken_contract(fault) if fault.file.startswith(CONTRACTS) else _broken_module(fault):
        yield


@contextmanager
def _broken_contract(fault: Fault) -> Iterator[None]:
    """Who asks for the sources gets those of a copy; what was made of the others is forgotten, before and after."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        copied = Path(shutil.copytree(ROOT / CONTRACTS, folder, dirs_exist_ok=True))
        (copied / Path(fault.file).name).write_text(fault.broken, encoding="utf-8")
        patched.setattr(chainbill_contracts, "files", lambda _package: copied)
        _forget_what_was_made()
        try:
            yield
        finally:
            patched.undo()
            _forget_what_was_made()


def _all_there_is() -> list[Any]:
    """Every object, also what a node that was started in this process has frozen."""
    gc.unfreeze()
    return gc.get_objects()


def _forget_what_was_made() -> None:
    for one in _all_there_is():
        if type(one) is type(chainbill_contracts.source):  # not isinstance: that asks dead proxies, too
            one.cache_clear()


@contextmanager
def _broken_module(fault: Fault) -> Iterator[None]:
    """The functions of the module run the broken code meanwhile."""
    importlib.import_module(fault.module)
    path = str(ROOT / fault.file)
    swaps = _swaps(compile(fault.sound, path, "exec"), compile(fault.broken, path, "exec"))
    changed = [
        (function, function.__code__)
        for function in _all_there_is()
        if type(function) is FunctionType and function.__code__.co_filename == path and _is_function(function.__code__)
    ]
    try:
        for function, sound in changed:
            function.__code__ = swaps[_place(sound)]
        yield
    finally:
        for function, sound in changed:
            function.__code__ = sound


def _swaps(sound: CodeType, broken: CodeType) -> dict[tuple[str, int], CodeType]:
    """The broken code of each function by its place in the sound text."""
    found: dict[tuple[str, int], CodeType] = {}
    inner = [[one for one in code.co_consts if _is_function(one)] for code in (sound, broken)]
    for old, new in zip(*inner, strict=True):
        assert old.co_qualname == new.co_qualname, "a fault changes what a function does, not which there are"
        found[_place(old)] = new
        found |= _swaps(old, new)
    return found


def _is_function(constant: object) -> TypeGuard[CodeType]:
    """Or a class: not what a comprehension or a generator runs, which belongs to the function around it."""
    return isinstance(constant, CodeType) and (constant.co_name == "<lambda>" or constant.co_name[0] != "<")


def _place(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno
