"""Faults planted in the code that shows figures, in memory: a text of a module is another while they last."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from chainbill_cli import csv_text
from chainbill_node.rest import (
    access,
    heights,
    payments,
    routes_bills,
    routes_joints,
    routes_products,
    routes_tokens,
    routes_trace,
    totals,
    valued_view,
    view,
)
from chainbill_node.trace import bill, by_value, graph, lineage, party, ratios, steps, table_text, tiers
from recompute import comparison_history, comparison_lists, comparison_sheets, reading


class Fault(NamedTuple):
    """The module, the text that stands in it once, what stands there instead, and by which figures it shows."""

    module: ModuleType
    before: str
    after: str
    by: Callable[..., None]


BILLS, ANCHORS, PARTIES = reading.whole_bills, reading.anchors, reading.parties
HISTORIES, CENTS = comparison_history.histories, comparison_history.cents
SHEETS, BY_VALUE = comparison_sheets.sheets, reading.by_value
FAULTS = {
    "a bill moves with the first yes": Fault(
        steps, "last = max(joint[", "last = min(joint[", HISTORIES
    ),
    "others' questions show": Fault(
        routes_joints, "isdisjoint(sides)", "isdisjoint(view.viewer.reads_for())", comparison_lists.joints
    ),
    "others' parts show": Fault(
        routes_products, 'for part in row["parts"] if view.viewer.is_or_reads_for(str(part["supplier"]))]',
        'for part in row["parts"]]', comparison_lists.products,
    ),
    "only the deepest tier is reached": Fault(
        tiers, "in range(1, deepest + 1)", "in range(deepest, deepest + 1)", ANCHORS
    ),
    "what was returned counts": Fault(
        lineage, "return chain.before if chain is not None else None", "return chain", BILLS
    ),
    "a mean goes by the days of the basis": Fault(
        tiers, 'price.get("actual_days", price.get("days", 0))', 'price.get("days", 0)', BILLS
    ),
    "a cost forgets the year of its basis": Fault(
        tiers, 'return 365 if basis.lower().startswith("act/365") else 360', "return 360", BILLS
    ),
    "ratios are cut off": Fault(ratios, "(2 * numerator + denominator) //", "(2 * numerator) //", ANCHORS),
    "a link has all cents of its hop": Fault(
        graph, "            entry[0] += amount\n", "            entry[0] += amount_of(hop)\n", BILLS
    ),
    "paid cents are still owed": Fault(
        party, 'bill["debtor"] == party and token["status"] == "live"', 'bill["debtor"] == party', PARTIES
    ),
    "months are those of the agreed day": Fault(party, 'str(bill["pay_on"])[:7]', 'str(bill["due_on"])[:7]', PARTIES),
    "concentration is not squared": Fault(party, "sum(amount * amount for", "sum(amount * live for", PARTIES),
    "days of a settled bill go on": Fault(payments, 'if row["status"] != "settled":', "if True:", BILLS),
    "a day ends where it begins": Fault(
        heights, "return start, start + DAY_MS - 1", "return start, start", BILLS
    ),
    "a grant for some bills is one for all": Fault(
        access, "return not self.scope or bill_id in self.scope", "return True", BILLS
    ),
    "a grant for some bills tells the sums of all": Fault(
        access, " - {one.party for one in self.grants if one.scope}", "", comparison_lists.bills
    ),
    "prices of others show": Fault(
        lineage, "return self.tokens is None or self.concerned(hop)", "return True", BILLS
    ),
    "a bank that was succeeded pays on": Fault(
        view, 'return str(row["successor"]) if row else bank', "return bank", comparison_lists.receipts
    ),
    "a request shows the bank nothing": Fault(
        access, "own = asked.union(tokens.of(parties))", "own = frozenset(tokens.of(parties))", BILLS
    ),
    "the last day is left out": Fault(
        routes_tokens, "(last is None or str(day) <= last)", "(last is None or str(day) < last)",
        comparison_lists.receipts,
    ),
    "kept sums forget the currency": Fault(
        totals, "and currency in (None, code)", "", comparison_lists.bills
    ),
    "what is held and what is owed is one sum": Fault(
        totals, "for key, share in rows if key[2] == role", "for key, share in rows", comparison_lists.tokens
    ),
    "money of the day was there in the morning": Fault(
        steps, "for day, amount in ended if day < date", "for day, amount in ended if day <= date", HISTORIES
    ),
    "a day comes behind what is dated on it": Fault(
        steps, 'one["date"] >= step["date"]', 'one["date"] > step["date"]', HISTORIES
    ),
    "what banks say to others is told to all": Fault(
        routes_bills, "or not sees_receipt(view, name, row)", "", HISTORIES
    ),
    "a table has minor units": Fault(
        table_text, "format_amount(value, currency, grouping=False, currencies=currencies)", "str(value)", SHEETS
    ),
    "a table leaves out what is hidden": Fault(
        routes_trace, '[{**head, "amount": amount}] if amount else []', "[]", SHEETS
    ),
    "a reference reads as a number": Fault(
        csv_text, """value if column.kind in NUMBERS else f'="{value}"'""", "value", SHEETS
    ),
    "a cent lies below its bound": Fault(
        bill, 'int(token["lo"]) <= cent < int(token["hi"])', 'int(token["lo"]) < cent <= int(token["hi"])', CENTS
    ),
    "the way of a cent begins at its end": Fault(
        bill, "if sight.sees_hop(step.token, step.hop)][::-1]", "if sight.sees_hop(step.token, step.hop)]", CENTS
    ),
    "money of the day counts from the next": Fault(
        valued_view, 'found["value_date"] <= self._day', 'found["value_date"] < self._day', BY_VALUE
    ),
    "what is being shared out has come to all": Fault(valued_view, "if step is not None:", "if False:", BY_VALUE),
    "what became overdue later is overdue by value": Fault(
        by_value, 'since if since and since <= day else ""', "since", BY_VALUE
    ),
    "what is hidden later shows by value": Fault(
        by_value, "late.sees(token) or not any(", "True or not any(", BY_VALUE
    ),
}  # fmt: skip


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """Give the functions of the module that the text is part of the code of the broken text, whoever imported them."""
    path = Path(str(fault.module.__file__))
    source = path.read_text(encoding="utf-8")
    assert source.count(fault.before) == 1, fault.before
    broken: dict[str, Any] = {"__name__": fault.module.__name__, "__file__": str(path)}
    exec(compile(source.replace(fault.before, fault.after), str(path), "exec"), broken)
    codes = {function.__qualname__: function.__code__ for function in _functions(broken, fault.module)}
    changed: list[tuple[FunctionType, CodeType]] = []
    for function in _functions(vars(fault.module), fault.module):
        if codes[function.__qualname__] != function.__code__:
            changed.append((function, function.__code__))
            function.__code__ = codes[function.__qualname__]
    assert changed, "the text is part of a function"
    try:
        yield
    finally:
        for function, code in changed:
            function.__code__ = code


def _functions(members: dict[str, Any], module: ModuleType) -> Iterator[FunctionType]:
    for member in list(members.values()):
        if getattr(member, "__module__", "") != module.__name__:
            continue
        if inspect.isclass(member):
            yield from _functions(dict(vars(member)), module)
        found = member.fget if isinstance(member, property) else inspect.unwrap(member) if callable(member) else member
        if isinstance(found, FunctionType) and found.__module__ == module.__name__:
            yield found
