"""Write the generated parts of the documents, and of the general part of the contracts, again; or say what is stale.

Usage: python docs/generate.py [--check]. Each generator names its file and gives the whole new text of it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import act_pages
import error_tables
import performance
import read_tables
import rules_tables
import state_tables
import status_tables

from chainbill.vm.grammar_document import contract_language_document

ROOT = Path(__file__).resolve().parent
GENERATORS: dict[str, Callable[[str], str]] = {
    "../contracts/chainbill_contracts/general.py": status_tables.general,  # what others are made from
    "reference/contract-language.md": contract_language_document,
    "reference/errors.md": error_tables.english,
    "reference/errors.zh.md": error_tables.chinese,
    "reference/read-access.md": read_tables.english,
    "reference/read-access.zh.md": read_tables.chinese,
    "reference/rest.md": read_tables.english,
    "reference/rest.zh.md": read_tables.chinese,
    "reference/rules.md": rules_tables.english,
    "reference/rules.zh.md": rules_tables.chinese,
    "reference/state.md": state_tables.english,
    "reference/state.zh.md": state_tables.chinese,
    "reference/lifecycles.md": state_tables.diagrams,
    "reference/lifecycles.zh.md": state_tables.chinese_diagrams,
    "performance.md": performance.english,
    "performance.zh.md": performance.chinese,
} | act_pages.generators()


def main(arguments: list[str]) -> int:
    """Exit code 1 when --check finds a stale file."""
    stale = []
    for name, generate in GENERATORS.items():
        path = ROOT / name
        path.parent.mkdir(exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = generate(before)
        if after == before:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(after, encoding="utf-8")
            print(f"wrote docs/{name}")
    if stale and "--check" in arguments:
        print("stale, run `python docs/generate.py`: " + ", ".join(stale), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
