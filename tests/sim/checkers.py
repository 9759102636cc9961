"""What every run is held to, whatever happens in it. Each failure names its checker.

They know nothing of the implementation's rules: they see what honest nodes send and what they commit, and compute
quorums and validator sets by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chainbill_node.wire.messages import Proposal, Votes
from sim.locks import Locks
from sim.telling import decode

from chainbill.crypto.signing import verify
from chainbill.ledger import vote as vote_format
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.evidence import decode_evidence
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.ledger.vote import NO_ROUND, VOTE_DOMAIN, Vote, VoteType

CLOCKS_APART_MS = 13_000
LONGEST_MS = 900_000
"""How long the longest height of a run takes: a valid value keeps its time until it is decided."""
"""The clock bound of 10 s, and 3 s that a simulated clock may be wrong."""


class ViolationError(Exception):
    """A promise is broken: which checker says so, and what it saw."""

    def __init__(self, checker: str, text: str) -> None:
        self.checker = checker
        super().__init__(f"[{checker}] {text}")


@dataclass(slots=True)
class Checkers:
    """Agreement, certificates, one signature each, evidence, liveness; `fail` raises at once.

    decide: applies a decided block elsewhere and tells the set that acts two heights later, where transactions are not
    the light ledger's. offset_ms: how far the network's adjustable clock was moved before the block. strict: locks
    are looked at, too.
    """

    network: bytes
    genesis: ValidatorSet
    known: dict[bytes, Validator]
    guilty: set[bytes] = field(default_factory=set)
    decided: dict[int, Block] = field(default_factory=dict)
    commits: int = 0
    decide: Callable[[Block], ValidatorSet] | None = None
    offset_ms: int = 0
    strict: bool = False
    locks: Locks = field(init=False)
    _sent: dict[tuple[bytes, int, int, int], object] = field(default_factory=dict)
    _sets: list[ValidatorSet] = field(default_factory=list)
    _accused: set[tuple[bytes, int, int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._sets = [self.genesis, self.genesis]
        self.locks = Locks(self._members)

    def committed(self, node: str, block: Block, certificate: Certificate, now_ms: int) -> None:
        """An honest node has stored a block."""
        self.commits += 1
        before = self.decided.get(block.height)
        if before is not None and before.id != block.id:
            raise ViolationError("agreement", f"{node} decides another block at height {block.height} than others did")
        if before is None:
            self._check_chain(node, block)
            self.decided[block.height] = block
            self._sets.append(self._next_set(block) if self.decide is None else self.decide(block))
            self._check_evidence(node, block)
            self._check_turn_and_time(node, block, certificate.round, now_ms)
        self._check_certificate(node, block, certificate)

    def sent(self, key: bytes, data: bytes) -> None:
        """An honest node broadcasts: it never contradicts itself."""
        message = decode(data)
        if self.strict:
            self.locks.hear(key, message)
            broken = self.locks.broken(key, message)
            if broken is not None:
                raise ViolationError("lock", f"{self.known[key].name} {broken}")
        if isinstance(message, Proposal):
            header = message.header
            self._said(header.validator, header.height, header.round, 0, (header.block_id, header.valid_round), key)
        elif isinstance(message, Votes):
            for vote in message.votes:
                self._said(vote.validator, vote.height, vote.round, int(vote.type), vote.block_id, key)

    def farthest(self, key: bytes, height: int) -> int:
        """The last round of a height in which an honest one has said something, −1 for none."""
        said = [round_ for sender, at, round_, _ in self._sent if (sender, at) == (key, height)]
        return max(said, default=NO_ROUND)

    def overheard(self, key: bytes, data: bytes) -> None:
        """Somebody that is not held to anything says something."""
        if self.strict:
            self.locks.hear(key, decode(data))

    def came_back(self, key: bytes, height: int, locked: tuple[int, bytes]) -> None:
        """An honest node has started, locked on a block since a round."""
        lost = self.locks.lost(key, height, locked) if self.strict else None
        if lost is not None:
            raise ViolationError("lock", f"{self.known[key].name} {lost}")

    def signs_from(self, key: bytes, height: int, round_: int) -> None:
        """An honest node that had lost its memory signs again from here on: it never has before. In the middle of a
        height that says nothing of later ones, since others may decide those."""
        for sender, said_at, said_in, _ in self._sent:
            again = said_in >= round_ if said_at == height else said_at > height and round_ == 0
            if sender == key and again:
                name = self.known[key].name
                raise ViolationError(
                    "one signature", f"{name} signs from {height}/{round_} on, and has signed {said_at}/{said_in}"
                )

    def dropped(self, node: str, peer: str, reason: str, *, honest: bool) -> None:
        """An honest node never drops an honest one."""
        if honest:
            raise ViolationError("peers", f"{node} drops {peer}: {reason}")

    def halted(self, node: str, reason: str) -> None:
        """An honest node never finds its state diverged."""
        raise ViolationError("halt", f"{node} halts: {reason}")

    def _said(self, sender: bytes, height: int, round_: int, kind: int, value: object, key: bytes) -> None:
        if sender != key:
            return
        before = self._sent.setdefault((sender, height, round_, kind), value)
        if before != value:
            raise ViolationError(
                "one signature", f"{self.known[sender].name} signs twice at {height}/{round_}, type {kind}"
            )

    def _members(self, height: int) -> set[bytes] | None:
        """Who decides a height; None before that is known."""
        if height > len(self._sets):
            return None
        return {validator.key for validator in self._sets[height - 1].validators}

    def _check_chain(self, node: str, block: Block) -> None:
        parent = self.decided.get(block.height - 1)
        if parent is not None and (block.header.parent != parent.id or block.header.time_ms <= parent.header.time_ms):
            raise ViolationError("chain", f"{node}: block {block.height} does not follow its parent")
        if parent is None and block.height != 1:
            raise ViolationError("chain", f"{node}: block {block.height} without its parent")
        acting, following = self._sets[block.height - 1], self._sets[block.height]
        named = (block.header.validators_hash, block.header.next_validators_hash)
        if named != (acting.hash(), following.hash()):
            raise ViolationError("sets", f"{node}: block {block.height} names other validators than its chain does")
        if any(wire_bytes.startswith(b"bad") for wire_bytes in block.transactions):
            raise ViolationError("validity", f"{node}: block {block.height} has an invalid transaction")

    def _check_certificate(self, node: str, block: Block, certificate: Certificate) -> None:
        """A naive twin of the quorum rule: more than two thirds of the right set, each once, each signature good."""
        members = {validator.key for validator in self._sets[block.height - 1].validators}
        signers = [key for key, _ in certificate.signatures]
        said = vote_format.vote_sign_bytes(self.network, VoteType.PRECOMMIT, block.height, certificate.round, block.id)
        good = {
            key
            for key, signature in certificate.signatures
            if key in members and verify(key, VOTE_DOMAIN, said, signature)
        }
        if len(good) != len(signers) or 3 * len(good) <= 2 * len(members) or certificate.block_id != block.id:
            raise ViolationError(
                "certificate", f"{node}: {len(good)} of {len(members)} stand behind block {block.height}"
            )

        for key in signers:
            said_it = self._sent.get((key, block.height, certificate.round, int(VoteType.PRECOMMIT)))
            if key not in self.guilty and said_it != block.id:
                raise ViolationError(
                    "forgery", f"{node}: {self.known[key].name} never precommitted block {block.height}"
                )

    def _check_evidence(self, node: str, block: Block) -> None:
        for data in block.evidence:
            evidence = decode_evidence(data)
            first = evidence.first
            kind = int(first.type) if isinstance(first, Vote) else 0
            misdeed = (first.validator, first.height, first.round, kind)
            if misdeed in self._accused:
                raise ViolationError("evidence", f"{node}: a misdeed is counted twice in block {block.height}")
            self._accused.add(misdeed)
            if evidence.first.validator not in self.guilty:
                raise ViolationError("evidence", f"{node}: an honest validator is accused in block {block.height}")

    def _check_turn_and_time(self, node: str, block: Block, round_: int, now_ms: int) -> None:
        """Its proposer had its turn by that round, and its time is not further ahead than clocks may be."""
        members = sorted(validator.key for validator in self._sets[block.height - 1].validators)
        had_turn = {members[(block.height + number) % len(members)] for number in range(round_ + 1)}
        if block.header.proposer not in had_turn:
            raise ViolationError("turn", f"{node}: block {block.height} is by {self.known[block.header.proposer].name}")
        ahead_ms = block.header.time_ms - self.offset_ms - now_ms
        if ahead_ms > CLOCKS_APART_MS:
            raise ViolationError("time", f"{node}: block {block.height} lies {ahead_ms} ms ahead")
        if -ahead_ms > LONGEST_MS:
            raise ViolationError("time", f"{node}: block {block.height} lies {-ahead_ms} ms behind")

    def _next_set(self, block: Block) -> ValidatorSet:
        """What block h changes acts from h + 2."""
        members = {validator.key: validator for validator in self._sets[-1].validators}
        for wire_bytes in block.transactions:
            if wire_bytes[:2] == b"V+":
                members[wire_bytes[2:34]] = self.known[wire_bytes[2:34]]
            elif wire_bytes[:2] == b"V-" and len(members) > 1:
                members.pop(wire_bytes[2:34], None)
        return ValidatorSet.of(members.values())
