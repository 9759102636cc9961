"""Printing the story: chapters, sentences, facts and tables, in the language in use."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from chainbill.shown import shown as plain_text
from chainbill_cli.output import Column, Names, shown
from chainbill_cli.texts import text

WIDTH = 110


class Teller:
    """Writes to stdout, or to stderr when a program reads stdout."""

    def __init__(self, *, color: bool, to_stderr: bool, name_of: Names = str) -> None:
        from rich.console import Console

        file = sys.stderr if to_stderr else sys.stdout
        width = None if file.isatty() else WIDTH
        self.console = Console(file=file, width=width, no_color=not color, highlight=False, soft_wrap=False)
        self.name_of = name_of
        self._began = time.monotonic()
        self._chapter = 0

    @property
    def seconds(self) -> float:
        """Seconds since the story began."""
        return time.monotonic() - self._began

    def chapter(self, key: str, **fields: object) -> None:
        """Begin a chapter."""
        from rich.text import Text

        self._chapter += 1
        title = text(key, **fields) if fields else text(key)
        self.console.print()
        self.console.print(
            Text(f"{self._chapter}. {title}", style="bold cyan"), Text(f"  {self.seconds:4.1f} s", style="dim")
        )

    def say(self, key: str, **fields: object) -> None:
        """A sentence."""
        self._line("  ", text(key, **fields) if fields else text(key), "")

    def fact(self, key: str, **fields: object) -> None:
        """What the ledger now knows."""
        self._line("  ✓ ", text(key, **fields) if fields else text(key), "green")

    def warn(self, key: str, **fields: object) -> None:
        """Something that went wrong on purpose."""
        self._line("  ✗ ", text(key, **fields) if fields else text(key), "yellow")

    def command(self, line: str) -> None:
        """A command to type; in one line, so that it can be copied."""
        from rich.text import Text

        self.console.print(Text(f"    $ {line}", style="bold"), soft_wrap=True)

    def show(self, thing: Any) -> None:
        """Something rich can print, such as a tree."""
        from rich.padding import Padding

        self.console.print(Padding(thing, (0, 0, 0, 2)))

    def table(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> None:
        """A table of rows."""
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            right = column.kind in {"amount", "int", "rate"}
            table.add_column(column.title, justify="right" if right else "left", overflow="fold", no_wrap=right)
        for row in rows:
            table.add_row(*(Text(shown(row, column, self.name_of)) for column in columns))
        self.show(table)

    def _line(self, mark: str, line: str, style: str) -> None:
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid()
        grid.add_column(width=len(mark))
        grid.add_column(overflow="fold")
        grid.add_row(Text(mark, style=style), Text(plain_text(line), style=style))
        self.console.print(grid)
