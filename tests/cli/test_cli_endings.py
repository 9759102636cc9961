"""Every way out of a command: one exit code, one object, one readable line."""

from __future__ import annotations

import json

import click
import pytest
from chainbill_cli.endings import exit_code_for, failure_of, readable
from chainbill_cli.failure import Exit, exit_for_status

from chainbill.errors import InternalFault, Malformed, Reason, Refused


@pytest.mark.parametrize(
    ("error", "code", "expected"),
    [
        (Malformed(Reason.AMOUNT_RANGE, "x"), str(Reason.AMOUNT_RANGE), 2),
        (Refused(Reason.SIGNATURE_INVALID, "x"), str(Reason.SIGNATURE_INVALID), 3),
        (InternalFault(Reason.INTERNAL, "x"), "internal", 1),
        (ValueError("odd"), "internal", 1),
        (KeyboardInterrupt(), "aborted", 1),
        (click.Abort(), "aborted", 1),
        (click.ClickException("said"), "failed", 1),
        (click.UsageError("odd usage"), "usage", 2),
    ],
)
def test_failures(error: BaseException, code: str, expected: int) -> None:
    failure = failure_of(error)
    assert (failure.problem["code"], int(failure.exit_code)) == (code, expected)
    assert readable(failure.problem)[0]
    if expected in {2, 3} and code != "usage":
        assert failure.problem["status"] == {2: 400, 3: 422}[expected]


def test_exits(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_for(click.exceptions.Exit(3), []) == 3
    assert exit_code_for(SystemExit(4), []) == 4
    assert exit_code_for(SystemExit("x"), []) == 1
    assert exit_code_for(ValueError("odd"), ["-o=json", "-v"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["code"] == "internal"
    assert "ValueError: odd" in err, "-v shows where"
    assert exit_code_for(ValueError("odd"), ["--output=jsonl"]) == 1
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "expected"),
    [(400, Exit.USAGE), (401, Exit.NOT_PERMITTED), (403, Exit.NOT_PERMITTED), (404, Exit.FAILED), (409, Exit.REFUSED),
     (422, Exit.REFUSED), (500, Exit.FAILED)],
)  # fmt: skip
def test_statuses(status: int, expected: Exit) -> None:
    assert exit_for_status(status) is expected


def test_what_a_person_reads() -> None:
    problem = {
        "title": "Refused", "detail": "too long", "hint": "make it shorter",
        "rule": {"pack": "CN-77-2025", "article": "11", "text": "a year at most"},
        "errors": [{"parameter": "limit", "detail": "1 to 1000"}, {"odd": 1}, "plain"],
    }  # fmt: skip
    assert readable(problem) == [
        "Refused: too long", "  CN-77-2025 11 a year at most", "  - limit: 1 to 1000", '  - {"odd": 1}', "  - plain",
        "  → make it shorter",
    ]  # fmt: skip
    assert readable({"code": "bare"}) == ["bare"]
