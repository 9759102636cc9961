"""The worst moments to lose something: who knows it is slow, silent or misled."""

from __future__ import annotations

from chainbill_node.consensus.state import Step
from chainbill_node.wire.messages import (
    Blocks,
    CompactProposal,
    Decided,
    Message,
    Proposal,
    Status,
    Votes,
    WantPosition,
)
from sim.checkers import ViolationError
from sim.drill_kit import SETTLE_MS, Drill, why
from sim.nodes import SimulatedNode
from sim.scenes import is_vote
from sim.world import Links

from chainbill.ledger.vote import VoteType


def only_the_lost_had_decided(drill: Drill) -> None:
    """Two decide a block that one more has locked and the fourth has not seen; then these two lose everything.

    The votes of that round are passed on no more, so that only the lock can tell of it.
    """
    first, second, _ = _two_decide_and_lose_everything(drill)
    drill.restart(first, second)
    drill.with_a_word(first, second)
    drill.settle()


def who_has_locked_is_slow_to_answer(drill: Drill) -> None:
    """The same, and between the two and the one that has locked messages take longer than a round's timeouts.

    So it follows the fourth to the later round before it is asked to come there, and what it answers then to older
    questions has no lock with it.
    """
    first, second, locked = _two_decide_and_lose_everything(drill)
    drill.restart(first, second)
    slowness_ms = drill.random.randint(4_000, 9_000)
    for node in (first, second):
        drill.slow_down(node, locked, slowness_ms)
    drill.with_a_word(first, second)
    drill.world.run(60_000)
    drill.settle()


def _two_decide_and_lose_everything(drill: Drill) -> tuple[SimulatedNode, SimulatedNode, SimulatedNode]:
    """These two, down, and the one that has locked what they decided."""
    drill.begin()
    drill.world.run(3_000)
    first, second, locked, fourth = drill.random.sample(drill.nodes, 4)
    height = first.height

    def passes(source: str, target: str, message: Message) -> bool:
        decided = isinstance(message, Decided | Blocks) or is_vote(message, VoteType.PRECOMMIT)
        return fourth.name not in (source, target) and not (target == locked.name and decided)

    drill.world.filters.append(passes)
    drill.submit()
    drill.world.run(20_000, until=lambda: first.height > height and second.height > height)
    drill.crash(first, second)
    drill.world.filters.clear()
    drill.world.filters.append(lambda source, target, message: not _is_of_round_0(message, height + 1))
    for node in (first, second):
        node.lose_data()
        node.lose_signer()
    return first, second, locked


def one_was_a_round_ahead(drill: Drill) -> None:
    """One has all precommits of a round that came to nothing, and signs in the next one; the others lack its own, and
    have heard nothing of it since when it loses everything."""
    drill.begin()
    drill.world.run(3_000)
    first = drill.random.choice(drill.nodes)

    def passes(source: str, _target: str, message: Message) -> bool:
        if source == first.name:
            return is_vote(message, VoteType.PREVOTE) and _is_of_round_0(message, first.height + 1)
        return not isinstance(message, Proposal | CompactProposal)

    drill.world.filters.append(passes)
    drill.submit()
    if not drill.world.run(30_000, until=lambda: _has_voted_in(first, 1)):
        raise AssertionError("it did not get ahead")
    drill.crash(first)
    drill.world.filters.clear()
    first.lose_data()
    first.lose_signer()
    drill.restart(first)
    drill.settle()


def one_was_led_by_another(drill: Drill) -> None:
    """One that has lost everything asks a second to a later round; the second signs there and loses everything, too.

    What it signed there has reached nobody, and the third has not followed.
    """
    lost, led, third = drill.random.sample(drill.nodes, 3)
    drill.begin()
    drill.trouble(drops=(0.4,))
    drill.crash(lost)
    lost.lose_data()
    lost.lose_signer()
    drill.world.links = Links()

    def passes(source: str, target: str, message: Message) -> bool:
        if source == led.name and led.incarnation == 1:
            return not isinstance(message, Status | Votes | Proposal)
        if (source, target) == (lost.name, third.name):
            return not isinstance(message, Status) and not (isinstance(message, WantPosition) and message.round >= 0)
        return True

    drill.world.filters.append(passes)
    drill.restart(lost)
    drill.submit()
    drill.world.run(60_000, until=lambda: _has_voted_in(led, 2))
    drill.crash(led)
    led.lose_data()
    led.lose_signer()
    drill.restart(led)
    drill.world.run(30_000)
    drill.world.filters.clear()
    drill.settle()


def _has_voted_in(node: SimulatedNode, round_: int) -> bool:
    state = None if node.driver is None else node.driver.state
    return state is not None and state.round == round_ and state.step >= Step.PREVOTE


def all_restart_while_one_asks(drill: Drill) -> None:
    """One has lost everything, and it and the others die and come back in turn, between its questions and theirs."""
    lost = drill.random.choice(drill.nodes)
    drill.begin()
    drill.trouble()
    drill.crash(lost)
    lost.lose_data()
    lost.lose_signer()
    drill.restart(lost)
    drill.world.links = Links()
    for _ in range(drill.random.randint(3, 8)):
        node = drill.random.choice(drill.nodes)
        drill.world.run(drill.random.randint(1, 3_000))
        drill.crash(node)
        drill.world.run(drill.random.choice((1, 500)))
        drill.restart(node)
    drill.settle()


def others_decide_the_next_height(drill: Drill) -> None:
    """One alone decides the last block of its set, and goes on with the next set, of which it is a member too, for a
    height or some, over bad links; then it loses everything and hears from its old set only, which is still where it
    was."""
    first, *old = drill.random.sample(drill.nodes, len(drill.nodes))
    drill.begin()
    drill.world.run(3_000)
    new = [drill.add(key) for key in drill.world.keys[drill.size :]]
    for node in new:
        node.boot()
    drill.world.run(2_000, until=lambda: {node.height for node in new} == {first.height})
    for node in new:
        drill.world.submit(b"V+" + node.key.public)
    for node in old:
        drill.world.submit(b"V-" + node.key.public)
    next_set = {node.key.public for node in (first, *new)}
    changed = lambda node: {one.key for one in node.store.tip.following.validators} == next_set  # noqa: E731
    if not drill.world.run(60_000, until=lambda: all(changed(node) for node in drill.nodes)):
        raise AssertionError("the set did not change")
    last = first.height + 1

    def passes(source: str, target: str, message: Message) -> bool:
        told = isinstance(message, Decided | Blocks) or is_vote(message, VoteType.PRECOMMIT)
        return not told or target not in {node.name for node in old}

    drill.world.filters.append(passes)
    drill.world.run(60_000, until=lambda: first.height >= last)
    drill.world.links = Links(drop=drill.random.choice((0.1, 0.3, 0.6)))
    for _ in range(drill.random.randint(1, 3)):
        drill.submit()
        drill.world.run(drill.random.randint(1, 12_000))
    drill.crash(first)
    first.lose_data()
    first.lose_signer()
    drill.world.links = Links(cut=[{node.name for node in (first, *old)}, {node.name for node in new}])
    drill.restart(first)
    drill.world.run(20_000)
    drill.world.filters.clear()
    drill.settle()


def a_word_after_a_power_cut(drill: Drill) -> None:
    """All die. So many stay down that the others are no quorum without the one that has lost everything.

    It is up first, with its operator's word, and meets the others when they do not know yet whether their signer files
    are the newest.
    """
    drill.begin()
    drill.trouble()
    gone = len(drill.nodes) - drill.world.genesis.quorum
    lost, *others = drill.random.sample(drill.nodes, len(drill.nodes))
    away, left = others[:gone], others[gone:]
    drill.crash(*drill.nodes)
    lost.lose_data()
    lost.lose_signer()
    drill.world.links = Links()
    lost.word = 1
    drill.restart(lost)
    lost.word = None
    drill.world.run(10_000)
    drill.restart(*left)
    height = max(node.height for node in left)
    if not drill.world.run(SETTLE_MS, until=lambda: min(node.height for node in (lost, *left)) > height):
        raise ViolationError("liveness", f"seed {drill.seed}: the word was not taken: {why(lost)}")
    drill.restart(*away)
    drill.settle()


def the_first_witness_is_a_laggard(drill: Drill) -> None:
    """Who has lost everything meets one first that was away for some blocks, and hears from the others only later."""
    lost, laggard, *others = drill.random.sample(drill.nodes, len(drill.nodes))
    drill.begin()
    drill.world.links = Links(cut=[{laggard.name}, {node.name for node in (lost, *others)}])
    for _ in range(3):
        drill.submit()
        drill.world.run(2_000)
    drill.crash(lost)
    lost.lose_data()
    lost.lose_signer()
    drill.world.links = Links(cut=[{laggard.name, lost.name}, {node.name for node in others}])
    drill.restart(lost)
    drill.world.run(30_000)
    drill.settle()


def _is_of_round_0(message: Message, height: int) -> bool:
    return isinstance(message, Votes) and any((vote.height, vote.round) == (height, 0) for vote in message.votes)


def the_slowest_alone_keeps_its_data(drill: Drill) -> None:
    """All die when all but one have decided a block; that one has no data lost, and no block: the others must decide it
    again, the very same, from what their signer files hold."""
    drill.begin()
    drill.world.run(3_000)
    slowest, *lost = drill.random.sample(drill.nodes, len(drill.nodes))
    height = slowest.height

    def passes(_source: str, target: str, message: Message) -> bool:
        told = isinstance(message, Decided | Blocks) or is_vote(message, VoteType.PRECOMMIT)
        return not (target == slowest.name and told)

    drill.world.filters.append(passes)
    drill.submit()
    drill.world.run(20_000, until=lambda: all(node.height > height for node in lost))
    drill.crash(*drill.nodes)
    drill.world.filters.clear()
    for node in lost:
        node.lose_data()
    drill.restart(*drill.random.sample(drill.nodes, len(drill.nodes)))
    drill.settle()


def the_second_before_the_first_has_signed(drill: Drill) -> None:
    """Two lose everything, the second as soon as the first one knows from where it signs."""
    first, second = drill.random.sample(drill.nodes, 2)
    drill.begin()
    drill.trouble()
    drill.crash(first)
    first.lose_data()
    first.lose_signer()
    drill.restart(first)
    drill.world.links = Links()
    drill.world.run(SETTLE_MS, until=lambda: why(first) == "signs")
    drill.crash(second)
    second.lose_data()
    second.lose_signer()
    drill.restart(second)
    drill.settle()


def its_words_are_in_no_certificate(drill: Drill) -> None:
    """The whole disk of one comes back as it was some blocks ago; what it has signed since is in no certificate, and
    heights further on it has signed in rounds that came to nothing. Without it those who are left are no quorum."""
    drill.begin()
    drill.world.run(3_000)
    lost, *others = drill.random.sample(drill.nodes, len(drill.nodes))
    kept = drill.keep()[lost.name]

    def unheard(source: str, _target: str, message: Message) -> bool:
        return source != lost.name or not is_vote(message, VoteType.PRECOMMIT)

    drill.world.filters.append(unheard)
    height = lost.height + drill.random.randint(1, 3)
    while lost.height < height:
        drill.submit()
        drill.world.run(20_000, until=lambda now=lost.height: lost.height > now)
    drill.world.filters.append(lambda _s, _t, message: not isinstance(message, Proposal | CompactProposal))
    drill.submit()
    round_ = drill.random.randrange(drill.size)
    drill.world.run(60_000, until=lambda: _has_voted_in(lost, round_))
    drill.crash(lost)
    drill.world.run(drill.world.links.slowest_ms)
    away = others[: drill.size - drill.world.genesis.quorum]
    drill.crash(*away)
    drill.world.filters.clear()
    drill.put_back(lost, kept, signer=True)
    drill.restart(lost)
    drill.world.run(30_000)
    drill.restart(*away)
    drill.settle()
