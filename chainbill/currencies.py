"""ISO 4217: the active currencies and the number of digits of their minor unit; Chinese names of common ones.

List one of ISO 4217 as of 2025, with its fund codes. ANG and BGN, withdrawn since, stay readable; metals, units of
account and test codes have no minor unit and are no money here.
"""

from __future__ import annotations

from types import MappingProxyType

_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS = "CLF UYW"
_TWO_DIGITS = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN
NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC
SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""

MINOR_DIGITS = MappingProxyType(
    {
        code: digits
        for digits, codes in ((0, _NO_DIGITS), (2, _TWO_DIGITS), (3, _THREE_DIGITS), (4, _FOUR_DIGITS))
        for code in codes.split()
    }
)

CHINESE_NAMES = MappingProxyType(
    {
        "CNY": "人民币",
        "HKD": "港币",
        "MOP": "澳门元",
        "TWD": "新台币",
        "USD": "美元",
        "EUR": "欧元",
        "GBP": "英镑",
        "JPY": "日元",
        "KRW": "韩元",
        "SGD": "新加坡元",
        "AUD": "澳大利亚元",
        "CAD": "加拿大元",
        "NZD": "新西兰元",
        "CHF": "瑞士法郎",
        "RUB": "卢布",
        "THB": "泰铢",
    }
)
