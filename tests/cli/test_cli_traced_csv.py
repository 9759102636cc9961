"""The CSV of a trace that a node answers: a table, or the next node is asked; no cell does anything where it is opened.

attack: a line of another length was an internal fault, and cells went on as they were, formulas and escapes alike.
"""

from __future__ import annotations

import csv
import io

import httpx
import pytest
from chainbill_cli.client import NodeClient
from chainbill_cli.commands.trace import CSV_KINDS
from chainbill_cli.csv_text import parties_of, traced_csv
from chainbill_cli.failure import Failure
from cli.cli_fakes import NODE_1, NODE_2, PARTIES, FakeNode, Shell

GOOD = "token,holder,amount,currency\r\nT1,P1,10.00,CNY\r\n"
NO_TABLES = {
    "fewer": "token,amount\r\nT1\r\n", "more": "token,amount\r\nT1,1.00,x\r\n", "nothing": "", "blank": "\r\n",
    "a long cell": "token,amount\r\n" + "9" * 131_073 + ",1\r\n", "an open quote": 'token,amount\r\n"T1,1.00\r\n',
    "one heading twice": "token,token\r\nT1,T1\r\n", "a heading that moves": "token,\x1b[2J\r\nT1,1\r\n",
    "no heading": "token,\r\nT1,1\r\n", "a formula as an amount": "token,amount\r\nT1,=1+1\r\n",
    "an amount that is none": "token,amount\r\nT1,1e9\r\n", "a blank line": "token,amount\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("said", NO_TABLES.values(), ids=list(NO_TABLES))
def test_what_is_no_table_is_asked_of_the_next_node(said: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        body = said if request.url.host == "node1.test" else GOOD
        return httpx.Response(200, text=body, headers={"content-type": "text/csv; charset=utf-8"})

    for nodes, found in (((NODE_1, NODE_2), GOOD), ((NODE_1,), None)):
        client = NodeClient(nodes, timeout_s=5, transport=httpx.MockTransport(answer))
        if found:
            assert client.get("/v1/trace/bills/B", format="csv") == found
        else:
            with pytest.raises(Failure, match="answer that can be used"):
                client.get("/v1/trace/bills/B", format="csv")
        client.close()


HARMFUL = ("\x1b[2J\x1b]0;x\x07", "=1+1", '="a"&HYPERLINK("http://x")&"b"', "@x", "-x", "\u202e=1", "+1+1")
KEPT = ('="12345"', "10.00", "-1", "T1", "'=told safe by the node", "")


def opened(said: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(traced_csv(said, CSV_KINDS, lambda party: f"name of {party}"))))


def written(*cells: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["token"], *([cell] for cell in cells)])
    return buffer.getvalue()


@pytest.mark.parametrize("cell", HARMFUL)
def test_no_cell_is_a_formula_or_moves_a_cursor(cell: str) -> None:
    _, [found] = opened(written(cell))
    assert not set(found) & {"\x1b", "\x07", "\u202e"}
    assert found[0] not in "=+-@"


@pytest.mark.parametrize("cell", KEPT)
def test_what_a_node_made_safe_stays(cell: str) -> None:
    _, row = opened(written(cell, "x"))[:2]
    assert row == ([cell] if cell else [""])


def test_a_party_kept_as_text_is_looked_up_without_its_marks() -> None:
    assert parties_of(GOOD.replace("P1", '"=""12345"""'), CSV_KINDS) == {"12345"}


def test_a_command_prints_nothing_that_moves(shell: Shell, node: FakeNode) -> None:
    party = PARTIES["anchor"]
    said = GOOD.replace("T1", "=cmd|'/c calc'!A0").replace("CNY", "\x1b[31m")
    node.answers[f"GET /v1/trace/parties/{party}"] = httpx.Response(
        200, text=said, headers={"content-type": "text/csv"}
    )
    shell.run("trace", "party", "anchor", "--format", "csv")
    assert "\x1b" not in shell.out
    assert "'=cmd|" in shell.out
