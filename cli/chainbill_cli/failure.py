"""Failures of a command: an exit code and a problem object (RFC 9457), as a node would give it."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from chainbill_cli.texts import has_text, text


class Exit(IntEnum):
    """Exit codes of the program."""

    OK = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    NOT_PERMITTED = 4
    UNREACHABLE = 5
    PENDING = 6


class Failure(Exception):  # noqa: N818  an ending that is planned for, not an error of the program
    """A command ends here. `problem` is what `-o json` prints; `exit_code` is one of `Exit`."""

    def __init__(self, exit_code: Exit, problem: dict[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title") or problem.get("code")))
        self.exit_code = exit_code
        self.problem = problem


TITLES = {
    Exit.FAILED: "error.failed",
    Exit.USAGE: "error.usage",
    Exit.REFUSED: "error.refused_here",
    Exit.NOT_PERMITTED: "error.not_permitted",
}
STATUSES = {Exit.USAGE: 400, Exit.NOT_PERMITTED: 403, Exit.REFUSED: 422, Exit.UNREACHABLE: 503}
"""The HTTP status that a node's problem object has for such an end; what fails on this machine alone has none."""


def fail(exit_code: Exit, key: str, /, *, code: str = "", hint: str = "", **fields: object) -> Failure:
    """A failure from a text key. `code` defaults to the last part of the key; `hint` is ready text.

    Where there is none, it is the text `mend.` and the key, for a failure whose own text does not say what to do.
    """
    told = {**fields, "value": text("value.nothing")} if fields.get("value") == "" else fields
    detail = text(key, **told) if told else text(key)
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": text(TITLES[exit_code]) if exit_code in TITLES else detail,
        "detail": detail,
        "code": code or key.partition(".")[2].replace(".", "_"),
    }
    status = STATUSES.get(exit_code) if problem["code"] != "not_found" else 404
    if status:
        problem["status"] = status
    mend = f"mend.{key}"
    if hint or has_text(mend):
        problem["hint"] = hint or text(mend)
    for name, value in fields.items():
        if name not in problem and isinstance(value, str | int):
            problem[name] = value
    return Failure(exit_code, problem)


def usage(key: str, /, **fields: object) -> Failure:
    """A failure of the kind "you typed it wrong" (exit 2)."""
    return fail(Exit.USAGE, key, code="", hint="", **fields)


NO_KEY_FOR_IT = frozenset({"key_not_registered", "key_not_active", "key_of_other_party"})
"""Refusals of the ledger that say: who signed may not act for this party at all."""


def exit_for_status(status: int, code: str = "") -> Exit:
    """Exit code for an HTTP status of a node's problem object, and its code."""
    if status in {401, 403} or code in NO_KEY_FOR_IT:
        return Exit.NOT_PERMITTED
    if status in {409, 422}:
        return Exit.REFUSED
    if status == 400:
        return Exit.USAGE
    return Exit.FAILED
