"""The worked example of docs/reference/cli.md, run from its text, on an open and on a closed network."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.e2e

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "cli.md"
OPTIONAL = re.compile(r"\s\[(?:[^\[\]]|\[[^\]]*\])*\]…?")
PLACEHOLDERS = ("BILL", "TOKEN", "TOKEN2", "REQUEST", "QUOTE")


def steps() -> list[tuple[list[str], list[str]]]:
    """The lines of the example: the words to type, and what the answer must name."""
    block = DOCUMENT.read_text(encoding="utf-8").split("```worked-example\n")[1].split("```")[0]
    found = []
    for line in block.splitlines():
        typed, _, named = line.partition("→")
        words = shlex.split(OPTIONAL.sub("", typed))
        assert words[0] == "chainbill", line
        found.append((words[1:], [name.strip() for name in named.split(",") if name.strip()]))
    return found


def run_through(network: Any, reader: list[str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Run every line; the ids by placeholder, and the answers by the line's verb."""
    ids: dict[str, str] = {}
    answers: dict[str, Any] = {}
    for words, named in steps():
        is_write = "--as" in words
        line = [ids.get(word, word) if word in PLACEHOLDERS else word for word in words]
        answer = network.json(*([] if is_write else reader), *line)
        assert set(named) <= set(answer), f"{words}: {answer}"
        if is_write:
            assert answer["status"] == "committed"
            assert answer["height"] > 0
        for name in ("bill", "request", "quote", "token"):
            if name in named:
                ids.setdefault(name.upper(), answer[name])
        if "tokens" in named:
            ids["TOKEN2"] = answer["tokens"][0]["id"]
        verb = " ".join(word for word in words[2 if is_write else 0 :][:2])
        answers[verb] = answer
    return ids, answers


def make_due_in_120_days_a_business_day(network: Any, reader: list[str]) -> None:
    """Move the ledger's clock so that the day 120 days ahead is a working day: pay_on is then exactly that day."""
    today = date.fromisoformat(network.json(*reader, "network", "show")["date"])
    for ahead in range(1, 4):
        if (today + timedelta(days=ahead + 120)).weekday() < 5:
            moved = network.json("localnet", "clock", "--to", str(today + timedelta(days=ahead)))
            assert moved["date"] == str(today + timedelta(days=ahead))
            return


def check(network: Any, ids: dict[str, str], answers: dict[str, Any]) -> None:
    parties = {name: one["party"] for name, one in network.json("localnet", "status")["profiles"].items()}
    quote = answers["finance quote"]
    assert (quote["days"], quote["interest"], quote["net"]) == (120, 320_833, 24_679_167)
    paid = sorted((one["party"], one["amount"]) for one in answers["bill settle"]["payments"])
    assert paid == sorted(
        [(parties["supplier1"], 49_999_999), (parties["supplier1"], 20_000_001), (parties["supplier2"], 5_000_000),
         (parties["bank2"], 25_000_000)]
    )  # fmt: skip
    trace = answers["trace bill"]
    assert trace["bill"]["id"] == ids["BILL"]
    assert {name: trace["totals"][name] for name in ("face", "live", "settled", "diluted", "void")} == {
        "face": 100_000_000, "live": 0, "settled": 100_000_000, "diluted": 0, "void": 0,
    }  # fmt: skip
    leaves = sorted(trace["leaves"], key=lambda leaf: leaf["lo"])
    assert [leaves[0]["lo"], *(leaf["hi"] for leaf in leaves)] == [*(leaf["lo"] for leaf in leaves), 100_000_000]
    rows = answers["trace anchor"]["currencies"][0]["by_tier"]
    assert [(row["tier"], row["reached"], row["penetration"]) for row in rows] == [
        (1, 100_000_000, "1.000000"), (2, 30_000_000, "0.300000"),
    ]  # fmt: skip


def test_on_an_open_network(new_network: Callable[..., Any]) -> None:
    network = new_network("--validators", "4")
    make_due_in_120_days_a_business_day(network, [])
    ids, answers = run_through(network, [])
    check(network, ids, answers)
    api = network.json("localnet", "status")["nodes"][0]["api"]
    by_curl = httpx.get(f"{api}/v1/trace/bills/{ids['BILL']}", trust_env=False).json()
    assert by_curl["totals"] == answers["trace bill"]["totals"]
    again = network.json(
        "--as", "bank1", "bill", "settle", ids["BILL"], "--amount", "1000000.00", "--reference", "PAY-002"
    )
    assert again["payments"] == answers["bill settle"]["payments"]
    refused = network.json("--as", "supplier2", "token", "accept", ids["TOKEN2"], expect=3)
    assert refused["code"]
    assert refused["transaction"]
    tables = network.command("trace", "bill", ids["BILL"]).stdout
    assert "1,000,000.00" in tables
    assert ids["BILL"] in network.command("bill", "list", "-o", "csv").stdout


def test_on_a_closed_network(new_network: Callable[..., Any]) -> None:
    network = new_network("--validators", "1", "--closed-reads")
    reader = ["--as", "regulator"]
    make_due_in_120_days_a_business_day(network, reader)
    ids, answers = run_through(network, reader)
    check(network, ids, answers)
    api = network.json("localnet", "status")["nodes"][0]["api"]
    for path in ("/v1/bills", f"/v1/bills/{ids['BILL']}", f"/v1/trace/bills/{ids['BILL']}", "/v1/network"):
        unsigned = httpx.get(api + path, trust_env=False)
        assert unsigned.status_code == 401, path
        assert unsigned.headers["content-type"].startswith("application/problem+json")
    assert network.json("trace", "bill", ids["BILL"], expect=4)["status"] == 401
    outsider = network.json("--as", "supplier3", "bill", "list")
    assert [one["id"] for one in outsider] == [ids["BILL"]] or outsider == []
    assert network.json("--as", "supplier2", "token", "show", ids["TOKEN2"])["id"] == ids["TOKEN2"]
