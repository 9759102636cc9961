"""Backups: whole or refused, taken while the node writes, and never a right to sign."""

from __future__ import annotations

import io
import shutil
import tarfile
from pathlib import Path

import pytest
from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.driver.signer import Signer, following_signer_file, new_signer_file
from chainbill_node.home.backup import backup_home, restore_home
from chainbill_node.home.config import ConfigError, load_config
from chainbill_node.home.keys import load_private_key
from chainbill_node.home.lost_signer import give_up_lost
from chainbill_node.home.node_home import load_genesis, open_home
from chainbill_node.storage.chain import archive
from chainbill_node.storage.chain.archive import ArchiveError, check_archive
from chainbill_node.storage.chain.rebuild import root_of_rows
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.lock import HomeLock
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.store import DiskError
from node_chain import LocalChain


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home with a chain of some blocks, and its backup."""
    folder = tmp_path_factory.mktemp("backup")
    chain = LocalChain(folder / "net", LevelStore(folder / "chain", create=True))
    chain.trade()
    chain.store.close()
    home = chain.network.nodes[0].home
    (folder / "chain").rename(home / "data/chain")
    backup_home(home, folder / "one.tar")
    return home, folder / "one.tar"


@pytest.fixture
def empty(made: tuple[Path, Path], tmp_path: Path) -> Path:
    home = Path(shutil.copytree(made[0], tmp_path / "home"))
    shutil.rmtree(home / "data/chain")
    return home


def rows_of(home: Path) -> list[tuple[bytes, bytes]]:
    store = LevelStore(home / "data/chain", create=False)
    try:
        return list(store.range(b"", b"\xff"))
    finally:
        store.close()


def test_a_restored_home_has_every_row_and_signs_nothing(made: tuple[Path, Path], empty: Path) -> None:
    done = restore_home(empty, made[1])
    assert rows_of(empty) == rows_of(made[0])
    assert done.rows == len(rows_of(empty))
    opened = open_home(empty)
    try:
        signer = Signer(opened.signer_file, opened.key, opened.genesis.hash, 1 << 20)
        signer.open(done.height, None)
        assert signer.memory.unknown
        signer.open(done.height + 7, None)  # whatever height the database has by the next start
        assert signer.memory.unknown
    finally:
        opened.close()


def test_a_backup_holds_no_secret_and_only_its_owner_reads_it(made: tuple[Path, Path]) -> None:
    home, file = made
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as tar:
        names = tar.getnames()
    assert {name.partition("/")[0] for name in names} == {"home", "rows", "manifest.json"}
    secrets = [path.read_bytes() for path in (home / "keys/validator.pem", home / "tls/node.key")]
    assert not any(secret in file.read_bytes() for secret in secrets)


def test_nothing_is_written_over(made: tuple[Path, Path], empty: Path) -> None:
    home, file = made
    before = file.read_bytes()
    with pytest.raises(FileExistsError):
        backup_home(home, file)
    assert file.read_bytes() == before
    with pytest.raises(FileExistsError):
        restore_home(home, file)
    assert not list(file.parent.glob("*.partial"))


def test_every_damage_is_found_before_anything_is_touched(made: tuple[Path, Path], empty: Path, tmp_path: Path) -> None:
    whole = made[1].read_bytes()
    signer = (empty / "signer/signer.bin").read_bytes()
    bad = tmp_path / "bad.tar"
    step = max(1, len(whole) // 60)
    for place in range(0, len(whole), step):
        for damaged in (whole[:place], whole[:place] + bytes((whole[place] ^ 4,)) + whole[place + 1 :]):
            bad.write_bytes(damaged)
            try:
                manifest = check_archive(bad)
            except ArchiveError:
                continue
            assert manifest == check_archive(made[1]), place  # a bit of padding
    bad.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ArchiveError):
        restore_home(empty, bad)
    assert not (empty / "data/chain").exists()
    assert (empty / "signer/signer.bin").read_bytes() == signer


def test_no_part_is_missing_or_foreign(made: tuple[Path, Path], empty: Path, tmp_path: Path) -> None:
    with tarfile.open(made[1]) as tar:
        parts = {one.name: tar.extractfile(one).read() for one in tar}
    rows = next(content for name, content in parts.items() if name.startswith("rows/"))
    others = [{name: content for name, content in parts.items() if name != left} for left in parts]
    others += [parts | {name: rows} for name in ("rows/999999.z", "rows/other", "home/other", "other")]
    for number, other in enumerate(others):
        bad = tmp_path / f"{number}.tar"
        with tarfile.open(bad, "w") as tar:
            for name, content in other.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        with pytest.raises(ArchiveError):
            restore_home(empty, bad)
        assert not (empty / "data/chain").exists(), parts.keys() ^ other.keys()


def test_a_backup_of_another_network_is_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    other = LocalChain(tmp_path / "other").network.nodes[0].home
    with pytest.raises(ArchiveError, match="another network"):
        restore_home(other, made[1])


def test_rows_that_do_not_have_the_root_are_refused(
    made: tuple[Path, Path], empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LevelStore(made[0] / "data/chain", create=False)
    rows = dict(store.range(b"", b"\xff"))
    store.close()
    key = next(key for key in rows if key.startswith(b"sgovernance\0parameter"))
    rows[key] = rows[key][:-1] + bytes((rows[key][-1] ^ 1,))
    forged = MemoryStore(rows)
    archive.write_archive(forged, {}, tmp_path / "forged.tar", chain_id="local")
    with pytest.raises(ArchiveError, match="state root"):
        restore_home(empty, tmp_path / "forged.tar")
    assert not (empty / "data/chain").exists()


def test_the_rebuilt_root_is_the_roots_own(made: tuple[Path, Path]) -> None:
    store = LevelStore(made[0] / "data/chain", create=False)
    try:
        assert root_of_rows(store, MemoryStore()) == archive.head_record(store).app_hash
    finally:
        store.close()


def test_a_home_in_use_without_a_socket_is_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    lock = HomeLock(made[0])
    try:
        with pytest.raises(DiskError, match="another process"):
            backup_home(made[0], tmp_path / "two.tar")
    finally:
        lock.close()


def test_keys_are_needed_for_a_restore(made: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="key file"):
        restore_home(tmp_path / "fresh", made[1])


def test_an_intact_signer_file_stays_in_use_beside_restored_data(made: tuple[Path, Path], empty: Path) -> None:
    key = load_private_key(empty / "keys/validator.pem")
    network = load_genesis(empty, load_config(empty)).hash
    path = empty / "signer/signer.bin"
    path.write_bytes(new_signer_file(network, key.public, 99))
    restore_home(empty, made[1])
    assert path.read_bytes() == new_signer_file(network, key.public, 99)


def test_a_damaged_signer_file_is_put_aside_and_allows_no_signature(made: tuple[Path, Path], empty: Path) -> None:
    path = empty / "signer/signer.bin"
    path.write_bytes(b"what this key has signed")
    done = restore_home(empty, made[1])
    key = load_private_key(empty / "keys/validator.pem")
    network = load_genesis(empty, load_config(empty)).hash
    assert path.read_bytes() == following_signer_file(network, key.public, done.height)
    assert path.with_name("signer.bin.before").read_bytes() == b"what this key has signed"


def test_the_operator_gives_up_a_lost_file_and_not_one_that_is_there(made: tuple[Path, Path]) -> None:
    home = made[0]
    path = home / "signer/signer.bin"
    with pytest.raises(ConfigError, match="in order"):
        give_up_lost(home)
    intact = path.read_bytes()
    key, network = load_private_key(home / "keys/validator.pem"), load_genesis(home, load_config(home)).hash
    for lost in (None, b"", intact[:-1] + bytes([intact[-1] ^ 1])):
        path.unlink()
        if lost is not None:
            path.write_bytes(lost)
        give_up_lost(home)
        assert path.read_bytes() == following_signer_file(network, key.public, 0)
        give_up_lost(home)  # a second time changes nothing
    path.write_bytes(new_signer_file(bytes(32), key.public))
    with pytest.raises(SignerFileError, match="signer_file_foreign"):
        give_up_lost(home)
