"""How text scripts are read: lines, the words of a command, and what words can mean. Nothing is run here.

A line that begins with a space is output, one that begins with `#` a comment; every other one is a command. Whatever
cannot be read is a ScriptError with a name, and the number of its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from chainbill_node.wire.messages import (
    BlockAnswer,
    Blocks,
    Decided,
    EvidenceFound,
    Message,
    Own,
    Position,
    Proposal,
    Status,
    Votes,
    WantOwn,
    WantPosition,
)

from chainbill.ledger.vote import VoteType

UNITS_MS = {"ms": 1, "s": 1_000, "min": 60_000}
VOTES = {"prevote": (VoteType.PREVOTE,), "precommit": (VoteType.PRECOMMIT,), "vote": tuple(VoteType)}
MESSAGES: dict[str, tuple[type, ...]] = {
    "proposal": (Proposal,),
    "status": (Status,),
    "block": (BlockAnswer,),
    "decided": (Decided, Blocks),
    "evidence": (EvidenceFound,),
    "own": (WantOwn, Own),
    "position": (WantPosition, Position),
}
KINDS = (*VOTES, *MESSAGES)


class ScriptError(Exception):
    """A script that cannot be read, or cannot go on: by which name, and in which line."""

    def __init__(self, reason: str, text: str, line: int = 0) -> None:
        self.reason, self.text, self.line = reason, text, line
        super().__init__(f"line {line}: {reason}: {text}")

    def at(self, line: int) -> ScriptError:
        """The same, in a line."""
        return ScriptError(self.reason, self.text, line)


@dataclass(frozen=True)
class Line:
    """One line as people write it."""

    number: int
    text: str

    @property
    def is_command(self) -> bool:
        return bool(self.text) and not self.text.startswith("#")


def lines(text: str) -> Iterator[Line]:
    """The lines of a script as people write them: output is left out."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith(" "):
            yield Line(number, line.rstrip())


@dataclass(frozen=True)
class Place:
    """A height and rounds of it: `1/0`, `*/1..` (from round 1 on), `2/0..8`. None: any."""

    height: int | None = None
    first: int = 0
    last: int | None = None

    def covers(self, height: int, round_: int) -> bool:
        last = round_ if self.last is None else self.last
        return self.height in (None, height) and self.first <= round_ <= last


@dataclass(frozen=True)
class Some:
    """Some messages: of these kinds (none: all), on these ways (none: all), of this place."""

    kinds: frozenset[str] = frozenset()
    ways: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()
    place: Place = Place()

    def covers(self, source: str, target: str, message: Message) -> bool:
        way = not self.ways or any(source in sources and target in targets for sources, targets in self.ways)
        return way and (not self.kinds or any(self._is(kind, message) for kind in self.kinds))

    def _is(self, kind: str, message: Message) -> bool:
        if kind in VOTES:
            return isinstance(message, Votes) and any(
                vote.type in VOTES[kind] and self.place.covers(vote.height, vote.round) for vote in message.votes
            )
        if not isinstance(message, MESSAGES[kind]):
            return False
        return not isinstance(message, Proposal) or self.place.covers(message.header.height, message.header.round)


class Words:
    """The words of one command, taken one after the other. `names`: the nodes that there are."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self._left = text.split()
        self._names = names

    def know(self, names: Collection[str]) -> None:
        """From now on these nodes are there."""
        self._names = names

    @property
    def more(self) -> bool:
        """Whether a word is left."""
        return bool(self._left)

    def word(self, what: str) -> str:
        """The next word, whatever it is."""
        if not self._left:
            raise ScriptError("word_missing", f"here follows {what}")
        return self._left.pop(0)

    def takes(self, word: str) -> bool:
        """Whether the next word is this one; then it is taken."""
        found = self._left[:1] == [word]
        if found:
            self._left.pop(0)
        return found

    def rest(self) -> str:
        """All words that are left, as they stand."""
        text = " ".join(self._left)
        self._left = []
        return text

    def end(self) -> None:
        if self._left:
            raise ScriptError("word_not_understood", f"{self._left[0]!r}, where the command has ended")

    def one_of(self, choices: Collection[str], reason: str = "word_not_understood") -> str:
        word = self.word(f"one of {', '.join(choices)}")
        if word not in choices:
            raise ScriptError(reason, f"{word!r} is none of {', '.join(choices)}")
        return word

    def _matching(self, pattern: str, what: str) -> re.Match[str]:
        word = self.word(what)
        found = re.fullmatch(pattern, word)
        if found is None:
            raise ScriptError("word_not_understood", f"{word!r} is not {what}")
        return found

    def number(self) -> int:
        return int(self._matching(r"\d+", "a number")[0])

    def duration_ms(self) -> int:
        """`150ms`, `3s`, `2min`, with + or − before it where a clock is wrong: in ms."""
        found = self._matching(r"([+-]?\d+)(ms|s|min)", "a time as 150ms, 3s or 2min")
        return int(found[1]) * UNITS_MS[found[2]]

    def place(self) -> tuple[int, int]:
        """`1/0`: height and round."""
        found = self._matching(r"(\d+)/(\d+)", "height/round as 1/0")
        return int(found[1]), int(found[2])

    def node(self) -> str:
        return self._known(self.word("a node"))

    def nodes(self) -> list[str]:
        """All names that follow; none where none does."""
        found: list[str] = []
        while self._left and re.fullmatch(r"n\d+", self._left[0]):
            found.append(self.node())
        return found

    def some_nodes(self) -> list[str]:
        """At least one."""
        return [self.node(), *self.nodes()]

    def to(self) -> list[str]:
        """`to n0 n1`"""
        self.one_of(("to",))
        return self.some_nodes()

    def change(self) -> tuple[bool, str]:
        """`+n2` joins, `-n0` leaves."""
        found = self._matching(r"([+-])(n\d+)", "a node that joins or leaves, as +n2 or -n0")
        return found[1] == "+", self._known(found[2])

    def groups(self) -> list[list[str]]:
        """`n0 n1 | n2`"""
        found = [self.some_nodes()]
        while self.takes("|"):
            found.append(self.some_nodes())
        return found

    def several(self, what: Callable[[str], bool]) -> list[str]:
        """The words that follow, as long as they are so."""
        found: list[str] = []
        while self._left and what(self._left[0]):
            found.append(self._left.pop(0))
        return found

    def messages(self) -> Some:
        """`proposal block 1/0 *->n3`: kinds, then a place, then ways; each may be left out."""
        kinds = frozenset(self.several(lambda word: word in KINDS))
        places = self.several(lambda word: "/" in word)
        ways = self.several(lambda word: "->" in word)
        if len(places) > 1:
            raise ScriptError("word_not_understood", f"{places[1]!r}: there is a place already")
        return Some(kinds, tuple([self._way(word) for word in ways]), *[self._rounds(word) for word in places])

    def _rounds(self, word: str) -> Place:
        found = re.fullmatch(r"(\d+|\*)/(?:(\d+)(\.\.(\d+)?)?|\*)", word)
        if found is None:
            raise ScriptError("word_not_understood", f"{word!r} is no place as 1/0, */1.. or 2/0..8")
        height = None if found[1] == "*" else int(found[1])
        if found[2] is None:
            return Place(height)
        first = int(found[2])
        return Place(height, first, first if found[3] is None else None if found[4] is None else int(found[4]))

    def _way(self, word: str) -> tuple[frozenset[str], frozenset[str]]:
        source, _, target = word.partition("->")
        return self._ends(source), self._ends(target)

    def _ends(self, text: str) -> frozenset[str]:
        return frozenset(self._names) if text == "*" else frozenset([self._known(name) for name in text.split(",")])

    def _known(self, name: str) -> str:
        if not self._names:
            raise ScriptError("no_nodes_yet", "a script begins with `nodes`")
        if name not in self._names:
            raise ScriptError("unknown_node", f"{name!r}; there are {', '.join(self._names)}")
        return name
