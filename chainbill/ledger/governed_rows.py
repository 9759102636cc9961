"""Rows of governance that the core acts on by itself, and what they must look like.

governance/validator key     → {"alg", "name", "party", "address", "status"}   who signs blocks
governance/contract_next name → {"source", "version", "active_from", …}    what is to run from a height on
governance/rules_next [height, proposal] → {"changes", "currencies", "python"}   rules from a height on
governance/protocol_next "next" → {"version", "digest", "from"}            the protocol from a height on
governance/clock "offset"    → {"offset_ms"}                               of an adjustable clock
"""

from __future__ import annotations

from typing import Any

from chainbill.errors import InternalFault, Malformed, Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.in_force import ProtocolRow
from chainbill.ledger.token_rules import broken
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.limits import MAX_AMOUNT, MAX_SCAN
from chainbill.state.keys import split_key
from chainbill.state.overlay import Overlay

ACTIVE = "active"


def validator_set(overlay: Overlay) -> ValidatorSet:
    """The set of active validators; Malformed if there is none, too many, or a row that is none."""
    active = []
    for key, row in overlay.scan(core_rows.VALIDATORS, limit=MAX_SCAN):
        if type(row) is not dict:
            raise Malformed(Reason.SHAPE_WRONG, "a validator's row is a map")
        if row.get("status") != ACTIVE:
            continue
        public_key = split_key(key)[2][0]
        try:
            public = bytes.fromhex(str(public_key))
        except ValueError:
            raise Malformed(Reason.SHAPE_WRONG, "a validator stands under its key in hexadecimal") from None
        fields = [row.get("alg"), public, row.get("name"), row.get("party"), row.get("address", "")]
        active.append(Validator.from_fields(fields))
    return ValidatorSet.of(active)


def validator_row(validator: Validator) -> dict[str, str]:
    """The row of an active validator."""
    return {
        "alg": validator.alg,
        "name": validator.name,
        "party": validator.party,
        "address": validator.address,
        "status": ACTIVE,
    }


def check_next_contract(row: Any, height: int) -> None:
    """Refused unless a row of `contract_next` names a source and a later height."""
    if type(row) is not dict or type(row.get("source")) is not str or type(row.get("active_from")) is not int:
        raise broken(Reason.CORE_ROW_SCHEMA, "a next contract has a source and the height it is active from")
    if row["active_from"] <= height:
        raise broken(Reason.CORE_ROW_SCHEMA, "a contract becomes active at a later height")


def check_clock(old: Any, new: Any, *, adjustable: bool) -> None:
    """Refused unless the clock is adjustable and its offset, in ms, grows."""
    if not adjustable:
        raise broken(Reason.CORE_ROW_FIXED, "the clock of this network is not adjustable")
    before = 0 if old is None else old["offset_ms"]
    after = new.get("offset_ms") if type(new) is dict else None
    if type(after) is not int or not before <= after <= MAX_AMOUNT:
        raise broken(Reason.CORE_ROW_SCHEMA, "the clock's offset is in milliseconds and only grows")


def check_protocol(overlay: Overlay, row: Any) -> ProtocolRow:
    """Refused or Malformed unless a row names a version above the active one, or that one itself to call a vote off."""
    wanted = ProtocolRow.from_row(row)
    active = overlay.get(core_rows.PROTOCOL)
    if active is None:
        raise InternalFault(Reason.ROW_MALFORMED, "the state names no protocol")
    same = (wanted.version, wanted.digest) == (active["version"], active["digest"])
    if wanted.version <= active["version"] and not same:
        detail = f"protocol {active['version']} is active; the next has a higher number"
        raise Refused(Reason.PROTOCOL_NOT_LATER, detail, active=active["version"])
    return wanted


def keep_protocol(overlay: Overlay, row: Any, height: int) -> None:
    """Write the protocol that was decided as the next one; that which is active now calls off what was decided."""
    if row is None:
        raise broken(Reason.CORE_ROW_FIXED, "a decided protocol is replaced, not deleted")
    wanted = check_protocol(overlay, row)
    if wanted.start <= height:
        raise broken(Reason.CORE_ROW_SCHEMA, "a protocol begins at a later height")
    if wanted.version == overlay.get(core_rows.PROTOCOL)["version"]:
        overlay.delete(core_rows.NEXT_PROTOCOL)
    else:
        overlay.put(core_rows.NEXT_PROTOCOL, wanted.row())
