"""Programs: the hashes of their sources, the row that names them, their linked order; and sets that fit or do not."""

from __future__ import annotations

from typing import Any

from chainbill.codec import encode
from chainbill.ledger import core_rows
from chainbill.vm.compiler import compile_contract, link
from chainbill.vm.natives import digest

PRELUDE = "from chainbill.vm.prelude import *\n"
IMPORT = "from chainbill_contracts.general import require_positive\n"
GUARD = 'def require_positive(amount):\n    require(amount > 0, "not_positive")\n'
GENERAL = f'"""What all share. 总则。"""\n{PRELUDE}\n\n{GUARD}'
CALLEE = f'"""Callee."""\n{PRELUDE}\n\n@internal("caller")\ndef answer(times):\n    return 42 * times\n'
CALLER = (
    f'"""Caller."""\n{PRELUDE}{IMPORT}\n\n@call\ndef ask(times):\n    require_positive(times)\n'
    '    return invoke("callee", "answer", times)\n'
)
ALONE = f'"""Alone."""\n{PRELUDE}\n\n@call\ndef go():\n    return 1\n'
RUNNING = {"callee": CALLEE, "caller": CALLER, "general": GENERAL}
CALLEE_2 = CALLEE.replace("answer(times)", "answer(times, more)")
CALLER_2 = CALLER.replace('"answer", times', '"answer", times, 1')

SETS: list[tuple[str, dict[str, str], list[str]]] = [
    ("nothing", {}, []),
    ("a new contract", {"alone": ALONE}, []),
    ("a signature with its caller", {"callee": CALLEE_2, "caller": CALLER_2}, []),
    ("a signature without its caller", {"callee": CALLEE_2}, []),
    ("a caller without the signature", {"caller": CALLER_2}, []),
    ("another general part", {"general": GENERAL.replace("> 0", "> 1")}, []),
    ("a general part that lacks an import", {"general": GENERAL.replace("require_positive", "require_more")}, []),
    ("a general part that acts", {"general": GENERAL + '\n\ndef tell():\n    emit("a", {})\n'}, []),
    ("a general part that imports", {"general": GENERAL.replace(PRELUDE, PRELUDE + IMPORT)}, []),
    ("all that belong together removed", {}, ["caller", "callee"]),
    ("what others need removed", {}, ["callee"]),
    ("the general part removed", {}, ["general"]),
    ("removed and changed", {"caller": CALLER}, ["caller"]),
    ("removed, but not there", {}, ["alone"]),
    ("a name that is none", {"Alone": ALONE}, []),
    ("no contract", {"alone": "x = 1\n"}, []),
    ("65 contracts", {f"c{number:02}": ALONE for number in range(62)}, []),
]


def make() -> dict[str, Any]:
    return {
        "programs": [_program(RUNNING), _program({"alone": ALONE}), _program({**RUNNING, "callee": CALLEE + "\n"})],
        "running": RUNNING,
        "sets": [_set(*case) for case in SETS],
    }


def _program(sources: dict[str, str]) -> dict[str, Any]:
    row = [[name, digest(sources[name])] for name in sorted(sources)]
    order = link({name: compile_contract(name, source) for name, source in sources.items()}).order
    return {
        "sources": sources,
        "hashed": {name: encode(source).hex() for name, source in sources.items()},
        "key": core_rows.PROGRAM.hex(),
        "row": row,
        "encoded": encode(row).hex(),
        "linked_order": list(order),
    }


def _set(case: str, changed: dict[str, str], removed: list[str]) -> dict[str, Any]:
    running = link({name: compile_contract(name, source) for name, source in RUNNING.items()})
    problem = running.examine(changed, removed)
    return {"case": case, "contracts": changed, "removed": removed, "problem": problem}
