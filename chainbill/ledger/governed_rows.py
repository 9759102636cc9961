"""Rows of governance that the core acts on by itself, and what they must look like.

governance/validator key     → {"alg", "name", "party", "address", "status"}   who signs blocks
governance/contract_set [height, proposal] → {"contracts", "removed"}      what is to change together at a height
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
from chainbill.limits import MAX_AMOUNT, MAX_CONTRACTS, MAX_SCAN
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


def check_contract_set(key: bytes, row: Any, height: int) -> None:
    """Refused unless a row of `contract_set` lists names and hashes, each name once, under a later height."""
    parts = split_key(key)[2]
    if len(parts) != 2 or type(parts[0]) is not int or type(parts[1]) is not str:
        raise broken(Reason.CORE_ROW_SCHEMA, "a set of contracts stands under its height and its proposal")
    if parts[0] <= height:
        raise broken(Reason.CORE_ROW_SCHEMA, "a set of contracts becomes active at a later height")
    if type(row) is not dict or set(row) != {"contracts", "removed"}:
        raise broken(Reason.CORE_ROW_SCHEMA, "a set of contracts has contracts and removed")
    entries, removed = row["contracts"], row["removed"]
    if type(entries) is not list or type(removed) is not list or not 1 <= len(entries) + len(removed) <= MAX_CONTRACTS:
        raise broken(Reason.CORE_ROW_SCHEMA, f"a set of contracts has 1 to {MAX_CONTRACTS} of them")
    if any(type(entry) is not dict or set(entry) != {"name", "hash"} for entry in entries):
        raise broken(Reason.CORE_ROW_SCHEMA, "a contract of a set has name and hash")
    names = [*(entry["name"] for entry in entries), *removed]
    texts = [*names, *(entry["hash"] for entry in entries)]
    if any(type(text) is not str for text in texts) or len(set(names)) != len(names):
        raise broken(Reason.CORE_ROW_SCHEMA, "names and hashes of a set are texts, each name once")


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
