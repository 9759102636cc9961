"""The pool against a naive twin: bounds, order, duplicates, expiry."""

from __future__ import annotations

import pytest
from chainbill_node.mempool import Mempool, MempoolFull, Room, VerifiedTransactions
from chainbill_node.mempool.accounts import FIRST_CALL_GAS
from hypothesis import given
from hypothesis import strategies as st

from chainbill.crypto.keys import PrivateKey
from chainbill.ledger.transaction import Call, Transaction, decode_transaction, encode_body, sign_transaction

KEYS = [PrivateKey.from_seed(bytes([number]) * 32) for number in (1, 2)]


def transaction(
    number: int, *, valid_until_ms: int = 1_000, key: int = 0, memo: str = "", party: str = "P", calls: int = 1
) -> Transaction:
    body = encode_body(
        network=bytes(32),
        party=party,
        valid_until_ms=valid_until_ms,
        nonce=number.to_bytes(16, "big"),
        calls=[Call("demo", "act", {})] * calls,
        keys=[one.public for one in KEYS],
        memo=memo,
    )
    return decode_transaction(sign_transaction(body, [KEYS[key]]))


TEN = [transaction(number, valid_until_ms=1_000 + number * 10) for number in range(10)]


def test_the_order_of_arrival_is_kept() -> None:
    pool = Mempool(100, 100_000)
    for one in (TEN[3], TEN[1], TEN[2]):
        assert pool.add(one, 5, own=False)
    assert [one.transaction for one in pool.candidates(Room(10, 1_000_000, 100_000))] == [TEN[3], TEN[1], TEN[2]]
    assert pool.ids() == [TEN[3].id, TEN[1].id, TEN[2].id]


def test_an_id_stands_once_whatever_its_signatures() -> None:
    pool = Mempool(100, 100_000)
    other = transaction(0, valid_until_ms=1_000, key=1)
    assert other.id == TEN[0].id
    assert other.wire_id != TEN[0].wire_id
    assert pool.add(TEN[0], 5, own=True)
    assert not pool.add(other, 6, own=False)
    assert [waiting.transaction.wire_id for waiting in pool] == [TEN[0].wire_id]


def test_it_is_bounded_by_count_and_by_bytes() -> None:
    by_count = Mempool(2, 100_000)
    by_count.add(TEN[0], 0, own=False)
    by_count.add(TEN[1], 0, own=False)
    with pytest.raises(MempoolFull):
        by_count.add(TEN[2], 0, own=False)
    by_bytes = Mempool(100, len(TEN[0].wire) * 2)
    by_bytes.add(TEN[0], 0, own=False)
    by_bytes.add(TEN[1], 0, own=False)
    with pytest.raises(MempoolFull):
        by_bytes.add(TEN[2], 0, own=False)
    by_bytes.remove([TEN[0].id])
    assert by_bytes.add(TEN[2], 0, own=False)


def test_candidates_fit_into_the_block() -> None:
    pool = Mempool(100, 100_000)
    for one in TEN:
        pool.add(one, 0, own=False)
    assert len(pool.candidates(Room(4, 1_000_000, 100_000))) == 4
    assert len(pool.candidates(Room(100, 1_000_000, len(TEN[0].wire) * 3))) == 2  # a little is added to each wire


def test_candidates_use_no_more_gas_than_a_block_may_take() -> None:
    pool = Mempool(100, 100_000)
    waiting = [transaction(number, valid_until_ms=1_000, calls=calls) for number, calls in enumerate((3, 2, 3, 1))]
    for one in waiting:
        pool.add(one, 0, own=False)

    def chosen(calls: int) -> list[Transaction]:
        return [one.transaction for one in pool.candidates(Room(100, calls * FIRST_CALL_GAS, 100_000))]

    assert chosen(9) == waiting
    assert chosen(8) == waiting[:3]
    assert chosen(7) == waiting[:2]
    assert chosen(2) == waiting[:1], "the first may use any gas, or it would never have its turn"
    pool.remove([waiting[0].id])
    assert chosen(2) == waiting[1:2]


ACTS = st.sampled_from(["gossip", "hand in", "find", "remove", "expire"])


@given(st.lists(st.tuples(ACTS, st.integers(0, 9)), max_size=40))
def test_any_history_ends_as_in_a_plain_list(acts: list[tuple[str, int]]) -> None:
    """What waits, in order, and what of it was ever handed in here: peers that connect later are offered that."""
    pool = Mempool(6, 100_000)
    twin: list[Transaction] = []
    handed_in: set[bytes] = set()
    for act, number in acts:
        one = TEN[number]
        if act in ("gossip", "hand in"):
            try:
                added = pool.add(one, 0, own=act == "hand in")
                assert added == (one not in twin)
            except MempoolFull:
                assert len(twin) == 6
                continue
            if added:
                twin.append(one)
                handed_in.discard(one.id)
            if act == "hand in":
                handed_in.add(one.id)
        elif act == "find":
            assert pool.hand_in(one.id) == (one in twin)
            if one in twin:
                handed_in.add(one.id)
        elif act == "remove":
            pool.remove([one.id])
            twin = [other for other in twin if other is not one]
        else:
            gone = pool.expire(one.valid_until_ms)
            assert gone == [other.id for other in twin if other.valid_until_ms < one.valid_until_ms]
            twin = [other for other in twin if other.valid_until_ms >= one.valid_until_ms]
        assert [waiting.transaction for waiting in pool] == twin
        assert [waiting.own for waiting in pool] == [other.id in handed_in for other in twin]
        assert pool.bytes == sum(len(other.wire) for other in twin)


def test_verified_transactions_forget_the_oldest() -> None:
    known = VerifiedTransactions(3)
    known.remember(TEN[:4])
    assert TEN[0].wire_id not in known
    assert known[TEN[3].wire_id] is TEN[3]
    assert len(known) == len(list(known)) == 3
    known.forget([TEN[3].wire_id, b"?"])
    assert known.get(TEN[3].wire_id) is None
