"""Help on a terminal in Chinese and English: folded by cells, what is to be filled in named in the language in use."""

from __future__ import annotations

from collections.abc import Iterable

import click

from chainbill_cli.cells import cell_len
from chainbill_cli.grid import folded
from chainbill_cli.texts import text

LONGEST_TERM = 30
"""Cells of an option beside which its help still stands."""


class Formatter(click.HelpFormatter):
    """click's formatter, that counts cells instead of characters."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The usage line; what does not fit goes on below, indented."""
        head = f"{prefix or ''}{prog} "
        first, *others = folded(args, max(20, self.width - cell_len(head)))
        self.write(f"{head}{first}".rstrip() + "\n")
        for line in others:
            self.write(" " * cell_len(head) + line + "\n")

    def write_heading(self, heading: str) -> None:
        """A heading with the colon of the language."""
        self.write(f"{'':>{self.current_indent}}{heading}{text('root.colon').rstrip()}\n")

    def write_text(self, text: str) -> None:
        """A paragraph at the present indent."""
        for line in folded(text, self.width - self.current_indent):
            self.write(" " * self.current_indent + line + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = LONGEST_TERM, col_spacing: int = 2) -> None:
        """Terms and what they mean, side by side; a long term stands on a line of its own."""
        listed = list(rows)
        first = min(max(cell_len(term) for term, _ in listed), col_max) + col_spacing
        indent = " " * self.current_indent
        for term, said in listed:
            lines = folded(said, max(20, self.width - self.current_indent - first))
            if cell_len(term) > first - col_spacing:
                self.write(f"{indent}{term}\n")
            else:
                beside = lines.pop(0)
                self.write(f"{indent}{term}{' ' * (first - cell_len(term))}{beside}".rstrip() + "\n")
            for line in lines:
                self.write(f"{indent}{' ' * first}{line}\n")


class HelpContext(click.Context):
    """A context whose help is written by `Formatter`."""

    formatter_class = Formatter
