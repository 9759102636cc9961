"""`network join` and the block that it asks for; `network trust`, which shows one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import httpx
import pytest
from chainbill_cli import preview as previews
from chainbill_cli.client import NodeClient
from chainbill_cli.node_answers import Answer
from chainbill_node.home.config import load_config
from chainbill_node.setup.local import create_local_network
from cli.cli_fakes import PARTIES, FakeNode, Shell, an_id, ok, problem

BLOCK = "ab" * 32
DAY_S = 86_400


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create_local_network(tmp_path_factory.mktemp("joining") / "net", validators=1).directory


@pytest.fixture
def words(directory: Path, tmp_path: Path) -> list[str]:
    return [
        "network", "join", str(tmp_path / "new"), "--name", "new", "--genesis", str(directory / "genesis.json"),
        "--p2p-port", "7001", "--api-port", "7002",
    ]  # fmt: skip


def test_without_a_terminal_a_block_must_be_given(
    shell: Shell, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """security 22: who joins without --trust believes a quorum of long removed keys."""
    shell.run(*words, expect=2)
    assert "--trust genesis" in shell.err
    shell.run("--lang", "zh", *words, expect=2)
    assert "network trust" in shell.err
    assert "缺少 --trust" in shell.err
    monkeypatch.setattr(previews, "person", lambda: True)
    shell.run(*words, "--yes", expect=2)
    assert shell.run(*words, "-o", "json", expect=2)["code"] == "trust_needed"
    assert not (tmp_path / "new").exists()
    shell.run(*words, "--trust", f"812:{BLOCK}", "--yes")
    sync = load_config(tmp_path / "new").sync
    assert sync.trusted == (812, bytes.fromhex(BLOCK))


def test_the_word_genesis_goes_on_with_a_warning(shell: Shell, words: list[str], tmp_path: Path) -> None:
    """security 22: the way without is typed out, and says what is then trusted."""
    shell.run(*words, "--trust", "genesis")
    assert "WARNING" in shell.err
    assert "every key that was ever part of a quorum".lower() in " ".join(shell.err.split()).lower()
    assert load_config(tmp_path / "new").sync.trusted is None


def test_a_person_is_asked_and_may_type_as_it_was_read_out(
    shell: Shell, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    spoken = " ".join(["AB AB"] * 16)

    def answer(line: str, **_: Any) -> str:
        asked.append(line)
        return f" 812 : {spoken} "

    monkeypatch.setattr(previews, "person", lambda: True)
    monkeypatch.setattr(click, "prompt", answer)
    shell.run(*words)
    assert len(asked) == 1
    assert "network trust" in shell.err
    assert load_config(tmp_path / "new").sync.trusted == (812, bytes.fromhex(BLOCK))


@pytest.mark.parametrize("place", ["--genesis", "--ca"])
def test_a_file_that_is_not_there_is_named_before_anybody_is_asked(
    shell: Shell, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """No operator telephones another bank for a command that cannot go on; and which file it was is said."""
    if place not in words:
        words += [place, ""]
    words[words.index(place) + 1] = str(tmp_path / "gone")
    monkeypatch.setattr(previews, "person", lambda: True)
    monkeypatch.setattr(click, "prompt", lambda *_, **__: pytest.fail("asked"))
    shell.run("--lang", "zh", *words, expect=1)
    assert str(tmp_path / "gone") in shell.err
    assert "文件或目录不存在" in shell.err


def test_a_genesis_file_that_is_none_is_named(shell: Shell, words: list[str], tmp_path: Path) -> None:
    wrong = tmp_path / "other.json"
    wrong.write_text("{}")
    words[words.index("--genesis") + 1] = str(wrong)
    shell.run("--lang", "zh", *words, "--trust", f"812:{BLOCK}", expect=1)
    assert f"{wrong} 不是本版本可读的创世文件" in shell.err


def test_a_certificate_names_the_file_that_it_lacks(shell: Shell, tmp_path: Path) -> None:
    request = tmp_path / "node.csr"
    request.write_text("")
    shell.run("network", "certify", str(request), "--ca", str(tmp_path), "--out", str(tmp_path / "node.pem"), expect=1)
    assert str(tmp_path / "ca.pem") in shell.err


@pytest.mark.parametrize(
    "wrong", ["812", BLOCK, f"0:{BLOCK}", f"-1:{BLOCK}", f"812:{BLOCK[:-1]}", f"812:{BLOCK}0", f"812:0x{BLOCK}", "none",
              f"8.12:{BLOCK}", f"٣:{BLOCK}", f"812:{'zz' * 32}", ":"],
)  # fmt: skip
def test_what_is_no_height_and_block_is_said(shell: Shell, words: list[str], tmp_path: Path, wrong: str) -> None:
    shell.run(*words, "--trust", wrong, expect=2)
    assert wrong[:60] in "".join(shell.err.split())
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("wrong", ["bank1", "nobody", "91440300000000000X", ""])
def test_a_seat_is_signed_for_no_party_that_cannot_be(
    shell: Shell, words: list[str], tmp_path: Path, wrong: str
) -> None:
    """reading A1: a name was taken for an id, and the node's key signed a seat of BANK1."""
    shell.run(*words, "--trust", f"812:{BLOCK}")
    for language, said in (("en", "right check digit"), ("zh", "校验位正确")):
        shell.run("--home", str(tmp_path / "new"), "--lang", language, "node", "seat", "--party", wrong, expect=2)
        assert said in shell.err
        assert not shell.out, "no signature"
    seat = shell.run("--home", str(tmp_path / "new"), "node", "seat", "--party", PARTIES["bank1"], "-o", "json")
    assert seat["party"] == PARTIES["bank1"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["party: bank1 ({party})", "signature: abcd"]), ("zh", ["参与方：bank1（{party}）", "签名：abcd"])],
)
def test_what_is_proposed_for_a_node_is_told_in_the_language(
    shell: Shell, node: FakeNode, language: str, said: list[str]
) -> None:
    """reading A1: in Chinese the node's signature stood there as `proof`, between half-width signs."""
    content = {"alg": "ed25519", "key": BLOCK, "name": "new", "party": PARTIES["bank1"], "proof": "abcd"}
    row = {"id": an_id("G", "one"), "kind": "observer_add", "status": "open", "content": content, "votes": {}}
    node.answers["GET /v1/governance/proposals"] = ok({"data": [row], "count": 1, "sum": {}, "next": None})
    shown = shell.run("--lang", language, "governance", "show", row["id"])
    lines = [line.split(maxsplit=1)[-1].strip() if line[0] != " " else line.strip() for line in shown.splitlines()]
    assert {one.format(party=PARTIES["bank1"]) for one in said} <= set(lines)


@pytest.mark.parametrize(
    "wrong", ["xx@10.0.0.1:7001", f"{BLOCK}@10.0.0.1", f"{BLOCK}:7001", f"{BLOCK[:-1]}@10.0.0.1:7001"]
)
def test_a_peer_that_is_no_node_is_said(shell: Shell, words: list[str], tmp_path: Path, wrong: str) -> None:
    """A home with such a peer was written without a word, and its node found nobody."""
    shell.run(*words, "--trust", f"812:{BLOCK}", "--peer", wrong, expect=2)
    assert wrong in "".join(shell.err.split())
    assert not (tmp_path / "new").exists()
    shell.run(*words, "--trust", f"812:{BLOCK}", "--peer", f"{BLOCK}@[::1]:7001")


def blocks(node: FakeNode, head: int, every_s: int, gone_below: int = 1) -> list[int]:
    """A chain of blocks in equal steps on the fake node; the heights that were asked for."""
    asked: list[int] = []

    def at(height: int) -> Callable[[httpx.Request], httpx.Response]:
        def answer(_: httpx.Request) -> httpx.Response:
            asked.append(height)
            if height < gone_below:
                return problem(410, "height_pruned")
            seconds = 1_790_000_000 + height * every_s
            time = httpx_time(seconds)
            return ok({"height": height, "id": f"{height:064x}", "time": time, "network": "cd" * 32})

        return answer

    for height in range(1, head + 1):
        node.answers[f"GET /v1/blocks/{height}"] = at(height)
    node.answers["GET /v1/blocks/head"] = at(head)
    return asked


def httpx_time(seconds: int) -> str:
    import datetime

    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("head", "every_s", "gone_below", "shown"),
    [
        (1_000, 3_600, 1, 976),
        (1_000, 3_600, 990, 990),
        (1_000, 1, 1, 1),
        (1, 1, 1, 1),
        (7, 2 * DAY_S, 1, 7),
    ],
)
def test_the_block_that_is_shown_is_the_first_of_the_last_day(
    shell: Shell, node: FakeNode, head: int, every_s: int, gone_below: int, shown: int
) -> None:
    """security 22: a block that every snapshot of today holds. 1,000 blocks an hour apart: 1,000 − 24 = 976."""
    asked = blocks(node, head, every_s, gone_below)
    found = shell.run("network", "trust", "-o", "json")
    assert found["trust"] == f"{shown}:{shown:064x}"
    assert len(asked) <= 3 + head.bit_length()
    assert shell.run("network", "trust", "--height", str(head), "-o", "json")["height"] == head
    shell.run("network", "trust")
    assert "read" in shell.err


def test_a_node_that_fails_is_not_taken_for_an_old_block(shell: Shell, node: FakeNode) -> None:
    blocks(node, 100, 3_600)
    node.answers["GET /v1/blocks/50"] = problem(403, "not_permitted")
    shell.run("network", "trust", expect=4)


def test_a_block_that_two_nodes_name_otherwise_is_not_read_out(
    shell: Shell, node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One lying node had a bank read out a false block, which a newcomer trusts alone."""
    blocks(node, 100, 3_600)
    said = NodeClient.elsewhere

    def elsewhere(self: NodeClient, path: str, besides: str) -> Iterator[Answer]:
        for answer in said(self, path, besides):
            yield replace(answer, body={**answer.body, "id": "ab" * 32}) if path.startswith("/v1/blocks/") else answer

    shell.run("network", "trust")
    assert "2 nodes" in shell.err
    monkeypatch.setattr(NodeClient, "elsewhere", elsewhere)
    shell.run("network", "trust", expect=1)
    assert "abab" in shell.err
    assert "trust" not in shell.out


def test_that_only_one_node_says_so_is_told(shell: Shell, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks(node, 100, 3_600)
    monkeypatch.setattr(NodeClient, "elsewhere", lambda *_: iter(()))
    shell.run("network", "trust")
    assert "only http" in shell.err
