"""Readiness: whether a node is ready, and if not, why: in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill_node.application.application import LedgerApplication
from chainbill_node.consensus.state import Step
from chainbill_node.driver.driver import Driver
from chainbill_node.foundation.operator_error import OperatorError
from chainbill_node.home.config import NodeConfig
from chainbill_node.intake.network_time import Timekeeping
from chainbill_node.mempool import Mempool
from chainbill_node.network.peers import Member, PeerNetwork
from chainbill_node.process.peer_messages import Traffic
from chainbill_node.process.warning_monitor import Watch
from chainbill_node.rest.ports import NodeStatus
from chainbill_node.runtime.clock import SystemClock

STALLED_MS = 10_000
BEHIND_HEIGHTS = 2


class StatusParts(Protocol):
    """The parts of a node that its status is read from."""

    node_id: str
    config: NodeConfig
    clock: SystemClock
    time: Timekeeping
    ledger: LedgerApplication
    mempool: Mempool
    driver: Driver
    peers: PeerNetwork
    traffic: Traffic
    watch: Watch
    started: bool
    started_ms: int
    last_commit_ms: int
    fault: BaseException | None

    def members(self) -> Mapping[str, Member]:
        """Nodes that may connect."""


def node_status(node: StatusParts) -> NodeStatus:
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
        warnings=node.watch.current,
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


def _why_not_ready(node: StatusParts, newest: int, now_ms: int) -> tuple[str, str] | None:
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
        return _and(_too_few(node, validators, present, now_ms), node.driver.not_signing())
    if newest > height + BEHIND_HEIGHTS:
        return f"catching up: height {height} of {newest}", f"正在同步：高度 {height}/{newest}"
    trusted = node.config.sync.trusted
    if trusted is not None and height < trusted[0]:
        return (
            f"not proven yet: height {height} lies below the block that the operator trusts, {trusted[0]}",
            f"尚未证实：高度 {height} 低于运维人员所信任的区块高度 {trusted[0]}",
        )
    silent = node.driver.not_signing()
    if silent is not None:
        return silent
    by_clock = node.time.keeps_from_signing()
    if by_clock is not None:
        return by_clock
    if waiting.missing and now_ms - waiting.since_ms > STALLED_MS:
        return f"halted: {waiting.text('en', now_ms)}", f"停滞：{waiting.text('zh', now_ms)}"
    return None


def _too_few(node: StatusParts, validators: ValidatorSet, present: int, now_ms: int) -> tuple[str, str]:
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


def _and(halted: tuple[str, str], silent: tuple[str, str] | None) -> tuple[str, str]:
    return halted if silent is None else (f"{halted[0]}; this node {silent[0]}", f"{halted[1]}；本节点{silent[1]}")


def _mends(node: StatusParts, missing: list[Validator]) -> tuple[str, str]:
    """Who of the missing is not away but refused, and what to do; empty where none is."""
    told, told_zh = "", ""
    names: dict[tuple[str, str], list[str]] = {}
    for one in missing:
        found = node.peers.unmet.mend_of(one.key.hex())
        if found is not None:
            names.setdefault(found, []).append(one.name or one.key.hex()[:8])
    for (mend, mend_zh), those in names.items():
        told += f"; {', '.join(those)}: {mend}"
        told_zh += f"；{'、'.join(those)}：{mend_zh}"
    return told, told_zh
