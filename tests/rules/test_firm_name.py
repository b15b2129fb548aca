"""What is left of a firm's name where there is little room."""

from __future__ import annotations

import pytest

from portal.documents.rules.firm import short_name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("远港国际物流（上海）有限公司", "远港国际物流"),
        ("上海远港货运代理有限公司", "上海远港货运代理"),
        ("龙腾家居集团有限公司", "龙腾家居"),
        ("中远海运集团股份有限公司", "中远海运"),
        (
            "Farhaven International Logistics (Shanghai) Co., Ltd.",
            "Farhaven International Logistics",
        ),
        ("Nordwind Parts GmbH", "Nordwind Parts"),
        ("北风", "北风"),
        ("公司", "公司"),
    ],
)
def test_a_short_name_leaves_out_place_and_legal_form(name: str, short: str) -> None:
    assert short_name(name) == short
