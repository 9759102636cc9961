"""The tables of errors.md and errors.zh.md: every code once, with the status that it is answered with.

They are made from the texts (reasons.toml, messages.toml) and from where the code raises what, so that they cannot
drift; a reason of the contracts is told with its stage and the law that it follows. For the others:
`Problem(404, "not_found")` says its status itself; of a reason of the core the class of the error says it.
`tests/rest/test_rest_error_document.py` asks a server for each. A table stands between `<!-- codes: NAME -->` and
`<!-- end -->`.
"""

from __future__ import annotations

import ast
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chainbill_contracts import STAGES, reasons

ROOT = Path(__file__).resolve().parent.parent
INTERFACE = ROOT / "node" / "chainbill_node" / "rest"
MARKED = re.compile(r"(<!-- codes: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

NO_CODES = ("parameter_", "kind_", "reason_")
"""Texts that stand inside a problem and are no code of their own."""

FALLBACKS = frozenset({"ledger_refused", "transaction_malformed"})
"""Texts for codes that have none."""

BY_CLASS = {"Malformed": "400", "bad_shape": "400"}
"""Class of an error → its status; whatever refuses otherwise (Refused, and helpers that make one) is 422."""

IN_A_RUN = frozenset({
    "chainbill/dates.py", "chainbill/ids.py", "chainbill/money.py", "state/keys.py", "state/overlay.py",
})  # fmt: skip
"""Modules that clients meet only through a call that ran: then every refusal is 422, whatever its class."""

NODES_ONLY = frozenset({
    "crypto/merkle.py", "ledger/block.py", "ledger/certificate.py", "ledger/evidence.py", "ledger/evidence_rows.py",
    "ledger/header_check.py", "ledger/transition.py", "state/proof.py", "state/tree.py",
})  # fmt: skip
FILES_ONLY = frozenset({
    "chainbill/fingerprint.py", "chainbill_node/home/node_home.py", "chainbill/sealed_bid.py", "crypto/keys.py",
    "crypto/sealing.py", "ledger/genesis.py", "ledger/genesis_state.py",
})  # fmt: skip
"""Modules whose refusals no client of the interface meets: what nodes send each other, and what a program reads."""

ELSEWHERE = {
    "nodes": ("between nodes", "节点之间"),
    "files": ("files and start", "文件与启动"),
    "internal": ("500 `internal_fault`", "500 `internal_fault`"),
}


STAGE_WORDS = {
    "form": ("what is said by itself", "所填内容本身"),
    "there": ("whether what it names is there", "所指对象是否存在"),
    "right": ("whether it is the sender's business", "是否属于发送方的事务"),
    "sender": ("whether the sender may act", "发送方能否操作"),
    "key": ("whether the right people signed", "签名人是否相符"),
    "state": ("where the row stands", "数据行的状态"),
    "locks": ("what holds it", "锁定"),
    "dates": ("what day it is", "日期"),
    "others": ("how others stand", "其他各方"),
    "amounts": ("how much it is", "金额"),
    "policy": ("what the sender's policy asks", "发送方的授权策略"),
    "outcome": ("what would come of it", "操作的结果"),
}
"""Stage → what is asked there, English and Chinese."""

LAWS = {
    "CC": ("Civil Code", "民法典"),
    "ESL": ("Electronic Signature Law", "电子签名法"),
    "BL": ("Enterprise Bankruptcy Law", "企业破产法"),
    "D802": ("Regulation on Payments to SMEs (Decree 802)", "保障中小企业款项支付条例（国务院令第802号）"),
}
ARTICLE = re.compile(r"(?P<law>[A-Z0-9]+) (?P<article>\d+)(?: \((?P<paragraph>\d+)\))?")


def document(text: str, *, zh: bool) -> str:
    """The document with its tables filled in."""
    tables = {"interface": _interface(zh), "core": _core(zh), "stages": _stages(zh), "contracts": _contracts(zh)}
    return MARKED.sub(lambda match: f"{match[1]}\n{tables[match[2]]}\n\n{match[3]}", text)


english = functools.partial(document, zh=False)
chinese = functools.partial(document, zh=True)


def interface_statuses() -> dict[str, str]:
    """Code of the interface → its status, as the code says it."""
    found: dict[str, set[str]] = {}
    for tree in _trees(INTERFACE):
        for call in _calls(tree):
            for code, status in _answers(call):
                found.setdefault(code, set()).add(status)
        for status, code in _pairs(tree):
            found.setdefault(code, set()).add(status)
    return {code: ", ".join(sorted(statuses)) for code, statuses in sorted(found.items())}


def _answers(call: ast.Call) -> Iterator[tuple[str, str]]:
    """(code, status) of Problem(404, "code") and SignatureRefused("code")."""
    name, constants = _name(call.func), [one.value for one in call.args if isinstance(one, ast.Constant)]
    if name == "Problem" and len(constants) >= 2 and isinstance(constants[0], int):
        yield str(constants[1]), str(constants[0])
    if name == "SignatureRefused" and constants:
        yield str(constants[0]), "429" if constants[0] == "too_many_requests" else "401"


def _pairs(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(status, code) of tables such as {"key_not_active": (401, "reader_key_inactive")}."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            values = [one.value for one in node.elts if isinstance(one, ast.Constant)]
            if (
                len(values) == 2
                and isinstance(values[0], int)
                and 400 <= values[0] < 600
                and isinstance(values[1], str)
            ):
                yield str(values[0]), values[1]


def core_places() -> dict[str, dict[str, set[str]]]:
    """Reason of the core → class of the error → modules that raise it so."""
    found: dict[str, dict[str, set[str]]] = {}
    for folder in (ROOT / "chainbill", ROOT / "node" / "chainbill_node"):
        for path in folder.rglob("*.py"):
            for call in _calls(ast.parse(path.read_text(encoding="utf-8"))):
                for one in call.args:
                    if isinstance(one, ast.Attribute) and _name(one.value) == "Reason":
                        kinds = found.setdefault(one.attr.lower(), {})
                        kinds.setdefault(_name(call.func), set()).add(f"{path.parent.name}/{path.name}")
    return found


def core_status(reason: str, places: Mapping[str, set[str]]) -> str:
    """How a client meets a reason: "400", "422", "400, 422", or a word of ELSEWHERE."""
    raised = {kind: where for kind, where in places.items() if kind != "InternalFault"}
    if not raised:
        return "internal"
    if reason.startswith(("block_", "tick_")):
        return "nodes"
    modules = set().union(*raised.values())
    if modules <= NODES_ONLY | FILES_ONLY:
        return "files" if modules <= FILES_ONLY else "nodes"
    met = {kind: where - NODES_ONLY - FILES_ONLY for kind, where in raised.items()}
    statuses = {"422" if where <= IN_A_RUN else BY_CLASS.get(kind, "422") for kind, where in met.items() if where}
    return ", ".join(sorted(statuses))


def core_statuses() -> dict[str, str]:
    """Reason of the core → how a client meets it."""
    places, reasons = core_places(), _texts(ROOT / "chainbill" / "reasons.toml")
    return {reason: core_status(reason, places.get(reason, {})) for reason in reasons}


def _interface(zh: bool) -> str:
    texts, statuses = _texts(INTERFACE / "messages.toml"), interface_statuses()
    codes = [name for name in texts if name not in FALLBACKS and not name.startswith(NO_CODES)]
    missing = [name for name in codes if name not in statuses]
    if missing:
        raise SystemExit(f"messages.toml has codes that nothing answers: {', '.join(missing)}")
    return _table([(name, statuses[name], texts[name]) for name in sorted(codes, key=lambda n: (statuses[n], n))], zh)


def _core(zh: bool) -> str:
    texts, statuses = _texts(ROOT / "chainbill" / "reasons.toml"), core_statuses()
    return _table([(name, statuses[name], texts[name]) for name in sorted(texts)], zh)


def _stages(zh: bool) -> str:
    head = "| | 核对 | 内容 |" if zh else "| | stage | asks |"
    lines = [f"| {place} | `{stage}` | {STAGE_WORDS[stage][zh]} |" for place, stage in enumerate(STAGES, 1)]
    return "\n".join([head, "|---|---|---|", *lines])


def _contracts(zh: bool) -> str:
    head = "| 代码 | 核对 | 法条 | 含义 |" if zh else "| code | stage | law | meaning |"
    lines = [head, "|---|---|---|---|"]
    for name, told in sorted(reasons().items()):
        stages = [told["stage"]] if isinstance(told["stage"], str) else told["stage"]
        law = ("；" if zh else "; ").join(_article(one, zh) for one in told.get("article", ()))
        said = ("、" if zh else ", ").join(f"`{stage}`" for stage in stages)
        lines.append(f"| `{name}` | {said} | {law} | {told['zh' if zh else 'en']} |")
    return "\n".join(lines)


def _article(written: str, zh: bool) -> str:
    """`CC 545 (1)` in words."""
    found = ARTICLE.fullmatch(written)
    if found is None:
        raise SystemExit(f"reasons.toml: {written} is no article of a law")
    law, paragraph = LAWS[found["law"]][zh], found["paragraph"]
    if zh:
        return f"{law}第{found['article']}条" + (f"第{paragraph}款" if paragraph else "")
    return f"{law}, Art. {found['article']}" + (f" ({paragraph})" if paragraph else "")


def _table(rows: list[tuple[str, str, Mapping[str, str]]], zh: bool) -> str:
    head = ("代码", "状态码", "含义") if zh else ("code", "status", "meaning")
    lines = ["| " + " | ".join(head) + " |", "|---|---|---|"]
    for name, status, text in rows:
        shown = ELSEWHERE[status][zh] if status in ELSEWHERE else status
        meaning = text["zh" if zh else "en"].replace("|", "\\|").replace("{{", "{").replace("}}", "}")
        lines.append(f"| `{name}` | {shown} | {meaning} |")
    return "\n".join(lines)


def _texts(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _trees(folder: Path) -> Iterator[ast.Module]:
    for path in sorted(folder.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
