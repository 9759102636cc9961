"""`demo`: the whole story on real nodes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chainbill_cli.failure import Exit, Failure, fail
from chainbill_cli.kit import Command, option
from chainbill_cli.session import Session, current_session
from chainbill_cli.texts import enumerated, text
from chainbill_cli.word_choice import WordChoice

if TYPE_CHECKING:
    from chainbill_cli.demo.story import Story

STORIES = ("whole", "trouble")


@click.command("demo", cls=Command, help="root.demo")
@option("--validators", type=click.IntRange(1, 16), default=4, show_default=True, help="demo.opt_validators")
@option("--story", type=WordChoice(STORIES, "value.story_"), default="whole", show_default=True, help="demo.opt_story")
@option("--keep", default="", metavar="DIR", help="demo.opt_keep")
@option("--invoice", default="", metavar="FILE", help="demo.opt_invoice")
def demo(validators: int, story: str, keep: str, invoice: str) -> None:
    """Tell the whole story on real nodes."""
    from chainbill_cli.demo.cast import scene_of

    session = current_session()
    scene = scene_of(invoice)
    home = _directory(keep)
    try:
        summary = _play(session, scene, home, validators, trouble=story == "trouble", keep=bool(keep))
    except BaseException:
        if home.exists():
            session.out.note(text("demo.failed", home=home))
        raise
    if not keep:
        shutil.rmtree(home, ignore_errors=True)
    if session.settings.machine:
        session.out.json(summary)


def _directory(keep: str) -> Path:
    """Where the network goes: an empty place."""
    if not keep:
        return Path(tempfile.mkdtemp(prefix="chainbill-demo-"))
    home = Path(keep).expanduser().absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise fail(Exit.FAILED, "demo.keep_exists", home=str(home))
    return home


def _play(session: Session, scene: Any, home: Path, validators: int, *, trouble: bool, keep: bool) -> dict[str, Any]:
    """The story from beginning to end, and what came of it."""
    from chainbill_cli.demo import ending, stage
    from chainbill_cli.demo.story import Story
    from chainbill_cli.demo.teller import Teller
    from chainbill_cli.localnet import layout, processes

    teller = Teller(color=session.settings.color, to_stderr=session.settings.machine)
    teller.title("trouble.title" if trouble else "demo.title")
    teller.chapter("demo.c_network")
    network = stage.build(home, scene, validators)
    played = stage.Stage(network, session.settings, transport=session.transport)
    finished = False
    try:
        pids = enumerated(str(processes.pid_of(node)) for node in network.nodes)
        teller.say("demo.network", count=validators, pids=pids, quorum=2 * validators // 3 + 1)
        stage.wait_ready(network)
        story = Story(scene, played, teller)
        teller.name_of = played.reader.registered_name
        teller.fact("demo.network_ready", seconds=teller.seconds, date=played.reader.today())
        story.tell_invoice()
        story.tell_bill()
        rows, payments = _troubled(story) if trouble else _whole(story)
        same = ending.tell_same(story)
        finished = True
    except Failure as failure:
        failure.problem.setdefault("home", str(home))
        raise
    finally:
        if keep and finished:
            layout.point_here(home)
            played.close(keep=True)
        elif finished:
            played.close(keep=False)
        else:
            processes.stop_all(network.nodes, kill=True)
    ending.tell_on(story, str(home) if keep else "")
    return {
        "bill": story.bill,
        "face": story.face,
        "currency": story.currency,
        "payments": payments,
        "by_tier": rows,
        **same,
        "home": str(home) if keep else None,
        "seconds": round(teller.seconds, 1),
    }


def _whole(story: Story) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """How it goes well: down to tier 3, through a crash, and back to cash; the tiers and the payments."""
    from chainbill_cli.demo import ending

    for chapter in (story.tell_tiers, story.tell_finance, story.tell_crash):
        chapter()
    rows = ending.tell_tree(story)
    return rows, ending.tell_due(story)


def _troubled(story: Story) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What may go wrong, and where the credit was at the end; the tiers and the payments."""
    from chainbill_cli.demo import ending
    from chainbill_cli.demo.trouble import Trouble

    payments = Trouble(story).tell()
    return ending.tell_tree(story), payments
