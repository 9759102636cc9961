"""Signing status: why a validator of the set does not sign, for whom it waits, and the way out; in two languages.

An observer, a candidate and an idle network sign nothing and are ready all the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill_node.consensus.opening import BELOW_SAFE_HEIGHT
from chainbill_node.consensus.receive import ASKING_PEERS
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.state import HeightState, Signing
from chainbill_node.foundation.operator_error import Pair
from chainbill_node.wire.messages import Position


def not_signing(state: HeightState, rules: Rules, positions: Mapping[str, Position], floor: int) -> Pair | None:
    """None where this node signs, or is no validator. floor: from which height on it will sign, 0 where not known."""
    if not rules.is_validator or state.signing is Signing.ALLOWED:
        return None
    if state.why == ASKING_PEERS:
        return (
            "does not sign yet: it asks the other validators what they hold of its own messages",
            "暂不签名：正在询问其他验证节点各持有本节点的哪些消息",
        )
    if len(rules.validators) == 1:
        return _alone(state.height)
    if state.why == BELOW_SAFE_HEIGHT and floor > state.height:
        return _from_height(state.height, floor, rules.quorum)
    return _not_known(state.height, rules.validators, rules.own, positions)


def _from_height(height: int, floor: int, quorum: int) -> Pair:
    return (
        f"does not sign until height {floor}: before it this validator may have signed already; the others go on "
        f"without it. If fewer than {quorum} of them are left, and the rest is lost for good: {_word(height)[0]}",
        f"高度 {floor} 之前不签名：此前本验证节点可能已签过；其他验证节点先行继续。"
        f"若其中仅余不足 {quorum} 个，其余永久失去：{_word(height)[1]}",
    )


def _alone(height: int) -> Pair:
    if height == 1:
        return (
            "does not sign: it is the only validator, its chain and what it signed are lost, and nobody else has them: "
            f"nothing can come back. Restore a backup (chainbill node restore FILE), or, to begin anew, {_word(1)[0]}",
            "不签名：本节点是唯一的验证节点，其链与签名记录均已丢失，别处没有副本，无法找回。"
            f"请恢复备份（chainbill node restore FILE）；若要从头开始，{_word(1)[1]}",
        )
    return (
        f"does not sign: it is the only validator, and nobody else knows what it signed after height {height - 1}. "
        f"Blocks after it that are not in this home are lost, and receipts given for them hold no longer; to go on: "
        f"{_word(height)[0]}",
        f"不签名：本节点是唯一的验证节点，高度 {height - 1} 之后签过什么别处无从得知。"
        f"其后不在本目录中的区块已丢失，就其出具的回执不再有效；如要继续：{_word(height)[1]}",
    )


def _not_known(height: int, validators: ValidatorSet, own: bytes | None, positions: Mapping[str, Position]) -> Pair:
    silent: list[str] = []
    forgetful: list[str] = []
    for one in validators.validators:
        position = positions.get(one.key.hex())
        if one.key == own or (position is not None and position.round is not None):
            continue
        (silent if position is None else forgetful).append(_name(one))
    told, told_zh = [], []
    if silent:
        told.append(f"{', '.join(silent)} (no answer yet)")
        told_zh.append(f"{'、'.join(silent)}（尚未答复）")
    if forgetful:
        told.append(f"{', '.join(forgetful)} (not known there either)")
        told_zh.append(f"{'、'.join(forgetful)}（同样不知道）")
    if not told:
        return (
            "does not sign yet: it is not known what this validator signed before; all others have said how far they "
            "have signed, and it goes on in a later round than theirs",
            "暂不签名：不知道本验证节点此前签过什么；其他验证节点均已说明各签到何处，将在其后的轮次恢复签名",
        )
    way_out, way_out_zh = f"If those never come back: {_word(height)[0]}", f"若其永远不再恢复：{_word(height)[1]}"
    wanted = validators.quorum - (len(validators) - len(silent))  # the own one counts as here
    if wanted > 0:
        way_out = f"Answers still needed before anything can be decided: {wanted}"
        way_out_zh = f"至少还须有 {wanted} 个答复，方可决定区块"
    return (
        f"does not sign: it is not known what this validator signed before, and it asks the others how far they have "
        f"signed; waiting for {', '.join(told)}. {way_out}",
        f"不签名：不知道本验证节点此前签过什么，正在询问其他验证节点各签到何处；"
        f"等待 {'、'.join(told_zh)}。{way_out_zh}",
    )


def _word(height: int) -> Pair:
    return f"start once with --safe-height {height}", f"以 --safe-height {height} 启动一次"


def _name(validator: Validator) -> str:
    return validator.name or validator.key.hex()[:8]
