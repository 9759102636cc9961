"""Networks."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "network.init": (
        "Write a network's homes, keys, certificates and genesis from its description",
        "按网络描述文件生成各节点目录、密钥、证书与创世文件",
    ),
    "network.show": ("Show the network and its validators", "查看网络与验证方"),
    "network.opt_out": ("Directory to write into; must not hold a network", "输出目录，不得已有网络"),
    "network.bad_file": ("{path}: {why}", "{path}：{why}"),
    "network.missing": ("{what} is missing", "缺少 {what}"),
    "network.unknown": ("{what} is not a setting", "{what} 不是可用的设置"),
    "network.wrong": ("{what} must be {wanted}", "{what} 必须是 {wanted}"),
    "network.exists": ("{path} holds a network already", "{path} 已有网络"),
    "network.hand_out": (
        "next: give each member its folder under {path}/nodes and {path}/parties, over a safe way, and delete it here",
        "接下来：将 {path}/nodes 与 {path}/parties 下各成员的目录通过安全方式交付，并在此处删除",
    ),
    "network.plain_keys": (
        "the key files have no passphrase: set CHAINBILL_PASSPHRASE before `network init` outside of trials",
        "密钥文件未设口令：正式使用前请在 `network init` 之前设置 CHAINBILL_PASSPHRASE",
    ),
}
