"""Names of local networks: each has its own, unless it is given one."""

from __future__ import annotations

import re

from chainbill_node.setup.local import local_plan, own_name


def test_two_local_networks_do_not_share_a_chain_id() -> None:
    """formats M8: both used to be called "local"."""
    names = {local_plan(validators=1).chain_id for _ in range(8)}
    assert len(names) == 8
    assert all(re.fullmatch(r"local-[0-9a-f]{6}", name) for name in names)


def test_a_name_that_is_given_stays() -> None:
    assert local_plan(validators=1, chain_id="trial").chain_id == "trial"
    assert re.fullmatch(r"demo-[0-9a-f]{6}", own_name("demo"))
