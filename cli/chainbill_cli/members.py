"""Members of an object in a file that a person wrote: every refusal names the file and the member, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from chainbill_cli.failure import Failure, usage
from chainbill_cli.texts import text

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Members:
    """The object `found` in the file at `path`; of a list of parts it is the one with this number, from 1."""

    path: str
    found: Mapping[str, Any]
    part: int = 0

    def check(self, needed: Iterable[str], more: Iterable[str] = ()) -> Members:
        """These members; a failure for the first that is missing or not known."""
        known = [*needed]
        for name in known:
            if name not in self.found:
                raise self.wrong(name, "product.no_member")
        for name in sorted(set(self.found) - {*known, *more}):
            raise self.wrong(name, "product.unknown_member")
        return self

    def wrong(self, name: str, key: str = "product.bad_member", **told: object) -> Failure:
        """The failure of a member."""
        return usage(key, path=self.path, member=self._named(name), **told)

    def of_kind(self, name: str, kind: type[Read]) -> Read:
        """The value of a member, which must be of this kind; true and false are no numbers."""
        value = self.found[name]
        if type(value) is not kind:
            raise self.wrong(name)
        return value

    def read(self, name: str, reader: Callable[[str], Read]) -> Read:
        """What a text says to its reader, whose refusal is told as that of the member."""
        typed = self.of_kind(name, str)
        try:
            return reader(typed)
        except Failure as failure:
            why = str(failure.problem.get("detail") or failure)
            detail = text("product.in_member", path=self.path, member=self._named(name), why=why)
            raise Failure(failure.exit_code, {**failure.problem, "detail": detail}) from failure

    def _named(self, name: str) -> str:
        return text("product.of_part", number=self.part, member=name) if self.part else name
