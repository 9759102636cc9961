"""A home that does not fit together refuses to start and names the mend in both languages."""

from __future__ import annotations

import json
import re
import shutil
import stat
import tomllib
from pathlib import Path

import pytest
import tomli_w
from chainbill_node.home import keys
from chainbill_node.home import node_home as home_module
from chainbill_node.home.config import ConfigError, NodeConfig, config_content, load_config, parse_config
from chainbill_node.home.keys import key_file, load_private_key, write_secret
from chainbill_node.home.node_home import open_home
from chainbill_node.main import EXIT_REFUSED, run
from chainbill_node.setup.local import create_local_network, local_parties
from chainbill_node.setup.network import CreatedNetwork
from chainbill_node.storage.chain.database import ChainDatabase
from chainbill_node.storage.lock import HomeLock
from chainbill_node.storage.signer_file import FileSignerFile, create_signer_file
from chainbill_node.storage.store import DiskError
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from node_chain import LocalChain

from chainbill.crypto.keys import PrivateKey
from chainbill.ids import valid_uscc


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> CreatedNetwork:
    return create_local_network(tmp_path_factory.mktemp("homes") / "net", validators=2)


@pytest.fixture
def home(network: CreatedNetwork, tmp_path: Path) -> Path:
    return Path(shutil.copytree(network.nodes[0].home, tmp_path / "home"))


def test_every_home_has_its_own_secrets_and_the_same_genesis(network: CreatedNetwork) -> None:
    assert len({(node.home / "genesis.json").read_bytes() for node in network.nodes}) == 1
    assert len({(node.home / "keys/validator.pem").read_bytes() for node in network.nodes}) == 2
    for path in network.directory.rglob("*"):
        if path.suffix in (".key", ".pem") or path.parent.name == "parties":
            assert path.is_dir() or stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_network_is_never_written_over(network: CreatedNetwork) -> None:
    with pytest.raises(FileExistsError):
        create_local_network(network.directory, validators=2)


def test_local_parties_are_those_of_the_documentation() -> None:
    parties = {party.alias: party for party in local_parties(1)}
    assert set(parties) == {"bank1", "bank2", "anchor", "supplier1", "supplier2", "supplier3", "regulator", "auditor"}
    assert all(valid_uscc(party.party) for party in parties.values())
    assert all(party.checker is not None and party.checker.public != party.key.public for party in parties.values())
    assert parties["anchor"].paying_bank == "bank1"
    assert {one.bank for one in parties["supplier2"].accounts} == {"bank2"}
    assert "bank7" in {party.alias for party in local_parties(7)}
    assert local_parties(4)[0].party == local_parties(9)[0].party


def test_a_home_opens_and_closes_and_opens_again(home: Path) -> None:
    first = open_home(home)
    height_0 = first.ledger.info()
    first.close()
    second = open_home(home)
    assert second.ledger.info() == height_0
    second.close()


def test_a_data_folder_that_was_moved_away_is_made_again(home: Path) -> None:
    shutil.rmtree(home / "data")
    open_home(home).close()
    assert (home / "data" / "chain").is_dir()
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700


def test_a_second_process_is_kept_out(home: Path) -> None:
    lock = HomeLock(home)
    with pytest.raises(DiskError, match="另一个进程"):
        open_home(home)
    lock.close()
    open_home(home).close()


def refuses(home: Path, pattern: str) -> None:
    with pytest.raises((ConfigError, DiskError), match=pattern):
        open_home(home).close()


@pytest.mark.parametrize(
    "given", [{"trusted_height": 3}, {"trusted_block": "ab" * 32}, {"trusted_height": 3, "trusted_block": "ab" * 31},
              {"trusted_height": 3, "trusted_block": "AB" * 32}],
)  # fmt: skip
def test_half_a_trusted_block_is_none(given: dict[str, object]) -> None:
    """security 22: what is typed wrong is said, with what was seen."""
    with pytest.raises(ConfigError, match="network trust") as caught:
        parse_config({"name": "x", "sync": given}, "node.toml")
    assert str(given.get("trusted_block", "")) in str(caught.value)


def test_a_home_with_another_block_than_the_trusted_one_refuses(tmp_path: Path) -> None:
    """security 22: what is here already is held against it too."""
    chain = LocalChain(tmp_path / "net")
    for _ in range(2):
        chain.commit()
    record = ChainDatabase(chain.store).record(1)
    assert record is not None
    for height, block, fits in ((1, record.block_id, True), (1, bytes(32), False), (3, bytes(32), True)):
        sync = {"trusted_height": height, "trusted_block": block.hex()}
        config = parse_config({"name": "x", "sync": sync}, "node.toml")
        if fits:
            home_module.check_trusted(chain.store, config)
            continue
        with pytest.raises(ConfigError, match=record.block_id.hex()):
            home_module.check_trusted(chain.store, config)


def test_a_missing_file_refuses(home: Path) -> None:
    for name, pattern in (
        ("signer/signer.bin", "--signer-lost"),
        ("genesis.json", "genesis.json"),
        ("keys/validator.pem", "密钥文件"),
        ("node.toml", "network init"),
    ):
        content = (home / name).read_bytes()
        (home / name).unlink()
        refuses(home, pattern)
        (home / name).write_bytes(content)
        (home / name).chmod(0o600)
    open_home(home).close()


def test_a_key_that_others_may_read_refuses(home: Path) -> None:
    (home / "keys/validator.pem").chmod(0o644)
    refuses(home, "chmod 600")


def test_an_encrypted_key_needs_its_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = PrivateKey.from_seed(b"k" * 32)
    write_secret(tmp_path / "key.pem", key_file(key, "secret"))
    monkeypatch.delenv("CHAINBILL_PASSPHRASE", raising=False)
    with pytest.raises(ConfigError, match="CHAINBILL_PASSPHRASE"):
        load_private_key(tmp_path / "key.pem")
    monkeypatch.setenv("CHAINBILL_PASSPHRASE", "secret")
    assert load_private_key(tmp_path / "key.pem") == key
    with pytest.raises(FileExistsError):
        write_secret(tmp_path / "key.pem", b"")


def test_a_key_file_with_few_rounds_is_read_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """security 23: the files of before are read, and the log names the mend in both languages."""
    told: list[dict[str, object]] = []
    monkeypatch.setattr(keys.log, "warning", lambda event, **fields: told.append({"event": event, **fields}))
    monkeypatch.setenv("CHAINBILL_PASSPHRASE", "secret")
    key, path = PrivateKey.from_seed(b"k" * 32), tmp_path / "key.pem"
    weak = Ed25519PrivateKey.from_private_bytes(key.seed).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
    )
    for content in (weak, key_file(key, "secret"), key_file(key, "")):
        path.unlink(missing_ok=True)
        write_secret(path, content)
        assert load_private_key(path) == key
    [line] = told
    assert (line["event"], line["rounds"]) == ("key_file_weak", 2_048)
    assert f"chainbill key rewrap {path}" in str(line["mend"])
    assert f"chainbill key rewrap {path}" in str(line["mend_zh"])


def test_the_data_of_another_chain_refuses(home: Path, tmp_path: Path) -> None:
    open_home(home).close()
    other = create_local_network(tmp_path / "other", validators=1)
    shutil.copy(other.nodes[0].home / "genesis.json", home / "genesis.json")
    refuses(home, "another chain")


def test_another_python_refuses(home: Path) -> None:
    """Formats S6: the rules of the next height say which Pythons may run."""
    path = home / "genesis.json"
    running = ".".join(map(str, home_module.sys.version_info[:2]))
    content = json.loads(path.read_bytes())
    assert content["python"] == [running]
    path.write_text(json.dumps({**content, "python": ["3.98", "3.99"]}), encoding="utf-8")
    refuses(home, r"CPython 3\.98, 3\.99")


def test_main_refuses_with_its_own_exit_code_and_the_mend(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (home / "signer/signer.bin").write_bytes(b"")
    assert run(home) == EXIT_REFUSED
    said = capfd.readouterr().err
    assert "refused_to_start" in said
    assert "--signer-lost" in said
    (home / "signer/signer.bin").unlink()
    assert run(home) == EXIT_REFUSED
    assert "签名文件不存在" in capfd.readouterr().err


def test_a_signer_file_of_another_key_refuses(
    network: CreatedNetwork, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(network.nodes[1].home / "signer/signer.bin", home / "signer/signer.bin")
    assert run(home) == EXIT_REFUSED
    assert "signer_file_foreign" in capfd.readouterr().err


@pytest.mark.parametrize("safe_height", [1, 9])
def test_an_operators_word_that_is_not_wanted_is_refused_aloud(
    home: Path, capfd: pytest.CaptureFixture[str], safe_height: int
) -> None:
    assert run(home, safe_height=safe_height) == EXIT_REFUSED
    said = capfd.readouterr().err
    assert "safe_height_unwanted" in said
    assert "本验证节点已在签名" in said
    assert "start without --safe-height" in said


def test_a_signer_file_that_is_there_is_not_given_up(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    intact = (home / "signer/signer.bin").read_bytes()
    assert run(home, signer_lost=True) == EXIT_REFUSED
    said = capfd.readouterr().err
    assert "in order" in said
    assert "签名文件完好" in said
    assert (home / "signer/signer.bin").read_bytes() == intact


# configuration


def test_a_configuration_is_read_as_it_was_written(home: Path) -> None:
    config = load_config(home)
    assert parse_config(tomllib.loads(tomli_w.dumps(config_content(config))), "x") == config
    assert parse_config({"name": "n"}, "x") == NodeConfig("n")


@pytest.mark.parametrize(
    ("content", "pattern"),
    [
        ({}, "name"),
        ({"name": 1}, "name"),
        ({"name": "n", "colour": "red"}, "colour"),
        ({"name": "n", "rest": {"prot": 1}}, r"rest\.prot"),
        ({"name": "n", "rest": {"port": "1"}}, r"rest\.port"),
        ({"name": "n", "rest": {"port": True}}, r"rest\.port"),
        ({"name": "n", "rest": {"port": -1}}, r"rest\.port"),
        ({"name": "n", "limits": 5}, "limits"),
    ],
)
def test_a_typo_is_no_default(content: dict, pattern: str) -> None:
    with pytest.raises(ConfigError, match=pattern):
        parse_config(content, "node.toml")


# signer file


def test_the_signer_file_appends_and_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "signer.bin"
    create_signer_file(path, b"first")
    with pytest.raises(FileExistsError):
        create_signer_file(path)
    file = FileSignerFile(path)
    file.append(b"-second")
    assert file.read() == b"first-second"
    file.rewrite(b"fresh")
    file.append(b"!")
    assert path.read_bytes() == file.read() == b"fresh!"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    file.close()
    file.close()
    with pytest.raises(DiskError, match="节点在对外发送之前停止"):
        file.append(b"late")


def test_why_a_node_refuses_is_said_in_one_language_where_one_is_asked_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said = {}
    for language in ("", "en", "zh"):
        words = str if not language else lambda error, language=language: error.said(language)
        assert run(tmp_path / "nothing", said=words) == EXIT_REFUSED
        said[language] = "".join(capfd.readouterr())
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert chinese.search(said[""])
    assert not chinese.search(said["en"])
    assert chinese.search(said["zh"])
    assert len({len(one) for one in said.values()}) == 3
