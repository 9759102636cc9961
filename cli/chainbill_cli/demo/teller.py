"""Printing the story: chapters, sentences, facts and tables, in the language in use."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chainbill.shown import shown as plain_text
from chainbill_cli.grid import folded, grid
from chainbill_cli.output import Column, Names, lane_of
from chainbill_cli.texts import text

WIDTH = 110
BOLD, BOLD_CYAN, GREEN, YELLOW = "1", "1;36", "32", "33"
"""Parameters of SGR (ECMA-48 section 8.3.117)."""


class Teller:
    """Writes to stdout, or to stderr when a program reads stdout."""

    def __init__(self, *, color: bool, to_stderr: bool, name_of: Names = str) -> None:
        self._file = sys.stderr if to_stderr else sys.stdout
        terminal = self._file.isatty()
        self.width = shutil.get_terminal_size().columns if terminal else WIDTH
        self._color = color and terminal
        self.name_of = name_of
        self._began = time.monotonic()
        self._chapter = 0

    @property
    def seconds(self) -> float:
        """Seconds since the story began."""
        return time.monotonic() - self._began

    def title(self, key: str) -> None:
        """What the story is about."""
        self._print(self._styled(text(key), BOLD))

    def chapter(self, key: str, **fields: object) -> None:
        """Begin a chapter."""
        self._chapter += 1
        title = text(key, **fields) if fields else text(key)
        self._print("")
        self._print(self._styled(f"{self._chapter}. {title}", BOLD_CYAN) + f"  {self.seconds:4.1f} s")

    def say(self, key: str, **fields: object) -> None:
        """A sentence."""
        self._line("  ", text(key, **fields) if fields else text(key), "")

    def fact(self, key: str, **fields: object) -> None:
        """What the ledger now knows."""
        self._line("  ✓ ", text(key, **fields) if fields else text(key), GREEN)

    def warn(self, key: str, **fields: object) -> None:
        """Something that went wrong on purpose."""
        self._line("  ✗ ", text(key, **fields) if fields else text(key), YELLOW)

    def command(self, line: str) -> None:
        """A command to type; in one line, so that it can be copied."""
        self._print(self._styled(f"    $ {line}", BOLD))

    def lines(self, lines: Iterable[str]) -> None:
        """Ready lines, such as those of a tree; `room` cells have place."""
        for line in lines:
            self._print("  " + line)

    @property
    def room(self) -> int:
        """Cells of a line of `lines`."""
        return self.width - 2

    def table(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
        """A table of rows."""
        lanes = [lane_of(rows, column, self.name_of) for column in columns]
        self._print("")
        self.lines(grid(lanes, self.room).lines)
        self._print("")

    def _line(self, mark: str, line: str, style: str) -> None:
        for number, part in enumerate(folded(plain_text(line), self.width - len(mark))):
            self._print(self._styled((" " * len(mark) if number else mark) + part, style))

    def _styled(self, line: str, style: str) -> str:
        return f"\x1b[{style}m{line}\x1b[0m" if self._color and style else line

    def _print(self, line: str) -> None:
        print(line.rstrip(), file=self._file, flush=True)
