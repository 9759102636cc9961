"""Records: small rows the database keeps beside blocks: one a height, and validator sets."""

from __future__ import annotations

from dataclasses import dataclass

from chainbill import codec
from chainbill.ledger.validators import ValidatorSet

MAX_RECORD_BYTES = 4096
MAX_SET_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class HeightRecord:
    """What is known after the block of `height` was applied. Height 0 is the genesis state; its block id is the
    genesis hash. `app_hash`, `receipts_count` and `receipts_root` are those that header `height` + 1 must carry;
    `next_day_ms` is when the next day item is due (UTC), None when there is none."""

    height: int
    block_id: bytes
    time_ms: int
    app_hash: bytes
    receipts_count: int
    receipts_root: bytes
    changed_state: bool
    has_more_work: bool
    next_day_ms: int | None

    def encode(self) -> bytes:
        """Canonical bytes."""
        return codec.encode_trusted(
            [
                self.height,
                self.block_id,
                self.time_ms,
                self.app_hash,
                self.receipts_count,
                self.receipts_root,
                self.changed_state,
                self.has_more_work,
                self.next_day_ms,
            ]
        )

    @classmethod
    def decode(cls, data: bytes) -> HeightRecord:
        """From `encode`. Raises Malformed."""
        return cls(*codec.decode(data, max_bytes=MAX_RECORD_BYTES))


def encode_validators(validators: ValidatorSet) -> bytes:
    """Canonical list of the validators' lists."""
    return codec.encode(validators.fields())


def decode_validators(data: bytes) -> ValidatorSet:
    """From `encode_validators`. Raises Malformed."""
    return ValidatorSet.from_fields(codec.decode(data, max_bytes=MAX_SET_BYTES))
