"""What people read when something is refused: no name of a function or of code, and a mend for what they typed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from chainbill_cli.acts import in_commands, names_an_act
from chainbill_cli.endings import readable
from chainbill_cli.texts import set_language
from chainbill_contracts import reasons, source
from chainbill_node.rest.texts import load_texts
from cli.cli_fakes import BILL, PARTIES, TOKEN, FakeNode, Shell, problem
from cli.test_cli_chinese import acts_details

pytestmark = pytest.mark.untraced

CODE_NAME = re.compile(r"(?<![\w/.-])[a-z]+_[a-z_]+(?![\w/])")
COMMAND = re.compile(r"governance propose [a-z_]+")
PARAMETERS = {entry.elts[0].value for node in ast.walk(ast.parse(source("governance")))
              if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "PARAMETERS"
              and isinstance(node.value, ast.List)
              for entry in node.value.elts
              if isinstance(entry, ast.List) and isinstance(entry.elts[0], ast.Constant)}  # fmt: skip
TYPED = {"non_transferable", "debtor_pays_interest", "min_split", *PARAMETERS}
"""Names that are typed as they stand: terms of a bill, parameters that are voted on."""
VALUES: dict[str, Any] = {
    "acts": ["bill.confirm"], "locks": ["in_finance"], "roles": ["bank"], "missing": ["amount"], "needed": 2,
    "unknown": ["other"], "set": ["bill"], "problem": "character_not_allowed",
}  # fmt: skip
"""What stands in a detail whose value a contract works out."""


@pytest.fixture(params=["en", "zh"])
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language("en")


def test_no_refusal_of_the_contracts_names_a_function_or_code(spoken: str) -> None:
    """Every reason, with every detail that it can name and the call that it refuses, as the command line shows it."""
    named: dict[str, dict[str, Any]] = {}
    for code, member, value in acts_details():
        literal = value.value if isinstance(value, ast.Constant) else VALUES.get(member, PARTIES["bank1"])
        named.setdefault(code, {})[member] = literal
    named.setdefault("set_not_valid", {}).update(problem="character_not_allowed", contract="bill", line=3)
    asked = {"call": 0, "contract": "party", "function": "add_key"}
    found = {}
    for code in reasons():
        said = load_texts().say(code, spoken)  # type: ignore[arg-type]
        details = {**named.get("", {}), **named.get(code, {})}
        details = details if "contract" in details else {**asked, **details}
        told = {"title": said.title, "detail": said.detail, "hint": said.hint, "code": code, "details": details}
        lines = [COMMAND.sub("", line) for line in readable(told)]
        names = {one for line in lines for one in CODE_NAME.findall(line)} - TYPED
        names |= {line for line in lines if names_an_act(line) and "bill.confirm" not in line}
        names |= {one for line in lines for one in ("milliseconds", "to_ms") if f"{one} " in line or f"{one}，" in line}
        if names:
            found[code] = names
    assert not found


def test_a_call_that_is_refused_is_named_by_its_command(shell: Shell, node: FakeNode) -> None:
    details = {"call": 0, "contract": "token", "function": "transfer", "status": "active"}
    node.answers["POST /v1/transactions"] = problem(422, "party_halted", details=details)
    shell.run("--lang", "zh", "token", "accept", TOKEN, expect=3)
    assert "命令：chainbill token transfer 子凭证 --to 参与方:金额" in shell.err
    assert "函数" not in shell.err


def test_a_vote_is_named_by_its_command() -> None:
    told = "chainbill governance propose party_claim"
    assert in_commands("claim it by vote: governance propose party_claim.") == f"claim it by vote: {told}."
    assert in_commands(told) == told


@pytest.mark.parametrize(
    ("words", "guess"),
    [
        (("bill", "list", "--stats", "x"), "--status"),
        (("bill", "list", "--debter", "x"), "--debtor"),
        (("bill", "list", "--ouput", "json"), "--output"),
        (("bill", "list", "--reason", "x"), ""),
        (("--reason", "x", "bill", "list"), ""),
        (("party", "account", "--bank", "x"), ""),
        (("token", "transfr"), "transfer"),
        (("token", "zzz"), ""),
    ],
)
def test_only_what_is_close_is_asked_for(words: tuple[str, ...], guess: str, shell: Shell) -> None:
    """`--reason` was answered with "did you mean `--as`?" """
    shell.run(*words, expect=2)
    assert (f"did you mean {guess}?" in shell.err) == bool(guess)
    assert ("did you mean" in shell.err) == bool(guess)


@pytest.mark.parametrize(
    ("status", "code", "mend"),
    [
        (400, "bad_parameter", "--help"), (400, "bad_at", "--at"), (400, "bad_cursor", "--after"),
        (404, "not_found", "--as 身份"), (404, "route_unknown", "--node http://"),
        (400, "known_before_at", "--known-at"),
    ],
)  # fmt: skip
def test_a_read_is_mended_with_options(status: int, code: str, mend: str, shell: Shell, node: FakeNode) -> None:
    """The node's own remedy speaks of parameters of addresses: `next`, `at`, /docs, GET /openapi.json."""
    hint = load_texts().say(code, "zh").hint
    errors = [{"parameter": "reached_tier", "code": "parameter_bound", "detail": "须 ≥ 1"}]
    node.answers[f"GET /v1/bills/{BILL}"] = problem(status, code, hint=hint, instance="/v1/bills", errors=errors)
    answer = shell.run("--lang", "zh", "bill", "show", BILL, "-o", "json", expect=None)
    assert answer["hint"] == hint, "programs get what the node said"
    [remedy] = [line for line in shell.err.splitlines() if "→" in line]
    assert mend in remedy
    assert "--reached-tier：须 ≥ 1" in shell.err


def test_a_file_that_holds_no_transaction_is_mended_by_another_file(shell: Shell) -> None:
    (shell.home / "payees.csv").write_text("supplier2,1.00\n", encoding="utf-8")
    shell.run("tx", "send", str(shell.home / "payees.csv"), expect=1)
    assert "→ give a file that chainbill tx build or chainbill tx sign wrote" in shell.err
    assert "encoding.md" not in shell.err


def test_settings_that_could_never_serve_are_refused(shell: Shell) -> None:
    shell.run("config", "set", "currency", "RMB", expect=2)
    shell.run("config", "set", "node", "banana", expect=2)
    for value in ("abc", "0", "²"):
        shell.run("--lang", "zh", "config", "set", "timeout", value, expect=2)
        assert "请写成 30" in shell.err, "it said `timeout：abc` and no more"
    shell.run("config", "set", "currency", "EUR")
    shell.run("config", "set", "node", "http://127.0.0.1:7000")


def test_what_a_kind_of_proposal_takes_is_said_in_the_language(shell: Shell) -> None:
    shell.run("--lang", "zh", "governance", "propose", "parameter", expect=2)
    assert "parameter 需要 名称 值" in shell.err


def test_a_name_that_several_lists_know_is_asked_for_once() -> None:
    """A party and a profile have the same name: "did you mean anchor or anchor"."""
    from chainbill_cli.closest import closest

    assert closest("anchr", ["anchor", "supplier1", "anchor", "anchor2"]) == ["anchor", "anchor2"]
