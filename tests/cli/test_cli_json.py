"""JSON that is typed or in a file means one thing; a file that cannot be used says why, in the language in use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chainbill_cli.home import load_network, save_network
from cli.cli_fakes import BILL, FakeNode, Shell
from cli.test_cli_party import APPLY

OTHER_NETWORK = bytes([7]) * 32


@pytest.mark.parametrize(
    ("written", "code", "named"),
    [
        ('{"currencies": {"CNH": 2, "CNH": 3}}', "json_member_twice", "CNH"),
        ('{"changes": {}, "changes": {"gas_put": 61}}', "json_member_twice", "changes"),
        ('{"changes": {"gas_put": 60.5}}', "json_number", "60.5"),
        ('{"changes": {"gas_put": NaN}}', "json_number", "NaN"),
        ("{", "bad_json", "rules.json"),
        ("[" * 100_000, "bad_json", "rules.json"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_rules_that_could_mean_two_things(
    shell: Shell, node: FakeNode, tmp_path: Path, written: str, code: str, named: str, language: str
) -> None:
    path = tmp_path / "rules.json"
    path.write_text(written, encoding="utf-8")
    words = ["--lang", language, "governance", "propose", "rules", str(path), "--height", "500", "-o", "json"]
    said = shell.run(*words, profile="bank1", expect=2)
    assert said["code"] == code
    assert named in said["detail"]
    assert not node.transactions


def test_applications_and_calls_that_could_mean_two_things(shell: Shell, node: FakeNode, tmp_path: Path) -> None:
    path = tmp_path / "application.json"
    shell.run("key", "new", "fresh", "--no-passphrase", profile="")
    shell.run(*APPLY, "--key", "fresh", "--out", str(path))
    path.write_text('{"statement": {}, ' + path.read_text(encoding="utf-8").lstrip("{ \n"), encoding="utf-8")
    said = shell.run("party", "register", str(path), "-o", "json", profile="bank1", expect=2)
    assert said["code"] == "json_member_twice"
    twice = f'{{"bill": "{BILL}", "bill": "B"}}'
    shell.run("tx", "build", "--call", "bill.confirm", twice, profile="anchor", expect=2)
    shell.run("governance", "propose", "rules", str(tmp_path / "none"), profile="bank1", expect=1)
    assert shell.err.count("none") == 1, "the path once"
    assert not node.transactions


@pytest.mark.parametrize("words", [["0", "ab" * 32], ["2", "xyz"], ["2.5", "ab" * 32], ["2", "ab" * 31]])
def test_a_protocol_is_named_by_version_and_digest(shell: Shell, node: FakeNode, words: list[str]) -> None:
    said = shell.run("governance", "propose", "protocol", *words, "-o", "json", profile="bank1", expect=2)
    assert words[1] in said["detail"]
    assert not node.transactions


def test_a_transaction_of_another_network_is_refused_before_anybody_is_asked(
    shell: Shell, node: FakeNode, tmp_path: Path
) -> None:
    path = tmp_path / "signed.tx"
    words = ["bill", "issue", "--debtor", "anchor", "--amount", "5.00", "--due", "2026-12-31"]
    shell.run(*words, "--offline", str(path))
    known = load_network(shell.home)
    save_network(shell.home, type(known)(known.chain_id, known.nodes, known.names, known.invoice_key, OTHER_NETWORK))
    for language in ("en", "zh"):
        said = shell.run("--lang", language, "tx", "send", str(path), "-o", "json", expect=2)
        assert (said["code"], said["expected"]) == ("other_network", OTHER_NETWORK.hex())
    assert not node.requests


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_of_format_1_is_told_as_such_in_the_language_in_use(shell: Shell, tmp_path: Path, language: str) -> None:
    path = tmp_path / "old.tx"
    body = b"\x98\x01\xc4\x20" + bytes(32) + b"\xa1a\x00\xc4\x10" + bytes(16) + b"\x92\x01\x90\x90\xa0"
    path.write_bytes(b"\x92\xc4" + bytes([len(body)]) + body + b"\x90")
    said = shell.run("--lang", language, "tx", "decode", str(path), "-o", "json", expect=1)
    assert said["code"] == "format_version"
    assert ("版本" in said["detail"], said["hint"][0] >= "\u4e00") == (language == "zh", language == "zh")


def test_votes_and_contents_are_told_in_words(shell: Shell, node: FakeNode) -> None:
    from cli.cli_fakes import PARTIES, ok

    content = {
        "changes": {"gas_block": 50_000_000}, "currencies": {"XTS": 3, "ANG": None}, "python": ["3.11", "3.12"],
        "active_height": 500,
    }  # fmt: skip
    proposal = {
        "id": "GABCDEFGH", "kind": "rules", "content": content, "votes": {PARTIES["bank1"]: "yes"}, "status": "open",
        "proposer": PARTIES["bank1"], "expires_on": "2027-01-01", "created": {"height": 1, "transaction": "ab" * 32},
    }  # fmt: skip
    node.answers["GET /v1/governance/proposals"] = ok({"data": [proposal], "next": None})
    shell.run("governance", "show", "GABCDE")
    told = " ".join(shell.out.split())
    for part in ("bank1 yes", "rule gas_block: 50,000,000", "currency XTS: taken, with 3 minor digits",
                 "currency ANG: taken no longer", "3.11, 3.12", "from height: 500"):  # fmt: skip
        assert part in told, part
    shell.run("--lang", "zh", "governance", "show", "GABCDE")
    for part in ("bank1 赞成", "规则 gas_block", "不再采用", "生效高度：500"):
        assert part in " ".join(shell.out.split()), part
    assert shell.run("governance", "show", "GABCDE", "-o", "json") == proposal
    assert json.loads(shell.out)["votes"] == {PARTIES["bank1"]: "yes"}
