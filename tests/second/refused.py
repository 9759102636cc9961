"""Why something is refused: the reasons of errors.md ("Reasons of the core"), which programs key on."""

from __future__ import annotations


class RefusedError(Exception):
    """What was read is not what the documents allow: the code that they name, and the step where they number one."""

    def __init__(self, reason: str, what: str = "", step: str = "") -> None:
        super().__init__(f"{step} {reason} {what}".strip())
        self.reason = reason
        self.step = step


def must(condition: object, reason: str, what: str = "") -> None:
    """Go on, or refuse for this reason."""
    if not condition:
        raise RefusedError(reason, what)
