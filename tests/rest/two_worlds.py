"""Two worlds that differ only in what a reader may not see, and all that a node answers it about one act in each.

The worlds are those of the contracts (`contracts.world`); a node of the REST interface stands over their rows, before
and after the act.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from chainbill_contracts.declared_reads import reads
from chainbill_node.rest.access import Grant, Viewer
from chainbill_node.rest.gate import Gate
from chainbill_node.storage.chain.batch import Batch
from chainbill_node.storage.chain.derived import bring_up_to_date
from chainbill_node.storage.chain.layout import HEAD_KEY, height_bytes
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import Readable
from contracts.acts_ready import AUDITOR, SIGNERS
from contracts.world import World, _program
from contracts.world import key_of as key_in_world
from rest.bill_book import BillBook
from rest.conftest import app_of
from rest.node_twin import START_MS, TwinNode, key_of

from chainbill.codec import encode
from chainbill.errors import Refused
from chainbill.ledger.receipt import Receipt
from chainbill.ledger.transaction import Call, decode_transaction, encode_body, sign_transaction
from chainbill.state.tree import TreeDelta
from chainbill.state.view import MemoryView, RowChange
from chainbill.vm.machine import Machine, Meter

LATER = 1_000
"""Height, seed and seconds at which the act comes in both worlds, so that nothing tells them apart but their rows."""
MSGPACK = {"content-type": "application/msgpack"}


class Act(NamedTuple):
    """What a party sends: contract.function, its arguments, and the people of the party who sign (`SIGNERS`)."""

    sender: str
    name: str
    arguments: Mapping[str, Any]
    signs: str = "MC"

    @property
    def wire(self) -> bytes:
        """The signed transaction; its key is the twin's, which asks for no other."""
        contract, function = self.name.split(".")
        body = encode_body(
            network=bytes(32), party=self.sender, valid_until_ms=START_MS, nonce=bytes(16),
            calls=[Call(contract, function, dict(self.arguments))], keys=[key_of(self.sender).public],
        )  # fmt: skip
        return sign_transaction(body, [key_of(self.sender)])


class WorldNode(TwinNode):
    """A node over the rows of a world as they are now; what is tried out brings `receipt`."""

    def __init__(self, world: World, receipt: Receipt | None = None) -> None:
        book = BillBook()
        book.height = world.height
        super().__init__(book, public_reads=False)
        self._snapshot = stored(world)
        self._receipt = receipt

    def rows(self) -> Readable:
        return self._snapshot

    async def simulate(self, wire: bytes, address: str) -> Receipt:
        assert self._receipt is not None
        return self._receipt


def stored(world: World) -> Readable:
    """The rows of a world on the product's storage, as of one height."""
    base = world.overlay._view
    assert isinstance(base, MemoryView)
    now = base.copy()
    now.apply(world.overlay.finish(world.height))
    changes = [RowChange(key, None, raw) for key, raw in sorted(now.rows.items())]
    batch, store = Batch(), MemoryStore()
    batch.add_state(world.height, changes, TreeDelta(b"", b"", {}, {}, ()))
    bring_up_to_date(batch, store, world.height, changes)
    batch.put(HEAD_KEY, height_bytes(world.height))
    store.write(batch.puts, batch.deletes)
    return store.snapshot()


def party_of(world: World, party: str) -> Viewer:
    """A party as it reads."""
    roles = frozenset(world.row("party", "party", party)["roles"])
    return Viewer(party, key_in_world(party), roles, "regulator" in roles)


def auditor_of(party: str) -> Viewer:
    """An auditor to whom the party has granted everything."""
    return Viewer(AUDITOR, key_in_world(AUDITOR), frozenset({"auditor"}), grants=(Grant(party, frozenset(), "", ""),))


@contextmanager
def asked_by(viewer: Viewer) -> Iterator[None]:
    """The gate lets everything in, as this viewer."""
    real = Gate.admit
    Gate.admit = lambda self, request, body=b"": viewer  # type: ignore[method-assign]
    try:
        yield
    finally:
        Gate.admit = real  # type: ignore[method-assign]


def read_by(world: World, viewer: Viewer) -> dict[str, Any]:
    """Everything that a viewer reads in lists, which show an object wherever its own address does."""
    found: dict[str, Any] = {}
    with asked_by(viewer), app_of(WorldNode(world)) as client:
        for path in [one.path for one in reads().values() if "{" not in one.path]:
            body = client.get(path, params={"limit": 1000}).json()
            found[path] = [_plain(one) for one in body["data"]], body["count"], body["sum"]
    return found


def _plain(row: Any) -> Any:
    """A row without what is a list of its own."""
    return {name: value for name, value in row.items() if name != "as_of"} if isinstance(row, dict) else row


def moved_on(world: World) -> World:
    """The world at the moment of the act: the same in every world of one scene."""
    world.time_ms += (LATER - world.height) * 1_000
    world.height, world._seeds = LATER, LATER
    return world


def run(world: World, act: Act) -> Receipt:
    """Do an act on the machine; its receipt, with the gas of its calls."""
    meter, events = Meter(world.gas), len(world.events)
    contract, function = act.name.split(".")

    def measured(context: Any, calls: Any, seed: bytes) -> Any:
        machine = Machine(_program(), world.overlay, context, meter, seed)
        values = [machine.run(name, call, arguments, kind=kind) for name, call, arguments, kind in calls]
        return values, [tuple(event) for event in machine.events]

    world._run = measured  # type: ignore[method-assign]
    identity = decode_transaction(act.wire).id, bytes(32)
    try:
        people = [key_in_world(act.sender, number) for number in SIGNERS[act.signs]]
        results = world.send(act.sender, (contract, function, dict(act.arguments)), keys=people)
    except Refused as error:
        return Receipt("transaction", *identity, "refused", error.reason, dict(error.fields), [], [], meter.used)
    finally:
        del world._run
    told = [list(event) for event in world.events[events:]]
    return Receipt("transaction", *identity, "ok", "", {}, results, told, meter.used)


class Answers(NamedTuple):
    """What a node answers of one act: tried out, and done. reads: what its sender reads afterwards."""

    outcome: str
    tried: Any
    done: dict[str, Any]
    reads: dict[str, Any]
    gas: int


def answers(world: World, act: Act) -> Answers:
    """Do an act; what is answered to its sender, and to an auditor that reads for it."""
    sender, before = party_of(world, act.sender), stored(world)
    receipt = run(world, act)
    trying, node, wire = WorldNode(world, receipt), WorldNode(world), act.wire
    trying._snapshot = before
    node.commit(wire, receipt)
    with asked_by(sender), app_of(trying) as client:
        tried = _body(client.post("/v1/transactions/simulate", content=wire, headers=MSGPACK))
    done: dict[str, Any] = {}
    with app_of(node) as client:
        for name, query in (("handed in", ""), ("in a batch", "/batch")):
            content = encode([wire]) if query else wire
            path = f"/v1/transactions{query}?wait=committed"
            done[name] = _body(client.post(path, content=content, headers=MSGPACK))
        for who, viewer in (("its sender", sender), ("its auditor", auditor_of(act.sender))):
            with asked_by(viewer):
                for path in (f"transactions/{receipt.id.hex()}", "blocks/head/receipts", "blocks/head/transactions"):
                    done[f"{path} by {who}"] = _body(client.get(f"/v1/{path}"))
    return Answers(receipt.reason or "ok", tried, done, read_by(world, sender), receipt.gas)


def _body(response: Any) -> Any:
    """An answer without what names the request, and without hashes of the whole receipt."""
    assert response.status_code in (200, 201, 422), response.text
    return without(response.json(), {"as_of", "request_id", "instance", "leaf", "receipts_root"})


def without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: without(inner, names) for name, inner in value.items() if name not in names}
    return [without(inner, names) for inner in value] if isinstance(value, list) else value
