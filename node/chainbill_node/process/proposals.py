"""Proposals on their way to consensus: restored or asked for, their transactions read before anybody acts on them.

A proposal is read for what its round's proposer signed, once for all peers that send it. What is new here of its
transactions is verified and opened in threads, within what its sender may have verified, and only of near rounds: of
others consensus keeps no block. One with a transaction that is malformed or of another network goes no further: no
honest node ever holds it, so that whoever sends it has committed an offence. Where only a signature is bad,
`check_block` refuses the block.

While one is read, what others send of it is kept, one copy of each peer: whoever sends it first and hangs up, or sends
it with other prevotes, takes it from nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from chainbill.errors import Malformed, Reason
from chainbill.ledger.genesis import Genesis
from chainbill.ledger.transaction import Transaction
from chainbill.ledger.vote import ProposalHeader
from chainbill_node import wire
from chainbill_node.application.application import LedgerApplication
from chainbill_node.consensus.limits import ROUND_WINDOW
from chainbill_node.driver.driver import Driver
from chainbill_node.driver.events import DriverEvent, MessageReceived
from chainbill_node.intake.admission import Admission, Found, Outcome, Verified
from chainbill_node.mempool import VerifiedTransactions
from chainbill_node.network.peers import PeerNetwork
from chainbill_node.runtime.metrics import Metrics
from chainbill_node.wire.compact import restored
from chainbill_node.wire.limits import MAX_PROPOSALS_A_HEIGHT, MAX_PROPOSALS_A_ROUND
from chainbill_node.wire.messages import CompactProposal, Proposal, WantProposal

Word = tuple[int, bytes, int]
"""Round, block id and valid round: what tells apart the proposals of a height."""
UNREAD, UNDER_WAY, READ = "", "under way", "read"


class Memory:
    """How far the proposals of the heights around the newest one have been read. What is not read yet is UNREAD; else
    UNDER_WAY, READ, or the offence that is in it.
    """

    def __init__(self) -> None:
        self._heights: dict[int, dict[Word, str]] = {}
        self._sent: dict[int, set[tuple[str, Word]]] = {}

    def of(self, header: ProposalHeader) -> str:
        """How far it has been read."""
        return self._heights.get(header.height, {}).get(_word(header), UNREAD)

    def begin(self, header: ProposalHeader) -> bool:
        """Whether to read it now; False where its round has had too many different ones."""
        self._forget(header.height)
        known = self._heights.setdefault(header.height, {})
        if sum([round_ == header.round for round_, _, _ in known]) >= MAX_PROPOSALS_A_ROUND:
            return False
        if len(known) >= MAX_PROPOSALS_A_HEIGHT:
            del known[next(iter(known))]
        known[_word(header)] = UNDER_WAY
        return True

    def end(self, header: ProposalHeader, offence: str) -> None:
        """It has been read: "" or the offence."""
        known = self._heights.get(header.height, {})
        if _word(header) in known:
            known[_word(header)] = offence or READ

    def give_up(self, header: ProposalHeader) -> None:
        """It was not read: whoever sends it next may have it read."""
        self._heights.get(header.height, {}).pop(_word(header), None)

    def first_of(self, peer: str, header: ProposalHeader) -> bool:
        """Whether this peer sends the compact form of it for the first time: restoring hashes every id."""
        self._forget(header.height)
        sent = self._sent.setdefault(header.height, set())
        if (peer, _word(header)) in sent:
            return False
        while len(sent) >= MAX_PROPOSALS_A_HEIGHT * MAX_PROPOSALS_A_ROUND:
            sent.pop()
        sent.add((peer, _word(header)))
        return True

    def _forget(self, height: int) -> None:
        for old in [one for one in self._heights | self._sent if abs(one - height) > 1]:
            self._heights.pop(old, None)
            self._sent.pop(old, None)


class Copies:
    """What other peers sent of proposals that are being read: of each peer one copy, all with the same block."""

    def __init__(self) -> None:
        self._first: dict[ProposalHeader, Proposal] = {}
        self._others: dict[ProposalHeader, dict[str, Proposal]] = {}

    def begin(self, message: Proposal) -> None:
        """It is being read from now on."""
        self._first[message.header] = message

    def keep(self, peer: str, message: Proposal) -> None:
        """Another one sends it."""
        first = self._first.get(message.header)
        if first is not None:
            others = self._others.setdefault(message.header, {})
            others.setdefault(peer, replace(message, block=first.block))

    def take(self, header: ProposalHeader) -> list[tuple[str, Proposal]]:
        """Reading it is over: what others sent, in the order in which it came."""
        self._first.pop(header, None)
        return list(self._others.pop(header, {}).items())


class Accepts(Protocol):
    """Takes transactions whose signatures are verified."""

    def accept(self, arrivals: Sequence[Verified]) -> list[Outcome]:
        """Check and pool them, in order."""


class ProposalParts(Protocol):
    """The parts of a node that a proposal goes through before consensus hears of it."""

    genesis: Genesis
    ledger: LedgerApplication
    verified: VerifiedTransactions
    admission: Admission
    driver: Driver
    peers: PeerNetwork
    metrics: Metrics

    @property
    def traffic(self) -> Accepts:
        """Where transactions go that came in a proposal."""

    def drive(self, event: DriverEvent) -> None:
        """Hand one event to consensus."""


class Proposals:
    """Those that peers send to one node."""

    def __init__(self, node: ProposalParts) -> None:
        self._node = node
        self._memory = Memory()
        self._copies = Copies()

    def compact(self, peer: str, message: CompactProposal) -> None:
        """Restore a proposal of this height or the next from what is here; ask for the whole one if that is short."""
        node, header = self._node, message.header
        if not self._worth_reading(peer, header) or not self._memory.first_of(peer, header):
            return
        try:
            proposal = restored(message, self._wire_of)
        except Malformed as error:
            node.peers.drop(peer, str(error))
            return
        node.metrics.compact_proposals.labels("short" if proposal is None else "restored").inc()
        if proposal is None:
            node.peers.send(peer, wire.encode(WantProposal(header.height, header.round)))
        else:
            self._take(peer, proposal)

    def whole(self, peer: str, message: Proposal) -> None:
        """A whole proposal; the block of one of a later height, or of a far round, is not read by anybody here."""
        header = message.header
        if header.height - self._node.ledger.info().height > 2 or self._is_far(header):
            self._node.drive(MessageReceived(peer, message))
        elif self._worth_reading(peer, message.header):
            self._take(peer, message)

    def _is_far(self, header: ProposalHeader) -> bool:
        """Whether it is of a round of which consensus keeps no block: of those there is no end."""
        state = self._node.driver.state
        at_work = max(state.round, 0) if header.height == state.height else 0
        return header.round > at_work + ROUND_WINDOW

    def _worth_reading(self, peer: str, header: ProposalHeader) -> bool:
        """Whether it is of this height or the next, of a near round, and by the proposer of its round.

        A bad signature costs the peer its connection: else anybody could use up what a proposer may have read.
        """
        ledger = self._node.ledger
        if not 0 < header.height - ledger.info().height <= 2 or self._is_far(header):
            return False
        if header.validator != ledger.validators_of(header.height).proposer(header.height, header.round).key:
            return False
        if not header.verify(self._node.genesis.hash):
            self._node.peers.drop(peer, "proposal_signature_bad")
            return False
        return True

    def _wire_of(self, wire_id: bytes) -> bytes | None:
        """The bytes of a transaction that has arrived, verified or about to be."""
        found = self._node.verified.get(wire_id) or self._node.admission.get(wire_id)
        return None if found is None else found.wire

    def _take(self, peer: str, message: Proposal) -> None:
        """Read it if nobody has, and hand it over."""
        known = self._memory.of(message.header)
        if known == READ:
            self._node.drive(MessageReceived(peer, message))
        elif known == UNREAD:
            if self._memory.begin(message.header):
                self._copies.begin(message)
                self._wait_for_those_under_way(peer, message)
        elif known == UNDER_WAY:
            self._copies.keep(peer, message)
        else:
            self._node.peers.drop(peer, known)

    def _wait_for_those_under_way(self, peer: str, message: Proposal) -> None:
        """Transactions that have just come by themselves are being verified already. No other is waited for."""
        left = 1

        def one_less(_: Outcome = None) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                self._examine(peer, message)

        admission = self._node.admission
        admission.hurry()
        for wire_id in message.block.wire_ids:
            left += admission.listen(wire_id, one_less)
        one_less()

    def _examine(self, peer: str, message: Proposal) -> None:
        """Verify and open what is new here, in threads; then hand the proposal over, or end the connection for it."""
        node, block = self._node, message.block
        pairs = zip(block.wire_ids, block.signed, strict=False)  # a tick stands last and is signed by nobody
        unknown = [one for wire_id, one in pairs if wire_id not in node.verified]
        if unknown and not node.peers.unread(peer, len(unknown)):
            self._memory.give_up(message.header)
            for other, copy in self._copies.take(message.header):
                self._take(other, copy)
            return
        left, offence = 1, ""

        def heard(found: list[Found]) -> None:
            nonlocal left, offence
            node.traffic.accept([Verified(one, own=False) for one in found if isinstance(one, Transaction)])
            offence = offence or next(filter(None, map(_offence, found)), "")
            left -= 1
            if left:
                return
            self._memory.end(message.header, offence)
            for sender, copy in ((peer, message), *self._copies.take(message.header)):
                if offence:
                    node.peers.drop(sender, offence)
                else:
                    node.drive(MessageReceived(sender, copy))

        left += node.admission.examine(unknown, node.genesis.hash, heard)
        heard([])


def _offence(found: Found) -> str:
    """Why no honest node has sent it, "" where one may have."""
    return str(found) if isinstance(found, Malformed) and found.reason != Reason.SIGNATURE_INVALID else ""


def _word(header: ProposalHeader) -> Word:
    return header.round, header.block_id, header.valid_round
