"""`completion` and `version`."""

from __future__ import annotations

import platform

import click

from chainbill_cli.kit import Command, argument


@click.command("completion", cls=Command, help="root.completion")
@argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script for a shell."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is not None:
        click.echo(found(ctx.find_root().command, {}, "chainbill", "_CHAINBILL_COMPLETE").source())


PARTS = {"api": "REST", "python": "Python"}
"""What the versions of a node are of, where that is not what JSON calls it."""


@click.command("version", cls=Command, help="root.version")
def version() -> None:
    """The versions of the program and, where one answers, of the node."""
    import chainbill
    from chainbill_cli.failure import Failure
    from chainbill_cli.output import Column
    from chainbill_cli.session import current_session
    from chainbill_cli.texts import enumerated

    session = current_session()
    found: dict[str, object] = {"version": chainbill.__version__, "python": platform.python_version()}
    if session.client.nodes:
        try:
            body = session.client.get("/version")
            found["node"] = body.get("version", body) if isinstance(body, dict) else body
        except Failure:
            found["node"] = None
    node = found.get("node")
    if session.out.form == "table" and isinstance(node, dict):
        found["node"] = enumerated(f"{PARTS.get(part, part)} {said}" for part, said in node.items())
    session.out.thing(found, [Column("version"), Column("python"), Column("node")])
