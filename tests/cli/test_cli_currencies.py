"""Currencies that a network took by vote: typed, shown and kept with their own minor digits."""

from __future__ import annotations

import json
from pathlib import Path

from chainbill_cli import digits
from chainbill_cli.output import amount_text
from chainbill_cli.texts import set_language
from cli.cli_desk import Desk
from cli.cli_fakes import GENESIS_HASH, NETWORK, FakeNode, Shell, ok


def _vote(desk: Desk, tmp_path: Path, currencies: dict[str, int | None]) -> None:
    """Decide the currencies of a height and go there."""
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"currencies": currencies}), encoding="utf-8")
    [newest, *_] = desk.json("auditor", "block", "list")
    at = newest["height"] + 8
    made = desk.json("bank1", "governance", "propose", "rules", str(path), "--height", str(at))
    assert desk.json("bank1", "governance", "vote", made["proposal"], "yes")["decision"] == "accepted"
    while desk.json("auditor", "block", "list")[0]["height"] < at:
        desk.json("supplier1", "bill", "issue", "--debtor", "anchor", "--amount", "1", "--due", "+90d")


def test_a_bill_in_a_currency_that_was_voted_in(desk: Desk, tmp_path: Path) -> None:
    words = ["bill", "issue", "--debtor", "anchor", "--due", "+90d", "--currency", "XTS"]
    assert desk.json("supplier1", *words, "--amount", "9.999", expect=2)["code"] == "currency"
    _vote(desk, tmp_path, {"XTS": 3})
    made = desk.json("supplier1", *words, "--amount", "9.999")
    assert desk.json("supplier1", "bill", "show", made["bill"])["face"] == 9999
    assert desk.json("supplier1", *words, "--amount", "9.9999", expect=2)["code"] == "amount_digits"
    assert "9.999 XTS" in desk.text("bill", "show", made["bill"])
    (desk.home / digits.FILE).unlink()
    assert "9.999" in desk.text("bill", "list", "--currency", "XTS"), "asked of the network"
    _vote(desk, tmp_path, {"XTS": None})
    desk.json("supplier1", *words, "--amount", "9.999", expect=3)
    (desk.home / digits.FILE).unlink()
    assert "9.999 XTS" in desk.text("bill", "show", made["bill"]), "old bills stay readable"
    offline = [*words[:-4], "--due", "2027-01-31", "--currency", "XTS", "--offline", str(tmp_path / "signed.tx")]
    desk.json("supplier1", *offline, "--amount", "9.999")
    told = desk.text("tx", "decode", str(tmp_path / "signed.tx"))
    assert "face 9.999 XTS" in told
    assert "delivered_on" not in told


def test_what_is_written_goes_by_the_digits_of_the_network(shell: Shell, node: FakeNode) -> None:
    node.answers["GET /v1/network"] = ok({**NETWORK, "currencies": {"IDR": 0, "CNY": 2}})
    words = ["bill", "issue", "--debtor", "anchor", "--due", "2026-12-31", "--currency", "IDR"]
    shell.run(*words, "--amount", "5.00", expect=2)
    shell.run(*words, "--amount", "5")
    assert node.call[2]["face"] == 5
    kept = json.loads((shell.home / digits.FILE).read_text(encoding="utf-8"))
    assert kept == {"network": GENESIS_HASH.hex(), "currencies": {"IDR": 0, "CNY": 2}}


def test_digits_that_a_network_never_had_are_not_believed(shell: Shell, node: FakeNode) -> None:
    """A node that says that yuan have no cents would have 1,000.00 signed as 10.00."""
    true, false = ({**NETWORK, "currencies": {"CNY": minor}} for minor in (2, 0))
    words = ["bill", "issue", "--debtor", "anchor", "--due", "2026-12-31", "--currency", "CNY"]
    node.answers["GET /v1/network"] = ok(true)
    shell.run(*words, "--amount", "1000")
    node.answers["node1.test GET /v1/network"] = ok(false)
    shell.run(*words, "--amount", "1000")
    assert [one.calls[0].args["face"] for one in node.transactions] == [100_000, 100_000], "the other node is asked"
    node.answers["GET /v1/network"] = ok(false)
    told = shell.run(*words, "--amount", "1000", "-o", "json", expect=1)
    assert told["code"] == "bad_answer"
    assert "CNY other minor digits" in told["detail"]
    assert "小数位数" in shell.run(*words, "--amount", "1000", "--lang", "zh", "-o", "json", expect=1)["detail"]
    assert len(node.transactions) == 2


def test_kept_digits_are_those_of_this_network(tmp_path: Path) -> None:
    kept = tmp_path / digits.FILE
    kept.write_text(json.dumps({"network": "aa", "currencies": {"XTS": 3, "XXX": 9, "YYY": True}}), encoding="utf-8")
    digits.begin(tmp_path, lambda: "aa", lambda: None)
    assert (amount_text(1234, "XTS"), amount_text(1234, "XXX")) == ("1.234", "1234 minor units")
    digits.begin(tmp_path, lambda: "bb", lambda: None)
    set_language("zh")
    assert amount_text(1234, "XTS") == "1234（最小货币单位）"
    assert amount_text(1234, "XTS", grouping=False) == "1234"
    for damaged in ("", "[]", '{"network": "aa", "currencies": []}'):
        kept.write_text(damaged, encoding="utf-8")
        digits.begin(tmp_path, lambda: "aa", lambda: None)
        assert "XTS" not in digits.known("XTS")


def test_what_was_once_known_of_a_currency_stays_known(tmp_path: Path) -> None:
    """A node that names fewer currencies makes none of the others one whose digits it may choose the next time."""
    for said in ({"ABC": 4}, {"DEF": 3}):
        network = {"network": "n", "currencies": said}
        digits.remember(tmp_path, network)
        assert digits.contradicted(tmp_path, {"network": "n", "currencies": dict.fromkeys(said, 2)}) == ""
        digits.confirmed(tmp_path, network)
    assert digits.contradicted(tmp_path, {"network": "n", "currencies": {"ABC": 2}}) == "ABC"
    assert digits.contradicted(tmp_path, {"network": "other", "currencies": {"ABC": 2}}) == ""
