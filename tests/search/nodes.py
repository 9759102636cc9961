"""One honest node of the search: the node's own engine and signer between two events, with a crash at any point.

`Held` is all there is of a node between events. `carry_out` sets an engine up from it, lets something happen, and
gives what is held then. Nothing here knows the rules of consensus: `step`, the engine that carries out its effects,
the signer, the opening of a height and the checks of what comes in are the product's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NoReturn

from chainbill_node import wire
from chainbill_node.consensus.events import BlockSynced, OwnMessagesReported, ProposalReceived, VoteReceived
from chainbill_node.consensus.rules import Rules
from chainbill_node.consensus.signer_frames import HEADER_BYTES, SignerFileError
from chainbill_node.consensus.state import HeightState, Signing
from chainbill_node.consensus.timeouts import Timer
from chainbill_node.driver.engine import Engine
from chainbill_node.driver.inbox import BadPeerError, checked_proposal, fresh_votes
from chainbill_node.driver.ports import Note, Ports, Settings, Tip
from chainbill_node.driver.signer import Signer, following_signer_file, new_signer_file
from chainbill_node.sync.blocks import refusal
from chainbill_node.wire.messages import Proposal, Votes
from search.words import HEIGHT, NOW_MS, Language
from sim.ledger import GENESIS_ID, GENESIS_TIME_MS
from sim.world import NETWORK

from chainbill.errors import ChainbillError
from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate, verify_certificate
from chainbill.ledger.vote import ProposalHeader, Vote

SETTINGS = Settings(NETWORK)
decode = lru_cache(maxsize=65_536)(wire.decode)


class CrashError(Exception):
    """The process ends at this very point."""


class DecidedError(Exception):
    """The height is decided: the search of a node ends here."""


@dataclass(frozen=True, slots=True)
class Held:
    """What there is of a node: its state and its signer's (`inner`), the signer file, what was sent (bits of words).

    decided: the value and its round. faults: promises that this node has broken by itself.
    """

    state: HeightState
    file: bytes
    signer: dict[str, Any]
    has_signed: bool = False
    sent: int = 0
    restarts: int = 0
    decided: tuple[int, int] | None = None
    faults: tuple[str, ...] = ()


OUTER = {"_file", "_key", "_network", "_limit_bytes", "_said"}
"""Of a signer: what is given to it, and what it keeps only to write its file anew when that has grown large."""


def inner(signer: Signer) -> dict[str, Any]:
    """What a signer has in memory."""
    return {name: value for name, value in vars(signer).items() if name not in OUTER}


Action = Callable[["Process"], None]


class Process:
    """The ports of an engine, for as long as one event takes. crash_at: the number of the point where it ends."""

    def __init__(self, node: Node, held: Held, crash_at: int = -1) -> None:
        self.node = node
        self.file = held.file
        self.sent = held.sent
        self.faults = held.faults
        self.decided = held.decided
        self.crash_at = crash_at
        self.points = 0
        self.public = node.key.public
        self.engine = Engine(Ports(self, self, self, self, self, self, node.key), SETTINGS)

    def resume(self, held: Held) -> None:
        """Go on where the last event ended."""
        engine = self.engine
        engine._signer = signer = Signer(self, self.node.key, NETWORK, SETTINGS.signer_file_limit_bytes)
        for name, value in held.signer.items():
            setattr(signer, name, value)
        engine._has_signed = held.has_signed
        engine._opened_height = HEIGHT
        engine._tip = self.node.tip
        engine.rules, engine.state = self.node.rules, held.state

    def hear(self, message: Vote | Proposal | tuple[Block, Certificate]) -> None:
        """A message from anybody, through the checks of the inbox."""
        engine = self.engine
        try:
            if isinstance(message, Vote):
                for vote in fresh_votes(Votes((message,)), engine.state, engine.rules):
                    engine.step(VoteReceived(vote, NOW_MS))
            elif isinstance(message, Proposal):
                proposal = checked_proposal(message, engine.state, engine.rules)
                if proposal is not None:
                    engine.step(ProposalReceived(proposal, NOW_MS))
            elif refusal(*message, NETWORK, engine.rules.validators) is None:
                engine.step(BlockSynced(*message, NOW_MS))
        except BadPeerError:
            return

    def answer(self) -> None:
        """Two others have listened since the height began. What was sent has arrived, and an honest one shows it where
        files may be older; the faulty one holds nothing, and is first, but for two observers, who hold nothing too."""
        language = self.node.language
        nothing: tuple[ProposalHeader | Vote, ...] = ()
        answers = [(peer, nothing) for peer in sorted(self.engine.rules.witnesses)[:2]]
        if language.bounds.older:
            faulty = language.publics[language.faulty].hex()
            honest = language.publics[next(one for one in language.honest if one != self.node.place)].hex()
            everything = language.messages(self.node.place, self.sent)
            answers = [("observer 1", nothing), ("observer 2", nothing), (faulty, nothing), (honest, everything)]
        for peer, messages in answers:
            if self.engine.state.signing is Signing.ASKING:
                self.engine.step(OwnMessagesReported(peer, messages, True, NOW_MS))

    def held(self, before: Held) -> Held:
        engine = self.engine
        signer = engine._signer
        state = getattr(engine, "state", before.state)
        kept = before.signer if signer is None else inner(signer)
        return replace(
            before, state=state, file=self.file, signer=kept, has_signed=engine._has_signed, sent=self.sent,
            decided=self.decided, faults=self.faults,
        )  # fmt: skip

    def _point(self) -> bool:
        self.points += 1
        return self.points - 1 == self.crash_at

    # ---- ports ----

    def read(self) -> bytes:
        return self.file

    def append(self, frames: bytes) -> None:
        """A crash leaves any number of whole frames, or half of the first one that is not."""
        start = 0
        for end in boundaries(frames):
            if self._point():
                self.file += frames[:start]
                raise CrashError
            if self.node.language.bounds.torn and self._point():
                self.file += frames[: (start + end) // 2]
                raise CrashError
            start = end
        self.file += frames
        if self._point():
            raise CrashError

    def rewrite(self, frames: bytes) -> None:
        self.file = frames

    def broadcast(self, data: bytes) -> None:
        message = decode(data)
        own: tuple[Vote | ProposalHeader, ...] = ()
        if isinstance(message, Votes):
            own = message.votes
        elif isinstance(message, Proposal):
            own = (message.header,)
        for one in own:
            if data not in self.file:
                self.faults += ("persist before speaking",)
            word = self.node.language.word_of(one)
            said = self.node.language.said(self.sent)
            if any(known != word and (known.type, known.round) == (word.type, word.round) for known in said):
                self.faults += ("one signature",)
            self.sent |= self.node.language.bit[word]
        if own and self._point():
            raise CrashError

    def propose(self, _proposal: Proposal, data: bytes) -> None:
        self.broadcast(data)

    def send(self, peer: str, data: bytes) -> None:
        """Nothing is sent to one alone here."""

    def drop(self, peer: str, reason: str) -> None:
        """A liar is not listened to any more; here it may always come again."""

    def tip(self) -> Tip:
        return self.node.tip

    def build_block(self, height: int, time_ms: int, proposer: bytes, evidence: Sequence[bytes]) -> Block:
        return self.node.language.own_block(self.node.place)

    def check_block(self, block: Block) -> str | None:
        return None

    def commit(self, block: Block, certificate: Certificate) -> NoReturn:
        language = self.node.language
        try:
            verify_certificate(certificate, NETWORK, language.validators)
            good = certificate.block_id == block.id and 3 * len(certificate.signatures) > 2 * len(language.publics)
        except ChainbillError:
            good = False
        if not good:
            self.faults += ("certificate",)
        self.decided = (language.value(block.id), certificate.round)
        raise DecidedError

    def load_block(self, height: int) -> None:
        """There is none before the first."""

    def load_validators(self, height: int) -> object:
        return self.node.language.before if height < HEIGHT else self.node.language.validators

    def schedule(self, timer: Timer, after_ms: int) -> None:
        """Any timer may fire at any time."""

    def now_ms(self) -> int:
        return NOW_MS

    def note(self, note: Note) -> None:
        """No log."""


@lru_cache(maxsize=65_536)
def boundaries(frames: bytes) -> tuple[int, ...]:
    """Where each frame ends."""
    ends: list[int] = []
    start = 0
    while start < len(frames):
        start += HEADER_BYTES + int.from_bytes(frames[start : start + 4], "big")
        ends.append(start)
    return tuple(ends)


def older_files(file: bytes, public: bytes) -> list[bytes]:
    """What may stand in the place of a signer file: one that says that it was lost, and every older copy."""
    first = len(new_signer_file(NETWORK, public))
    copies = [file[:end] for end in boundaries(file) if first <= end < len(file)]
    return [following_signer_file(NETWORK, public, 0), *copies]


class Node:
    """A place among the validators, and what does not change about it."""

    def __init__(self, language: Language, place: int) -> None:
        self.language = language
        self.place = place
        self.key = language.keys[place]
        self.blocks = {block.id: block for block in language.blocks}
        self.tip = Tip(0, GENESIS_ID, GENESIS_TIME_MS, language.validators, True)
        process = Process(self, Held(HeightState(HEIGHT), new_signer_file(NETWORK, self.key.public), {}))
        process.engine.open()
        self.rules: Rules = process.engine.rules
        process.answer()
        self.first = process.held(Held(HeightState(HEIGHT), b"", {}))

    def proposes_after(self, round_: int) -> bool:
        """Whether it has a turn in a later round within the bounds."""
        return any(self.language.proposer(one) == self.place for one in range(round_ + 1, self.language.bounds.rounds))

    def carry_out(self, held: Held, action: Action, crash_at: int = -1) -> tuple[Held, int, bool]:
        """What is held after an event, how many points of a crash there were, and whether it crashed."""
        process = Process(self, held, crash_at)
        try:
            process.resume(held)
            action(process)
        except DecidedError:
            pass
        except CrashError:
            return process.held(held), process.points, True
        except Exception as error:  # ends a real process, too
            process.faults += (f"halt: {type(error).__name__}",)
        return process.held(held), process.points, False

    def restart(self, held: Held, crash_at: int = -1) -> tuple[Held, int, bool]:
        """The process comes back with what its disk holds; it crashes again where that is said."""
        before = replace(held, restarts=held.restarts + 1)
        process = Process(self, before, crash_at)
        try:
            process.engine.open()
            process.answer()
        except DecidedError:
            pass
        except CrashError:
            return process.held(before), process.points, True
        except SignerFileError:
            process.faults += ("recovery",)
        return process.held(before), process.points, False
