"""Backups: whole or refused, taken while the node writes, and never a right to sign."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import pytest
from chainbill_node.backup import backup_home, restore_home
from chainbill_node.config import ConfigError, load_config
from chainbill_node.consensus.signer_memory import HEIGHT_UNKNOWN, recover_memory
from chainbill_node.driver_signing import Signer
from chainbill_node.home import load_genesis, open_home
from chainbill_node.setup.keys import load_private_key
from chainbill_node.storage import archive
from chainbill_node.storage.archive import ArchiveError, check_archive
from chainbill_node.storage.leveldb import LevelStore
from chainbill_node.storage.lock import HomeLock
from chainbill_node.storage.memory import MemoryStore
from chainbill_node.storage.rebuild import root_of_rows
from chainbill_node.storage.signer_file import FileSignerFile
from chainbill_node.storage.store import DiskError
from chainbill_node.sync.safe_height import safe_height, witnesses_needed
from node_chain import LocalChain

from chainbill.ledger.validators import Validator, ValidatorSet


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
        assert signer.follows
        signer.open(done.height + 7, None)  # whatever height the database has by the next start
        assert signer.follows
        signer.open(done.height + 7, done.height + 9)  # the operator's word
        assert signer.memory.sign_from == done.height + 9
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


# --- from which height on signing is safe


def validators(count: int) -> ValidatorSet:
    return ValidatorSet.of(Validator(bytes([number]) * 32, f"v{number}", "", "") for number in range(1, count + 1))


def claims(*heights: int) -> dict[str, int]:
    """Decided heights of validators 2, 3, …; validator 1 is the restored one."""
    return {(bytes([number]) * 32).hex(): height for number, height in enumerate(heights, 2)}


OWN = bytes([1]) * 32


@pytest.mark.parametrize(("count", "needed"), [(1, 1), (2, 1), (3, 1), (4, 3), (5, 3), (6, 3), (7, 5), (10, 7)])
def test_so_many_must_speak_that_one_of_them_is_an_honest_witness(count: int, needed: int) -> None:
    given = validators(count)
    assert witnesses_needed(given) == needed or count == 1
    if count > 1:  # any quorum with us in it and any so many others share more than the faulty ones
        assert (given.quorum - 1) + needed - (count - 1) >= given.max_faulty + 1
    assert safe_height(given, OWN, 50, claims(*[49] * (needed - 1))) is None
    if count > 1:
        assert safe_height(given, OWN, 50, claims(*[49] * needed)) == 52


def test_who_is_behind_waits() -> None:
    four = validators(4)
    assert safe_height(four, OWN, 50, claims(49, 49, 90)) is None
    assert safe_height(four, OWN, 50, claims(49, 49, 50)) == 53
    assert safe_height(four, OWN, 50, {"stranger": 49, **claims(49, 49)}) is None


def test_alone_nobody_can_tell() -> None:
    assert safe_height(validators(1), OWN, 50, {}) is None


def test_the_safe_height_is_kept(made: tuple[Path, Path], empty: Path) -> None:
    done = restore_home(empty, made[1])
    key = load_private_key(empty / "keys/validator.pem")
    file = FileSignerFile(empty / "signer/signer.bin")
    network = load_genesis(empty, load_config(empty)).hash
    signer = Signer(file, key, network, 1 << 20)
    signer.open(done.height, None)
    assert recover_memory(file.read(), network, key.public).sign_from == HEIGHT_UNKNOWN
    signer.sign_from(done.height + 3)
    signer.before_commit(done.height + 1)
    again = recover_memory(file.read(), network, key.public)
    assert (again.height, again.sign_from) == (done.height + 1, done.height + 3)
    file.close()


def test_what_was_signed_is_kept_when_a_restore_or_fetch_is_done_twice(tmp_path: Path) -> None:
    """Killed between the signer file and the data, it is done again: the first copy is the one that counts."""
    from chainbill_node.backup import follow_only
    from chainbill_node.driver_signing import is_following

    path = tmp_path / "signer.bin"
    path.write_bytes(b"what this key has signed")
    follow_only(path, "test", bytes(32), 7)
    assert is_following(path.read_bytes(), "test", bytes(32))
    assert not is_following(path.read_bytes(), "other", bytes(32))
    follow_only(path, "test", bytes(32), 9)
    assert path.with_name("signer.bin.before").read_bytes() == b"what this key has signed"
