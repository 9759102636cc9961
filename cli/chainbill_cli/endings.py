"""How a command ends: every exception becomes one exit code and one message.

With `-o json` the problem object goes to stdout as the answer; a readable line goes to stderr in any case.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chainbill.shown import shown
from chainbill_cli.acts import in_commands, names_an_act
from chainbill_cli.closest import closest
from chainbill_cli.contract_constants import contract_constant
from chainbill_cli.details import detail_lines
from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.kit import AllMissing
from chainbill_cli.locks import freed_by
from chainbill_cli.money_said import details_said
from chainbill_cli.output import Names, json_line
from chainbill_cli.settings import default_home, read_config
from chainbill_cli.texts import bracketed, enumerated, in_language, label, language, text
from chainbill_cli.told import told
from chainbill_cli.word_choice import WordChoice

if TYPE_CHECKING:
    from chainbill.errors import ChainbillError

ID_LENGTHS = (18, 20)
"""Characters of a USCC and of a LEI."""
PARAMETER_SET = re.compile(r"`?\b([a-z_]+)=([a-z]+)\b`?")
BARE_PARAMETER = re.compile(r"\bknown_at\b|^(?:after|at)(?= 不是| is not)")
"""Parameters of addresses that stand as words in what a node says of them."""
EXTRA_ARGUMENTS = re.compile(r"unexpected extra arguments? \((.*)\)")
HINTS = {
    "maker_and_checker_needed": "error.hint_two_keys",
    "second_admin_needed": "error.hint_two_admins",
    "capability_missing": "error.hint_capability",
    "last_admin_key": "error.hint_admin_key",
    "possession_not_proved": "error.hint_possession",
    "paying_bank_missing": "error.hint_paying_bank",
    "mandate_unknown": "error.hint_paying_bank",
    "not_taken_over": "error.hint_successor",
    "account_exists": "error.hint_account",
    "account_unknown": "error.hint_account",
    "party_halted": "error.hint_halt",
    "recovery_under_way": "error.hint_recoveries",
    "recovery_unknown": "error.hint_recoveries",
    "open_items": "error.hint_open_items",
    "change_unknown": "error.hint_changes",
    "clock_step_not_valid": "error.hint_clock",
    "kind_unknown": "error.hint_kinds",
    "not_offered_to_you": "error.hint_offers",
}
"""Refusals after which a command of this program is the remedy."""
INSTEAD = frozenset({
    "clock_step_not_valid", "kind_unknown", "not_offered_to_you", "maker_and_checker_needed", "second_admin_needed",
})  # fmt: skip
"""Of these, where a node's remedy speaks of arguments or lists that a command takes otherwise, or says no more."""
READS = {
    "bad_parameter": "error.hint_option_values",
    "unknown_parameter": "error.hint_option_values",
    "bad_at": "error.hint_at",
    "known_before_at": "error.hint_known_at",
    "bad_cursor": "error.hint_cursor",
    "cursor_mismatch": "error.hint_cursor",
    "not_found": "error.hint_not_found",
    "route_unknown": "error.hint_node_address",
    "signature_required": "error.hint_sign_reads",
}
"""Refusals of reads whose remedy a node tells in the parameters of its addresses; here people type options."""


def exit_code_for(error: BaseException, arguments: Sequence[str]) -> int:
    """Print what there is to say about the end of a command and return its exit code."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(Exit.FAILED)
    if isinstance(error, BrokenPipeError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  the reader of the pipe has gone
        return int(Exit.OK)
    failure = failure_of(error)
    if isinstance(error, UnicodeEncodeError) and not all(map(is_unicode, arguments)):
        failure = usage("error.typed_no_text")
    verbose = any(word in {"-v", "-vv", "--verbose"} for word in arguments)
    if verbose and "kind" in failure.problem:  # a fault of this program
        traceback.print_exception(error, file=sys.stderr)
    try:
        report(failure, wants_json(arguments), partial(local_name, arguments))
    except OSError:  # a pipe without a reader, a terminal that was closed
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  nobody reads; the exit code still tells
    return int(failure.exit_code)


def is_unicode(typed: str) -> bool:
    """Whether what was typed is text: bytes that are none in the encoding in use come as halves of characters."""
    return not any("\ud800" <= one <= "\udfff" for one in typed)


def failure_of(error: BaseException) -> Failure:
    """The failure that an exception stands for."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return fail(Exit.FAILED, "error.aborted")
    if isinstance(error, click.UsageError):
        return usage_failure(error)
    from chainbill.errors import ChainbillError, InternalFault

    if isinstance(error, InternalFault):
        return fail(Exit.FAILED, "error.internal", code="internal", kind=error.reason, detail=error.detail)
    if isinstance(error, ChainbillError):
        return core_failure(error)
    if isinstance(error, click.ClickException):
        return Failure(Exit.FAILED, _object("error.failed", error.message, "failed"))
    return fail(Exit.FAILED, "error.internal", code="internal", kind=type(error).__name__, detail=str(error))


def core_failure(error: ChainbillError) -> Failure:
    """A refusal of the core on this machine, in the words that a node would use for it."""
    from chainbill_node.rest.texts import load_texts

    from chainbill.errors import Malformed

    fields = error.fields if isinstance(error.fields, dict) else {}
    said = load_texts().say(str(error.reason), "zh" if language() == "zh" else "en", fields)
    malformed = isinstance(error, Malformed)
    title = "error.usage" if malformed else "error.refused_here"
    problem = _object(title, said.detail or error.detail or str(error.reason), str(error.reason))
    if said.hint:
        problem["hint"] = said.hint
    if error.detail and error.detail != problem["detail"]:
        problem["cause"] = error.detail
    problem["status"] = 400 if malformed else 422
    return Failure(Exit.USAGE if malformed else Exit.REFUSED, {**fields, **problem})


def _object(title: str, detail: str, code: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": text(title), "detail": detail, "code": code}


def usage_failure(error: click.UsageError) -> Failure:
    """What was typed wrong, in the language in use."""
    hint = f"{error.ctx.command_path} --help" if error.ctx is not None else "chainbill --help"
    failure = _usage_kind(error)
    failure.problem.setdefault("hint", hint)
    return failure


def _usage_kind(error: click.UsageError) -> Failure:
    if isinstance(error, click.NoSuchOption):
        failure = usage("error.no_such_option", option=error.option_name)
        known = [name for one in _parameters(error.ctx) for name in one.opts if name.startswith("--")]
        return _with_guess(failure, error.option_name, known)
    if type(error).__name__ == "NoArgsIsHelpError":
        return Failure(Exit.USAGE, {"title": "", "detail": error.format_message(), "code": "help", "hint": ""})
    if isinstance(error, click.MissingParameter):
        missing = error.missing if isinstance(error, AllMissing) else [error.param]
        return usage("error.missing", what=enumerated(_parameter(one, error) for one in missing))
    if isinstance(error, click.BadParameter):
        return usage("error.bad_value", what=_parameter(error.param, error), why=wanted(error))
    if isinstance(error, click.BadOptionUsage):
        return usage("error.option_value", option=error.option_name)
    name = getattr(error, "command_name", None)
    if name is not None or error.message.startswith("No such command"):
        return _no_such_command(error, str(name or error.message.split("'")[1]))
    extra = EXTRA_ARGUMENTS.search(error.message)
    if extra:
        return usage("error.too_many", what=extra.group(1))
    return Failure(Exit.USAGE, _object("error.usage", error.format_message(), "usage"))


def wanted(error: click.BadParameter) -> str:
    """What a parameter takes, in the language in use; click's own words for types that are not used here."""
    kind = error.param.type if error.param is not None else None
    if error.message == text("error.wants_value"):
        return error.message
    if isinstance(kind, WordChoice):
        return text("error.wants_choice", choices=text("root.list_comma").join(kind.told()))
    if isinstance(kind, click.Choice):
        return text("error.wants_choice", choices=text("root.list_comma").join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange | click.FloatRange):
        if kind.max is not None:
            return text("error.wants_between", low=kind.min, high=kind.max)
        return text("error.wants_above" if kind.min_open else "error.wants_at_least", low=kind.min)
    if kind is click.INT:
        return text("error.wants_number")
    return error.message


def _no_such_command(error: click.UsageError, name: str) -> Failure:
    known: list[str] = []
    if error.ctx is not None and isinstance(error.ctx.command, click.Group):
        known = error.ctx.command.list_commands(error.ctx)
    return _with_guess(usage("error.no_such_command", command=name), name, known)


def _parameters(context: click.Context | None) -> list[click.Parameter]:
    """What may be typed at a command: its own parameters and the program's."""
    if context is None:
        return []
    own = context.command.get_params(context)
    return own if context.parent is None else [*own, *context.find_root().command.params]


def _with_guess(failure: Failure, typed: str, known: Sequence[str]) -> Failure:
    """Ask whether the closest of what is known was meant: the dashes, which all options share, do not count."""
    words = {name.lstrip("-"): name for name in known}
    for guess in closest(typed.lstrip("-"), words, 1):
        failure.problem["hint"] = text("error.did_you_mean", what=words[guess])
    return failure


def _parameter(parameter: click.Parameter | None, error: click.BadParameter) -> str:
    if parameter is None:
        return error.param_hint if isinstance(error.param_hint, str) else "?"
    if isinstance(parameter, click.Argument):
        if parameter.metavar is None and isinstance(parameter.type, click.Choice):
            return label(parameter.name or "")  # its choices are told as what it takes
        return in_language(parameter.metavar or (parameter.name or "?").upper())
    return max(parameter.opts, key=len)


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the line (or the environment) asks for JSON, also when it could not be parsed."""
    asked = os.environ.get("CHAINBILL_OUTPUT", "") or kept_output(arguments)
    for position, word in enumerate(arguments):
        if word in {"-o", "--output"} and position + 1 < len(arguments):
            asked = arguments[position + 1]
        elif word.startswith("--output="):
            asked = word.removeprefix("--output=")
        elif word.startswith("-o") and len(word) > 2:
            asked = word[2:].removeprefix("=")
    return asked in {"json", "jsonl"}


def home_of(arguments: Sequence[str]) -> Path:
    """The home that the line or the environment names, else the default."""
    home = os.environ.get("CHAINBILL_HOME", "")
    for position, word in enumerate(arguments):
        if word == "--home" and position + 1 < len(arguments):
            home = arguments[position + 1]
        elif word.startswith("--home="):
            home = word.removeprefix("--home=")
    return Path(home).expanduser() if home else default_home()


def kept_output(arguments: Sequence[str]) -> str:
    """The form of output that the home keeps; "" when it keeps none or cannot be read."""
    try:
        return str(read_config(home_of(arguments)).get("output", ""))
    except (OSError, ValueError):
        return ""


def local_name(arguments: Sequence[str], party: str) -> str:
    """What the home calls a party; what is no party's id as it is."""
    from chainbill_cli.home import load_network

    if len(party) not in ID_LENGTHS:
        return party
    try:
        name = load_network(home_of(arguments)).name_of(party)
    except (Failure, OSError):
        return party
    return party if name == party else bracketed(name, party)


def report(failure: Failure, as_json: bool, name_of: Names = str) -> None:
    """Print a failure: the object to stdout if a program asked, a readable form to stderr."""
    problem = failure.problem
    if as_json:
        print(json_line(problem), flush=True)
    for line in readable(problem, name_of):
        print(told(shown(line, keep="\n")), file=sys.stderr)
    sys.stderr.flush()


def _entry(entry: Any, *, as_option: bool) -> str:
    if isinstance(entry, dict):
        said = str(entry.get("detail") or json.dumps(entry, ensure_ascii=False))
        name = str(entry.get("parameter") or "")
        called = label(name)
        if as_option and name:  # people typed it as an option
            said = in_options(said)
            called = f"--{name.replace('_', '-')}"
        return f"{called}{text('root.colon')}{said}" if name else said
    return enumerated(_entry(one, as_option=as_option) for one in entry) if isinstance(entry, list) else str(entry)


def in_options(said: str) -> str:
    """What a node says of the parameters of an address, as the options that people type."""
    set_so = PARAMETER_SET.sub(lambda found: f"--{found[1].replace('_', '-')} {found[2]}", said)
    return BARE_PARAMETER.sub(lambda found: f"--{found[0].replace('_', '-')}", set_so)


def readable(problem: dict[str, Any], name_of: Names = str) -> list[str]:
    """The lines a person reads about a problem object. name_of: gives the name of a party."""
    title, detail = str(problem.get("title") or ""), str(problem.get("detail") or "")
    if problem.get("code") in READS:
        title, detail = in_options(title), in_options(detail)
    both = title and detail and title != detail
    colon = text("root.colon")
    lines = [f"{title}{colon}{detail}" if both else detail or title or str(problem.get("code"))]
    rule = problem.get("rule")
    if isinstance(rule, dict):
        lines.append("  " + " ".join(str(rule[name]) for name in ("pack", "article", "text") if rule.get(name)))
    details = problem.get("details")
    if isinstance(details, dict):
        code = str(problem.get("code"))
        lines += [f"  {line}" for line in detail_lines(details_said(code, details), code, name_of)]
    of_a_read = problem.get("code") in READS
    lines += [f"  - {_entry(entry, as_option=of_a_read)}" for entry in problem.get("errors") or ()]
    return lines + [f"  → {hint}" for hint in remedies(problem)]


TAKEN_BACK = {
    "agreed": "error.hint_agreed", **dict.fromkeys(("disbursed", "repaid", "ended"), "error.hint_paid_out"),
}  # fmt: skip
"""Where a quote stands that cannot be taken back, or the request of one that cannot be cancelled → what to do."""


def _of_details(code: str, details: Mapping[str, Any]) -> str:
    """The key of the remedy where details say more than the reason does; "" for others."""
    if code == "quote_transition" and details.get("to") == "withdrawn":
        return TAKEN_BACK.get(str(details.get("from")), "")
    if code == "no_recourse" and details.get("kind"):
        given = details["kind"] in contract_constant("recourse", "GIVEN_BY")
        return "error.hint_recourse_agreed" if given else "error.hint_no_giver"
    return ""


def remedies(problem: dict[str, Any]) -> list[str]:
    """What to do, in commands: this program's own hint first, then the node's where it says anything else."""
    code = problem.get("code")
    if code in READS and "instance" in problem:  # a node said it, of an address
        return [text(READS[str(code)])]
    details = problem.get("details") or {}
    freed = list(freed_by(details.get("locks"), str(details.get("token") or ""))) if code == "token_locked" else []
    if freed:
        return freed
    special = _of_details(str(code), details)
    if special:
        return [text(special)]
    own = text(HINTS[str(code)]) if code in HINTS else ""
    given = str(problem.get("hint") or "")
    if own and (names_an_act(given) or code in INSTEAD):
        return [own]
    return [hint for hint in (own, in_language(in_commands(given))) if hint]
