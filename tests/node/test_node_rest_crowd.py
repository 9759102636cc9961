"""The crowd of connections: which one gives way, and what is kept of those that have left, without a socket."""

from __future__ import annotations

from chainbill_node.rest.server.connection_limit import Crowd

MOST, OF_ADDRESS = 20, 10


class One:
    def __init__(self, crowd: Crowd, address: str, stage: str = "answer", *, awaits_commit: bool = False) -> None:
        self.address, self.stage, self.awaits_commit = address, stage, awaits_commit
        self.told: list[bytes] = []
        crowd.enter(self)  # type: ignore[arg-type]

    def end(self, reason: str, words: bytes = b"") -> None:
        assert reason.startswith("too_many_connections")
        self.told.append(words)


def a_crowd() -> Crowd:
    return Crowd(MOST, OF_ADDRESS, 1024, lambda _: None)


def test_nothing_is_kept_of_who_has_left() -> None:
    """An address that stays in the count is memory for good, and lowers what an even share of all is."""
    crowd = a_crowd()
    for number in range(MOST):
        one = One(crowd, f"10.0.0.{number}")
        crowd.leave(one)  # type: ignore[arg-type]
        crowd.leave(one)  # type: ignore[arg-type]
    assert (len(crowd), len(crowd._of)) == (0, 0)


def test_the_oldest_that_stalls_of_the_address_that_holds_most_gives_way() -> None:
    crowd = a_crowd()
    few = [One(crowd, "10.0.0.1", "idle") for _ in range(3)]
    many = [One(crowd, "10.0.0.9", stage) for stage in ("answer", "body", "idle", *["answer"] * 5)]
    rest = [One(crowd, f"10.0.1.{number}") for number in range(MOST - len(few) - len(many))]
    newcomer = One(crowd, "10.0.0.2")
    assert [one.told for one in (*few, *rest, newcomer)] == [[]] * (len(few) + len(rest) + 1)
    assert [number for number, one in enumerate(many) if one.told] == [2]
    assert len(crowd) == MOST


def test_for_a_newcomer_one_that_waits_for_a_commit_is_told_and_no_second_one() -> None:
    crowd = a_crowd()
    many = [One(crowd, "10.0.0.9", awaits_commit=True) for _ in range(10)]
    others = [One(crowd, "10.0.0.8") for _ in range(5)]
    others += [One(crowd, f"10.0.1.{number}") for number in range(5)]
    newcomer = One(crowd, "10.0.0.2")
    assert [len(one.told) for one in many] == [1, *[0] * 9]
    assert many[0].told[0].startswith(b"HTTP/1.1 503")
    assert not any(one.told for one in (*others, newcomer))


def test_an_address_holds_no_more_than_its_part_of_what_is_left() -> None:
    crowd = a_crowd()
    first = [One(crowd, "10.0.0.9") for _ in range(12)]
    assert sum(bool(one.told) for one in first) == 2
    for one in first:
        if one.told:
            crowd.leave(one)  # type: ignore[arg-type]
    second = [One(crowd, "10.0.0.8") for _ in range(7)]
    assert sum(bool(one.told) for one in second) == 2
