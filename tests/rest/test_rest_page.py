"""The auditor's page in a real browser: it draws tree and table in both languages and loads nothing from outside."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from chainbill_cli.penetration import tree_lines
from chainbill_node.rest import pages
from chainbill_node.rest.app import create_app
from rest.bill_book import ANCHOR, SUPPLIERS, penetration_example
from rest.conftest import with_parties
from rest.node_twin import TwinNode
from starlette.responses import Response

from chainbill.limits import MAX_AMOUNT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--virtual-time-budget=8000", "--dump-dom",
)  # fmt: skip


BILLS_BEYOND = 2**53 // MAX_AMOUNT + 1
"""So many bills of the largest face have a sum that a number of JavaScript cannot hold exactly."""


BILLS_SHOWN = 100
JOINED = 1_000_03
AN_ID = "91990000072L5GC14F"


MEASURE = """
const over = [...document.querySelectorAll("body *")].filter((one) =>
  !one.closest(".scroll, pre") && one.getBoundingClientRect().right > innerWidth + 0.5);
document.body.dataset.measured = `${innerWidth}|${over.map((one) => `${one.tagName} ${one.textContent}`).join("; ")}`;
"""
"""Added to the script of the page: how wide the window is, and what stands out of it to the right."""


pages_file = pages._file


def measured(name: str) -> Response:
    """A file of the page, its script with that."""
    found = pages_file(name)
    added = MEASURE.encode() if name == "page.js" else b""
    return Response(bytes(found.body) + added, media_type=found.media_type)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, str]]:
    book, bill = penetration_example()
    for _ in range(BILLS_BEYOND):
        book.issue("HUGE", SUPPLIERS[0], MAX_AMOUNT)
    book.pay(book.issue("HUGE", SUPPLIERS[0], 2), SUPPLIERS[1], 1)
    book.party("HUGE", "anchor")
    for number in range(BILLS_SHOWN + 1):
        book.issue("MANY", (SUPPLIERS[1], "TWIN", "FALSE")[number % 3], 100)
    book.party("MANY", "anchor")
    book.party("TWIN", "supplier", names=[{"en": "Supplier2\u200b  Ltd", "zh": "SUPPLIER2\u200b公司"}])
    book.party("FALSE", "supplier", names=[{"en": f"Anchor ({AN_ID})", "zh": f"核心（{AN_ID}）"}])
    book.party("JOINS", "anchor")
    root = book.issue("JOINS", SUPPLIERS[0], JOINED)
    piece, rest = book.cut(root, 700_01)
    book.leaf(piece, "settled")
    book.join(root, (book.reverse(piece), rest))
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(TwinNode(with_parties(book)))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pages, "_file", measured)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", bill
    server.should_exit = True
    thread.join(10)
    listener.close()


def page(url: str, profile: Path, *flags: str) -> str:
    command = [str(CHROMIUM), *FLAGS, *flags, f"--user-data-dir={profile}", url]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def test_the_page_draws_a_bill(served: tuple[str, str], tmp_path: Path) -> None:
    base, bill = served
    drawn = page(f"{base}/?id={bill}&lang=en", tmp_path)
    for text in ("SUPPLIER1 Ltd", "1,000,000.00 CNY", "600,000.00", ">50%<", "4.0000", "BANK2 Ltd", "Tree of tokens"):
        assert text in drawn


def test_the_page_draws_an_anchor_in_chinese(served: tuple[str, str], tmp_path: Path) -> None:
    drawn = page(f"{served[0]}/?id={ANCHOR}&lang=zh", tmp_path)
    for text in ("穿透率", ">60%<", ">20%<", "SUPPLIER3公司", "BANK1公司", "核心企业"):
        assert text in drawn


def test_the_page_draws_sums_to_the_cent_where_a_double_would_round(served: tuple[str, str], tmp_path: Path) -> None:
    whole = BILLS_BEYOND * MAX_AMOUNT
    assert float(whole + 1) != whole + 1, "an odd sum, which a double does not hold"
    drawn = page(f"{served[0]}/?id=HUGE&lang=en", tmp_path)
    for minor in (whole + 1, whole + 2):
        assert f">{minor // 100:,}.{minor % 100:02d}" in drawn, "what tier 1 keeps; the face"


@pytest.mark.parametrize(("language", "names", "heading"), [
    ("en", ("SUPPLIER2 Ltd (SUPPLIER2)", "Ltd (TWIN)", f"Anchor ({AN_ID}) (FALSE)"), "Bills · the first 100 / 101"),
    ("zh", ("SUPPLIER2公司（SUPPLIER2）", "公司（TWIN）", f"核心（{AN_ID}）（FALSE）"), "凭证 · 前 100 / 101"),
])  # fmt: skip
def test_the_page_tells_parties_apart_and_how_much_of_a_list_it_shows(
    served: tuple[str, str], tmp_path: Path, language: str, names: tuple[str, ...], heading: str
) -> None:
    """attack: two parties of one name looked the same, as did one that bore another's id; 100 of 101 bills were all."""
    drawn = page(f"{served[0]}/?id=MANY&lang={language}", tmp_path)
    for name in names:
        assert drawn.count(f"{name}</td>") == 1
        assert f"{name} · 1.00 CNY" in drawn
    assert heading in drawn
    assert drawn.count('<li><a href="?id=B') == BILLS_SHOWN


def test_the_page_says_how_many_bills_there_are(served: tuple[str, str], tmp_path: Path) -> None:
    assert re.search(r"<h3>Bills · \d+</h3>", page(f"{served[0]}/?id={ANCHOR}&lang=en", tmp_path))


def test_the_page_says_what_is_wrong(served: tuple[str, str], tmp_path: Path) -> None:
    drawn = page(f"{served[0]}/?id=B12345678901234567&lang=en", tmp_path)
    assert "There is no bill B12345678901234567" in drawn
    assert "Check the id" in drawn
    assert "signature" not in drawn.partition('id="problem"')[2].partition("</p>")[0]


@pytest.mark.parametrize("typed", ["HELLO", "B81Y4A"])
def test_the_page_says_what_an_id_looks_like(served: tuple[str, str], tmp_path: Path, typed: str) -> None:
    """The beginning of a bill's id was called a party that is not there."""
    drawn = page(f"{served[0]}/?id={typed}&lang=zh", tmp_path)
    assert "这不是可查询的编号" in drawn
    assert f"没有参与方 {typed}" not in drawn


def test_the_page_takes_full_width_letters_and_tells_who_is_no_anchor(served: tuple[str, str], tmp_path: Path) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) for one in "HUGE")
    assert "核心企业 HUGE" in page(f"{served[0]}/?id={wide}&lang=zh", tmp_path)
    drawn = page(f"{served[0]}/?id={SUPPLIERS[1]}&lang=en", tmp_path)
    assert "it may be no anchor" in drawn
    assert "<h3>Bills</h3>" not in drawn


def test_the_reference_lists_the_addresses(served: tuple[str, str], tmp_path: Path) -> None:
    drawn = page(f"{served[0]}/docs", tmp_path)
    assert "/v1/trace/anchors/{party}" in drawn
    assert "RFC 9457" in drawn


def a_bill_of(base: str, debtor: str) -> str:
    return str(httpx.get(f"{base}/v1/bills?debtor={debtor}&limit=1").json()["data"][0]["id"])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_stands_out_of_the_page(served: tuple[str, str], tmp_path: Path, language: str, width: int) -> None:
    """use: beside the bars of the tiers a telephone cut amounts before their cents, and showed no currency."""
    base, bill = served
    for number, named in enumerate((bill, a_bill_of(base, "HUGE"), "HUGE")):
        window = f"--screen-info={{{width}x900}}"
        drawn = page(f"{base}/?id={named}&lang={language}", tmp_path / str(number), window, "--start-fullscreen")
        told = re.search(r'data-measured="([^"]*)"', drawn)
        assert told is not None
        inner, _, over = told[1].partition("|")
        assert (int(inner), over) == (width, "")


def test_a_tree_leaves_out_what_was_joined_again(served: tuple[str, str], tmp_path: Path) -> None:
    """use: a piece whose payment was reversed stood beside the token that it was joined into again: more than all."""
    base, _ = served
    bill = a_bill_of(base, "JOINS")
    tree = page(f"{base}/?id={bill}&lang=zh", tmp_path).partition('<ul class="tree">')[2]
    assert "1,000.03 CNY" in tree
    assert "700.01" not in tree
    assert "已冲正" not in tree
    trace = httpx.get(f"{base}/v1/trace/bills/{bill}").json()
    said = "\n".join(tree_lines(trace, trace["bill"], str, None))
    assert "1,000.03 CNY" in said
    assert "700.01" not in said
