"""What the commands of a text script do to a scene. What they mean to a reader: docs/consensus-scripts.md."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from chainbill_node.wire.messages import Message
from sim.mutants import MUTANTS
from sim.nodes import SimulatedNode
from sim.plan import names
from sim.scenes import SETTLE_MS, Puppet, Scene
from sim.script_words import ScriptError, Some, Words
from sim.telling import decode, words_of
from sim.world import START_MS, World

from chainbill.ledger.vote import VoteType

POINTS = {
    "before-persist": ("signer", 0),
    "after-persist": ("signer", 1),
    "before-commit": ("commit", 0),
    "after-commit": ("commit", 1),
    "before-send": ("send", 0),
}
"""Where a process dies: the kind of point of `SimulatedNode.point`, and how many of them it survives before."""


class Run:
    """A script that is under way. `dropped`: what `drop` was told, with the filter that does it."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.names: list[str] = []
        self.dropped: dict[Some, Callable[[str, str, Message], bool]] = {}
        self.copies: dict[str, bytes] = {}
        self._scene: Scene | None = None
        self._told = 0

    @property
    def scene(self) -> Scene:
        if self._scene is None:
            raise ScriptError("no_nodes_yet", "a script begins with `nodes`")
        return self._scene

    @property
    def world(self) -> World:
        return self.scene.world

    def begin(self, scene: Scene) -> None:
        self._scene = scene
        self.names = list(scene.world.names.values())

    def output(self) -> list[str]:
        """What has been told since this was asked last."""
        log = [] if self._scene is None else self.world.log
        before, self._told = self._told, len(log)
        return log[before:]

    def honest(self, wanted: list[str]) -> list[SimulatedNode]:
        """The nodes of these names, which follow the protocol."""
        puppet = self.scene.puppet
        if puppet is not None and puppet.name in wanted:
            raise ScriptError("faulty", f"{puppet.name} does only what the script makes it say")
        return [self.scene.node(name) for name in wanted]

    def faulty(self, name: str) -> Puppet:
        puppet = self.scene.puppet
        if puppet is None or puppet.name != name:
            raise ScriptError("not_faulty", f"{name} says what the protocol says")
        return puppet

    def block(self, name: str) -> bytes | None:
        """`A`, or `nil`."""
        self.world.log  # noqa: B018  blocks get their names as the log is told
        found = self.world.labels.named(name)
        if found is None and name != "nil":
            raise ScriptError("unknown_block", f"no block {name} so far")
        return found


@dataclass(frozen=True)
class Command:
    """`usage`: as the documents show it."""

    usage: str
    do: Callable[[Run, Words], None]


COMMANDS: dict[str, Command] = {}
Do = Callable[[Run, Words], None]


def command(usage: str) -> Callable[[Do], Do]:
    """A command, known by its first word."""

    def listed(do: Do) -> Do:
        COMMANDS[usage.split(maxsplit=1)[0]] = Command(usage, do)
        return do

    return listed


def carry_out(run: Run, words: Words) -> None:
    """One command. Raises ScriptError, or ViolationError where a promise is broken."""
    COMMANDS[words.one_of(COMMANDS, "unknown_command")].do(run, words)
    words.end()


# ---- the network and its people ----


@command("nodes COUNT [outside NODE…] [faulty NODE] [age TIME]")
def nodes(run: Run, words: Words) -> None:
    count = words.number()
    words.know(names(count))
    outside = words.some_nodes() if words.takes("outside") else []
    faulty = words.node() if words.takes("faulty") else None
    age_ms = words.duration_ms() if words.takes("age") else 0
    run.begin(Scene(count, outside=outside, puppet=faulty, start_ms=START_MS + age_ms))


@command("broken MUTANT")
def broken(run: Run, words: Words) -> None:
    name = words.rest()
    if name not in MUTANTS:
        raise ScriptError("unknown_mutant", f"{name!r} is not in sim/mutants.py")
    run.stack.enter_context(MUTANTS[name]())


@command("client WORD…")
def client(run: Run, words: Words) -> None:
    run.scene.submit(words.rest().encode())


@command("valset +NODE -NODE…")
def valset(run: Run, words: Words) -> None:
    changes = [words.change()]
    while words.more:
        changes.append(words.change())
    run.scene.say("a decision: " + ", ".join(f"{name} {'joins' if joins else 'leaves'}" for joins, name in changes))
    for joins, name in changes:
        key = run.world.keys[run.names.index(name)]
        run.world.submit((b"V+" if joins else b"V-") + key.public)


# ---- time ----


@command("run TIME")
def run_(run: Run, words: Words) -> None:
    run.scene.run(words.duration_ms())


@command("settle [NODE…] [within TIME]")
def settle(run: Run, words: Words) -> None:
    together = [node.name for node in run.honest(words.nodes())]
    within_ms = words.duration_ms() if words.takes("within") else SETTLE_MS
    run.scene.settle(*together, within_ms=within_ms)


# ---- processes and what they keep ----


@command("start [NODE…]")
def start(run: Run, words: Words) -> None:
    run.scene.start(*[node.name for node in run.honest(words.nodes())])


@command("crash NODE… [before-persist|after-persist|before-commit|after-commit|before-send]")
def crash(run: Run, words: Words) -> None:
    victims = run.honest(words.some_nodes())
    if not words.more:
        run.scene.crash(*[node.name for node in victims])
        return
    at, survives = POINTS[words.one_of(POINTS)]
    for node in victims:
        node.crash_at, node.crash_in = at, survives


@command("tear NODE COUNT")
def tear(run: Run, words: Words) -> None:
    [node] = run.honest([words.node()])
    node.tear_at = words.number()


@command("restart NODE…")
def restart(run: Run, words: Words) -> None:
    run.scene.restart(*[node.name for node in _down(run, words.some_nodes())])


@command("word NODE HEIGHT")
def word(run: Run, words: Words) -> None:
    [node] = _down(run, [words.node()])
    node.word = words.number()
    run.scene.say(f"its operator starts {node.name} with --safe-height {node.word}")
    run.scene.restart(node.name)
    node.word = None


@command("lose NODE data|signer|everything")
def lose(run: Run, words: Words) -> None:
    [node] = _down(run, [words.node()])
    what = words.one_of(("data", "signer", "everything"))
    if what != "signer":
        node.lose_data()
    if what != "data":
        node.lose_signer()


@command("copy NODE")
def copy(run: Run, words: Words) -> None:
    [node] = run.honest([words.node()])
    run.copies[node.name] = node.signer_bytes


@command("put-back NODE")
def put_back(run: Run, words: Words) -> None:
    [node] = _down(run, [words.node()])
    if node.name not in run.copies:
        raise ScriptError("no_copy", f"nobody has copied the signer file of {node.name}")
    node.signer_bytes = run.copies[node.name]
    run.scene.say(f"{node.name}'s signer file is replaced by an older copy")


@command("clock NODE TIME")
def clock(run: Run, words: Words) -> None:
    [node] = run.honest([words.node()])
    node.skew_ms = words.duration_ms()


def _down(run: Run, wanted: list[str]) -> list[SimulatedNode]:
    found = run.honest(wanted)
    for node in found:
        if node.alive:
            raise ScriptError("not_down", f"{node.name} is up: crash it first")
    return found


# ---- messages ----


@command("cut NODE… | NODE…")
def cut(run: Run, words: Words) -> None:
    run.scene.cut(*[" ".join(group) for group in words.groups()])


@command("drop MESSAGES [once]")
def drop(run: Run, words: Words) -> None:
    some = words.messages()
    once = words.takes("once")
    met: set[tuple[str, str]] = set()

    def passes(source: str, target: str, message: Message) -> bool:
        lost = some.covers(source, target, message) and not (once and (source, target) in met)
        if lost:
            met.add((source, target))
        return not lost

    run.dropped[some] = passes
    run.world.filters.append(passes)


@command("pass MESSAGES")
def pass_(run: Run, words: Words) -> None:
    some = words.messages()
    if some not in run.dropped:
        raise ScriptError("not_dropped", "`pass` ends a `drop` of the same words")
    run.world.filters.remove(run.dropped.pop(some))


@command("double")
def double(run: Run, words: Words) -> None:
    run.world.links.double = 1.0


@command("heal")
def heal(run: Run, words: Words) -> None:
    run.dropped.clear()
    run.scene.heal()


@command("hold")
def hold(run: Run, words: Words) -> None:
    run.world.held = run.world.held or []


@command("deliver MESSAGES")
def deliver(run: Run, words: Words) -> None:
    some, held = words.messages(), run.world.held or []
    taken = [one for one in held if some.covers(one[0], one[1], decode(one[2]))]
    if not taken:
        told = ", ".join(f"{words_of(decode(data), run.world.labels)} {one}->{other}" for one, other, data in held)
        raise ScriptError("nothing_to_deliver", f"held are: {told or 'none'}")
    run.world.held = [one for one in held if one not in taken]
    for source, target, data in taken:
        run.world.arrive(source, target, data)


# ---- what the faulty validator says ----


@command("say NODE prevote|precommit BLOCK|nil HEIGHT/ROUND to NODE…")
def say(run: Run, words: Words) -> None:
    puppet = run.faulty(words.node())
    kind = VoteType[words.one_of(("prevote", "precommit")).upper()]
    block_id = run.block(words.word("a block as A, or nil"))
    puppet.vote(kind, *words.place(), block_id, words.to())


@command("propose NODE WORD HEIGHT/ROUND [ahead TIME] to NODE…")
def propose(run: Run, words: Words) -> None:
    puppet = run.faulty(words.node())
    transaction = words.word("a transaction").encode()
    height, round_ = words.place()
    ahead_ms = words.duration_ms() if words.takes("ahead") else 0
    puppet.propose(height, round_, (transaction,), words.to(), ahead_ms=ahead_ms)


@command("relabel NODE to NODE…")
def relabel(run: Run, words: Words) -> None:
    run.faulty(words.node()).relabel(words.to())


@command("claim NODE HEIGHT to NODE…")
def claim(run: Run, words: Words) -> None:
    puppet = run.faulty(words.node())
    puppet.claim(words.number(), words.to())


@command("forge NODE to NODE")
def forge(run: Run, words: Words) -> None:
    puppet = run.faulty(words.node())
    [target] = words.to()
    puppet.forge(target)


# ---- looking ----


@command("why NODE")
def why(run: Run, words: Words) -> None:
    [node] = run.honest([words.node()])
    run.scene.waits(node.name)


@command("expect NODE… at HEIGHT | in HEIGHT/ROUND | locked BLOCK ROUND | locked nothing | commit HEIGHT BLOCK")
def expect(run: Run, words: Words) -> None:
    found = run.honest(words.some_nodes())
    what = words.one_of(("at", "in", "locked", "commit"))
    wanted = words.rest()
    asked = wanted.split()[:1] if what == "commit" else []
    for node in found:
        is_so = {"at": _at, "in": _in, "locked": _locked, "commit": _committed}[what](run, node, *asked)
        if is_so != wanted:
            raise ScriptError("expectation", f"{node.name} {what} {wanted}, but it is {is_so}")


def _at(run: Run, node: SimulatedNode) -> str:
    return str(node.height)


def _in(run: Run, node: SimulatedNode) -> str:
    return "down" if node.driver is None else f"{node.driver.state.height}/{node.driver.state.round}"


def _locked(run: Run, node: SimulatedNode) -> str:
    locked = None if node.driver is None else node.driver.state.locked
    return "nothing" if locked is None else f"{run.world.label(locked.block.id)} {locked.round}"


def _committed(run: Run, node: SimulatedNode, height: str) -> str:
    found = node.store.blocks[int(height) - 1][0] if height.isdecimal() and 0 < int(height) <= node.height else None
    return f"{height} {'nothing' if found is None else run.world.label(found.id)}"
