"""Products and events of production."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "product.register": (
        "Register a product from a JSON file: its parts, suppliers and shares (an anchor; maker and checker)",
        "以 JSON 文件登记产品的部件、供应商与份额（核心企业，经办与复核）",
    ),
    "product.attest": (
        "Sign the event in a file as the product's attestor, where that key is kept",
        "在见证方密钥的存放处，以见证方身份对文件中的事件签名",
    ),
    "product.event": (
        "Report an attested event of production: one bill a part, confirmed, for its suppliers to accept (the anchor)",
        "报送已见证的生产事件：每项部件开立一张已确权的凭证，待供应商签收（核心企业）",
    ),
    "product.opt_attest_key": ("The attestor's key in this home", "本目录中的见证方密钥"),
    "product.no_object": ("{path} holds no JSON object", "{path} 中没有 JSON 对象"),
    "product.no_member": ("{path}: {member} is missing", "{path}：缺少 {member}"),
    "product.unknown_member": ("{path}: {member} is not known here", "{path}：无法识别 {member}"),
    "product.bad_member": (
        '{path}: {member} is of another kind; amounts, shares and dates are texts such as "1000.00", days a number',
        '{path}：{member} 的类型不符；金额、份额与日期写成文本，如 "1000.00"，天数写成数字',
    ),
    "product.not_whole": (
        '{where}: {member} is {value}; amounts and shares are texts such as "1000.00", days a whole number',
        '{where}：{member} 的值为 {value}；金额与份额写成文本，如 "1000.00"，天数写成整数',
    ),
    "product.in_member": ("{path}: {member}: {why}", "{path}：{member}：{why}"),
    "product.of_part": ("part {number}, {member}", "第 {number} 项部件的 {member}"),
    "product.bad_share": (
        '{value} is no share in percent, above 0 and up to 100, with four digits after the point at most, as "3.3333"',
        '{value} 不是份额；请写大于 0、至多 100 的百分数，至多四位小数，如 "3.3333"',
    ),
    "product.shares_over": (
        "{path}: the shares of the parts come to {total}%; lower some, they are 100% at most",
        "{path}：各部件的份额合计为 {total}%；请调低，合计不得超过 100%",
    ),
    "product.bad_key": (
        "{path}: {member} is {value}, which is no public key of 64 hexadecimal digits",
        "{path}：{member} 的值 {value} 不是 64 位十六进制公钥",
    ),
    "product.key_not_here": ("this home has no private key {value}", "本目录中没有私钥 {value}"),
    "product.not_attested": (
        "{path} is not signed yet: chainbill product attest FILE --key NAME, where the attestor's key is kept",
        "{path} 尚未签名：请在见证方密钥的存放处执行 chainbill product attest FILE --key NAME",
    ),
    "product.other_currency": (
        "{path} is in {found}, the product in {expected}",
        "{path} 的币种为 {found}，产品的币种为 {expected}",
    ),
}
