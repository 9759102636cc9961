"""Keys."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "key.new": ("Make a key, and a profile for it if --party is given", "生成密钥；给出 --party 时一并建立身份"),
    "key.list": ("List the profiles of this home", "列出本目录的身份"),
    "key.show": ("Show a key's public half", "显示密钥的公钥"),
    "key.import": ("Take a key file (PKCS#8 PEM) into this home", "将密钥文件（PKCS#8 PEM）导入本目录"),
    "key.export": ("Write a key, encrypted, to a file", "将密钥加密后写入文件"),
    "key.rewrap": (
        "Encrypt a key file again in place, with today's number of rounds: a name, or the path of a .pem file",
        "按当前轮数就地重新加密密钥文件：名称，或 .pem 文件的路径",
    ),
    "key.opt_party": ("Party the key signs for (USCC or LEI)", "密钥所属参与方（统一社会信用代码或 LEI）"),
    "key.opt_plain": ("Keep it without a passphrase (for trials)", "不设口令（仅供试用）"),
    "key.opt_force": ("Replace a profile of the same name", "替换同名身份"),
    "key.passphrase": ("Passphrase for the new key file", "新密钥文件的口令"),
    "key.short_passphrase": (
        "the passphrase has fewer than {least} characters: whoever gets the file may guess it",
        "口令不足 {least} 个字符：得到该文件者可能猜出",
    ),
    "key.no_passphrase": (
        "a key file needs a passphrase: set CHAINBILL_PASSPHRASE, run in a terminal, or say --no-passphrase",
        "密钥文件需要口令：请设置 CHAINBILL_PASSPHRASE、在终端中运行，或使用 --no-passphrase",
    ),
    "key.bad_name": ("{name} is not a name: letters, digits, - and _", "{name} 不是有效名称：只能用字母、数字、- 和 _"),
    "key.unknown": (
        "there is neither a profile nor a key {name} in {home}; make it: chainbill key new {name}",
        "{home} 中既没有身份也没有密钥 {name}；生成密钥：chainbill key new {name}",
    ),
    "key.profile_exists": (
        "there is already a profile {name}; replace it with --force",
        "身份 {name} 已存在，可用 --force 替换",
    ),
}
