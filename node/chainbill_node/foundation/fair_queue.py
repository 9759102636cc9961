"""Fair queue: keys take turns, and the items of each stand in their order. Pure; others bound how many.

The field's word: fair queueing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item", bound=Hashable)


class InTurn(Generic[Key, Item]):
    """Each item is here once. Of a a a b and then c those that are taken are a b c a a."""

    def __init__(self) -> None:
        self._of: dict[Key, dict[Item, None]] = {}  # whose turn is next stands first
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Key]:
        """The keys, whose turn is next first."""
        return iter(self._of)

    @property
    def keys(self) -> int:
        """How many of them have something here."""
        return len(self._of)

    def of(self, key: Key) -> int:
        """How many items of this key are here."""
        return len(self._of.get(key, ()))

    def put(self, key: Key, item: Item) -> None:
        """Behind what this key has here."""
        self._of.setdefault(key, {})[item] = None
        self._count += 1

    def first(self, key: Key) -> Item:
        """The oldest of this key's."""
        return next(iter(self._of[key]))

    def remove(self, key: Key, item: Item) -> bool:
        """It waits no more; whether it did."""
        items = self._of.get(key, {})
        if item not in items:
            return False
        del items[item]
        self._count -= 1
        if not items:
            del self._of[key]
        return True

    def pass_on(self, key: Key) -> None:
        """This key has had its turn."""
        if key in self._of:
            self._of[key] = self._of.pop(key)

    def take(self, key: Key) -> Item:
        """Take out the oldest of this key's, which has had its turn then."""
        item = self.first(key)
        self.remove(key, item)
        self.pass_on(key)
        return item
