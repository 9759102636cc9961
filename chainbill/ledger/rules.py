"""Which rules a network was made for: one digest over every number that decides what a block does.

Gas prices and bounds are part of consensus: a node that runs with others computes other receipts from the same block.
The genesis names the digest; another refuses to start and says so, instead of taking good data for damaged data.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

from chainbill import limits
from chainbill.codec import encode
from chainbill.crypto.hashing import tagged_hash
from chainbill.vm import bounds, gas, grammar

RULES_VERSION = 1
"""Raised when a change of code, not of a number, makes a block do something else."""


@cache
def rules_digest() -> str:
    """H("rules", canonical [version, limits, bounds of the language, prices]) in hexadecimal digits."""
    named = {**grammar.BUILTINS, **grammar.NATIVES, **grammar.STATEMENTS}
    prices = {name: signature.gas for name, signature in named.items()}
    nodes = {node.__name__: price for node, price in gas.NODE_GAS.items()}
    rules = [RULES_VERSION, _numbers(limits), _numbers(bounds), _numbers(gas), prices, nodes]
    return tagged_hash("rules", encode(rules)).hex()


def _numbers(module: ModuleType) -> dict[str, str]:
    """The module's constants that are whole numbers, as decimal text: some are wider than the codec's integers."""
    return {name: str(value) for name, value in vars(module).items() if name.isupper() and type(value) is int}
