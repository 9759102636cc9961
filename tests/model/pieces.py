"""Pieces of a bill: cut, moved, and put together again where what they were cut for came to nothing."""

from __future__ import annotations

from model.records import Bill, Book, Claim, Token

FOR_OTHERS = ("offer", "finance", "legal", "payment")
"""Cuts that are undone when what they were made for ends."""


def child(book: Book, of: Token, lo: int, hi: int, **fields: object) -> Token:
    """A token of cents of another one, which takes no place yet."""
    made = Token(
        book.name("T"), of.bill, lo, hi, of.holder, of.tier, of.origin, of, of.financed_tier, of.financing,
        claim=of.claim,
    )  # fmt: skip
    for name, value in fields.items():
        setattr(made, name, value)
    book.tokens[made.id] = made
    return made


def put(book: Book, bill: Bill, gone: list[Token], come: list[Token]) -> None:
    """Leaves end, and others stand for the same cents."""
    assert [(gone[0].lo, gone[-1].hi)] == [(come[0].lo, come[-1].hi)], "the same cents"
    at = bill.leaves.index(gone[0])
    assert bill.leaves[at : at + len(gone)] == gone, "neighbours"
    bill.leaves[at : at + len(gone)] = come
    book.touched.add(bill.id)


def cut(book: Book, token: Token, amounts: list[int], cause: str) -> list[Token]:
    """Cut so many cents off from the low end on; what is left is a further piece."""
    pieces, lo = [], token.lo
    for amount in [*amounts, token.amount - sum(amounts)]:
        if amount:
            pieces.append(child(book, token, lo, lo + amount, place=token))
            lo += amount
    put(book, token.bill, [token], pieces)
    token.status, token.cut_for, token.pieces = "split", cause, list(pieces)
    return pieces


def move(book: Book, token: Token, holder: str, tier: int, **fields: object) -> Token:
    """All cents of a token go to somebody: it ends, a new one begins."""
    made = child(book, token, token.lo, token.hi, holder=holder, tier=tier, claim=None, **fields)
    put(book, token.bill, [token], [made])
    token.status, token.lock, token.offered_to = "moved", None, ""
    return made


def join(book: Book, tokens: list[Token], parent: Token) -> Token:
    """Neighbours become one again."""
    made = child(book, tokens[0], tokens[0].lo, tokens[-1].hi, parent=parent)
    put(book, made.bill, tokens, [made])
    for token in tokens:
        token.status = "moved"
    return made


def release(book: Book, token: Token) -> Token:
    """Free a token of its lock, and put it together with its neighbours."""
    token.lock, token.offered_to = None, ""
    return rejoin(book, token)


def rejoin(book: Book, token: Token) -> Token:
    """Neighbours under the same lock, or free as it is, that the same cut made, for others than their holder, join it.

    Only what that cut made, or was put together to a child of what was cut: a piece that was cut further meanwhile has
    ended, also where its own pieces are one again; but among the pieces of a payment, which was reversed, or of an
    order, what is whole again stands in its place.
    """
    while (whole := token.place) is not None and whole.cut_for in FOR_OTHERS:
        run = _run(whole.pieces, token)
        if len(run) == 1:
            break
        joined = join(book, run, whole)
        joined.lock = token.lock
        _replace(whole.pieces, run, joined)
        joined.place = whole
        if (joined.lo, joined.hi) == (whole.lo, whole.hi):
            stand_for(joined, whole)
        token = joined
    return token


def merge(book: Book, tokens: list[Token]) -> Token:
    """The holder puts neighbours together: a piece of the smallest token that was cut into all of them."""
    parent = common_parent(tokens)
    assert parent is not None
    made = join(book, tokens, parent)
    rest = [one for one in parent.pieces if not (made.lo <= one.lo and one.hi <= made.hi)]
    parent.pieces = sorted([*rest, made], key=lambda one: one.lo)
    made.place = parent
    return made


def stand_for(come: Token, gone: Token) -> None:
    """Take the place of another token of the same cents, if that stood among the pieces of a payment or an order."""
    among = gone.place
    if among is not None and among.cut_for in ("payment", "legal"):
        _replace(among.pieces, [gone], come)
        come.place = among


def again(book: Book, gone: Token) -> Token:
    """A token whose payment was reversed lives again, as a new one."""
    made = child(book, gone, gone.lo, gone.hi)
    put(book, gone.bill, [gone], [made])
    gone.status = "reversed"
    stand_for(made, gone)
    return made


def _replace(pieces: list[Token], gone: list[Token], come: Token) -> None:
    at = pieces.index(gone[0])
    pieces[at : at + len(gone)] = [come]


def _run(pieces: list[Token], token: Token) -> list[Token]:
    """The neighbours of a piece under the same lock, itself among them, in their order."""
    at = pieces.index(token)
    low = high = at
    while low and _alike(pieces[low - 1], token) and pieces[low - 1].hi == pieces[low].lo:
        low -= 1
    while high + 1 < len(pieces) and _alike(pieces[high + 1], token) and pieces[high].hi == pieces[high + 1].lo:
        high += 1
    return pieces[low : high + 1]


def _alike(one: Token, other: Token) -> bool:
    return (
        one.status == other.status == "live"
        and one.lock == other.lock
        and not one.offered_to
        and _open(one) is _open(other)
    )


def _open(token: Token) -> Claim | None:
    return token.claim if token.claimed else None


def common_parent(tokens: list[Token]) -> Token | None:
    """The smallest token that was cut into all of these."""
    lo, hi = tokens[0].lo, tokens[-1].hi
    at = tokens[0].parent
    while at is not None and not (at.lo <= lo and hi <= at.hi):
        at = at.parent
    return at


def tiles(bill: Bill) -> bool:
    """Do the leaves cover the face, without gap or overlap?"""
    edges = [0]
    for leaf in bill.leaves:
        if leaf.lo != edges[-1] or leaf.hi <= leaf.lo:
            return False
        edges.append(leaf.hi)
    return edges[-1] == bill.face


def settle_financings(book: Book, bill: Bill) -> None:
    """A request is repaid when the last cent that it brought is paid; ended, where its bank lost some of them."""
    for made, asked in book.financed.items():
        left = any(leaf.financing == made and leaf.status == "live" for leaf in bill.leaves)
        if asked.status == "disbursed" and asked.token.bill is bill and not left:
            asked.status = "ended" if asked.lost else "repaid"
