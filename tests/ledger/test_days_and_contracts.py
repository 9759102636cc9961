"""What the core does by itself: day items, new contracts, migrations, validators, evidence, the clock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ledger import tiny_contracts
from ledger.ledger_kit import key, set_block_rules, validator_keys, validators
from ledger.tiny_network import DAY_MS, PARTIES, START_MS, TinyNetwork, bill_of, genesis

from chainbill.errors import ChainbillError, InternalFault, Malformed, Refused
from chainbill.ledger import days
from chainbill.ledger.evidence import DuplicateVote, EngineReport
from chainbill.ledger.genesis_state import make_genesis_state
from chainbill.ledger.programs import ProgramCache
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.vote import VoteType, sign_vote

TODAY, TOMORROW, NEXT, LATER = "2026-02-25", "2026-02-26", "2026-02-27", "2026-03-20"


@pytest.fixture
def network() -> TinyNetwork:
    return TinyNetwork()


def day(network: TinyNetwork, days_later: int, *wires: bytes) -> tuple[Receipt, ...]:
    """The receipts of a block that many days after the start, some hours into the day."""
    return network.decide(network.block(*wires, time_ms=START_MS + days_later * DAY_MS)).receipts


def plan(network: TinyNetwork, date: str, name: str, act: str = "log") -> Receipt:
    return network.run("S1", ("diary", "plan", {"date": date, "name": name, "act": act}))


def events(receipts: tuple[Receipt, ...]) -> list[Any]:
    return [event for receipt in receipts for event in receipt.events]


# --- the day change
def test_an_item_runs_on_its_day_before_the_transactions(network: TinyNetwork) -> None:
    assert plan(network, TOMORROW, "a").ok
    assert network.applied.next_day_ms == 1_772_035_200_000  # 2026-02-26T00:00+08:00
    assert network.decide(network.block()).receipts == ()
    context = network.wire("S1", ("diary", "context", {}), valid_until_ms=START_MS + DAY_MS + 10)
    receipts = day(network, 1, context)
    assert [receipt.ok for receipt in receipts] == [True, True]
    assert network.applied.opening == 1
    assert network.row("diary", "done", "a") == {"date": TOMORROW, "today": TOMORROW, "height": 3}
    assert network.row("diary", "agenda", [TOMORROW, "a"]) is None
    assert network.applied.next_day_ms is None


def test_the_day_begins_at_midnight_of_the_networks_zone(network: TinyNetwork) -> None:
    plan(network, TOMORROW, "a")
    network.decide(network.block(time_ms=1_772_035_200_000 - 1))
    assert network.row("diary", "done", "a") is None
    network.decide(network.block(time_ms=1_772_035_200_000))
    assert network.row("diary", "done", "a") is not None


def test_items_run_in_order_of_date_contract_and_key(network: TinyNetwork) -> None:
    _, token = bill_of(network)
    for date, name in ((NEXT, "a"), (TOMORROW, "z"), (TOMORROW, "b")):
        plan(network, date, name)
    network.ok("S1", "token", "settle_on", token=token, date=TOMORROW)
    receipts = day(network, 5)
    order = [(row["date"], row["height"]) for row in (network.row("diary", "done", name) for name in "bza")]
    assert order == [(TOMORROW, 7), (TOMORROW, 7), (NEXT, 7)]
    ids = [days.item_id(7, item) for item in agenda_keys((TOMORROW, "b"), (TOMORROW, "z"))]
    assert [receipt.id for receipt in receipts[:2]] == ids
    assert receipts[2].events[0][:2] == ["token", "settled"]
    assert receipts[3].id == days.item_id(7, *agenda_keys((NEXT, "a")))


def agenda_keys(*items: tuple[str, str]) -> list[bytes]:
    from chainbill.state.keys import row_key

    return [row_key("diary", "agenda", list(item)) for item in items]


def test_a_failing_item_is_undone_reported_and_done(network: TinyNetwork) -> None:
    plan(network, TOMORROW, "a", "fail")
    plan(network, TOMORROW, "b")
    failed, done = day(network, 1)
    assert (failed.status, failed.reason) == ("refused", "planned_to_fail")
    facts = {"contract": "diary", "item": [TOMORROW, "a"], "reason": "planned_to_fail"}
    assert failed.events == [["core", "day_item_failed", facts]]
    assert done.ok
    assert day(network, 2) == ()


def test_an_item_may_cancel_a_later_one_and_plan_another(network: TinyNetwork) -> None:
    for name, act in (("a", "cancel"), ("b", "again"), ("zz", "log")):
        plan(network, TOMORROW, name, act)
    assert len(day(network, 1)) == 2
    assert network.row("diary", "done", "zz") is None
    assert len(day(network, 2)) == 1
    assert network.row("diary", "done", "b")["date"] == NEXT


@pytest.mark.parametrize("date", [TODAY, "2026-01-01", "zz", "2026-02-30"])
def test_nothing_is_planned_for_a_day_that_has_come(network: TinyNetwork, date: str) -> None:
    receipt = plan(network, date, "a")
    assert not receipt.ok
    assert network.row("diary", "agenda", [date, "a"]) is None


def test_what_does_not_fit_into_a_block_waits_for_the_next(
    network: TinyNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(200):
        plan(network, TOMORROW, f"{number:03}")
    set_block_rules(monkeypatch, gas_day_work=10_000)
    done, blocks = 0, 0
    network.decide(network.block(time_ms=START_MS + DAY_MS))
    while network.applied.has_more_work:
        assert network.applied.changed_state
        done += len(network.applied.receipts)
        blocks += 1
        network.decide(network.block())
    assert done + len(network.applied.receipts) == 200
    assert blocks > 2


def test_a_sweep_under_way_gives_the_same_state_as_one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(gas: int) -> dict[bytes, Any]:
        network = TinyNetwork()
        for number in range(30):
            plan(network, TOMORROW, f"{number:03}")
        set_block_rules(monkeypatch, gas_day_work=gas)
        network.decide(network.block(time_ms=START_MS + DAY_MS))
        while network.applied.has_more_work:
            network.decide(network.block())
        return {name: network.row("diary", "done", name)["today"] for name in (f"{n:03}" for n in range(30))}

    assert rows(5_000) == rows(10_000_000)


def test_an_item_that_runs_out_of_gas_is_done_too(network: TinyNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(network, TOMORROW, "a", "spin")
    set_block_rules(monkeypatch, gas_day_item=10_000)
    assert [receipt.status for receipt in day(network, 1)] == ["out_of_gas"]
    assert day(network, 2) == ()


def test_tokens_that_a_day_item_makes_have_salts_nobody_outside_can_compute(network: TinyNetwork) -> None:
    from chainbill.state.keys import row_key
    from chainbill.state.rows import unpack

    _, token = bill_of(network)
    seeds = [network.row("core", "seed", "day")]
    network.ok("S1", "token", "settle_on", token=token, date=TOMORROW)
    seeds.append(network.row("core", "seed", "day"))
    salt = unpack(network.view.get(row_key("token", "token", token)) or b"").salt
    day(network, 1)
    assert unpack(network.view.get(row_key("token", "token", token)) or b"").salt != salt
    assert seeds[0] != seeds[1] == network.row("core", "seed", "day")


# --- new contracts
def deploy(network: TinyNetwork, name: str, source: str, in_blocks: int = 2) -> int:
    at = network.env.height + in_blocks
    network.ok("S1", "governance", "deploy", name=name, source=source, active_from=at)
    return at


def test_a_contract_runs_from_its_height_on_and_migrates(network: TinyNetwork) -> None:
    for name, value in (("a", 1), ("b", 2), ("c", 3)):
        network.ok("S1", "diary", "note", name=name, value=value)
    at = deploy(network, "diary", tiny_contracts.DIARY_2)
    assert network.run("S1", ("diary", "version", {})).status == "fault"
    assert network.env.height == at
    network.decide(network.block(network.wire("S1", ("diary", "version", {}))))
    assert events(network.applied.receipts) == [
        ["core", "contracts_activated", {"set": "diary", "contracts": ["diary"], "removed": []}]
    ]
    assert network.applied.receipts[-1].results == [2]
    assert [network.row("diary", "fact", name)["value"] for name in "abc"] == [10, 20, 30]
    assert network.row("core", "migration", "diary") is None
    assert network.row("governance", "contract_set", [at, "diary"]) is None
    row = network.row("governance", "contract", "diary")
    assert (row["version"], row["active_from"]) == (2, at)
    assert network.row("governance", "contract", "diary")["source"] == tiny_contracts.DIARY_2


def test_a_long_migration_goes_on_over_several_blocks(network: TinyNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        network.ok("S1", "diary", "note", name=f"f{number:02}", value=number % 10)
    deploy(network, "diary", tiny_contracts.DIARY_2, 1)
    set_block_rules(monkeypatch, gas_day_work=1_000)
    network.decide(network.block())
    blocks = 1
    while network.applied.has_more_work:
        network.decide(network.block())
        blocks += 1
    assert blocks > 2
    assert [network.row("diary", "fact", f"f{n:02}")["value"] for n in range(12)] == [n % 10 * 10 for n in range(12)]


def test_a_migration_that_fails_at_once_leaves_the_old_contract(network: TinyNetwork) -> None:
    network.ok("S1", "diary", "note", name="a", value=13)
    deploy(network, "diary", tiny_contracts.DIARY_2, 1)
    network.decide(network.block())
    assert events(network.applied.receipts)[0][1] == "activation_failed"
    assert network.row("governance", "contract", "diary")["source"] == tiny_contracts.DIARY
    assert network.run("S1", ("diary", "version", {})).status == "fault"
    assert network.decide(network.block()).receipts == ()


def test_a_migration_that_fails_later_ends_with_an_event(network: TinyNetwork) -> None:
    for name, value in (("a", 1), ("b", 13), ("c", 3)):
        network.ok("S1", "diary", "note", name=name, value=value)
    deploy(network, "diary", tiny_contracts.DIARY_2, 1)
    network.decide(network.block())
    assert [event[1] for event in events(network.applied.receipts)] == ["contracts_activated", "migration_failed"]
    assert not network.applied.has_more_work


@pytest.mark.parametrize(
    "source",
    [
        "this is no contract",
        tiny_contracts.DIARY + "\n\ndef loop(n):\n    while n:\n        n -= 1\n",
        tiny_contracts.DIARY.replace('own_table("fact")', 'read_table("gone", "fact")'),
    ],
)
def test_a_contract_that_does_not_compile_or_link_is_not_activated(network: TinyNetwork, source: str) -> None:
    deploy(network, "diary", source, 1)
    receipts = network.decide(network.block()).receipts
    assert events(receipts)[0][:2] == ["core", "activation_failed"]
    assert network.ok("S1", "diary", "spin", turns=3) == 3


@pytest.mark.parametrize("name", ["Foo Bar", "core", "x" * 70, "治理", ""])
def test_a_contract_with_a_name_that_is_none_is_not_activated(network: TinyNetwork, name: str) -> None:
    deploy(network, name, tiny_contracts.DIARY, 1)
    (receipt,) = network.decide(network.block()).receipts
    assert receipt.events[0][1] == "activation_failed"
    assert set(receipt.details) <= {"contract", "line"}
    assert network.decide(network.block()).receipts == ()


def test_only_the_core_writes_the_contracts_that_run(network: TinyNetwork) -> None:
    receipt = network.run("S1", ("governance", "overwrite", {"name": "diary", "source": tiny_contracts.DIARY_2}))
    assert receipt.reason == "core_row_fixed"


def test_the_code_that_runs_is_the_code_in_the_state(network: TinyNetwork) -> None:
    """A node with another cache, even an empty one, runs the same code and gets the same root."""
    deploy(network, "diary", tiny_contracts.DIARY_2, 1)
    block = network.block(network.wire("S1", ("diary", "version", {})))
    network.env = replace(network.env, programs=ProgramCache())
    fresh = network.apply(block)
    assert fresh.receipts[-1].results == [2]
    assert network.decide(block).app_hash == fresh.app_hash


# --- validators
def test_a_validator_acts_two_heights_after_the_decision(network: TinyNetwork) -> None:
    new = key(60).public
    network.ok("S1", "governance", "set_validator", key=new.hex(), status="active")
    decided = network.blocks[-1].header.height
    assert new in network.applied.next_validators
    after = network.block()
    assert after.header.next_validators_hash == network.applied.next_validators.hash()
    assert new not in network.env.validators
    network.decide(after)
    assert network.env.height == decided + 2
    assert new in network.env.validators
    network.ok("S1", "governance", "set_validator", key=new.hex(), status="removed")
    assert new not in network.applied.next_validators


def test_contracts_see_the_proposers_of_the_last_4n_headers_also_when_the_set_grew(network: TinyNetwork) -> None:
    for _ in range(25):
        network.decide(network.block())
    network.ok("S1", "governance", "set_validator", key=key(60).public.hex(), status="active")
    assert len(network.ok("S1", "diary", "context")["recent"]) == 16
    seen = network.ok("S1", "diary", "context")["recent"]
    assert seen == [block.header.proposer.hex() for block in network.blocks[-21:-1]]
    network.env = replace(network.env, recent_proposers=network.env.recent_proposers[-19:])
    with pytest.raises(InternalFault, match="lacks proposers"):
        network.apply(network.block())


def test_a_candidate_is_no_validator(network: TinyNetwork) -> None:
    network.ok("S1", "governance", "set_validator", key=key(60).public.hex(), status="candidate")
    assert network.applied.next_validators == network.genesis.validators


def test_a_set_that_is_none_is_refused(network: TinyNetwork) -> None:
    calls = [
        ("governance", "set_validator", {"key": one.hex(), "status": "removed"}) for one in network.env.validators.keys
    ]
    assert network.run("S1", *calls).reason == "shape_wrong"
    assert (
        network.run("S1", ("governance", "set_validator", {"key": "xyz", "status": "active"})).reason == "shape_wrong"
    )
    assert network.run("S1", *calls[1:]).ok


# --- evidence
def evidence(height: int = 1, round_: int = 0) -> bytes:
    signer = validator_keys()[0]
    votes = [
        sign_vote(
            signer, TinyNetwork().genesis.hash, type=VoteType.PREVOTE, height=height, round=round_, block_id=block
        )
        for block in (None, bytes([7]) * 32)
    ]
    return DuplicateVote.of(*votes).encode()


@pytest.fixture
def watchful() -> TinyNetwork:
    network = TinyNetwork()
    network.decide(network.block())
    times = {1: network.time_ms}
    network.env = replace(network.env, validators_at=lambda height: network.genesis.validators, time_at=times.get)
    return network


def test_evidence_is_recorded_once(watchful: TinyNetwork) -> None:
    applied = watchful.decide(watchful.block(evidence=[evidence()]))
    row = watchful.row("core", "evidence", [validator_keys()[0].public.hex(), 1, 0, 1])
    assert row == {"kind": 1, "height": 2, "time_ms": watchful.time_ms}
    assert events(applied.receipts)[0][1] == "evidence_recorded"
    with pytest.raises(Refused, match="evidence_known"):
        watchful.apply(watchful.block(evidence=[evidence()]))
    assert watchful.prepare([], evidence=[evidence()]).block.evidence == ()


def test_an_engines_report_is_recorded_once_and_only_where_that_engine_decides() -> None:
    """formats: evidence without signatures counts under the engine that made it, and nowhere else."""
    accused = validator_keys()[0].public
    for engine, reason in (("chainbill", "evidence_invalid"), ("fabric", "evidence_invalid"), ("cometbft", "")):
        network = TinyNetwork(genesis(engine=engine))
        network.decide(network.block())
        known = replace(network.env, validators_at=lambda _height: validators(), time_at={1: network.time_ms}.get)
        network.env = known
        report = EngineReport("cometbft", accused, "duplicate_vote", 1, network.time_ms).encode()
        if reason:
            with pytest.raises(Refused, match=reason):
                network.apply(network.block(evidence=[report]))
            assert network.prepare([], evidence=[report]).block.evidence == ()
            continue
        applied = network.decide(network.block(evidence=[report]))
        row = network.row("core", "evidence", [accused.hex(), 1, "duplicate_vote", 0])
        assert row == {"kind": 2, "height": 2, "time_ms": network.time_ms}
        facts = {"kind": 2, "validator": accused.hex(), "height": 1, "what": "duplicate_vote"}
        assert events(applied.receipts)[0] == ["core", "evidence_recorded", facts]
        later = EngineReport("cometbft", accused, "duplicate_vote", 1, network.time_ms + 1).encode()
        with pytest.raises(Refused, match="evidence_known"):
            network.apply(network.block(evidence=[later]))


def test_evidence_twice_in_a_block_is_refused_and_proposed_once(watchful: TinyNetwork) -> None:
    with pytest.raises(Refused, match="evidence_known"):
        watchful.apply(watchful.block(evidence=[evidence(), evidence()]))
    prepared = watchful.prepare([], evidence=[evidence(), evidence(), b"junk", evidence(round_=1)])
    assert prepared.block.evidence == (evidence(), evidence(round_=1))
    assert watchful.apply(prepared.block).app_hash == prepared.applied.app_hash


def test_evidence_counts_for_seven_days(watchful: TinyNetwork) -> None:
    at = watchful.time_ms + 7 * DAY_MS
    assert watchful.apply(watchful.block(time_ms=at, evidence=[evidence()])).changed_state
    for late in (watchful.block(time_ms=at + 1, evidence=[evidence()]), watchful.block(evidence=[evidence(2)])):
        with pytest.raises(Refused, match="evidence_expired"):
            watchful.apply(late)


def test_a_block_with_evidence_that_proves_nothing_is_refused(watchful: TinyNetwork) -> None:
    with pytest.raises(ChainbillError, match="evidence_invalid"):
        watchful.apply(watchful.block(evidence=[evidence()[:-1] + bytes([evidence()[-1] ^ 1])]))
    with pytest.raises(Malformed):
        watchful.apply(watchful.block(evidence=[b"junk"]))


# --- the clock and the genesis
def test_the_clock_moves_forward_only_and_only_where_it_may(network: TinyNetwork) -> None:
    network.ok("S1", "governance", "set_clock", offset_ms=10)
    assert network.run("S1", ("governance", "set_clock", {"offset_ms": 9})).reason == "core_row_schema"
    real = TinyNetwork(genesis(clock="real"))
    assert real.run("S1", ("governance", "set_clock", {"offset_ms": 10})).reason == "core_row_fixed"


def test_a_genesis_whose_contracts_fail_is_refused() -> None:
    programs = ProgramCache()
    broken = [
        genesis(init={"party": {"members": [{"id": 5}]}}),
        genesis(init={}),
        genesis(contracts=(("party", "no contract"),), init={}),
    ]
    for one in broken:
        with pytest.raises(Refused):
            make_genesis_state(one, programs)


def test_genesis_rows_are_written_by_the_core() -> None:
    network = TinyNetwork(genesis(parameters={"grace_days": 3}))
    assert network.row("governance", "parameter", "grace_days") == {"value": 3}
    row = network.row("governance", "contract", "party")
    assert (row["source"], row["version"], row["active_from"]) == (tiny_contracts.PARTY, 1, 0)
    validator = network.genesis.validators.validators[0]
    assert network.row("governance", "validator", validator.key.hex())["status"] == "active"
    assert network.row("party", "key", PARTIES["S1"].public.hex())["party"] == "S1"


# --- gaps -----------------------------------------------------------------
def test_the_date_of_a_long_gap_and_the_sum_of_all_are_kept_for_later_blocks() -> None:
    network = TinyNetwork(genesis(parameters={"gap_limit_ms": 7_200_000}))
    late = START_MS + 9_000_000
    network.decide(network.block(time_ms=late))
    assert network.row("core", "gap", "last") is None  # no block came before
    network.decide(network.block(time_ms=late + 7_200_000))
    assert network.row("core", "gap", "last") is None
    network.decide(network.block(time_ms=late + DAY_MS))
    stood = DAY_MS - 7_200_000
    assert network.row("core", "gap", "last") == {"date": TOMORROW, "stood_ms": stood}
    network.decide(network.block(time_ms=late + DAY_MS + 1_000))
    assert network.row("core", "gap", "last") == {"date": TOMORROW, "stood_ms": stood}
    assert not network.applied.changed_state
    network.decide(network.block(time_ms=late + 2 * DAY_MS))
    assert network.row("core", "gap", "last")["stood_ms"] == stood + DAY_MS - 1_000
