"""Configuration (`node.toml`): how one node runs. What all nodes of a network must agree on is in genesis.json.

Paths are relative to the home. A member that is unknown, or of another type than its default, is refused: a typo is
no default. docs/reference/configuration.md explains every member.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from chainbill_node.foundation.operator_error import OperatorError, Pair

FILE_NAME = "node.toml"


class ConfigError(OperatorError):
    """A configuration that a node cannot start with."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str = "127.0.0.1"
    port: int = 0


@dataclass(frozen=True, slots=True)
class RestConfig(Address):
    """Where the REST interface listens. allowed_hosts: "NAME, …", further names that it answers for, "*" for any."""

    allowed_hosts: str = ""


@dataclass(frozen=True, slots=True)
class FilesConfig:
    """Where the files of a node are, relative to its home."""

    genesis: str = "genesis.json"
    data: str = "data"
    signer: str = "signer/signer.bin"
    validator_key: str = "keys/validator.pem"
    tls_ca: str = "tls/ca.pem"
    tls_certificate: str = "tls/node.pem"
    tls_key: str = "tls/node.key"


@dataclass(frozen=True, slots=True)
class ConsensusConfig:
    """Timers of this node in ms, how far clocks may be apart, and how long a proposal may be under way."""

    propose_timeout_ms: int = 1_000
    propose_growth_ms: int = 500
    vote_timeout_ms: int = 500
    vote_growth_ms: int = 250
    timeout_cap_ms: int = 30_000
    clock_drift_ms: int = 10_000
    message_delay_ms: int = 30_000
    idle_interval_ms: int = 60_000
    gossip_interval_ms: int = 1_000


@dataclass(frozen=True, slots=True)
class LimitsConfig:
    """What this node takes in and puts into a block."""

    mempool_transactions: int = 20_000
    mempool_bytes: int = 64 * 1024 * 1024
    block_transactions: int = 500
    block_bytes: int = 2 * 1024 * 1024
    gather_ms: int = 3
    gather_transactions: int = 50
    verify_threads: int = 2
    rest_connections: int = 1_000
    rest_connections_per_address: int = 500
    rest_body_bytes: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StorageConfig:
    """What is kept. keep_blocks: how many of the newest blocks, 0 for all; snapshot_interval: a snapshot is made
    at a multiple of so many heights, 0 for none; snapshot_minutes: at most one in each period of so many minutes of
    block time, 0 for no such bound; keep_snapshots: how many of them stay; warn_free_mib: with less room than that
    on a disk the node warns."""

    keep_blocks: int = 0
    snapshot_interval: int = 1_000
    snapshot_minutes: int = 30
    keep_snapshots: int = 2
    warn_free_mib: int = 2_048


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """How an empty home gets the chain. peers: "NODE-ID@HOST:PORT, …", whom to ask besides the validators of the
    genesis; trusted_height, trusted_block: a block that the operator knows to be right, 0 and "" for none: no chain is
    taken that has another block at that height."""

    from_snapshot: bool = False
    wait_ms: int = 10_000
    peers: str = ""
    trusted_height: int = 0
    trusted_block: str = ""

    @property
    def trusted(self) -> tuple[int, bytes] | None:
        """Height and block id (32 bytes) that the operator knows to be right."""
        return (self.trusted_height, bytes.fromhex(self.trusted_block)) if self.trusted_height else None


@dataclass(frozen=True, slots=True)
class LogConfig:
    """Level (debug, info, warning, error) and form (text, json) of the log on stderr."""

    level: str = "info"
    form: str = "text"


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """One node's settings. `name` is what people call it."""

    name: str
    rest: RestConfig = field(default_factory=RestConfig)
    p2p: Address = field(default_factory=Address)
    metrics: Address = field(default_factory=Address)
    files: FilesConfig = field(default_factory=FilesConfig)
    consensus: ConsensusConfig = field(default_factory=ConsensusConfig)
    limits: LimitsConfig = field(default_factory=LimitsConfig)
    storage: StorageConfig = field(default_factory=StorageConfig)
    sync: SyncConfig = field(default_factory=SyncConfig)
    log: LogConfig = field(default_factory=LogConfig)


BLOCK_ID = re.compile("(?:[0-9a-f]{64})?")
WANTED: dict[type[Any], Pair] = {
    int: ("must be a whole number from 0 up", "应为不小于 0 的整数"),
    str: ("must be text", "应为文本"),
    bool: ("must be true or false", "应为 true 或 false"),
    dict: ("must be a table", "应为一个表"),
}
UNKNOWN: Pair = ("there is no such setting; remove it", "没有这个设置项；请删除")
_SECTIONS: dict[str, type[Any]] = {
    "rest": RestConfig,
    "p2p": Address,
    "metrics": Address,
    "files": FilesConfig,
    "consensus": ConsensusConfig,
    "limits": LimitsConfig,
    "storage": StorageConfig,
    "sync": SyncConfig,
    "log": LogConfig,
}


def load_config(home: Path) -> NodeConfig:
    """Read `node.toml` of a home. Raises ConfigError."""
    path = home / FILE_NAME
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            (f"{path} cannot be read ({error})", f"{path} 无法读取（{error}）"),
            (
                "no readable node configuration; make a home with `chainbill network init` or `network join`",
                "没有可读的节点配置；请用 `chainbill network init` 或 `network join` 建立节点目录",
            ),
        ) from error
    return parse_config(content, str(path))


def parse_config(content: dict[str, Any], origin: str) -> NodeConfig:
    """Settings from the content of a file. Raises ConfigError."""
    sections = {name: _section(origin, name, kind, content.pop(name, {})) for name, kind in _SECTIONS.items()}
    name = content.pop("name", None)
    if not isinstance(name, str) or not name:
        raise _fault(origin, "name", str)
    for stray in content:
        raise _unfit(origin, stray, UNKNOWN)
    config = NodeConfig(name=name, **sections)
    block, height = config.sync.trusted_block, config.sync.trusted_height
    if bool(height) != bool(block) or not BLOCK_ID.fullmatch(block):
        raise ConfigError(
            (
                f"{origin}: sync.trusted_height = {height}, sync.trusted_block = {block!r}",
                f"{origin}：sync.trusted_height = {height}，sync.trusted_block = {block!r}",
            ),
            (
                "give a height and the 64 hex digits of its block, as `chainbill network trust` shows them, or neither",
                "请同时填写高度与该高度区块编号的 64 位十六进制数字（见 `chainbill network trust`），或两项都不填",
            ),
        )
    return config


def _section(origin: str, section: str, kind: type[Any], given: Any) -> Any:
    if not isinstance(given, dict):
        raise _fault(origin, section, dict)
    known = {one.name for one in fields(kind)}
    default = kind()
    for name, value in given.items():
        if name not in known:
            raise _unfit(origin, f"{section}.{name}", UNKNOWN)
        wanted = type(getattr(default, name))
        if type(value) is not wanted or (wanted is int and value < 0):
            raise _fault(origin, f"{section}.{name}", wanted)
    return kind(**given)


def _fault(origin: str, name: str, wanted: type[Any]) -> ConfigError:
    return _unfit(origin, name, WANTED[wanted])


def _unfit(origin: str, name: str, mend: Pair) -> ConfigError:
    return ConfigError((f"{origin}: {name}", f"{origin}：{name}"), mend)


def config_content(config: NodeConfig) -> dict[str, Any]:
    """The content of a `node.toml` that says what `config` says."""
    return {
        "name": config.name,
        **{
            section: {one.name: getattr(getattr(config, section), one.name) for one in fields(kind)}
            for section, kind in _SECTIONS.items()
        },
    }
