"""The ledger: its formats, and the pure function that takes a state and a block to the next state.

Formats: `transaction`, `block`, `certificate`, `vote`, `evidence`, `validators`, `genesis`, `receipt`. Each is
canonical (one value, one byte string), bounded before allocation, and specified in docs/reference/.

Transition: `transition` applies a block to a view of the state and gives back what changed; `checks` stand beside
the contracts and hold whatever they do: the leaves of an accepted bill tile its face; `days` runs the day
change; `programs` finds the code, which is the code in the state.

Rules: no clock, disk, network or chance; time, keys and the past come in as arguments; nothing is edited in place
but the overlay of the block under way. It does not choose blocks (consensus does) and stores nothing (the node does).
"""
