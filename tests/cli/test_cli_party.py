"""Parties: salts that are never lost, policies, several keys; a preview before every write on a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
from chainbill_cli import foreseen
from chainbill_cli import preview as previews
from chainbill_cli.applying import account_digest
from chainbill_cli.commands.party_terms import acts_under_policy
from chainbill_cli.home import load_profiles
from cli.cli_desk import Desk
from cli.cli_fakes import BILL, PARTIES, FakeNode, Shell, an_id, bill, ok, problem

from chainbill.ids import make_test_uscc

pytestmark = pytest.mark.untraced

ANNOUNCE = ["party", "account", "--announce", "CNY:bank1:6222"]
AS_IT_ENDS = {
    "withdraw": {"status": "pending_confirm", "initiator": PARTIES["bank1"]},
    "cancel": {"status": "pending_accept", "debtor": PARTIES["bank1"]},
    "reject": {"status": "pending_confirm", "debtor": PARTIES["bank1"]},
}
"""A bill that bank1 may end in this way."""
CHANGE = an_id("C", "change")
APPLY = [
    "party", "apply", "--id", make_test_uscc(b"applicant"), "--name-en", "New", "--role", "supplier",
    "--sponsor", "bank1",
]  # fmt: skip


def salts(shell: Shell) -> dict[str, str]:
    """Digest → account number of every account file."""
    found = {}
    for path in (shell.home / "accounts").glob("*.json"):
        kept = json.loads(path.read_text(encoding="utf-8"))
        assert kept["digest"] in path.name
        assert account_digest(bytes.fromhex(kept["salt"]), kept["currency"], kept["number"]) == kept["digest"]
        found[kept["digest"]] = kept["number"]
    return found


def test_every_announced_account_keeps_its_salt(shell: Shell, node: FakeNode) -> None:
    shell.run(*ANNOUNCE, "--dry-run", expect=1)
    assert salts(shell) == {}
    announced = []
    for _ in range(2):
        shell.run(*ANNOUNCE)
        announced.append(node.call[2]["digest_hex"])
    assert sorted(salts(shell)) == sorted(announced), "the second is not written over the first"


def test_a_salt_is_kept_before_the_announcement_leaves(shell: Shell, node: FakeNode) -> None:
    seen: list[int] = []

    def pending(_: httpx.Request) -> httpx.Response:
        seen.append(len(salts(shell)))
        return httpx.Response(202, json={"id": "00", "status": "pending"})

    node.answers["POST /v1/transactions"] = pending
    shell.run(*ANNOUNCE, "--timeout", "0.3", expect=6)
    assert seen
    assert seen[0] == 1
    node.answers["POST /v1/transactions"] = problem(422, "too_many_accounts")
    shell.run(*ANNOUNCE, expect=3)
    assert len(salts(shell)) == 2


def test_an_application_does_not_take_another_salt_s_place(shell: Shell, tmp_path: Path) -> None:
    shell.run("key", "new", "newcomer", "--no-passphrase")
    words = [*APPLY, "--key", "newcomer", "--account", "CNY:bank1:1"]
    for number in range(2):
        shell.run(*words, "--out", str(tmp_path / f"{number}.json"))
    files = [json.loads((tmp_path / f"{number}.json").read_text(encoding="utf-8")) for number in range(2)]
    assert sorted(salts(shell)) == sorted(one["statement"]["accounts"][0]["digest"] for one in files)


@pytest.mark.parametrize("action", ["nonsense", "bill.nonsense", "bill.withdraw", "Bill.confirm", "any.any"])
def test_a_rule_about_nothing_is_refused(shell: Shell, node: FakeNode, action: str) -> None:
    shell.run("party", "policy", "--rule", f"{action}:CNY:5", expect=2)
    assert "bill.confirm" in shell.err
    assert not node.transactions


def test_rules_that_count(shell: Shell, node: FakeNode) -> None:
    assert {"any", "bill.issue", "settlement.settle", "finance.disburse"} <= set(acts_under_policy())
    for action in acts_under_policy():
        shell.run("party", "policy", "--rule", f"{action}:CNY:5")
        assert node.call[2]["policy"]["rules"][0]["action"] == action
    shell.run("party", "policy", "--rule", "any:XYZ:5", expect=2)
    shell.run("party", "policy", "--rule", "any:CNY:5", "--clear", expect=2)
    shell.run("party", "policy", "bank1", "--clear", expect=2)


def test_an_application_with_several_keys(shell: Shell, tmp_path: Path) -> None:
    for name in ("ops", "boss"):
        shell.run("key", "new", name, "--no-passphrase")
    path = tmp_path / "application.json"
    away = "ab" * 32
    keys = ["--key", f"{away}=checker", "--key", "ops=maker", "--key", "boss=checker,admin"]
    shell.run(*APPLY, *keys, "--out", str(path))
    application = json.loads(path.read_text(encoding="utf-8"))
    statement = application["statement"]
    assert [bool(one["signature"]) for one in application["signatures"]] == [False, True, True]
    assert away in shell.err
    assert [one["capabilities"] for one in statement["keys"]] == [["checker"], ["maker"], ["checker", "admin"]]
    assert statement["keys"][0]["key"] == away
    assert {"ops", "boss"} <= set(load_profiles(shell.home))
    shell.run(*APPLY[:-2], "--key", "boss", expect=2)
    assert "--sponsor" in shell.err
    shell.run(*APPLY, "--role", "bank", "--key", "boss", expect=2)
    for wrong in (["ops=maker"], ["ops=king"], ["ops="], [away], ["nobody"]):
        shell.run(*APPLY, *(word for one in wrong for word in ("--key", one)), expect=2)


def test_maker_and_checker_by_the_commands_that_the_hint_names(desk: Desk, tmp_path: Path) -> None:
    desk.text("key", "new", "second", "--no-passphrase")
    announced = desk.json("anchor", "party", "policy", "--rule", "bill.confirm:CNY:100")
    assert announced["change"][0] == "C"
    desk.text("localnet", "clock", "--to", announced["acts_on"])
    number = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "500", "--due", "+120d")["bill"]
    desk.json("anchor", "bill", "confirm", number, expect=3)
    assert "party key add NAME --capability checker" in desk.err
    announced = desk.json("anchor", "party", "key", "add", "second", "--capability", "checker")
    assert announced["acts_on"] in desk.err
    desk.text("localnet", "clock", "--to", announced["acts_on"])
    assert load_profiles(desk.home)["second"].party == load_profiles(desk.home)["anchor"].party
    path = str(tmp_path / "two.tx")
    desk.text("--as", "anchor", "bill", "confirm", number, "--for-checker", path)
    desk.text("--as", "second", "tx", "sign", path)
    assert json.loads(desk.text("tx", "send", path, "-o", "json"))["status"] == "committed"
    desk.json("second", "party", "policy", "--clear", expect=3)
    assert "capability" in desk.err
    desk.json("anchor", "party", "key", "revoke", "second")
    desk.json("anchor", "party", "key", "revoke", "anchor-checker")
    assert desk.json("anchor", "party", "key", "revoke", "anchor", expect=3)["code"] == "last_admin_key"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["party", "policy", "--clear"], [PARTIES["bank1"]]),
        (["party", "policy", "--rule", "any:CNY:5"], ["any > 5.00 CNY"]),
        (
            ["party", "account", "anchor", "--attest", "CNY", "--shown", "ab" * 32],
            [PARTIES["anchor"], "CNY", "ab" * 32],
        ),
        (["party", "paying-bank", "ask", "bank2"], [PARTIES["bank2"], ("72 hours", "72 小时")]),
        (["party", "paying-bank", "accept", "anchor"], [PARTIES["anchor"]]),
        (["party", "paying-bank", "refuse", "anchor"], [PARTIES["anchor"]]),
        (["party", "paying-bank", "end", "anchor"], [PARTIES["anchor"]]),
        (["party", "successor", "accept", "bank2"], [PARTIES["bank2"]]),
        (["party", "successor", "name", "bank2"], [PARTIES["bank2"]]),
        (["governance", "propose", "successor", "bank1", "bank2"], [PARTIES["bank2"], ("successor", "承继行")]),
        (["party", "account", "--announce", "CNY:bank2:6222"], ["6222", PARTIES["bank2"]]),
        (["party", "rotate-key", "--new", "fresh"], ["{fresh}"]),
        (["party", "key", "add", "fresh", "--capability", "maker"], ["{fresh}", ("maker", "经办")]),
        (["party", "key", "revoke", "fresh"], ["{fresh}"]),
        (["party", "change", "withdraw", CHANGE], [CHANGE]),
        (["party", "recovery", "veto", CHANGE], [CHANGE, ("only a vote", "投票")]),
        (["party", "halt"], [PARTIES["bank1"], ("at once", "立即")]),
        (
            ["party", "recover", "anchor", "--key", "fresh", "--document", "{application}"],
            [PARTIES["anchor"], "{fresh}", "{application}", ("72 hours", "72 小时")],
        ),
        (
            ["party", "register", "{application}"],
            ["New", APPLY[3], ("supplier", "供应商"), ("maker", "经办"), PARTIES["bank1"], "{fresh}"],
        ),
        (["governance", "propose", "parameter", "min_split", "100"], ["min_split", "100"]),
        (
            ["governance", "propose", "party-status", "anchor", "suspended", "--document", "{application}"],
            [PARTIES["anchor"], ("status: suspended", "状态：已暂停"), ("documents: ", "文书：")],
        ),
        (["governance", "vote", "GABCDE", "yes"], ["GABCDEFGH", "min_split", "100"]),
        (["tx", "send", "{file}"], ["bill.confirm", BILL, PARTIES["bank1"]]),
        (["tx", "sign", "{file}"], ["bill.confirm", BILL, PARTIES["bank1"], "1 / 1"]),
        (["bill", "withdraw", BILL, "--reason", "typo"], [BILL, "1,000.00", PARTIES["anchor"], "typo"]),
        (["bill", "cancel", BILL], [BILL, "1,000.00", PARTIES["supplier1"], "2026-06-30"]),
        (["bill", "reject", BILL], [BILL, "1,000.00", PARTIES["supplier1"]]),
    ],
)
def test_nothing_is_written_without_a_preview(
    shell: Shell, node: FakeNode, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str],
    told: list[str | tuple[str, str]],
    language: str,
) -> None:  # fmt: skip
    fresh = shell.run("key", "new", "fresh", "--no-passphrase", "-o", "json", profile="")["public"]
    application, file = tmp_path / "application.json", tmp_path / "signed.tx"
    shell.run(*APPLY, "--key", "fresh", "--out", str(application))
    shell.run("tx", "build", "--call", "bill.confirm", json.dumps({"bill": BILL}), "--out", str(file), profile="bank1")
    shell.run("tx", "sign", str(file), profile="bank1")
    content = {"name": "min_split", "value": 100}
    open_one = {"id": "GABCDEFGH", "kind": "parameter", "content": content, "status": "open"}
    node.answers["GET /v1/governance/proposals"] = ok({"data": [open_one], "next": None})
    node.answers[f"GET /v1/bills/{BILL}"] = ok(bill(**AS_IT_ENDS.get(words[1], {})))
    asked: list[str] = []
    monkeypatch.setattr(previews, "person", lambda: True)
    monkeypatch.setattr(previews, "confirm", lambda line, **_: asked.append(line) or False)
    monkeypatch.setattr(foreseen, "refuse_foreseen", lambda *_: None)  # the rows of this node are made up
    names = {"fresh": fresh, "application": str(application), "file": str(file)}
    shell.run("--lang", language, *(word.format(**names) for word in words), profile="bank1", expect=1)
    assert len(asked) == 1
    assert not node.transactions
    left = [line for line in shell.err.splitlines() if re.match(r"  [a-z_]+(：|$)", line)]
    assert language == "en" or left == [], "what is said in words was added once more, by its name in JSON"
    for part in told:
        said = part if isinstance(part, str) else part[language == "zh"]
        assert said.format(**names) in shell.err


def test_every_key_of_an_application_signs_where_it_is_kept(desk: Desk, tmp_path: Path) -> None:
    """formats S3: on the product's ledger an application is taken once all its keys have signed."""
    path = str(tmp_path / "application.json")
    for name in ("ops", "boss"):
        desk.text("key", "new", name, "--no-passphrase")
    away = desk.text("key", "show", "boss", "-o", "json")
    public = json.loads(away)["public"]
    desk.text(*APPLY, "--key", "ops", "--key", f"{public}=checker", "--out", path)
    assert desk.json("bank1", "party", "register", path, expect=3)["code"] == "possession_not_proved"
    assert "party sign FILE" in desk.err
    desk.text("party", "sign", path, "--key", "stranger", expect=2)
    assert json.loads(desk.text("party", "sign", path, "--key", "boss", "-o", "json"))["lacking"] == []
    assert desk.json("bank2", "party", "register", path, expect=3)["code"] == "application_for_another_sponsor"
    assert desk.json("bank1", "party", "register", path)["parties"] == [APPLY[3]]
    keys = json.loads(desk.text("--as", "ops", "party", "show", APPLY[3], "-o", "json"))["keys"]
    assert [(one["alg"], one["capabilities"]) for one in keys] == [
        ("ed25519", ["maker", "checker", "admin"]), ("ed25519", ["checker"]),
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "answer"), [("en", False), ("zh", True)])
def test_who_signs_an_application_sees_whose_keys_and_accounts_it_names(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, answer: bool
) -> None:
    """Whoever passed the file on put a key of his own into it, with all that a key may do, and it was signed unseen."""
    path = tmp_path / "application.json"
    for name in ("ops", "boss"):
        desk.text("key", "new", name, "--no-passphrase")
    public = json.loads(desk.text("key", "show", "boss", "-o", "json"))["public"]
    desk.text(*APPLY, "--key", "ops", "--key", f"{public}=checker", "--out", str(path))
    found = json.loads(path.read_text(encoding="utf-8"))
    account = {"currency": "CNY", "bank": "91990000E3EX4HXW6X", "alg": "sha256", "digest": "ac" * 32}
    found["statement"]["keys"].append({**found["statement"]["keys"][0], "key": "ee" * 32})
    found["statement"]["accounts"] = [account]
    path.write_text(json.dumps(found), encoding="utf-8")
    before = path.read_bytes()
    monkeypatch.setattr(previews, "person", lambda: True)
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: answer)
    desk.text("--lang", language, "party", "sign", str(path), "--key", "boss", expect=0 if answer else 1)
    for said in (APPLY[3], "ee" * 32, public, account["bank"], account["digest"]):
        assert said in desk.err
    assert (path.read_bytes() != before) is answer


@pytest.mark.parametrize(("name", "value"), [("keys", ["x"]), ("accounts", [1]), ("identifiers", 7), ("roles", 1)])
def test_an_application_whose_lists_are_none_is_none(desk: Desk, tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "application.json"
    path.write_text(json.dumps({"statement": {name: value}, "signatures": []}), encoding="utf-8")
    assert json.loads(desk.text("party", "sign", str(path), "--key", "any", "-o", "json", expect=1))["detail"]


def test_a_key_that_is_kept_elsewhere_signs_for_itself(desk: Desk) -> None:
    desk.text("key", "new", "elsewhere", "--no-passphrase")
    says = ["--capability", "checker", "--unit", "310", "--operator", "ab" * 32]
    made = json.loads(desk.text("party", "key", "prove", "elsewhere", "--party", "anchor", *says, "-o", "json"))
    desk.text("--as", "anchor", "party", "key", "add", made["key"], *says, expect=2)
    wrong = ["--capability", "admin", *says[2:]]
    add = ["party", "key", "add", made["key"], "--proof", made["proof"]]
    assert desk.json("anchor", *add, *wrong, expect=3)["code"] == "possession_not_proved"
    assert desk.json("anchor", *add, *says)["key"] == made["key"]


def test_who_comes_in_by_vote_has_no_sponsor(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    shell.run("key", "new", "fresh", "--no-passphrase")
    path = tmp_path / "application.json"
    words = ["party", "apply", "--id", APPLY[3], "--name-en", "New", "--role", "regulator", "--key", "fresh"]
    shell.run(*words, "--out", str(path))
    application = json.loads(path.read_text(encoding="utf-8"))
    assert application["statement"]["sponsor"] == ""
    shell.run("governance", "propose", "party", str(path), profile="bank1")
    assert node.call == ("governance", "propose", {"kind": "party", "content": application})


def test_an_application_says_of_each_key_its_branch_operator_and_certificate(shell: Shell, tmp_path: Path) -> None:
    """`party key add` could say it, `party apply` not: first keys came in without, and rotating kept it so."""
    for name in ("first", "second"):
        shell.run("key", "new", name, "--no-passphrase")
    keys = ["--key", "first=maker,admin", "--key", "second=checker,admin"]
    path = tmp_path / "application.json"
    marks = ["--unit", "SH-01", "--operator", f"first={'aa' * 32}", "--operator", f"second={'bb' * 32}",
             "--certificate", f"second={'cc' * 32}"]  # fmt: skip
    shell.run(*APPLY, *keys, *marks, "--out", str(path))
    first, second = json.loads(path.read_text(encoding="utf-8"))["statement"]["keys"]
    assert (first["unit"], first["operator"], first["certificate"]) == ("SH-01", "aa" * 32, "")
    assert (second["unit"], second["operator"], second["certificate"]) == ("SH-01", "bb" * 32, "cc" * 32)
    for wrong in (
        ["--operator", "aa" * 32], ["--operator", f"third={'aa' * 32}"], ["--certificate", "x", "--key", "second"],
        ["--operator", f"first={'aa' * 32}", "--operator", f"first={'bb' * 32}"],
        ["--unit", "A", "--unit", "first=B"],
    ):  # fmt: skip
        shell.run("--lang", "zh", *APPLY, *keys, *wrong, expect=2)
        assert "请注明是哪个密钥的" in shell.err


@pytest.mark.parametrize("option", ["--operator", "--certificate"])
def test_a_digest_of_a_key_that_is_none_is_refused_where_it_is_typed(shell: Shell, option: str, tmp_path: Path) -> None:
    """An application with such a one was signed and written, and no bank could register it."""
    shell.run("key", "new", "fresh", "--no-passphrase")
    for wrong in ("zz", "ab" * 31, "1"):
        shell.run(*APPLY, "--key", "fresh", option, wrong, "--out", str(tmp_path / "no.json"), expect=2)
        assert "64 hex" in shell.err
        shell.run("party", "key", "add", "fresh", "--capability", "maker", option, wrong, expect=2)
        assert "64 hex" in shell.err
    assert not (tmp_path / "no.json").exists()
    shell.run(*APPLY, "--key", "fresh", option, "AB" * 32, "--out", str(tmp_path / "yes.json"))
    listed = json.loads((tmp_path / "yes.json").read_text(encoding="utf-8"))["statement"]["keys"]
    assert listed[0][option.removeprefix("--")] == "ab" * 32


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_registered_name_in_the_place_of_a_profile_or_an_id_says_whose_it_is(desk: Desk, language: str) -> None:
    """It was refused as a name that nobody knows here, although tables show parties by it."""
    names = desk.json("auditor", "party", "show", "bank1")["names"][-1]
    for name in {names["zh"], names["en"]}:
        for words in (["--as", name, "bill", "list"], ["bill", "list", "--debtor", name]):
            desk.text("--lang", language, *words, expect=2)
            assert desk.err.rpartition("→")[2].count("bank1") == 1
    desk.text("--lang", language, "bill", "list", "--debtor", f"{names['zh']}x", expect=2)
    assert "chainbill party list" in desk.err.rpartition("→")[2], "nobody bears it"
