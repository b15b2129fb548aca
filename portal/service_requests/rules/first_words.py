"""What a firm starts with: two levels of categories and a few answers at hand (DOMAIN T1)."""

from __future__ import annotations

from dataclasses import dataclass

from portal.service_requests.rules.kinds import RequestKind

K = RequestKind


@dataclass(frozen=True, slots=True)
class FirstCategory:
    """A category with those below it; `kinds` (): for any kind of request."""

    code: str
    name_zh: str
    name_en: str
    below: tuple[FirstCategory, ...] = ()
    kinds: tuple[RequestKind, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstReply:
    """An answer at hand, in both languages; `kinds` (): for any kind of request."""

    name: str
    text_zh: str
    text_en: str
    kinds: tuple[RequestKind, ...] = ()


C = FirstCategory
CATEGORIES: tuple[FirstCategory, ...] = (
    C("transport", "运输异常", "Trouble in transit", (
        C("delay", "延误", "Delay"),
        C("loss", "丢失", "Loss"),
        C("damage", "破损", "Damage"),
        C("shortage", "短少", "Shortage"),
        C("misdelivery", "错发", "Wrong goods or wrong place"),
        C("refusal", "拒收", "Refused by the consignee"),
        C("false-receipt", "虚假签收", "Signed for without delivery"),
    )),
    C("charges", "费用", "Charges", (
        C("charge-dispute", "收费争议", "Disputed charge"),
        C("wrongful-charge", "违规收费", "Charge against the rules"),
        C("bill-dispute", "对账异议", "Statement disagreed with"),
        C("invoice", "发票", "Invoice"),
    )),
    C("papers", "单证", "Documents", (
        C("document-error", "单证错误", "Error in a document"),
        C("amendment", "改单", "Change of a document"),
        C("document-copy", "补单证", "Copy of a document"),
    )),
    C("service", "服务", "Service", (
        C("attitude", "服务态度", "Manner of our people"),
        C("reachability", "联系不上", "Nobody could be reached"),
        C("praise", "表扬", "Praise"),
    )),
    C("enquiry", "查询", "Enquiry", (
        C("tracking", "催查", "Where is it"),
        C("price", "价格咨询", "Price"),
        C("booking", "订舱咨询", "Booking"),
        C("customs", "报关咨询", "Customs"),
    )),
    C("warehouse", "仓储", "Warehouse", (
        C("stock-difference", "库存差异", "Stock differs"),
        C("goods-in", "入库异常", "Trouble with goods in"),
        C("goods-out", "出库异常", "Trouble with goods out"),
    )),
    C("account", "账户", "Account", (
        C("sign-in", "登录与权限", "Sign-in and rights"),
        C("master-record", "资料变更", "Change of address or contact"),
    )),
    C("other", "其他", "Other"),
)  # fmt: skip
"""Types and reasons of DOMAIN T1 under the heads that a desk looks for them."""

REPLIES: tuple[FirstReply, ...] = (
    FirstReply(
        "已受理",
        "{customer}：您好！\n您的服务请求 {number} 已受理，我们正在核实，将于 {due} 前给您答复。",
        "Dear {customer},\nwe have taken up your request {number} and are looking into it."
        " You will have our answer by {due}.",
    ),
    FirstReply(
        "请补充照片",
        "{customer}：您好！\n为尽快处理 {number}，请补充货物外包装、内包装、面单的照片，可直接在本页用手机上传。",
        "Dear {customer},\nto settle {number} quickly, please add photographs of the outer packing,"
        " the inner packing and the waybill. You can send them from your phone on this page.",
        (K.PROBLEM, K.COMPLAINT, K.CLAIM, K.RETURN),
    ),
    FirstReply(
        "业务单在途",
        "{customer}：您好！\n业务单 {shipment} 正在运输途中，我们已向承运人催查，有新消息会立即告知。",
        "Dear {customer},\nshipment {shipment} is on its way. We have asked the carrier and will tell you"
        " as soon as there is news.",
        (K.ENQUIRY, K.PROBLEM),
    ),
    FirstReply(
        "投诉致歉",
        "{customer}：您好！\n对此次服务给您带来的不便，我们深表歉意。{number} 由专人负责，将于 {due} 前告知处理方案。",
        "Dear {customer},\nwe are sorry for the trouble. {number} is in the hands of one person,"
        " who will tell you by {due} what we are going to do.",
        (K.COMPLAINT,),
    ),
    FirstReply(
        "费用说明",
        "{customer}：您好！\n该费用按合同约定的价格方案计收，计算过程见对账单明细。如仍有疑问，请直接回复。",
        "Dear {customer},\nthe charge follows the price agreed in your contract; its working stands on the"
        " statement line. Please answer here if anything is still open.",
        (K.ENQUIRY, K.COMPLAINT),
    ),
)
"""In the trade's own words; {customer} and the like are filled from the request."""
