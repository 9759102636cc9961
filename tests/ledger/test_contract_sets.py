"""Contracts that belong together change together: all of a set at its height, or none of it."""

from __future__ import annotations

from typing import Any

import pytest
from ledger import tiny_contracts
from ledger.ledger_kit import set_block_rules
from ledger.tiny_network import TinyNetwork

from chainbill.ledger import activation
from chainbill.ledger.programs import ProgramCache
from chainbill.ledger.receipt import Receipt
from chainbill.vm.natives import digest

HEAD = tiny_contracts.HEAD
CALLER = f'"""Caller."""\n{HEAD}\n\n@call\ndef ask():\n    return invoke("callee", "answer")\n'
CALLEE = f'"""Callee."""\n{HEAD}\n\n@internal("caller")\ndef answer():\n    return 42\n'
CALLER_2 = CALLER.replace('"answer")', '"answer", 2)')
CALLEE_2 = CALLEE.replace("answer():\n    return 42", "answer(times):\n    return 42 * times")
GENERAL = f'"""What all share."""\n{HEAD}\n\ndef answer_of():\n    return 42\n'
IMPORT = "from chainbill_contracts.general import answer_of"
SHARER = f'"""Sharer."""\n{HEAD}{IMPORT}\n\n\n@call\ndef ask():\n    return answer_of()\n'


@pytest.fixture
def network() -> TinyNetwork:
    return TinyNetwork()


def deploy(network: TinyNetwork, *removed: str, proposal: str = "G1", ahead: int = 1, **sources: str) -> int:
    at = network.env.height + ahead
    contracts = [{"name": name, "source": source} for name, source in sources.items()]
    plan = {"proposal": proposal, "changed": contracts, "removed": list(removed), "active_from": at}
    network.ok("S1", "governance", "deploy_set", **plan)
    return at


def opened(network: TinyNetwork) -> tuple[Receipt, ...]:
    """The receipts with which an empty block opens."""
    return network.decide(network.block()).receipts


def topics(receipts: tuple[Receipt, ...]) -> list[Any]:
    return [event[1] for receipt in receipts for event in receipt.events if event[0] == "core"]


def identity(network: TinyNetwork) -> dict[str, str]:
    return dict(network.row("core", "program", "active"))


# --- together
def test_a_new_contract_and_the_one_that_calls_it_come_together(network: TinyNetwork) -> None:
    deploy(network, caller=CALLER, callee=CALLEE)
    (receipt,) = opened(network)
    facts = {"set": "G1", "contracts": ["callee", "caller"], "removed": []}
    assert receipt.events == [["core", "contracts_activated", facts]]
    assert network.ok("S1", "caller", "ask") == 42


def test_an_internal_signature_changes_together_with_its_callers(network: TinyNetwork) -> None:
    """formats S7: each source was linked alone against what runs, so no signature could ever change."""
    deploy(network, caller=CALLER, callee=CALLEE)
    opened(network)
    for half in ({"caller": CALLER_2}, {"callee": CALLEE_2}):
        deploy(network, **half)
        assert topics(opened(network)) == ["activation_failed"]
        assert network.ok("S1", "caller", "ask") == 42
    at = deploy(network, caller=CALLER_2, callee=CALLEE_2)
    opened(network)
    assert network.ok("S1", "caller", "ask") == 84
    for name, source in (("caller", CALLER_2), ("callee", CALLEE_2)):
        row = {"source": source, "hash": digest(source), "version": 2, "active_from": at}
        assert network.row("governance", "contract", name) == row


def test_a_set_of_which_one_source_is_wrong_changes_nothing(network: TinyNetwork) -> None:
    before = identity(network)
    deploy(network, caller=CALLER, callee=CALLEE, diary="no contract")
    (receipt,) = opened(network)
    assert (receipt.reason, topics((receipt,))) == ("syntax_error", ["activation_failed"])
    assert identity(network) == before
    assert network.row("governance", "contract", "callee") is None
    assert opened(network) == ()


def test_a_set_of_which_one_migration_fails_changes_nothing(network: TinyNetwork) -> None:
    """The migrations that went through before it are undone too."""
    network.ok("S1", "diary", "note", name="a", value=13)
    before = identity(network)
    migrating = (
        CALLEE + '\n\nrows = own_table("row")\n\n\n@migrate\ndef begin():\n    rows.put("a", {"at": ctx.height})\n'
    )
    deploy(network, diary=tiny_contracts.DIARY_2, callee=migrating, caller=CALLER)
    (receipt,) = opened(network)
    assert (receipt.reason, topics((receipt,))) == ("unlucky", ["activation_failed"])
    assert identity(network) == before
    assert network.row("callee", "row", "a") is None
    assert network.row("core", "migration", "diary") is None


def test_after_a_set_that_fails_the_block_goes_on_with_the_program_before_it(network: TinyNetwork) -> None:
    network.ok("S1", "diary", "note", name="a", value=13)
    deploy(network, diary=tiny_contracts.DIARY_2)
    receipts = network.decide(network.block(network.wire("S1", ("diary", "version", {})))).receipts
    assert topics(receipts[:1]) == ["activation_failed"]
    assert receipts[1].status == "fault", "version() came with the set"


def test_the_general_part_is_governed_like_a_contract(network: TinyNetwork) -> None:
    deploy(network, sharer=SHARER)
    assert topics(opened(network)) == ["activation_failed"]
    deploy(network, sharer=SHARER, general=GENERAL)
    opened(network)
    assert network.ok("S1", "sharer", "ask") == 42
    before = identity(network)
    changed = GENERAL.replace("42", "43")
    deploy(network, general=changed)
    opened(network)
    assert network.ok("S1", "sharer", "ask") == 43
    assert identity(network) == {**before, "general": digest(changed)}
    deploy(network, general=GENERAL.replace("answer_of", "other"))
    (receipt,) = opened(network)
    assert (receipt.reason, receipt.details) == ("import_unknown", {"contract": "sharer", "line": 3})
    assert network.ok("S1", "sharer", "ask") == 43


# --- removed
def test_a_contract_that_nobody_needs_can_be_removed_and_its_rows_stay(network: TinyNetwork) -> None:
    network.ok("S1", "diary", "note", name="a", value=1)
    deploy(network, "diary")
    assert topics(opened(network)) == ["contracts_activated"]
    assert network.row("governance", "contract", "diary") is None
    assert "diary" not in identity(network)
    assert network.run("S1", ("diary", "note", {"name": "a", "value": 2})).reason == "unknown_function"
    deploy(network, diary=tiny_contracts.DIARY)
    opened(network)
    assert network.row("diary", "fact", "a") == {"value": 1}


@pytest.mark.parametrize(("removed", "reason"), [("callee", "invoke_unknown"), ("nobody", "core_row_schema")])
def test_a_contract_that_others_need_or_that_does_not_run_is_not_removed(
    network: TinyNetwork, removed: str, reason: str
) -> None:
    deploy(network, caller=CALLER, callee=CALLEE)
    opened(network)
    deploy(network, removed)
    (receipt,) = opened(network)
    assert (receipt.reason, topics((receipt,))) == (reason, ["activation_failed"])
    assert network.ok("S1", "caller", "ask") == 42


# --- several sets
def test_sets_of_one_height_come_one_after_the_other_and_fail_alone(network: TinyNetwork) -> None:
    deploy(network, proposal="G1", ahead=3, callee=CALLEE)
    deploy(network, proposal="G2", ahead=2, diary="no contract")
    deploy(network, proposal="G3", ahead=1, caller=CALLER)
    receipts = opened(network)
    assert topics(receipts) == ["contracts_activated", "activation_failed", "contracts_activated"]
    assert len({receipt.id for receipt in receipts}) == 3
    assert network.ok("S1", "caller", "ask") == 42


# --- migration
STEPS = """

rows = own_table("row")


@migrate
def go_on(cursor):
    at = 0
    if cursor is not None:
        at = cursor
    rows.put(at, {"height": ctx.height, "called": callee_rows()})
    if at == 2:
        return None
    return at + 1
"""
CALLEE_STEPS = (
    CALLEE
    + STEPS.replace("callee_rows()", "0")
    + ('\n\n@internal("caller")\ndef count():\n    return len(rows.scan([], 10))\n')
)
CALLER_STEPS = CALLER + STEPS + '\n\ndef callee_rows():\n    return invoke("callee", "count")\n'


def test_a_set_migrates_in_linked_order(network: TinyNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is invoked goes before what invokes it, although its name comes later."""
    names = {"caller": "a_caller", "callee": "b_callee"}
    sources = {}
    for name, source in (("caller", CALLER_STEPS), ("callee", CALLEE_STEPS)):
        for old, new in names.items():
            source = source.replace(f'"{old}"', f'"{new}"')
        sources[names[name]] = source
    set_block_rules(monkeypatch, gas_day_work=10)
    deploy(network, **sources)
    opened(network)
    while network.applied.has_more_work:
        opened(network)
    called = [network.row("a_caller", "row", at)["called"] for at in range(3)]
    assert called == [1, 3, 3]


ENDLESS = f'"""It never ends."""\n{HEAD}\n\n@migrate\ndef go_on(cursor):\n    return 1\n'


DEAR = ENDLESS.replace("    return 1", "    for turn in range(300000):\n        cursor = turn\n    return 1")


@pytest.mark.parametrize(("source", "steps"), [(ENDLESS, 3), (DEAR, 1)], ids=["cheap steps", "one dear step"])
def test_a_migration_that_never_ends_stops_neither_blocks_nor_days_nor_its_repair(
    network: TinyNetwork, monkeypatch: pytest.MonkeyPatch, source: str, steps: int
) -> None:
    """A step of 3 gas made 7 million receipts a block, and what fell due waited for a migration that had no end."""
    set_block_rules(monkeypatch, gas_day_work=200_000)
    for name in ("a", "b"):
        network.ok("S1", "diary", "plan", date="2026-02-26", name=name, act="log")
    deploy(network, endless=source)
    opened(network)
    network.decide(network.block(time_ms=network.time_ms + 86_400_000))
    receipts = network.applied.receipts
    assert [receipt.kind for receipt in receipts] == ["migration"] * steps + ["day_item"] * 2
    assert network.applied.has_more_work
    deploy(network, endless=source.replace("return 1", "return None"))
    opened(network)
    assert not network.applied.has_more_work


@pytest.mark.parametrize("source", [ENDLESS, DEAR], ids=["cheap steps", "one dear step"])
def test_what_migrations_take_of_a_days_work_items_do_not_take_again(
    network: TinyNetwork, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """All of a block's day work together ends with the unit that passes the bound; half of it is for items."""
    day_work = 60_000
    set_block_rules(monkeypatch, gas_day_work=day_work)
    for number in range(150):
        network.ok("S1", "diary", "plan", date="2026-02-26", name=f"{number:03}", act="log")
    deploy(network, endless=source)
    opened(network)
    network.decide(network.block(time_ms=network.time_ms + 86_400_000))
    spent = {"migration": 0, "day_item": 0}
    for receipt in network.applied.receipts:
        spent[receipt.kind] += receipt.gas
    last = network.applied.receipts[-1].gas
    assert network.applied.has_more_work
    assert day_work // 2 <= spent["day_item"]
    assert spent["day_item"] - last < max(day_work - spent["migration"], day_work // 2)


def test_a_migration_under_way_ends_with_the_version_that_it_belongs_to(
    network: TinyNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_block_rules(monkeypatch, gas_day_work=1)
    for number in range(5):
        network.ok("S1", "diary", "note", name=f"f{number}", value=1)
    deploy(network, diary=tiny_contracts.DIARY_2)
    opened(network)
    assert network.row("core", "migration", "diary") is not None
    deploy(network, diary=tiny_contracts.DIARY)
    opened(network)
    assert network.row("core", "migration", "diary") is None
    assert not network.applied.has_more_work


# --- the row
GOOD = {"contracts": [{"name": "diary", "hash": "ab" * 32}], "removed": []}


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ([1, "G1"], GOOD),
        (["G1", 99], GOOD),
        (99, GOOD),
        ([99, "G1"], {"contracts": [], "removed": []}),
        ([99, "G1"], {"contracts": GOOD["contracts"]}),
        ([99, "G1"], {**GOOD, "removed": ["diary"]}),
        ([99, "G1"], {**GOOD, "removed": "diary"}),
        ([99, "G1"], {**GOOD, "removed": [1]}),
        ([99, "G1"], {**GOOD, "removed": [f"c{number}" for number in range(64)]}),
        ([99, "G1"], {**GOOD, "contracts": GOOD["contracts"] * 2}),
        ([99, "G1"], {**GOOD, "contracts": [{"name": "diary"}]}),
        ([99, "G1"], {**GOOD, "contracts": [{"name": "diary", "hash": 5}]}),
        ([99, "G1"], {**GOOD, "contracts": ["diary"]}),
        ([99, "G1"], {**GOOD, "more": 1}),
    ],
)
def test_a_row_that_would_stop_the_nodes_is_refused(network: TinyNetwork, key: Any, row: Any) -> None:
    assert network.run("S1", ("governance", "put_set", {"key": key, "row": row})).reason == "core_row_schema"


def test_a_set_whose_source_is_not_there_is_not_activated(network: TinyNetwork) -> None:
    network.ok("S1", "governance", "put_set", key=[network.env.height + 1, "G1"], row=GOOD)
    (receipt,) = opened(network)
    assert (receipt.reason, receipt.details) == ("core_row_schema", {"contract": "diary"})


# --- replay
def test_blocks_across_a_set_replay_from_the_genesis(network: TinyNetwork) -> None:
    deploy(network, caller=CALLER, callee=CALLEE, general=GENERAL)
    opened(network)
    network.ok("S1", "caller", "ask")
    deploy(network, "general", caller=CALLER_2, callee=CALLEE_2, sharer=SHARER.replace("answer_of()", "1"))
    opened(network)
    deploy(network, "general", caller=CALLER_2, callee=CALLEE_2)
    opened(network)
    assert network.ok("S1", "caller", "ask") == 84
    again = TinyNetwork(programs=ProgramCache())
    for block in network.blocks:
        again.decide(block)
    assert again.tree.root == network.tree.root


# --- mutants
def test_a_set_linked_in_part_is_found(network: TinyNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mutant that takes over what fits of a set, one contract after the other."""
    whole = activation._sources

    def in_part(run: Any, changed: Any, removed: Any) -> dict[str, str]:
        first = sorted(changed)[:1]
        return whole(run, {name: changed[name] for name in first}, removed)

    monkeypatch.setattr(activation, "_sources", in_part)
    with pytest.raises(AssertionError):
        test_a_new_contract_and_the_one_that_calls_it_come_together(network)
    with pytest.raises(AssertionError):
        test_an_internal_signature_changes_together_with_its_callers(TinyNetwork())
    with pytest.raises(AssertionError):
        test_a_set_of_which_one_source_is_wrong_changes_nothing(TinyNetwork())
