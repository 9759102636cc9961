"""Which messages which nodes understand, so that nodes of neighbouring releases talk to each other.

A node speaks a range of versions of the wire; two nodes use the highest that both speak. Fields and bounds of a kind
never change: a message that must change becomes a new kind, known from a new version on, and the old kind goes on to
be spoken until a version that nobody lacks any more. So a release adds one version at most and still speaks that of
the release before it: a network is updated one node after the other.

Version 3 is the first of format 2. Versions 1 and 2 belonged to networks of format 1, which nobody can join any more.
Version 4 adds OWN_IN_PART, version 5 BOUNDED_PLAN; a PLAN is understood and no longer sent. Version 6 adds
WANT_POSITION and POSITION.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chainbill_node.wire.messages import Kind

FIRST = 3


@dataclass(frozen=True, slots=True)
class WireRange:
    """The versions from `lowest` to `highest`, both included, that a node speaks."""

    lowest: int
    highest: int

    def __post_init__(self) -> None:
        if not 0 < self.lowest <= self.highest:
            raise ValueError(f"no versions from {self.lowest} to {self.highest}")

    def __str__(self) -> str:
        return str(self.highest) if self.lowest == self.highest else f"{self.lowest}-{self.highest}"

    def common(self, other: WireRange) -> int | None:
        """The highest version that both speak, None if there is none. Example: 3-5 and 4-7 have 5."""
        version = min(self.highest, other.highest)
        return version if version >= max(self.lowest, other.lowest) else None


SPOKEN = WireRange(lowest=3, highest=6)
"""What this release speaks: its own newest version, and those of the release before."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """From which version on a kind is spoken, and up to which (None: without an end), both included."""

    since: int = FIRST
    until: int | None = None

    def __contains__(self, version: int) -> bool:
        return version >= self.since and (self.until is None or version <= self.until)


LIFETIMES: Mapping[int, Lifetime] = MappingProxyType(
    {
        **{int(kind): Lifetime() for kind in Kind},
        int(Kind.OWN_IN_PART): Lifetime(since=4),
        int(Kind.BOUNDED_PLAN): Lifetime(since=5),
        int(Kind.WANT_POSITION): Lifetime(since=6),
        int(Kind.POSITION): Lifetime(since=6),
    }
)


def kind_of(frame: bytes) -> int:
    """The kind of an encoded message, read off its bytes: a list of at most 15 items that begins with 0 to 127.

    −1 for bytes that do not begin so: they are no message.
    """
    return frame[1] if len(frame) > 1 and 0x91 <= frame[0] <= 0x9F and frame[1] <= 0x7F else -1


def spoken(frame: bytes, version: int, lifetimes: Mapping[int, Lifetime] = LIFETIMES) -> bool:
    """Whether a message belongs to a version: others are neither sent to a peer of that version nor taken from it."""
    life = lifetimes.get(kind_of(frame))
    return life is not None and version in life
