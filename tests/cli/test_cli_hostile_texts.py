"""Names, numbers and reasons that attack whoever reads them, from the ledger to every form of output (security 21)."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import httpx
import pytest
from chainbill_cli.main import run
from cli.cli_desk import Desk, accepted_bill, sent

FORMULA = "=cmd|' /C calc'!A0"
MARKUP = "[red]Acme[/y] :smile: [link=https://evil.example]x"
WEB = '<img src=x onerror=alert(1)>"; label="'
LIE = "\x1b]0;pwned\x07\x1b[2J\x9b31m\r\nPAID\u2028\u202e\u2066\ufeff\U000e0041\x7f\ud800"
OBEYED = set("\x1b\x07\x9b\r\x7f\u2028\u202e\u2066\U000e0041\ud800")


def hostile(desk: Desk) -> list[list[str]]:
    """Puts such texts on the ledger, where it takes them, and gives the lines that read them."""
    parties = {name: desk.json("auditor", "party", "show", name)["id"] for name in ("supplier1", "supplier3", "anchor")}
    for name, text in (("supplier1", FORMULA), ("supplier3", WEB), ("anchor", MARKUP)):
        desk.json("bank1", "party", "rename", name, "--name-zh", text, "--name-en", text)
    made = sent(
        desk, "supplier1", "bill.issue", debtor=parties["anchor"], creditor=parties["supplier1"], face=100_000,
        currency="CNY", due_on="2030-06-30", invoices=[], contract_no="@SUM(A1)", delivered_on="",
        terms={}, reference="",
    )  # fmt: skip
    bill, token = made["bill"], accepted_bill(desk)[1]
    first = desk.json("supplier1", "token", "transfer", token, "--to", "supplier3:10.00")["tokens"][0]["id"]
    refused = desk.json("supplier3", "token", "reject", first, "--reason", "+1+1")
    return [
        ["party", "list"], ["party", "show", "anchor"], ["party", "show", "supplier1"], ["bill", "list"],
        ["bill", "show", bill], ["token", "show", token], ["token", "list", "--holder", "supplier1"],
        ["trace", "token", token], ["trace", "bill", desk.json("auditor", "token", "show", token)["bill"]],
        ["trace", "anchor", "anchor"], ["trace", "party", "supplier1"], ["tx", "show", refused["transaction"]],
        ["block", "list"], ["governance", "list"], ["node", "status"], ["network", "show"],
    ]  # fmt: skip


def test_what_the_ledger_refuses_never_gets_there(desk: Desk) -> None:
    party = desk.json("auditor", "party", "show", "supplier1")["id"]
    for text, code in (
        ("a\x1b[2J", "codec_text_control"), ("a\u202eb", "codec_text_bidi"), ("a\u2028b", "codec_text_unseen"),
        ("\u3164", "codec_text_unseen"), ("a\U000e0041", "codec_text_unseen"), ("\ufeffa", "codec_text_unseen"),
    ):  # fmt: skip
        call = json.dumps({"party": party, "name_zh": text, "name_en": text})
        out = str(desk.home.parent / "x.tx")
        desk.text("--as", "bank1", "tx", "build", "--call", "party.rename", call, "--out", out, expect=2)
        assert code in desk.text("--as", "bank1", "-o", "json", "tx", "build", "--call", "party.rename", call,
                                 "--out", out, expect=2) + desk.err  # fmt: skip


def test_names_are_text_in_every_form(desk: Desk) -> None:
    lines = hostile(desk)
    seen = ""
    for words in lines:
        for language in ("en", "zh"):
            seen += desk.text("--as", "auditor", "--lang", language, *words)
        assert isinstance(json.loads(desk.text("--as", "auditor", *words, "-o", "json")), dict | list)
        rows = list(csv.reader(io.StringIO(desk.text("--as", "auditor", *words, "-o", "csv").lstrip("\ufeff"))))
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if runs(cell)], words
    for text in (FORMULA, MARKUP, WEB):
        assert text in " ".join(seen.split()), text


def runs(cell: str) -> bool:
    """Whether a spreadsheet takes a cell for a formula that computes something."""
    if cell.startswith('="') and cell.endswith('"') and cell.count('"') == 2:
        return False
    return cell.lstrip().startswith(("=", "+", "@", "\t", "\r")) or (cell.startswith("-") and not is_number(cell))


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


class Liar(httpx.BaseTransport):
    """A node that puts what a terminal obeys into every text that it answers, but for ids, dates and hashes."""

    WORDS = frozenset({"zh", "en", "name", "name_zh", "name_en", "contract_no", "memo", "reason", "detail", "title",
                       "hint", "address", "status", "step", "kind", "docstring", "chain_id"})  # fmt: skip

    def __init__(self, honest: httpx.BaseTransport) -> None:
        self._honest = honest

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._honest.handle_request(request)
        if "json" not in answer.headers.get("content-type", "") or request.url.path == "/v1/network":
            return answer
        return httpx.Response(answer.status_code, json=self._lying(json.loads(answer.content)))

    def _lying(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._lying(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._lying(inner, name) for inner in value]
        return f"{value}{LIE}".replace("\ud800", "") if isinstance(value, str) and name in self.WORDS else value

    def close(self) -> None:
        """The honest one stays."""


def test_a_node_that_lies_moves_no_cursor(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    lines = hostile(desk)
    lying = Liar(desk.transport)
    lied = 0
    for words in [*lines, ["bill", "show", "B0"], ["token", "show", "T0"]]:
        for form in ("table", "json", "jsonl", "csv"):
            run(["--home", str(desk.home), "--as", "auditor", *words, "-o", form], transport=lying)
            out, err = capsys.readouterr()
            assert not OBEYED & set(out.replace("\r\n", "\n")), (words, form)
            assert not OBEYED & set(err), (words, form)
            lied += "PAID" in out
            if form == "json":
                json.loads(out)
    assert lied > 20
