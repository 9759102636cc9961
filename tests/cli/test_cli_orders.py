"""Orders of courts: what the ledger would refuse is refused unasked, and what is asked is shown whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli.cli_desk import Desk, Refused, accepted_bill
from cli.test_cli_previews import shows

from chainbill.ids import make_test_uscc

pytestmark = pytest.mark.untraced
ISSUED = ("--authority", "上海金融法院", "--number", "123", "--document")


@pytest.fixture
def paper(tmp_path: Path) -> tuple[str, ...]:
    path = tmp_path / "裁定书.pdf"
    path.write_bytes(b"freeze")
    return (*ISSUED, str(path))


def frozen(desk: Desk, paper: tuple[str, ...], part: str = "400.00") -> tuple[str, str, str]:
    """A freeze of a part of supplier1's token of 1,000.00 that bank2 has ratified: token, order, freeze."""
    _, token = accepted_bill(desk)
    made = desk.json("bank1", "order", "freeze", f"{token}:{part}", "--days", "90", *paper)
    desk.json("bank2", "order", "ratify", made["order"])
    return token, made["order"], made["freezes"][0]


def test_a_freeze(desk: Desk, refused: Refused, paper: tuple[str, ...]) -> None:
    _, token = accepted_bill(desk)
    freeze = ("order", "freeze", token, "--days", "90", *paper)
    assert refused("supplier2", *freeze) == "not_a_bank"
    assert refused("bank2", *freeze) == "not_the_acting_bank", "the bill's paying bank and its sponsor is bank1"
    assert refused("bank1", "order", "freeze", f"{token}:1000.01", "--days", "90", *paper) == "amount_exceeds_tokens"
    assert refused("bank1", "order", "freeze", token, token, "--days", "90", *paper) == "order_empty"
    assert refused("bank1", "order", "freeze", token, "--days", "1096", *paper) == "freeze_too_long"
    assert refused("bank1", *freeze, "--issued", "+1d") == "order_in_future"
    assert refused("bank1", *freeze, "--number", "9" * 65) == "reference_not_valid"
    assert refused("bank1", *freeze, *paper[-2:], *paper[-2:]) == "documents_needed"
    for share in ("0%", "100.0001%"):
        desk.text("--as", "bank1", "order", "freeze", f"{token}:{share}", "--days", "90", *paper, expect=2)
        assert share in desk.err
    small = desk.json("supplier1", "token", "split", token, "--amount", "0.01")["tokens"]
    least = next(one["id"] for one in small if one["amount"] == 1)
    assert refused("bank1", "order", "freeze", f"{least}:1%", "--days", "90", *paper) == "amount_not_positive"
    assert refused("bank1", *freeze) == "token_already_used"
    desk.json("bank1", "order", "freeze", least, "--days", "90", *paper)
    assert refused("bank1", "order", "freeze", least, "--days", "90", *paper, "--number", "124") == "order_open"


def test_a_freeze_that_was_refused_is_not_made_again_at_once(
    desk: Desk, refused: Refused, paper: tuple[str, ...]
) -> None:
    _, token = accepted_bill(desk)
    freeze = ("order", "freeze", token, "--days", "90", *paper)
    made = desk.json("bank1", *freeze)["order"]
    refuse = ("order", "refuse", made, "--reason", "no")
    assert refused("bank1", *refuse) == "entered_by_own_house", "its own order"
    assert refused("supplier1", *refuse) == "not_a_bank"
    desk.json("bank2", *refuse)
    assert refused("bank2", *refuse) == "refusal_made"
    desk.text("localnet", "clock", "--advance", "4d")
    live = desk.json("supplier1", "token", "split", accepted_bill(desk)[1], "--amount", "1.00")["tokens"]
    assert live, "in a block of that day"
    assert refused("bank2", *refuse) == "order_transition"
    assert refused("bank2", "order", "ratify", made) == "order_transition"
    assert refused("bank1", *freeze) == "freeze_too_soon"


def test_what_is_on_a_freeze(desk: Desk, refused: Refused, paper: tuple[str, ...]) -> None:
    _, entered, freeze = frozen(desk, paper)
    assert refused("bank1", "order", "ratify", entered) == "entered_by_own_house"
    assert refused("bank2", "order", "ratify", entered) == "order_transition"
    assert refused("bank1", "order", "release", freeze, "--amount", "400.01", *paper) == "amount_above_frozen"
    assert refused("bank2", "order", "release", freeze, *paper) == "not_the_acting_bank"
    take = ("order", "transfer", freeze, "--amount", "100.00", *paper, "--to")
    assert refused("bank1", *take[:-1], "--to", "supplier2", "--days", "9") == "freeze_too_long", "it makes no freeze"
    assert refused("bank1", *take, "supplier1") == "beneficiary_is_the_holder"
    assert refused("bank1", *take, "anchor") == "recipient_is_the_debtor"
    assert refused("bank1", *take, "regulator") == "cannot_hold"
    assert refused("bank1", *take, make_test_uscc(b"nobody")) == "beneficiary_unregistered"
    assert refused("bank1", *take[:-1], "--account", "ab" * 32) == "beneficiary_unregistered", "no money is set aside"
    given = desk.json("bank1", *take, "supplier2")["order"]
    assert refused("bank1", *take, "supplier2") == "order_used"
    objection = ("order", "object", given, "--reason", "no")
    assert refused("supplier3", *objection) == "not_a_side_of_the_order"
    assert refused("supplier1", *objection) == "order_transition", "nobody has ratified it"
    desk.json("bank2", "order", "ratify", given)
    assert refused("supplier3", *objection) == "not_a_side_of_the_order"
    desk.json("supplier1", *objection)
    assert refused("supplier1", *objection) == "order_transition"
    done = desk.json("bank1", "order", "release", freeze, *paper)["order"]
    desk.json("bank2", "order", "ratify", done)
    assert refused("bank1", "order", "renew", freeze, "--days", "90", *paper) == "freeze_transition"
    assert refused("bank1", "order", "release", freeze, "--amount", "1.00", *paper) == "freeze_transition"


def test_money_that_is_set_aside_is_given_payment_by_payment(
    desk: Desk, refused: Refused, paper: tuple[str, ...]
) -> None:
    bill, token = accepted_bill(desk)
    made = desk.json("bank1", "order", "freeze", f"{token}:400.00", "--days", "90", *paper)
    desk.json("bank2", "order", "ratify", made["order"])
    freeze = made["freezes"][0]
    desk.json("bank1", "bill", "settle", bill, "--amount", "1000.00", "--reference", "P-1")
    for act in (("transfer", freeze, "--account", "ab" * 32), ("release", freeze)):
        assert refused("bank1", "order", *act, "--amount", "1.00", *paper) == "payment_in_part"
    assert refused("bank1", "order", "release", freeze, "--amount", "400.01", *paper) == "amount_above_frozen"


def test_neither_a_pledgee_nor_a_bank_that_entered_it_acts(
    desk: Desk, refused: Refused, paper: tuple[str, ...]
) -> None:
    _, token = accepted_bill(desk)
    told = ("--secured", "100.00", "--due", "+2d", "--contract", "L-1")
    pledge = desk.json("supplier1", "pledge", "offer", token, "--to", "bank2", *told)["pledge"]
    desk.json("bank2", "pledge", "accept", pledge, "--registration", "ZD-1")
    freeze = ("order", "freeze", token, "--days", "90", *paper)
    assert refused("bank2", *freeze) == "side_of_the_matter"
    made = desk.json("bank1", *freeze)["order"]
    assert refused("bank2", "order", "ratify", made) == "side_of_the_matter", "the pledgee"
    assert refused("bank2", "order", "refuse", made, "--reason", "no") == "side_of_the_matter"


def test_what_is_entered_is_shown_with_its_amount(desk: Desk, seen: Callable[..., str], paper: tuple[str, ...]) -> None:
    """use: a share was shown without what it comes to, and beside the token's amount a second line said `amount`."""
    bill, token = accepted_bill(desk)
    freeze = ("order", "freeze", f"{token}:33.3333%", "--days", "90", *paper)
    told = seen("bank1", *freeze, language="zh")
    shows(told, "类型：冻结", "文号：123", "金额：1,000.00 CNY", "占子凭证比例：33.3333%", "本次冻结金额：333.33 CNY")
    lines = [line.partition("：")[0].strip() for line in told.splitlines()]
    assert lines.count("金额") == 1
    assert lines.count("类型") == 1
    [entered] = desk.json("bank1", "order", "list")
    ratified = seen("bank2", "order", "ratify", entered["id"])
    shows(
        ratified, "holder: Supplier One", f"bill: {bill}", "token: T", "to be frozen: 333.33 CNY", "days in force: 90"
    )
    take = ("order", "transfer", entered["freezes"][0], "--amount", "100.00", "--to", "supplier2", *paper)
    told = seen("bank1", *take, language="zh")
    shows(
        told, "类型：划转", "持有人：一级供应有限公司", f"凭证：{bill}", "冻结金额：333.33 CNY", "划转金额：100.00 CNY"
    )
    assert "转让" not in told
    told = seen("bank1", "order", "release", entered["freezes"][0], *paper)
    shows(told, "to be released: all", f"bill: {bill}")
    assert "days" not in told.partition("signed:")[0].replace("days)", "")
    told = seen("bank1", "order", "renew", entered["freezes"][0], "--days", "100", *paper)
    shows(told, "days renewed: 100", "renewed until: 2027-03-12", "frozen until: 2027-03-02")


def test_a_token_that_is_pledged_is_shown_with_its_pledgee(
    desk: Desk, seen: Callable[..., str], paper: tuple[str, ...]
) -> None:
    _, token = accepted_bill(desk)
    told = ("--secured", "100.00", "--due", "+2d", "--contract", "L-1")
    desk.json("supplier1", "pledge", "offer", token, "--to", "bank2", *told)
    shown = seen("bank1", "order", "freeze", token, "--days", "90", *paper, language="zh")
    shows(shown, "锁定：出质要约", "质权人：第2银行")


def test_an_order_is_shown_with_names_and_the_day_on_which_it_acted(desk: Desk, paper: tuple[str, ...]) -> None:
    """use: of a transfer stood an empty label, an id in the place of the beneficiary, and no days in force: 0."""
    token, _, freeze = frozen(desk, paper)
    take = ("order", "transfer", freeze, "--amount", "100.00", "--to", "supplier2", *paper)
    made = desk.json("bank1", *take)["order"]
    desk.json("bank2", "order", "ratify", made)
    shown = desk.text("--lang", "zh", "--as", "bank1", "order", "show", made)
    shows(shown, "划转金额 100.00 CNY", "受益人    supplier2", "生效日    2026-12-06")
    for absent in ("自生效起的天数", "子凭证", "确认截止"):
        assert absent not in shown, absent
    desk.text("localnet", "clock", "--advance", "4d")
    accepted_bill(desk)
    shown = desk.text("--lang", "zh", "--as", "bank1", "order", "show", made)
    shows(shown, "已执行", "执行日    2026-12-06", "已划转 100.00 CNY")
    assert "生效日" not in shown
    entered = desk.json("bank1", "order", "list", "--kind", "freeze")[0]["id"]
    shows(desk.text("--lang", "zh", "--as", "bank1", "order", "show", entered), "自生效起的天数  90", f"子凭证 {token}")


def test_lists_say_what_they_come_to_and_when(desk: Desk, paper: tuple[str, ...]) -> None:
    _, _, freeze = frozen(desk, paper)
    desk.text("--as", "bank1", "freeze", "list")
    assert "1 in all, 400.00 CNY" in desk.err
    desk.json("bank1", "order", "release", freeze, "--amount", "100.00", *paper)
    out = desk.text("--as", "bank1", "order", "list")
    assert "2 in all, freeze: 400.00 CNY; release: 100.00 CNY" in desk.err
    assert "as of height" in desk.err
    assert out.count("2026-12-05") == 1, "only one of them still waits to be ratified"
    desk.json("bank1", "order", "release", freeze, *paper, "--number", "124")
    out = desk.text("--as", "bank1", "order", "list")
    assert "3 in all, freeze: 400.00 CNY\n" in desk.err, "how much all of it is, is not said"
    assert "all" in out
    csv = desk.text("--as", "bank1", "-o", "csv", "order", "list").splitlines()
    assert [line.split(",")[5] for line in csv] == ["amount", "", "100.00", "400.00"]


def test_a_freeze_says_what_it_is_on_now(desk: Desk, seen: Callable[..., str], paper: tuple[str, ...]) -> None:
    """use: after a part was released, list, object and previews still said what was frozen at first, and the sum of a
    list counted ended freezes.
    """
    _, _, freeze = frozen(desk, paper)
    part = desk.json("bank1", "order", "release", freeze, "--amount", "100.01", *paper)["order"]
    desk.json("bank2", "order", "ratify", part)
    assert desk.json("bank1", "freeze", "show", freeze)["frozen"] == 29_999
    shown = desk.text("--lang", "zh", "--as", "bank1", "freeze", "show", freeze)
    shows(shown, "冻结金额        299.99 CNY", "原冻结金额      400.00 CNY")
    desk.text("--as", "bank1", "freeze", "list")
    assert "1 in all, 299.99 CNY" in desk.err
    act = ("order", "transfer", freeze, "--to", "supplier2", *paper)
    shows(seen("bank1", *act, language="zh"), "冻结金额：299.99 CNY", "原冻结金额：400.00 CNY")
    whole = ("order", "release", freeze, *paper, "--number", "124")
    shows(seen("bank1", *whole), "frozen amount: 299.99 CNY", "frozen at first: 400.00 CNY")
    [rest] = [one["id"] for one in desk.json("bank1", "order", "list", "--status", "entered") if one["number"] == "124"]
    desk.json("bank2", "order", "ratify", rest)
    assert desk.json("bank1", "freeze", "show", freeze)["frozen"] == 0
    desk.text("--as", "bank1", "freeze", "list")
    assert "1 in all, 0.00 CNY" in desk.err


def test_money_set_aside_is_frozen_and_a_suspended_financing_widens_nothing(desk: Desk, paper: tuple[str, ...]) -> None:
    bill, token = accepted_bill(desk)
    asked = desk.json("supplier1", "finance", "request", token, "--to", "bank2")["request"]
    quote = desk.json("bank2", "finance", "quote", asked, "--rate", "3", "--no-recourse")["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    freeze = desk.json("bank1", "order", "freeze", f"{token}:400.00", "--days", "90", *paper)["freezes"][0]
    assert desk.json("bank1", "freeze", "show", freeze)["frozen"] == 40_000, "the lock is on all of the token"
    desk.json("bank1", "bill", "settle", bill, "--amount", "700.00", "--partial", "--reference", "P-1")
    other, held = frozen(desk, paper)[::2]
    desk.json("bank1", "bill", "settle", desk.json("bank1", "token", "show", other)["bill"], "--partial",
              "--amount", "700.00", "--reference", "P-2")  # fmt: skip
    found = {one["id"]: one["frozen"] for one in desk.json("bank1", "freeze", "list")}
    assert found == {freeze: 40_000, held: 40_000}


def test_a_freeze_that_suspends_a_financing(desk: Desk, refused: Refused, paper: tuple[str, ...]) -> None:
    _, token = accepted_bill(desk)
    asked = desk.json("supplier1", "finance", "request", token, "--to", "bank2")["request"]
    quote = desk.json("bank2", "finance", "quote", asked, "--rate", "3", "--no-recourse")["quote"]
    desk.json("supplier1", "finance", "agree", quote)
    made = desk.json("bank1", "order", "freeze", token, "--days", "90", *paper)
    assert refused("bank2", "order", "ratify", made["order"]) == "side_of_the_matter", "it may have paid"
    freeze = made["freezes"][0]
    assert refused("bank1", "order", "release", freeze, "--amount", "1.00", *paper) == "freeze_suspends"
    assert refused("bank1", "order", "transfer", freeze, "--to", "supplier2", *paper) == "freeze_suspends"
    desk.json("bank1", "order", "release", freeze, *paper)


def test_a_freeze_is_shown_with_what_it_ends(desk: Desk, seen: Callable[..., str], paper: tuple[str, ...]) -> None:
    """use: what stood on the token was shown as a lock, and not that the freeze suspends or ends it."""

    def becomes(*words: str, then: Callable[[str], object] = str, language: str = "en") -> str:
        """What is said by the freeze of a token on which supplier1 has done this, and others what came then."""
        _, token = accepted_bill(desk)
        if words:
            desk.json("supplier1", *words[:2], token, *words[2:])
        then(token)
        shown = seen("bank1", "order", "freeze", token, "--days", "90", *paper, language=language)
        return "".join(shown.split()) if language == "zh" else " ".join(shown.split())

    def agree(token: str) -> None:
        [asked] = [one["id"] for one in desk.json("supplier1", "finance", "list") if one["token"] == token]
        quote = desk.json("bank2", "finance", "quote", asked, "--rate", "3", "--no-recourse")["quote"]
        desk.json("supplier1", "finance", "agree", quote)

    def accept(token: str) -> None:
        [offer] = [one["id"] for one in desk.json("supplier1", "pledge", "list", "--status", "offered")]
        desk.json("bank2", "pledge", "accept", offer, "--registration", f"ZD-{token}")

    request = ("finance", "request", "--to", "bank2")
    early = ("token", "prepay", "--price", "990.00", "--by", "+2d")
    secure = ("pledge", "offer", "--to", "bank2", "--secured", "100.00", "--due", "+2d", "--contract", "L-1")
    assert "by the freeze" not in becomes()
    assert "by the freeze: the financing request and its quotes end, for good" in becomes(*request)
    assert "by the freeze: the agreed financing is suspended" in becomes(*request, then=agree)
    assert "因冻结：已确认的融资约定中止" in becomes(*request, then=agree, language="zh")
    assert "by the freeze: the offer of a transfer ends" in becomes("token", "transfer", "--to", "supplier2:1000.00")
    assert "by the freeze: the offer of an early payment ends" in becomes(*early)
    agreed = becomes(*early, then=lambda token: desk.json("anchor", "prepay", "agree", token))
    assert "by the freeze: the agreed early payment ends" in agreed
    assert "by the freeze: the offer in pledge ends" in becomes(*secure)
    assert "by the freeze: the pledge stays, and stands before it" in becomes(*secure, then=accept)
