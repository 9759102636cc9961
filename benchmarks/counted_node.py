"""A node that counts the bytecodes of its event loop's thread: python benchmarks/counted_node.py --home DIR [as
chainbill_node.main].

A first SIGUSR2 begins, a second one writes HOME/bytecodes.json: {"file:function": bytecodes}. What is counted hardly
depends on how long it takes. Blocks are bounded by time, which counting makes long: here they are not.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import chainbill_node
from chainbill_node import main
from chainbill_node.process import adapters

NAME = "bytecodes.json"
ROOT = Path(chainbill_node.__file__).resolve().parent.parent.parent
FOREVER_S = 1e9


class Counting:
    """How often a bytecode of each function ran."""

    def __init__(self, written: Path) -> None:
        self._written = written
        self._counted: Counter[CodeType] = Counter()
        self._on = False

    def toggle(self) -> None:
        """Begin, or end and write."""
        self._on = not self._on
        sys.settrace(self._call if self._on else None)
        if self._on:
            self._counted.clear()
            return
        found: Counter[str] = Counter()
        for code, count in self._counted.items():
            found[f"{_place(code)}:{code.co_name}"] += count
        part = self._written.with_suffix(".part")
        part.write_text(json.dumps(found))
        part.rename(self._written)

    def _call(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._step

    def _step(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "opcode":
            self._counted[frame.f_code] += 1
        return self._step


def _place(code: CodeType) -> str:
    path = Path(code.co_filename)
    if path.name == "<string>":  # a method that dataclasses made: its arguments tell whose
        return f"<{','.join(code.co_varnames[1:5])}>"
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) and ".venv" not in path.parts else path.name


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    counting = Counting(parser.parse_known_args()[0].home / NAME)
    adapters.MAX_RUN_S = adapters.FAR_TOO_LONG_S = FOREVER_S
    main._allow_profiling = lambda loop: loop.add_signal_handler(signal.SIGUSR2, counting.toggle)
    sys.exit(main.main())
