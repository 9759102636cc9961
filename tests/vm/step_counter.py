"""Counts what the machine does, in steps: one for each operation of Python, and more for work that is hidden in C.

Deterministic, so that a price can be held to it in a test: no clock is asked. `Steps.start` traces the frames that run
already, so that counting can begin in the middle of a contract.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

import pytest

from chainbill import codec, text_rule
from chainbill.crypto import hashing
from chainbill.vm import guards, natives, values

Measure = Callable[..., int]


def _sorting(items: Any, *_: Any) -> int:
    return len(items) * max(1, len(items).bit_length())


def _length(items: Any, *others: Any) -> int:
    return 1 + len(others) if others else len(items)


def _text(_form: str, text: str) -> int:
    return 4 * len(text)  # a character of the worst text takes as long as so many operations


def _nodes(value: Any, *_: Any, **__: Any) -> int:
    """Every value in it, and its bytes by eight."""
    if isinstance(value, dict):
        return 2 + sum(_nodes(key) + _nodes(item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return 2 + sum(_nodes(item) for item in value)
    return 1 + (len(value) // 8 if isinstance(value, (str, bytes)) else 0)


def _hashed(_domain: str, *parts: bytes) -> int:
    return 10 + sum(len(part) for part in parts) // 8


#: Where the machine hands work to C: module, name, and the steps of one call by its arguments.
HIDDEN: tuple[tuple[Any, str, Measure], ...] = (
    (guards, "sorted", _sorting),
    (guards, "min", _length),
    (guards, "max", _length),
    (values, "is_normalized", _text),
    (text_rule, "is_normalized", _text),
    (codec, "_write", _nodes),
    (codec, "_read", lambda raw: len(raw)),
    (natives, "tagged_hash", _hashed),
    (hashing, "tagged_hash", _hashed),
)


class Steps:
    """A count that begins at `start` and ends with the block."""

    def __init__(self) -> None:
        self.count = 0
        self._patch = pytest.MonkeyPatch()

    def start(self) -> None:
        """Count from here on, in every frame that runs and in those to come."""
        for module, name, measure in HIDDEN:
            self._patch.setattr(module, name, self._counted(getattr(module, name, None), name, measure), raising=False)
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if frame.f_code.co_filename.startswith("<contract "):
                frame.f_trace, frame.f_trace_opcodes = self._trace, True
            frame = frame.f_back
        sys.settrace(self._trace)

    def __enter__(self) -> Steps:
        self._outer = sys.gettrace()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        sys.settrace(self._outer)
        self._patch.undo()

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "call":
            if frame.f_code.co_filename == __file__:
                return None
            frame.f_trace_opcodes = True
        elif event == "opcode":
            self.count += 1
        return self._trace

    def _counted(self, work: Any, name: str, measure: Measure) -> Callable[..., Any]:
        called = __builtins__[name] if work is None else work  # type: ignore[index]  # a builtin, hidden by ours

        def counted(*args: Any, **keywords: Any) -> Any:
            self.count += measure(*args)
            return called(*args, **keywords)

        return counted
