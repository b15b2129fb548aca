"""The sentences on dunning letters and accounts, in both languages side by side."""

from __future__ import annotations

from portal.documents.rules.words import Words

DISPUTED_APART = Words(
    "异议中的金额不在本次催款之内，待异议处理后另行通知。",
    "Disputed amounts are not asked for here; we write again once they are decided.",
)
PAID_ALREADY = Words(
    "如已付款，请将付款凭证发至我方联系人，并忽略本函。",
    "If you have paid, please send the bank slip to our contact and disregard this letter.",
)
CHECK_BALANCES = Words(
    "请核对以上余额；如有不符，请在回执中逐笔说明。",
    "Please check the balances; state any differences item by item on the slip.",
)
