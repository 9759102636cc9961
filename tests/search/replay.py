"""What a search has found, played in the simulator: real signatures, the whole driver, and the simulator's checkers.

The network loses everything; each move hands the messages that it needs to one node, or lets a timer fire.
"""

from __future__ import annotations

from chainbill_node import wire
from chainbill_node.consensus.events import RoundWanted
from chainbill_node.consensus.signer_frames import HEADER_BYTES
from chainbill_node.consensus.timeouts import Timer, TimerKind
from chainbill_node.driver.events import MessageReceived, TimerFired
from chainbill_node.wire.messages import BlockAnswer, Decided, Message, Own, Proposal, Votes
from search.local import FAULTY, LATE_MS, OUTSIDE, OWN, Happening, Heard
from search.nodes import boundaries, older_files
from search.search import Found
from search.space import Move, Space
from search.words import FORMER, HEIGHT, NIL, NOW_MS, VALIDATORS, VOTES, Language, Word
from sim.checkers import ViolationError
from sim.ledger import build
from sim.nodes import CrashError, SimulatedNode
from sim.scenes import Puppet
from sim.telling import said
from sim.world import World

from chainbill.ledger.block import Block
from chainbill.ledger.certificate import Certificate
from chainbill.ledger.vote import NO_ROUND, Vote, VoteType, sign_proposal, sign_vote

MOVE_MS = 100


class Stage(SimulatedNode):
    """A simulated node that ends at a point of the search: the points are those of `search.nodes.Process`."""

    ends_in = -1
    torn = False

    def _ends(self) -> bool:
        self.ends_in -= 1
        return self.ends_in == -1

    def append(self, frames: bytes) -> None:
        start = 0
        for end in boundaries(frames):
            if self._ends():
                super().append(frames[:start])
                raise CrashError
            if self.torn and self._ends():
                super().append(frames[: start + HEADER_BYTES])
                raise CrashError
            start = end
        super().append(frames)
        if self._ends():
            raise CrashError

    def broadcast(self, data: bytes) -> None:
        super().broadcast(data)
        message = wire.decode(data)
        if isinstance(message, Votes | Proposal) and self._ends():
            raise CrashError


class Replay:
    """The world of one replay. `blocks`: by value, as far as they have been built; `said`: by place, by word."""

    def __init__(self, space: Space) -> None:
        self.language: Language = space.language
        self.world = World(1, VALIDATORS, start_ms=NOW_MS)
        self.world.filters.append(self._lose)
        self.blocks: dict[int, Block] = {}
        self.said: list[dict[Word, Vote | Proposal]] = [{} for _ in range(VALIDATORS)]
        self.puppet = Puppet(self.world, self.language.faulty)
        self.nodes = {
            place: Stage(self.world, f"n{place}", self.world.keys[place]) for place in self.language.honest
        }  # fmt: skip
        for node in self.nodes.values():
            node.restart_after_ms = -1
            node.torn = self.language.bounds.torn
        self._build_lies()
        for place, node in self.nodes.items():
            node.boot()
            self._answer(place)
        self._places = self._places_of(space)

    def _places_of(self, space: Space) -> list[int]:
        """Who stands in which slot. Two slots may change places in a search: see `play`."""
        places: list[int] = []
        for graph in space.graphs:
            left = [place for place in graph.others if place not in places]
            places.append(graph.node.place if graph.node.place not in places else left.pop())
        return places

    def _build_lies(self) -> None:
        parent = next(iter(self.nodes.values())).store.tip
        faulty = self.language.publics[self.language.faulty]
        for value, block in enumerate(self.language.blocks):
            if block.header.proposer == faulty:
                network, now_ms = self.world.settings.network, self.world.now_ms
                self.blocks[value] = build(parent, network, now_ms, faulty, block.transactions, ())

    def play(self, space: Space, found: Found) -> None:
        """All moves; ViolationError where a checker fires."""
        first = Timer(TimerKind.START, HEIGHT, 0)
        at = [graph.first for graph in space.graphs]
        for place in self.language.honest:
            if place != self.language.proposer(0):
                self.nodes[place].deliver(TimerFired(first))
        for move in found.moves:
            self.world.now_ms += MOVE_MS
            self._do(self._places[move.slot], move)
            at[move.slot] = move.edge.to
            for slot in space.alike:  # the search keeps them in order
                if at[slot] > at[slot + 1]:
                    at[slot], at[slot + 1] = at[slot + 1], at[slot]
                    self._places[slot], self._places[slot + 1] = self._places[slot + 1], self._places[slot]

    def _do(self, place: int, move: Move) -> None:
        node, how = self.nodes[place], move.edge.how
        if how.restart:
            node.crash()
            self._come_back(place, how)
            return
        node.ends_in = how.crash_at if how.crash_at >= 0 else -1
        if how.timer is not None:
            node.deliver(TimerFired(how.timer))
        elif how.wanted != NO_ROUND and node.driver is not None:
            node.driver._engine.step(RoundWanted(how.wanted, self.world.now_ms + LATE_MS, 0))
        for one in how.heard:
            if node.alive:
                self._hear(place, one)
                self._bring_blocks(node)
        if how.lone_certificate is not None:
            self._hand_in(node, self._lone_certificate(how.lone_certificate))
        if how.crash_at >= 0:
            if node.alive:
                node.crash()
            self._come_back(place, how)

    def _come_back(self, place: int, how: Happening) -> None:
        node = self.nodes[place]
        node.ends_in = how.restart_crashes_at
        if how.instead >= 0:
            node.fetches = True  # what its file lacks is to be found out
            node.signer_bytes = older_files(node.signer_bytes, node.key.public)[how.instead]
            what = "an older copy of its signer file" if how.instead else "that its signer file is lost"
            self.world.tell(node.name, f"finds {what}")
        self._restart(place)
        if how.restart_crashes_at >= 0:
            if node.alive:
                node.crash()
            node.ends_in = -1
            self._restart(place)

    def _restart(self, place: int) -> None:
        self.world.tell(f"n{place}", "restarted")
        self.nodes[place].boot()
        self._answer(place)

    def _answer(self, place: int) -> None:
        """As in `nodes.Process.answer`."""
        node, names, shown = self.nodes[place], self.world.ids, self.said[place].values()
        proposals = tuple([one.header for one in shown if isinstance(one, Proposal)])
        votes = tuple([one for one in shown if isinstance(one, Vote)])
        nothing = Own(HEIGHT, node.key.public, whole=True)
        everything = Own(HEIGHT, node.key.public, proposals, votes, whole=True)
        others = [names[f"n{other}"] for other in self.language.honest if other != place]
        answers = [(peer, nothing) for peer in others]
        if self.language.bounds.older:
            observers = [("observer 1", nothing), ("observer 2", nothing)]
            answers = [*observers, (names[self.puppet.name], nothing), (others[0], everything)]
        for peer, own in answers:
            if node.alive:
                node.deliver(MessageReceived(peer, own))

    # ---- messages ----

    def _lose(self, source: str, target: str, message: Message) -> bool:
        """Nothing arrives by itself; what was said is remembered."""
        place = int(source[1:])
        if place in self.nodes:
            if isinstance(message, Proposal):
                if message.block.header.proposer == self.world.keys[place].public:
                    value = self.language.value_of[self.language.own_block(place).id]
                    self.blocks.setdefault(value, message.block)
                header = message.header
                word = Word(VoteType.PROPOSAL, header.round, self._value(header.block_id), header.valid_round)
                self.said[place][word] = message
            elif isinstance(message, Votes):
                for vote in message.votes:
                    self.said[place][Word(vote.type, vote.round, self._value(vote.block_id))] = vote
        return False

    def _value(self, block_id: bytes | None) -> int:
        return next((value for value, block in self.blocks.items() if block.id == block_id), NIL)

    def _sayers(self, place: int, word: Word) -> list[int]:
        return [other for other in self.language.honest if other != place and word in self.said[other]]

    def _hear(self, place: int, heard: Heard) -> None:
        """Hand a message to a node; one that nobody can make is left out."""
        node, word = self.nodes[place], heard.word
        if word.type is VoteType.PROPOSAL:
            backed = Word(VoteType.PREVOTE, word.valid_round, word.value)
            prevotes = [self.said[one][backed] for one in self._sayers(place, backed)] if heard.prevoters else []
            prevotes += [self.said[place][backed]] if OWN in heard.prevoters else []
            votes = [vote for vote in prevotes if isinstance(vote, Vote)]
            votes += [self._vote(backed)] if FAULTY in heard.prevoters else []
            if heard.by == FAULTY:
                self._lie(node, self._proposal(word, tuple(votes)))
                return
            self._hand_in(node, Votes(tuple(votes)))
            proposed = self.said[self.language.proposer(word.round)].get(word)
            if isinstance(proposed, Proposal):
                self._hand_in(node, proposed)
        elif heard.by == OWN:
            self._hand_in(node, Votes((self._as_vote(self.said[place][word]),)))
        elif heard.by == OUTSIDE:
            self._hand_in(node, Votes((self.language.vote(FORMER, word),)))
        elif heard.by == FAULTY:
            if word.value == NIL or word.value in self.blocks:
                self._lie(node, Votes((self._vote(word),)))
        else:
            for sayer in self._sayers(place, word):
                self._hand_in(node, Votes((self._as_vote(self.said[sayer][word]),)))
            other = word._replace(type=VOTES[0] if word.type is VOTES[1] else VOTES[1])
            if not self.language.types_are_signed:
                for sayer in self._sayers(place, other):
                    vote = self._as_vote(self.said[sayer][other])
                    fields = (word.type, vote.height, vote.round, vote.block_id, vote.validator, vote.signature)
                    self._hand_in(node, Votes((Vote(*fields),)))

    def _lie(self, node: Stage, message: Proposal | Votes) -> None:
        """The faulty validator says something to one node; what was told is not told again."""
        one = message if isinstance(message, Proposal) else message.votes[0]
        told = f"says {said(one, self.world.label)} to {node.name} only"
        if not any(line.endswith(told) for line in self.world.log):
            self.world.tell(self.puppet.name, told)
        self._hand_in(node, message)

    def _bring_blocks(self, node: Stage) -> None:
        """In the search every block is everywhere; here it is brought to who asks."""
        state = None if node.driver is None else node.driver.state
        for block in self.blocks.values():
            if state is not None and state.height == HEIGHT and block.id in state.asked_blocks - state.blocks.keys():
                self._hand_in(node, BlockAnswer(block))

    def _hand_in(self, node: Stage, message: Message) -> None:
        if node.alive and not (isinstance(message, Votes) and not message.votes):
            node.receive(self.puppet.name, wire.encode(message))

    @staticmethod
    def _as_vote(message: Vote | Proposal) -> Vote:
        if not isinstance(message, Vote):
            raise AssertionError("a word of a vote is no vote")
        return message

    def _vote(self, word: Word) -> Vote:
        block_id = None if word.value == NIL else self.blocks[word.value].id
        network = self.world.settings.network
        return sign_vote(
            self.puppet.key, network, type=word.type, height=HEIGHT, round=word.round, block_id=block_id
        )  # fmt: skip

    def _proposal(self, word: Word, prevotes: tuple[Vote, ...]) -> Proposal:
        block = self.blocks[word.value]
        header = sign_proposal(
            self.puppet.key, self.world.settings.network, height=HEIGHT, round=word.round, block_id=block.id,
            valid_round=word.valid_round,
        )  # fmt: skip
        return Proposal(header, block, prevotes)

    def _lone_certificate(self, value: int) -> Decided:
        word = Word(VoteType.PRECOMMIT, self.language.born[value], value)
        return Decided(self.blocks[value], Certificate.from_votes([self._vote(word)]))


def replayed(space: Space, found: Found) -> tuple[str, list[str]]:
    """The checker that fires in the simulator ("" where none does), and the story."""
    replay = Replay(space)
    try:
        replay.play(space, found)
    except ViolationError as violation:
        return violation.checker, [*replay.world.log, "", f"a promise is broken: {violation}"]
    return "", [*replay.world.log, "", "every promise holds"]
