"""One node at run time: its parts put together on one event loop, peer messages, speculative execution, maintenance."""
