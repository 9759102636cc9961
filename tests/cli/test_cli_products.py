"""`product`: registered from a file, agreed to by its suppliers, attested events, and what each side is shown."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from chainbill_cli import preview
from chainbill_cli.failure import Exit
from chainbill_cli.main import run
from cli.cli_desk import Desk
from cli.production import attestor, event_file, product_file


def registered(desk: Desk, folder: Path, *suppliers: str) -> str:
    file = product_file(folder / "product.json", attestor(desk), suppliers)
    return str(desk.json("anchor", "product", "register", file)["product"])


def today(desk: Desk) -> str:
    return str(desk.json("anchor", "network", "show")["date"])


def test_an_event_issues_bills_that_their_suppliers_accept(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = registered(desk, tmp_path, "supplier1", "supplier2")
    for supplier, status in (("supplier1", "proposed"), ("supplier2", "active")):
        assert desk.json(supplier, "product", "agree", product[:9])["product_status"] == status
    event = event_file(tmp_path / "event.json", product, "today")
    desk.text("--as", "anchor", "product", "event", event, expect=2)
    assert "product attest" in desk.err
    desk.text("product", "attest", event, "--key", "gate")
    with monkeypatch.context() as patched:
        patched.setattr(preview, "person", lambda: True)
        patched.setattr(preview, "confirm", lambda *_, **__: True)
        desk.text("--as", "anchor", "--lang", "zh", "product", "event", event)
    for said in ("即将报送事件", "123,456.79 CNY", "壹拾贰万叁仟肆佰伍拾陆元柒角玖分", "VIN-1", "30.0000%"):
        assert said in desk.err, said
    again = desk.json("anchor", "product", "event", event)
    assert again["repeated"] is True
    first, second = again["bills"]
    [listed] = desk.json("supplier1", "bill", "list", "--status", "pending_accept", "--creditor", "supplier1")
    assert (listed["id"], listed["face"], listed["product"], listed["event"]) == (
        first, 3_703_704, product, again["event"],
    )  # fmt: skip
    token = desk.json("supplier1", "bill", "accept", first)["token"]
    refused = desk.json("supplier1", "finance", "request", token, "--to", "bank1", expect=3)
    assert refused["code"] == "invoices_missing"
    desk.json("supplier2", "bill", "reject", second, "--reason", "not mine")
    [shown] = desk.json("anchor", "product", "events", "--product", product)
    assert (shown["value"], shown["serial"], shown["bills"]) == (12_345_679, "VIN-1", [first, second])


def test_events_are_listed_by_the_beginning_of_a_product(desk: Desk, tmp_path: Path) -> None:
    product = registered(desk, tmp_path, "supplier1")
    desk.json("supplier1", "product", "agree", product)
    event = event_file(tmp_path / "event.json", product, "today")
    desk.text("product", "attest", event, "--key", "gate")
    made = desk.json("anchor", "product", "event", event)["event"]
    for typed in (product, product[:8], product[:8].lower()):
        assert [one["id"] for one in desk.json("anchor", "product", "events", "--product", typed)] == [made], typed
    desk.text("--as", "anchor", "product", "events", "--product", "P00000", expect=1)
    desk.text("--as", "anchor", "product", "events", "--product", product[:5], expect=2)


def test_a_product_is_listed_by_its_sides_and_any_of_them_ends_it(desk: Desk, tmp_path: Path) -> None:
    product = registered(desk, tmp_path, "supplier1", "supplier2")
    ids = {name: desk.json("auditor", "party", "show", name)["id"] for name in ("supplier1", "supplier2")}
    desk.json("supplier2", "product", "agree", product)
    assert len(desk.json("supplier2", "product", "list", "--supplier", "supplier2")) == 1
    assert desk.json("supplier2", "product", "list", "--supplier", "supplier3") == []
    whole = desk.json("anchor", "product", "show", product)
    assert ([one["supplier"] for one in whole["parts"]], whole["agreed"]) == (list(ids.values()), [ids["supplier2"]])
    assert desk.json("supplier1", "product", "retire", product)["product_status"] == "retired"
    assert desk.json("anchor", "product", "list", "--status", "active") == []


@pytest.mark.parametrize(
    ("changed", "member"),
    [({"name": 1}, "name"), ({"colour": "red"}, "colour"), ({"due_days": "90"}, "due_days"), ({"parts": [1]}, "parts"),
     ({"terms": []}, "terms"), ({"parts": [{"part": "a", "supplier": "supplier1"}]}, "share")],
)  # fmt: skip
def test_what_a_file_says_wrong_is_named(desk: Desk, tmp_path: Path, changed: dict, member: str) -> None:
    file = product_file(tmp_path / "product.json", "ab" * 32, ["supplier1"], **changed)
    desk.text("--as", "anchor", "product", "register", file, expect=2)
    assert member in desk.err


def test_a_file_that_is_no_object_or_not_there(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "list.json"
    other.write_text(json.dumps([1]), encoding="utf-8")
    desk.text("--as", "anchor", "product", "register", str(other), expect=2)
    desk.text("--as", "anchor", "product", "register", str(tmp_path / "none.json"), expect=1)


def test_an_event_in_another_currency_than_its_product_is_not_sent(desk: Desk, tmp_path: Path) -> None:
    product = registered(desk, tmp_path, "supplier1")
    event = event_file(tmp_path / "event.json", product, "today", currency="JPY", value="123456")
    desk.text("product", "attest", event, "--key", "gate")
    desk.text("--as", "anchor", "product", "event", event, expect=2)
    assert "JPY" in desk.err


def test_terms_of_a_product_are_those_of_its_bills(desk: Desk, tmp_path: Path) -> None:
    terms = {"min_split": "5.00", "non_transferable": True}
    file = product_file(tmp_path / "product.json", attestor(desk), ["supplier1"], terms=terms)
    product = desk.json("anchor", "product", "register", file)["product"]
    shown = desk.json("anchor", "product", "show", product)["terms"]
    no = {"debtor_pays_interest": False, "transferor_liable": False}
    assert shown == {"min_split": 500, "non_transferable": True, **no}


def test_a_product_is_told_in_words(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shares stood as 300000, parts a second time as ids, and what is signed was called parts of invoices."""
    terms = {"min_split": "5.00", "debtor_pays_interest": True}
    file = product_file(tmp_path / "product.json", attestor(desk), ["supplier1"], terms=terms)
    monkeypatch.setattr(preview, "person", lambda: True)
    monkeypatch.setattr(preview, "confirm", lambda *_, **__: True)
    desk.text("--as", "anchor", "--lang", "zh", "product", "register", file)
    [part] = [line for line in desk.err.splitlines() if "part of supplier1" in line]
    assert part.startswith("  部件：part of supplier1：")
    assert part.endswith("30.0000%）")
    for wrong in ("300000", "份额：", "各发票金额"):
        assert wrong not in desk.err, wrong
    [product] = desk.json("anchor", "product", "list")
    shown = desk.text("--as", "anchor", "--lang", "zh", "product", "show", product["id"])
    for said in ("part of supplier1：supplier1（30.0000%）", "允许买方付息", "拆分每份不少于 5.00 CNY"):
        assert said in shown, said
    assert "300000" not in shown
    desk.json("supplier1", "product", "agree", product["id"])
    event = event_file(tmp_path / "event.json", product["id"], "today")
    desk.text("product", "attest", event, "--key", "gate")
    answered = desk.text("--as", "anchor", "--lang", "zh", "product", "event", event)
    assert "凭证数" not in answered
    for wrong in ("12345679", "单号、", "值、"):
        assert wrong not in desk.err.replace("订单号、", "").replace("价值、", ""), wrong
    over = event_file(tmp_path / "over.json", product["id"], "today", value="20000000.01", serial="VIN-2")
    desk.text("product", "attest", over, "--key", "gate")
    desk.text("--as", "anchor", "--lang", "zh", "--yes", "product", "event", over, expect=3)
    assert "价值：20,000,000.01 CNY" in desk.err


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"parts": [{"part": "a", "supplier": "supplier1", "share": "3.33333"}]}, "份额"),
     ({"parts": [{"part": "a", "supplier": "supplier1", "share": "-3"}]}, "份额"),
     ({"parts": [{"part": "a", "supplier": "supplier1", "share": "0"}]}, "大于 0"),
     ({"parts": [{"part": one, "supplier": "supplier1", "share": "50.1667"} for one in "ab"]},
      "product.json：各部件的份额合计为 100.3334%"),
     ({"terms": {"minsplit": "1.00"}}, "minsplit")],
)  # fmt: skip
def test_a_share_is_called_no_rate_and_terms_are_known_here(
    desk: Desk, tmp_path: Path, changed: dict, said: str
) -> None:
    file = product_file(tmp_path / "product.json", "ab" * 32, ["supplier1"], **changed)
    desk.text("--as", "anchor", "--lang", "zh", "product", "register", file, expect=2)
    assert said in desk.err
    assert "利率" not in desk.err


ONE_PART = {"part": "a", "supplier": "supplier1", "share": "30"}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("changed", "member", "said"), [
    ({"currency": "RMB"}, "currency", "RMB"),
    ({"most_value": "二十万"}, "most_value", "1,234.50"),
    ({"most_value": "1000000.001"}, "most_value", "2"),
    ({"most_a_day": "0"}, "most_a_day", ""),
    ({"terms": {"min_split": "5万"}}, "min_split", "50,000.00"),
    ({"due_days": 90.5}, "due_days", "90.5"),
    ({"most_value": 1000.5}, "most_value", '"1000.00"'),
    ({"most_value": 1000}, "most_value", '"1000.00"'),
    ({"attestor": "gate"}, "attestor", "64"),
    ({"parts": [ONE_PART, {**ONE_PART, "share": "3.33333"}]}, ("part 2, share", "第 2 项部件的 share"), "3.33333"),
    ({"parts": [ONE_PART, {**ONE_PART, "share": 3.5}]}, "share", "3.5"),
    ({"parts": [{**ONE_PART, "supplier": "supplier9"}]}, ("part 1, supplier", "第 1 项部件的 supplier"), "supplier9"),
    ({"parts": [{"part": "a", "share": "3"}]}, ("part 1, supplier", "第 1 项部件的 supplier"), ""),
])  # fmt: skip
def test_a_product_file_is_refused_by_file_and_member(
    desk: Desk, tmp_path: Path, changed: dict, member: str | tuple[str, str], said: str, language: str
) -> None:
    """An amount, a share, a currency stood in the refusal without file and member, and in minor units."""
    file = product_file(tmp_path / "product.json", "ab" * 32, ["supplier1"], **changed)
    desk.text("--as", "anchor", "--lang", language, "product", "register", file, expect=2)
    told = " ".join(desk.err.split())
    named = member if isinstance(member, str) else member[language == "zh"]
    assert file in told
    for one in (named, said):
        assert one in told, told
    for wrong in ("minor unit", "最小单位", "利率", "rate"):
        assert wrong not in told.replace(str(tmp_path), ""), told


@pytest.mark.parametrize(("changed", "member"), [
    ({"value": "1e5"}, "value"), ({"value": 5.5}, "value"), ({"currency": "RMB"}, "currency"),
    ({"happened_on": "2026-12-32"}, "happened_on"), ({"serial": 5}, "serial"),
])  # fmt: skip
def test_an_event_file_is_refused_by_file_and_member(desk: Desk, tmp_path: Path, changed: dict, member: str) -> None:
    attestor(desk)
    file = event_file(tmp_path / "event.json", "P" + "0" * 17, "today", **changed)
    desk.text("--lang", "zh", "product", "attest", file, "--key", "gate", expect=2)
    told = "".join(desk.err.split())
    assert f"{file}：{member}" in told
    assert "最小单位" not in told


def test_only_suppliers_agree_to_a_product(desk: Desk, tmp_path: Path) -> None:
    """A stranger was told that it was not asked, as of a joint act."""
    product = registered(desk, tmp_path, "supplier1")
    desk.text("--as", "supplier2", "--lang", "zh", "--yes", "product", "agree", product, expect=3)
    assert "只有产品所列部件的供应商可以同意" in desk.err


class Days(httpx.BaseTransport):
    """One ledger behind two addresses; the first says another day."""

    def __init__(self, true: httpx.BaseTransport) -> None:
        self._true = true

    def close(self) -> None:
        """The true one stays."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._true.handle_request(request)
        if request.url.host == "liar.test" and request.url.path == "/v1/network":
            return httpx.Response(answer.status_code, json={**json.loads(answer.content), "date": "2020-01-01"})
        return answer


@pytest.mark.parametrize("person", [True, False])
def test_a_day_that_one_node_says_is_not_attested(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], person: bool
) -> None:
    """attack: `today` was taken from the first node, signed unseen, and written into the file."""
    product = registered(desk, tmp_path, "supplier1")
    event = event_file(tmp_path / "event.json", product, "today")
    before = Path(event).read_bytes()
    monkeypatch.setattr(preview, "person", lambda: person)
    monkeypatch.setattr(preview, "confirm", lambda *_, **__: True)
    nodes = [word for name in ("liar", "other") for word in ("--node", f"http://{name}.test")]
    line = ["--home", str(desk.home), "--as", "anchor", *nodes, "product", "attest", event, "--key", "gate"]
    assert run(line, transport=Days(desk.transport)) == Exit.FAILED
    assert "2020-01-01" in capsys.readouterr().err
    assert Path(event).read_bytes() == before


def test_an_attestor_is_shown_what_is_signed_and_asked(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = registered(desk, tmp_path, "supplier1")
    event = event_file(tmp_path / "event.json", product, today(desk))
    monkeypatch.setattr(preview, "person", lambda: True)
    for answer in (False, True):
        monkeypatch.setattr(preview, "confirm", lambda *_, answer=answer, **__: answer)
        desk.text("--as", "anchor", "--lang", "zh", "product", "attest", event, "--key", "gate", expect=1 - answer)
        for said in ("即将由见证方签署事件", "Car", "123,456.79 CNY", "VIN-1", "O-1", "part of supplier1"):
            assert said in desk.err, said
        assert ("signature" in json.loads(Path(event).read_text(encoding="utf-8"))) == answer
