"""Other words for what has a word: each with the one to use, looked for in every Chinese text that a person reads.

The words come from the glossary (docs/reference/glossary.md) and from the terms of the specification. A row is a
pattern of what is not written, the word that is, and where, if not everywhere: how the name of the place begins.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chainbill_cli.texts import AREAS, texts_of

ROOT = Path(__file__).resolve().parent.parent
CHINESE = re.compile("[\u4e00-\u9fff]")


class Other(NamedTuple):
    """What is not written, the word that is, and where (everywhere if nothing is named)."""

    pattern: str
    word: str
    within: str = ""


OTHERS = (
    # who
    Other("保荐", "推荐行"),
    Other("审计方", "审计机构"),
    Other("监管方", "监管机构"),
    Other("协助行|(?<!协助)执行行", "协助执行行"),
    Other("第二家银行", "另一银行"),
    Other("首手|第一债权人", "首个债权人"),
    Other("(?<!的)融资方(?!式)", "资金方"),
    Other("(?<![购核])销方", "销售方"),
    Other("被追索方", "被请求方"),
    Other("付款行|承付行", "兑付行"),
    Other("收款人", "收款方"),
    Other("收款方|收款名单|收款合计", "受让方", "cli/token."),
    Other("收款方(?!可用)|收款名单|收款合计", "受让方", "cli/payees."),
    Other("付息方", "利息承担方"),
    Other("本主体|其他主体|某主体|主体主张", "参与方"),
    Other("贵方", "本方"),
    # things
    Other("应收账款凭证", "凭证"),
    Other("(?<!首)[个份]子凭证", "张子凭证"),
    Other("(?<![订知])单号", "编号"),
    Other("案号", "文号"),
    Other("追索书", "追索通知"),
    Other("参考号", "编号"),
    Other("入网申请", "准入申请"),
    Other("标签体系|[某一]体系", "方案"),
    Other("签署规则", "授权策略"),
    Other("凭证条款|报价条款", "约定"),
    Other("交易号", "交易编号"),
    Other("贷项凭单", "贷项通知单"),
    Other("备注", "附言", "cli/"),
    Other("主目录", "目录"),
    Other("运算量", "计算量"),
    Other("账外", "账本之外"),
    Other("上链|上账(?!本)", "记入账本"),
    Other("(?<!注)明标(?!识)|明示报价", "明文"),
    # money and days
    Other("付款日(?!期)", "应付日"),
    Other("营业日", "工作日"),
    Other("失效日", "截止日"),
    Other("交货日", "交付日"),
    Other("到账日", "起息日"),
    Other("主债务", "被担保债务"),
    Other("最小拆分额", "最小拆分金额"),
    Other("(?<!向)保证人付款|保证付款", "保证人代偿"),
    Other("贴现", "融资"),
    # what is done
    Other("婉拒", "谢绝"),
    Other("移转", "转移"),
    Other("购回", "回购"),
    Other("落选", "未中选"),
    Other("重新指示|指示付款|已指示", "指令"),
    Other("追溯", "穿透查询"),
    Other("试运行", "试算"),
    Other("找回新密钥|密钥找回|投票找回|已公告找回|（找回）", "密钥恢复"),
    Other("(?:已|待|尚未|等待(?:交易)?)提交(?!已)", "记入账本", "cli/"),
    Other("注销(?=凭证|子凭证|金额|的金额)", "作废"),
    Other("撤销(?=报价|融资|申请|该申请|转让|该凭证)", "撤回"),
    Other("(?:撤销|停用)(?:的|该|原|一把|当前参与方的一把)?密钥|密钥(?:被|已)?撤销", "吊销"),
    Other("结束(?=兑付委托)", "终止"),
    Other("划扣|扣款|款项[^，。；]{0,8}划转|款项划至", "扣划"),
    Other("扣划[^，。；]{0,4}(?:子凭证|金额)", "划转"),
    Other("法院(?:登记|认定)的?(?:异议|违约)", "银行登记"),
)
"""Every other word that was written, or that people would write."""


def others_in(place: str, said: str) -> list[str]:
    """What a text says otherwise, each as `place: other → word`."""
    return [
        f"{place}: {found[0]} → {other.word}"
        for other in OTHERS if place.startswith(other.within)
        for found in re.finditer(other.pattern, said)
    ]  # fmt: skip


def texts() -> Iterator[tuple[str, str]]:
    """Every Chinese text that a person reads, and what its place is called: of the command line, of the tables of
    contracts and of REST, of the page, of the documents.
    """
    for area in AREAS:
        yield from ((f"cli/{key}", chinese) for key, (_, chinese) in texts_of(area).items())
    for path in sorted(path for part in ("contracts", "chainbill", "node") for path in ROOT.glob(f"{part}/**/*.toml")):
        yield from _leaves(str(path.relative_to(ROOT)), tomllib.loads(path.read_text(encoding="utf-8")))
    documents = [*ROOT.glob("*.zh.md"), *ROOT.glob("docs/**/*.zh.md"), ROOT / "docs" / "reference" / "glossary.md"]
    for path in sorted((*documents, *ROOT.glob("node/chainbill_node/rest/web/*.*"))):
        if path.suffix in {".md", ".js", ".html"}:
            lines = path.read_text(encoding="utf-8").splitlines()
            yield from ((f"{path.relative_to(ROOT)}:{number}", line) for number, line in enumerate(lines, start=1))


def _leaves(place: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(f"{place} {name}", one)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(place, one)
    elif isinstance(value, str) and CHINESE.search(value):
        yield place, value
