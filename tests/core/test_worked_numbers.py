"""The numbers that stand beside the core's harder lines are those that come out."""

from __future__ import annotations

from datetime import UTC, datetime

from chainbill.crypto.merkle import Frontier
from chainbill.dates import date_of, days_30_360
from chainbill.ids import mod_37_36_check_char, organisation_check_char, uscc_check_char, valid_lei
from chainbill.ledger.tiling import runs, same_cents
from chainbill.ledger.validators import Validator, ValidatorSet
from chainbill.money import chinese_uppercase, interest_minor
from chainbill.state.buckets import BUCKETS, bucket_of, rows_over
from chainbill.vm.compiler import compile_contract
from chainbill.vm.gas import block_gas
from chainbill.vm.rules import STANDARD_RUN
from chainbill.vm.values import copy_in


def set_of(count: int) -> ValidatorSet:
    return ValidatorSet.of(Validator(bytes([number]) * 32, f"bank{number}", "P", "") for number in range(1, count + 1))


def test_money_and_days() -> None:
    assert interest_minor(10_000_000, 38_500, 120, 360) == 128_333
    assert days_30_360("2027-01-31", "2027-03-31") == 60
    assert days_30_360("2027-02-28", "2027-03-31") == 33
    assert date_of(int(datetime(2027, 3, 4, 16, 30, tzinfo=UTC).timestamp() * 1000), 480) == "2027-03-05"
    assert chinese_uppercase(100_030_050_00, "CNY") == "人民币壹亿零叁万零伍拾元整"


def test_check_characters() -> None:
    assert mod_37_36_check_char("A12425GABC1234002") == "M"
    assert uscc_check_char("91350100M000100Y4") == "3"
    assert organisation_check_char("D2143569") == "X"
    assert valid_lei("5493001KJTIIGC8Y1R12")


def test_ranges() -> None:
    assert runs([(40, 100), (0, 40), (120, 130)]) == [(0, 100), (120, 130)]
    assert same_cents([(0, 100)], [(40, 100), (0, 40)])


def test_validators() -> None:
    four, six = set_of(4), set_of(6)
    assert (four.quorum, six.quorum) == (3, 5)
    assert (four.max_faulty, six.max_faulty) == (1, 1)
    assert [four.index(four.proposer(7, round_).key) for round_ in (0, 1)] == [3, 0]


def test_trees() -> None:
    three = Frontier().append(b"a").append(b"b").append(b"c")
    assert len(three.completed(b"d")) == 3
    assert bucket_of(bytes.fromhex("ffffc0") + bytes(29)) == BUCKETS + 2**18 - 1
    sixty = [number.to_bytes(2, "big") for number in range(60)]
    entries = b"".join(bytes([0, 0, 0x20]) + tail + bytes(27) + bytes(32) for tail in sixty)
    assert rows_over(BUCKETS, entries).keys() & {2 * BUCKETS, 2 * BUCKETS + 1} == {2 * BUCKETS + 1}


def test_prices_and_sizes() -> None:
    head = '"""A view."""\n\nfrom chainbill.vm.prelude import *\n\n\n'
    source = head + '@view\ndef f(a):\n    """x"""\n    x = a + 1\n    y = [a, 1]\n'
    body = compile_contract("x", source).contract.functions["f"].body
    assert [block_gas([one], STANDARD_RUN.code) for one in body] == [6, 7]
    assert copy_in("é")[1] == 24 + 6
