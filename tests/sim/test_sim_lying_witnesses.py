"""What a liar can do with the messages by which a validator comes back: to the one that comes, and to the others."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import pytest
from chainbill_node import wire
from chainbill_node.consensus.company import Company
from chainbill_node.wire.messages import Choice, Message, Position, Status, WantPosition
from sim.drill_kit import SETTLE_MS, Drill
from sim.ledger import build
from sim.nodes import SimulatedNode
from sim.scenes import Puppet, Scene
from sim.seeded import remembered_signatures
from sim.world import Links

from chainbill.ledger.block import Block
from chainbill.ledger.vote import VoteType, sign_vote

pytestmark = pytest.mark.untraced

FAR = 2**31 - 1
Lie = Callable[[Drill, SimulatedNode, Position], Position]
Word = Callable[[int, int], Message]


def _proven(drill: Drill, node: SimulatedNode, block: Block) -> Choice:
    """A lock with as many prevotes as the liar has keys for, which is one, as often as needed."""
    network = drill.world.settings.network
    prevote = sign_vote(node.key, network, type=VoteType.PREVOTE, height=block.height, round=0, block_id=block.id)
    return Choice(block, 0, (prevote,) * drill.world.genesis.quorum)


def forged_lock(drill: Drill, node: SimulatedNode, true: Position) -> Position:
    block = build(node.store.tip, drill.world.settings.network, 1, node.key.public, (b"forged",), ())
    return Position(true.height, FAR, max(0, true.bar), _proven(drill, node, block))


LIES: dict[str, Lie] = {
    "a height far ahead": lambda _drill, _node, _true: Position(10**9, 0),
    "one height ahead": lambda _drill, _node, true: Position(true.height + 1, 0),
    "a height long past": lambda _drill, _node, _true: Position(1, -1),
    "a round far ahead": lambda _drill, _node, true: Position(true.height, FAR),
    "nothing signed": lambda _drill, _node, true: Position(true.height, -1),
    "it does not know": lambda _drill, _node, true: Position(true.height, None),
    "a forged lock": forged_lock,
    "another each time": lambda drill, _node, true: Position(
        max(1, true.height + drill.random.randint(-3, 2)), drill.random.choice((-1, 0, 5, FAR))
    ),
}


def lies(drill: Drill, node: SimulatedNode, lie: Lie) -> None:
    """It votes as it should, says where it is as it likes, and may be dropped for it."""
    for other in drill.nodes:
        other.drop = _by_right(other.drop, node)  # type: ignore[method-assign]
    engine = node.driver._engine  # type: ignore[union-attr]
    true = engine.position
    engine.position = lambda wanted: [lie(drill, node, said) for said in true(wanted)]  # type: ignore[method-assign]


def _by_right(drop: Callable[[str, str], None], liar: SimulatedNode) -> Callable[[str, str], None]:
    return lambda peer, reason: None if peer == liar.world.ids[liar.name] else drop(peer, reason)


@pytest.mark.parametrize("size", [4, 7])
@pytest.mark.parametrize("lie", LIES)
def test_with_lying_witnesses_nothing_is_signed_twice_and_the_others_go_on(lie: str, size: int) -> None:
    for seed in range(2):
        drill = Drill(size, seed)
        with remembered_signatures():
            drill.begin()
            lost, *rest = drill.random.sample(drill.nodes, size)
            liars, honest = rest[: drill.world.genesis.max_faulty], rest[drill.world.genesis.max_faulty :]
            for node in liars:
                lies(drill, node, LIES[lie])
            drill.trouble()
            drill.crash(lost)
            lost.lose_data()
            lost.lose_signer()
            drill.restart(lost)
            drill.world.links = Links()
            for _ in range(4):
                before = min(node.height for node in honest)
                drill.submit()
                assert drill.world.run(60_000, until=lambda: min(node.height for node in honest) > before)  # noqa: B023


def in_round(height: int, round_: int) -> Message:
    """Where somebody says that it is."""
    return Status(height, round_, (), ())


@pytest.mark.parametrize(
    "says", [(WantPosition,), (in_round,), (in_round, WantPosition)], ids=["asks", "is there", "both"]
)
@pytest.mark.parametrize("to", [("n0",), ("n0", "n1"), ("n0", "n1", "n2")], ids=len)
def test_who_is_asked_to_far_rounds_without_a_reason_is_not_led_away_from_the_others(
    to: tuple[str, ...], says: tuple[Word, ...]
) -> None:
    """Attack: while others could not be reached, one liar led a validator on, two rounds at a time and for good: in
    its round it had no votes of theirs, and in theirs they had none of its, so that nothing was decided ever again."""

    def react(puppet: Puppet, source: str, message: Message) -> None:
        if isinstance(message, Status) and source in to:
            for word in says:
                puppet.send([source], word(message.height, FAR))

    scene = Scene(puppet="n3", react=react)
    scene.start()
    scene.run(5_000)
    scene.cut("n0 n3", "n1 n2")
    scene.submit(b"transfer")
    scene.run(120_000)
    assert scene.node("n0").driver.state.round == 0  # type: ignore[union-attr]
    scene.heal()
    assert scene.world.run(60_000, until=lambda: min(node.height for node in scene.nodes) > 2)


def test_without_company_it_is_led_away() -> None:
    """The same with whoever asks followed alone: the test above can fail."""
    with patch.object(Company, "since_ms", lambda *_: 0), pytest.raises(AssertionError):
        test_who_is_asked_to_far_rounds_without_a_reason_is_not_led_away_from_the_others(("n0",), (WantPosition,))


@pytest.mark.parametrize("asks", [False, True])
def test_a_flood_of_wishes_for_far_rounds_slows_nobody(asks: bool) -> None:
    """The same load takes the same number of blocks in the same (virtual) time, whatever one validator asks for."""
    drill = Drill(4, 1)
    drill.begin()
    if asks:
        engine = drill.nodes[3].driver._engine  # type: ignore[union-attr]
        engine.ask_for_positions = lambda: [  # type: ignore[method-assign]
            engine._broadcast(WantPosition(engine.state.height, FAR)) for _ in range(20)
        ]
    before, start = drill.nodes[0].height, drill.world.now_ms
    for _ in range(20):
        drill.submit()
        drill.world.run(500)
    assert drill.nodes[0].height - before >= 20
    assert drill.nodes[0].driver.state.round <= 0  # type: ignore[union-attr]
    assert drill.world.now_ms - start <= 20 * 500


@pytest.mark.parametrize("size", [4, 7])
@pytest.mark.parametrize("seed", range(4))
def test_f_liars_that_vote_no_more_and_lead_some_to_far_rounds_halt_nothing(seed: int, size: int) -> None:
    """In even seeds messages get lost meanwhile, in odd ones an honest validator is alone with the liars."""
    drill = Drill(size, seed)
    drill.begin()
    count = drill.world.genesis.max_faulty
    liars, honest = drill.nodes[-count:], drill.nodes[:-count]
    led = drill.random.sample(honest, drill.random.randint(1, len(honest)))
    for liar in liars:
        leads(drill, liar, led)
    apart = [{node.name for node in (honest[0], *liars)}, {node.name for node in honest[1:]}]
    drill.world.links = Links(cut=apart) if seed % 2 else Links(drop=0.7)
    drill.submit()
    drill.world.run(90_000)
    drill.world.links = Links()
    for node in drill.nodes:
        drill.world.connect(node.name)
    drill.submit()
    before = max(node.height for node in honest)
    assert drill.world.run(SETTLE_MS, until=lambda: min(node.height for node in honest) > before)


def leads(drill: Drill, liar: SimulatedNode, led: list[SimulatedNode]) -> None:
    """It signs nothing, and says to these once a second that it is in a far round, and asks them there."""
    engine = liar.driver._engine  # type: ignore[union-attr]

    def ask() -> None:
        for node in led:
            for word in (in_round, WantPosition):
                drill.world.transmit(liar.name, node.name, wire.encode(word(engine.state.height, FAR)))

    engine.ask_for_positions = ask  # type: ignore[method-assign]
    engine._sign_and_send = lambda _effect: None  # type: ignore[method-assign]
