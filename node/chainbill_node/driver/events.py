"""Driver events: what the shell hands to the driver."""

from __future__ import annotations

from dataclasses import dataclass

from chainbill_node.consensus.timeouts import Timer
from chainbill_node.wire.messages import Message, PeerId


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A decoded message from a peer; nothing in it has been verified."""

    peer: PeerId
    message: Message


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that was scheduled through the port has run out."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class WorkArrived:
    """There are transactions to put into a block: an idle network wakes up."""


@dataclass(frozen=True, slots=True)
class PeerJoined:
    """A connection to an authenticated peer is up."""

    peer: PeerId


@dataclass(frozen=True, slots=True)
class PeerLeft:
    """The connection to a peer is gone."""

    peer: PeerId


DriverEvent = MessageReceived | TimerFired | WorkArrived | PeerJoined | PeerLeft
