"""What happens in a run, as data: who takes part, and every fault and act with its moment.

A seed draws a plan; a plan can be printed, read back, made smaller and played again. What is left to chance inside a
run (which message is lost, how long one takes) comes from a generator that begins with the plan's seed, so that the
same plan is the same run.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Event(msgspec.Struct, frozen=True, tag=True):
    """Something at a moment, in ms after the start."""

    at_ms: int


class Net(Event, frozen=True):
    """From now on the network is so. `cut`: groups that hear only themselves."""

    drop: float = 0.0
    double: float = 0.0
    slowest_ms: int = 5
    cut: tuple[tuple[str, ...], ...] = ()


class OfNode(Event, frozen=True):
    """Something that happens to one node."""

    node: str


class Crash(OfNode, frozen=True):
    """It survives `after` points and dies at the next; it comes back after `away_ms`.

    Points lie before and after each persist, and before each send. `at`: only those of the "signer" file, of a database
    write ("store"), around a "commit", of fetched data being put in "place", or of a "send" count.
    """

    after: int
    away_ms: int
    at: str = ""


class SlowDisk(OfNode, frozen=True):
    """Each persist takes so long from now on; 0: at once."""

    persist_ms: int


class Clock(OfNode, frozen=True):
    """Its clock is wrong by so much from now on."""

    skew_ms: int


class Member(OfNode, frozen=True):
    """The network decides that it votes, or votes no more."""

    votes: bool


class Join(OfNode, frozen=True):
    """A node without data starts: through a snapshot, or through blocks from the first one on."""

    snapshot: bool = False


class Wipe(OfNode, frozen=True):
    """Its data are lost, and its signer file if it is not kept; it is set up again and starts as a newcomer."""

    away_ms: int
    snapshot: bool = True
    keeps_signer: bool = False


class OldFile(OfNode, frozen=True):
    """It dies, and is back after `away_ms` with its signer file as it was `back_ms` before."""

    back_ms: int
    away_ms: int


class Hand(Event, frozen=True):
    """A client hands in a transaction of the light ledger."""

    transaction: str


class Story(Event, frozen=True):
    """A client of the real ledger begins one of `stories.STORIES`."""

    story: str
    numbers: tuple[int, ...] = ()


AnyEvent = Net | Crash | SlowDisk | Clock | Member | Join | Wipe | OldFile | Hand | Story
FAR_ENOUGH_MS = 1_000
"""An older copy of a signer file comes back no sooner: whatever its node has said before has arrived by then."""


class Loss(msgspec.Struct, frozen=True, array_like=True):
    """As long as there is trouble, what is said in one step of the protocol is lost on the way from one to another.

    step: "proposal", "prevote" or "precommit" of a round, or "status" of one. height: 0 for every one.
    """

    step: str
    height: int
    round: int
    source: str
    target: str


class Pace(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long a network waits for what, in ms. delay_ms: how long it expects a proposal to be under way; drift_ms: how
    far it expects clocks to be apart."""

    propose_ms: int = 1_000
    propose_growth_ms: int = 500
    vote_ms: int = 500
    vote_growth_ms: int = 250
    idle_ms: int = 10_000
    gossip_ms: int = 1_000
    delay_ms: int = 30_000
    drift_ms: int = 10_000


class Healing(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is not well when everything heals, for as long as a height needs: who is away, and how long every message
    takes at the most. See `healing`."""

    gone: tuple[str, ...] = ()
    takes_ms: int = 20


class Plan(msgspec.Struct, frozen=True, omit_defaults=True):
    """One run. Nodes are n0, n1, …; those in `outside` do not vote at first.

    ledger: "light" or "real". twins: nodes that run twice with one key. liars: (node, behaviour). skews: (node, ms).
    lost: messages (from, to, number on that way) that are lost beside those that chance takes. losses: those that are
    lost by what they say. healing: what is judged of the time right after the trouble. age_ms: how long after the
    genesis the network starts. snapshot_every, keep_blocks: of the
    real ledger; 0 for none, and for all.
    """

    seed: int
    size: int
    ledger: str = "light"
    outside: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()
    liars: tuple[tuple[str, str], ...] = ()
    skews: tuple[tuple[str, int], ...] = ()
    events: tuple[AnyEvent, ...] = ()
    trouble_ms: int = 15_000
    lost: tuple[tuple[str, str, int], ...] = ()
    losses: tuple[Loss, ...] = ()
    pace: Pace = Pace()
    healing: Healing | None = None
    age_ms: int = 0
    snapshot_every: int = 0
    keep_blocks: int = 0

    @property
    def voters(self) -> list[str]:
        """The names of the first validators."""
        return [name for name in names(self.size) if name not in self.outside]

    @property
    def faulty(self) -> set[str]:
        """Who is not held to the promises."""
        return {*self.twins, *(name for name, _ in self.liars)}

    @property
    def sound(self) -> bool:
        """Whether the promises are made at all: less than a third of the voters is faulty, also once some have left."""
        voters = set(self.voters)
        left = {one.node for one in self.events if isinstance(one, Member) and not one.votes} - self.faulty
        away = set(self.healing.gone) if self.healing is not None else set()
        few = bool(voters) and len((self.faulty | away) & voters) <= (len(voters - left) - 1) // 3
        return few and self._others_remember and (self.healing is None or self._heals_at_once)

    @property
    def _heals_at_once(self) -> bool:
        """Whether all is well from one moment on: no bound is promised to who has to come in first, or is slow."""
        late = (SlowDisk, Clock, Member, Join, Wipe, OldFile)
        return self.ledger == "light" and not self.skews and not any(isinstance(event, late) for event in self.events)

    @property
    def _others_remember(self) -> bool:
        """Whoever comes back with an older signer file is told by the others what it has signed: no promise is made
        where they have lost that too, have never heard it, or lie."""
        old = [event for event in self.events if isinstance(event, OldFile)]
        if not old:
            return True
        begins_ms = min(event.at_ms for event in old)
        disturbed = any(
            isinstance(event, Crash | SlowDisk) or (isinstance(event, Net) and event.at_ms <= begins_ms + 100)
            for event in self.events
        )
        late = any(event.away_ms < FAR_ENOUGH_MS for event in old)
        return len(old) == 1 and not (disturbed or late or self.faulty or self.losses or self.lost)

    @property
    def weight(self) -> int:
        """How much there is to read: what shrinking makes smaller."""
        return (
            10 * (len(self.events) + len(self.faulty) + len(self.lost) + len(self.losses))
            + (0 if self.healing is None else 10 * len(self.healing.gone) + self.healing.takes_ms // 20)
            + 5 * self.size + len(self.skews)
            + sum(len(msgspec.json.encode(event)) for event in self.events) // 20 + self.trouble_ms // 1_000
        )  # fmt: skip


def names(size: int) -> list[str]:
    """n0, n1, …"""
    return [f"n{number}" for number in range(size)]


def encode(plan: Plan) -> str:
    """One line of JSON."""
    return msgspec.json.encode(plan).decode()


def decode(text: str) -> Plan:
    """From `encode`. Raises msgspec.ValidationError or DecodeError."""
    return msgspec.json.decode(text, type=Plan)


def told(plan: Plan) -> list[str]:
    """The plan in words, a line each."""
    lines = [f"{len(plan.voters)} validators" + "".join(f", {name} beside them" for name in plan.outside)]
    lines += [f"{name} runs twice with one key" for name in plan.twins]
    lines += [f"{name} lies: {behaviour}" for name, behaviour in plan.liars]
    lines += [f"the clock of {name} is wrong by {skew} ms" for name, skew in plan.skews]
    lines += [f"{event.at_ms} ms: {_said(event)}" for event in sorted(plan.events, key=lambda one: one.at_ms)]
    lines += [f"message {number} from {source} to {target} is lost" for source, target, number in plan.lost]
    for loss in plan.losses:
        at = f"height {loss.height} " if loss.height else ""
        lines.append(f"each {loss.step} of {at}round {loss.round} from {loss.source} to {loss.target} is lost")
    lines += [f"it starts {plan.age_ms} ms after the genesis"] if plan.age_ms else []
    lines.append(f"{plan.trouble_ms} ms: everything heals")
    if plan.healing is not None:
        away = f" without {', '.join(plan.healing.gone)}" if plan.healing.gone else ""
        lines.append(f"then a height is decided{away}, while messages take up to {plan.healing.takes_ms} ms")
    return lines


def _said(event: AnyEvent) -> str:
    match event:
        case Net():
            cut = f", cut {groups(event.cut)}" if event.cut else ""
            how = f"loses {event.drop:.0%}, doubles {event.double:.0%}, takes up to {event.slowest_ms} ms"
            return f"the network {how}{cut}"
        case Crash():
            return (
                f"{event.node} dies at {event.at or 'persist or send'} point {event.after + 1} from here, "
                f"for {event.away_ms} ms"
            )
        case SlowDisk():
            return f"each persist of {event.node} takes {event.persist_ms} ms"
        case Clock():
            return f"the clock of {event.node} is wrong by {event.skew_ms} ms"
        case Member():
            return f"{event.node} is voted {'in' if event.votes else 'out'}"
        case Join():
            return f"{event.node} starts without data, through {'a snapshot' if event.snapshot else 'blocks'}"
        case Wipe():
            return f"{event.node} loses its disk and is back {event.away_ms} ms later"
        case OldFile():
            old = f"its signer file of {event.back_ms} ms before"
            return f"{event.node} dies, and is back {event.away_ms} ms later with {old}"
        case Hand():
            return f"a client sends {event.transaction}"
        case Story():
            return f"the story of {event.story} {' '.join(map(str, event.numbers))}".rstrip()


def groups(cut: Sequence[Sequence[str]]) -> str:
    """n0 n1 | n2"""
    return " | ".join(" ".join(sorted(group)) for group in cut)
