"""Warnings of a node that is ready: what will stop it, or make it useless, if nobody acts.

Pure: what a warning is and how it is shown. Who finds one (`runtime.free_space`, …) is asked by
`process.warning_monitor`, which keeps those that hold now, logs and counts them. `/ready` shows them as `warnings`;
`doctor`, `localnet status` and `node status` print them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chainbill_node.foundation.operator_error import Pair

DISK_NEARLY_FULL = "disk_nearly_full"
CLOCK_OFF = "clock_off"
CERTIFICATE_ENDS = "certificate_ends"
PEER_CERTIFICATE_ENDS = "peer_certificate_ends"
AUTHORITY_ENDS = "certificate_authority_ends"
CERTIFICATE_FILES_REFUSED = "certificate_files_refused"
DAY_ITEMS_FAILED = "day_items_failed"
KEYS = (
    DISK_NEARLY_FULL, CLOCK_OFF, CERTIFICATE_ENDS, PEER_CERTIFICATE_ENDS, AUTHORITY_ENDS, CERTIFICATE_FILES_REFUSED,
    DAY_ITEMS_FAILED,
)  # fmt: skip
"""Every key a warning may have: the label of its metric, and a row of docs/reference/node-operation.md."""


@dataclass(frozen=True, slots=True)
class NodeWarning:
    """One warning. key: one of KEYS; what, mend: (English, Chinese); fields: the figures in them, for programs."""

    key: str
    what: Pair
    mend: Pair
    fields: Mapping[str, str | int | None]

    def shape(self, language: str) -> dict[str, Any]:
        """As /ready shows it, in "en" or "zh"."""
        place = 1 if language == "zh" else 0
        return {"key": self.key, "text": self.what[place], "mend": self.mend[place], "fields": dict(self.fields)}
