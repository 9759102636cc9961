"""Why a height stands still, in both languages."""

from __future__ import annotations

from chainbill_node.consensus.state import Step
from chainbill_node.consensus.waiting import WaitingFor, waiting_for
from consensus.consensus_kit import KEYS, NOW_MS, PRECOMMIT, PREVOTE, Height, block, proposal

A = block(b"A")


def told(height: Height, **heard: int) -> WaitingFor:
    return waiting_for(height.state, height.rules, {KEYS[int(name[1:])].public: when for name, when in heard.items()})


def test_idle_names_nobody() -> None:
    waiting = told(Height())
    assert (waiting.step, waiting.missing) == (Step.WAIT, ())
    assert waiting.text("en", NOW_MS) == "height 1: idle"
    assert waiting.text("zh", NOW_MS) == "高度 1：空闲"


def test_a_missing_proposal_is_the_proposers() -> None:
    waiting = told(Height().start())
    assert (waiting.missing, waiting.need, waiting.have) == (("bank1",), 1, 0)


def test_missing_votes_are_named_with_since_when() -> None:
    height = Height().start().proposed(proposal(1, 0, A)).votes(PREVOTE, 0, A, 1)
    waiting = told(height, n2=NOW_MS - 500, n3=NOW_MS + 2_000)
    assert (waiting.have, waiting.need, waiting.missing) == (2, 3, ("bank2", "bank3"))
    assert (
        waiting.text("en", NOW_MS + 43_000) == "2 of 3 prevotes at height 1 round 0, waiting for bank2, bank3 for 41 s"
    )
    assert waiting.text("zh", NOW_MS + 43_000) == "高度 1 第 0 轮预投票：2/3，等待 bank2、bank3 已 41 秒"


def test_a_quorum_that_does_not_agree_waits_for_the_round() -> None:
    height = Height().start().proposed(proposal(1, 0, A)).votes(PREVOTE, 0, None, 1, 2)
    assert "not of one mind yet" in told(height).text("en", NOW_MS)
    assert "未达成一致" in told(height).text("zh", NOW_MS)


def test_precommits_and_halts() -> None:
    height = Height().start().proposed(proposal(1, 0, A)).votes(PREVOTE, 0, A, 1, 2)
    assert told(height).step is Step.PRECOMMIT
    diverged = Height(refuse=lambda _: "app_hash").start().proposed(proposal(1, 0, A)).votes(PRECOMMIT, 0, A, 1, 2, 3)
    assert told(diverged).text("en", NOW_MS) == "halted: height 1: app_hash"
    assert told(diverged).text("zh", NOW_MS) == "已停机：高度 1，app_hash"
