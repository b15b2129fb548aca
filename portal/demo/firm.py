"""The demo firm 远港国际物流 and its people: invented, like everything in the demo world."""

from __future__ import annotations

from typing import Any

from portal.access.permissions import Role

PASSWORD = "try-the-portal"
DOMAIN = "farhaven.example"

FIRM: dict[str, Any] = {
    "name_zh": "远港国际物流（上海）有限公司",
    "name_en": "Farhaven International Logistics (Shanghai) Co., Ltd.",
    "address_zh": "上海市虹口区东大名路 888 号 18 楼",
    "address_en": "18F, 888 Dongdaming Road, Hongkou, Shanghai",
    "phone": "021-5555 0188",
    "email": "service@farhaven.example",
    "website": "www.farhaven.example",
    "licence": "NVOCC 备案 MOC-NV 00000",
    "credit_code": "91310000MA1FL0000N",
    "currency": "CNY",
    "look": {"accent": "#0b5c6b"},
    "banks": [
        {
            "holder_zh": "远港国际物流（上海）有限公司",
            "holder_en": "Farhaven International Logistics (Shanghai) Co., Ltd.",
            "bank_zh": "中国银行上海虹口支行",
            "bank_en": "Bank of China, Shanghai Hongkou Sub-branch",
            "number": "4550 0000 0000 0001",
            "currency": "CNY",
            "swift": "",
            "clearing_number": "",
        },
        {
            "holder_zh": "远港国际物流（上海）有限公司",
            "holder_en": "Farhaven International Logistics (Shanghai) Co., Ltd.",
            "bank_zh": "中国银行上海虹口支行",
            "bank_en": "Bank of China, Shanghai Hongkou Sub-branch",
            "number": "4550 0000 0000 0002",
            "currency": "USD",
            "swift": "BKCHCNBJ300",
            "clearing_number": "",
        },
    ],
    "texts": [
        {
            "zh": "报价以实际开航日所属运价版本为准，舱位及用箱以船公司确认为准。",
            "en": "The tariff of the actual sailing date applies; space and equipment are subject to the carrier.",
        },
        {
            "zh": "不含目的港费用、关税、查验及仓储堆存等实报实销费用。",
            "en": "Destination charges, duties, inspection and storage at cost are not included.",
        },
        {
            "zh": "超重、超限及危险品另议；20′ 限重 21 吨，40′ 限重 26 吨。",
            "en": "Overweight, oversize and dangerous goods on request; 20' up to 21 t, 40' up to 26 t.",
        },
        {
            "zh": "结算方式：月结 30 天，自账单日起。",
            "en": "Payment: 30 days from the statement date.",
        },
    ],
    "quoting": {
        "valid_days": 14,
        "number_prefix": "QT",
        "floor_margin_percent": "4",
        "language": "zh_en",
    },
}

STAFF: tuple[tuple[str, str, Role], ...] = (
    ("chen.li", "陈立", Role.SALES),
    ("wang.fang", "王芳", Role.SALES),
    ("wu.mei", "吴梅", Role.SALES_MANAGER),
    ("gu.xin", "顾欣", Role.CATALOGUE_MANAGER),
    ("zhao.min", "赵敏", Role.CUSTOMER_SERVICE),
    ("sun.jie", "孙杰", Role.SERVICE_MANAGER),
    ("zhu.tao", "朱涛", Role.WAREHOUSE),
    ("qian.wei", "钱伟", Role.FINANCE),
    ("he.jing", "何静", Role.FINANCE_MANAGER),
    ("admin", "系统管理员", Role.ADMINISTRATOR),
    ("audit", "审计员", Role.AUDITOR),
)
PHONES = {"chen.li": "021-5555 0123", "wang.fang": "021-5555 0124", "wu.mei": "021-5555 0120"}
