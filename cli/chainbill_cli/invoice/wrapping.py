"""Invoices inside other documents: one in a StandardBusinessDocument is read, what is inside others is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainbill_cli.failure import Exit, fail

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

ENVELOPE = "StandardBusinessDocument"
"""The envelope of UN/CEFACT's Standard Business Document Header, as Peppol uses it."""


def unwrapped(root: Element, is_invoice: Callable[[Element], bool], path: str) -> Element:
    """The root, or the one invoice in its envelope; several, and one in an unknown envelope, are refused."""
    if is_invoice(root):
        return root
    inside = [element for element in root.iter() if is_invoice(element)]
    if len(inside) > 1:
        raise fail(Exit.FAILED, "invoice.several_inside", path=path, count=len(inside))
    name = str(root.tag).rpartition("}")[2]
    if not inside:
        return root
    if name != ENVELOPE or inside[0] not in list(root):
        raise fail(Exit.FAILED, "invoice.one_inside", path=path, found=name[:60])
    return inside[0]
