"""Why a height stands still: where it is, whose votes are missing, and since when; in English and Chinese.

The field's word: liveness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chainbill.ledger.validators import Validator
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState, Signing, Step

STEP_NAMES = {
    Step.WAIT: ("idle", "空闲"),
    Step.PROPOSE: ("proposal", "提案"),
    Step.PREVOTE: ("prevotes", "预投票"),
    Step.PRECOMMIT: ("precommits", "预提交"),
    Step.DECIDED: ("commit", "提交"),
    Step.HALTED: ("halted", "已停机"),
}


@dataclass(frozen=True, slots=True)
class WaitingFor:
    """`have` of `need` validators are there in this step; `missing` are named in the order of their keys.

    `since_ms` is the wall clock since when: the start of this height, or the last sign of the missing validator
    that was heard last, whichever is later. `reason` is not empty where this node itself does not sign or has halted.
    """

    height: int
    round: int
    step: Step
    have: int
    need: int
    missing: tuple[str, ...]
    since_ms: int
    reason: str = ""

    def text(self, language: str, now_ms: int) -> str:
        """One sentence for people, in "en" or "zh"."""
        chinese = language == "zh"
        step = STEP_NAMES[self.step][1 if chinese else 0]
        seconds = max(0, now_ms - self.since_ms) // 1000
        if self.step is Step.HALTED:
            return (
                f"已停机：高度 {self.height}，{self.reason}"
                if chinese
                else f"halted: height {self.height}: {self.reason}"
            )
        if self.step in (Step.WAIT, Step.DECIDED):
            return f"高度 {self.height}：{step}" if chinese else f"height {self.height}: {step}"
        if self.have >= self.need:
            if chinese:
                return f"高度 {self.height} 第 {self.round} 轮{step}：{self.have}/{self.need}，未达成一致，等待本轮结束"
            return f"{self.have} of {self.need} {step} at height {self.height} round {self.round}, not of one mind yet"
        names = ("、" if chinese else ", ").join(self.missing)
        if chinese:
            told = f"高度 {self.height} 第 {self.round} 轮{step}：{self.have}/{self.need}，等待 {names} 已 {seconds} 秒"
            return f"{told}（本节点不签名：{self.reason}）" if self.reason else told
        told = f"{self.have} of {self.need} {step} at height {self.height} round {self.round}"
        told += f", waiting for {names} for {seconds} s"
        return f"{told} (this node does not sign: {self.reason})" if self.reason else told


def waiting_for(state: HeightState, rules: Rules, heard_ms: Mapping[bytes, int]) -> WaitingFor:
    """What the state waits for. `heard_ms`: when a signed message of a validator was last received."""
    present = _present(state)
    wanted = [rules.validators.proposer(rules.height, max(state.round, 0))]
    need = 1
    if state.step in (Step.PREVOTE, Step.PRECOMMIT):
        wanted = list(rules.validators.validators)
        need = rules.quorum
    missing = [validator for validator in wanted if validator.key not in present]
    last = max((heard_ms.get(validator.key, 0) for validator in missing), default=0)
    return WaitingFor(
        state.height,
        state.round,
        state.step,
        len(present),
        need,
        tuple([_name(validator) for validator in missing]) if state.running else (),
        max(state.started_ms, last),
        state.why if state.signing is not Signing.ALLOWED or state.step is Step.HALTED else "",
    )


def _present(state: HeightState) -> set[bytes]:
    here = state.book.at(state.round)
    if state.step is Step.PREVOTE:
        return set(here.prevotes.senders)
    if state.step is Step.PRECOMMIT:
        return set(here.precommits.senders)
    return {header.validator for header in here.proposals if header.block_id in state.blocks}


def _name(validator: Validator) -> str:
    return validator.name or validator.key.hex()[:8]
