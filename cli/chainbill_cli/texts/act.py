"""What people read of acts, declared with them: names, `act.bill_reject`; of plain ones help and head of a preview."""

from __future__ import annotations

from chainbill_contracts.declared_acts import acts

TEXTS: dict[str, tuple[str, str]] = {"act.named": ("{name} ({act})", "{name}（{act}）")}
for place, act in acts().items():
    key = f"act.{place.replace('.', '_')}"
    TEXTS[key] = act.name
    if act.plain is not None:
        TEXTS |= {f"{key}_help": act.plain.help, f"{key}_asks": act.plain.asks}
