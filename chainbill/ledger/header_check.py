"""Whether a header fits onto its parent, and how to make one that does."""

from __future__ import annotations

from collections.abc import Sequence

from chainbill.errors import Reason, Refused
from chainbill.ledger.block import Block, Header, evidence_root, parent_certificate_hash, tx_root
from chainbill.ledger.envelope import wire_id_of
from chainbill.ledger.environment import BlockEnv
from chainbill.ledger.in_force import InForce
from chainbill.ledger.parent_certificate import check_parent_certificate


def check_header(block: Block, env: BlockEnv, app_hash: bytes, holds: InForce) -> None:
    """Refused unless the block's header follows `env`, the state root `app_hash` and what holds at its height, protocol
    and rules; the first that it breaks is named.

    Whose turn it was to propose, and whether the time is near the own clock, are questions of consensus.
    """
    header, rules, protocol = block.header, holds.rules.block, holds.protocol.version
    _require(header.network == env.genesis.hash, Reason.NETWORK_WRONG, "the block is of another network")
    _require(header.protocol == protocol, Reason.BLOCK_PROTOCOL, f"protocol {protocol} is in force")
    _require(header.height == env.height, Reason.BLOCK_HEIGHT, f"the next height is {env.height}")
    _require(header.parent == env.parent, Reason.BLOCK_PARENT, "the block does not follow the newest one")
    _require(header.time_ms > env.parent_time_ms, Reason.BLOCK_TIME, "a block is later than its parent")
    _require(header.proposer in env.validators, Reason.BLOCK_PROPOSER, "the proposer is no validator")
    _require(header.app_hash == app_hash, Reason.BLOCK_APP_HASH, "app_hash is not that of the state after the parent")
    _require(header.receipts_root == env.receipts_root, Reason.BLOCK_RECEIPTS_ROOT, "receipts_root is not the parent's")
    _require(header.receipts_count == env.receipts_count, Reason.BLOCK_COUNTS, "receipts_count is not the parent's")
    _require(header.history_root == env.history.root(), Reason.BLOCK_HISTORY_ROOT, "history_root is of other blocks")
    same_sets = header.validators_hash == env.validators.hash()
    same_sets = same_sets and header.next_validators_hash == env.next_validators.hash()
    _require(same_sets, Reason.BLOCK_VALIDATORS_HASH, "the validator sets are others")
    counts = len(block.transactions) <= rules.block_transactions and len(block.evidence) <= rules.block_evidence
    _require(counts, Reason.BLOCK_TOO_LARGE, "too many transactions or too much evidence")
    _require(len(block.encoded) <= rules.block_bytes, Reason.BLOCK_TOO_LARGE, f"at most {rules.block_bytes} bytes")
    block.check_roots()
    check_parent_certificate(block, env)


def make_block(
    env: BlockEnv,
    app_hash: bytes,
    *,
    protocol: int,
    time_ms: int,
    proposer: bytes,
    transactions: Sequence[bytes],
    evidence: Sequence[bytes] = (),
    wire_ids: Sequence[bytes] = (),
) -> Block:
    """The block of these transactions (wire bytes) and evidence that follows `env` and the state root `app_hash`.

    protocol: the version that is in force at its height. wire_ids: of the first transactions, as far as the caller has
    hashed them already.
    """
    ids = (*wire_ids, *map(wire_id_of, transactions[len(wire_ids) :]))
    header = Header(
        network=env.genesis.hash,
        height=env.height,
        time_ms=time_ms,
        protocol=protocol,
        proposer=proposer,
        parent=env.parent,
        parent_certificate=parent_certificate_hash(env.parent_certificate),
        tx_count=len(transactions),
        tx_root=tx_root(ids),
        evidence_count=len(evidence),
        evidence_root=evidence_root(evidence),
        app_hash=app_hash,
        receipts_count=env.receipts_count,
        receipts_root=env.receipts_root,
        history_root=env.history.root(),
        validators_hash=env.validators.hash(),
        next_validators_hash=env.next_validators.hash(),
    )
    block = Block(header, tuple(transactions), tuple(evidence), env.parent_certificate)
    vars(block)["wire_ids"] = ids
    return block


def _require(condition: bool, reason: Reason, detail: str) -> None:
    if not condition:
        raise Refused(reason, detail)
