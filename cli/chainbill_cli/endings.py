"""How a command ends: every exception becomes one exit code and one message.

With `-o json` the problem object goes to stdout as the answer; a readable line goes to stderr in any case.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from chainbill_cli.failure import Exit, Failure, fail, usage
from chainbill_cli.settings import default_home, read_config
from chainbill_cli.texts import text


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
    verbose = any(word in {"-v", "-vv", "--verbose"} for word in arguments)
    if failure.exit_code is Exit.FAILED and failure.problem.get("code") == "internal" and verbose:
        traceback.print_exception(error, file=sys.stderr)
    report(failure, wants_json(arguments))
    return int(failure.exit_code)


def failure_of(error: BaseException) -> Failure:
    """The failure that an exception stands for."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, click.Abort | KeyboardInterrupt):
        return fail(Exit.FAILED, "error.aborted")
    if isinstance(error, click.UsageError):
        return usage_failure(error)
    from chainbill.errors import InternalFault, Malformed, Refused

    if isinstance(error, Malformed | Refused):
        code = Exit.USAGE if isinstance(error, Malformed) else Exit.REFUSED
        fields = error.fields if isinstance(error.fields, dict) else {}
        return Failure(
            code,
            {
                **fields,
                "type": "about:blank",
                "title": text("error.failed"),
                "detail": error.detail or error.reason,
                "code": error.reason,
            },
        )
    if isinstance(error, InternalFault):
        return fail(Exit.FAILED, "error.internal", code="internal", kind=error.reason, detail=error.detail)
    if isinstance(error, click.ClickException):
        return Failure(
            Exit.FAILED,
            {"type": "about:blank", "title": text("error.failed"), "detail": error.message, "code": "failed"},
        )
    return fail(Exit.FAILED, "error.internal", code="internal", kind=type(error).__name__, detail=str(error))


def usage_failure(error: click.UsageError) -> Failure:
    """What was typed wrong, in the language in use."""
    hint = f"{error.ctx.command_path} --help" if error.ctx is not None else "chainbill --help"
    failure = _usage_kind(error)
    failure.problem.setdefault("hint", hint)
    return failure


def _usage_kind(error: click.UsageError) -> Failure:
    if isinstance(error, click.NoSuchOption):
        failure = usage("error.no_such_option", option=error.option_name)
        return _with_guess(failure, list(error.possibilities or ()))
    if type(error).__name__ == "NoArgsIsHelpError":
        return Failure(Exit.USAGE, {"title": "", "detail": error.format_message(), "code": "help", "hint": ""})
    if isinstance(error, click.MissingParameter):
        return usage("error.missing", what=_parameter(error))
    if isinstance(error, click.BadParameter):
        if isinstance(error.param, click.Parameter) and isinstance(error.param.type, click.Choice):
            choices = ", ".join(str(choice) for choice in error.param.type.choices)
            return usage("error.bad_value", what=_parameter(error), why=choices)
        return usage("error.bad_value", what=_parameter(error), why=error.message)
    name = getattr(error, "command_name", None)
    if name is not None or error.message.startswith("No such command"):
        return _no_such_command(error, str(name or error.message.split("'")[1]))
    return Failure(
        Exit.USAGE,
        {"type": "about:blank", "title": text("error.usage"), "detail": error.format_message(), "code": "usage"},
    )


def _no_such_command(error: click.UsageError, name: str) -> Failure:
    from difflib import get_close_matches

    known: list[str] = []
    if error.ctx is not None and isinstance(error.ctx.command, click.Group):
        known = error.ctx.command.list_commands(error.ctx)
    return _with_guess(usage("error.no_such_command", command=name), get_close_matches(name, known, 1))


def _with_guess(failure: Failure, guesses: list[str]) -> Failure:
    if guesses:
        failure.problem["hint"] = text("error.did_you_mean", what=guesses[0])
    return failure


def _parameter(error: click.BadParameter) -> str:
    parameter = error.param
    if parameter is None:
        return error.param_hint if isinstance(error.param_hint, str) else "?"
    if isinstance(parameter, click.Argument):
        return parameter.make_metavar(error.ctx) if error.ctx is not None else (parameter.name or "?").upper()
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


def kept_output(arguments: Sequence[str]) -> str:
    """The form of output that the home keeps; "" when it keeps none or cannot be read."""
    home = os.environ.get("CHAINBILL_HOME", "")
    for position, word in enumerate(arguments):
        if word == "--home" and position + 1 < len(arguments):
            home = arguments[position + 1]
        elif word.startswith("--home="):
            home = word.removeprefix("--home=")
    try:
        return str(read_config(Path(home).expanduser() if home else default_home()).get("output", ""))
    except (OSError, ValueError):
        return ""


def report(failure: Failure, as_json: bool) -> None:
    """Print a failure: the object to stdout if a program asked, a readable form to stderr."""
    problem = failure.problem
    if as_json:
        print(json.dumps(problem, ensure_ascii=False), flush=True)
    for line in readable(problem):
        print(line, file=sys.stderr)
    sys.stderr.flush()


def _entry(entry: Any) -> str:
    if isinstance(entry, dict):
        return str(entry.get("detail") or json.dumps(entry, ensure_ascii=False))
    return str(entry)


def readable(problem: dict[str, Any]) -> list[str]:
    """The lines a person reads about a problem object."""
    title, detail = str(problem.get("title") or ""), str(problem.get("detail") or "")
    both = title and detail and title != detail
    lines = [f"{title}: {detail}" if both else detail or title or str(problem.get("code"))]
    rule = problem.get("rule")
    if isinstance(rule, dict):
        lines.append("  " + " ".join(str(rule[name]) for name in ("pack", "article", "text") if rule.get(name)))
    lines += [f"  - {_entry(entry)}" for entry in problem.get("errors") or ()]
    if problem.get("hint"):
        lines.append("  → " + str(problem["hint"]))
    return lines
