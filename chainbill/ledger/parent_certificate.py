"""The certificate of its parent that a block carries: a block whose parent's does not verify is refused whole.

Nodes commit one block with certificates of different signers, all as good; the next block says which of them the chain
keeps. A node verifies the signatures of every one but that which it committed the parent with itself.
"""

from __future__ import annotations

from chainbill.errors import ChainbillError, Reason, Refused
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import decode_certificate, verify_certificate
from chainbill.ledger.engine import ENGINE
from chainbill.ledger.environment import BlockEnv


def check_parent_certificate(block: Block, env: BlockEnv) -> None:
    """Refused `block_parent_certificate` unless the block carries a good certificate of the block before it.

    Block 1 carries none, its parent is the genesis; nor does any block that another engine than the built-in one
    decides, whose own blocks carry its signatures. That the header names these bytes is `Block.check_roots`.
    """
    data = block.parent_certificate
    if env.previous is None or env.genesis.engine != ENGINE:
        _require(data is None, "there is no certificate of the parent here")
        return
    if data is None:
        raise Refused(Reason.BLOCK_PARENT_CERTIFICATE, "the certificate of the parent is missing")
    if data == env.parent_certificate:
        return
    try:
        certificate = decode_certificate(data)
        right = (certificate.height, certificate.block_id) == (env.previous.height, env.previous.id)
        _require(right, "the certificate is not of the block before")
        verify_certificate(certificate, env.genesis.hash, env.parent_validators)
    except ChainbillError as error:
        if error.reason == Reason.BLOCK_PARENT_CERTIFICATE:
            raise
        raise Refused(Reason.BLOCK_PARENT_CERTIFICATE, str(error)) from error


def _require(condition: bool, detail: str) -> None:
    if not condition:
        raise Refused(Reason.BLOCK_PARENT_CERTIFICATE, detail)
