"""The check that asks after every act whether one name has one value is worth something: broken contracts are found."""

from __future__ import annotations

import pytest
from chainbill_contracts import source
from chainbill_node.rest.own_acts import TELLS_OF
from contracts.labels import attest, scheme
from contracts.mutants import Mutant, assert_it_dies
from contracts.one_name import OTHERWISE
from contracts.pledging import act, enforce, pledge
from contracts.world import BANK3, S1, World, accepted_bill

pytestmark = pytest.mark.untraced


def enforcement(world: World) -> None:
    """Pledged, enforced in part, and agreed to."""
    _, token = accepted_bill(world)
    made = pledge(world, token)
    world.day(world.plus(40))
    enforce(world, made, 20_000_000)
    act(world, S1, "agree_enforcement", made)


def labelling(world: World) -> None:
    """A label is attested."""
    bill, _ = accepted_bill(world)
    scheme(world, BANK3)
    attest(world, bill)


ENFORCED = '"holder": ctx.party, "pledgee": row["pledgee"], "tokens": moved'
PLEDGED = '"pledged", {"pledge": pledge, "holder": row["holder"], "pledgee": ctx.party'
MUTANTS: list[Mutant] = [
    (
        *("pledge", ENFORCED),
        '"holder": row["pledgee"], "pledgee": ctx.party, "tokens": moved',
        enforcement,
    ),
    (
        *("pledge", ENFORCED),
        '"holder": ctx.party, "pledgee": moved, "tokens": row["pledgee"]',
        enforcement,
    ),
    ("pledge", PLEDGED, PLEDGED.replace('row["holder"]', "ctx.party"), enforcement),
    ("pledge", '"by": ctx.party, "holder": row["holder"]', '"by": row["holder"], "holder": row["holder"]', enforcement),
    ("pledge", '        "due_on": due_on,\n', '        "due_on": ctx.today,\n', enforcement),
    ("pledge", '"secured": secured,\n        "received"', '"secured": secured - 1,\n        "received"', enforcement),
    (
        *("label", '"scheme": scheme, "by": ctx.party, "grade": grade'),
        '"scheme": grade, "by": ctx.party, "grade": scheme',
        labelling,
    ),
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one[2].strip()[:40])
def test_a_name_in_another_ones_place_is_found(mutant: Mutant) -> None:
    assert_it_dies(mutant)


def test_what_means_something_else_is_there() -> None:
    """Events that the ledger tells, and acts of contracts."""
    for where in OTHERWISE:
        contract, _, name = where.partition(" ")[0].partition(".")
        if name.endswith("()"):
            assert f"def {name[:-1]}" in source(contract)
        else:
            assert f'emit("{name}"' in source(contract) or (contract, name) in TELLS_OF
