"""A party that floods fills its share of the pool and no more; everybody else gets in and into the next blocks."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import tomli_w
from chainbill_node.home.config import config_content, load_config
from chainbill_node.mempool import Mempool, MempoolFull, Room
from chainbill_node.mempool.accounts import FIRST_CALL_GAS
from chainbill_node.mempool.limits import LEAST_SHARE_TRANSACTIONS, WIRE_OVERHEAD_BYTES
from hypothesis import given
from hypothesis import strategies as st
from node_processes import Network
from test_node_mempool import transaction
from writes import account_at

from chainbill.codec import encode

pytestmark = pytest.mark.untraced


def of(party: str, number: int, **more: Any) -> Any:
    return transaction(number, party=party, **more)


def fill(pool: Mempool, party: str, start: int = 0, **more: Any) -> int:
    """As many as go in."""
    for number in range(start, start + 10_000):
        try:
            pool.add(of(party, number, **more), number, own=False)
        except MempoolFull:
            return number - start
    raise AssertionError("the pool has no bound")


def test_one_party_fills_half_and_each_further_one_half_of_the_rest() -> None:
    pool = Mempool(1_000, 10_000_000)
    assert fill(pool, "flood") == 500
    with pytest.raises(MempoolFull, match="mempool_party_share"):
        pool.add(of("flood", 20_000), 0, own=False)
    assert pool.add(of("honest", 20_001), 0, own=False)
    assert fill(pool, "second", 30_000) == 250
    assert fill(pool, "third", 50_000) == 125
    pool.remove(pool.ids())
    assert (len(pool), pool.bytes, pool.parties) == (0, 0, 0)


def test_the_share_is_one_of_bytes_too() -> None:
    size = len(of("flood", 0, memo="x" * 200).wire)
    pool = Mempool(100_000, 400_000)
    count = fill(pool, "flood", memo="x" * 200)
    assert abs(count * size - 200_000) <= size
    with pytest.raises(MempoolFull, match="mempool_party_share"):
        pool.add(of("flood", 10_000, memo="x" * 200), 0, own=False)
    assert pool.add(of("honest", 20_000), 0, own=False)


def test_a_small_pool_is_still_of_use_to_one_party() -> None:
    pool = Mempool(LEAST_SHARE_TRANSACTIONS, 1_000_000)
    assert fill(pool, "only") == LEAST_SHARE_TRANSACTIONS


def test_a_block_takes_turns_and_keeps_each_partys_order() -> None:
    pool = Mempool(1_000, 10_000_000)
    fill(pool, "flood")
    for number in range(3):
        pool.add(of("honest", 20_000 + number), 0, own=False)
    chosen = pool.candidates(Room(10, 5_000_000, 1_000_000))
    assert [one.transaction.party for one in chosen] == ["flood"] * 8 + ["honest"] * 2
    assert [one.early for one in chosen] == [False] * 8 + [True] * 2
    nonces = [int.from_bytes(one.transaction.nonce, "big") for one in chosen]
    assert nonces == [*range(8), 20_000, 20_001]
    pool.remove([one.transaction.id for one in chosen])
    all_fit = pool.candidates(Room(5_000, 25_000_000, 10_000_000))
    assert not any(one.early for one in all_fit), "nothing comes before its turn"


@pytest.mark.parametrize("parties", ["a", "ab", "abc"])
def test_as_many_bytes_as_there_is_room_for_go_in_and_none_more(parties: str) -> None:
    """Whatever fits to the byte; where a byte is missing, one transaction less."""
    pool = Mempool(150, 1_000_000)
    for number in range(12):
        pool.add(of(parties[number % len(parties)], number), number, own=False)
    [size] = {len(one.transaction.wire) + WIRE_OVERHEAD_BYTES for one in pool}
    for count in range(1, 13):
        assert len(pool.candidates(Room(50, 25_000_000, count * size))) == count
        assert len(pool.candidates(Room(50, 25_000_000, count * size - 1))) == count - 1


@given(
    acts=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 60)), max_size=12),
    room=st.builds(Room, st.integers(1, 50), st.integers(1, 50).map(FIRST_CALL_GAS.__mul__), st.integers(200, 9_000)),
)
def test_candidates_always_fit_and_are_in_order(acts: list[tuple[str, int]], room: Room) -> None:
    pool = Mempool(150, 1_000_000)
    number = 0
    for party, count in acts:
        for _ in range(count):
            number += 1
            try:
                pool.add(of(party, number), number, own=False)
            except MempoolFull:
                break
    chosen = pool.candidates(room)
    assert len(chosen) <= min(room.transactions, room.gas // FIRST_CALL_GAS)
    assert sum(len(one.transaction.wire) + 5 for one in chosen) <= room.bytes
    assert [one.arrived_ms for one in chosen] == sorted(one.arrived_ms for one in chosen)
    for party in "abc":
        theirs = [one for one in pool if one.transaction.party == party]
        assert [one for one in chosen if one.transaction.party == party] == theirs[: len(
            [one for one in chosen if one.transaction.party == party]
        )]  # fmt: skip
    longest = max([len(one.transaction.wire) + 5 for one in pool], default=0)
    if (
        len(pool)
        and room.bytes >= 2 * pool.parties * longest
        and min(room.transactions, room.gas // FIRST_CALL_GAS) >= 2 * pool.parties
    ):
        assert {one.transaction.party for one in chosen} == {one.transaction.party for one in pool}


# --- through the REST interface of a real node


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("share") / "net", 1) as running:
        home = running.nodes["bank1"].home
        content = config_content(load_config(home))
        content["limits"] |= {"mempool_transactions": 60, "block_transactions": 10}
        (home / "node.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
        running.start()
        running.wait_ready()
        yield running


def flood(network: Network, over: threading.Event, said: list[dict[str, Any]]) -> None:
    """supplier1 hands in as fast as it can, in batches, and never waits."""
    bank = network.party("bank1")
    with httpx.Client(base_url=network.nodes["bank1"].api, timeout=30) as client:
        while not over.is_set():
            batch = encode([network.sign("supplier1", account_at(bank)) for _ in range(150)])
            answer = client.post(
                "/v1/transactions/batch", content=batch, headers={"Content-Type": "application/msgpack"}
            )
            said.extend(answer.json()["data"])


def beside(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


@pytest.mark.e2e
def test_an_honest_party_gets_through_while_another_floods(network: Network, tmp_path: Path) -> None:
    over, said = threading.Event(), list[dict[str, Any]]()
    thread = beside(lambda: flood(network, over, said))
    try:
        network.wait(lambda: any(one.get("code") == "mempool_party_share" for one in said), "the flood to be refused")
        for number in range(10):
            bank = network.party("bank1")
            status, body = network.send("bank1", network.sign("anchor", account_at(bank)))
            assert (status, body["status"]) == (201, "committed"), (number, body)
    finally:
        over.set()
        thread.join(30)
    refused = [one for one in said if one.get("code") == "mempool_party_share"]
    assert {one["status"] for one in refused} == {429}
    assert all(one["hint"] and network.party("supplier1") in one["detail"] for one in refused)
    assert "mempool_refused" in network.log_of("bank1")
    assert "why=mempool_party_share" in network.log_of("bank1")
    assert network.log_of("bank1").count("mempool_refused") < 200, "one line a second"
    text = httpx.get(network.nodes["bank1"].api + "/metrics").text
    counted = re.search(r'chainbill_turned_away_total\{at="mempool",reason="mempool_party_share"\} (\S+)', text)
    assert counted
    assert float(counted[1]) >= len(refused)


@pytest.mark.e2e
def test_what_has_expired_is_swept_while_no_block_comes(tmp_path: Path) -> None:
    """Two of four validators: nothing is committed, and yet what is too old leaves the pool."""
    with Network(tmp_path / "net", 4) as network:
        for node in network.nodes.values():
            content = config_content(load_config(node.home))
            content["consensus"]["clock_drift_ms"] = 500
            (node.home / "node.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
        network.start("bank1", "bank2")
        network.wait(lambda: network.get("bank1", "/health")["status"] == "ok", "bank1")
        bank = network.party("bank1")
        wire = network.sign("anchor", account_at(bank), minutes=1 / 20)
        status, _ = network.send("bank1", wire, timeout_s=0)
        assert status == 202
        assert network.get("bank1", "/ready")["mempool"]["transactions"] == 1
        network.wait(lambda: network.get("bank1", "/ready")["mempool"]["transactions"] == 0, "sweeping", 15)
