"""What a running node refuses at its control socket, over a real one: in English and in Chinese."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from typing import Any

import chainbill_node
import pytest
from chainbill_cli.causes import cause_of
from chainbill_cli.texts import set_language
from chainbill_node.home.control_socket import ControlError, ControlServer, ask_node
from chainbill_node.storage.chain.archive import ArchiveError

REFUSALS: list[tuple[Exception, str, str]] = [
    (ControlError("a backup is under way", "备份正在进行"), "a backup is under way", "备份正在进行"),
    (ArchiveError("no room", "空间不足"), "no room", "空间不足"),
    (FileExistsError("/b.tar"), "/b.tar exists already", "/b.tar 已存在"),
    (ValueError("odd"), "ValueError: odd", "ValueError: odd"),
]


@pytest.mark.parametrize(("refusal", "english", "chinese"), REFUSALS, ids=lambda one: type(one).__name__)
def test_a_refusal_of_a_running_node_is_said_in_the_language_of_who_asked(
    tmp_path: Path, refusal: Exception, english: str, chinese: str
) -> None:
    async def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise refusal

    async def asked() -> ControlError:
        server = ControlServer(tmp_path, refuse)
        await server.start()
        try:
            await asyncio.to_thread(ask_node, tmp_path, {"do": "backup"}, 20.0)
        except ControlError as error:
            return error
        finally:
            await server.stop()
        raise AssertionError("it was not refused")

    error = asyncio.run(asked())
    assert english in error.said("en")
    assert chinese in error.said("zh")
    set_language("zh")
    try:
        assert chinese in cause_of(error)
    finally:
        set_language("en")


def test_a_node_that_ends_without_an_answer_is_said_in_both(tmp_path: Path) -> None:
    async def asked() -> str:
        async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        server = await asyncio.start_unix_server(hang_up, tmp_path / "node.sock")
        try:
            await asyncio.to_thread(ask_node, tmp_path, {"do": "backup"}, 20.0)
        except ControlError as error:
            return error.said("zh")
        finally:
            server.close()
        return ""

    assert asyncio.run(asked()) == "节点未及答复便已停止"


def test_every_sentence_of_the_log_is_there_in_chinese_too() -> None:
    """A `why` that is written out, and is no word of ours for programs, has its `why_zh` beside it."""
    found = missing = 0
    for path in Path(chainbill_node.__file__).parent.rglob("*.py"):
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(one, ast.Call) or not isinstance(one.func, ast.Attribute):
                continue
            told = {keyword.arg: keyword.value for keyword in one.keywords}
            why = told.get("why")
            if isinstance(why, ast.Constant) and " " in str(why.value):
                found += 1
                missing += "why_zh" not in told
    assert (found > 3, missing) == (True, 0)
