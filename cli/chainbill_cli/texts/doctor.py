"""The doctor."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "doctor.python": ("Python", "Python"),
    "doctor.packages": ("packages", "依赖包"),
    "doctor.home": ("home", "目录"),
    "doctor.keys": ("key files", "密钥文件"),
    "doctor.nodes": ("nodes", "节点"),
    "doctor.clock": ("clock", "时钟"),
    "doctor.space": ("disk space", "磁盘空间"),
    "doctor.ok": ("ok", "正常"),
    "doctor.python_bad": (
        "{version}: contracts run on CPython {allowed}",
        "{version}：合约需运行于 CPython {allowed}",
    ),
    "doctor.python_fix": ("install one of these and chainbill in it", "安装其中之一并在其中安装 chainbill"),
    "doctor.package_bad": ("{name} cannot be loaded: {why}", "无法加载 {name}：{why}"),
    "doctor.package_fix": ("pip install --force-reinstall chainbill", "pip install --force-reinstall chainbill"),
    "doctor.home_none": ("{home} has no profiles", "{home} 中没有身份"),
    "doctor.home_fix": (
        "chainbill localnet up --detach, or chainbill key new NAME --party ID",
        "chainbill localnet up --detach，或 chainbill key new NAME --party ID",
    ),
    "doctor.key_missing": ("{path} is not there", "{path} 不存在"),
    "doctor.key_missing_fix": ("put the file back, or chainbill key import", "放回文件，或 chainbill key import"),
    "doctor.key_weak": (
        "{path} is encrypted with {rounds} rounds only: its passphrase can be guessed",
        "{path} 仅以 {rounds} 轮加密：口令可被猜出",
    ),
    "doctor.key_weak_fix": (
        "chainbill key rewrap {name}; if others may have had the file, or a backup of it, change the key as well",
        "chainbill key rewrap {name}；若文件或其备份可能落入他人之手，还须更换密钥",
    ),
    "doctor.key_mode": ("others may read {path}", "其他用户可读取 {path}"),
    "doctor.key_mode_fix": ("chmod 600 {path}", "chmod 600 {path}"),
    "doctor.node_away": ("{node} does not answer", "{node} 没有应答"),
    "doctor.node_fix": (
        "chainbill localnet status; chainbill localnet start NAME",
        "chainbill localnet status；chainbill localnet start NAME",
    ),
    "doctor.node_fix_remote": (
        "ask who runs it (chainbill node start --home DIR there), or name another with --node URL",
        "请联系其运营方（在该处运行 chainbill node start --home DIR），或用 --node URL 指定其他节点",
    ),
    "doctor.node_still": ("{node}: {why}", "{node}：{why}"),
    "doctor.no_nodes": ("no node is known", "尚不知道任何节点"),
    "doctor.no_nodes_fix": (
        "give --node URL, or chainbill config set node URL",
        "使用 --node URL，或 chainbill config set node URL",
    ),
    "doctor.clock_off": ("this machine's clock is {seconds} s off the node's", "本机时钟与节点相差 {seconds} 秒"),
    "doctor.clock_fix": (
        "switch time synchronisation on (chrony, systemd-timesyncd)",
        "开启时间同步（chrony、systemd-timesyncd）",
    ),
    "doctor.space_low": ("{free} MiB are free in {home}", "{home} 仅剩 {free} MiB"),
    "doctor.space_fix": ("make room: a node that cannot write ends itself", "清理空间：无法写入的节点会自行退出"),
}
