"""A node that goes on making snapshots, prunes, and starts again: a newcomer gets on from whatever it offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from chainbill_node.application.protocol import SnapshotInfo
from chainbill_node.application.snapshot_calls import snapshot_info
from chainbill_node.storage.chain import pruning
from chainbill_node.storage.chain.pruning import Pruner
from chainbill_node.storage.snapshots import restore, stream
from chainbill_node.storage.snapshots.folder import SnapshotFolder
from node_chain import LocalChain
from test_node_snapshots import Made, taken

from chainbill.limits import DAY_MS


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_the_newest_are_offered_and_from_each_a_newcomer_gets_to_the_head(
    keep: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (pruning, stream, restore):
        monkeypatch.setattr(module, "PROPOSERS_KEPT", 2)
    chain, folder = LocalChain(tmp_path / "net"), tmp_path / "snapshots"
    chain.trade()
    shelf, made = SnapshotFolder(folder, keep), []
    for number in range(keep + 3):
        source, height = chain.store.snapshot(), chain.ledger.info().height
        chain.time_ms += DAY_MS // keep
        chain.commit()
        written = shelf.write(source, height, lambda: True)
        assert written is not None
        assert shelf.finish(written, chain.store, chain.genesis.hash)
        made.append(height)
        pruner = Pruner(chain.store, 1)
        while pruner.step():
            pass
        chain.ledger.forget_readers()
        if number % 2:
            shelf = SnapshotFolder(folder, keep)
        assert [manifest.height for manifest, _ in shelf.manifests()] == made[: -keep - 1 : -1]
        assert {path.name for path in folder.iterdir()} == {str(height) for height in made[-keep:]}
        follow_each(chain, shelf)
    assert chain.ledger.lowest_height > made[0], "from the first one nobody would get on"


def follow_each(chain: LocalChain, shelf: SnapshotFolder) -> None:
    """Newcomers take each that is offered, and the blocks that the node still has."""
    for manifest, data in shelf.manifests():
        height, count = manifest.height, len(manifest.chunks)
        info: SnapshotInfo = snapshot_info(data, height, count)
        chunks = [shelf.chunk(height, index) or b"" for index in range(count)]
        ledger, _, refused = taken(Made(chain, shelf, height, ""), info, chunks)
        assert refused == ""
        while ledger.info().height < chain.ledger.info().height:
            found = chain.ledger.load_block(ledger.info().height + 1)
            assert found is not None, f"block {ledger.info().height + 1} after the snapshot of {height} is gone"
            ledger.finalize_block(found[0])
            ledger.commit(found[1])
        assert ledger.info().app_hash == chain.ledger.info().app_hash
