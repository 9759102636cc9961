"""Metrics in Prometheus's text form, named after CometBFT's (`chainbill_consensus_height`, …)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from chainbill.ledger.block import Block
from chainbill.ledger.receipt import Receipt
from chainbill_node.foundation.node_warning import KEYS

INTERVAL_BUCKETS_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
WAIT_BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.3, 2.6, 5, 10)
CERTIFICATE_GAUGES = {
    "end_seconds": "When a node's certificate ends, Unix seconds",
    "days_left": "Days until a node's certificate ends, negative once it has",
}


class Metrics:
    """The figures of one node, in a registry of its own."""

    def __init__(self, chain_id: str, name: str) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self.height = Gauge("chainbill_consensus_height", "Newest committed height", registry=registry)
        self.round = Gauge("chainbill_consensus_round", "Round of the height in work", registry=registry)
        self.validators = Gauge("chainbill_consensus_validators", "Validators of the height in work", registry=registry)
        self.block_interval = Histogram(
            "chainbill_consensus_block_interval_seconds",
            "Time between two commits",
            buckets=INTERVAL_BUCKETS_S,
            registry=registry,
        )
        self.block_bytes = Gauge("chainbill_consensus_block_size_bytes", "Size of the newest block", registry=registry)
        self.block_transactions = Gauge(
            "chainbill_consensus_num_txs", "Transactions of the newest block", registry=registry
        )
        self.total_transactions = Counter("chainbill_consensus_total_txs", "Transactions committed", registry=registry)
        self.refused_transactions = Counter(
            "chainbill_consensus_refused_txs", "Committed transactions that had no effect", registry=registry
        )
        failed = "chainbill_failed_day_items"
        self.failed_day_items = Counter(failed, "Items of the day change that failed", ["contract"], registry=registry)
        self.wait_seconds = Histogram(
            "chainbill_mempool_wait_seconds",
            "From arrival to commit, own transactions",
            buckets=WAIT_BUCKETS_S,
            registry=registry,
        )
        self.mempool_size = Gauge("chainbill_mempool_size", "Transactions that wait", registry=registry)
        self.mempool_bytes = Gauge("chainbill_mempool_size_bytes", "Bytes that wait", registry=registry)
        refused = "chainbill_mempool_failed_txs"
        self.refused_admissions = Counter(refused, "Transactions not admitted", registry=registry)
        self.compact_proposals = Counter(
            "chainbill_consensus_compact_proposals",
            "Compact proposals: restored from what was here, or short of a transaction",
            ["result"],
            registry=registry,
        )
        self.plans = Counter(
            "chainbill_consensus_plans",
            "Plans of proposers: run ahead of the proposal, too late for it, or refused",
            ["result"],
            registry=registry,
        )
        self.turned_away = Counter(
            "chainbill_turned_away",
            "Turned away by a limit: at the mempool, admission, p2p or rest door, and why",
            ["at", "reason"],
            registry=registry,
        )
        self.rest_body_bytes = Gauge(
            "chainbill_rest_body_bytes", "Bytes of bodies that clients of the REST interface send", registry=registry
        )
        self.peers = Gauge("chainbill_p2p_peers", "Connected peers", registry=registry)
        self.missing = Gauge(
            "chainbill_consensus_missing_validator",
            "1 for a validator that a network which stands still waits for",
            ["validator"],
            registry=registry,
        )
        self._named: set[str] = set()
        self.still_seconds = Gauge(
            "chainbill_consensus_standing_still_seconds",
            "How long no block could be made, 0: it goes on",
            registry=registry,
        )
        self.clock_ahead = Gauge(
            "chainbill_node_clock_ahead_seconds",
            "How far the own clock is ahead of those of most other validators",
            registry=registry,
        )
        self.warnings = Gauge("chainbill_node_warnings", "What this node warns of, by key", ["key"], registry=registry)
        self.warned({})
        self.certificate_end, self.certificate_days = [
            Gauge(f"chainbill_certificate_{name}", what, ["node", "whose"], registry=registry)
            for name, what in CERTIFICATE_GAUGES.items()
        ]
        self._notes = Counter("chainbill_consensus_events", "Consensus events by kind", ["kind"], registry=registry)
        self._notes_of: dict[str, Counter] = {}  # by kind: looking one up takes longer than counting
        Gauge("chainbill_node_info", "This node", ["chain_id", "name"], registry=registry).labels(chain_id, name).set(1)

    def note(self, kind: str) -> None:
        """Count one trace event of consensus."""
        count = self._notes_of.get(kind)
        if count is None:
            count = self._notes_of[kind] = self._notes.labels(kind)
        count.inc()

    def committed(
        self, block: Block, receipts: Sequence[Receipt], *, interval_ms: int, waits_ms: Sequence[int]
    ) -> None:
        """Count one committed block. `waits_ms`: from arrival to commit, of transactions handed in here."""
        self.height.set(block.header.height)
        self.block_interval.observe(max(0, interval_ms) / 1000)
        self.block_bytes.set(len(block.encoded))
        self.block_transactions.set(len(receipts))
        self.total_transactions.inc(len(receipts))
        self.refused_transactions.inc(sum(not receipt.ok for receipt in receipts))
        for wait_ms in waits_ms:
            self.wait_seconds.observe(max(0, wait_ms) / 1000)

    def standing(self, missing: Mapping[str, bool], still_s: float) -> None:
        """Say whom a network that stands still waits for, and how long; `missing` has every validator by name."""
        for name in self._named - missing.keys():
            self.missing.remove(name)
        self._named = set(missing)
        for name, is_missing in missing.items():
            self.missing.labels(name).set(int(is_missing))
        self.still_seconds.set(still_s)

    def warned(self, counts: Mapping[str, int]) -> None:
        """Say of what this node warns, by key; every other key is 0."""
        for key in KEYS:
            self.warnings.labels(key).set(counts.get(key, 0))

    def certificates(self, own: Mapping[str, int], peers: Mapping[str, int], now_s: float) -> None:
        """Say when the own certificate and those that peers have shown end (Unix seconds), by the nodes' names."""
        for gauge in (self.certificate_end, self.certificate_days):
            gauge.clear()
        for whose, ends in (("own", own), ("peer", peers)):
            for name, ends_s in ends.items():
                self.certificate_end.labels(name, whose).set(ends_s)
                self.certificate_days.labels(name, whose).set((ends_s - now_s) / 86_400)

    def exposition(self) -> tuple[bytes, str]:
        """The text and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST
