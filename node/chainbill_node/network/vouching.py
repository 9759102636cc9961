"""Whose certificate counts: judges what peers show, tells them why not, and shows them the own one when it is new."""

from __future__ import annotations

import time
from collections.abc import Container, Iterable

from chainbill_node.foundation.operator_error import Pair
from chainbill_node.network.certificate import (
    NodeCertificate,
    Refusal,
    UnfitCertificateError,
    date_said,
    refused_here,
    refused_there,
)
from chainbill_node.network.connection import Connection
from chainbill_node.network.hello import make_refusal, read_refusal
from chainbill_node.network.identity import Identity
from chainbill_node.runtime.logs import log


class Vouching:
    """Of one node. Times are Unix seconds of this machine's clock, `now_s` those of the loop."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self._renewed_s = 0.0  # when the own certificate came into use, by the loop's clock

    def look(self, now_s: float, *, at_once: bool = False) -> None:
        """Take new TLS files into use."""
        former = self.identity.own
        if self.identity.look(at_once=at_once) and self.identity.own != former:
            self._renewed_s = now_s

    def not_shown(self, connections: Iterable[Connection]) -> Connection | None:
        """One of those that stand since before the own certificate was new: it is to be made anew, one after the other,
        so that commits go on, and the former certificate counts no more."""
        return next((one for one in connections if one.opened_s < self._renewed_s), None)

    def read(self, der: bytes) -> NodeCertificate:
        """What a certificate says that a peer shows. Raises UnfitCertificateError, said in the log."""
        try:
            return self.identity.read(der)
        except UnfitCertificateError as error:
            log.seldom("certificate_unfit", why=error.said("en"), why_zh=error.said("zh"))
            raise

    def refused(self, connection: Connection, *, standing: bool = False) -> Refusal | None:
        """Why the peer's certificate does not count; it is told, and the connection is to be ended. None: it counts.

        standing: the connection has been there for some time; that its certificate has ended meanwhile is no reason.
        """
        certificate = connection.certificate
        if certificate is None:
            return None
        now_s = time.time()
        refusal = self.identity.shut_out(certificate) if standing else self.identity.judge(certificate, now_s)
        if refusal is None:
            return None
        connection.mend = mend, mend_zh = refused_here(refusal, now_s)
        log.seldom(
            "certificate_refused", peer=certificate.node_id, why=str(refusal.fault), at=date_said(refusal.at_s),
            fingerprint=certificate.fingerprint, mend=mend, mend_zh=mend_zh,
        )  # fmt: skip
        if not standing:
            connection.send(make_refusal(refusal))
            connection.flush()
        return refusal

    def met(self, connection: Connection, members: Container[str]) -> None:
        """The peer has said hello, no more often than it may: remember the certificate of a member. Before that, each
        new one of many that it can make would be a file to write and a line of the log."""
        if connection.certificate is not None and connection.peer in members:
            self.identity.met(connection.certificate, members)

    def refused_there(self, connection: Connection, frame: bytes) -> Refusal | None:
        """Why the peer does not take the own certificate, where its first frame says so."""
        refusal = read_refusal(frame)
        if refusal is not None:
            connection.mend = mend, mend_zh = refused_there(refusal, self.identity.files.renew)
            log.seldom(
                "certificate_refused_by_peer", peer=connection.peer, why=str(refusal.fault),
                at=date_said(refusal.at_s), mend=mend, mend_zh=mend_zh,
            )  # fmt: skip
        return refusal

    def own_fault(self) -> Pair | None:
        """Why others may refuse this node without a word, as releases do that check dates in the handshake."""
        refusal = self.identity.judge_own(time.time())
        return None if refusal is None else refused_there(refusal, self.identity.files.renew)

    def of_members(self, members: Iterable[str]) -> dict[str, NodeCertificate]:
        """The newest certificate that each of these nodes has shown, as far as it was seen."""
        seen = {peer: self.identity.seen.newest(peer) for peer in members}
        return {peer: one for peer, one in seen.items() if one is not None}
