"""What holds at a height: its protocol version and its rules, from the state of its parent alone.

Rows: `core/protocol` "active", "next" → {"version", "digest", "from"}; `core/rules` "active"; `governance/rules_next`.
First the protocol: where the next one begins at this height, it makes its own of the rules. Then the changes of
rules whose height has come, in key order. So a header is checked by the very rules that its block runs by.

The field's word: hard fork.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chainbill.codec import decode
from chainbill.errors import InternalFault, Malformed, Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.rule_changes import active_from, changed
from chainbill.ledger.rules import Rules, check_names, rules_of_bytes, rules_of_row
from chainbill.ledger.shapes import as_int, as_map, as_text
from chainbill.protocols import Protocol, Protocols
from chainbill.state import rows
from chainbill.state.view import View

MAX_DUE = 64
"""Changes looked at in a block; further ones wait for the next."""
DIGEST_DIGITS = 64


@dataclass(frozen=True, slots=True)
class ProtocolRow:
    """A version, the digest of what it does, and the height it is from."""

    version: int
    digest: str
    start: int

    @classmethod
    def from_row(cls, value: Any) -> ProtocolRow:
        """Read a row; Malformed if it is none."""
        row = as_map(value, "a protocol")
        return cls(
            as_int(row.get("version"), "version", low=1),
            as_text(row.get("digest"), "digest", at_least=DIGEST_DIGITS, at_most=DIGEST_DIGITS),
            as_int(row.get("from"), "from"),
        )

    def row(self) -> dict[str, Any]:
        """The row of the state."""
        return {"version": self.version, "digest": self.digest, "from": self.start}


@dataclass(frozen=True, slots=True)
class Due:
    """A change whose height has come: the key of its row, what it asks for, and why it cannot be, None where it can."""

    key: bytes
    change: dict[str, Any]
    problem: Refused | Malformed | None


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds at a height. begins: the protocol begins here. due: the changes of rules that its block takes up."""

    protocol: Protocol
    rules: Rules
    begins: ProtocolRow | None
    due: tuple[Due, ...]


def in_force(view: View, height: int, protocols: Protocols) -> InForce:
    """What holds in the block of `height`. InternalFault: the state holds no rules, or the version is not here."""
    raw = view.get(core_rows.RULES)
    if raw is None:
        raise InternalFault(Reason.ROW_MALFORMED, "the state names no rules")
    rules = rules_of_bytes(rows.value_bytes(raw))
    active, following = protocol_rows(view)
    begins = None
    if following is not None and following.start <= height:
        active = begins = following
    protocol = protocols.get(active.version, active.digest)
    if protocol is None:
        detail = f"block {height} needs protocol {active.version} ({active.digest[:16]}), which this software lacks"
        raise InternalFault(Reason.PROTOCOL_UNKNOWN, detail, version=active.version, height=height)
    if begins is not None:
        rules = rules_of_row(protocol.upgrade(rules.row()))
        check_names(rules, protocol.version)
    due: list[Due] = []
    for key, change_row in view.scan(core_rows.NEXT_RULES, b"", MAX_DUE):
        if active_from(key) > height:
            break
        change = rows.value(change_row)
        problem: Refused | Malformed | None = None
        try:
            rules = changed(rules, change)
        except (Refused, Malformed) as error:
            problem = error
        due.append(Due(key, change, problem))
    return InForce(protocol, rules, begins, tuple(due))


def protocol_rows(view: View) -> tuple[ProtocolRow, ProtocolRow | None]:
    """The version that is active in a state, and the one that is to come."""
    active = view.get(core_rows.PROTOCOL)
    if active is None:
        raise InternalFault(Reason.ROW_MALFORMED, "the state names no protocol")
    following = view.get(core_rows.NEXT_PROTOCOL)
    return _read(rows.value_bytes(active)), None if following is None else _read(rows.value_bytes(following))


@lru_cache(16)
def _read(encoded: bytes) -> ProtocolRow:
    return ProtocolRow.from_row(decode(encoded))
