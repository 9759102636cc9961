"""A client that believes nobody. Written from light-client.md; every refusal names the step that failed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from second import certificate as certificates
from second import evidence as pieces
from second import log_tree, receipts, rows, state_proof, transaction, validators
from second.codec import decode
from second.header_block import NONE, Header, header_of, read_block
from second.keys import Part, row_key
from second.refused import RefusedError, must

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from second.genesis import Genesis
    from second.validators import ValidatorSet

KNOWN_PROTOCOLS = (1,)
MAX_TRUSTING_MS = 604_800_000
DAY_MS = 86_400_000


@contextmanager
def step(name: str) -> Iterator[None]:
    """What is refused inside is refused in this step."""
    try:
        yield
    except RefusedError as error:
        if error.step:
            raise
        raise RefusedError(error.reason, str(error), name) from error


@dataclass(frozen=True)
class Accepted:
    """A header that is trusted, and its id."""

    header: Header
    id: bytes
    validators: ValidatorSet | None = None  # who decided it, where that was checked


class LightClient:
    """Follows headers from what it was given, and checks against them whatever a node says."""

    def __init__(
        self,
        network: bytes,
        clock_ms: Callable[[], int] | None,
        trusting_ms: int = MAX_TRUSTING_MS,
        drift_ms: int = 10_000,
    ) -> None:
        if not 0 < trusting_ms <= MAX_TRUSTING_MS:
            raise ValueError("the trusting period is at most 7 days")
        self.network = network
        self.clock_ms = clock_ms  # None: the genesis has an adjustable clock, times are not compared
        self.trusting_ms = trusting_ms
        self.drift_ms = drift_ms
        self.accepted: dict[int, Accepted] = {}
        self.head = 0
        self.start_ms = -1
        self.next_hash = b""
        self.next_set: ValidatorSet | None = None
        self.frontier: log_tree.Frontier | None = log_tree.Frontier()

    @classmethod
    def from_genesis(cls, genesis: Genesis, clock_ms: Callable[[], int] | None = None) -> LightClient:
        """Trust in a genesis file, whose validators act at heights 1 and 2."""
        adjustable = genesis.file["clock"] == "adjustable"
        client = cls(genesis.hash, None if adjustable else clock_ms)
        time_ms = genesis.file["time_ms"]
        assert isinstance(time_ms, int)
        client.start_ms = time_ms
        client.next_set, client.next_hash = genesis.validators, genesis.validators.hash
        return client

    @classmethod
    def from_header(
        cls, network: bytes, header: bytes, height: int, block_id: bytes, next_set: bytes, clock_ms: Callable[[], int]
    ) -> LightClient:
        """Trust in a height and a block id that an operator gave out; the header and the next set are fetched."""
        client = cls(network, clock_ms)
        found = client._readable(header)
        with step("N3"):
            must(found.height == height, "block_height")
            must(found.id == block_id, "block_parent", "another block")
        with step("N6"):
            client.next_set = validators.read_set(next_set)
            must(client.next_set.hash == found.next_validators_hash, "block_validators_hash")
        client._accept(Accepted(found, found.id))
        client.frontier = None
        return client

    def _accept(self, found: Accepted) -> None:
        height = found.header.height
        known = self.accepted.setdefault(height, found)
        must(known.id == found.id, "two_certified_headers", f"of height {height}: stop, keep both, call the operators")
        if height > self.head:
            self.head, self.next_hash = height, found.header.next_validators_hash
            if self.next_set is None or self.next_set.hash != self.next_hash:
                self.next_set = None

    def _readable(self, data: bytes) -> Header:
        """N1, N2 and N5: a header of this network, of a protocol that is known."""
        with step("N1"):
            header = header_of(data)
        with step("N2"):
            must(header.network == self.network, "network_wrong")
        return header

    def _timely(self, header: Header, after_ms: int) -> None:
        with step("N4"):
            must(header.time_ms > after_ms, "block_time", "not later")
            must(
                self.clock_ms is None or header.time_ms <= self.clock_ms() + self.drift_ms,
                "block_time",
                "ahead of time",
            )
        with step("N5"):
            must(header.protocol in KNOWN_PROTOCOLS, "block_protocol", str(header.protocol))

    def _certified(self, header: Header, certificate: bytes, deciding: ValidatorSet) -> None:
        """N7 and N8."""
        with step("N7"):
            must(header.proposer in deciding.keys, "block_proposer")
        with step("N8"):
            self._good(certificate, header.height, header.id, deciding)

    def _good(self, data: bytes, height: int, block_id: bytes, deciding: ValidatorSet) -> None:
        found = certificates.read(data)
        must(found.engine == certificates.BUILT_IN, "engine_unknown", found.engine)
        must((found.height, found.block_id) == (height, block_id), "certificate_of_other_block")
        certificates.check(found, self.network, deciding)

    def follow(self, header_bytes: bytes, certificate: bytes, set_bytes: bytes) -> Header:
        """N: the next header."""
        header = self._readable(header_bytes)
        before = self.accepted.get(self.head)
        with step("N3"):
            must(header.height == self.head + 1, "block_height")
            must(header.parent == (before.id if before else self.network), "block_parent")
        self._timely(header, before.header.time_ms if before else self.start_ms)
        with step("N6"):
            deciding = validators.read_set(set_bytes)
            must(deciding.hash == header.validators_hash == self.next_hash, "block_validators_hash")
            must(before or header.next_validators_hash == self.next_hash, "block_validators_hash", "of height 2")
        self._certified(header, certificate, deciding)
        with step("N9"):
            if before and self.frontier:
                self.frontier.append(before.id)
            must(self.frontier is None or header.history_root == self.frontier.root(), "block_history_root")
        self._accept(Accepted(header, header.id, deciding))
        return header

    def block(self, height: int, data: bytes) -> None:
        """N10, and the roots of a block whose header is accepted."""
        with step("N10"):
            found = read_block(data)
            known = self._header(height)
            must(found.header.id == known.id, "block_parent", "another block")
            if height == 1:
                must(found.certificate is None and known.header.parent_certificate == NONE, "block_parent_certificate")
                return
            must(found.certificate is not None, "block_parent_certificate")
            assert found.certificate is not None
            deciding = self._header(height - 1).validators
            must(deciding is not None, "height_unknown", "the validators of the parent's height")
            assert deciding is not None
            self._good(found.certificate, height - 1, known.header.parent, deciding)

    def jump(
        self,
        header_bytes: bytes,
        certificate: bytes,
        set_bytes: bytes,
        consistency: list[bytes],
        inclusion: list[bytes],
    ) -> Header:
        """J: a later header, on the word of enough of those that are trusted."""
        trusted = self._header(self.head)
        with step("J1"):
            late = self.clock_ms is not None and self.clock_ms() >= trusted.header.time_ms + self.trusting_ms
            must(not late, "trusting_period", "begin anew with an id from an operator")
        header = self._readable(header_bytes)
        with step("J2"):
            must(header.height > self.head + 1, "block_height")
            self._timely(header, trusted.header.time_ms)
        with step("J3"):
            must(self.next_set is not None, "height_unknown", "the validators of the next height")
            assert self.next_set is not None
            signers = set(certificates.read(certificate).signers)
            must(len(signers & set(self.next_set.keys)) >= self.next_set.quorum, "certificate_quorum", "of the trusted")
        with step("N6"):
            deciding = validators.read_set(set_bytes)
            must(deciding.hash == header.validators_hash, "block_validators_hash")
        self._certified(header, certificate, deciding)
        with step("J5"):
            self._continues(trusted, header, consistency, inclusion)
        self.frontier = None
        self._accept(Accepted(header, header.id, deciding))
        return header

    def _continues(self, trusted: Accepted, header: Header, consistency: list[bytes], inclusion: list[bytes]) -> None:
        first, second = trusted.header.height - 1, header.height - 1
        roots = trusted.header.history_root, header.history_root
        # of an empty log every log is a continuation, and there is no proof of it
        must(not first or log_tree.consistent(first, second, *roots, consistency), "block_history_root")
        must(log_tree.includes(roots[1], trusted.id, first, second, inclusion), "block_history_root")

    def learn_next_set(self, set_bytes: bytes) -> None:
        """N11: the set whose hash the newest header names."""
        with step("N11"):
            found = validators.read_set(set_bytes)
            must(found.hash == self.next_hash, "block_validators_hash")
        self.next_set = found

    def earlier(self, height: int, header_bytes: bytes, inclusion: list[bytes]) -> Header:
        """H: an earlier header, which the newest one stands behind."""
        trusted = self._header(self.head)
        header = self._readable(header_bytes)
        with step("H1"):
            must(header.height == height < self.head, "block_height")
        with step("H2"):
            size, root = self.head - 1, trusted.header.history_root
            must(log_tree.includes(root, header.id, height - 1, size, inclusion), "block_history_root")
        self._accept(Accepted(header, header.id))
        return header

    def _header(self, height: int) -> Accepted:
        must(height in self.accepted, "height_unknown", str(height))
        return self.accepted[height]

    def row(
        self, height: int, name: tuple[str, str, list[Part]], value: object, proof: bytes, salt: bytes = b""
    ) -> None:
        """S: a row after this height; `absent` has its own way."""
        contract, table, _ = name
        with step("S3"):
            hashed = rows.row_hash(contract, table, value, salt)
        self._state(height, name, hashed, proof)

    def absent(self, height: int, name: tuple[str, str, list[Part]], proof: bytes) -> None:
        """S: that there is no row."""
        self._state(height, name, None, proof)

    def _state(self, height: int, name: tuple[str, str, list[Part]], hashed: bytes | None, proof: bytes) -> None:
        with step("S1"):
            header = self._header(height + 1).header
        with step("S2"):
            must(state_proof.holds(header.app_hash, row_key(*name), hashed, decode(proof)), "proof_wrong")

    def transaction(self, height: int, wire: bytes, index: int, proof: list[bytes]) -> transaction.Transaction:
        """T1 and T2: a transaction and its place in a block, by an inclusion proof."""
        with step("T1"):
            found = transaction.read(wire)
            must(found.network == self.network, "network_wrong")
            transaction.check_signatures(found)
        with step("T2"):
            header = self._header(height).header
            must(log_tree.includes(header.tx_root, found.wire_id, index, header.tx_count, proof), "block_tx_root")
        return found

    def wire_ids(self, height: int, found: list[bytes]) -> list[bytes]:
        """T2 and T4: all wire ids of a block, so that one that is not among them is not in it."""
        with step("T4"):
            header = self._header(height).header
            must(len(found) == header.tx_count, "block_counts")
            must(log_tree.root(found) == header.tx_root, "block_tx_root")
        return found

    def receipt(self, height: int, data: bytes, index: int, proof: list[bytes]) -> receipts.Receipt:
        """R: a receipt of this height."""
        with step("R1"):
            header = self._header(height + 1).header
        with step("R2"):
            held = log_tree.includes(header.receipts_root, data, index, header.receipts_count, proof)
            must(held, "block_receipts_root")
        with step("R3"):
            return receipts.read(data)

    def receipt_place(self, height: int, index: int) -> int:
        """T3: where among the receipts of a block that of its transaction number `index` stands."""
        with step("R1"):
            count = self._header(height + 1).header.receipts_count
        return count - self._header(height).header.tx_count + index

    def evidence(self, height: int, found: list[bytes], sets: dict[int, bytes]) -> list[pieces.Evidence]:
        """E: the pieces of a block; the sets of the heights that they are of, as a node hands them out."""
        with step("E1"):
            header = self._header(height).header
        with step("E2"):
            must(len(found) == header.evidence_count, "block_counts")
            must(log_tree.root(found) == header.evidence_root, "block_evidence_root")
        with step("E3"):
            read = [pieces.read(piece) for piece in found]
            for piece in read:
                must(piece.height in sets, "height_unknown", "the validators of that height")
                deciding = validators.read_set(sets[piece.height])
                known = self._header(piece.height).header.validators_hash
                must(deciding.hash == known, "block_validators_hash")
                pieces.check(piece, self.network, certificates.BUILT_IN, deciding)
        return read


def may_hold(valid_until_ms: int, time_ms: int) -> bool:
    """T5: whether a transaction can stand in a block of this time."""
    return valid_until_ms - DAY_MS < time_ms <= valid_until_ms
