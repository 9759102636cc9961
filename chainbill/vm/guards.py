"""The slow side of every guarded operation, and the only names emitted code can reach.

Emitted code does whole-number work inline; anything else comes here: it is done if the language has it, is charged by
size, or is a fault. `m` is the machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from chainbill.vm.bounds import INT_BOUND, MAX_KEY_TEXT, MAX_VALUE_DEPTH
from chainbill.vm.errors import ContractRefused
from chainbill.vm.room import HELD, LIST_ROOM, TEXT_ROOM
from chainbill.vm.values import Value, fault, kind_of

if TYPE_CHECKING:
    from chainbill.vm.machine import Machine

__all__ = ["GUARDS"]


# --- faults -----------------------------------------------------------------------------------------------------------
def spent(m: Machine) -> None:
    """Stop a run that has used its gas or its memory."""
    m.pay(0, 0)


def refuse(m: Machine, reason: str, details: Value = None) -> NoReturn:
    """Stop a run whose `require` does not hold."""
    raise ContractRefused(reason, "", {} if details is None else m.details(details))


def wrong(operator: str, *operands: Value) -> NoReturn:
    """Report operands of the wrong kind."""
    kinds = " and ".join(kind_of(operand) for operand in operands)
    raise fault("wrong_type", f"{operator} does not go with {kinds}")


def no_number(operator: str, *operands: Value) -> NoReturn:
    """Report arithmetic on something other than whole numbers, or with too large a result."""
    if all(type(operand) is int for operand in operands):
        too_large()
    wrong(operator, *operands)


def wrong_key(key: Value) -> NoReturn:
    """Report a map key that is not a text, or too long a one."""
    raise fault("key_not_text", f"the keys of a map are texts of at most {MAX_KEY_TEXT} characters, not {kind_of(key)}")


def too_large() -> NoReturn:
    """Report a number that does not fit 256 bits."""
    raise fault("number_too_large", "a number needs more than 256 bits")


# --- operations by size -----------------------------------------------------------------------------------------------
def add(m: Machine, left: Value, right: Value) -> Value:
    """Left + right for two texts, bytes, lists or tuples, as a new value."""
    kind = "list" if isinstance(left, list) else type(left).__name__
    if kind == "int" and type(right) is int:
        answer = left + right
        if not -INT_BOUND < answer < INT_BOUND:
            too_large()
        return answer
    if isinstance(left, list) and isinstance(right, list):
        _room_for_items(m, len(left) + len(right))
        return [*left, *right]
    if type(left) is not type(right) or type(left) not in (str, bytes, tuple):
        wrong("+", left, right)
    size = len(left) + len(right)
    if type(left) is tuple:
        _room_for_items(m, size)
    else:
        _room_for_text(m, size)
    return left + right


def extend(m: Machine, left: Value, right: Value) -> Value:
    """Left += right: a list grows in place, anything else becomes a new value."""
    if type(left) is list and isinstance(right, list):
        count = len(right)
        if len(left) + count > m.bounds.list_items:
            raise fault("list_too_long", f"a list has at most {m.bounds.list_items} items")
        m.gas -= 1 + count
        m.room -= HELD * count
        if m.gas < 0 or m.room < 0:
            m.pay(0, 0)
        left += right
        return left
    if isinstance(left, list) and isinstance(right, list):
        raise fault("constant_changed", "a module constant cannot be changed; copy it first")
    return add(m, left, right)


def _room_for_items(m: Machine, count: int) -> None:
    if count > m.bounds.list_items:
        raise fault("list_too_long", f"a list has at most {m.bounds.list_items} items")
    m.pay(4 + count // 2, LIST_ROOM + 8 * count)


def _room_for_text(m: Machine, size: int) -> None:
    if size > m.bounds.text_characters:
        raise fault("text_too_long", f"a text has at most {m.bounds.text_characters} characters")
    m.pay(4 + size // m.prices.characters_a_gas, TEXT_ROOM + 4 * size)


def cut(m: Machine, value: Value, low: Value, high: Value) -> Value:
    """value[low:high]"""
    for end in (low, high):
        if end is not None and type(end) is not int:
            wrong("[:]", end)
    if not isinstance(value, (str, bytes, list, tuple)):
        wrong("[:]", value)
    size = len(range(*slice(low, high).indices(len(value))))
    if isinstance(value, (str, bytes)):
        _room_for_text(m, size)
    else:
        _room_for_items(m, size)
    return value[low:high]


def same(m: Machine, left: Value, right: Value, depth: int = 0) -> bool:
    """Left == right for two values of one kind, through and through."""
    if type(left) is str is type(right):  # what nearly all are
        m.pay(1 + min(len(left), len(right)) // m.prices.characters_a_gas, 0)
        return bool(left == right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and _all_same(m, zip(left, right, strict=True), depth)
    if type(left) is tuple and type(right) is tuple:
        return len(left) == len(right) and _all_same(m, zip(left, right, strict=True), depth)
    if isinstance(left, dict) and isinstance(right, dict):
        if len(left) != len(right):
            return False
        m.pay(_sorting(m, len(left)), 0)
        if left.keys() != right.keys():
            return False
        return _all_same(m, ((left[key], right[key]) for key in sorted(left)), depth)
    if type(left) is not type(right):
        wrong("==", left, right)
    if type(left) is bytes:
        m.pay(1 + min(len(left), len(right)) // m.prices.characters_a_gas, 0)
    return bool(left == right)


def _all_same(m: Machine, pairs: Iterable[tuple[Value, Value]], depth: int) -> bool:
    if depth >= MAX_VALUE_DEPTH:
        raise fault("value_too_deep", f"lists and maps nest deeper than {MAX_VALUE_DEPTH}")
    for left, right in pairs:
        m.pay(m.prices.gas_compare, 0)
        if not same(m, left, right, depth + 1):
            return False
    return True


def before(m: Machine, operator: str, left: Value, right: Value) -> bool:
    """Left < right and the like for two numbers, texts or bytes."""
    kind = type(left)
    if kind is not type(right) or kind not in (int, str, bytes):
        wrong(operator, left, right)
    if kind is not int:
        m.pay(1 + min(len(left), len(right)) // m.prices.characters_a_gas, 0)
    if operator == "<":
        return bool(left < right)
    if operator == "<=":
        return bool(left <= right)
    return bool(left > right) if operator == ">" else bool(left >= right)


def holds(m: Machine, item: Value, container: Value) -> bool:
    """Item in container: a key of a map, an item of a list, a part of a text."""
    if isinstance(container, dict):
        if type(item) is not str:
            wrong_key(item)
        return item in container
    if type(container) is str and type(item) is str:
        m.pay(1 + (len(container) + len(item)) // m.prices.characters_a_gas, 0)
        return item in container
    if not isinstance(container, (list, tuple)):
        wrong("in", item, container)
    for found in container:
        m.pay(m.prices.gas_compare, 0)
        if same(m, found, item):
            return True
    return False


# --- builtins ---------------------------------------------------------------------------------------------------------
def absolute(value: Value) -> int:
    """abs(value)"""
    if type(value) is not int:
        wrong("abs", value)
    return abs(value)


def extreme(m: Machine, name: str, values: Value) -> Value:
    """The smallest or largest of several numbers or texts; the first of those that are equal."""
    if not isinstance(values, (list, tuple)):
        wrong(name, values)
    if not values:
        raise fault("empty", f"{name} of nothing")
    m.pay(4 * len(values), 0)
    _check_alike(name, {type(value) for value in values})
    m.pay(_text_gas(m, values), 0)
    return min(values) if name == "min" else max(values)


def ordered(m: Machine, values: Value) -> list[Value]:
    """sorted(values): numbers, texts, or lists of these alike in every place; of a map, its keys."""
    if not isinstance(values, (list, tuple, dict)):
        wrong("sorted", values)
    count = len(values)
    _room_for_items(m, count)
    m.pay(_sorting(m, count), 0)
    items = list(values)
    kinds = {type(item) for item in items}
    if any(issubclass(kind, (list, tuple)) for kind in kinds):
        _check_columns(m, items, max(1, count.bit_length()))
    else:
        _check_alike("sorted", kinds)
        m.pay(_text_gas(m, items) * max(1, count.bit_length()), 0)
    return sorted(items)


def _sorting(m: Machine, count: int) -> int:
    """The price of going through so many values in order: each is looked at, and compared about log2 times."""
    return 1 + count * (m.prices.gas_compare // 2 + 2 * max(1, count.bit_length()))


def _check_columns(m: Machine, rows: list[Value], times: int) -> None:
    """Lists to be sorted are lists throughout, or tuples, alike in every place; each place is compared `times`."""
    if not all(isinstance(row, (list, tuple)) for row in rows) or len({type(row) is tuple for row in rows}) > 1:
        wrong("sorted", rows[0])
    columns: list[set[type]] = []
    for row in rows:
        m.pay((1 + len(row)) * (2 + times), 0)
        columns.extend(set() for _ in range(len(row) - len(columns)))
        for column, value in zip(columns, row, strict=False):
            column.add(type(value))
        m.pay(_text_gas(m, row) * times, 0)
    for column in columns:
        _check_alike("sorted", column)


def _text_gas(m: Machine, values: Iterable[Value]) -> int:
    return sum(len(value) for value in values if type(value) in (str, bytes)) // m.prices.characters_a_gas


def _check_alike(name: str, kinds: set[type]) -> None:
    if kinds and kinds not in ({int}, {str}, {bytes}):
        raise fault("wrong_type", f"{name} needs numbers or texts, all alike")


def items(values: Value) -> Value:
    """What a `for` goes through: a list, a tuple or a text. A map has no order: go through sorted(map)."""
    if not isinstance(values, (list, tuple, str)):
        hint = "; write `for key in sorted(map)`" if isinstance(values, dict) else ""
        raise fault("wrong_type", f"for does not go through {kind_of(values)}{hint}")
    return values


def numbered(values: Iterable[Value], start: Value) -> enumerate[Value]:
    """enumerate(values, start)"""
    if type(start) is not int:
        wrong("enumerate", start)
    if start >= INT_BOUND - (1 << 64):  # no list is so long
        too_large()
    return enumerate(values, start)


def span(*ends: Value) -> range:
    """range(...)"""
    for end in ends:
        if type(end) is not int:
            wrong("range", end)
    if len(ends) == 3 and ends[2] == 0:
        raise fault("bad_argument", "the step of range is not 0")
    return range(*ends)


def parts(value: Value, count: int) -> Value:
    """Check a value that is taken apart into `count` names."""
    if not isinstance(value, (list, tuple)):
        wrong("=", value)
    if len(value) != count:
        raise fault("wrong_length", f"{count} values are needed, not {len(value)}")
    return value


def put_item(m: Machine, place: Value, index: Value, value: Value) -> None:
    """place[index] = value"""
    if isinstance(place, dict):
        if type(index) is not str:
            wrong_key(index)
        if index not in place:
            if len(index) > MAX_KEY_TEXT:
                wrong_key(index)
            if len(place) >= m.bounds.list_items:
                raise fault("map_too_large", f"a map has at most {m.bounds.list_items} entries")
            m.pay(0, 2 * HELD)
    elif not isinstance(place, list) or type(index) is not int:
        wrong("[]=", place, index)
    elif not -len(place) <= index < len(place):
        raise fault("index_out_of_range", "a list has no such place")
    place[index] = value


#: Everything emitted code can name, apart from its own functions, constants and tables. No builtins beyond these.
GUARDS: dict[str, Any] = {
    "__builtins__": {},
    "type": type,
    "int": int,
    "str": str,
    "len": len,
    "range": range,
    "enumerate": enumerate,
    "MOST": INT_BOUND,
    "LEAST": -INT_BOUND,
    **{guard.__name__: guard for guard in (spent, refuse, wrong, no_number, wrong_key, too_large)},
    **{guard.__name__: guard for guard in (add, extend, cut, same, before, holds, parts, put_item)},
    **{guard.__name__: guard for guard in (absolute, extreme, ordered, items, numbered, span)},
}
