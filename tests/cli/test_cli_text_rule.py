"""Texts that the ledger does not hold are refused on this machine, before anything is signed or sent (security 21)."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli.cli_fakes import BILL, FakeNode, Shell
from cli.test_cli_network_file import NETWORK
from cli.test_cli_party import APPLY

REFUSED = {
    "codec_text_bidi": ("a\u202eb", "U+202E"),
    "codec_text_control": ("a\x1b[2J", "U+001B"),
    "codec_text_not_assigned": ("a\U0001e08fb", "U+1E08F"),
}


@pytest.mark.parametrize(("code", "typed", "named"), [(code, *case) for code, case in REFUSED.items()])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_is_refused_before_it_is_signed(
    shell: Shell, node: FakeNode, tmp_path: Path, code: str, typed: str, named: str, language: str
) -> None:
    kept = tmp_path / "signed.tx"
    for words in (["--memo", typed], ["--memo", typed, "--offline", str(kept)]):
        answer = shell.run("--lang", language, "bill", "confirm", BILL, *words, "-o", "json", expect=2)
        assert answer["code"] == code
        assert named in answer["detail"]
        assert "2" in answer["detail"], "its place"
        assert answer["hint"]
        assert (answer["hint"][0] >= "\u4e00") == (language == "zh")
    assert not kept.exists()
    assert not [one for one in node.requests if one.method == "POST"]


@pytest.mark.parametrize(("code", "typed", "named"), [(code, *case) for code, case in REFUSED.items()])
def test_an_application_is_refused_before_it_is_signed(
    shell: Shell, tmp_path: Path, code: str, typed: str, named: str
) -> None:
    out = tmp_path / "application.json"
    shell.run("key", "new", "newcomer", "--no-passphrase")
    words = [*(word if word != "New" else typed for word in APPLY), "--key", "newcomer"]
    answer = shell.run(*words, "--out", str(out), "-o", "json", expect=2)
    assert answer["code"] == code
    assert named in answer["detail"]
    assert not out.exists()


@pytest.mark.parametrize(
    ("typed", "named"), [("Bank\\u202e A", "U+202E"), ("Bank\\u0007", "U+0007"), ("\\ue000", "U+E000")]
)
def test_a_network_s_description_is_refused(shell: Shell, tmp_path: Path, typed: str, named: str) -> None:
    path = tmp_path / "network.toml"
    path.write_text(NETWORK.replace("Bank A", typed), encoding="utf-8")
    shell.run("network", "init", str(path), "--out", str(tmp_path / "net"), expect=2)
    assert named in shell.err
    assert not (tmp_path / "net").exists()
