"""Money: a Decimal beside an ISO 4217 code; its rounding and how it is written.

Source: ISO 4217 (codes, English names, minor units); DOMAIN F1, F9.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from portal.kernel.errors import Invalid
from portal.kernel.text import t


@dataclass(frozen=True, slots=True)
class Currency:
    """One ISO 4217 currency; `minor` is the number of decimal places of its minor unit."""

    code: str
    name_zh: str
    name_en: str
    minor: int = 2


_ISO_4217 = """
AED 阿联酋迪拉姆 UAE Dirham
ARS 阿根廷比索 Argentine Peso
AUD 澳大利亚元 Australian Dollar
BDT 孟加拉塔卡 Bangladesh Taka
BGN 保加利亚列弗 Bulgarian Lev
BHD:3 巴林第纳尔 Bahraini Dinar
BND 文莱元 Brunei Dollar
BRL 巴西雷亚尔 Brazilian Real
CAD 加拿大元 Canadian Dollar
CHF 瑞士法郎 Swiss Franc
CLP:0 智利比索 Chilean Peso
CNY 人民币 Yuan Renminbi
COP 哥伦比亚比索 Colombian Peso
CZK 捷克克朗 Czech Koruna
DKK 丹麦克朗 Danish Krone
DZD 阿尔及利亚第纳尔 Algerian Dinar
EGP 埃及镑 Egyptian Pound
ETB 埃塞俄比亚比尔 Ethiopian Birr
EUR 欧元 Euro
GBP 英镑 Pound Sterling
GHS 加纳塞地 Ghana Cedi
HKD 港元 Hong Kong Dollar
HUF 匈牙利福林 Hungarian Forint
IDR 印度尼西亚卢比 Indonesian Rupiah
ILS 以色列新谢克尔 New Israeli Sheqel
INR 印度卢比 Indian Rupee
IQD:3 伊拉克第纳尔 Iraqi Dinar
IRR 伊朗里亚尔 Iranian Rial
ISK:0 冰岛克朗 Iceland Krona
JOD:3 约旦第纳尔 Jordanian Dinar
JPY:0 日元 Japanese Yen
KES 肯尼亚先令 Kenyan Shilling
KHR 柬埔寨瑞尔 Cambodian Riel
KRW:0 韩元 Korean Won
KWD:3 科威特第纳尔 Kuwaiti Dinar
KZT 哈萨克斯坦坚戈 Kazakhstan Tenge
LAK 老挝基普 Lao Kip
LKR 斯里兰卡卢比 Sri Lanka Rupee
MAD 摩洛哥迪拉姆 Moroccan Dirham
MMK 缅甸元 Myanmar Kyat
MNT 蒙古图格里克 Mongolian Tugrik
MOP 澳门元 Macao Pataca
MUR 毛里求斯卢比 Mauritius Rupee
MXN 墨西哥比索 Mexican Peso
MYR 马来西亚林吉特 Malaysian Ringgit
NGN 尼日利亚奈拉 Nigerian Naira
NOK 挪威克朗 Norwegian Krone
NPR 尼泊尔卢比 Nepalese Rupee
NZD 新西兰元 New Zealand Dollar
OMR:3 阿曼里亚尔 Rial Omani
PEN 秘鲁索尔 Peruvian Sol
PHP 菲律宾比索 Philippine Peso
PKR 巴基斯坦卢比 Pakistan Rupee
PLN 波兰兹罗提 Polish Zloty
QAR 卡塔尔里亚尔 Qatari Rial
RON 罗马尼亚列伊 Romanian Leu
RSD 塞尔维亚第纳尔 Serbian Dinar
RUB 俄罗斯卢布 Russian Ruble
SAR 沙特里亚尔 Saudi Riyal
SEK 瑞典克朗 Swedish Krona
SGD 新加坡元 Singapore Dollar
THB 泰铢 Thai Baht
TND:3 突尼斯第纳尔 Tunisian Dinar
TRY 土耳其里拉 Turkish Lira
TWD 新台币 New Taiwan Dollar
TZS 坦桑尼亚先令 Tanzanian Shilling
UAH 乌克兰格里夫纳 Ukrainian Hryvnia
UGX:0 乌干达先令 Uganda Shilling
USD 美元 US Dollar
UYU 乌拉圭比索 Peso Uruguayo
UZS 乌兹别克斯坦苏姆 Uzbekistan Sum
VND:0 越南盾 Vietnamese Dong
XAF:0 中非法郎 CFA Franc BEAC
XOF:0 西非法郎 CFA Franc BCEAO
ZAR 南非兰特 South African Rand
ZMW 赞比亚克瓦查 Zambian Kwacha
"""


def _read(line: str) -> Currency:
    code, name_zh, name_en = line.split(" ", 2)
    code, _, minor = code.partition(":")
    return Currency(code, name_zh, name_en, int(minor or 2))


CURRENCIES: dict[str, Currency] = {
    currency.code: currency for currency in map(_read, _ISO_4217.strip().splitlines())
}

_MINOR_STEP = {code: Decimal(1).scaleb(-each.minor) for code, each in CURRENCIES.items()}


def currency_of(code: str) -> Currency:
    """The currency with this code; Invalid when it is not one that we know."""
    found = CURRENCIES.get(code)
    if found is None:
        raise _unknown(code)
    return found


def minor_units(code: str) -> int:
    """Decimal places of the currency's minor unit: CNY 2, JPY 0, KWD 3."""
    return currency_of(code).minor


def round_money(amount: Decimal, currency: str = "CNY") -> Decimal:
    """`amount` rounded half up to the currency's minor unit; away from zero when negative (F1)."""
    step = _MINOR_STEP.get(currency)
    if step is None:
        raise _unknown(currency)
    return amount.quantize(step, ROUND_HALF_UP)


def format_amount(amount: Decimal, currency: str = "CNY") -> str:
    """`1,482.00`: thousands separated, the currency's own decimals, no symbol (F9)."""
    return f"{round_money(amount, currency):,f}"


def format_money(amount: Decimal, currency: str) -> str:
    """`USD 1,482.00`: the code before the figure, never a symbol (F9)."""
    return f"{currency} {format_amount(amount, currency)}"


def format_rate(rate: Decimal) -> str:
    """A unit price or percentage: `28.50`, `0.566976`; at least two decimals, no idle zeros."""
    text = f"{rate:,f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def format_quantity(quantity: Decimal) -> str:
    """A measured quantity as it was rounded: `52.0`, `1,200`, `0.665`."""
    return f"{quantity:,f}"


def _unknown(code: str) -> Invalid:
    return Invalid(t("%(code)s is not a currency code of ISO 4217 that is in use here.", code=code))
