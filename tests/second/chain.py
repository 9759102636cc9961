"""A light client along the blocks of chain.json: every step forward, a jump, back, into blocks and receipts."""

from __future__ import annotations

from typing import Any

from second import log_tree, receipts, transaction
from second.codec import encode
from second.genesis import Genesis
from second.header_block import Block, block_bytes, read_block
from second.identifiers import object_ids
from second.keys import read_key
from second.light_client import LightClient
from second.receipts import Receipt
from second.refused import RefusedError
from second.replay import State
from second.state_tree import key_hash
from second.validators import Validator, ValidatorSet
from second.vectors import unhex

MAKES = {("bill", "issue"): "B", ("bill", "accept"): "T"}


class Chain:
    """Blocks, certificates and sets, as a node would hand them out."""

    def __init__(self, genesis: Genesis, entries: list[dict[str, Any]], newest_certificate: bytes) -> None:
        self.genesis = genesis
        self.blocks = [read_block(unhex(entry["block"])) for entry in entries]
        carried = [block.certificate for block in self.blocks[1:]]
        self.certificates = [data for data in [*carried, newest_certificate] if data is not None]
        self.receipts = [[receipts.read(unhex(data)) for data in entry["receipts"]] for entry in entries]
        self.ids = [block.header.id for block in self.blocks]
        self.leaves = [log_tree.leaf_hash(block_id) for block_id in self.ids]
        self.sets = self._sets()

    def _sets(self) -> list[bytes]:
        """The set of each height: who is voted in acts two heights later, with the fields of the contract."""
        members, found = list(self.genesis.validators.validators), [self.genesis.validators.bytes] * 2
        for block, done in zip(self.blocks, self.receipts, strict=True):
            for wire, receipt in zip(block.wires, done[len(done) - len(block.wires) :], strict=True):
                said = transaction.read(wire)
                for contract, function, arguments in said.calls if receipt.status == "ok" else []:
                    if (contract, function) == ("governance", "set_validator"):
                        key = bytes.fromhex(str(arguments["key"]))
                        members.append(Validator("ed25519", key, "new", said.party, ""))
            found.append(ValidatorSet(sorted(members, key=lambda v: v.key)).bytes)
        return found


def follow_chain(genesis: Genesis, entries: list[dict[str, Any]], newest_certificate: bytes) -> None:
    """Everything that a light client does, on the blocks of the vectors."""
    chain = Chain(genesis, entries, newest_certificate)
    client = LightClient.from_genesis(genesis)
    for n, block in enumerate(chain.blocks):
        header = client.follow(block.header.bytes, chain.certificates[n], chain.sets[n])
        client.block(header.height, block_bytes(block))
    for n, entry in enumerate(entries):
        _check_entry(client, chain, n, entry)
    replay(chain, [(unhex(entry["app_hash_after"]), entry["changed_rows"]) for entry in entries], client)
    _jump_and_look_back(chain)
    _refuse(chain)


def replay(chain: Chain, after: list[tuple[bytes, list[str] | None]], client: LightClient | None = None) -> None:
    """The state root after every block, made anew from the genesis; what changed is proved to the client."""
    state = State(chain.genesis, chain.blocks[0].header)
    assert state.tree().root() == chain.blocks[0].header.app_hash
    for block, done, (app_hash, changed_rows) in zip(chain.blocks, chain.receipts, after, strict=True):
        said = [transaction.read(wire) for wire in block.wires]
        units = list(zip(said, done[len(done) - len(said) :], strict=True))
        found = state.apply(block.header, units, done)
        assert state.tree().root() == app_hash, f"after block {block.header.height}"
        assert changed_rows is None or found == changed_rows
        if client is not None and block.header.height < client.head:
            _prove(client, block.header.height, state, found)


def _prove(client: LightClient, height: int, state: State, changed: list[str]) -> None:
    """S: every row that a block changed, and the absence of those that it took away."""
    tree = state.tree()
    for key in changed:
        contract, table, parts = read_key(unhex(key))
        entries, siblings = tree.proof(key_hash(unhex(key)))
        proof = encode([entries, siblings])
        row = contract, table, tuple(parts)
        if row in state.rows:
            client.row(height, (contract, table, parts), state.rows[row], proof, state.salts.get(row, b""))
        else:
            client.absent(height, (contract, table, parts), proof)


def _check_entry(client: LightClient, chain: Chain, n: int, entry: dict[str, Any]) -> None:
    block, done = chain.blocks[n], chain.receipts[n]
    assert (entry["height"], entry["block_id"]) == (block.header.height, block.header.id.hex())
    data = [receipt.bytes for receipt in done]
    assert [receipt.hex() for receipt in data] == entry["receipts"]
    assert (len(done), log_tree.root(data).hex()) == (entry["receipts_count_after"], entry["receipts_root_after"])
    assert receipts.in_order(done)
    assert entry["changed_rows"] == sorted(entry["changed_rows"])
    for key in entry["changed_rows"]:
        read_key(unhex(key))
    if n + 1 < len(chain.blocks):
        after = chain.blocks[n + 1].header
        assert after.app_hash.hex() == entry["app_hash_after"]
        assert (after.receipts_count, after.receipts_root) == (len(done), log_tree.root(data))
        assert after.next_validators_hash.hex() == entry["next_validators_hash_after"]
        _check_units(client, block, done)


def _check_units(client: LightClient, block: Block, done: list[Receipt]) -> None:
    """T and R: the transactions of a block and what became of them."""
    height, wire_ids = block.header.height, client.wire_ids(block.header.height, block.wire_ids)
    leaves = [log_tree.leaf_hash(wire_id) for wire_id in wire_ids]
    receipt_leaves = [receipt.leaf for receipt in done]
    for index, wire in enumerate(block.wires):
        said = client.transaction(height, wire, index, log_tree.inclusion_proof(leaves, index))
        transaction.check_time(said, block.header.time_ms)
        place = client.receipt_place(height, index)
        receipt = client.receipt(height, done[place].bytes, place, log_tree.inclusion_proof(receipt_leaves, place))
        assert (receipt.kind, receipt.id) == ("transaction", said.id)
        assert receipt.salt == receipts.salt_of(said.nonce, said.id)
        made = [MAKES.get(call[:2]) for call in said.calls]
        if receipt.status == "ok" and made == ["B"]:
            assert list(receipt.results) == [{"bill": object_ids(["B"], said.id)[0]}]
    client.evidence(height, block.evidence, {})


def _jump_and_look_back(chain: Chain) -> None:
    """J from every height to the newest one, then H to every earlier one."""
    newest = len(chain.blocks) - 1
    header = chain.blocks[newest].header
    for n in range(newest - 1):
        client = _client_at(chain, n)
        proof = log_tree.consistency_proof(chain.leaves[:newest], n) if n else []
        inclusion = log_tree.inclusion_proof(chain.leaves[:newest], n)
        client.jump(header.bytes, chain.certificates[newest], chain.sets[newest], proof, inclusion)
        for m in range(newest):
            shown = log_tree.inclusion_proof(chain.leaves[:newest], m)
            assert client.earlier(m + 1, chain.blocks[m].header.bytes, shown).id == chain.ids[m]


def _client_at(chain: Chain, n: int) -> LightClient:
    header = chain.blocks[n].header
    newest_ms = chain.blocks[-1].header.time_ms
    given = header.height, header.id, chain.sets[n + 1]
    return LightClient.from_header(chain.genesis.hash, header.bytes, *given, lambda: newest_ms)


def _refuse(chain: Chain) -> None:
    """What a lying node could hand out, by the step that finds it."""
    lies = {
        "N2": (0, {"network": bytes(32)}),
        "N3": (0, {"parent": bytes(32)}),
        "N4": (0, {"time_ms": chain.genesis.file["time_ms"]}),
        "N5": (0, {"protocol": 2}),
        "N6": (0, {"validators_hash": bytes(32)}),
        "N7": (0, {"proposer": bytes(32)}),
        "N8": (0, {"app_hash": bytes(32)}),
    }
    for step, (n, lie) in lies.items():
        client = LightClient.from_genesis(chain.genesis)
        header = chain.blocks[n].header._replace(**lie)  # type: ignore[arg-type]
        assert _step(lambda c=client, h=header: c.follow(h.bytes, chain.certificates[0], chain.sets[0])) == step
    client = LightClient.from_genesis(chain.genesis)
    client.follow(chain.blocks[0].header.bytes, chain.certificates[0], chain.sets[0])
    assert _step(lambda: client.block(1, block_bytes(chain.blocks[1]))) == "N10"
    assert _step(lambda: client.receipt(1, b"", 0, [])) == "R1"
    late = _client_at(chain, 3)
    late.clock_ms = lambda: chain.blocks[3].header.time_ms + late.trusting_ms
    newest = chain.blocks[-1].header.bytes
    jump = newest, chain.certificates[-1], chain.sets[len(chain.blocks) - 1]
    assert _step(lambda: late.jump(*jump, [], [])) == "J1"
    assert _step(lambda: _client_at(chain, 3).jump(*jump, [], [])) == "J5"
    assert _step(lambda: _client_at(chain, 3).earlier(1, chain.blocks[0].header.bytes, [])) == "H2"


def _step(act: Any) -> str:
    try:
        act()
    except RefusedError as error:
        return error.step
    return ""
