"""Certificate monitoring every few seconds: new files, ends to come, metrics, a line a day in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Protocol

from chainbill_node.foundation.node_warning import NodeWarning
from chainbill_node.home.config import NodeConfig
from chainbill_node.network.certificate import date_said
from chainbill_node.network.certificate_warnings import certificate_warnings, files_refused
from chainbill_node.network.peers import Member, PeerNetwork
from chainbill_node.runtime.clock import SystemClock
from chainbill_node.runtime.logs import log
from chainbill_node.runtime.metrics import Metrics

TOLD_AGAIN_S = 86_400


class CertificateParts(Protocol):
    """The parts of a node that its certificates concern."""

    node_id: str
    config: NodeConfig
    clock: SystemClock
    peers: PeerNetwork
    metrics: Metrics

    def members(self) -> Mapping[str, Member]:
        """Nodes that may connect."""


class CertificateWatch:
    """A source of `warning_monitor.Watch`."""

    def __init__(self, node: CertificateParts) -> None:
        self._node = node
        self._told_s: float | None = None

    def __call__(self) -> Iterator[NodeWarning]:
        """What holds now; takes new files into use first."""
        self.look_at_files()
        node = self._node
        now_s = node.clock.now_ms() / 1000
        identity = node.peers.vouching.identity
        names = {peer: one.name or peer[:8] for peer, one in node.members().items() if peer != node.node_id}
        peers = {names[peer]: one for peer, one in node.peers.vouching.of_members(names).items()}
        ends_s = {node.config.name: identity.own.ends_s}
        node.metrics.certificates(ends_s, {name: one.ends_s for name, one in peers.items()}, now_s)
        if self._told_s is None or now_s - self._told_s >= TOLD_AGAIN_S:
            self._told_s = now_s
            told = {f"{name}": date_said(one.ends_s) for name, one in sorted(peers.items())}
            log.info(
                "certificates", ends=date_said(identity.own.ends_s), days_left=identity.own.days_left(now_s),
                fingerprint=identity.own.fingerprint, peers=told,
            )  # fmt: skip
        refusal, renew = identity.judge_own(now_s), identity.files.renew
        yield from certificate_warnings(
            identity.own, refusal, peers, authorities=identity.authorities, now_s=now_s, renew=renew
        )
        if identity.fault is not None:
            yield files_refused(identity.fault)

    def look_at_files(self, *, at_once: bool = False) -> None:
        """Take new files into use. at_once: on SIGHUP, which says now what cannot be used."""
        self._node.peers.vouching.look(asyncio.get_running_loop().time(), at_once=at_once)
