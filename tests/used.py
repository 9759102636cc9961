"""Names of production that nothing but tests uses: `python tests/used.py` lists them, and ends with 1 if there are any.

A name is a function, class, method or constant of chainbill/, contracts/, node/ or cli/. It is used where code of
these, a generator in docs/ or a measurement in benchmarks/ reads it, outside of its own definition and of what is
unused itself. What a framework calls by name (a method that a foreign base class has) and what a decorator registers (a
command, a route, an act) is used. Most of what is dead is found, not all: names that many things share hide each other,
and so do two that read only each other.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = ("chainbill", "contracts/chainbill_contracts", "node/chainbill_node", "cli/chainbill_cli")
USERS = ("docs", "benchmarks")
PLAIN_DECORATORS = {
    "abstractmethod", "cache", "cached_property", "classmethod", "contextmanager", "dataclass", "property",
    "staticmethod",
}  # fmt: skip
"""Those that register nothing."""

VERIFIER = "what a verifier checks of what a node proves: docs/reference/light-client.md"
BOUND = "a bound of form that the codec's packer keeps: docs/generate.py puts it into rules.md by what it finds there"
BENCH = "for authors of contracts: docs/reference/contract-language.md"
ALLOWED: Mapping[str, str] = {
    "Harness.as_party": BENCH,
    "Harness.put_row": BENCH,
    "MAX_INTEGER": BOUND,
    "MAX_TREE_DEPTH": VERIFIER,
    "MIN_INTEGER": BOUND,
    "Machine.context_list": "emitted code calls it: vm/emit_expressions.py",
    "StateProof.from_value": VERIFIER,
    "StateProof.row_hash_of": VERIFIER,
    "StateProof.to_value": VERIFIER,
    "StateProof.well_formed": VERIFIER,
    "Texts.codes": "what goes over all texts: every test of them",
    "root_of": VERIFIER,
    "verify_consistency": VERIFIER,
    "verify_inclusion": VERIFIER,
    "verify_proof": VERIFIER,
}
"""What nothing but tests uses, and why it stays."""


class Found(NamedTuple):
    """A name that is defined. place: `folder/file.py`; owner: the class around it, or ""."""

    place: str
    line: int
    owner: str
    name: str
    node: ast.stmt
    around: ast.Module | ast.ClassDef

    def __str__(self) -> str:
        return f"{self.place}:{self.line} {self.owner and self.owner + '.'}{self.name}"


def uses(tree: ast.AST) -> Counter[tuple[str, str]]:
    """How often names are read: ("name", x) for x by itself, ("member", x) for what is behind a dot or written out."""
    counted: Counter[tuple[str, str]] = Counter()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                continue
            case ast.Name(id=name, ctx=ast.Load()):
                counted["name", name] += 1
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                counted["member", name] += 1
            case ast.Constant(value=str(name)) if name.isidentifier():
                counted["member", name] += 1
            case ast.MatchClass(kwd_attrs=names):
                counted.update(("member", name) for name in names)
            case ast.ImportFrom(names=aliases):
                counted.update(("member", one.name) for one in aliases if one.asname not in (None, one.name))
        waiting += ast.iter_child_nodes(node)
    return counted


def imported(tree: ast.Module) -> set[str]:
    """Names that a file takes from others."""
    return {one.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names}


def defined(place: str, around: ast.Module | ast.ClassDef) -> Iterator[Found]:
    """What a file defines at its top and in the classes there, but dunders and what a decorator registers."""
    for node in around.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                pass
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if isinstance(around, ast.ClassDef):
                    continue  # fields are also read by their place
            case _:
                continue
        if not name.startswith("__") and not registered(node):
            yield Found(place, node.lineno, around.name if isinstance(around, ast.ClassDef) else "", name, node, around)
        if isinstance(node, ast.ClassDef):
            yield from defined(place, node)


def registered(node: ast.stmt) -> bool:
    """Whether a decorator gives the definition to somebody who calls it."""
    marks = [ast.unparse(one).partition("(")[0].rpartition(".")[2] for one in getattr(node, "decorator_list", ())]
    return not set(marks) <= PLAIN_DECORATORS


def inherited(one: Found) -> bool:
    """Whether a framework calls a method: a base class of another package has it."""
    parts = Path(one.place).with_suffix("").parts
    first = next((at for at, part in enumerate(parts) if part.startswith("chainbill")), None)
    if not one.owner or first is None:
        return False
    kind = getattr(import_module(".".join(parts[first:])), one.owner)
    return any(hasattr(base, one.name) for base in kind.__mro__ if not base.__module__.startswith("chainbill"))


class Reading:
    """What files read, and what of it keeps a definition alive."""

    def __init__(self, trees: Mapping[str, ast.Module]) -> None:
        self._trees = trees
        self._takers: dict[str, list[str]] = defaultdict(list)
        self._counted: dict[str, Counter[tuple[str, str]]] = {}
        self._total: Counter[tuple[str, str]] = Counter()
        for place, tree in trees.items():
            for name in imported(tree):
                self._takers[name].append(place)
            self.again(place)

    def again(self, place: str) -> None:
        """Read a file, or what is left of it."""
        self._total.subtract(self._counted.get(place, Counter()))
        self._counted[place] = uses(self._trees[place])
        self._total.update(self._counted[place])

    def keeps(self, one: Found) -> bool:
        """Whether something reads it: behind a dot anywhere, by itself in its file or in one that imports the name."""
        alone, member, here = ("name", one.name), ("member", one.name), self._counted[one.place]
        takers = () if one.owner else self._takers[one.name]
        if self._total[member] > here[member]:
            return True
        if any(self._counted[place][alone] for place in takers if place != one.place):
            return True
        own = uses(one.node)
        return here[alone] + here[member] > own[alone] + own[member] or inherited(one)


def unused(production: Mapping[str, str], users: Mapping[str, str]) -> list[Found]:
    """What `production` (place → source) defines and neither it nor `users` uses.

    What is found is taken out and looked again, so that what only the dead use is dead, too.
    """
    trees = {place: ast.parse(text) for place, text in {**production, **users}.items()}
    reading = Reading(trees)
    dead: list[Found] = []
    while found := [one for place in production for one in defined(place, trees[place]) if not reading.keeps(one)]:
        for one in found:
            one.around.body.remove(one.node)
        for place in {one.place for one in found}:
            reading.again(place)
        dead += found
    return sorted(dead, key=str)


def sources(folders: tuple[str, ...]) -> dict[str, str]:
    """Place → source of every file."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in found}


def main() -> int:
    """Exit code 1 where something is unused, or allowed although it is used or gone."""
    found = unused(sources(PRODUCTION), sources(USERS))
    said = {f"{one.owner}.{one.name}" if one.owner else one.name: one for one in found}
    wrong = [f"{one}: nothing but tests uses it" for name, one in said.items() if name not in ALLOWED]
    wrong += [f"{name}: used or gone, it needs no reason in tests/used.py" for name in ALLOWED if name not in said]
    print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
