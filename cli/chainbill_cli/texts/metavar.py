"""What stands for something to be typed, in help and messages."""

from __future__ import annotations

WORDS = {
    "ABOVE": "限额", "ACTION": "操作", "AMOUNT": "金额", "ARGS": "参数", "ARGUMENTS": "参数",
    "AUDITOR": "审计机构", "BANK": "银行", "BILL": "凭证", "BLOCK": "区块", "CERTIFICATE": "证书",
    "CHANGE": "变更编号", "CHECKER": "复核身份", "CHOICE": "选择", "CODE": "代码", "COMMAND": "命令",
    "CONTRACT": "合约",
    "COURT": "法院", "CURRENCY": "币种", "CURSOR": "游标", "DATE": "日期", "DEBTOR": "债务人",
    "DIGEST": "摘要", "DIR": "目录", "DIRECTORY": "目录", "DISPUTE": "异议", "DOCUMENT": "文书",
    "ENTRY": "银行登记编号",
    "FILE": "文件", "FREEZE": "冻结编号", "FILES": "文件", "FINGERPRINT": "指纹", "FLOAT": "数", "FUNCTION": "函数",
    "GRADE": "等级", "ATTESTOR": "认证方",
    "HASH": "哈希", "HEIGHT": "高度", "HEX": "十六进制", "HOST": "主机", "ID": "编号",
    "INTEGER": "整数", "JOINT": "共同行为", "KEY": "密钥", "KIND": "类型", "LOCK": "锁定", "ROLE": "角色",
    "NAME": "名称", "NETWORK": "网络", "NUMBER": "号码",
    "OPTIONS": "选项", "ORDER": "编号", "OTHER": "另一身份", "PARTY": "参与方",
    "PERCENT": "百分数", "PORT": "端口", "PROFILE": "身份", "PLEDGE": "质押编号",
    "PRODUCT": "产品编号", "PROPOSAL": "提案编号",
    "PUBLIC_KEY": "公钥", "QUOTE": "报价", "RECOVERY": "恢复编号", "REF": "编号",
    "REQUEST": "申请", "S": "秒", "SCHEME": "方案", "SETTING": "设置项", "SIZE": "规模",
    "STATUS": "状态", "STEP": "步长", "TEXT": "文字", "TIER": "层级", "TIME": "时间", "TYPE": "标识类型",
    "TOKEN": "子凭证", "TOKENS": "子凭证", "TRANSACTION": "交易", "VALUE": "值", "WHEN": "时点",
    "YEAR": "年份",
}  # fmt: skip
TEXTS: dict[str, tuple[str, str]] = {f"metavar.{word}": (word, chinese) for word, chinese in WORDS.items()}
