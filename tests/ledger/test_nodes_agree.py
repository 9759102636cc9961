"""Whatever one node built, knows or remembers and another does not, a block is the same to both: the same result, or
refused for the same reason. Else one that fetches it later stands alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger.ledger_kit import set_block_rules
from ledger.random_chain import one_wire, play
from ledger.tiny_network import DAY_MS, TinyNetwork

from chainbill.errors import ChainbillError
from chainbill.ledger.block import Block
from chainbill.ledger.transaction import decode_transaction
from chainbill.state.keys import split_key

SEEDS = (3, 11)


@pytest.fixture(scope="module", params=SEEDS)
def played(request: pytest.FixtureRequest) -> TinyNetwork:
    return play(request.param, 8)


def fresh(network: TinyNetwork, random: Random, count: int) -> list[bytes]:
    """Transactions that nobody has seen yet; about half of them fail."""
    tokens = [str(split_key(key)[2][0]) for key in network.view.rows if split_key(key)[:2] == ("token", "token")]
    return [one_wire(network, random, sorted(tokens)) for _ in range(count)]


def outcome(network: TinyNetwork, block: Block, **knows: Any) -> Any:
    """What a node makes of a block: every part of the result, or the reason why it refuses it."""
    env = network.env
    network.env = replace(env, **knows)
    try:
        applied = network.apply(block)
    except ChainbillError as error:
        return error.reason
    finally:
        network.env = env
    return {one.name: getattr(applied, one.name) for one in fields(applied)}


# --- what somebody builds


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32),
    gas_block=st.sampled_from([1, 2_000, 5_000, 9_000, 30_000, 10**7]),
    room=st.sampled_from([1_200, 2_500, 6_000, 10**6]),
    most=st.sampled_from([0, 1, 3, 100]),
    keep=st.booleans(),
)
def test_what_a_proposer_may_build_is_what_everybody_takes(
    played: TinyNetwork, seed: int, gas_block: int, room: int, most: int, keep: bool
) -> None:
    wires = fresh(played, Random(seed), 10)
    with pytest.MonkeyPatch.context() as patches:
        set_block_rules(patches, gas_block=gas_block)
        prepared = played.prepare(
            wires, max_bytes=room, max_transactions=most, keep_failed=lambda *_: keep, rather_failed_than_none=not keep
        )
        took = {one.name: getattr(prepared.applied, one.name) for one in fields(prepared.applied)}
        assert outcome(played, prepared.block) == took


# --- what somebody knows

Spoil = Callable[[TinyNetwork, Random, list[bytes]], list[bytes]]


def used_before(network: TinyNetwork, random: Random, wires: list[bytes]) -> list[bytes]:
    """One stands in a block that is decided, and is still within its time."""
    used = network.wire("S1", ("diary", "context", {}))
    network.decide(network.block(used))
    return [*wires, used]


def twice(network: TinyNetwork, random: Random, wires: list[bytes]) -> list[bytes]:
    return [*wires, random.choice(wires)]


def too_late(network: TinyNetwork, random: Random, wires: list[bytes]) -> list[bytes]:
    late = network.wire("S1", ("diary", "context", {}), valid_until_ms=network.time_ms - 1)
    return [*wires, late]


def too_early(network: TinyNetwork, random: Random, wires: list[bytes]) -> list[bytes]:
    """Valid for longer than the window in which used ids are kept."""
    early = network.wire("S1", ("diary", "context", {}), valid_until_ms=network.time_ms + 400 * DAY_MS)
    return [*wires, early]


def of_another_network(network: TinyNetwork, random: Random, wires: list[bytes]) -> list[bytes]:
    return [*wires, network.wire("S1", ("diary", "context", {}), network=bytes(32))]


def nothing(network: TinyNetwork, random: Random, wires: list[bytes]) -> list[bytes]:
    return wires


REASONS: dict[Spoil, str] = {
    used_before: "transaction_replayed",
    twice: "block_duplicate_transaction",
    too_late: "transaction_expired",
    too_early: "transaction_too_early",
    of_another_network: "network_wrong",
    nothing: "",
}


@pytest.mark.parametrize("spoil", REASONS, ids=lambda one: one.__name__)
def test_what_a_node_has_verified_changes_no_verdict(played: TinyNetwork, spoil: Spoil) -> None:
    """Every node verifies what it is proposed before it runs the block; who fetches the block later did not."""
    random = Random(spoil.__name__)
    block = played.block(*spoil(played, random, fresh(played, random, 4)))
    alone = outcome(played, block)
    known = {one.wire_id: one for one in map(decode_transaction, block.transactions)}
    assert outcome(played, block, verified=known) == alone
    some = dict(list(known.items())[::2])
    assert outcome(played, block, verified=some) == alone
    assert alone == REASONS[spoil] if REASONS[spoil] else isinstance(alone, dict)
