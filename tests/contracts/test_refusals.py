"""Every reason for which a contract refuses is provoked, and every reason has its texts."""

from __future__ import annotations

import pytest
from chainbill_contracts import NAMES, reasons, source
from contracts.gathered import REFUSES, load
from contracts.refusals import CASES, Case
from contracts.world import World

from chainbill.errors import Refused
from chainbill.vm.compiler import compile_contract
from chainbill.vm.describe import describe

GENERAL = compile_contract("general", source("general"))
load(REFUSES)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_act_is_refused_for_its_reason_and_leaves_nothing(case: Case, backend: str) -> None:
    world = World(backend, **case.world)
    with pytest.raises(Refused) as refusal:
        case.provoke(world)
    assert refusal.value.reason == case.reason


def test_every_reason_is_provoked_and_has_its_texts() -> None:
    known = {reason for name in NAMES for reason in described_reasons(name)}
    assert known == set(reasons())
    assert known == {case.reason for case in CASES}
    for reason, texts in reasons().items():
        assert set(texts) - {"money", "article"} == {"stage", "en", "zh", "hint_en", "hint_zh"}, reason
        assert all(texts.values()), reason


def described_reasons(name: str) -> set[str]:
    return set(describe(compile_contract(name, source(name)), GENERAL)["reasons"])
