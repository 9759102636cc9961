"""The answer of every command that writes, on the real ledger, on screens of 80 to 200 cells, in both languages.

Each is written once in a language; what it prints is then printed again at each width.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from chainbill_cli.cells import cell_len
from chainbill_cli.output import Column, Output
from chainbill_cli.texts import has_text
from chainbill_contracts.declared_acts import acts
from cli.cli_desk import Desk, bill_over
from cli.english_left import english_left
from cli.production import attestor, event_file, product_file
from cli.test_cli_comparing import right_invoice
from cli.test_cli_walk import FINGERPRINT, LONG_NAME, WIDTHS, leaves, writing

from chainbill.ids import make_test_uscc

pytestmark = pytest.mark.untraced

HEX = re.compile(r"\b[0-9a-f]{64}\b")
AMOUNT = re.compile(r"\d[\d,]*\.\d\d\b")
ID = re.compile(r"\b[BTRQGDOCMPEKF][0-9A-Z]{17}\b")
UNBROKEN = re.compile(r"[/\\]\S{60}|^ *[0-9a-f]{128}$")  # a path, or a signature: typed or copied whole
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WITHOUT_LEDGER = {
    *(f"localnet {name}" for name in ("up", "status", "stop", "start", "down", "reset", "logs")),
    *(f"node {name}" for name in ("start", "verify", "backup", "restore", "seat", "certificates", "renew", "revoke")),
    *(f"network {name}" for name in ("init", "join", "certify")),
    *(f"key {name}" for name in ("new", "import", "export", "rewrap")),
    "config set", "config unset", "demo", "completion", "block tail", "governance ready",
}  # fmt: skip
"""They write to no ledger, or print lines of text; `governance ready` is refused but to a candidate."""
KNOWN = (
    r"\b(?:[0-9A-Z]{18}|bank\d|supplier\d|anchor|regulator|auditor|fresh2?|clerk|"
    r"T\d\d:[\d:.]+Z|Court|of|PAY|act/360|vat)\b"
)

COURT = "--authority {long} --number {hex} --document {paper}"
STEPS: list[tuple[str, str, dict[str, str]]] = [
    # a bill, from its issue to its end
    ("supplier1", "bill issue --debtor anchor --amount {largest} --due +120d --reference R-1", {"bill": "bill"}),
    ("supplier1", "bill issue --debtor anchor --amount {largest} --due +120d --reference R-1", {}),
    ("anchor", "bill confirm {bill}", {}),
    ("supplier1", "bill accept {bill}", {"token": "token"}),
    ("supplier1", "bill issue --debtor anchor --amount 1.00 --due +120d", {"other": "bill"}),
    ("anchor", "bill reject {other} --reason {long}", {}),
    ("supplier1", "bill issue --debtor anchor --amount 1.00 --due +120d", {"other": "bill"}),
    ("supplier1", "bill withdraw {other}", {}),
    ("supplier1", "bill issue --debtor anchor --amount 1.00 --due +120d", {"other": "bill"}),
    ("anchor", "bill confirm {other}", {}),
    ("anchor", "bill cancel {other}", {}),
    ("supplier1", "bill issue --debtor anchor --amount 2.00 --due +120d", {"other": "bill"}),
    ("anchor", "bill confirm {other}", {}),
    ("supplier1", "bill accept {other}", {"its": "token"}),
    ("anchor", "bill void {other} --reason {long}", {"joint": "joint"}),
    ("anchor", "bill joint withdraw {joint}", {}),
    ("anchor", "bill dilute {other} --token {its} --amount 1.00 --credit-note {paper}", {"joint": "joint"}),
    ("supplier1", "bill answer {joint} yes", {}),
    ("anchor", "bill paying-bank {other} --to bank2 --reason {long}", {"joint": "joint"}),
    ("bank2", "bill answer {joint} yes", {}),
    ("bank1", "bill answer {joint} no", {}),
    ("supplier1", "bill add-invoices {other} --invoice {invoice}=1.00 --reason {long}", {"joint": "joint"}),
    ("anchor", "bill answer {joint} yes", {}),
    ("supplier1", "invoice red-letter {other} --red {hex} --total 0.40 --reason {long}", {"joint": "joint"}),
    ("anchor", "bill answer {joint} yes", {}),
    # tokens
    ("supplier1", "token split {token} --amount 1.00 --amount 2.00", {"parts": "tokens"}),
    ("supplier1", "token merge {parts0} {parts1}", {"merged": "token"}),
    ("supplier1", "token transfer {parts2} --to supplier2:90,000,000,000,000.00 --to supplier3:1.00",
     {"parts": "tokens", "rest": "remainder"}),
    ("supplier2", "token accept {parts0}", {"taken": "token"}),
    ("supplier3", "token reject {parts1} --reason {long}", {"rest": "token"}),
    ("supplier1", "token transfer {rest} --to supplier3:1.00", {"parts": "tokens", "rest": "remainder"}),
    ("supplier1", "token recall {parts0}", {"rest": "token"}),
    ("supplier1", "token transfer {rest} --to supplier2:5.00", {"parts": "tokens", "rest": "remainder"}),
    ("supplier2", "token accept {parts0}", {"returned": "token"}),
    ("supplier2", "token return {returned}", {}),
    ("supplier1", "token transfer {rest} --to supplier2:7.00", {"parts": "tokens", "rest": "remainder"}),
    ("supplier2", "token accept {parts0}", {"taken2": "token"}),
    # pledges
    ("supplier1", "token pledge {rest} --to bank2 --secured 2.00 --due +30d --contract L-1", {"pledge": "pledge"}),
    ("supplier1", "pledge withdraw {pledge}", {}),
    ("supplier1", "pledge offer {rest} --to bank2 --secured 2.00 --due +30d --contract L-1", {"pledge": "pledge"}),
    ("bank2", "pledge reject {pledge} --reason {long}", {}),
    ("supplier1", "pledge offer {rest} --to bank2 --secured {largest} --due +30d --contract L-1", {"pledge": "pledge"}),
    ("bank2", "pledge accept {pledge} --registration ZD-2", {}),
    ("bank2", "token release {pledge} --secured 1.00", {}),
    ("bank2", "pledge release {pledge}", {}),
    # orders of courts
    ("supplier2", "bill issue --debtor anchor --amount 9.00 --due +2d", {"overdue": "bill"}),
    ("anchor", "bill confirm {overdue}", {}),
    ("supplier2", "bill accept {overdue}", {"doubtful": "token"}),
    ("supplier3", "bill guarantee {overdue} --until +180d --resolution {paper}", {}),
    ("supplier1", "bill issue --debtor anchor --amount 9.00 --due +120d", {"third": "bill"}),
    ("anchor", "bill confirm {third}", {}),
    ("supplier1", "bill accept {third}", {"seized": "token"}),
    ("bank1", "token freeze {seized}:50% --days 90 " + COURT, {"paper1": "order"}),
    ("bank2", "order refuse {paper1} --reason {long}", {}),
    ("supplier1", "bill issue --debtor anchor --amount 9.00 --due +120d", {"third": "bill"}),
    ("anchor", "bill confirm {third}", {}),
    ("supplier1", "bill accept {third}", {"seized": "token"}),
    ("bank1", "order freeze {seized}:5.00 --days 90 " + COURT, {"paper1": "order", "frozen": "freezes"}),
    ("bank2", "order ratify {paper1}", {}),
    ("bank1", "order renew {frozen0} --days 120 " + COURT, {}),
    ("bank1", "token force {frozen0} --to supplier2 --amount 1.00 " + COURT, {"paper1": "order"}),
    ("bank2", "order ratify {paper1}", {}),
    ("supplier1", "order object {paper1} --reason {long}", {}),
    ("bank1", "bill settle {third} --amount 0.90 --partial --reference PART-1", {}),
    ("bank1", "order transfer {frozen0} --account {hex} " + COURT, {}),
    ("bank1", "order release {frozen0} --amount 1.00 " + COURT, {}),
    ("bank1", "token unfreeze {frozen0} " + COURT, {"paper1": "order"}),
    ("bank2", "order ratify {paper1}", {}),
    # financing
    ("supplier2", "finance request {taken} --to bank1 --to bank2 --amount 80,000,000,000,000.00",
     {"request": "request", "kept": "remainder"}),
    ("bank2", "finance quote {request} --rate 3.85 --no-recourse", {"quote": "quote"}),
    ("bank1", "finance quote {request} --rate 3.85 --no-recourse", {"quote1": "quote"}),
    ("bank1", "finance withdraw {quote1}", {}),
    ("supplier2", "finance agree {quote}", {}),
    ("bank2", "finance disburse {quote} --reference PAY-1 --registration {long}", {"bought": "token"}),
    ("bank2", "token sell {bought} --to bank1 --price {largest} --recourse", {}),
    ("bank1", "token reject {bought} --reason {long}", {}),
    ("bank2", "sale sell {bought} --to bank1 --price 9.00 --no-recourse", {}),
    ("bank1", "token buy {bought} --reference S-9 --registration {long} --amount 9.00", {"bought": "token"}),
    ("bank1", "token sell {bought} --to bank2 --price 9.00 --no-recourse", {}),
    ("bank2", "sale buy {bought} --reference S-9", {"bought": "token"}),
    ("bank2", "token recourse {bought} --ground agreed --amount {largest} --document {paper}", {}),
    ("bank1", "recourse refuse {bought} --reason {long}", {}),
    ("bank2", "recourse ask {bought} --ground agreed --amount 10.00 --document {paper}", {}),
    ("bank2", "recourse withdraw {bought}", {}),
    ("bank2", "recourse ask {bought} --ground agreed --amount 10.00 --document {paper}", {}),
    ("bank1", "recourse accept {bought}", {}),
    ("bank2", "token buyback {bought} --reference S-10", {"bought": "token"}),
    ("bank1", "token recourse {bought} --ground agreed --amount 1.00 --document {paper}", {}),
    ("bank2", "recourse accept {bought}", {}),
    ("bank1", "recourse paid {bought} --reference S-11 --amount 1.00", {}),
    ("supplier2", "finance request {kept} --to bank1", {"request": "request"}),
    ("bank1", "finance decline {request}", {}),
    ("supplier2", "finance request {kept} --to bank1", {"request": "request"}),
    ("bank1", "finance quote {request} --rate 3.85 --no-recourse", {"quote1": "quote"}),
    ("supplier2", "finance agree {quote1}", {}),
    ("bank1", "finance cancel {quote1} --reason {long}", {}),
    ("supplier2", "token pledge {kept} --to bank2 --secured 2.00 --due +2d --contract L-1", {"late": "pledge"}),
    ("bank2", "pledge accept {late} --registration ZD-2", {}),
    ("supplier1", "finance request {rest} --to bank2 --amount 1.00", {"request": "request", "rest": "remainder"}),
    ("supplier1", "finance withdraw {request}", {}),
    # early payment
    ("supplier1", "bill issue --debtor anchor --amount 9.00 --due +120d", {"soon": "bill"}),
    ("anchor", "bill confirm {soon}", {}),
    ("supplier1", "bill accept {soon}", {"early": "token"}),
    ("supplier1", "token prepay {early} --price 8.90 --by +20d", {}),
    ("anchor", "token reject {early} --reason {long}", {}),
    ("supplier1", "prepay offer {early} --price 8.90 --by +20d", {}),
    ("anchor", "prepay agree {early}", {}),
    ("bank1", "bill settle-prepaid {early} --reference EP-1", {}),
    # disputes of invoices
    ("supplier2", "invoice dispute {fingerprint} --seller supplier1 --document {paper}", {"dispute": "dispute"}),
    ("bank2", "invoice uphold {dispute}", {}),
    ("supplier1", "finance request {paid_token} --to bank1", {"looked": "request"}),
    ("bank1", "order strike {dispute} --document {paper}", {"entry": "entry"}),
    ("bank2", "entry ratify {entry}", {}),
    ("supplier1", "entry object {entry} --reason {long}", {}),
    ("bank1", "invoice examine {looked} --document {paper}", {}),
    ("supplier1", "finance withdraw {looked}", {}),
    ("bank1", "order lift {dispute} --document {paper}", {"entry": "entry"}),
    ("bank2", "entry ratify {entry}", {}),
    ("supplier2", "invoice withdraw {dispute}", {}),
    # defaults
    ("bank1", "order default anchor --kind persistent --document {paper}", {"entry": "entry"}),
    ("bank2", "entry ratify {entry}", {}),
    ("anchor", "entry object {entry} --reason {long}", {}),
    ("bank1", "order lift anchor --kind persistent --document {paper}", {"entry": "entry"}),
    ("bank2", "entry refuse {entry} --reason {long}", {}),
    # labels
    ("bank1", "governance propose label-scheme {hex} bank2 anchor", {"proposal": "proposal"}),
    ("bank1", "governance vote {proposal} yes", {}),
    ("bank2", "label attest {other} --scheme {hex} --grade {hex} --document {paper} --until +30d", {}),
    ("anchor", "label revoke {other} --scheme {hex}", {}),
    # products
    ("anchor", "product register {product_file}", {"product": "product"}),
    ("supplier1", "product agree {product}", {}),
    ("-", "product attest {event_file} --key gate", {}),
    ("anchor", "product event {event_file}", {}),
    ("anchor", "product event {event_file}", {}),
    ("supplier1", "product retire {product}", {}),
    # money
    ("bank1", "bill settle {wrong} --amount 1.00 --partial --reference S-0", {}),
    ("bank1", "bill reverse --reference S-0 --reason {long}", {}),
    ("bank1", "bill settle {paid} --amount 1000.00 --reference S-1", {}),
    ("bank1", "bill payment {paid} {paid_token} --status returned --reference P-1", {}),
    ("bank1", "bill payment {paid} {paid_token} --status instructed --reference P-2", {}),
    ("supplier1", "bill received {paid} {paid_token}", {}),
    # parties
    ("-", "party apply --id {newcomer} --sponsor bank1 --name-zh {long} --name-en Newcomer --role supplier "
          "--key fresh --until +30d --out {application}", {}),
    ("-", "party sign {application} --key fresh", {}),
    ("bank1", "party register {application}", {}),
    ("bank1", "party rename supplier3 --name-zh {long}己", {}),
    ("bank2", "party add-identifier supplier2 vat=CN42", {}),
    ("bank1", "party add-identifier supplier1 vat=CN43", {}),
    ("supplier1", "party give-up-identifier vat=CN43", {}),
    ("supplier1", "party encryption-key {hex}", {"change": "change"}),
    ("supplier1", "party change withdraw {change}", {}),
    ("supplier1", "party grant auditor --until +30d", {}),
    ("supplier1", "party grant auditor --revoke", {}),
    ("anchor", "party key add clerk --capability checker", {}),
    ("supplier3", "party key revoke supplier3-checker", {}),
    ("anchor", "party paying-bank ask bank2", {"acts": "acts_on"}),
    ("-", "localnet clock --to {acts}", {}),
    ("bank2", "party paying-bank accept anchor", {}),
    ("anchor", "party paying-bank ask bank1", {"acts": "acts_on"}),
    ("-", "localnet clock --to {acts}", {}),
    ("bank1", "party paying-bank refuse anchor", {}),
    ("bank2", "party paying-bank end anchor", {}),
    ("supplier1-checker", "party halt --reason {long}", {}),
    ("bank1", "party halt supplier1 --lift", {}),
    ("bank1", "party recover supplier1 --key fresh3 --document {paper}", {"recovery": "recovery"}),
    ("bank1", "party recovery withdraw {recovery}", {}),
    ("bank1", "party recover supplier1 --key fresh3 --document {paper}", {"recovery": "recovery"}),
    ("supplier1-checker", "party recovery veto {recovery}", {}),
    ("bank1", "party size supplier1 small --document {paper}", {}),
    ("bank1", "party suspend supplier1 --document {paper} --reason {long}", {"order": "order"}),
    ("supplier1", "party object {order} --reason {long}", {}),
    ("bank2", "party ratify {order}", {}),
    ("bank1", "party lift supplier1 --document {paper}", {}),
    ("bank1", "party insolvent supplier1 --authority {long} --number N-1 --document {paper} --document {paper2}",
     {"order": "order"}),
    ("bank2", "party ratify {order}", {}),
    ("bank1", "party administrator supplier1 --key fresh4 --authority {long} --number N-1 --document {paper}",
     {"order": "order"}),
    ("supplier3", "party leave", {}),
    ("supplier3", "party stay", {}),
    ("supplier3", "party leave", {}),
    ("bank1", "party offboard {newcomer}", {}),
    ("-", "localnet clock --advance 4d", {}),
    ("bank2", "token enforce {late} --owed 1.00", {}),
    ("supplier2", "pledge refuse {late}", {}),
    ("bank2", "pledge enforce {late} --owed 2.00", {}),
    ("supplier2", "pledge agree {late}", {}),
    ("supplier2", "token write-off {doubtful} --document {paper}", {}),
    ("supplier2", "token write-off {doubtful} --undo --reason {long}", {}),
    ("supplier2", "bill demand {overdue} --guarantor supplier3", {}),
    ("bank1", "bill pay-guarantee {overdue} --guarantor supplier3 --token {doubtful} --reference {long}", {}),
    ("bank1", "party close {newcomer}", {}),
    ("bank2", "party successor accept bank1", {}),
    ("bank1", "party successor name bank2", {}),
    ("supplier2", "party rotate-key --new fresh2", {}),
    # votes
    ("bank1", "governance store {source}", {}),
    ("bank1", "governance propose parameter open_offers 900", {"proposal": "proposal"}),
    ("bank1", "governance withdraw {proposal}", {}),
    ("bank1", "governance propose parameter open_offers 900", {"proposal": "proposal"}),
    ("bank1", "governance vote {proposal} yes", {}),
    # files
    ("-", "party key prove clerk --party anchor --capability checker", {}),
    ("supplier2", "tx build --call token.split {split} --out {file}", {}),
    ("supplier2", "tx sign {file}", {}),
    ("supplier2", "tx send {file}", {}),
]  # fmt: skip


class Printed:
    """What was printed as sheets and lists, to be printed again at other widths."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, Output, Any, Sequence[Column]]] = []
        self.again = False
        for name in ("thing", "rows"):
            original = getattr(Output, name)

            def printed(
                output: Output,
                data: Any,
                columns: Any = (),
                *more: Any,
                _as: str = name,
                _to: Any = original,
                **also: Any,
            ) -> Any:
                if not self.again:
                    self.calls.append((_as, output, data, columns))
                return _to(output, data, columns, *more, **also)

            monkeypatch.setattr(Output, name, printed)

    def value(self, name: str) -> Any:
        for _, _, data, _ in reversed(self.calls):
            if isinstance(data, dict) and data.get(name):
                return data[name]
        raise AssertionError(f"{name} was not answered: {self.calls}")


def known_values(desk: Desk, tmp_path: Path) -> dict[str, str]:
    """Files, and what there is before the first step."""
    for name in ("fresh", "fresh2", "fresh3", "fresh4", "clerk"):
        desk.text("key", "new", name, "--no-passphrase")
    for last, name in zip("甲乙丙丁", ("anchor", "supplier1", "supplier2", "supplier3"), strict=True):
        desk.text(
            "--as", "bank2" if name == "supplier2" else "bank1", "party", "rename", name, "--name-zh", LONG_NAME + last
        )
    for name in ("paper", "paper2"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    (tmp_path / "one.py").write_text("", encoding="utf-8")
    (tmp_path / "invoice.xml").write_text(right_invoice(desk), encoding="utf-8")
    made = product_file(tmp_path / "product.json", attestor(desk), ["supplier1"], name=LONG_NAME)
    paid = bill_over(desk, FINGERPRINT, "supplier1", "anchor", 100_000)
    [token] = desk.json("supplier1", "token", "list", "--bill", paid)
    return {
        "wrong": bill_over(desk, "5f" * 32, "supplier1", "anchor", 100_000),
        "largest": "90,071,992,540,000.00", "long": LONG_NAME, "fingerprint": FINGERPRINT, "hex": "ab" * 32,
        "paid": paid, "paid_token": token["id"], "paper": str(tmp_path / "paper"), "paper2": str(tmp_path / "paper2"),
        "application": str(tmp_path / "application.json"), "file": str(tmp_path / "file.tx"),
        "newcomer": make_test_uscc(b"applicant"), "source": str(tmp_path / "one.py"),
        "invoice": str(tmp_path / "invoice.xml"), "product_file": made, "event_file": str(tmp_path / "event.json"),
    }  # fmt: skip


def make_ready(words: str, known: dict[str, str]) -> None:
    """What a step finds that is made of what those before it answered."""
    known["split"] = json.dumps({"token": known.get("taken2", ""), "amounts": [1]})
    if "product attest" in words:
        event_file(Path(known["event_file"]), known["product"], "today")


def test_every_command_that_writes_is_walked() -> None:
    """Plain acts are one function of the program: some of them stand for all, and what one answers has its label."""
    walked = {path for path in leaves() if any(words.startswith(f"{path} ") or words == path for _, words, _ in STEPS)}
    plain = [act for act in acts().values() if act.plain is not None]
    commands = {act.command.rpartition(" ")[0] for act in plain}
    assert writing() - walked - commands == WITHOUT_LEDGER, "one that writes has a step in STEPS"
    assert not {
        name
        for act in plain
        for name in act.plain.answers or ()
        if not has_text(f"column.{name.partition('=')[2] or name}")
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_use_10_every_answer_of_a_write_fits_every_screen(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    known = known_values(desk, tmp_path)
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    faults: list[str] = []
    for who, words, wanted in STEPS:
        printed = Printed(monkeypatch)
        make_ready(words, known)
        line = [word.format(**known) for word in words.split()]
        monkeypatch.setenv("COLUMNS", "80")
        acting = [] if who == "-" else ["--as", who]
        desk.text("--lang", language, "--yes", "--no-color", *acting, *line)
        assert printed.calls or desk.err or desk.out, words
        faults += faults_of(desk.out, desk.err, 80, words, language, known)
        printed.again = True
        for width in WIDTHS[1:]:
            monkeypatch.setenv("COLUMNS", str(width))
            for name, output, data, columns in printed.calls:
                getattr(output, name)(data, columns)
            out, err = desk.capsys.readouterr()
            faults += faults_of(out, err, width, words, language, known)
        for name, field in wanted.items():
            value = printed.value(field)
            if isinstance(value, list):
                known |= {f"{name}{place}": str(one)[:18] for place, one in enumerate(value)}
            else:
                known[name] = str(value)
        monkeypatch.undo()
        monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True, raising=False)
    assert not faults, "\n".join(faults)


def faults_of(out: str, err: str, width: int, words: str, language: str, known: dict[str, str]) -> list[str]:
    """What a person at this screen would not see whole, or not in his language."""
    where = f"{words} ({language}, {width})\n{out}{err}"
    found = [
        f"wider than {width}: {where}" for one in out.splitlines() if cell_len(one) > width and not UNBROKEN.search(one)
    ]
    if "…" in out and "-o wide" not in err:
        found.append(f"cut without a word: {where}")
    joined = re.sub(r"\n +", "", out)
    wholes = {*HEX.findall(joined), *ID.findall(joined), *AMOUNT.findall(joined)}
    found += [f"{one} is folded: {where}" for one in wholes if joined.count(one) > out.count(one)]
    told = f"{out} {err}"
    for value in known.values():
        told = told.replace(value, " ")
    told = re.sub(KNOWN, " ", told)
    if language == "zh" and english_left(told):
        found.append(f"English: {english_left(told)} in {where}")
    if language == "en" and CHINESE.search(told.replace(LONG_NAME, "")):
        found.append(f"Chinese in {where}")
    return found
