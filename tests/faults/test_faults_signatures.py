"""A proposer that changes who signed (formats S1): honest nodes refuse its blocks, and the author's own bytes commit.

Other signatures than the author asked for break the form: nobody takes up such a proposal, and its sender is kept out.
As many as asked for, and not good: the block is refused.

Before signers stood in the body, such a block was committed, the transaction's id was used up with a refusal, and its
author's bytes could never be committed any more.
"""

from __future__ import annotations

import secrets
import time
from pathlib import Path

import pytest
from clients import start_odd
from node_processes import Network
from odd_node import HOW
from test_node_kills import Flow
from writes import account_at

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.transaction import Call, decode_transaction, encode_body, sign_transaction

pytestmark = pytest.mark.e2e
HONEST = ("bank2", "bank3", "bank4")
SAID = {"replaced": "refused_block"}
BAD_FORM = "why=transaction_signatures"
MOST = 60  # transactions until the liar's turn to propose one must have come


def signed_by_anchor(network: Network, other: PrivateKey, number: int) -> bytes:
    """A transaction that the anchor or the holder of `other` may sign; the anchor does."""
    bank = network.party("bank1" if number % 2 else "bank2")
    body = encode_body(
        network=network.created.genesis.hash,
        party=network.party("anchor"),
        valid_until_ms=time.time_ns() // 1_000_000 + 600_000,
        nonce=secrets.token_bytes(16),
        calls=[Call(*account_at(bank))],
        keys=[network.key("anchor").public, other.public],
    )
    return sign_transaction(body, [network.key("anchor")])


@pytest.mark.parametrize("how", HOW)
def test_a_proposer_that_changes_signatures_is_refused_and_the_authors_bytes_commit(tmp_path: Path, how: str) -> None:
    other = PrivateKey.generate()
    with Network(tmp_path / "net", 4) as network:
        network.start(*HONEST)
        start_odd(network, "bank1", "--tamper", how, "--with-key", other.seed.hex())
        network.wait_ready()
        with Flow(network):  # blocks with transactions at every height, so that the liar's turn comes among them
            for number in range(MOST):
                wire = signed_by_anchor(network, other, number)
                status, body = network.send(HONEST[number % 3], wire, timeout_s=40)
                assert (status, body["status"]) == (201, "committed"), body
                assert body["id"] == decode_transaction(wire).id.hex()
                path = f"/v1/transactions/{body['id']}"
                for name in HONEST:
                    network.wait(lambda name=name, path=path: network.get(name, path)["status"] == "committed", path)
                if all(SAID.get(how, BAD_FORM) in network.log_of(name) for name in HONEST):
                    break
            else:
                pytest.fail("no honest node refused a block: the liar's turn never came, or its blocks were taken")
        network.wait(lambda: len({network.get(name, "/ready")["app_hash"] for name in HONEST}) == 1, "agreement")
