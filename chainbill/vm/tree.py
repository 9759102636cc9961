"""The contract language's own tree: what is left of a source once everything else has been refused.

The compiler sees only these nodes, never the author's. Every node carries the line it came from (1-based).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from chainbill.vm.values import Value

__all__ = [
    "Arithmetic",
    "Assign",
    "Augment",
    "BoolOperation",
    "Break",
    "Call",
    "Choice",
    "Comparison",
    "ContextField",
    "Continue",
    "Contract",
    "Do",
    "Expression",
    "For",
    "Function",
    "If",
    "Invoke",
    "IsNone",
    "Item",
    "ItemTarget",
    "ListOf",
    "Literal",
    "MapOf",
    "Name",
    "NameTarget",
    "Negate",
    "Not",
    "Pass",
    "Return",
    "Slice",
    "Statement",
    "Table",
    "TableCall",
    "Target",
    "TupleOf",
    "TupleTarget",
    "children",
]


# --- expressions ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Literal:
    """None, a boolean, whole number, text or bytes."""

    line: int
    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """A local name or a module constant."""

    line: int
    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """[a, b]"""

    line: int
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class TupleOf:
    """(a, b)"""

    line: int
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    """{"key": value}"""

    line: int
    keys: tuple[Expression, ...]
    values: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Negate:
    """-a"""

    line: int
    operand: Expression


@dataclass(frozen=True, slots=True)
class Not:
    """not a"""

    line: int
    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """a + b, a - b, a * b, a // b, a % b"""

    line: int
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Comparison:
    """a < b <= c, a == b, a in b: operators and operands after the first, in order."""

    line: int
    first: Expression
    rest: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class IsNone:
    """a is None, a is not None"""

    line: int
    operand: Expression
    negated: bool


@dataclass(frozen=True, slots=True)
class BoolOperation:
    """a and b and c, a or b or c"""

    line: int
    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """yes if test else no"""

    line: int
    test: Expression
    yes: Expression
    no: Expression


@dataclass(frozen=True, slots=True)
class Item:
    """a[i]"""

    line: int
    object: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Slice:
    """a[low:high]"""

    line: int
    object: Expression
    low: Expression | None
    high: Expression | None


@dataclass(frozen=True, slots=True)
class Call:
    """name(a, b, key=c): an own function, a builtin or a native."""

    line: int
    function: str
    arguments: tuple[Expression, ...]
    keywords: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Invoke:
    """invoke("contract", "function", a, b)"""

    line: int
    contract: str
    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class TableCall:
    """table.get(key), put, has, delete, scan"""

    line: int
    table: str
    method: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ContextField:
    """ctx.field"""

    line: int
    field: str


Expression: TypeAlias = (
    Literal
    | Name
    | ListOf
    | TupleOf
    | MapOf
    | Negate
    | Not
    | Arithmetic
    | Comparison
    | IsNone
    | BoolOperation
    | Choice
    | Item
    | Slice
    | Call
    | Invoke
    | TableCall
    | ContextField
)


# --- targets and statements -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class NameTarget:
    """A name that is assigned."""

    line: int
    name: str


@dataclass(frozen=True, slots=True)
class ItemTarget:
    """a[i] on the left side."""

    line: int
    object: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class TupleTarget:
    """a, b on the left side."""

    line: int
    targets: tuple[Target, ...]


Target: TypeAlias = NameTarget | ItemTarget | TupleTarget


@dataclass(frozen=True, slots=True)
class Assign:
    """target = value"""

    line: int
    target: Target
    value: Expression


@dataclass(frozen=True, slots=True)
class Augment:
    """target += value, and -= *= //= %="""

    line: int
    operator: str
    target: NameTarget | ItemTarget
    value: Expression


@dataclass(frozen=True, slots=True)
class If:
    """if test: ... elif ... else ...; an elif is an If alone in `orelse`."""

    line: int
    test: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class For:
    """for target in sequence: `kind` is "items", "range" or "enumerate", `sequence` its arguments."""

    line: int
    target: Target
    kind: str
    sequence: tuple[Expression, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Break:
    """break"""

    line: int


@dataclass(frozen=True, slots=True)
class Continue:
    """continue"""

    line: int


@dataclass(frozen=True, slots=True)
class Pass:
    """pass"""

    line: int


@dataclass(frozen=True, slots=True)
class Return:
    """return value"""

    line: int
    value: Expression | None


@dataclass(frozen=True, slots=True)
class Do:
    """A call for its effect; `require` and `emit` are Calls here."""

    line: int
    call: Call | Invoke | TableCall


Statement: TypeAlias = Assign | Augment | If | For | Break | Continue | Pass | Return | Do
Node: TypeAlias = Expression | Target | Statement


# --- the contract -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Table:
    """A table declared at the top; `contract` is "" for an own table."""

    line: int
    variable: str
    contract: str
    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A top-level function. kind: init, call, internal, view, each_day, migrate or private."""

    line: int
    name: str
    kind: str
    kind_names: tuple[str, ...]
    parameters: tuple[str, ...]
    docstring: str
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """A whole contract, in the order of its source. imports: name of the general part → line that imports it."""

    name: str
    docstring: str
    imports: dict[str, int]
    constants: dict[str, Value]
    tables: dict[str, Table]
    functions: dict[str, Function]


def children(node: Node) -> list[Node]:
    """Return the nodes directly below `node`, in the order of evaluation."""
    found: list[Node] = []
    for field in node.__slots__:
        value = getattr(node, field)
        if isinstance(value, tuple):
            for item in value:
                found.extend(part for part in (item if isinstance(item, tuple) else (item,)) if hasattr(part, "line"))
        elif hasattr(value, "line"):
            found.append(value)
    return found
