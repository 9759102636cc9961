"""Sealed quotes at the desk: banks seal, the holder compares and opens one, and nobody else learns a term."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from chainbill_cli import preview as previews
from chainbill_cli.main import run
from chainbill_cli.sealing import with_terms
from cli.cli_desk import Desk, accepted_bill, sent
from cli.test_cli_second_look import LIAR, OTHER, Lie, Nodes

from chainbill.codec import decode
from chainbill.crypto.sealing import EncryptionKey
from chainbill.ids import make_test_uscc
from chainbill.sealed_bid import Bid

NEWCOMER = make_test_uscc(b"a newcomer")
CHEAP = ("--rate", "3.85", "--no-recourse", "--fee", "1.00")
DEAR = ("--rate", "100", "--recourse", "--fee", "123.45", "--basis", "30/360", "--value-date", "+2d")
TERMS = ("rate", "fee", "basis", "recourse", "value_date", "interest_payer", "interest", "net", "days", "salt")


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    return new_desk(bids="sealed")


def asked(desk: Desk, *banks: str) -> str:
    token = accepted_bill(desk)[1]
    to = [word for bank in banks or ("bank1", "bank2") for word in ("--to", bank)]
    return str(desk.json("supplier1", "finance", "request", token, *to)["request"])


def quote(desk: Desk, bank: str, request: str, *terms: str) -> Any:
    return desk.json(bank, "finance", "quote", request, *(terms or CHEAP))


def shown(desk: Desk, who: str, request: str) -> dict[str, Any]:
    return {one["bank"]: one for one in desk.json(who, "finance", "show", request)["quotes"]}


def id_of(desk: Desk, name: str) -> str:
    return str(desk.json(name, "party", "show", name)["id"])


def key_files(desk: Desk, name: str) -> list[Path]:
    return sorted((desk.home / "parties" / name).glob("encryption-*.pem"))


def test_a_holder_compares_sealed_quotes_and_the_lost_ones_stay_closed(desk: Desk) -> None:
    request = asked(desk)
    dear, cheap = (quote(desk, bank, request, *terms) for bank, terms in (("bank1", DEAR), ("bank2", CHEAP)))
    assert (cheap["interest"], cheap["net"], cheap["days"]) == (1283, 98617, 120)
    bank1, bank2, rival = (id_of(desk, name) for name in ("bank1", "bank2", "bank1"))
    offers = shown(desk, "supplier1", request)
    assert {bank: one["net"] for bank, one in offers.items()} == {bank1: dear["net"], bank2: cheap["net"]}
    assert offers[bank1]["value_date"] > offers[bank2]["value_date"]
    own = shown(desk, "bank1", request)
    assert own[rival]["rate"] == 1_000_000
    assert not set(TERMS) & set(own[bank2])
    for who in ("bank2", "supplier2", "regulator"):
        assert not set(TERMS) & set(shown(desk, who, request)[bank1])
    desk.json("supplier1", "finance", "agree", cheap["quote"])
    desk.json("bank2", "finance", "disburse", cheap["quote"], "--reference", "P-1")
    lost = shown(desk, "regulator", request)[bank1]
    assert lost["status"] == "lost"
    assert not set(TERMS) & set(lost)
    taken = shown(desk, "regulator", request)[bank2]
    assert (taken["rate"], taken["paid"]) == (38_500, 98617)


@pytest.mark.parametrize(("language", "said"), [("en", "alone, until the holder agrees"), ("zh", "仅报价银行与持有人")])
def test_others_hear_that_quotes_are_sealed(desk: Desk, language: str, said: str) -> None:
    made = quote(desk, "bank2", asked(desk))["quote"]
    for words in (("--as", "bank1"), ()):
        text = desk.text(*words, "--lang", language, "finance", "show", made)
        assert said in desk.err
        assert "3.85" not in text


def test_all_that_a_node_shows_of_two_bids_differs_in_bytes_of_equal_length_alone(desk: Desk) -> None:
    """security: on a network with open reads anybody reads what a validator does. Blocks, transactions, receipts with
    gas and events, rows, and what the command prints for the operator: once what looks random is taken out, nothing is
    left that the terms change."""
    quote(desk, "bank2", asked(desk))  # so that counts are there already
    found = [all_that_is_shown(desk, terms) for terms in (CHEAP, DEAR)]
    assert found[0] == found[1]
    assert len(found[0]) > 100


def all_that_is_shown(desk: Desk, terms: tuple[str, ...]) -> list[tuple[str, Any]]:
    """Each member of each answer about one more bid of bank2, and the sizes of the bodies."""
    request = asked(desk)
    made = quote(desk, "bank2", request, *terms)
    height, transaction = made["height"], made["transaction"]
    paths = [
        f"/v1/finance/quotes/{made['quote']}", f"/v1/finance/requests/{request}", f"/v1/transactions/{transaction}",
        *(f"/v1/blocks/{height}{part}" for part in ("", "/certificate", "/transactions", "/receipts")),
    ]  # fmt: skip
    leaves: list[tuple[str, Any]] = [("printed", len(desk.err.replace(transaction, "")))]
    for path in paths:
        answer = desk.transport.handle_request(httpx.Request("GET", f"http://node{path}"))
        assert answer.status_code == 200, path
        leaves += [(f"{paths.index(path)}{place}", plain(value)) for place, value in members(answer.json())]
    return leaves


def members(value: Any, place: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for name in sorted(value) for leaf in members(value[name], f"{place}.{name}")]
    if isinstance(value, str) and place.endswith(".receipt"):
        value = decode(base64.b64decode(value))
    if isinstance(value, list):
        return [leaf for number, one in enumerate(value) for leaf in members(one, f"{place}[{number}]")]
    return [] if place.rpartition(".")[2] in MOVING else [(place, value)]


MOVING = {"height", "time", "time_ms", "valid_until_ms", "valid_until", "from_height", "index", "as_of"}
"""What goes on with the chain, whatever is in it."""


def plain(value: Any) -> Any:
    """A value with signs of equal number in the place of what looks random: ids, hashes, keys, signatures."""
    if isinstance(value, bytes):
        return len(value)
    if not isinstance(value, str):
        return value
    hidden = re.sub("[0-9a-f]{32,}", lambda found: "#" * len(found[0]), value)
    return re.sub("[A-Z][0-9A-Z]{17}", "an id", hidden)


def test_a_bank_that_agrees_to_its_own_quote_by_mistake_tells_nobody_its_terms(desk: Desk) -> None:
    request = asked(desk)
    made = quote(desk, "bank2", request)["quote"]
    before = desk.json("bank2", "network", "show")["as_of"]["height"]
    assert desk.json("bank2", "--yes", "finance", "agree", made, expect=3)["code"] == "not_the_holder"
    assert desk.json("supplier1", "--yes", "finance", "agree", made, "--dry-run", expect=2)["code"] == "no_trial"
    assert desk.json("bank2", "network", "show")["as_of"]["height"] == before


def in_clear(body: dict[str, Any]) -> None:
    if "bids" in body:
        body["bids"] = "clear"


def to_another_key(body: dict[str, Any]) -> None:
    if "encryption_key" in body:
        body["encryption_key"] = EncryptionKey(bytes(range(32))).public.hex()


@pytest.mark.parametrize("lie", [in_clear, to_another_key])
@pytest.mark.parametrize("more", [(), ("--yes", "-o", "json")])
def test_one_node_that_lies_is_told_no_terms(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, lie: Lie, more: tuple[str, ...]
) -> None:
    """security: a rival's node would have a bank quote in clear, or seal to a key of its own; a program is not asked
    before it signs, and is held to the word of two nodes all the same."""
    request = asked(desk)
    monkeypatch.setattr(previews, "confirm", lambda *_, **__: True)
    monkeypatch.setattr(previews, "person", lambda: not more)
    words = ["--home", str(desk.home), "--as", "bank2", "--node", LIAR, "--node", OTHER, *more]
    code = run([*words, "finance", "quote", request, *CHEAP], transport=Nodes(desk.transport, lie))
    assert code != 0
    assert "http://other.test" in desk.capsys.readouterr().err
    assert shown(desk, "regulator", request) == {}


def test_terms_that_the_ledger_would_not_take_are_not_sealed(desk: Desk) -> None:
    """It sees them at the agreement only, when the holder has declined the others."""
    request = asked(desk)
    for words, code in (
        (("--fee", "1000.00"), "net_not_positive"), (("--value-date", "+60d"), "value_date_not_in_order"),
        (("--interest-payer", "debtor"), "debtor_does_not_pay_interest"),
        (("--value-date", "+119d", "--disburse-by", "+120d"), "disburse_by_too_late"),
    ):  # fmt: skip
        words = ("--rate", "4", "--no-recourse", *words)
        assert desk.json("bank2", "--yes", "finance", "quote", request, *words, expect=3)["code"] == code


def test_a_quote_that_cannot_be_opened_is_said_to_be_one_and_hides_no_other(desk: Desk) -> None:
    request = asked(desk)
    good = quote(desk, "bank1", request)
    stray = EncryptionKey.generate()
    bid = Bid.of(bytes(32), request, "X", {
        "rate": 1, "recourse": False, "basis": "act/360", "fee": 0, "value_date": "2027-01-01",
        "interest_payer": "holder",
    })  # fmt: skip
    sent(
        desk, "bank2", "finance.seal", request=request, commitment=bid.commitment, disburse_by="", valid_until="",
        envelope=bid.sealed_to(stray.public).hex(), needs_label={},
    )  # fmt: skip
    offers = shown(desk, "supplier1", request)
    assert offers[id_of(desk, "bank1")]["net"] == good["net"]
    bad = offers[id_of(desk, "bank2")]
    assert "cannot be opened" in bad["closed"]
    assert desk.json("supplier1", "finance", "agree", bad["id"], expect=3)["code"] == "not_sealed_so"
    desk.json("supplier1", "finance", "decline", bad["id"])


def test_without_its_key_a_holder_opens_nothing_and_with_it_again(desk: Desk) -> None:
    request = asked(desk)
    made = quote(desk, "bank2", request)["quote"]
    (path,) = key_files(desk, "supplier1")
    assert path.stat().st_mode & 0o777 == 0o600
    content = path.read_bytes()
    path.unlink()
    assert str(path) in shown(desk, "supplier1", request)[id_of(desk, "bank2")]["closed"]
    assert desk.json("supplier1", "finance", "agree", made, expect=4)["code"] == "key_missing"
    path.write_bytes(EncryptionKey.generate().to_pem(b""))
    assert desk.json("supplier1", "finance", "agree", made, expect=3)["code"] == "not_sealed_so"
    path.write_bytes(content)
    desk.json("supplier1", "finance", "agree", made)


def test_a_bank_whose_home_lost_its_bid_is_told_so(desk: Desk) -> None:
    request = asked(desk)
    quote(desk, "bank2", request)
    (path,) = (desk.home / "bids").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({**kept, "terms": {**kept["terms"], "rate": 1}}))
    assert str(path) in shown(desk, "bank2", request)[id_of(desk, "bank2")]["closed"]
    path.unlink()
    assert str(path) in shown(desk, "bank2", request)[id_of(desk, "bank2")]["closed"]


def test_a_new_key_opens_new_bids_and_the_old_one_those_before(desk: Desk) -> None:
    request = asked(desk)
    old = quote(desk, "bank1", request)
    announced = desk.json("supplier1", "party", "encryption-key", "--new")
    assert len(key_files(desk, "supplier1")) == 2
    while desk.json("supplier1", "network", "show")["date"] < announced["acts_on"]:
        desk.json("bank1", "localnet", "clock", "--to", announced["acts_on"])
    new = quote(desk, "bank2", request)
    offers = shown(desk, "supplier1", request)
    assert len({one["sealed_to"] for one in offers.values()}) == 2
    assert {one["net"] for one in offers.values()} <= {old["net"], new["net"], *(one["net"] for one in offers.values())}
    assert all(one["rate"] == 38_500 for one in offers.values())


def test_who_has_no_key_hears_so_before_it_asks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    token = accepted_bill(desk)[1]
    announced = desk.json("supplier1", "party", "encryption-key", "--none")
    desk.json("bank1", "localnet", "clock", "--to", announced["acts_on"])
    said = desk.json("supplier1", "--yes", "finance", "request", token, "--to", "bank1", expect=3)
    assert said["code"] == "encryption_key_missing"
    monkeypatch.setattr(previews, "person", lambda: True)
    desk.text("--as", "supplier1", "finance", "request", token, "--to", "bank1", expect=3)
    assert "chainbill party encryption-key --new" in desk.err


def test_a_quote_is_sealed_without_a_node_to_the_key_that_is_given(desk: Desk, tmp_path: Path) -> None:
    request = asked(desk)
    key = str(desk.json("bank2", "party", "show", "supplier1")["encryption_key"])
    signed = str(tmp_path / "quote.tx")
    offline = ("finance", "quote", request, "--rate", "3.85", "--no-recourse", "--offline", signed)
    assert desk.json("bank2", *offline, expect=2)["code"] == "seal_or_clear"
    assert desk.json("bank2", *offline, "--clear", "--seal-to", key, expect=2)["code"] == "seal_or_clear"
    assert desk.json("bank2", *offline, "--seal-to", key, expect=2)["code"] == "date_offline"
    day = str(desk.json("bank2", "network", "show")["date"])
    for bad in ("12", "00" * 32):
        said = desk.json("bank2", *offline, "--seal-to", bad, "--value-date", day, expect=2)
        assert said["code"] == "seal_to_what"
    desk.json("bank2", *offline, "--seal-to", key, "--value-date", day)
    desk.json("bank2", "tx", "send", signed)
    assert shown(desk, "supplier1", request)[id_of(desk, "bank2")]["rate"] == 38_500
    assert desk.json("bank2", "finance", "quote", request, *CHEAP, "--clear", expect=2)["code"] == "seal_offline"


def test_an_applicant_makes_its_key_with_its_application(desk: Desk, tmp_path: Path) -> None:
    applied = str(tmp_path / "application.json")
    desk.text("key", "new", "newcomer", "--no-passphrase")
    words = ("party", "apply", "--id", NEWCOMER, "--name-en", "New", "--key", "newcomer", "--out", applied)
    desk.json("bank1", *words, "--role", "supplier", "--sponsor", "bank1")
    key = json.loads(Path(applied).read_text())["statement"]["encryption_key"]
    (path,) = (desk.home / "keys").glob("encryption-*.pem")
    assert path.stat().st_mode & 0o777 == 0o600
    assert EncryptionKey.from_pem(path.read_bytes(), None).public.hex() == key
    desk.json("bank1", "party", "register", applied)
    assert desk.json("bank2", "party", "show", NEWCOMER)["encryption_key"] == key


def test_a_key_to_seal_to_is_as_safe_as_the_key_that_signs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAINBILL_PASSPHRASE", "a good passphrase")
    desk.text("key", "rewrap", "supplier1")
    desk.json("supplier1", "party", "encryption-key", "--new")
    encrypted = [path for path in key_files(desk, "supplier1") if b"ENCRYPTED" in path.read_bytes()]
    assert len(encrypted) == 1


@pytest.mark.parametrize(("language", "said"), [("en", "other quotes stay closed"), ("zh", "其余报价保持密封")])
def test_people_see_what_is_told_and_what_is_not_before_they_sign(
    desk: Desk, seen: Callable[..., str], language: str, said: str
) -> None:
    request = asked(desk)
    told = seen("bank2", "finance", "quote", request, *CHEAP, language=language)
    assert "3.8500%" in told
    assert {"en": "only the holder can read", "zh": "仅持有人可读"}[language] in told
    made = shown(desk, "supplier1", request)[id_of(desk, "bank2")]["id"]
    told = seen("supplier1", "finance", "agree", made, language=language)
    assert said in told
    assert "3.8500%" in told


def test_banks_vote_how_bids_are_made(desk: Desk) -> None:
    desk.json("bank1", "governance", "propose", "parameter", "bids", "open", expect=3)
    desk.json("bank1", "governance", "propose", "parameter", "bids", "clear")
    desk.json("bank1", "governance", "vote", desk.json("bank1", "governance", "list")[0]["id"], "yes")
    assert desk.json("bank1", "network", "show")["bids"] == "clear"
    assert "rate" in shown(desk, "regulator", asked_and_quoted(desk))[id_of(desk, "bank2")]


def asked_and_quoted(desk: Desk) -> str:
    request = asked(desk)
    quote(desk, "bank2", request)
    return request


def test_on_a_network_in_clear_the_same_look_would_see_the_terms(new_desk: Callable[..., Desk]) -> None:
    """That nothing is seen above is not for want of looking."""
    desk = new_desk()
    quote(desk, "bank2", asked(desk))
    found = [all_that_is_shown(desk, terms) for terms in (CHEAP, DEAR)]
    assert found[0] != found[1]


def test_a_quote_that_is_over_is_shown_as_it_was_sealed() -> None:
    """A lost quote lost its figures once the bill was due. 250,000.00 at 3.90 % for 119 days of 360: 3,222.92."""
    terms = {
        "rate": 39_000, "recourse": True, "basis": "act/360", "fee": 0, "value_date": "2026-12-02",
        "interest_payer": "holder",
    }  # fmt: skip
    quote = {
        "status": "lost", "amount": 25_000_000, "currency": "CNY", "pay_on": "2027-03-31", "disburse_by": "2026-12-09",
        "valid_until": "2026-12-09",
    }  # fmt: skip
    later: Any = SimpleNamespace(today=lambda: "2027-04-06")
    found = with_terms(later, quote, SimpleNamespace(terms=terms, salt="5a" * 32))  # type: ignore[arg-type]
    assert (found["days"], found["interest"], found["net"]) == (119, 322_292, 24_677_708)


def test_who_is_not_the_holder_is_told_so_and_not_of_a_key(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """use: another supplier that agreed was told that a key file was missing."""
    made = quote(desk, "bank2", asked(desk))["quote"]
    for person in (False, True):
        monkeypatch.setattr(previews, "person", lambda person=person: person)
        for who in ("supplier2", "bank1", "bank2"):
            desk.text("--as", who, "finance", "agree", made, expect=3)
            assert "does not hold this token" in desk.err


def test_the_wrong_party_is_told_so_before_its_key_is_missed(desk: Desk) -> None:
    """use: with --yes it was a file that was said to be missing."""
    _, token = accepted_bill(desk)
    for path in (desk.home / "parties" / "supplier2").glob("*.pem"):
        path.unlink()
    act = ("token", "split", token, "--amount", "1.00")
    assert desk.json("supplier2", *act, expect=3)["code"] == "not_the_holder"
    assert (
        desk.json("supplier2", *act, "--for-checker", str(desk.home / "one.tx"), expect=3)["code"] == "not_the_holder"
    )
