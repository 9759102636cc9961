"""Released versions of the protocol: what blocks do that is code and not a number, picked by height.

A state names the version of each height with its digest (`core/protocol`), a vote names the next one and its height.
The code keeps every released version, so that old blocks replay as they ran; a node that lacks the next version, or
has another under its number, stops before that height. What a version changes is a hook here: the functions of the
contract language, and what its activation makes of the rules. Reference: docs/reference/rules.md.

The field's word: hard fork.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chainbill.vm.native_calls import NATIVE_CALLS

__all__ = ["PROTOCOL_1", "RELEASED", "Protocol", "Protocols"]


def _as_they_are(row: dict[str, Any]) -> dict[str, Any]:
    return row


@dataclass(frozen=True, slots=True)
class Protocol:
    """One version. digest: H("protocol", …) over what it does in tests/vectors/protocol.json, 64 hexadecimal digits.

    natives: the functions of the contract language by the names of emitted code. upgrade: the row `core/rules` as this
    version begins with it, from the row before.
    """

    version: int
    digest: str
    natives: Mapping[str, Callable[..., Any]]
    upgrade: Callable[[dict[str, Any]], dict[str, Any]] = _as_they_are


class Protocols:
    """The versions that a node's code has."""

    def __init__(self, *released: Protocol) -> None:
        self._released = {one.version: one for one in released}

    def get(self, version: int, digest: str) -> Protocol | None:
        """The code of a version, None where it is not here or is another under this number."""
        found = self._released.get(version)
        return found if found is not None and found.digest == digest else None

    @property
    def newest(self) -> Protocol:
        """The version that new networks begin with."""
        return self._released[max(self._released)]


PROTOCOL_1 = Protocol(
    version=1,
    digest="1d04f71eb693934208c4bd470ac613d5a03173d65343b00ce86b457ca2a5822e",
    natives=NATIVE_CALLS,
)
"""Until CHANGELOG tags 1.0 it is amended in place; from then on a change of what blocks do is a new version."""
RELEASED = Protocols(PROTOCOL_1)
