"""Whether a node is ready, and if not, why: in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill_node.consensus.state import Step
from chainbill_node.network.hello import MENDS
from chainbill_node.operator_error import OperatorError
from chainbill_node.rest.ports import NodeStatus

if TYPE_CHECKING:
    from chainbill_node.service import Node

STALLED_MS = 10_000
BEHIND_HEIGHTS = 2


def node_status(node: Node) -> NodeStatus:
    """Where the node stands now."""
    info = node.ledger.info()
    waiting = node.driver.waiting_for()
    now_ms = node.clock.now_ms()
    newest = height_of_others(node.traffic.peer_heights, node.ledger.validators_of(info.height + 1))
    connected = len(node.peers.connected)
    why = _why_not_ready(node, newest, now_ms)
    needed = node.ledger.upgrade_needed
    return NodeStatus(
        ready=why is None,
        reason="" if why is None else why[0],
        reason_zh="" if why is None else why[1],
        height=info.height,
        round=max(0, waiting.round),
        step=waiting.step.name.lower(),
        waiting_for=waiting.missing,
        since_ms=max(waiting.since_ms, node.last_commit_ms),
        app_hash=info.app_hash,
        lowest_height=node.ledger.lowest_height,
        peers_connected=connected,
        peers_known=len([one for one in node.members() if one != node.node_id]),
        mempool_transactions=len(node.mempool),
        mempool_bytes=node.mempool.bytes,
        name=node.config.name,
        validator_key=node.node_id,
        syncing=newest > info.height + BEHIND_HEIGHTS,
        upgrade="" if needed is None else needed.said("en"),
        upgrade_zh="" if needed is None else needed.said("zh"),
        faulty_part="" if node.fault is None else f"{type(node.fault).__name__}: {node.fault}",
    )


def _said(fault: BaseException, language: str) -> str:
    return fault.said(language) if isinstance(fault, OperatorError) else str(fault)


def height_of_others(claims: Mapping[str, int], validators: ValidatorSet) -> int:
    """The highest height that more validators than may lie say they have decided. 0: nobody has said anything.

    claims: by node id, unsigned. Where too few validators are connected, those of all peers count; of fewer than f + 1
    the lowest. Worked: of four validators (f = 1) one claims 10^9 and two say 812: it is 812.
    """
    of_validators = [claims[one.key.hex()] for one in validators.validators if one.key.hex() in claims]
    counted = of_validators if len(of_validators) > validators.max_faulty else list(claims.values())
    return sorted(counted, reverse=True)[: validators.max_faulty + 1][-1] if counted else 0


def _why_not_ready(node: Node, newest: int, now_ms: int) -> tuple[str, str] | None:
    waiting = node.driver.waiting_for()
    height = node.ledger.info().height
    if node.fault is not None:
        return f"stopped: {_said(node.fault, 'en')}", f"已停止：{_said(node.fault, 'zh')}"
    if not node.started:
        return "starting", "正在启动"
    if waiting.step is Step.HALTED:
        return waiting.text("en", now_ms), waiting.text("zh", now_ms)
    validators = node.ledger.validators_of(height + 1)
    own = 1 if bytes.fromhex(node.node_id) in validators else 0
    present = own + sum(bytes.fromhex(peer) in validators for peer in node.peers.connected)
    if not present and node.node_id not in node.members():
        return (
            f"not a member: the state of height {height} names this node neither validator nor observer",
            f"非网络成员：高度 {height} 的状态中，本节点既非验证方也非观察节点",
        )
    if present < validators.quorum:
        return _too_few(node, validators, present, now_ms)
    if newest > height + BEHIND_HEIGHTS:
        return f"catching up: height {height} of {newest}", f"正在同步：高度 {height}/{newest}"
    trusted = node.config.sync.trusted
    if trusted is not None and height < trusted[0]:
        return (
            f"not proven yet: height {height} lies below the block that the operator trusts, {trusted[0]}",
            f"尚未证实：高度 {height} 低于运维人员所信任的区块高度 {trusted[0]}",
        )
    if waiting.missing and now_ms - waiting.since_ms > STALLED_MS:
        return f"halted: {waiting.text('en', now_ms)}", f"停滞：{waiting.text('zh', now_ms)}"
    return None


def _too_few(node: Node, validators: ValidatorSet, present: int, now_ms: int) -> tuple[str, str]:
    """Not enough validators are connected for a block: who is missing, and since when."""
    connected = {node.node_id, *node.peers.connected}
    missing = [one for one in validators.validators if one.key.hex() not in connected]
    names = [one.name or one.key.hex()[:8] for one in missing]
    since_ms = max((node.peers.since_ms.get(one.key.hex(), node.started_ms) for one in missing), default=now_ms)
    seconds = max(0, now_ms - since_ms) // 1000
    height = node.ledger.info().height + 1
    mend, mend_zh = _mends(node, missing)
    return (
        f"halted: {present} of {validators.quorum} validators connected at height {height}, "
        f"waiting for {', '.join(names)} for {seconds} s{mend}",
        f"停滞：高度 {height} 已连接验证节点 {present}/{validators.quorum}，"
        f"等待 {'、'.join(names)} 已 {seconds} 秒{mend_zh}",
    )


def _mends(node: Node, missing: list[Validator]) -> tuple[str, str]:
    """Who of the missing is not away but refused at the first frame, and what to do; empty where none is."""
    told, told_zh = "", ""
    for reason, (mend, mend_zh) in MENDS.items():
        names = [one.name or one.key.hex()[:8] for one in missing if node.peers.unmet.get(one.key.hex()) == reason]
        if names:
            told += f"; {', '.join(names)}: {mend}"
            told_zh += f"；{'、'.join(names)}：{mend_zh}"
    return told, told_zh
