"""Heights, dates and times of `--at` and `--known-at`: a day may be typed as anywhere else, `today` or `+3d`."""

from __future__ import annotations

from typing import Any

import click

from chainbill_cli.half_width import half_width
from chainbill_cli.session import current_session
from chainbill_cli.values import is_day_word


class When(click.ParamType[str]):
    """What a node takes as a moment; days that are typed in words or relative to today become dates."""

    name = "when"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The date of a day in words; all else as it was typed, which a node judges."""
        del param, ctx
        typed = half_width(str(value)).strip()
        return current_session().date(typed) if is_day_word(typed) else typed
