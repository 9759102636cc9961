"""Files that are to be signed live 23 hours at most: they say until when, and one whose time is over says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from chainbill_cli import preview, writing
from chainbill_cli.moments import moment_said
from chainbill_cli.validity import until_text
from cli.cli_desk import Desk, accepted_bill

UNTIL = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"
ISSUE = ["bill", "issue", "--debtor", "anchor", "--amount", "100.00", "--due", "+60d"]


def test_a_moment_is_told_to_the_second() -> None:
    assert until_text(1_000_999) == "1970-01-01T00:16:40Z"


def test_a_file_says_until_when_it_can_be_handed_in(desk: Desk, tmp_path: Path) -> None:
    path = str(tmp_path / "one.tx")
    made = desk.json("supplier1", *ISSUE, "--for-checker", path)
    decoded = desk.json("supplier1", "tx", "decode", path)
    assert made["valid_until"] == decoded["valid_until"]
    assert desk.json("supplier1-checker", "tx", "sign", path)["valid_until"] == made["valid_until"]
    for language, words in (("en", "handed in until"), ("zh", "之前签名并提交")):
        desk.text("--lang", language, "--as", "supplier1", *ISSUE, "--for-checker", path)
        assert moment_said(made["valid_until"])[:11] in desk.out or "valid until" in desk.out
        desk.text("--lang", language, "--as", "supplier1-checker", "tx", "sign", path)
        assert words in desk.err


@pytest.mark.parametrize(("language", "words"), [("en", "until"), ("zh", "期限")])
def test_the_preview_of_a_file_says_it_too(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setattr(writing.previews, "asks", lambda _: True)
    monkeypatch.setattr(preview, "confirm", lambda _: True)
    desk.text("--lang", language, "--as", "supplier1", *ISSUE, "--for-checker", str(tmp_path / "one.tx"))
    assert f"{words}：" in desk.err or f"{words}: 20" in desk.err


@pytest.mark.parametrize(("language", "words"), [("en", "make it again"), ("zh", "请用原命令重新生成")])
def test_a_file_whose_time_is_over_says_so_and_how_it_is_made_again(
    desk: Desk, tmp_path: Path, language: str, words: str
) -> None:
    unsigned, signed = str(tmp_path / "unsigned.tx"), str(tmp_path / "signed.tx")
    _, token = accepted_bill(desk)
    call = json.dumps({"token": token, "amounts": [1]})
    for path in (unsigned, signed):
        desk.text("--as", "supplier1", "tx", "build", "--call", "token.split", call, "--out", path)
    desk.text("--as", "supplier1", "tx", "sign", signed)
    until = {path: desk.json("supplier1", "tx", "decode", path)["valid_until"] for path in (unsigned, signed)}
    desk.text("localnet", "clock", "--advance", "2d")
    for act in (["tx", "sign", unsigned], ["tx", "send", signed]):
        refused = desk.json("supplier1", *act, expect=3)
        assert refused["code"] == "transaction_expired"
        desk.text("--lang", language, "--as", "supplier1", *act, expect=3)
        assert moment_said(until[act[-1]]) in desk.err
        assert words in desk.err
