"""The ledger behind the engine seam, one validator, no processes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.protocol import ProposalRequest, SnapshotInfo
from chainbill_node.mempool import Mempool, Use, VerifiedTransactions
from chainbill_node.mempool.accounts import FIRST_CALL_GAS
from chainbill_node.process.adapters import AGED_MS, FIRST_S_A_GAS, LEAST_GAS, MAX_RUN_S, LedgerPort
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.ledger_reader import Future, Pruned
from chainbill_node.storage.leveldb import LevelStore
from node_chain import LocalChain
from writes import CURRENCY, account_at

from chainbill.errors import InternalFault, Malformed, Refused
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.header_check import make_block
from chainbill.ledger.transaction import Transaction, assemble, decode_transaction
from chainbill.ledger.vote import VoteType, sign_vote
from chainbill.state.keys import row_key
from chainbill.state.proof import verify_proof
from chainbill.state.rows import row_hash

pytestmark = pytest.mark.untraced


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chains")


@pytest.fixture
def chain(tmp_path: Path) -> LocalChain:
    return LocalChain(tmp_path / "net")


def pays_at(chain: LocalChain, bank: str, alias: str = "anchor") -> Transaction:
    return chain.sign(alias, account_at(chain.party(bank)))


def test_a_block_changes_the_state_that_later_readers_see(chain: LocalChain) -> None:
    before = chain.ledger.info()
    assert before.height == 0
    receipts = chain.commit(pays_at(chain, "bank2"))
    assert [one.status for one in receipts] == ["ok"]
    after = chain.ledger.info()
    assert (after.height, after.changed_state) == (1, True)
    assert after.app_hash != before.app_hash
    account = [chain.party("anchor"), CURRENCY]
    assert chain.ledger.query(None, "account", "account", account)["bank"] == chain.party("bank2")
    assert chain.ledger.query(0, "account", "account", account) is None
    assert chain.ledger.reader(1).header(1).id == after.block_id
    with pytest.raises(Future):
        chain.ledger.reader(2)
    with pytest.raises(Pruned):
        chain.ledger.reader(-1)


def test_a_reader_keeps_its_height_while_blocks_are_committed(chain: LocalChain) -> None:
    reader = chain.ledger.reader(None)
    chain.commit(pays_at(chain, "bank2"))
    assert reader.height == 0
    assert reader.get("account", "account", [chain.party("anchor"), CURRENCY]) is None
    assert chain.ledger.reader(None).height == 1


def test_an_empty_block_changes_nothing(chain: LocalChain) -> None:
    chain.commit(pays_at(chain, "bank2"))
    before = chain.ledger.info()
    chain.commit()
    after = chain.ledger.info()
    assert after.app_hash == before.app_hash
    assert not after.changed_state


def test_a_restart_goes_on_where_it_was(tmp_path: Path) -> None:
    store = LevelStore(tmp_path / "db", create=True)
    chain = LocalChain(tmp_path / "net", store)
    chain.trade()
    info = chain.ledger.info()
    store.close()
    chain.store = LevelStore(tmp_path / "db", create=False)
    chain.ledger = LedgerApplication(ChainDatabase(chain.store))
    assert chain.ledger.open_chain(chain.genesis) == info
    chain.call("anchor", *account_at(chain.party("bank2")))
    assert chain.ledger.info().height == info.height + 1
    assert chain.ledger.load_block(info.height)[0].height == info.height
    assert chain.ledger.load_block(99) is None
    chain.store.close()


# proposals


def test_a_proposal_is_executed_once_and_its_result_is_kept(chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> None:
    block = chain.propose(pays_at(chain, "bank2")).block

    def not_again(*_: object) -> None:
        raise AssertionError("executed again")

    monkeypatch.setattr("chainbill_node.application.application.apply_block", not_again)
    assert chain.ledger.process_proposal(block).accepted
    assert chain.ledger.finalize_block(block).changed_state


def test_a_transaction_that_fails_may_be_left_out_once(chain: LocalChain) -> None:
    """formats M3: two documents said opposite things; this is what a proposer does, and what they say now."""
    good, bad = pays_at(chain, "bank2"), pays_at(chain, "supplier1")
    patient = chain.propose(good, bad, may_leave_out=frozenset((good.id, bad.id)))
    assert patient.block.transactions == (good.wire,)
    assert list(patient.left_out) == [bad.id]
    firm = chain.propose(good, bad)
    assert firm.block.transactions == (good.wire, bad.wire)
    assert firm.left_out == {}
    receipts = chain.decide(firm.block)
    assert [(one.status, one.reason) for one in receipts] == [("ok", ""), ("refused", "not_a_bank")]


def test_one_that_fails_alone_goes_in_and_its_id_is_used_up(chain: LocalChain) -> None:
    bad = pays_at(chain, "supplier1")
    proposal = chain.propose(bad, may_leave_out=frozenset((bad.id,)))
    assert proposal.block.transactions == (bad.wire,)
    chain.decide(proposal.block)
    assert chain.ledger.is_used(bad.id)
    again = chain.propose(bad)
    assert again.block.transactions == ()
    assert again.never == (bad.id,)


def test_an_expired_transaction_never_goes_in(chain: LocalChain) -> None:
    old = pays_at(chain, "bank2")
    chain.time_ms += 700_000
    proposal = chain.propose(old)
    assert proposal.block.transactions == ()
    assert proposal.never == (old.id,)


def test_a_block_that_breaks_a_rule_is_refused_with_the_reason(chain: LocalChain) -> None:
    block = chain.propose(pays_at(chain, "bank2")).block
    for changed, reason in (
        ({"height": 2}, "block_height"),
        ({"parent": bytes(32)}, "block_parent"),
        ({"app_hash": bytes(32)}, "block_app_hash"),
        ({"time_ms": 1}, "block_time"),
        ({"tx_root": bytes(32)}, "block_tx_root"),
    ):
        verdict = chain.ledger.process_proposal(Block(replace(block.header, **changed), block.transactions))
        assert not verdict.accepted
        assert reason in verdict.reason


def test_a_block_with_a_forged_signature_is_refused(chain: LocalChain) -> None:
    good = pays_at(chain, "bank2")
    signature = good.signatures[0][1]
    forged = decode_transaction(assemble(good.body_bytes, [(0, signature[:-1] + bytes([signature[-1] ^ 1]))]))
    block = chain.propose(forged).block  # the pool vouches for signatures, a block from outside does not
    chain.ledger._results.clear()
    verdict = chain.ledger.process_proposal(block)
    assert "signature_invalid" in verdict.reason


def test_an_internal_fault_while_checking_refuses_the_block_and_after_a_decision_stops(
    chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = chain.propose(pays_at(chain, "bank2")).block
    chain.ledger._results.clear()

    def broken(*_: object) -> None:
        raise RecursionError("deep")

    monkeypatch.setattr("chainbill_node.application.application.apply_block", broken)
    assert "RecursionError" in chain.ledger.process_proposal(block).reason
    with pytest.raises(RecursionError):
        chain.ledger.finalize_block(block)


def test_a_decided_block_that_does_not_run_here_is_our_fault(chain: LocalChain) -> None:
    block = chain.propose().block
    wrong = Block(replace(block.header, app_hash=bytes(32)))
    with pytest.raises(InternalFault, match="does not run here"):
        chain.ledger.finalize_block(wrong)


def test_commit_needs_a_finalized_block(chain: LocalChain) -> None:
    with pytest.raises(InternalFault):
        chain.ledger.commit(None)  # type: ignore[arg-type]


# admission, simulation, proofs, snapshots


def test_admission_knows_time_replay_and_keys(chain: LocalChain) -> None:
    now_ms = chain.time_ms
    good = pays_at(chain, "bank2")
    chain.ledger.check_tx(good, now_ms)
    with pytest.raises(Refused, match="transaction_expired"):
        chain.ledger.check_tx(good, now_ms + 700_000)
    chain.commit(good)
    with pytest.raises(Refused, match="transaction_replayed"):
        chain.ledger.check_tx(good, now_ms)
    other = LocalChain.__new__(LocalChain)
    other.__dict__ |= {**chain.__dict__, "genesis": replace(chain.genesis, chain_id="other")}
    foreign = pays_at(other, "bank2")
    with pytest.raises(Malformed, match="network_wrong"):
        chain.ledger.check_tx(foreign, now_ms)


def test_a_restart_keeps_the_certificate_and_the_log(chain: LocalChain) -> None:
    """The next block carries the certificate of the newest height and commits to all ids, as it would have before."""
    chain.commit()
    before = chain.propose().block
    again = LedgerApplication(ChainDatabase(chain.store))
    again.open_chain(chain.genesis)
    assert again._env.current.history == chain.ledger._env.current.history
    assert again.parent_certificate == chain.ledger.parent_certificate == before.parent_certificate is not None
    assert again.process_proposal(before).accepted


def test_a_block_with_another_good_certificate_of_the_parent_is_accepted(chain: LocalChain) -> None:
    """Proposer and checker may have decided the parent with other precommits; a bad one refuses the block."""
    chain.commit()
    info, current = chain.ledger.info(), chain.ledger._env.current
    value: dict[str, Any] = {"type": VoteType.PRECOMMIT, "height": info.height, "block_id": info.block_id}
    vote = sign_vote(chain.key, chain.genesis.hash, round=7, **value)
    for one, accepted in ((vote, True), (replace(vote, signature=bytes(64)), False)):
        env = replace(current, parent_certificate=Certificate.from_votes([one]).encode())
        block = make_block(
            env, info.app_hash, protocol=1, time_ms=chain.time_ms + 1, proposer=chain.key.public, transactions=()
        )
        verdict = chain.ledger.process_proposal(block)
        assert verdict.accepted is accepted, verdict.reason
        assert accepted or verdict.reason.startswith("block_parent_certificate")


def test_simulation_keeps_nothing(chain: LocalChain) -> None:
    before = chain.ledger.info()
    assert chain.ledger.simulate(pays_at(chain, "bank2"), chain.time_ms).ok
    assert chain.ledger.simulate(pays_at(chain, "supplier1"), chain.time_ms).reason == "not_a_bank"
    assert chain.ledger.info() == before
    with pytest.raises(Malformed):
        chain.ledger.checked(b"?", chain.time_ms)


def test_proofs_hold_for_the_last_roots(chain: LocalChain) -> None:
    key = row_key("party", "party", chain.party("anchor"))
    absent = row_key("party", "party", "NOBODY")
    for number in range(20):
        chain.commit(pays_at(chain, ("bank1", "bank2")[number % 2]))
    newest = chain.ledger.info().height
    for height in range(newest - 15, newest + 1):
        reader = chain.ledger.reader(height)
        root = reader.app_hash_at(height)
        raw = reader.raw(key)
        assert raw is not None
        assert verify_proof(root, key, row_hash(key, raw), reader.prove(key))
        assert verify_proof(root, absent, None, reader.prove(absent))
    with pytest.raises(Refused, match="proof_too_old"):
        chain.ledger.reader(1).prove(key)


def test_a_ledger_with_a_chain_takes_no_snapshot(chain: LocalChain) -> None:
    assert chain.ledger.list_snapshots() == ()
    assert chain.ledger.load_snapshot_chunk(1, 1, 0) is None
    offered = SnapshotInfo(1, 1, 1, bytes(32), b"")
    assert not chain.ledger.offer_snapshot(chain.genesis, offered).accepted
    assert not chain.ledger.apply_snapshot_chunk(0, b"").accepted


# the driver's port


class Port:
    """A LedgerPort over a chain, with what it told."""

    def __init__(self, chain: LocalChain, max_transactions: int = 100) -> None:
        self.chain = chain
        self.pool = Mempool(1_000, 10_000_000)
        self.plans: list[ProposalRequest] = []
        self.dear: list[int] = []
        self.port = LedgerPort(
            chain.ledger,
            self.pool,
            max_transactions=max_transactions,
            max_bytes=1_000_000,
            now_ms=lambda: chain.time_ms,
            on_commit=lambda *_: None,
            on_plan=self._planned,
        )

    def _planned(self, request: ProposalRequest, dear: int) -> None:
        self.plans.append(request)
        self.dear.append(dear)

    def build(self) -> Block:
        block = self.port.build_block(
            self.chain.ledger.info().height + 1, self.chain.time_ms + 1_000, self.chain.key.public, ()
        )
        assert block is not None
        return block


def test_a_young_failure_waits_and_an_old_one_goes_in(chain: LocalChain) -> None:
    port = Port(chain)
    good, bad = pays_at(chain, "bank2"), pays_at(chain, "supplier1")
    port.pool.add(good, chain.time_ms, own=True)
    port.pool.add(bad, chain.time_ms, own=True)
    assert port.build().transactions == (good.wire,)
    assert port.build().transactions == (good.wire, bad.wire)  # its second run
    assert [plan.may_leave_out for plan in port.plans] == [{good.id, bad.id}, {good.id}], "and the others are told so"
    fresh = Port(chain)
    fresh.pool.add(good, chain.time_ms - AGED_MS, own=True)
    fresh.pool.add(bad, chain.time_ms - AGED_MS, own=True)
    assert fresh.build().transactions == (good.wire, bad.wire)


def test_what_no_block_may_carry_leaves_the_pool(chain: LocalChain) -> None:
    port = Port(chain)
    used = pays_at(chain, "bank2")
    chain.commit(used)
    port.pool.add(used, chain.time_ms, own=True)
    assert port.build().transactions == ()
    assert len(port.pool) == 0


def test_there_is_work_while_something_waits_or_wants_its_proof(chain: LocalChain) -> None:
    port = Port(chain)
    assert port.port.tip().has_work  # the genesis state is not certified yet
    chain.commit()
    assert not port.port.tip().has_work
    port.pool.add(pays_at(chain, "bank2"), chain.time_ms, own=True)
    assert port.port.tip().has_work
    port.pool.remove(port.pool.ids())
    chain.commit(pays_at(chain, "bank2"))
    assert port.port.tip().has_work
    chain.commit()
    assert not port.port.tip().has_work


def test_day_work_is_work(chain: LocalChain) -> None:
    chain.trade()
    due_ms = chain.ledger.info().next_day_ms
    assert due_ms is not None
    port = Port(chain)
    chain.commit()
    assert not port.port.tip().has_work
    chain.time_ms = due_ms
    assert port.port.tip().has_work


def test_a_slow_machine_makes_smaller_blocks(chain: LocalChain) -> None:
    """Security 2: gas is the measure: calls take from microseconds to half a second."""
    port = Port(chain).port
    fits = port._fitting_gas
    assert fits(0.25) == int(0.25 / FIRST_S_A_GAS) == 4_166_666
    port._learn(2_500_000, 0.25)
    assert fits(0.25) == 3_571_428, "a quarter of the way from 60 to 100 ns a gas"
    port._learn(2_500_000, 1.0)
    assert fits(0.25) == 625_000, "at once: another such block would lose its round"
    port._learn(2_500_000, 0.25)
    assert fits(0.25) == 769_230, "and slowly back"
    port._learn(LEAST_GAS - 1, 100.0)
    assert fits(0.25) == 769_230, "one block with little in it says little"


def test_one_slow_block_keeps_no_others_small(chain: LocalChain) -> None:
    """The first block after a start on a busy machine took some seconds: all that followed held five transfers, for
    good, for what so small a block took was not listened to."""
    port = Port(chain).port
    port._learn(2_500_000, 30.0)
    assert port._fitting_gas(0.25) == 20_833
    for _ in range(200):
        gas = port._fitting_gas(0.25)
        port._learn(gas, gas * FIRST_S_A_GAS + 0.001)
    assert port._fitting_gas(0.25) > 3_000_000
    held = port._fitting_gas(0.25)
    for _ in range(4):
        port._learn(LEAST_GAS // 2, 1.0)
    assert port._fitting_gas(0.25) == held, "that small ones are slow says nothing of gas"


def test_a_block_holds_what_this_machine_runs_in_time(chain: LocalChain) -> None:
    port = Port(chain)
    once = account_at(chain.party("bank1"))
    for _ in range(12):
        port.pool.add(chain.sign("anchor", *[once] * 50), chain.time_ms, own=True)
    port.port._s_a_gas = MAX_RUN_S / 1_000_000
    block = port.port.build_block(1, chain.time_ms + 1, chain.key.public, ())
    assert block is not None
    gas = [receipt.gas for receipt in chain.decide(block)]
    assert sum(gas[:-1]) < 1_000_000
    assert len(gas) == 4, "of 12, each with some 240,000"
    assert port.plans[-1].max_gas == 1_000_000, "and the others are told so"


def test_of_a_party_that_floods_no_failure_is_run_twice(chain: LocalChain) -> None:
    """Security 2: what fails after much work was left out the first time, and run once more, and twice where it stood
    alone."""
    port = Port(chain)
    port.pool.accounts.charge([Use(chain.party("supplier1"), 1, 100_000_000), Use("other", 1, 5_000)], chain.time_ms)
    good, bad = pays_at(chain, "bank2"), pays_at(chain, "supplier2", alias="supplier1")
    for one in (bad, good):
        port.pool.add(one, chain.time_ms, own=True)
    assert port.build().transactions == (good.wire, bad.wire), "behind the other one, and with its receipt"
    assert port.dear == [1], "and the others are told that one is dear"


def test_a_failure_that_used_much_is_run_once_whoever_sent_it(
    chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each proposer ran the same half second again, and left it out again: nobody was held back for it."""
    port = Port(chain)
    good, bad = pays_at(chain, "bank2"), pays_at(chain, "supplier1")
    for one in (good, bad):
        port.pool.add(one, chain.time_ms, own=True)
    assert port.build().transactions == (good.wire,)
    monkeypatch.setattr("chainbill_node.application.application.FINAL_GAS", 1_500)
    other = Port(chain)
    for one in (good, bad):
        other.pool.add(one, chain.time_ms, own=True)
    block = other.build()
    assert block.transactions == (good.wire, bad.wire)
    assert [one.ok for one in chain.decide(block)] == [True, False]


def test_what_a_block_used_is_entered_by_a_node_whose_pool_had_no_room_for_it(chain: LocalChain) -> None:
    """A flood handed in at four nodes filled each one's pool: who had not got a transaction held nobody back for it,
    and put its own ones in at once."""
    one = pays_at(chain, "bank2")
    block = chain.propose(one).block
    port = Port(chain)
    known = VerifiedTransactions(10)
    known.remember([one])
    chain.ledger.verified = known
    port.port.commit(block, chain.certified(block))
    assert len(port.pool) == 0
    assert port.pool.accounts.expected(one.party, 1) != FIRST_CALL_GAS


def test_what_a_failure_used_counts_though_it_is_left_out(chain: LocalChain) -> None:
    port = Port(chain)
    good, bad = pays_at(chain, "bank2"), pays_at(chain, "supplier1")
    for one in (good, bad):
        port.pool.add(one, chain.time_ms, own=True)
    assert port.build().transactions == (good.wire,)
    assert port.pool.accounts.used(bad.party) > 1_500


def test_a_block_has_no_more_transactions_than_is_set(chain: LocalChain) -> None:
    port = Port(chain, max_transactions=3)
    for _ in range(5):
        port.pool.add(pays_at(chain, "bank1"), chain.time_ms, own=True)
    block = port.port.build_block(1, chain.time_ms + 1, chain.key.public, ())
    assert block is not None
    assert len(block.transactions) == 3


def test_a_fault_while_building_is_no_block(chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("chainbill_node.application.application.prepare", broken)
    port = Port(chain)
    assert port.port.build_block(1, chain.time_ms + 1, chain.key.public, ()) is None
