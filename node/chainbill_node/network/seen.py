"""Which certificate of each node began last, as this node has seen: what is older counts no more.

Kept in `tls/seen.json`, so that a restart does not bring an old certificate back to life. Only a node's own key can
make a newer one, so renewing shuts out whoever has the former TLS key, at every node that has met the new one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Container
from pathlib import Path
from typing import Any

from chainbill_node.network.certificate import NodeCertificate, replaces
from chainbill_node.runtime.logs import log

MAX_SEEN = 512
FORM = 1


class Seen:
    """The newest certificate of each node. The file is read once; an unreadable one is said and begun anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._of = _read(path)

    def newest(self, node_id: str) -> NodeCertificate | None:
        """The certificate of a node that began last, None where none was seen."""
        return self._of.get(node_id)

    def all(self) -> tuple[NodeCertificate, ...]:
        """The newest certificate of every node."""
        return tuple(self._of.values())

    def add(self, certificate: NodeCertificate, members: Container[str]) -> bool:
        """A certificate that counts was shown: keep it where it is new. True where it puts another one out of use."""
        former = self._of.get(certificate.node_id)
        if former == certificate or (former is not None and not replaces(certificate, former)):
            return False
        self._of[certificate.node_id] = certificate
        if len(self._of) > MAX_SEEN:
            self._of = {one: kept for one, kept in self._of.items() if one in members}
        self._write()
        return former is not None

    def _write(self) -> None:
        """Replace the file. Where that fails it is remembered until the end of the process only, and said."""
        rows = {
            one.node_id: {
                "fingerprint": one.fingerprint, "begins_s": one.begins_s, "ends_s": one.ends_s,
                "own_key": one.own_key, "issuer": one.issuer.hex(),
            }
            for one in self._of.values()
        }  # fmt: skip
        content = json.dumps({"form": FORM, "newest": rows}, indent=1, sort_keys=True) + "\n"
        beside = self._path.with_suffix(".new")
        try:
            with beside.open("w", encoding="ascii") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            log.warning("certificates_seen_not_written", path=str(self._path), why=str(error))


def _read(path: Path) -> dict[str, NodeCertificate]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
        if content["form"] != FORM:
            raise ValueError(f"form {content['form']}")
        return {
            node_id: NodeCertificate(
                node_id=node_id,
                fingerprint=str(one["fingerprint"]),
                begins_s=int(one["begins_s"]),
                ends_s=int(one["ends_s"]),
                own_key=bool(one["own_key"]),
                issuer=bytes.fromhex(one["issuer"]),
            )
            for node_id, one in content["newest"].items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("certificates_seen_not_read", path=str(path), why=f"{type(error).__name__}: {error}")
        return {}
