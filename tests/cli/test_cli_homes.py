"""Homes: keys, profiles, applications, network descriptions, and what a local network leaves on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from chainbill_cli import settings as settings_module
from chainbill_cli.home import load_key, load_profiles
from chainbill_cli.localnet import layout, processes
from chainbill_contracts import listed_key
from cli.cli_fakes import GENESIS_HASH, NAMES, PARTIES, FakeNode, Shell, mode_of, ok
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chainbill.crypto.key_files import rounds_of
from chainbill.crypto.keys import PrivateKey
from chainbill.ids import make_test_uscc
from chainbill.statement import verify_statement

APPLICANT = make_test_uscc(b"applicant")


def test_new_key_is_encrypted_and_private(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.run("key", "new", "alice", expect=2)
    monkeypatch.setenv("CHAINBILL_PASSPHRASE", "open sesame")
    made = shell.run("key", "new", "alice", "--party", APPLICANT, "-o", "json")
    path = Path(made["path"])
    assert b"ENCRYPTED" in path.read_bytes()
    assert mode_of(path) == 0o600
    assert load_key(path).public.hex() == made["public"]
    assert load_profiles(shell.home)["alice"].party == APPLICANT
    shell.run("key", "new", "alice", expect=1)
    monkeypatch.setenv("CHAINBILL_PASSPHRASE", "wrong")
    shell.run("key", "show", "alice", expect=4)
    monkeypatch.delenv("CHAINBILL_PASSPHRASE")
    shell.run("key", "show", "alice", expect=4)


def test_import_and_export(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAINBILL_PASSPHRASE", "secret")
    exported = tmp_path / "out.pem"
    shell.run("key", "export", "supplier1", str(exported))
    assert b"ENCRYPTED" in exported.read_bytes()
    shell.run("key", "import", "again", str(exported))
    assert shell.run("key", "show", "again", "-o", "json")["public"] == shell.keys["supplier1"].public.hex()
    shell.run("key", "new", "no/good", expect=2)
    assert [one["name"] for one in shell.run("key", "list", "-o", "json")] == list(NAMES)


def test_application_is_what_the_contract_checks(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    shell.run("key", "new", "newcomer", "--no-passphrase")
    path = tmp_path / "application.json"
    shell.run(
        "party", "apply", "--id", APPLICANT, "--name-zh", "新公司", "--role", "supplier", "--key", "newcomer",
        "--identifier", "VAT=XX1234", "--account", "CNY:bank1:6222000000000001", "--sponsor", "bank1",
        "--out", str(path),
    )  # fmt: skip
    application = json.loads(path.read_text(encoding="utf-8"))
    statement = application["statement"]
    [signed_once] = application["signatures"]
    assert signed_once["key"] == statement["keys"][0]["key"]
    assert (statement["sponsor"], statement["until"]) == (PARTIES["bank1"], "2026-04-01")
    assert statement["accounts"][0]["alg"] == "sha256"
    key, signature = bytes.fromhex(signed_once["key"]), bytes.fromhex(signed_once["signature"])
    signed = {"algorithm": "ed25519", "key": key, "signature": signature}
    assert verify_statement(GENESIS_HASH, "party", "application", statement, **signed)
    assert not verify_statement(bytes(32), "party", "application", statement, **signed)
    assert not verify_statement(GENESIS_HASH, "party", "application", {**statement, "name_en": "x"}, **signed)
    assert statement["identifiers"] == [{"scheme": "vat", "value": "XX1234"}]
    assert statement["accounts"][0]["bank"] == PARTIES["bank1"]
    assert "6222000000000001" not in path.read_text(encoding="utf-8"), "an account number never leaves the home"
    digest = statement["accounts"][0]["digest"]
    kept = shell.home / "accounts" / f"{APPLICANT}-CNY-{digest}.json"
    assert json.loads(kept.read_text(encoding="utf-8"))["number"] == "6222000000000001"
    assert mode_of(kept) == 0o600
    shell.run("party", "register", str(path), profile="bank1")
    assert node.call == ("party", "register", {"applications": [application]})
    path.write_text("{}", encoding="utf-8")
    shell.run("party", "register", str(path), profile="bank1", expect=1)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--id", "911"],
        ["--account", "CNY:bank1"],
        ["--account", "XYZ:bank1:1"],
        ["--identifier", "x"],
        ["--role", "bank"],
        ["--role", "king"],
        ["--until", "soon"],
        ["--sponsor", "nobody"],
    ],
)
def test_applications_that_are_refused(shell: Shell, wrong: list[str]) -> None:
    shell.run("key", "new", "newcomer", "--no-passphrase")
    right = ["--id", APPLICANT, "--name-en", "New", "--role", "supplier", "--key", "newcomer", "--sponsor", "bank1"]
    shell.run("party", "apply", *right, *wrong, expect=2)


def test_a_rotated_key_is_a_profile_of_its_own_until_it_acts(shell: Shell, node: FakeNode) -> None:
    shell.run("key", "new", "fresh", "--no-passphrase")
    fresh = load_key(shell.home / "keys" / "fresh.pem").public.hex()
    shell.run("party", "rotate-key", "--new", "fresh", "--dry-run", expect=1)
    assert load_profiles(shell.home)["supplier1"].key.name == "supplier1.pem"
    old = shell.keys["supplier1"].public.hex()
    row = {
        "key": old,
        "status": "active",
        "capabilities": ["maker"],
        "unit": "310",
        "operator": "ab" * 32,
        "certificate": "cd" * 32,
    }
    node.answers[f"GET /v1/parties/{PARTIES['supplier1']}"] = ok({"id": PARTIES["supplier1"], "keys": [row]})
    node.result = {"change": "C1", "acts_on": "2027-03-09"}
    shell.run("party", "rotate-key", "--new", "fresh")
    new = listed_key(fresh, ["maker"], unit="310", operator="ab" * 32)
    contract, function, arguments = node.call
    proof = bytes.fromhex(arguments.pop("proof"))
    assert (contract, function, arguments) == ("party", "rotate_key", {"old": old, "new": new})
    statement = {"party": PARTIES["supplier1"], **new}
    signed = {"algorithm": "ed25519", "key": bytes.fromhex(fresh), "signature": proof}
    assert verify_statement(GENESIS_HASH, "party", "key", statement, **signed)
    assert load_profiles(shell.home)["supplier1"].key.name == "supplier1.pem"
    assert load_profiles(shell.home)["fresh"].party == PARTIES["supplier1"]


@pytest.mark.parametrize(
    ("profile", "words", "act", "arguments"),
    [
        ("anchor", "paying-bank ask bank2", "party.ask_paying_bank", {"bank": "bank2"}),
        ("bank1", "paying-bank accept anchor", "party.accept_mandate", {"debtor": "anchor"}),
        ("bank1", "paying-bank refuse anchor", "party.refuse_mandate", {"debtor": "anchor"}),
        ("bank1", "paying-bank end anchor", "party.end_mandate", {"debtor": "anchor"}),
        ("bank1", "successor accept bank2", "succession.accept", {"bank": "bank2"}),
        ("bank1", "successor name bank2", "succession.name", {"bank": "bank2"}),
    ],
)
def test_paying_banks_and_successors(
    shell: Shell, node: FakeNode, profile: str, words: str, act: str, arguments: dict[str, str]
) -> None:
    """security 13: a bank's consent is an act of its own."""
    shell.run("party", *words.split(), profile=profile)
    assert node.call == (*act.split("."), {name: PARTIES[one] for name, one in arguments.items()})


def test_a_vote_names_a_successor(shell: Shell, node: FakeNode) -> None:
    shell.run("governance", "propose", "successor", "bank1", "bank2", profile="bank1")
    content = {"bank": PARTIES["bank1"], "successor": PARTIES["bank2"]}
    assert node.call == ("governance", "propose", {"kind": "successor", "content": content})


def test_mandates_are_listed(shell: Shell, node: FakeNode) -> None:
    row = {
        "debtor": PARTIES["anchor"], "bank": PARTIES["bank1"], "status": "asked", "asked_on": "2027-03-01", "from": "",
        "until": "2027-03-08",
    }  # fmt: skip
    node.answers[f"GET /v1/parties/{PARTIES['bank1']}/mandates"] = ok({"data": [row], "count": 1, "next": None})
    assert shell.run("party", "paying-bank", "list", "-o", "json", profile="bank1") == [row]


def test_grants_are_listed(shell: Shell, node: FakeNode) -> None:
    row = {
        "auditor": PARTIES["bank2"], "party": PARTIES["anchor"], "scope": "all", "from": "2027-03-01", "until": "",
        "status": "active", "in_force": False,
    }  # fmt: skip
    node.answers[f"GET /v1/parties/{PARTIES['anchor']}/grants"] = ok({"data": [row], "count": 1, "next": None})
    assert shell.run("party", "grants", "-o", "json", profile="anchor") == [row]
    shell.run("party", "grants", "--lang", "zh", profile="anchor")
    assert "生效" in shell.out
    assert "否" in shell.out
    assert "全部" in shell.out


def test_accounts_and_policy(shell: Shell, node: FakeNode) -> None:
    shell.run("party", "account", "anchor", "--attest", "cny", profile="bank1", expect=2)
    assert "--shown" in shell.err
    shell.run("party", "account", "--announce", "CNY:bank1:123", profile="anchor")
    assert node.call[:2] == ("account", "announce")
    assert set(node.call[2]) == {"currency", "bank", "alg", "digest_hex"}
    announced = node.call[2]["digest_hex"]
    (kept,) = (shell.home / "accounts").iterdir()
    for shown in (str(kept), announced):
        shell.run("party", "account", "anchor", "--attest", "cny", "--shown", shown, profile="bank1")
        named = {"party": PARTIES["anchor"], "currency": "CNY", "alg": "sha256", "digest_hex": announced}
        assert node.call == ("account", "attest", named)
    shell.run("party", "account", "anchor", "--attest", "EUR", "--shown", str(kept), profile="bank1", expect=2)
    opened = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps({**opened, "number": "124"}), encoding="utf-8")
    shell.run("party", "account", "anchor", "--attest", "cny", "--shown", str(kept), profile="bank1")
    assert node.call[2]["digest_hex"] != announced, "computed from what was shown, not read"
    shell.run("party", "account", "--announce", "CNY:bank1:123", "--attest", "CNY", expect=2)
    shell.run("party", "policy", "--rule", "bill.confirm:CNY:1,000,000", profile="anchor")
    rule = {"action": "bill.confirm", "currency": "CNY", "above": 100_000_000}
    assert node.call == ("party", "set_policy", {"policy": {"rules": [rule]}})
    shell.run("party", "policy", "--clear", profile="anchor")
    assert node.call[2] == {"policy": {"rules": []}}
    path = f"GET /v1/parties/{PARTIES['anchor']}"
    node.answers[path] = ok({"id": PARTIES["anchor"], "policy": {"rules": [rule]}, "accounts": []})
    assert shell.run("party", "policy", "anchor", "-o", "json") == [rule]
    assert shell.run("party", "account", "anchor", "-o", "json") == []


def test_governance(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    shell.run("governance", "propose", "parameter", "min_split", "100", profile="bank1")
    assert node.call == (
        "governance", "propose", {"kind": "parameter", "content": {"name": "min_split", "value": 100}},
    )  # fmt: skip
    from chainbill.vm.natives import digest

    source, other = tmp_path / "x.py", tmp_path / "draft.py"
    texts = ['"""X."""\n', '"""Y."""\n']
    for path, content in zip((source, other), texts, strict=True):
        path.write_text(content, encoding="utf-8")
    entries = [
        {"name": name, "source": content, "hash": digest(content)} for name, content in zip("xy", texts, strict=True)
    ]
    made = {"contracts": entries, "removed": [], "replaces": "", "active_height": 500}
    shell.run("governance", "propose", "contract", "x", str(source), "--height", "500", profile="bank1")
    assert node.call[2] == {"kind": "contracts", "content": {**made, "contracts": entries[:1]}}
    words = ("governance", "propose", "contracts", str(source), f"y={other}", "--at", "500")
    shell.run(*words, profile="bank1")
    assert node.call[2] == {"kind": "contracts", "content": made}
    shell.run(*words, "--stored", "--remove", "old", "--replaces", "gabc", profile="bank1")
    named = [{"name": entry["name"], "hash": entry["hash"]} for entry in entries]
    wanted = {"contracts": named, "removed": ["old"], "replaces": "GABC", "active_height": 500}
    assert node.call[2]["content"] == wanted
    shell.run("governance", "propose", "contracts", "--remove", "old", "--at", "700", profile="bank1")
    gone = {"contracts": [], "removed": ["old"], "replaces": "", "active_height": 700}
    assert node.call[2]["content"] == gone
    shell.run("governance", "propose", "contracts", "--replaces", "GABC", profile="bank1")
    assert node.call[2]["content"] == {"contracts": [], "removed": [], "replaces": "GABC", "active_height": 1}
    shell.run("governance", "store", str(source), str(other), profile="bank1")
    assert node.call == ("governance", "store_source", {"source": texts[1]})
    other.write_text("x" * 61_441, encoding="utf-8")
    shell.run(*words, expect=2)
    shell.run("governance", "propose", "contracts", expect=2)
    days = tmp_path / "days.json"
    days.write_text('{"holidays": ["2027-01-01"], "workdays": []}', encoding="utf-8")
    shell.run("governance", "propose", "calendar", "2027", str(days), profile="bank1")
    assert node.call[2]["content"] == {"year": 2027, "holidays": ["2027-01-01"], "workdays": []}
    rules = tmp_path / "rules.json"
    rules.write_text('{"changes": {"gas_put": 61}, "currencies": {"ANG": null}}', encoding="utf-8")
    shell.run("governance", "propose", "rules", str(rules), "--height", "500", profile="bank1")
    assert node.call[2] == {
        "kind": "rules",
        "content": {"changes": {"gas_put": 61}, "currencies": {"ANG": None}, "python": [], "active_height": 500},
    }
    rules.write_text('{"prices": {}}', encoding="utf-8")
    shell.run("governance", "propose", "rules", str(rules), "--height", "500", profile="bank1", expect=2)
    shell.run("governance", "propose", "protocol", "2", "AB" * 32, "--height", "500", profile="bank1")
    assert node.call[2]["content"] == {"version": 2, "digest": "ab" * 32, "active_height": 500}
    shell.run("governance", "propose", "parameter", "min_split", expect=2)
    node.answers["GET /v1/governance/proposals"] = ok({"data": [{"id": "GABCDEFGH", "status": "open"}], "next": None})
    shell.run("governance", "vote", "GABCDE", "yes", profile="bank2")
    assert node.call == ("governance", "vote", {"proposal": "GABCDEFGH", "choice": "yes"})
    shell.run("governance", "show", "GZZZZZZ", expect=1)


def test_home_when_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = Path(os.environ["HOME"]) / ".chainbill"
    assert settings_module.default_home() == user
    other = tmp_path / "other"
    other.mkdir()
    layout.point_here(other)
    assert settings_module.default_home() == user, "a home without profiles is none"
    (other / "profiles.toml").write_text("", encoding="utf-8")
    assert settings_module.default_home() == other
    (user / "profiles.toml").write_text("", encoding="utf-8")
    assert settings_module.default_home() == user
    layout.forget(tmp_path)
    assert settings_module.pointer_file().exists()
    layout.forget(other)
    assert not settings_module.pointer_file().exists()


def a_node(home: Path) -> layout.LocalNode:
    home.mkdir(parents=True, exist_ok=True)
    return layout.LocalNode("bank1", "http://127.0.0.1:1", "127.0.0.1:2", home)


def test_a_stale_pid_names_nobody(tmp_path: Path) -> None:
    node = a_node(tmp_path / "n")
    assert processes.pid_of(node) is None
    node.pid_file.write_text(f"{os.getpid()}\n", encoding="ascii")
    assert processes.pid_of(node) is None, "this very test is no node"
    node.pid_file.write_text("nonsense", encoding="ascii")
    assert processes.pid_of(node) is None
    assert processes.stop(node) is False


@pytest.mark.parametrize("kill", [False, True])
def test_start_and_stop_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kill: bool) -> None:
    """A module that only waits stands in for the node."""
    (tmp_path / "waiting_node.py").write_text(
        "print('up', flush=True)\nimport time\ntime.sleep(60)\n", encoding="utf-8"
    )
    monkeypatch.setattr(processes, "MODULE", "waiting_node")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    node = a_node(tmp_path / "n")
    pid = processes.start(node)
    assert processes.pid_of(node) == pid
    assert processes.start(node) == pid, "it runs already"
    assert processes.stop(node, kill=kill) is True
    assert processes.pid_of(node) is None
    assert not node.pid_file.exists()


def test_reset_removes_only_its_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for name in layout.OWN_NAMES:
        (home / name).mkdir(parents=True) if "." not in name else (home / name).write_text("x", encoding="utf-8")
    (home / "mine.txt").write_text("mine", encoding="utf-8")
    layout.remove(home)
    assert [path.name for path in home.iterdir()] == ["mine.txt"]
    (home / "mine.txt").unlink()
    layout.remove(home)
    assert not home.exists()


def test_localnet_without_a_network(shell: Shell, tmp_path: Path) -> None:
    found = shell.run("localnet", "status", "--home", str(tmp_path / "x"), "-o", "json", expect=1)
    assert found["code"] == "none"
    assert "localnet up" in found["hint"]


def test_doctor_names_the_fix(shell: Shell) -> None:
    path = shell.home / "keys" / "anchor.pem"
    path.chmod(0o644)
    (shell.home / "keys" / "bank1.pem").unlink()
    rows = shell.run("doctor", "-o", "json", expect=1)
    fixes = {row["fix"] for row in rows if not row["ok"]}
    assert f"chmod 600 {path}" in fixes
    assert any("key import" in fix for fix in fixes)
    assert any(row["ok"] for row in rows)


def test_a_weak_key_file_is_told_and_renewed_in_place(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """security 23: a file with 2,048 rounds is named by doctor, and encrypted again by key rewrap."""
    path = shell.home / "keys" / "anchor.pem"
    key = load_key(path)
    weak = Ed25519PrivateKey.from_private_bytes(key.seed).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"pw")
    )
    path.write_bytes(weak)
    rows = shell.run("doctor", "-o", "json", expect=1)
    [row] = [row for row in rows if "2,048" in row["finding"]]
    assert row["fix"].startswith("chainbill key rewrap anchor")
    monkeypatch.setenv("CHAINBILL_PASSPHRASE", "wrong")
    shell.run("key", "rewrap", "anchor", expect=4)
    assert path.read_bytes() == weak
    monkeypatch.setenv("CHAINBILL_PASSPHRASE", "pw")
    for name, rounds in (("anchor", 600_000), (str(path), 600_000)):
        before = path.read_bytes()
        assert shell.run("key", "rewrap", name, "-o", "json")["public"] == key.public.hex()
        assert rounds_of(path.read_bytes()) == rounds
        assert path.read_bytes() != before
    assert load_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir() if "anchor.pem" in one.name] == ["anchor.pem"], (
        "the old one is gone"
    )
    assert not any("rounds" in row["finding"] for row in shell.run("doctor", "-o", "json", expect=1))


def test_a_key_file_that_cannot_be_written_stays_as_it_was(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """security 23: the new file is on disk before it takes the old one's place."""
    path = shell.home / "keys" / "anchor.pem"
    before = path.read_bytes()
    monkeypatch.setenv("CHAINBILL_PASSPHRASE", "pw")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        shell.run("key", "rewrap", "anchor", expect=1)
    assert path.read_bytes() == before
    shell.run("key", "rewrap", "anchor")
    assert rounds_of(path.read_bytes()) == 600_000, "a plain file gets a passphrase"


def test_doctor_asks_the_network_which_python_it_allows(shell: Shell, node: FakeNode) -> None:
    """Formats S6: the allowed CPythons are rules of the network."""
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    for allowed, good in (["3.98", "3.99"], False), (["3.10", running], True):
        network = node.answers["GET /v1/network"].json()
        node.answers["GET /v1/network"] = ok({**network, "python": allowed})
        rows = shell.run("doctor", "-o", "json", expect=1)
        [row] = [one for one in rows if one["check"] == "Python"]
        assert row["ok"] is good
        assert good or "3.98, 3.99" in row["finding"]


def test_completion_and_version(shell: Shell) -> None:
    assert "_CHAINBILL_COMPLETE" in shell.run("completion", "bash")
    assert shell.run("version", "-o", "json")["version"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "chainbill_cli.main"], capture_output=True, text=True, check=False,
        env={**os.environ, "_CHAINBILL_COMPLETE": "bash_complete", "COMP_WORDS": "chainbill bi", "COMP_CWORD": "1"},
    )  # fmt: skip
    assert "bill" in done.stdout


def test_unreadable_files_are_said(shell: Shell) -> None:
    (shell.home / "profiles.toml").write_text("[", encoding="utf-8")
    shell.run("bill", "list", "--debtor", "x", expect=1)
    assert "profiles.toml" in shell.err


def test_keys_of_the_core_open(tmp_path: Path) -> None:
    key = PrivateKey.generate()
    path = tmp_path / "k.pem"
    path.write_bytes(key.to_pem(b"pw"))
    os.environ["CHAINBILL_PASSPHRASE"] = "pw"
    try:
        assert load_key(path) == key
    finally:
        del os.environ["CHAINBILL_PASSPHRASE"]
