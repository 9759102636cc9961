"""What holds of early payments at a discount after every transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contracts.world import World


def check_prepayments(world: World, tokens: dict[str, Any], bills: dict[str, Any]) -> None:
    """A token is locked for early payment as its newest offer says; what was paid early was paid once, at its price."""
    rows = {key[0]: row for key, row in world.rows("prepayment", "prepayment")}
    locked = {name: lock for name, token in tokens.items() for lock in token["locks"] if lock["ref"] == "prepay"}
    for name, lock in locked.items():
        row, token = rows[name], tokens[name]
        assert row["status"] in ("offered", "agreed")
        assert (row["holder"], row["debtor"]) == (token["holder"], token["offered_to"])
        assert (row["until"], row["amount"]) == (lock["until"], token["hi"] - token["lo"])
        assert token["locks"] == [lock]
    for name, row in rows.items():
        assert row["debtor"] == bills[row["bill"]]["debtor"] != row["holder"]
        assert 0 < row["price"] == row["amount"] - row["forgone"] <= row["amount"]
        assert row["status"] not in ("offered", "agreed") or row["until"] >= world.today
        assert (row["status"] == "paid") == (row["reference"] != "")
        if row["status"] == "paid":
            payment = world.row("settlement", "payment", [row["bill"], name])
            assert (tokens[name]["status"], payment["kind"], payment["amount"]) == ("settled", "prepaid", row["price"])
            assert row["agreed_on"] <= row["value_date"] <= row["pay_by"]
