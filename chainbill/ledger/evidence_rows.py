"""Evidence in a block: checked against the validators of its height, counted once, kept as a row.

`core/evidence` [validator, height, round, type], of a report [validator, height, what, 0], → {"kind", "height",
"time_ms"}: which kind of evidence, and the block that recorded it. Governance reads these rows; nothing happens to a
validator by itself.
"""

from __future__ import annotations

from typing import Any

from chainbill.errors import Reason, Refused
from chainbill.ledger import core_rows
from chainbill.ledger.environment import BlockEnv
from chainbill.ledger.evidence import REPORT_KIND, decode_evidence, evidence_id, verify_evidence
from chainbill.ledger.receipt import NO_SALT, Kind, Receipt, Status
from chainbill.ledger.rules import BlockRules
from chainbill.state.overlay import Overlay


def record_evidence(data: bytes, overlay: Overlay, env: BlockEnv, rules: BlockRules, time_ms: int) -> Receipt:
    """Record encoded evidence; Malformed or Refused if it does not belong into a block at this height and time."""
    evidence = decode_evidence(data)
    validator, height, round_or_what, type_ = evidence.key
    validators = env.validators_at(height) if height < env.height else None
    happened_ms = env.time_at(height) if height < env.height else None
    if validators is None or happened_ms is None or time_ms - happened_ms > rules.evidence_age_ms:
        raise Refused(Reason.EVIDENCE_EXPIRED, "evidence is of an earlier height and not older than evidence_age_ms")
    key = core_rows.evidence_key(validator, height, round_or_what, type_)
    if overlay.get(key) is not None:
        raise Refused(Reason.EVIDENCE_KNOWN, "this misdeed is recorded already")
    verify_evidence(evidence, env.genesis.hash, validators, engine=env.genesis.engine)
    kind = evidence.fields()[1]
    overlay.put(key, {"kind": kind, "height": env.height, "time_ms": time_ms})
    facts: dict[str, Any] = {"kind": kind, "validator": validator.hex(), "height": height}
    facts |= {"what": round_or_what} if kind == REPORT_KIND else {"round": round_or_what, "type": type_}
    events = [[core_rows.CORE, "evidence_recorded", facts]]
    return Receipt(Kind.EVIDENCE.value, evidence_id(data), NO_SALT, Status.OK.value, "", {}, [], events, 0)
