"""Every act of the contracts has a command that sends it, and remedies name commands instead of acts.

house 1: 8 of 41 acts had no command, and nothing noticed; use 11: remedies named contract functions.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import chainbill_contracts
import click
import pytest
from chainbill_cli import preview as previews
from chainbill_cli.acts import ACTS, in_commands, names_an_act
from chainbill_cli.main import program
from chainbill_cli.texts import has_text
from chainbill_contracts.declared_acts import SUBJECTS, Act, Plain, acts
from chainbill_node.rest.texts import load_texts
from cli.cli_fakes import BILL, PARTIES, QUOTE, REQUEST, TOKEN, FakeNode, Shell, an_id, problem
from cli.test_cli_invoice import UBL

from chainbill.ledger.transaction import decode_transaction

pytestmark = pytest.mark.untraced

SOURCES = Path(chainbill_contracts.__file__).parent
ORDER, DISPUTE, FINGERPRINT = an_id("S", "order"), an_id("D", "dispute"), "5e" * 32
PRODUCT, PLEDGE = an_id("P", "product"), an_id("K", "pledge")
COURT_ORDER = an_id("O", "order")
PRODUCT_FILE = {
    "name": "Car", "currency": "CNY", "due_days": 90, "attestor": "ab" * 32, "most_value": "100.00",
    "most_a_day": "200.00", "parts": [{"part": "engine", "supplier": "supplier2", "share": "30"}],
}  # fmt: skip
EVENT_FILE = {
    "product": PRODUCT, "order": "O-1", "serial": "VIN-1", "value": "100.00", "currency": "CNY",
    "happened_on": "2027-03-01", "signature": "cd" * 64,
}  # fmt: skip
COURT = ["--authority", "Court", "--number", "1", "--document", "{paper}", "--document", "{paper}"]
ENTRY = an_id("N", "entry")
NO_COMMAND: dict[str, str] = {}
"""Acts that no command sends, with the reason."""
ELSEWHERE = {
    "finance.agree_sealed": "rests on what the quote is, and on a key of this home: test_cli_sealed_bids.py",
    "finance.seal": "rests on how the network quotes, and on a key of the holder: test_cli_sealed_bids.py",
    "governance.advance_clock": "signed by a node's bank of a local network: test_cli_party.py",
    "settlement.proceed": "sent by itself after a settlement of many tokens: test_cli_settle.py",
}
"""Acts whose command needs more than a home and a node: where they are tried."""

OBJECTS = {
    "bill": BILL, "token": TOKEN, "joint": an_id("J", "joint"), "dispute": DISPUTE, "change": an_id("C", "change"),
    "recovery": an_id("C", "change"), "order": ORDER, "party": "anchor",
    "product": PRODUCT, "pledge": PLEDGE, "claim": TOKEN, "prepayment": TOKEN, "entry": ENTRY,
}  # fmt: skip
"""What is typed for an object of each kind that a plain act is about."""


def typed(act: Act, plain: Plain) -> list[str]:
    """A plain act as it is typed."""
    return [*act.command.split()[:-1], OBJECTS[plain.on], *(["--reason", "why"] if plain.reason else [])]


EXAMPLES: dict[str, list[str]] = {
    **{place: typed(act, act.plain) for place, act in acts().items() if act.plain is not None},
    "audit.grant": ["party", "grant", "anchor", "--bill", BILL, "--from", "2027-01-01", "--until", "2027-02-01"],
    "audit.revoke_grant": ["party", "grant", "anchor", "--revoke"],
    "bill.answer": ["bill", "answer", an_id("J", "joint"), "yes"],
    "bill.ask_dilution": [
        "bill", "dilute", BILL, "--token", TOKEN, "--amount", "1", "--credit-note", "{paper}", "--currency", "CNY",
        "--invoice",
        f"{FINGERPRINT}=1",
    ],
    "bill.ask_invoices": ["bill", "add-invoices", BILL, "--invoice", "{invoice}"],
    "bill.ask_red_letter": [
        "invoice", "red-letter", BILL, "--invoice", FINGERPRINT, "--red", "cd" * 32, "--total", "1", "--currency",
        "CNY",
    ],
    "bill.ask_paying_bank": ["bill", "paying-bank", BILL, "--to", "bank2"],
    "bill.confirm": ["bill", "confirm", BILL],
    "bill.issue": ["bill", "issue", "--debtor", "anchor", "--amount", "1", "--currency", "CNY", "--due", "2027-03-31"],
    "finance.agree": ["finance", "agree", QUOTE],
    "finance.decline": ["finance", "decline", REQUEST],
    "finance.decline_quote": ["finance", "decline", QUOTE],
    "finance.disburse": ["finance", "disburse", QUOTE, "--reference", "P", "--value-date", "2027-01-01"],
    "finance.quote": ["finance", "quote", REQUEST, "--rate", "3.85", "--recourse", "--clear"],
    "finance.request": ["finance", "request", TOKEN, "--to", "bank1", "--amount", "1", "--currency", "CNY"],
    "finance.withdraw": ["finance", "withdraw", REQUEST],
    "finance.withdraw_quote": ["finance", "withdraw", QUOTE],
    "finance.cancel": ["finance", "cancel", QUOTE, "--reason", "why"],
    "governance.propose": ["governance", "propose", "parameter", "open_offers", "900"],
    "governance.ready": ["governance", "ready"],
    "governance.store_source": ["governance", "store", "{paper}"],
    "governance.vote": ["governance", "vote", an_id("P", "proposal"), "yes"],
    "governance.withdraw": ["governance", "withdraw", an_id("P", "proposal")],
    "invoice.dispute": ["invoice", "dispute", FINGERPRINT, "--seller", "supplier1", "--document", "{paper}"],
    "party.add_identifier": ["party", "add-identifier", "anchor", "VAT=DE811907980"],
    "party.add_key": ["party", "key", "add", "anchor", "--capability", "maker"],
    "account.announce": ["party", "account", "--announce", "CNY:bank1:6222"],
    "party.ask_paying_bank": ["party", "paying-bank", "ask", "bank1"],
    "account.attest": ["party", "account", "anchor", "--attest", "CNY", "--shown", "ab" * 32],
    "party.attest_size": ["party", "size", "anchor", "small", "--document", "{paper}"],
    "party.give_up_identifier": ["party", "give-up-identifier", "VAT=DE811907980"],
    "party.halt": ["party", "halt"],
    "party.lift_halt": ["party", "halt", "--lift"],
    "party.register": ["party", "register", "{application}"],
    "party.rename": ["party", "rename", "anchor", "--name-zh", "新名称"],
    "party.revoke_key": ["party", "key", "revoke", "anchor"],
    "party.rotate_key": ["party", "rotate-key", "--new", "anchor"],
    "party.set_encryption_key": ["party", "encryption-key", "AB" * 32],
    "party.set_policy": ["party", "policy", "--rule", "bill.confirm:CNY:1000000"],
    "recovery.recover": ["party", "recover", "anchor", "--key", "bank1", "--document", "{paper}"],
    "label.attest": [
        "label", "attest", BILL, "--scheme", "green", "--grade", "A+", "--document", "{paper}", "--until", "2027-06-30",
    ],
    "label.revoke": ["label", "revoke", BILL, "--scheme", "green"],
    "pledge.offer": [
        "token", "pledge", TOKEN, "--to", "bank2", "--secured", "1", "--due", "2027-01-01", "--contract", "L-1",
        "--currency", "CNY",
    ],
    "legal.order": [
        "order", "freeze", f"{TOKEN}:1.00", "--days", "90", "--issued", "2026-01-02", *COURT, "--currency", "CNY",
    ],
    "legal.ratify": ["order", "ratify", COURT_ORDER],
    "entry.enter_default": ["order", "default", "anchor", "--kind", "persistent", "--document", "{paper}"],
    "entry.strike": ["order", "strike", DISPUTE, "--document", "{paper}"],
    "entry.lift": ["order", "lift", ENTRY, "--document", "{paper}"],
    "invoice.examine": ["invoice", "examine", REQUEST, "--document", "{paper}"],
    "legal.refuse": ["order", "refuse", COURT_ORDER, "--reason", "why"],
    "legal.object_to": ["order", "object", COURT_ORDER, "--reason", "why"],
    "recourse.ask_recourse": [
        "token", "recourse", TOKEN, "--ground", "agreed", "--amount", "1", "--document", "{paper}", "--currency", "CNY",
    ],
    "recourse.accept_recourse": ["recourse", "accept", TOKEN],
    "recourse.refuse_recourse": ["recourse", "refuse", TOKEN, "--reason", "why"],
    "recourse.withdraw_recourse": ["recourse", "withdraw", TOKEN],
    "recourse.bought_back": [
        "token", "buyback", TOKEN, "--reference", "R", "--amount", "1", "--currency", "CNY",
        "--value-date", "2027-01-01",
    ],
    "prepayment.offer_prepayment": [
        "token", "prepay", TOKEN, "--price", "1", "--by", "2027-01-01", "--currency", "CNY",
    ],
    "settlement.settle_prepaid": [
        "bill", "settle-prepaid", TOKEN, "--reference", "R", "--value-date", "2027-01-01",
    ],
    "sale.sell": ["token", "sell", TOKEN, "--to", "bank2", "--price", "1", "--no-recourse", "--currency", "CNY"],
    "sale.buy": ["token", "buy", TOKEN, "--reference", "R", "--registration", "ZD-3", "--value-date", "2027-01-01"],
    "pledge.accept": ["pledge", "accept", PLEDGE, "--registration", "ZD-2"],
    "pledge.release": ["token", "release", PLEDGE, "--secured", "1", "--currency", "CNY"],
    "pledge.enforce": ["token", "enforce", PLEDGE, "--owed", "1", "--currency", "CNY"],
    "product.register": ["product", "register", "{product}"],
    "product.event": ["product", "event", "{event}"],
    "settlement.acknowledge": ["bill", "received", BILL, TOKEN],
    "settlement.pay_result": ["bill", "payment", BILL, TOKEN, "--status", "paid", "--reference", "R"],
    "settlement.reverse": ["bill", "reverse", "--reference", "R", "--reason", "x"],
    "settlement.settle": [
        "bill", "settle", BILL, "--amount", "1", "--currency", "CNY", "--reference", "R", "--value-date", "2027-01-01",
    ],
    "standing.leave": ["party", "leave"],
    "standing.name_administrator": ["party", "administrator", "anchor", "--key", "bank1", *COURT],
    "standing.set_status": ["party", "suspend", "anchor", "--document", "{paper}"],
    "standing.stay": ["party", "stay"],
    "guarantee.give_guarantee": ["bill", "guarantee", BILL, "--until", "2027-09-30", "--resolution", "{paper}"],
    "guarantee.demand": ["bill", "demand", BILL, "--guarantor", "supplier1", "--token", TOKEN],
    "settlement.pay_guarantee": [
        "bill", "pay-guarantee", BILL, "--guarantor", "supplier1", "--token", TOKEN, "--reference", "R",
        "--value-date", "2027-01-01",
    ],
    "write_off.write_off": ["token", "write-off", TOKEN, "--document", "{paper}"],
    "write_off.undo_write_off": ["token", "write-off", TOKEN, "--undo", "--reason", "why"],
    "token.give_back": ["token", "return", TOKEN],
    "token.merge": ["token", "merge", TOKEN, an_id("T", "other")],
    "token.split": ["token", "split", TOKEN, "--amount", "1", "--currency", "CNY"],
    "token.transfer": ["token", "transfer", TOKEN, "--to", "anchor:1", "--currency", "CNY"],
}  # fmt: skip


def deployed() -> Iterator[str]:
    """The acts of the contracts that a network begins with: functions under @call."""
    for name in chainbill_contracts.NAMES:
        tree = ast.parse((SOURCES / f"{name}.py").read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                marks = {one.id for one in node.decorator_list if isinstance(one, ast.Name)}
                if "call" in marks:
                    yield f"{name}.{node.name}"


def test_every_act_has_a_command_or_a_reason_why_not() -> None:
    assert set(deployed()) == set(ACTS) | set(NO_COMMAND), "an act is declared in acts/*.toml of the contracts"
    assert set(EXAMPLES) == set(ACTS) - set(ELSEWHERE), "one that is not plain has an example here"
    assert set(OBJECTS) == SUBJECTS


@pytest.mark.parametrize("act", ACTS)
def test_the_command_of_an_act_exists(act: str) -> None:
    found: click.Command | None = program
    for word in ACTS[act].split():
        if isinstance(found, click.Group):
            found = found.get_command(click.Context(found), word)
    assert found is not None
    assert not isinstance(found, click.Group), ACTS[act]
    options = {name for parameter in found.params for name in parameter.opts}
    assert {word for word in ACTS[act].split() if word.startswith("--")} <= options


def with_files(act: str, folder: Path) -> list[str]:
    """An act as it is typed, with the files that it names."""
    application = {"statement": {"id": PARTIES["anchor"], "sponsor": PARTIES["supplier1"]}, "signatures": []}
    written = {
        "paper": "a paper\n", "application": json.dumps(application), "invoice": UBL,
        "product": json.dumps(PRODUCT_FILE), "event": json.dumps(EVENT_FILE),
    }  # fmt: skip
    for name, content in written.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [word.format(**{name: folder / name for name in written}) for word in EXAMPLES[act]]


@pytest.mark.parametrize("act", EXAMPLES)
def test_the_command_of_an_act_sends_it(act: str, shell: Shell, tmp_path: Path) -> None:
    signed, words = tmp_path / "one.tx", with_files(act, tmp_path)
    assert ACTS[act].split()[:2] == words[:2]
    shell.run(*words, "--offline", str(signed), "-o", "json")
    [call] = decode_transaction(signed.read_bytes()).calls
    assert f"{call.contract}.{call.function}" == act


def test_a_remedy_names_the_command() -> None:
    assert in_commands("Announce a change with account.announce.") == (
        "Announce a change with chainbill party account --announce CURRENCY:BANK:NUMBER."
    )
    assert in_commands("请债务人先用party.ask_paying_bank征询") == (
        "请债务人先用chainbill party paying-bank ask BANK征询"
    )
    for other in ("--rule bill.confirm:CNY:1000", "docs/bill.confirm.md", "bill.confirmed", "xbill.confirm"):
        assert in_commands(other) == other


def test_no_remedy_of_any_refusal_names_an_act_once_it_is_said_in_commands() -> None:
    texts = load_texts()
    for code in texts.codes():
        for language in ("en", "zh"):
            said = texts.say(code, language)  # type: ignore[arg-type]
            assert not names_an_act(in_commands(said.hint)), code
            functions = {act.partition(".")[2] for act in ACTS if "_" in act.partition(".")[2]}
            assert not functions & set(in_commands(said.hint).replace("(", " ").replace(".", " ").split()), code


def test_a_refusal_names_the_command_and_no_act(shell: Shell, node: FakeNode) -> None:
    """use 11: `party.ask_paying_bank` stood before the command that does it."""
    hint = load_texts().say("paying_bank_missing", "en").hint
    assert "party.ask_paying_bank" in hint
    node.answers["POST /v1/transactions"] = problem(422, "paying_bank_missing", hint=hint)
    answer = shell.run("bill", "confirm", BILL, "-o", "json", expect=3)
    assert answer["hint"] == hint, "programs get what the node said"
    remedies = [line for line in shell.err.splitlines() if "→" in line]
    assert len(remedies) == 1
    assert "chainbill party paying-bank ask BANK" in remedies[0]
    assert "ask_paying_bank" not in shell.err


SHOWN_OTHERWISE = {"alg", "signature", "signatures", "proof", "source"}
"""What nodes verify, and a source, which is shown by its hash."""


def signed_values(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every argument, and every member of one, that says something and is not a signature inside."""
    if isinstance(value, dict):
        for part, one in value.items():
            yield from signed_values(one, part) if part not in SHOWN_OTHERWISE else ()
    elif isinstance(value, list):
        for one in value:
            yield from signed_values(one, name)
    elif value not in ("", None, False, 0):
        yield name, value


@pytest.mark.parametrize("act", EXAMPLES)
def test_use_6_a_person_sees_every_argument_before_signing(
    act: str, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed, words = tmp_path / "one.tx", with_files(act, tmp_path)
    asked: list[str] = []
    monkeypatch.setattr(previews, "person", lambda: True)
    monkeypatch.setattr(previews, "confirm", lambda line, **_: not asked.append(line))
    shell.run(*words, "--offline", str(signed), "--memo", "why it is done")
    [call] = decode_transaction(signed.read_bytes()).calls
    assert len(asked) == 1
    shown = shell.err.replace(",", "")
    missing = []
    for name, value in signed_values(call.args):
        forms = {str(value), f"{value / 100:.2f}", f"{value / 10_000:.4f}"} if type(value) is int else {str(value)}
        if value is not True and not any(form.replace(",", "") in shown for form in forms):
            missing.append((name, value))
    assert not missing, shell.err
    assert "why it is done" in shown


def test_use_6_every_argument_of_every_act_has_a_label() -> None:
    names = set()
    for contract in chainbill_contracts.NAMES:
        for node in ast.parse((SOURCES / f"{contract}.py").read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and f"{contract}.{node.name}" in ACTS:
                names |= {one.arg for one in node.args.args}
    assert not {one for one in names - {"alg"} if not has_text(f"detail.{one}") and not has_text(f"column.{one}")}
