"""Snapshots: made while blocks come, believed only up to a certified root, and good enough to go on from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from chainbill_node.application.application import LedgerApplication
from chainbill_node.application.protocol import SnapshotInfo
from chainbill_node.application.snapshot_calls import SnapshotCalls, snapshot_info
from chainbill_node.home.verify import verify_store
from chainbill_node.storage.chain import layout, rebuild
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.chain.history_log import HistoryLog, frontier_of, log_key
from chainbill_node.storage.ledger_reader import Pruned
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.snapshots import restore
from chainbill_node.storage.snapshots.folder import SnapshotFolder
from chainbill_node.storage.snapshots.restore import SnapshotTaker
from chainbill_node.storage.snapshots.stream import RecordReader, chunks_of, records_of
from chainbill_node.sync.manifest import Link, SnapshotManifest, chunk_hash, decode_manifest, trusted_sets
from log_nodes import nodes_of
from node_chain import LocalChain
from snapshot_server import recut

from chainbill.codec import encode
from chainbill.crypto.merkle import consistency_proof, root, verify_inclusion
from chainbill.errors import Malformed, Refused
from chainbill.ledger.certificate import Certificate, decode_certificate
from chainbill.ledger.receipt import decode_receipt
from chainbill.ledger.vote import VoteType, sign_vote
from chainbill.state.rows import pack


@dataclasses.dataclass
class Made:
    chain: LocalChain
    folder: SnapshotFolder
    height: int
    bill: str

    @property
    def info(self) -> SnapshotInfo:
        manifest, data = self.folder.manifests()[0]
        return snapshot_info(data, manifest.height, len(manifest.chunks))

    @property
    def manifest(self) -> SnapshotManifest:
        return self.folder.manifests()[0][0]

    def chunks(self) -> list[bytes]:
        return [self.folder.chunk(self.height, index) or b"" for index in range(len(self.manifest.chunks))]


def make(directory: Path) -> Made:
    chain = LocalChain(directory / "net")
    bill = chain.trade()
    folder = SnapshotFolder(directory / "snapshots", 2)
    height = chain.ledger.info().height
    source = chain.store.snapshot()
    chain.commit()  # the node goes on while the snapshot is written
    written = folder.write(source, height, lambda: True)
    assert written is not None
    assert folder.finish(written, chain.store, chain.genesis.hash)
    return Made(chain, folder, height, bill)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("snapshot"))


def taken(
    made: Made, info: SnapshotInfo | None = None, chunks: list[bytes] | None = None, **options: Any
) -> tuple[LedgerApplication, MemoryStore, str]:
    """A ledger that was given the chunks, its store, and why it refused (or "")."""
    store = MemoryStore()
    ledger = LedgerApplication(ChainDatabase(store), SnapshotCalls(None, MemoryStore, **options))
    answer = ledger.offer_snapshot(made.chain.genesis, info or made.info)
    for index, chunk in enumerate(made.chunks() if chunks is None else chunks):
        if answer.accepted:
            answer = ledger.apply_snapshot_chunk(index, chunk)
    return ledger, store, answer.reason


def tree_rows(store: Any) -> dict[bytes, bytes]:
    """Rows of the state, and of the tree where it is not empty."""
    rows = {key: value for key, value in store.range(b"", b"\xff") if key[:1] in b"sbl"}
    emptied = {key[1:] for key, value in rows.items() if key[:1] == b"b" and not value}
    return {key: value for key, value in rows.items() if key[:1] == b"s" or key[1:] not in emptied}


def test_both_ways_lead_to_the_same_state(made: Made) -> None:
    ledger, store, refused = taken(made)
    assert refused == ""
    assert ledger.info().height == made.height
    chain = made.chain
    while ledger.info().height < chain.ledger.info().height:
        found = chain.ledger.load_block(ledger.info().height + 1)
        assert found is not None
        ledger.finalize_block(found[0])
        ledger.commit(found[1])
    assert ledger.info().app_hash == chain.ledger.info().app_hash
    ours, theirs = tree_rows(store), tree_rows(chain.store)
    assert ours == theirs
    assert ledger.validators_of(made.height + 2) == chain.ledger.validators_of(made.height + 2)


@pytest.mark.parametrize("parts", [2, 3, 7, 40])
def test_chunks_may_be_as_small_as_they_like_and_come_in_their_order(made: Made, parts: int) -> None:
    size = sum(map(len, made.chunks()))
    manifest, chunks = recut(made.manifest, made.chunks(), -(-size // parts))
    info = snapshot_info(manifest.encode(), made.height, len(chunks))
    _, store, why = taken(made, info, chunks)
    assert why == ""
    assert tree_rows(store) == tree_rows(taken(made)[1])
    for at in range(1, len(chunks)):
        assert "snapshot_chunk" in taken(made, info, [*chunks[:at], chunks[at - 1], *chunks[at:]])[2]


def test_it_goes_on_like_the_others(made: Made, tmp_path: Path) -> None:
    """Used ids, receipts and proposers are there: the next blocks come out the same, a replay is refused."""
    ledger, _, _ = taken(made)
    chain = made.chain
    used = next(chain.ledger.load_block(height)[0] for height in range(1, made.height + 1))  # type: ignore[index]
    reader = ledger.reader(None)
    record = chain.ledger.reader(None).transaction(decode_receipt(chain.ledger.reader(None).receipts(1)[-1]).id)
    assert record is not None
    assert reader.transaction(record.receipt.id) == record
    assert ledger.is_used(record.receipt.id)
    assert used.id == reader.block(1).id  # type: ignore[union-attr]
    assert ledger._env.current.recent_proposers == chain.ledger._env.current.recent_proposers[: made.height]


def test_the_log_of_block_ids_goes_on_from_its_peaks(made: Made) -> None:
    ledger, store, _ = taken(made)
    chain = made.chain
    ids = [chain.ledger.load_block(at)[0].id for at in range(1, chain.ledger.info().height + 1)]  # type: ignore[index]
    assert ledger._env.current.history == frontier_of(chain.store, made.height)
    assert ledger.parent_certificate == chain.store.get(layout.height_key(layout.CERTIFICATE, made.height))
    while ledger.info().height < len(ids):
        found = chain.ledger.load_block(ledger.info().height + 1)
        assert found is not None
        ledger.finalize_block(found[0])
        ledger.commit(found[1])
    log, size = HistoryLog(store), len(ids)
    assert log.lowest_height == made.height + 1
    assert log.consistency(made.height, size) == consistency_proof(nodes_of(ids), made.height, size)
    assert verify_inclusion(root(ids), ids[-1], size - 1, size, log.inclusion(size, size))
    with pytest.raises(Pruned):
        log.inclusion(made.height, size)
    assert verify_store(store, chain.genesis).ok
    damaged = MemoryStore(dict(store.range(b"", b"\xff")))
    key = log_key(0, made.height)
    damaged.write([(key, bytes(32))])
    assert "history_differs" in str(verify_store(damaged, chain.genesis).problems)


@pytest.mark.parametrize("lie", ["other", "fewer", "more"])
def test_peaks_that_are_not_the_headers_are_refused(made: Made, lie: str) -> None:
    peaks = made.manifest.peaks
    lies = {"other": (bytes(32), *peaks[1:]), "fewer": peaks[1:], "more": (*peaks, bytes(32))}
    why = taken(made, forged(made, peaks=lies[lie]))[2]
    assert "snapshot_history" in why or "proof_malformed" in why


def test_reads_below_it_name_the_lowest_height(made: Made) -> None:
    ledger, _, _ = taken(made)
    assert ledger.lowest_height == made.height
    assert ledger.reader(made.height).get("bill", "bill", made.bill) is not None
    with pytest.raises(Pruned) as caught:
        ledger.reader(made.height - 1)
    assert caught.value.lowest == made.height


def test_lists_are_the_same(made: Made) -> None:
    ledger, _, _ = taken(made)
    ours, theirs = ledger.reader(made.height), made.chain.ledger.reader(made.height)
    for party in ("anchor", "supplier1", "supplier2"):
        for name in ("bill.debtor", "bill.creditor", "token.holder", "token.offered_to"):
            value = [made.chain.party(party)]
            live = {
                one
                for one in theirs.index(name, value)
                if (theirs.get(*(("bill", "bill") if name.startswith("bill") else ("token", "token")), one) or {}).get(
                    name.partition(".")[2]
                )
                == value[0]
            }
            assert live <= set(ours.index(name, value)) <= set(theirs.index(name, value))


def test_the_folder_is_found_again_and_what_was_left_unfinished_goes(made: Made, tmp_path: Path) -> None:
    fresh = make(tmp_path)
    (tmp_path / "snapshots" / "99.unfinished").mkdir()
    again = SnapshotFolder(tmp_path / "snapshots", 2)
    assert again.manifests() == fresh.folder.manifests()
    assert not (tmp_path / "snapshots" / "99.unfinished").exists()
    assert again.chunk(fresh.height, 0) == fresh.chunks()[0]
    assert again.chunk(fresh.height, 9_999) is None
    assert again.chunk(7, 0) is None


def test_one_that_was_not_yet_in_its_place_is_not_offered(made: Made, tmp_path: Path) -> None:
    fresh = make(tmp_path)
    folder = tmp_path / "snapshots"
    (folder / str(fresh.height)).rename(folder / f"{fresh.height}.unfinished")  # killed before the last step
    again = SnapshotFolder(folder, 2)
    assert again.manifests() == []
    assert not list(folder.iterdir())


def test_writing_ends_when_the_node_does(made: Made, tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path / "snapshots", 2)
    assert folder.write(made.chain.store.snapshot(), made.height, lambda: False) is None
    assert not list((tmp_path / "snapshots").iterdir())


# --- what must not be believed


def repacked(made: Made, change: Callable[[list[Any]], Iterator[list[Any]]]) -> tuple[SnapshotInfo, list[bytes]]:
    """A snapshot with other records under the same certified header: what a lying server would send."""
    return packed(made, [one for old in original_records(made) for one in change(old)])


def packed(made: Made, records: list[list[Any]]) -> tuple[SnapshotInfo, list[bytes]]:
    """These records under the same certified header."""
    chunks = [chunk for chunk in chunks_of(records) if chunk]
    lie = dataclasses.replace(
        made.manifest, chunks=tuple(map(chunk_hash, chunks)), size=sum(len(chunk) for chunk in chunks)
    )
    data = lie.encode()
    return snapshot_info(data, lie.height, len(chunks)), chunks


def original_records(made: Made) -> list[list[Any]]:
    reader = RecordReader()
    return [record for chunk in made.chunks() for record in reader.feed(chunk)]


def edit(kind: int, work: Callable[[list[Any]], list[list[Any]]], nth: int = 0) -> Callable[[list[Any]], Any]:
    seen = {"count": -1}

    def change(record: list[Any]) -> Iterator[list[Any]]:
        if record[0] == kind:
            seen["count"] += 1
            if seen["count"] == nth:
                yield from work(record)
                return
        yield record

    return change


def flip(data: bytes) -> bytes:
    return data[:-1] + bytes((data[-1] ^ 1,))


LIES = {
    "a row less": (edit(3, lambda _record: [], 5), "snapshot_root"),
    "a row changed": (edit(3, lambda record: [[3, record[1], flip(record[2])]], 5), "snapshot_root"),
    "a row twice": (edit(3, lambda record: [record, record]), "snapshot_malformed"),
    "a row of the future": (edit(3, lambda record: [[3, record[1], b"\x7f" + record[2][1:]]]), "snapshot_malformed"),
    "a row of garbage": (edit(3, lambda record: [[3, record[1], bytes(9) + b"\xc1"]]), ""),
    "a block less": (edit(1, lambda _record: [], 1), ""),
    "the first block less": (edit(1, lambda _record: []), ""),
    "a receipt changed": (edit(2, lambda record: [[2, flip(record[1])]]), "snapshot_receipts"),
    "a certificate of another": (edit(1, lambda record: [[1, record[1], flip(record[2]), record[3]]]), ""),
    "no end": (edit(4, lambda _record: []), "snapshot_incomplete"),
    "a receipt in the place of the end": (edit(4, lambda _: [[2, b""]]), "snapshot_malformed"),
    "more after the end": (edit(4, lambda record: [record, record]), "snapshot_malformed"),
    "an unknown kind": (edit(4, lambda record: [[7], record]), ""),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_in_the_chunks_is_found(made: Made, name: str) -> None:
    change, reason = LIES[name]
    _, _, refused = taken(made, *repacked(made, change))
    assert refused, name
    assert reason in refused


def large_rows(
    count: int, size: int, content: Callable[[int], bytes] = bytes
) -> Callable[[list[Any]], Iterator[list[Any]]]:
    """Rows before the end; of zeros, which are a thousandth of their size in the chunks, if nothing else is given."""

    def change(record: list[Any]) -> Iterator[list[Any]]:
        if record[0] == 4:
            for number in range(count):
                yield [3, b"z\0z\0%09d" % number, pack(1, bytes(32), encode(content(size)))]
        yield record

    return change


def test_one_that_unpacks_to_more_than_there_is_room_for_is_refused_before_the_disk_is_full(made: Made) -> None:
    """1.3 MB of chunks took 231 MiB of a disk, and 12 TiB could be named: a newcomer filled its disk at each start."""
    info, chunks = repacked(made, large_rows(1_000, 60_000))
    _, store, refused = taken(made, info, chunks, room=8 * 1024 * 1024)
    assert "snapshot_room" in refused
    assert sum([len(value) for _, value in store.range(b"", b"\xff")]) < 8 * 1024 * 1024
    assert "snapshot_root" in taken(made, info, chunks)[2]
    assert "snapshot_room" in taken(made, room=made.manifest.size - 1)[2], "the size that it names is enough to see it"
    assert taken(made, room=1024 * 1024)[2] == ""


def test_receipts_of_one_height_are_bounded_before_their_root_is_known(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """6.5 MB of chunks with 1,500 receipts of a megabyte took 1.4 GiB of memory; 100,000 of 8 MiB were let in."""

    def work(record: list[Any]) -> list[list[Any]]:
        return [[*record[:3], 90_000], *[[2, bytes(50_000)] for _ in range(40)]]

    monkeypatch.setattr(restore, "HEIGHT_RECEIPTS_BYTES", 1_000_000)
    assert "bytes of receipts of one height" in taken(made, *repacked(made, edit(1, work)))[2]


def test_large_rows_are_written_before_they_are_many(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows waited until they were 5,000: 1.3 GB of rows of 256 KiB."""
    most = 0
    write = MemoryStore.write

    def written(store: MemoryStore, puts: Sequence[tuple[bytes, bytes]], deletes: Sequence[bytes] = ()) -> None:
        nonlocal most
        most = max(most, sum([len(value) for _, value in puts]))
        write(store, puts, deletes)

    monkeypatch.setattr(MemoryStore, "write", written)
    taken(made, *repacked(made, large_rows(60, 250_000)))
    assert 0 < most < rebuild.BATCH_BYTES + 300_000


def test_a_damaged_chunk_is_found_at_once(made: Made) -> None:
    chunks = made.chunks()
    assert "snapshot_chunk" in taken(made, None, [flip(chunks[0]), *chunks[1:]])[2]


def test_history_that_begins_too_late_is_refused(made: Made) -> None:
    def headers_only(record: list[Any]) -> Iterator[list[Any]]:
        if record[0] != 1 and record[0] != 2:
            yield record

    assert "snapshot_" in taken(made, *repacked(made, headers_only))[2]


def forged(made: Made, **changes: Any) -> SnapshotInfo:
    lie = dataclasses.replace(made.manifest, **changes)
    return snapshot_info(lie.encode(), lie.height, len(lie.chunks))


def test_only_the_networks_own_validators_are_believed(made: Made, tmp_path: Path) -> None:
    stranger = LocalChain(tmp_path / "other").key
    anchor = made.manifest.anchor
    vote = sign_vote(
        stranger, made.chain.genesis.hash, type=VoteType.PRECOMMIT, height=anchor.height, round=0, block_id=anchor.id
    )  # fmt: skip
    assert "certificate_signers" in taken(made, forged(made, certificate=Certificate.from_votes([vote])))[2]
    other = dataclasses.replace(anchor, app_hash=bytes(32))
    assert "snapshot_certificate" in taken(made, forged(made, anchor=other))[2]
    assert "snapshot_of_other_chain" in taken(made, forged(made, network=bytes(32)))[2]
    assert not LedgerApplication(ChainDatabase(MemoryStore())).offer_snapshot(made.chain.genesis, made.info).accepted


def test_a_header_that_changes_no_validators_is_no_link(made: Made) -> None:
    """10,000 of them are as well certified, are verified and kept, and then stand in the newcomer's own manifests,
    which may so become too large for anybody.
    """
    database = ChainDatabase(made.chain.store)
    header, certificate = database.header(2), database.certificate_bytes(2)
    assert header is not None
    assert certificate is not None
    idle = Link(header, decode_certificate(certificate), made.chain.genesis.validators)
    assert trusted_sets(made.manifest, made.chain.genesis)
    with pytest.raises(Refused, match="header 2 changes no validators"):
        trusted_sets(dataclasses.replace(made.manifest, links=(idle,)), made.chain.genesis)


def test_the_operators_trusted_block_must_be_in_it(made: Made) -> None:
    record = made.chain.ledger.reader(None).header(2)
    assert record is not None
    assert taken(made, trusted=(2, record.id))[2] == ""
    wrong = taken(made, trusted=(2, bytes(32)))[2]
    assert "snapshot_not_trusted" in wrong
    assert record.id.hex() in wrong, "what was seen is said"
    anchor = made.manifest.anchor
    assert taken(made, trusted=(anchor.height, anchor.id))[2] == ""
    assert "snapshot_not_trusted" in taken(made, trusted=(anchor.height, bytes(32)))[2]


def test_a_snapshot_below_the_trusted_block_is_taken_for_block_sync_to_prove(made: Made) -> None:
    """security 22: a block of today is above the newest snapshot of a network that makes few blocks."""
    assert taken(made, trusted=(made.height + 9, bytes(32)))[2] == ""


def test_a_snapshot_that_begins_above_the_trusted_block_is_refused_at_its_first_record(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """security 22: an old block is not among the headers of seven days, and the refusal names the mend."""
    header = SnapshotTaker._chain
    monkeypatch.setattr(
        SnapshotTaker,
        "_chain",
        lambda self, one: header(self, one if self._last else dataclasses.replace(one, height=9)),
    )
    _ledger, store, why = taken(made, trusted=(8, bytes(32)))
    assert "its headers begin at height 9" in why
    assert "chainbill network trust" in why
    assert not list(store.range(b"", b"\xff"))


def test_a_manifest_reads_back(made: Made) -> None:
    assert decode_manifest(made.manifest.encode()) == made.manifest
    assert trusted_sets(made.manifest, made.chain.genesis).keys() == {1}
    for place in range(0, len(made.info.metadata), 7):
        damaged = bytearray(made.info.metadata)
        damaged[place] ^= 1
        try:
            lie = decode_manifest(bytes(damaged))
        except Malformed:
            continue
        assert taken(made, snapshot_info(bytes(damaged), lie.height, len(lie.chunks)))[2], place


def test_what_cannot_be_unpacked_is_malformed(made: Made) -> None:
    with pytest.raises(Malformed):
        list(RecordReader().feed(b"no zlib"))
    whole = b"".join(made.chunks())
    reader, records = RecordReader(), []
    for start in range(0, len(whole), 1000):  # cut anywhere
        records += list(reader.feed(whole[start : start + 1000]))
    assert records == original_records(made)
    assert list(records_of(made.chain.store))[-1] == [4]
