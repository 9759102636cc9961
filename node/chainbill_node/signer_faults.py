"""Why a signer file must not be used, and what mends it, for the operator."""

from __future__ import annotations

from chainbill_node.config import ConfigError
from chainbill_node.consensus.signer_frames import SignerFileError
from chainbill_node.operator_error import Pair
from chainbill_node.storage.store import FETCH_AGAIN

SAFE_HEIGHT: Pair = (
    "or, if it cannot be had, start once with --safe-height set to a height that this validator has surely never "
    "signed",
    "确实无法取得时，以 --safe-height 指定一个本验证节点从未签过的高度启动一次",
)
FAULTS: dict[str, tuple[str, Pair]] = {
    "signer_file_empty": (
        "签名文件不存在或为空",
        (f"put back signer/ of this node; {SAFE_HEIGHT[0]}", f"请放回本节点的 signer/ 目录；{SAFE_HEIGHT[1]}"),
    ),
    "signer_file_damaged": (
        "签名文件已损坏",
        (f"put back an undamaged signer/; {SAFE_HEIGHT[0]}", f"请换回完好的文件；{SAFE_HEIGHT[1]}"),
    ),
    "signer_file_foreign": (
        "签名文件属于另一个网络、密钥或格式",
        ("put back the signer file that belongs to this key and chain", "请放回属于本密钥与本链的签名文件"),
    ),
    "signer_file_height": (
        "签名文件与数据库的高度不配套",
        (
            "signer/ and data/ are not of the same moment: put back those that belong together; "
            f"or {FETCH_AGAIN[0]}; {SAFE_HEIGHT[0]}",
            f"signer/ 与 data/ 不属于同一时刻：请放回配套的文件；或{FETCH_AGAIN[1]}；{SAFE_HEIGHT[1]}",
        ),
    ),
}
"""By the reason of a SignerFileError: what it is in Chinese (in English the error says it), and the mend."""


def signer_refusal(error: SignerFileError) -> ConfigError:
    """Why a node with this signer file does not start."""
    chinese, mend = FAULTS[error.reason]
    return ConfigError((str(error), f"{error.reason}：{chinese}"), mend)
