"""A data directory that does not go back to its genesis: what is changed in it is found wherever it can be told.

What can be told is said anew here, from what the reference says of verifying: all that blocks, the state and the sets
name. History and the headers below the lowest block hang on nothing that is still there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from chainbill_node.home.verify import verify_store
from chainbill_node.storage.chain import layout, pruning
from chainbill_node.storage.chain.layout import height_key
from chainbill_node.storage.chain.pruning import Pruner
from chainbill_node.storage.chain.records import HeightRecord, decode_validators, encode_validators
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import DiskError, prefix_end
from node_chain import LocalChain
from writes import account_at

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.validators import ValidatorSet
from chainbill.limits import HOUR_MS

Rows = list[tuple[bytes, bytes]]
PROPOSERS, HEIGHTS = 5, 40
OF_HEIGHTS = {"block": layout.BLOCK, "certificate": layout.CERTIFICATE, "receipts": layout.RECEIPTS}
OF_STATE = {"state": layout.STATE, "bucket": layout.BUCKET, "leaf": layout.LEAF, "sum": layout.SUM}
OTHERWISE = {
    "block_id": bytes(32), "time_ms": 1, "app_hash": bytes(32), "receipts_count": 99, "receipts_root": bytes(32),
}  # fmt: skip
"""Of a record what a block certifies, each with a value that it does not have."""


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChain]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pruning, "PROPOSERS_KEPT", PROPOSERS)
        made = LocalChain(tmp_path_factory.mktemp("kept") / "net")
        made.trade()
        for hour in range(HEIGHTS):
            made.time_ms += HOUR_MS
            made.commit(*[made.sign("anchor", account_at(made.party(f"bank{1 + hour % 2}")))] if hour % 3 else [])
        pruner = Pruner(made.store, 1)
        while pruner.step():
            pass
        made.ledger.forget_readers()
        yield made


def rows_of(chain: LocalChain, prefix: bytes) -> Rows:
    return list(chain.store.range(prefix, prefix_end(prefix)))


def is_found(chain: LocalChain, puts: Rows, deletes: list[bytes] | None = None) -> bool:
    """In the report, or nothing is even opened."""
    store = MemoryStore(dict(chain.store.range(b"", b"\xff")))
    store.write(puts, deletes or [])
    try:
        return not verify_store(store, chain.genesis).ok
    except DiskError:
        return True


def places(rows: Rows) -> list[int]:
    return sorted({0, 1, len(rows) // 2, len(rows) - 2, len(rows) - 1})


def test_what_was_pruned_is_whole(chain: LocalChain) -> None:
    assert chain.ledger.lowest_height > PROPOSERS
    report = verify_store(chain.store, chain.genesis)
    assert report.ok, report.problems
    assert report.blocks == chain.ledger.info().height + 1 - chain.ledger.lowest_height
    assert report.rows["sum"] > 10


@pytest.mark.parametrize("space", [*OF_HEIGHTS, *OF_STATE])
def test_a_row_that_is_gone_or_is_another_ones_is_found(chain: LocalChain, space: str) -> None:
    """In good form, but of another place: a block, a certificate or a row that was true elsewhere."""
    rows = rows_of(chain, (OF_HEIGHTS | OF_STATE)[space])
    if space == "receipts":  # those of the genesis are named by no block that is here
        rows = [row for row in rows if row[0] >= height_key(layout.RECEIPTS, chain.ledger.lowest_height)]
    for place in places(rows):
        key, value = rows[place]
        assert is_found(chain, [], [key]), place
        other = next(one for _, one in [*rows[place + 1 :], *rows] if one[8:] != value[8:])  # but since when
        assert is_found(chain, [(key, other)]), place


def test_that_all_blocks_and_certificates_are_gone_is_found(chain: LocalChain) -> None:
    gone = [key for space in (layout.BLOCK, layout.CERTIFICATE) for key, _ in rows_of(chain, space)]
    store = MemoryStore(dict(chain.store.range(b"", b"\xff")))
    store.write([], gone)
    assert any("block_missing" in one.detail for one in verify_store(store, chain.genesis).problems)


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_record_that_no_block_certifies_is_found(chain: LocalChain, field: str) -> None:
    lowest, head = chain.ledger.lowest_height, chain.ledger.info().height
    for height in (lowest, lowest + 1, head - 1, head):
        raw = chain.store.get(height_key(layout.RECORD, height))
        assert raw is not None
        wrong = replace(HeightRecord.decode(raw), **{field: OTHERWISE[field]})  # type: ignore[arg-type]
        assert is_found(chain, [(height_key(layout.RECORD, height), wrong.encode())]), height


def test_a_set_that_no_header_names_is_found(chain: LocalChain) -> None:
    [(key, raw)] = rows_of(chain, layout.VALIDATORS)
    own = decode_validators(raw).validators
    another = replace(own[0], key=PrivateKey.generate().public)
    for members in ((another,), (*own, another)):
        wrong = encode_validators(ValidatorSet(tuple(sorted(members, key=lambda one: one.key))))
        assert is_found(chain, [(key, wrong)]), "the set of the genesis"
        for height in (chain.ledger.lowest_height, chain.ledger.info().height):
            assert is_found(chain, [(height_key(layout.VALIDATORS, height), wrong)]), height


def test_a_log_of_block_ids_that_no_header_names_is_found(chain: LocalChain) -> None:
    """Of what a kept block has completed, or of what it goes on from."""
    lowest, head = chain.ledger.lowest_height, chain.ledger.info().height
    for level in range(head.bit_length()):
        index = (head >> level) - 1
        key = layout.LOG + bytes((level,)) + index.to_bytes(8, "big")
        if (index + 1) << level >= lowest:
            assert is_found(chain, [], [key]), level
            assert is_found(chain, [(key, bytes(32))]), level
