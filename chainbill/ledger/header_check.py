"""Whether a header fits onto its parent, and how to make one that does."""

from __future__ import annotations

from collections.abc import Sequence

from chainbill.errors import Reason, Refused
from chainbill.ledger.block import Block, Header, evidence_root, tx_root
from chainbill.ledger.environment import BlockEnv
from chainbill.ledger.rules import BlockRules
from chainbill.ledger.transaction import wire_id_of


def check_header(block: Block, env: BlockEnv, app_hash: bytes, rules: BlockRules) -> None:
    """Refused unless the block's header follows `env`, the state root `app_hash` and the rules of its height; the first
    that it breaks is named.

    Whose turn it was to propose, and whether the time is near the own clock, are questions of consensus.
    """
    header = block.header
    _require(header.network == env.genesis.hash, Reason.NETWORK_WRONG, "the block is of another network")
    _require(header.height == env.height, Reason.BLOCK_HEIGHT, f"the next height is {env.height}")
    _require(header.parent == env.parent, Reason.BLOCK_PARENT, "the block does not follow the newest one")
    _require(header.time_ms > env.parent_time_ms, Reason.BLOCK_TIME, "a block is later than its parent")
    _require(header.proposer in env.validators, Reason.BLOCK_PROPOSER, "the proposer is no validator")
    _require(header.app_hash == app_hash, Reason.BLOCK_APP_HASH, "app_hash is not that of the state after the parent")
    _require(header.receipts_root == env.receipts_root, Reason.BLOCK_RECEIPTS_ROOT, "receipts_root is not the parent's")
    same_sets = header.validators_hash == env.validators.hash()
    same_sets = same_sets and header.next_validators_hash == env.next_validators.hash()
    _require(same_sets, Reason.BLOCK_VALIDATORS_HASH, "the validator sets are others")
    counts = len(block.transactions) <= rules.block_transactions and len(block.evidence) <= rules.block_evidence
    _require(counts, Reason.BLOCK_TOO_LARGE, "too many transactions or too much evidence")
    _require(len(block.encoded) <= rules.block_bytes, Reason.BLOCK_TOO_LARGE, f"at most {rules.block_bytes} bytes")
    block.check_roots()


def make_block(
    env: BlockEnv,
    app_hash: bytes,
    *,
    time_ms: int,
    proposer: bytes,
    transactions: Sequence[bytes],
    evidence: Sequence[bytes] = (),
) -> Block:
    """The block of these transactions (wire bytes) and evidence that follows `env` and the state root `app_hash`."""
    header = Header(
        network=env.genesis.hash,
        height=env.height,
        time_ms=time_ms,
        proposer=proposer,
        parent=env.parent,
        tx_root=tx_root([wire_id_of(wire) for wire in transactions]),
        evidence_root=evidence_root(evidence),
        app_hash=app_hash,
        receipts_root=env.receipts_root,
        validators_hash=env.validators.hash(),
        next_validators_hash=env.next_validators.hash(),
    )
    return Block(header, tuple(transactions), tuple(evidence))


def _require(condition: bool, reason: Reason, detail: str) -> None:
    if not condition:
        raise Refused(reason, detail)
