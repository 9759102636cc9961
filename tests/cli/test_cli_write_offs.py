"""Write-offs at the command line: marked, listed, undone, and what is refused before a person is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.cli_desk import Desk
from cli.test_cli_pledges import as_a_person


@pytest.fixture
def doubtful(desk: Desk) -> tuple[str, str]:
    """A bill of yesterday and its token."""
    made = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "500.00", "--due", "+1d")
    desk.json("anchor", "bill", "confirm", made["bill"])
    token = desk.json("supplier1", "bill", "accept", made["bill"])["token"]
    desk.text("localnet", "clock", "--advance", "5d")
    return str(made["bill"]), str(token)


@pytest.fixture
def paper(tmp_path: Path) -> str:
    (tmp_path / "decision.txt").write_text("no hope\n", encoding="utf-8")
    return str(tmp_path / "decision.txt")


def test_a_token_is_written_off_paid_in_part_and_taken_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, doubtful: tuple[str, str], paper: str
) -> None:
    bill, token = doubtful
    seen = as_a_person(
        desk, monkeypatch, "--as", "supplier1", "--lang", "zh", "token", "write-off", token, "--document", paper
    )
    for said in ("即将核销子凭证", "500.00 CNY", "天前", "此后收到的款项记为收回", "decision.txt"):
        assert said in seen, said
    desk.json("bank1", "bill", "settle", bill, "--amount", "200.00", "--partial", "--reference", "P-1")
    [row] = desk.json("supplier1", "token", "write-offs")
    assert (row["token"], row["amount"], row["recovered"], row["status"]) == (token, 50_000, 20_000, "written_off")
    [left] = desk.json("supplier1", "token", "list", "--bill", bill, "--status", "live")
    seen = as_a_person(
        desk, monkeypatch, "--as", "supplier1", "token", "write-off", left["id"], "--undo", "--reason", "paid"
    )
    assert "The write-off is about to be undone" in seen
    [row] = desk.json("supplier1", "token", "write-offs", "--status", "none")
    assert (row["reason"], row["recovered"]) == ("paid", 20_000)


def test_a_write_off_is_said_alike_in_list_token_and_tree(desk: Desk, doubtful: tuple[str, str], paper: str) -> None:
    """`token write-offs` said 已核销, `token show` and the tree of the bill nothing at all."""
    bill, token = doubtful
    desk.json("supplier1", "token", "write-off", token, "--document", paper)

    def told(who: str, *words: str) -> str:
        return desk.text("--as", who, "--lang", "zh", *words)

    assert "已核销" in told("supplier1", "token", "write-offs")
    assert "有效（已核销）" in told("supplier1", "token", "show", token)
    assert "有效 · 已核销" in told("supplier1", "trace", "bill", bill)
    assert desk.json("supplier1", "token", "show", token)["status"] == "live"
    desk.json("bank1", "bill", "settle", bill, "--amount", "200.00", "--partial", "--reference", "P-1")
    tree = told("supplier1", "trace", "bill", bill)
    assert "已兑付 · 已收回" in tree
    assert "有效 · 已核销" in tree


def test_what_the_ledger_refuses_is_said_before_anybody_is_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, doubtful: tuple[str, str], paper: str
) -> None:
    def refused(who: str, *words: str) -> str:
        with monkeypatch.context() as patched:
            patched.setattr("chainbill_cli.preview.person", lambda: True)
            patched.setattr("chainbill_cli.preview.confirm", lambda *_, **__: pytest.fail("asked"))
            desk.text("--as", who, "token", "write-off", *words, expect=3)
        return desk.err

    _, token = doubtful
    assert "not the holder" in refused("anchor", token, "--document", paper) or "holder" in desk.err
    assert "token write-offs" in refused("supplier1", token, "--undo")
    desk.json("supplier1", "token", "write-off", token, "--document", paper)
    assert "write_off_transition" in refused("supplier1", token, "--document", paper) or "written off" in desk.err
    made = desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "1.00", "--due", "+30d")["bill"]
    desk.json("anchor", "bill", "confirm", made)
    fresh = desk.json("supplier1", "bill", "accept", made)["token"]
    assert "not overdue" in refused("supplier1", fresh, "--document", paper)


def test_it_is_either_written_off_or_undone(desk: Desk, doubtful: tuple[str, str], paper: str) -> None:
    _, token = doubtful
    for words in ((), ("--document", paper, "--undo"), ("--document", paper, "--reason", "x"), ("--reason", "x")):
        desk.text("--as", "supplier1", "token", "write-off", token, *words, expect=2)
