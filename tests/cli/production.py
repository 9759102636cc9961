"""Files of products and events as people write them, and a product of suppliers on a ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cli.cli_desk import Desk


def attestor(desk: Desk) -> str:
    """A key of an attestor that is of no party, in this home; its public half."""
    desk.text("key", "new", "gate", "--no-passphrase")
    return str(json.loads(desk.text("key", "show", "gate", "-o", "json"))["public"])


def product_file(path: Path, key: str, suppliers: Sequence[str], **given: Any) -> str:
    """A product of these suppliers, each with 30 % of its value; where it is written."""
    parts = [{"part": f"part of {one}", "supplier": one, "share": "30"} for one in suppliers]
    told = {
        "name": "Car", "currency": "CNY", "due_days": 90, "attestor": key, "most_value": "20000000.00",
        "most_a_day": "500000000.00", "parts": parts, **given,
    }  # fmt: skip
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return str(path)


def event_file(path: Path, product: str, day: str, **given: Any) -> str:
    """An event of a product, not signed yet; where it is written."""
    told = {
        "product": product, "order": "O-1", "serial": "VIN-1", "value": "123456.79", "currency": "CNY",
        "happened_on": day, **given,
    }  # fmt: skip
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return str(path)
