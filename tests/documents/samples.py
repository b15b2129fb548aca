"""Sample quotations for the tests of printing: the golden case G1 and longer, wider, stranger ones."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from portal.documents.pictures import fit_for_paper
from portal.documents.rules.firm import BankAccount, Firm, Picture
from portal.documents.rules.words import Words, same
from portal.quotations.rules.paper import (
    Comparison,
    CurrencyAmount,
    CurrencyTotal,
    Fact,
    GrandTotal,
    Lane,
    Line,
    Option,
    OptionCell,
    OptionRow,
    Party,
    Place,
    QuotationPaper,
    Section,
    TaxTotal,
    TextBlock,
    Verification,
)

BOLD = Path(__file__).parents[2] / "static" / "fonts" / "PortalSansSC-Bold.ttf"
EXEMPT = Words("免税", "Exempt")
SIX = same("6%")
BOX = Words("每箱", "per box")
BILL = Words("每票", "per B/L")


@cache
def logo() -> Picture:
    """A white ship on a teal square."""
    image = Image.new("RGBA", (192, 192))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, 191, 191), 36, fill="#0b5c6b")
    pen.polygon([(36, 112), (156, 112), (136, 152), (56, 152)], fill="white")
    pen.rectangle((64, 76, 128, 104), fill="white")
    pen.rectangle((88, 44, 104, 68), fill="white")
    return Picture(fit_for_paper(_png(image)), "Farhaven")


@cache
def seal() -> Picture:
    """A round red seal with the firm's name along its rim."""
    image = Image.new("RGBA", (360, 360))
    pen = ImageDraw.Draw(image)
    pen.ellipse((4, 4, 356, 356), outline="#d0202a", width=9)
    star = [
        (180 + r * math.sin(k * math.pi / 5), 180 - r * math.cos(k * math.pi / 5))
        for k, r in ((k, 54 if k % 2 == 0 else 21) for k in range(10))
    ]
    pen.polygon(star, fill="#d0202a")
    face = ImageFont.truetype(str(BOLD), 40)
    name = "远港国际物流（上海）有限公司"
    for k, character in enumerate(name):
        turn = -130 + 260 * k / (len(name) - 1)
        tile = Image.new("RGBA", (360, 360))
        ImageDraw.Draw(tile).text((180, 46), character, fill="#d0202a", font=face, anchor="mm")
        image.alpha_composite(tile.rotate(-turn, resample=Image.Resampling.BICUBIC))
    return Picture(fit_for_paper(_png(image)), "Seal")


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def firm() -> Firm:
    """Farhaven, the firm of all samples."""
    name = Words(
        "远港国际物流（上海）有限公司", "Farhaven International Logistics (Shanghai) Co., Ltd."
    )
    bank = Words("中国银行上海虹口支行", "Bank of China, Shanghai Hongkou Sub-branch")
    return Firm(
        name=name,
        address=Words("上海市虹口区东大名路 888 号 18 楼", "18/F, 888 East Daming Road, Shanghai"),
        phone="021-5555 0188",
        licence=Words("NVOCC 备案 MOC-NV 00000", "NVOCC MOC-NV 00000"),
        logo=logo(),
        seal=seal(),
        accounts=(
            BankAccount(name, bank, "4550 0000 0000 0001", "CNY", clearing_number="104290000000"),
            BankAccount(name, bank, "4550 0000 0000 0002", "USD", swift="BKCHCNBJ300"),
        ),
    )


def line(name: str, english: str, basis: Words, currency: str, price: str, count: str, amount: str,
         tax: Words = EXEMPT, code: str = "", unit: str = "", note: Words = Words("")) -> Line:  # fmt: skip
    """A charge from plain strings."""
    return Line(
        name=Words(name, english), basis=basis, currency=currency, price=Decimal(price),
        quantity=Decimal(count), quantity_unit=unit, amount=Decimal(amount), code=code,
        tax_label=tax, note=note,
    )  # fmt: skip


FREIGHT = Section(
    Words("海运费", "Ocean freight"),
    (
        line("海运费 20GP", "Ocean freight", BOX, "USD", "2000", "2", "4000.00", code="O/F"),
        line("海运费 40GP", "Ocean freight", BOX, "USD", "3700", "3", "11100.00", code="O/F"),
        line("海运费 40HQ", "Ocean freight", BOX, "USD", "3850", "1", "3850.00", code="O/F"),
        line("燃油附加费", "Bunker", Words("每标准箱", "per TEU"), "USD", "150", "10", "1500.00",
             code="BAF", unit="TEU"),
        line("美国舱单申报", "Manifest", BILL, "USD", "35", "1", "35.00", code="AMS"),
    ),
    (CurrencyAmount("USD", Decimal("20485.00")),),
)  # fmt: skip
ORIGIN = Section(
    Words("起运港费用", "Origin charges"),
    (
        line("码头操作费 20′", "Terminal", BOX, "CNY", "586", "2", "1172.00", SIX, "THC"),
        line("码头操作费 40′", "Terminal", BOX, "CNY", "886", "4", "3544.00", SIX, "THC"),
        line("文件费", "Documentation", BILL, "CNY", "450", "1", "450.00", SIX, "DOC"),
        line("铅封费", "Seal", BOX, "CNY", "50", "6", "300.00", SIX, "SEAL"),
        line("电放费", "Telex release", BILL, "CNY", "450", "0", "0.00", SIX, "TLX"),
    ),
    (CurrencyAmount("CNY", Decimal("5466.00")),),
)  # fmt: skip
COLLECT = Section(
    Words("目的港费用（参考）", "Destination charges (for reference)"),
    (
        line("目的港码头费", "Destination THC", BOX, "USD", "410", "6", "2460.00", code="DTHC"),
        Line(Words("查验费", "Inspection"), BILL, "USD", code="EXAM", tax_label=EXEMPT),
    ),
    collect=True,
)
TERMS = (
    Words("报价以实际开航日所属运价版本为准，舱位及用箱以船公司确认为准。",
          "The tariff in force on the sailing date applies; space is subject to the carrier."),
    Words("不含目的港费用、关税、查验及仓储堆存等实报实销费用。",
          "Destination charges, duties, inspection and storage are at cost and not included."),
    Words("超重、超限及危险品另议；20′ 限重 21 吨，40′ 限重 26 吨。",
          "Overweight, out-of-gauge and dangerous cargo on request; 20′ to 21 t, 40′ to 26 t."),
    Words("结算方式：月结 30 天，自账单日起算。", "Payment: 30 days from the statement date."),
)  # fmt: skip


def g1() -> QuotationPaper:
    """The golden case G1: nine charges in two currencies."""
    return QuotationPaper(
        number="QT-2026-000128",
        revision="v2",
        issued_on=date(2026, 3, 2),
        valid_until=date(2026, 3, 31),
        currencies=("USD", "CNY"),
        firm=firm(),
        customer=Party(
            Words("海港食品有限公司", "Harbour Foods Ltd."),
            Words("林晓雯 物流经理", "Lin Xiaowen"),
            ("138 0000 0000",),
        ),
        sender=Party(
            Words("陈立 销售经理", "Chen Li, sales manager"),
            contacts=("chen.li@farhaven.example", "021-5555 0123", "WeChat farhaven-chen"),
        ),
        created_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
        lanes=(
            Lane(
                Place(Words("上海", "Shanghai"), "CNSHA", (Words("开航周四", "sails Thursdays"),)),
                Place(Words("纽约", "New York"), "USNYC", (Words("免柜期 7 天", "7 free days"),)),
                (Words("海运整箱", "FCL"), Words("直航", "direct")),
                (Words("中远海运", "COSCO"), Words("约 28 天", "about 28 days")),
                is_by_sea=True,
            ),
        ),
        facts=(
            Fact("boxes", same("20GP×2 40GP×3 40HQ×1")),
            Fact("box_count", same("6 / 10 TEU")),
            Fact("commodity", Words("冷冻调味品", "Frozen condiments")),
            Fact("gross_weight", same("86.4 t")),
            Fact("incoterm", Words("FOB 上海", "FOB Shanghai")),
            Fact("volume", same("312 m³")),
        ),
        sections=(FREIGHT, ORIGIN),
        tax_totals=(
            TaxTotal("USD", EXEMPT, Decimal("20485.00"), Decimal("0.00"), Decimal("20485.00")),
            TaxTotal("CNY", SIX, Decimal("5156.60"), Decimal("309.40"), Decimal("5466.00")),
        ),
        totals=(
            CurrencyTotal("USD", Decimal("20485.00"), Decimal("0.00"), Decimal("20485.00"),
                          Decimal("7.1260"), date(2026, 3, 2), Decimal("145976.11")),
            CurrencyTotal("CNY", Decimal("5156.60"), Decimal("309.40"), Decimal("5466.00"),
                          converted=Decimal("5466.00")),
        ),
        grand_total=GrandTotal(
            "CNY", Decimal("151442.11"),
            Words("人民币壹拾伍万壹仟肆佰肆拾贰元壹角壹分",
                  "SAY CHINESE YUAN ONE HUNDRED FIFTY-ONE THOUSAND FOUR HUNDRED FORTY-TWO AND 11/100 ONLY"),
            is_converted=True,
        ),
        terms=TERMS,
        is_sealed=True,
        verification=Verification("7K2M-94QX", "https://portal.farhaven.example/verify/7K2M-94QX"),
    )  # fmt: skip


def of_lines(count: int) -> QuotationPaper:
    """G1 with `count` lines in sections of ten, each with its bilingual name and a working note."""
    names = [("海运费 40HQ", "Ocean freight"), ("燃油附加费", "Bunker adjustment"),
             ("码头操作费", "Terminal handling"), ("文件费", "Documentation"), ("铅封费", "Seal"),
             ("拖车费 上海至洋山", "Haulage to Yangshan"), ("报关费", "Customs clearance"),
             ("续页费", "Further pages"), ("打托费", "Palletising"), ("舱单申报", "Manifest")]  # fmt: skip
    lines = [
        line(names[k % 10][0], names[k % 10][1], BOX, "CNY", f"{100 + 7 * k}.50", "2",
             f"{201 + 14 * k}.00", SIX, f"C{k:02}",
             note=Words(f"2 箱 × {100 + 7 * k}.50") if k % 3 == 0 else Words(""))
        for k in range(count)
    ]  # fmt: skip
    titles = ["海运费", "起运港费用", "拖车", "报关", "仓储", "配送"]
    english = ["Ocean freight", "Origin charges", "Haulage", "Customs", "Storage", "Delivery"]
    sections = tuple(
        Section(
            Words(titles[k // 10 % 6], english[k // 10 % 6]),
            tuple(lines[k : k + 10]),
            (CurrencyAmount("CNY", sum((n.amount or 0 for n in lines[k : k + 10]), Decimal(0))),),
        )
        for k in range(0, count, 10)
    )
    return replace(g1(), sections=sections, number="QT-2026-000129", revision="")


def with_options() -> QuotationPaper:
    """Three carriers side by side, and nothing else."""

    def cell(amount: str, currency: str = "USD") -> OptionCell:
        return OptionCell(currency, Decimal(amount))

    rows = (
        OptionRow(Words("海运费 20GP", "Ocean freight 20GP"), BOX,
                  (cell("1950.00"), cell("2000.00"), cell("1880.00"))),
        OptionRow(Words("海运费 40HQ", "Ocean freight 40HQ"), BOX,
                  (cell("3700.00"), cell("3850.00"), OptionCell())),
        OptionRow(Words("码头操作费 40′", "Terminal handling 40′"), BOX,
                  (cell("886.00", "CNY"), cell("886.00", "CNY"), cell("886.00", "CNY"))),
        OptionRow(Words("电放费", "Telex release"), BILL,
                  (cell("450.00", "CNY"), cell("0", "CNY"), OptionCell(is_absent=True))),
    )  # fmt: skip
    options = tuple(
        Option(
            Words(zh, en),
            (Fact("etd", Words(etd_zh, etd_en)), Fact("transit_days", Words(f"{days} 天", f"{days} days")),
             Fact("routing", Words(way, way_en)), Fact("free_time", Words("7 天", "7 days"))),
            (CurrencyAmount("USD", Decimal(usd)), CurrencyAmount("CNY", Decimal(cny))),
            CurrencyAmount("CNY", Decimal(total)),
            recommended,
        )
        for zh, en, etd_zh, etd_en, days, way, way_en, usd, cny, total, recommended in (
            ("中远海运", "COSCO", "周四", "Thu", 28, "直航", "direct", "5650.00", "1336.00", "41597.90", True),
            ("马士基", "Maersk", "周二", "Tue", 31, "经釜山", "via Busan", "5850.00", "886.00", "42573.10", False),
            ("地中海航运", "MSC", "周日", "Sun", 35, "经仁川", "via Incheon", "1880.00", "886.00", "14282.88", False),
        )
    )  # fmt: skip
    return replace(
        g1(), sections=(), totals=(), tax_totals=(), grand_total=None, is_sealed=False,
        comparison=Comparison(options, rows),
    )  # fmt: skip


def with_long_names() -> QuotationPaper:
    """Names that do not fit on one line, a collect section, free text, and a price on request."""
    long = line(
        "超长超重货物装卸及特种加固捆扎作业综合服务费（含人工、材料与夜间作业）",
        "Heavy-lift handling, lashing and securing including labour, materials and night work",
        Words("每立方米·天", "per m³ per day"), "CNY", "0.566976", "12345.678", "6999.70", SIX,
        "HEAVY-LIFT-SECURING", "m³·d",
        Words("12,345.678 m³·天 × 0.566976，最低 6,999.70", "minimum applied"),
    )  # fmt: skip
    asked = Line(Words("危险品申报", "Dangerous goods declaration"), BILL, "CNY", code="DG")
    name = Words(
        "喆堃镕犇淼（中国—东盟）跨境电子商务供应链管理与国际多式联运综合服务股份有限公司广西自贸区分公司",
        "Zhekun Rongbenmiao (China-ASEAN) Cross-border Supply Chain Management and Multimodal "
        "Transport Services Joint Stock Company, Guangxi Free Trade Zone Branch",
    )
    return replace(
        g1(),
        customer=Party(name, Words("欧阳昇祎翀玥彧", "Ouyang"), ("ouyang@a-very-long-domain.example",)),
        sections=(FREIGHT, replace(ORIGIN, lines=(*ORIGIN.lines, long, asked)), COLLECT),
        hides_zero_lines=False,
        mark=Words("副本", "Copy"),
        text_blocks=(
            TextBlock(Words("服务说明", "Scope"),
                      Words("本报价含 {{ paper.firm }} 与 <b>加粗</b> 文字，\n均按原样打印。", "Printed as typed."),
                      is_before_charges=True),
        ),
    )  # fmt: skip
