"""What people are told beside the answer, on stderr: notes, refusals, questions and previews, folded on a terminal.

Lines that go on are set in, so that a value full of spaces looks like no line of its own. What is to be typed stays
together, so that it can be copied: `chainbill tx wait ID` begins a line before it is broken.
"""

from __future__ import annotations

import re
import shutil
import sys

from chainbill_cli.cells import cell_len
from chainbill_cli.grid import folded
from chainbill_cli.texts.metavar import WORDS

FOLDED = " " * 6
"""What stands before the rest of a line that has no room: more than before any label."""
LEAST_WIDTH = 20
STANDS_FOR = "(?:" + "|".join(sorted(set(WORDS.values()), key=len, reverse=True)) + ")"
ASCII_WORD = r"[!-&(-_a-~]*[!-&(-+\-/-:<-_a-~]"
TYPED = re.compile(
    "`chainbill[^`]*`|`[a-z][^`]{0,40}`|"
    "chainbill(?: (?:'[^']*'|" + ASCII_WORD + "|(?:--[a-z-]+=)?" + STANDS_FOR + "(?:[:=|]" + STANDS_FOR + ")*))+"
)
"""A command: what stands in backticks; else words of ASCII, quoted words and what stands for something to be typed, up
to what ends a sentence."""
TIED = re.compile("\0+")
"""Stands for a command while a line is folded, cell by cell; no text has it (`chainbill.shown`)."""


def told(line: str, *, hard: bool = False) -> str:
    """The line as stderr shows it, whole where that is no terminal.

    hard: what is longer than a line is broken too, a command as well: for what others wrote.
    """
    if not sys.stderr.isatty():
        return line
    screen = shutil.get_terminal_size().columns
    width = max(screen - len(FOLDED), LEAST_WIDTH)
    return "\n".join(
        paragraph if cell_len(paragraph) <= screen else f"\n{FOLDED}".join(_lines(paragraph, width, hard=hard))
        for paragraph in line.split("\n")
    )


def _lines(paragraph: str, width: int, *, hard: bool) -> list[str]:
    if hard:
        return folded(paragraph, width, hard=True)
    commands = iter(TYPED.findall(paragraph))
    tied = TYPED.sub(lambda command: "\0" * cell_len(command[0]), paragraph)
    return [TIED.sub(lambda _: next(commands), line) for line in folded(tied, width)]
