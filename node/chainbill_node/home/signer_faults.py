"""Signer faults: why a signer file, or an operator's word about it, must not be used, and what mends it."""

from __future__ import annotations

from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.foundation.operator_error import Pair
from chainbill_node.home.config import ConfigError

SIGNER_LOST: Pair = (
    "or, if it is lost for good, start once with --signer-lost: the other validators then tell from where to sign",
    "确已丢失时，以 --signer-lost 启动一次：由其他验证节点告知从何处起签名",
)
PRINTED: Pair = (
    "start without --safe-height; /ready and node status print the one to give, should one be needed",
    "请不带 --safe-height 启动；确有需要时，/ready 会给出应填的高度",
)
FAULTS: dict[str, tuple[str, Pair]] = {
    "signer_file_empty": (
        "签名文件不存在或为空",
        (f"put back signer/ of this node; {SIGNER_LOST[0]}", f"请放回本节点的 signer/ 目录；{SIGNER_LOST[1]}"),
    ),
    "signer_file_damaged": (
        "签名文件已损坏",
        (f"put back an undamaged signer/; {SIGNER_LOST[0]}", f"请换回完好的文件；{SIGNER_LOST[1]}"),
    ),
    "signer_file_foreign": (
        "签名文件属于另一个网络、密钥或格式",
        ("put back the signer file that belongs to this key and chain", "请放回属于本密钥与本链的签名文件"),
    ),
    "safe_height_unwanted": ("签名文件完好，本验证节点已在签名", PRINTED),
    "safe_height_passed": ("该高度已有决定", PRINTED),
    "safe_height_unreachable": ("唯一的验证节点无法自行到达该高度", PRINTED),
}
"""By the reason of a SignerFileError: what it is in Chinese (in English the error says it), and the mend."""


def signer_refusal(error: SignerFileError) -> ConfigError:
    """Why a node with this signer file, or this word of its operator, does not start."""
    chinese, mend = FAULTS[error.reason]
    return ConfigError((str(error), f"{error.reason}：{chinese}"), mend)
