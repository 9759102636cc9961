"""The power goes at every call that writes: what the disk then holds is read by the product's own readers.

Of a signer file, all that was handed out is there; a file that is written over is the old or the new one, whole; what
is offered to others, or believed at the next start, is whole or not there. Whoever goes on from there writes over what
is left as if it were not there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chainbill_cli.home import write_private
from chainbill_node.consensus.effects import UnsignedVote
from chainbill_node.driver.signer import Signer, new_signer_file
from chainbill_node.storage.chain.archive import check_archive, write_archive
from chainbill_node.storage.signer_file import FileSignerFile, create_signer_file
from chainbill_node.storage.snapshots.fetched_chunks import FetchedChunks
from chainbill_node.storage.snapshots.folder import SnapshotFolder
from consensus.consensus_kit import KEYS, NETWORK, PRECOMMIT, PREVOTE, block
from power_cuts import Image, PowerCuts, laid_out
from snapshot_server import recut
from test_node_snapshots import Made, make

A = block(b"A")
Said = tuple[int, int, Any]
"""Height, round and kind."""
SMALL_BYTES = 500  # of a signer file that is soon replaced by a shorter one


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("made"))


@pytest.fixture
def folder(scratch: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=scratch))


def read_back(scratch: Path, look: Callable[[Path], None]) -> Callable[[Image], None]:
    """Lay each image out in a folder of its own, and look at it there."""

    def cut(image: Image) -> None:
        with tempfile.TemporaryDirectory(dir=scratch) as where:
            look(laid_out(image, Path(where)))

    return cut


def opened(path: Path, height: int) -> tuple[Signer, FileSignerFile]:
    file = FileSignerFile(path)
    signer = Signer(file, KEYS[0], NETWORK, SMALL_BYTES)
    signer.open(height, None)
    return signer, file


def hand_out(signer: Signer, height: int, round_: int, handed: dict[Said, bytes]) -> None:
    """All that a validator says at a height, up to its commit."""
    for kind in (PREVOTE, PRECOMMIT):
        handed[height, round_, kind] = signer.sign(height, UnsignedVote(kind, round_, A.id), None).data
    signer.before_commit(height)


def test_of_a_signer_file_all_that_was_handed_out_is_there(folder: Path, scratch: Path) -> None:
    """Also while it is replaced by a shorter one, and after a start; and for whoever goes on from what is left of it,
    replaces it again, and starts anew behind each height."""
    handed: dict[Said, bytes] = {}
    height = round_ = 0

    def look(found: Path) -> None:
        known = dict(handed)
        for now in range(height, height + 3):
            signer, file = opened(found / "signer.bin", now)
            assert not signer.memory.unknown
            for (at, said_in, kind), data in known.items():
                assert at <= now or signer.stored(at, said_in, kind) == data
            hand_out(signer, now + 1, round_, known)
            signer.after_commit(now + 1)
            file.close()

    create_signer_file(folder / "signer.bin", new_signer_file(NETWORK, KEYS[0].public))
    with PowerCuts(folder, read_back(scratch, look)) as cuts:
        for round_ in range(2):
            signer, file = opened(folder / "signer.bin", height)
            for _ in range(4):
                hand_out(signer, height + 1, round_, handed)
                height += 1
                signer.after_commit(height)
            file.close()
    assert cuts.count > 50


def test_a_new_signer_file_is_there_once_it_is_made(folder: Path, scratch: Path) -> None:
    done = False

    def look(found: Path) -> None:
        if done:
            opened(found / "signer.bin", 0)[1].close()

    with PowerCuts(folder, read_back(scratch, look)):
        create_signer_file(folder / "signer.bin", new_signer_file(NETWORK, KEYS[0].public))
        done = True


def test_a_private_file_is_the_old_or_the_new_one(folder: Path, scratch: Path) -> None:
    may_be = [b"old" * 100]
    (folder / "key.pem").write_bytes(may_be[0])

    def look(found: Path) -> None:
        assert (found / "key.pem").read_bytes() in may_be
        write_private(found / "key.pem", b"again")
        assert (found / "key.pem").read_bytes() == b"again"

    with PowerCuts(folder, read_back(scratch, look)):
        may_be.append(b"new" * 200)
        write_private(folder / "key.pem", may_be[1])
        del may_be[0]


def test_a_backup_has_its_name_once_it_is_whole(made: Made, folder: Path, scratch: Path) -> None:
    done = False

    def look(found: Path) -> None:
        target = found / "backup.tar"
        assert target.exists() or not done
        if not target.exists():
            write_archive(made.chain.store, {}, target, chain_id="local")  # over what is left of the other one
        check_archive(target)

    with PowerCuts(folder, read_back(scratch, look)):
        write_archive(made.chain.store, {"node.toml": b"x"}, folder / "backup.tar", chain_id="local")
        done = True


def test_of_a_snapshot_no_torn_chunk_is_ever_sent(made: Made, folder: Path, scratch: Path) -> None:
    """Whoever gets one takes this node for a liar, and drops it."""
    (folder / "snapshots").mkdir()

    def look(found: Path) -> None:
        shelf = SnapshotFolder(found / "snapshots", 2)
        for manifest, _ in shelf.manifests():
            for index in range(len(manifest.chunks)):
                chunk = shelf.chunk(manifest.height, index)
                assert chunk is None or manifest.names(index, chunk), f"chunk {index} is torn"

    with PowerCuts(folder, read_back(scratch, look)) as cuts:
        shelf = SnapshotFolder(folder / "snapshots", 2)
        written = shelf.write(made.chain.store, made.height, lambda: True)
        assert written is not None
        assert shelf.finish(written, made.chain.store, made.chain.genesis.hash)
    assert cuts.count > 3


def test_of_a_fetched_snapshot_no_torn_chunk_is_taken_up_again(made: Made, folder: Path, scratch: Path) -> None:
    manifest, chunks = recut(made.manifest, made.chunks(), 4_000)

    def look(found: Path) -> None:
        fetched = FetchedChunks(found / "chunks")
        kept = fetched.manifest()
        assert kept is None or kept.same_as(manifest)
        for index, chunk in enumerate(chunks):
            assert fetched.get(manifest, index) in (None, chunk), f"chunk {index} is torn"
        fetched.begin(manifest, manifest.encode())
        wanted = [index for index in range(len(chunks)) if fetched.get(manifest, index) is None]
        for index in wanted[:1]:
            fetched.put(index, chunks[index])
            assert fetched.get(manifest, index) == chunks[index]

    with PowerCuts(folder, read_back(scratch, look)) as cuts:
        fetched = FetchedChunks(folder / "chunks")
        fetched.begin(manifest, manifest.encode())
        for index, chunk in enumerate(chunks):
            fetched.put(index, chunk)
    assert cuts.count > 2 * len(chunks)
