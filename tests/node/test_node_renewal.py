"""A node's certificate is renewed in its home: what is kept, what is refused, and what the command line says."""

from __future__ import annotations

import datetime
import fcntl
import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from authorities import make_authority, make_node_certificate
from chainbill_cli.main import run
from chainbill_node.home.config import ConfigError, FilesConfig
from chainbill_node.home.node_home import open_home
from chainbill_node.network.certificate import read_certificate_file
from chainbill_node.network.identity import Identity, tls_files
from chainbill_node.setup import renewal, revoking
from chainbill_node.setup.certificates import certify
from chainbill_node.setup.local import create_local_network

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return create_local_network(tmp_path_factory.mktemp("net") / "net", validators=2)


@pytest.fixture
def home(made: Any, tmp_path: Path) -> Path:
    """A home of its own for each test, with the files that a renewal reads."""
    target = tmp_path / "home"
    shutil.copytree(made.nodes[0].home, target)
    return target


def identity(home: Path) -> Identity:
    return Identity(tls_files(home, FilesConfig()), open_id(home))


def open_id(home: Path) -> str:
    return read_certificate_file((home / "tls/node.pem").read_bytes()).node_id


def files_of(home: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in (home / "tls").iterdir()}


def test_a_renewal_keeps_what_was_there_and_goes_with_the_key(home: Path) -> None:
    before = files_of(home)
    done = renewal.renew(home, NOW)
    after = files_of(home)
    assert done.certificate.own_key
    assert done.former is not None
    assert done.certificate.begins_s > done.former.begins_s
    assert 365 <= (done.certificate.ends_s - NOW.timestamp()) / 86_400 <= 725
    assert {path.read_bytes() for path in done.kept} == {before["node.pem"], before["node.key"]}
    assert len(after) == len(before) + 2, "and nothing half made is left"
    for name in ("node.pem", "node.key"):
        assert after[name] != before[name]
        assert stat.S_IMODE((home / "tls" / name).stat().st_mode) == 0o600
    assert identity(home).own == done.certificate
    again = renewal.renew(home, NOW)
    assert again.certificate.begins_s == done.certificate.begins_s + 1, "the newer one begins later"
    assert len(files_of(home)) == len(before) + 4


def test_a_renewal_works_while_the_node_has_its_home(home: Path) -> None:
    opened = open_home(home)
    try:
        assert renewal.renew(home, NOW).certificate.own_key
    finally:
        opened.close()


def test_a_renewal_mends_files_that_are_lost_or_damaged(home: Path) -> None:
    for name, content in (("node.pem", b"rubbish"), ("node.key", None), ("node.pem", None)):
        path = home / "tls" / name
        path.unlink() if content is None else path.write_bytes(content)
        renewal.renew(home, NOW)
        assert identity(home).own.own_key


def test_what_cannot_be_renewed_is_left_as_it_is_and_named(home: Path) -> None:
    before = files_of(home)
    with pytest.raises(ConfigError, match="this machine's clock"):
        renewal.renew(home, NOW - 30 * DAY)
    (home / "tls/ca.pem").write_bytes(b"rubbish")
    with pytest.raises(ConfigError, match=r"ca\.pem cannot be used"):
        renewal.renew(home, NOW)
    (home / "tls/ca.pem").unlink()
    with (home / "tls/revoked.txt").open("w") as file:
        file.write("x\n")
    with pytest.raises(ConfigError, match="line 1: x"):
        renewal.renew(home, NOW)
    (home / "tls/revoked.txt").unlink()
    descriptor = os.open(home / "tls", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(ConfigError, match="another command"):
        renewal.renew(home, NOW)
    os.close(descriptor)
    assert files_of(home) == before
    (home / "tls").rename(home / "away")
    with pytest.raises(ConfigError, match="mode 700"):
        renewal.renew(home, NOW)


def test_a_holder_of_the_ca_answers_a_request(made: Any, home: Path, tmp_path: Path) -> None:
    authority = make_authority("x", NOW)
    former = make_node_certificate(authority, made.nodes[0].node_id, "127.0.0.1", NOW)
    for name, content in (
        ("ca.pem", authority.certificate),
        ("node.pem", former.certificate),
        ("node.key", former.key),
    ):
        (home / "tls" / name).write_bytes(content)
    before = files_of(home)
    renewal.ask(home, tmp_path / "node.csr")
    answer = certify(authority, (tmp_path / "node.csr").read_bytes(), NOW)
    done = renewal.install(home, answer, NOW)
    assert not done.certificate.own_key
    assert files_of(home)["node.key"] == before["node.key"]
    assert [one.name.partition(".pem.")[0] for one in done.kept] == ["node"]
    before = files_of(home)
    renewal.renew(home, NOW)
    with pytest.raises(ConfigError, match="none of a CA any more"):
        renewal.install(home, answer, NOW)
    for name in ("node.pem", "node.key"):
        (home / "tls" / name).write_bytes(before[name])
    before = files_of(home)
    ended = certify(authority, (tmp_path / "node.csr").read_bytes(), NOW, NOW - DAY / 2)
    strange = certify(make_authority("x", NOW), (tmp_path / "node.csr").read_bytes(), NOW)
    renewal.ask(made.nodes[1].home, tmp_path / "other.csr")
    other = certify(authority, (tmp_path / "other.csr").read_bytes(), NOW)
    for given, why in (
        (ended, "holds from"),
        (strange, "a CA that is not in"),
        (other, "another node"),
        (b"", "no certificate of a node"),
    ):
        with pytest.raises(ConfigError, match=why):
            renewal.install(home, given, NOW)
    assert files_of(home) == before


def test_revoking_adds_a_line_once_and_never_the_own_one(home: Path) -> None:
    former = read_certificate_file((home / "tls/node.pem").read_bytes()).fingerprint
    with pytest.raises(ConfigError, match="uses itself"):
        revoking.revoke(home, former, "", NOW)
    renewal.renew(home, NOW)
    path, added = revoking.revoke(home, former, "lost # by\nus", NOW)
    assert added
    assert not revoking.revoke(home, former, "", NOW)[1]
    assert path.read_text().split()[0] == former
    assert path.read_text().endswith("lost by us\n")
    path.write_text(path.read_text().rstrip())
    revoking.revoke(home, "ab" * 32, "", NOW)
    assert len(path.read_text().splitlines()) == 2
    assert identity(home).own.own_key


def cli(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run([*words])
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_wrong_input_is_told_in_both_languages(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    base = ["--lang", language, "--home", str(home), "node"]
    code, out, _ = cli(capsys, *base, "renew", "-o", "json")
    assert code == 0
    shown = json.loads(out)
    assert (shown["signed_by"], len(shown["kept"])) == ("own_key", 2)
    code, out, _ = cli(capsys, *base, "certificates", "-o", "json")
    assert json.loads(out)[0]["fingerprint"] == shown["fingerprint"]
    for line, expected in (
        (["revoke", "zz"], 1), (["revoke", shown["fingerprint"]], 1), (["revoke", str(tmp_path / "none.pem")], 1),
        (["renew", "--certificate", str(tmp_path / "none.pem")], 1),
        (["renew", "--certificate", str(home / "node.toml")], 1),
        (["renew", "--request", "x", "--certificate", "y"], 2),
        (["renew", "--request", str(home / "node.toml")], 1),
    ):  # fmt: skip
        code, _, err = cli(capsys, *base, *line)
        assert code == expected, (line, err)
        assert ("证书" in err or "文件" in err or "移走" in err or "步" in err) == (language == "zh"), err
        assert "Traceback" not in err
    assert cli(capsys, "--lang", language, "node", "renew")[0] == 2
