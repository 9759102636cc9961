"""What one peer may cost: frames, bytes and questions a second, and how long it stays out after it broke a rule.

What it has used is the peer's, not its connection's: one that hangs up and comes back has used it all the same.

The rates are far above what an honest node sends at full load; a burst of some seconds is allowed, because a node that
was busy reads everything that came meanwhile at once. Pure: the time is given.

The field's word: rate limiting.
"""

from __future__ import annotations

from chainbill_node.network.limits import (
    BESIDE_A_SECOND,
    BESIDE_BURST,
    BYTES_A_SECOND,
    BYTES_BURST,
    CARRIED_A_SECOND,
    CARRIED_BURST,
    CONNECTIONS_A_SECOND,
    CONNECTIONS_BURST,
    FIRST_EXCLUSION_S,
    FORGIVEN_AFTER_S,
    FRAMES_A_SECOND,
    FRAMES_BURST,
    IN_VAIN_A_SECOND,
    IN_VAIN_BURST,
    LONGEST_EXCLUSION_S,
    MAX_REMEMBERED_PEERS,
    QUESTIONS_A_SECOND,
    QUESTIONS_BURST,
    TRANSACTIONS_A_SECOND,
    TRANSACTIONS_BURST,
    UNREAD_A_SECOND,
    UNREAD_BURST,
    VOTES_A_SECOND,
    VOTES_BURST,
)


class Bucket:
    """Fills at `rate` a second up to `burst`."""

    __slots__ = ("_burst", "_full_at_s", "_rate")

    def __init__(self, rate: int, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._full_at_s = 0.0

    def take(self, amount: int, now_s: float) -> bool:
        """Take some; False when there is not enough, then nothing is taken."""
        full_at_s = max(self._full_at_s, now_s) + amount / self._rate
        if full_at_s - now_s > self._burst / self._rate:
            return False
        self._full_at_s = full_at_s
        return True

    def has(self, now_s: float) -> bool:
        """Whether one could be taken."""
        return max(self._full_at_s, now_s) + 1 / self._rate - now_s <= self._burst / self._rate


class Budget:
    """Of one peer."""

    __slots__ = (
        "_beside", "_bytes", "_carried", "_connections", "_frames", "_in_vain", "_questions", "_transactions",
        "_unread", "_votes",
    )  # fmt: skip

    def __init__(self) -> None:
        self._beside = Bucket(BESIDE_A_SECOND, BESIDE_BURST)
        self._connections = Bucket(CONNECTIONS_A_SECOND, CONNECTIONS_BURST)
        self._frames = Bucket(FRAMES_A_SECOND, FRAMES_BURST)
        self._bytes = Bucket(BYTES_A_SECOND, BYTES_BURST)
        self._carried = Bucket(CARRIED_A_SECOND, CARRIED_BURST)
        self._questions = Bucket(QUESTIONS_A_SECOND, QUESTIONS_BURST)
        self._votes = Bucket(VOTES_A_SECOND, VOTES_BURST)
        self._transactions = Bucket(TRANSACTIONS_A_SECOND, TRANSACTIONS_BURST)
        self._in_vain = Bucket(IN_VAIN_A_SECOND, IN_VAIN_BURST)
        self._unread = Bucket(UNREAD_A_SECOND, UNREAD_BURST)

    def connection(self, now_s: float) -> str | None:
        """It has connected and said hello: None, or why that is too often."""
        return None if self._connections.take(1, now_s) else "too_many_connections_of_peer"

    def frame(self, size: int, now_s: float) -> str | None:
        """A frame came: None, or why it is too much."""
        if not self._frames.take(1, now_s):
            return "too_many_messages"
        return None if self._bytes.take(size, now_s) else "too_many_bytes"

    def question(self, now_s: float) -> str | None:
        """A message that wants an answer came: None, or why it is too much."""
        return None if self._questions.take(1, now_s) else "too_many_questions"

    def votes(self, count: int, now_s: float) -> str | None:
        """So many signatures of consensus came: None, or why it is too much."""
        return None if self._votes.take(count, now_s) else "too_many_votes"

    def carried(self, count: int, now_s: float) -> str | None:
        """Blocks or plans came with so many transactions and signatures: None, or why it is too much."""
        return None if self._carried.take(count, now_s) else "too_many_in_blocks"

    def unread(self, count: int, now_s: float) -> str | None:
        """A proposal came with so many transactions that are new here: None, or why it is too much."""
        return None if self._unread.take(count, now_s) else "too_many_unread"

    def transactions(self, count: int, now_s: float) -> str | None:
        """So many transactions came: None, or why it is too much."""
        return None if self._transactions.take(count, now_s) else "too_many_transactions"

    def beside(self, size: int, now_s: float) -> bool:
        """So many bytes came below TLS and were of no message: whether that is within what there may be."""
        return self._beside.take(size, now_s)

    def is_worth_reading(self, now_s: float) -> bool:
        """Whether of its transactions not too many were in vain lately."""
        return self._in_vain.has(now_s)

    def in_vain(self, now_s: float) -> None:
        """A transaction came that cannot be admitted here."""
        self._in_vain.take(1, now_s)


class Budgets:
    """Those of all peers, with and without a connection. Only members get in here."""

    def __init__(self) -> None:
        self._known: dict[str, Budget] = {}

    def of(self, peer: str) -> Budget:
        """What this peer may still cost."""
        known = self._known.pop(peer, None) or Budget()
        self._known[peer] = known
        while len(self._known) > MAX_REMEMBERED_PEERS:
            del self._known[next(iter(self._known))]
        return known


class Exclusions:
    """Who stays out, why, and until when: each time twice as long as the time before. Only members get in here."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, float, str]] = {}  # until, length of the last one, reason

    def exclude(self, peer: str, reason: str, now_s: float) -> float:
        """Keep a peer out; for how many seconds."""
        until_s, last_s, _ = self._known.get(peer, (0.0, 0.0, ""))
        forgiven = now_s - until_s > FORGIVEN_AFTER_S
        length_s = FIRST_EXCLUSION_S if forgiven or not last_s else min(2 * last_s, LONGEST_EXCLUSION_S)
        self._known.pop(peer, None)
        self._known[peer] = (now_s + length_s, length_s, reason)
        while len(self._known) > MAX_REMEMBERED_PEERS:
            del self._known[next(iter(self._known))]
        return length_s

    def reason(self, peer: str, now_s: float) -> str | None:
        """Why a peer is kept out now, None if it is not."""
        until_s, _, reason = self._known.get(peer, (0.0, 0.0, ""))
        return reason if now_s < until_s else None
