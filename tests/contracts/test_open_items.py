"""A party with anything open does not leave for good, whatever else it has or has not: no kind makes up for another."""

from __future__ import annotations

from itertools import product

import pytest
from chainbill_contracts import sources
from contracts.world import BANK4

from chainbill.errors import Refused
from chainbill.vm.testing import Harness

COUNTED = (("party", "sponsored"), ("party", "pays_for"), ("bill", "to_pay"), ("pledge", "taken"))
"""Contract and table of what is counted by bank."""


def test_a_party_is_done_only_where_each_kind_is() -> None:
    bench = Harness(sources())
    require_nothing_open = bench.function("standing", "require_nothing_open")
    for counts in product(range(3), repeat=len(COUNTED)):
        for place, count in zip(COUNTED, counts, strict=True):
            bench.put_row(*place, BANK4, {"count": count})
        if not any(counts):
            require_nothing_open(BANK4)
            continue
        with pytest.raises(Refused, match="open_items"):
            require_nothing_open(BANK4)
