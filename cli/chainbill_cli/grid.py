"""Tables for a screen of some width: which columns fit, how wide each becomes, and the lines.

Widths are counted in cells of a terminal: a Chinese character takes two (Unicode Standard Annex 11). A column is either
whole (an amount, an id, a date: never folded, never cut) or text, which is folded into two lines at most and then cut.
What does not fit is left out by rank, and counted, so that the reader can be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chainbill_cli.cells import cell_len

GAP = 2
LEAST_TEXT = 12
"""Cells that a text column needs at least, where its texts are longer than that."""
LONGEST_WORD = 24
"""Cells up to which a word of a text is never broken: ids, amounts, addresses. A longer one may be, a path say."""
LINES_A_CELL = 2
SHORT_HASH = 12
"""Characters that stand for a hash where there is no room for all of it."""
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Lane:
    """One column. rank: 1 stays longest; whole: each cell stays on one line, as it is; right: set flush right.

    words: texts of which nothing may be cut, such as a status; prose: texts that take as many lines as they need;
    short: what stands for the cells where there is no room for them (hashes).
    """

    title: str
    cells: Sequence[str]
    rank: int = 99
    whole: bool = False
    right: bool = False
    words: bool = False
    prose: bool = False
    short: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """What is to be printed: the lines, the columns that were left out, and whether a text was cut."""

    lines: Sequence[str]
    left_out: Sequence[Lane]
    cut: bool

    @property
    def hidden(self) -> int:
        """How many columns were left out."""
        return len(self.left_out)


def grid(lanes: Sequence[Lane], width: int | None) -> Grid:
    """The table in so many cells; None: as wide as it must be."""
    filled = [lane for lane in lanes if any(lane.cells)] or list(lanes[:1])
    if width is None:
        kept = filled
        wide = [_natural(lane) for lane in kept]
        return Grid(list(_lines(kept, wide)), (), cut=False)
    fitting = _that_fit(filled, width)
    kept = [replace(lane, cells=lane.short) if lane.short else lane for lane in fitting]
    wide = _shared(kept, width)
    left = width - _taken(wide)
    for number, lane in enumerate(fitting):
        more = _natural(lane) - wide[number]
        if lane.short and more <= left:
            kept[number], wide[number], left = lane, wide[number] + more, left - more
    cut = any(lane.cells is lane.short or _cut(lane, one) for lane, one in zip(kept, wide, strict=True))
    shown = {id(lane) for lane in fitting}  # two columns may be equal
    return Grid(list(_lines(kept, wide)), [lane for lane in filled if id(lane) not in shown], cut=cut)


def _that_fit(lanes: Sequence[Lane], width: int) -> list[Lane]:
    """The lanes that have room side by side, by rank; the first of them in any case."""
    order = sorted(range(len(lanes)), key=lambda number: (lanes[number].rank, number))
    chosen: set[int] = set()
    used = -GAP
    for number in order:
        needed = GAP + _least(lanes[number])
        if not chosen or used + needed <= width:
            chosen.add(number)
            used += needed
    return [lanes[number] for number in sorted(chosen)]


def _taken(wide: Sequence[int]) -> int:
    return sum(wide) + GAP * (len(wide) - 1)


def _shared(lanes: Sequence[Lane], width: int) -> list[int]:
    """Widths between least and natural: what is left over goes to the narrowest that wants more, cell by cell."""
    wide = [_least(lane) for lane in lanes]
    wanted = [_natural(lane) for lane in lanes]
    for number, lane in enumerate(lanes):
        if lane.words and wanted[number] - wide[number] <= width - _taken(wide):
            wide[number] = wanted[number]
    for _ in range(width - _taken(wide)):
        hungry = [number for number, one in enumerate(wide) if one < wanted[number]]
        if not hungry:
            break
        wide[min(hungry, key=lambda number: wide[number])] += 1
    return wide


def _longest(cells: Sequence[str]) -> int:
    return max((cell_len(cell) for cell in cells), default=0)


def _unbroken(cells: Sequence[str]) -> int:
    lengths = (cell_len(word.rstrip()) for cell in cells for word in _words(cell))
    return max((length for length in lengths if length <= LONGEST_WORD), default=0)


def _natural(lane: Lane) -> int:
    return max(_longest(lane.cells), cell_len(lane.title))


def _heading(title: str) -> int:
    """Cells that a heading needs: its longest word, since it may take more lines."""
    return max((cell_len(word) for word in title.split()), default=0)


def _least(lane: Lane) -> int:
    """Cells below which the lane is of no use."""
    if lane.whole:
        needed = _longest(lane.short or lane.cells)
    elif lane.words:
        needed = max(min(LEAST_TEXT, _longest(lane.cells)), *(_two_lines(cell) for cell in lane.cells))
    else:
        needed = max(min(LEAST_TEXT, _longest(lane.cells)), _unbroken(lane.cells))
    return max(needed, _heading(lane.title))


def _two_lines(cell: str) -> int:
    """The narrowest width at which the cell is whole in two lines."""
    low, high = 1, max(1, cell_len(cell))
    while low < high:
        middle = (low + high) // 2
        parts = folded(cell, middle)
        if len(parts) <= LINES_A_CELL and all(cell_len(part) <= middle for part in parts):
            high = middle
        else:
            low = middle + 1
    return low


def _cut(lane: Lane, width: int) -> bool:
    return (
        not lane.whole
        and not lane.prose
        and any(len(folded(cell, width, hard=True)) > LINES_A_CELL for cell in lane.cells)
    )


def _lines(lanes: Sequence[Lane], wide: Sequence[int]) -> Iterator[str]:
    """Heading, rule, rows."""
    titles = [folded(lane.title, one, hard=True) for lane, one in zip(lanes, wide, strict=True)]
    yield from _row(lanes, wide, titles, bottom=True)
    yield (" " * GAP).join("─" * one for one in wide)
    for number in range(max(len(lane.cells) for lane in lanes)):
        cells = [_cell(lane, lane.cells[number], one) for lane, one in zip(lanes, wide, strict=True)]
        yield from _row(lanes, wide, cells)


def _cell(lane: Lane, cell: str, width: int) -> list[str]:
    """The lines of a cell: one of what is whole, two at most of a text, the second ending in an ellipsis if cut."""
    if lane.whole:
        return [cell]
    parts = folded(cell, width, hard=True)
    if len(parts) <= LINES_A_CELL or lane.prose:
        return parts
    kept = parts[LINES_A_CELL - 1].rstrip(" ,;，；、")
    fits = cell_len(kept + ELLIPSIS) <= width
    return [*parts[: LINES_A_CELL - 1], kept + ELLIPSIS if fits else clipped(kept + ELLIPSIS, width)]


def _row(
    lanes: Sequence[Lane], wide: Sequence[int], cells: Sequence[Sequence[str]], *, bottom: bool = False
) -> Iterator[str]:
    """The lines of one row; `bottom`: short cells stand at the foot (headings)."""
    height = max(len(parts) for parts in cells)
    for line in range(height):
        placed = []
        for lane, one, parts in zip(lanes, wide, cells, strict=True):
            at = line - (height - len(parts)) if bottom else line
            part = parts[at] if 0 <= at < len(parts) else ""
            space = " " * max(0, one - cell_len(part))
            placed.append(space + part if lane.right else part + space)
        yield (" " * GAP).join(placed).rstrip()


def sheet(fields: Sequence[tuple[str, Sequence[str]]], width: int | None) -> list[str]:
    """One thing, a field a line: its label, then its texts, one below the other.

    Texts are folded where that breaks no word; a word that has no room beside its label stands below it.
    """
    labels = max((cell_len(label) for label, _ in fields), default=0)
    lines = []
    for label, texts in fields:
        head = label + " " * (labels - cell_len(label) + GAP)
        room = None if width is None else width - cell_len(head)
        parts = [part for one in texts for part in (one.split("\n") if room is None else folded(one, room))]
        if room is None or all(cell_len(part) <= room for part in parts):
            lines += [(head if not number else " " * cell_len(head)) + part for number, part in enumerate(parts)]
        else:
            below = [part for one in texts for part in folded(one, (width or 0) - GAP)]
            lines += [label, *(" " * GAP + part for part in below)]
    return [line.rstrip() for line in lines]


def clipped(text: str, width: int) -> str:
    """The text, or its beginning with an ellipsis, in at most so many cells."""
    if cell_len(text) <= width:
        return text
    kept = ""
    for character in text:
        if cell_len(kept + character) > width - 1:
            break
        kept += character
    return kept.rstrip() + ELLIPSIS


def folded(text: str, width: int, *, hard: bool = False) -> list[str]:
    """Lines of at most so many cells, broken at spaces and between Chinese characters, never inside a number or an id.

    hard: a word that is longer than a line is broken too; without it such a word stands on a line of its own.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _words(paragraph):
            if cell_len((line + word).rstrip()) <= width:
                line += word
                continue
            if line.strip():
                lines.append(line.rstrip())
            line = word.lstrip()
            while hard and cell_len(line.rstrip()) > width:
                head = _head(line, width)
                lines.append(head)
                line = line[len(head) :]
        lines.append(line.rstrip())
    return lines


def clauses(text: str, width: int) -> list[str]:
    """The lines of a sentence, broken behind a comma where there is one: what a figure is stays beside it."""
    lines = [""]
    for clause in CLAUSE.findall(text):
        if lines[-1] and cell_len((lines[-1] + clause).rstrip()) > width:
            lines.append("")
        *above, last = folded(lines.pop() + clause, width)
        lines += [*above, last + " " * clause.endswith(" ")]
    return [line.rstrip() for line in lines]


def _head(word: str, width: int) -> str:
    """The longest beginning in so many cells, one character at least."""
    end = 1
    while end < len(word) and cell_len(word[: end + 1]) <= width:
        end += 1
    return word[:end]


CLAUSE = re.compile(".+?(?:[，；]|[,;] |$)", re.DOTALL)
CLOSING = frozenset("，。、；：？！）》”’】…%,.;:)]}")
"""What does not begin a line (禁则)."""


OPENING = frozenset("（《“‘【([{")
"""What does not end a line."""


def _words(text: str) -> Iterator[str]:
    """What stays together: a run without spaces of narrow characters, or one wide character with what closes it.

    A word keeps the space that follows it.
    """
    word = ""
    for character in text:
        if word and _breaks(word, character):
            yield word
            word = ""
        word += character
    if word:
        yield word


def _breaks(word: str, following: str) -> bool:
    """Whether a line may end between a word and what follows it."""
    if following == " " or following in CLOSING or word[-1] in OPENING:
        return False
    return word[-1] == " " or cell_len(word[-1]) == 2 or cell_len(following) == 2
