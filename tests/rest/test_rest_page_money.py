"""What the auditor's page divides a currency into: what the network says, not what a browser knows.

The page runs in Node.js with a document that keeps texts alone; the answers are a real application's.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import chainbill_node.rest
import pytest
from rest.bill_book import penetration_example
from rest.conftest import TestClient, app_of, with_parties
from rest.node_twin import TwinNode

NODE_JS = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE_JS is None, reason="no Node.js on this machine")
WEB = Path(chainbill_node.rest.__file__).parent / "web"
DOM = """
export const element = (tag, { text }, ...children) => Object([text ?? "", ...children].join(" "));
const kept = { replaceChildren(...parts) { globalThis.drawn = parts.join("\\n"); }, addEventListener() {} };
export const find = () => kept;
"""
PAGE = """
import { readFileSync } from "node:fs";
const answers = JSON.parse(readFileSync("answers.json", "utf8"));
globalThis.location = { search: process.argv[2] };
globalThis.localStorage = { getItem: () => "en" };
globalThis.document = { documentElement: {}, querySelectorAll: () => [] };
globalThis.fetch = async (path) => ({ ok: path in answers, text: async () => JSON.stringify(answers[path] ?? {}) });
await import("./page.mjs");
console.log(globalThis.drawn);
"""


def drawn(client: TestClient, folder: Path, bill: str, digits: dict[str, int]) -> str:
    """The texts of the page of a bill, where the network says these digits."""
    answers = {path: client.get(path).json() for path in ("/v1/network", f"/v1/trace/bills/{bill}")}
    answers["/v1/network"].update(currencies=digits, withdrawn={})
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    for name in ("page.js", "page_words.js", "json.js"):
        code = (WEB / name).read_text(encoding="utf-8")
        for asset in ("dom", "json", "page_words"):
            code = code.replace(f'"/web/{asset}.js"', f'"./{asset}.mjs"')
        (folder / name.replace(".js", ".mjs")).write_text(code, encoding="utf-8")
    (folder / "dom.mjs").write_text(DOM, encoding="utf-8")
    (folder / "run.mjs").write_text(PAGE, encoding="utf-8")
    command = [str(NODE_JS), "run.mjs", f"?id={bill}&lang=en"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.mark.parametrize(("digits", "said"), [
    ({"CNY": 2}, "1,000,000.00 CNY"), ({"CNY": 3}, "100,000.000 CNY"), ({"CNY": 0}, "100,000,000 CNY"),
    ({}, "100000000 (minor units) CNY"),
])  # fmt: skip
def test_the_page_divides_a_currency_as_the_network_says(digits: dict[str, int], said: str, tmp_path: Path) -> None:
    book, bill = penetration_example()
    with app_of(TwinNode(with_parties(book))) as client:
        assert said in drawn(client, tmp_path, bill, digits)
