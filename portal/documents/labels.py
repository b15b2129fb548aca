"""The fixed words of printed papers in both languages.

A paper may show both at once, whatever the reader's screen speaks, so these pairs stand here side by
side and not in the message catalogue. English follows GLOSSARY.md and trade use.
"""

from __future__ import annotations

from portal.documents.ledger_labels import LEDGER_LABELS
from portal.documents.rules.words import Words

LABELS: dict[str, Words] = {
    key: Words(zh, en)
    for key, zh, en in (
        # the head
        ("quotation", "报价单", "Quotation"),
        ("prices", "价格表", "Prices"),
        ("to", "致", "To"),
        ("from", "自", "From"),
        ("number", "编号", "No."),
        ("date", "日期", "Date"),
        ("valid_until", "有效期至", "Valid until"),
        ("currency", "币种", "Currency"),
        ("phone", "电话", "Tel."),
        ("credit_code", "统一社会信用代码", "Credit code"),
        # the shipment
        ("origin", "起运地", "Origin"),
        ("destination", "目的地", "Destination"),
        ("pol", "起运港", "POL"),
        ("pod", "目的港", "POD"),
        ("mode", "运输方式", "Mode"),
        ("incoterm", "贸易条款", "Incoterm"),
        ("carrier", "承运人", "Carrier"),
        ("etd", "开航日", "ETD"),
        ("routing", "航线", "Routing"),
        ("transit_days", "航程", "Transit"),
        ("commodity", "品名", "Commodity"),
        ("packages", "件数", "Packages"),
        ("gross_weight", "毛重", "Gross weight"),
        ("volume", "体积", "Volume"),
        ("chargeable_weight", "计费重量", "Chargeable weight"),
        ("revenue_tons", "计费吨", "Revenue tons"),
        ("boxes", "箱型箱量", "Containers"),
        ("box_count", "自然箱 / 标准箱", "Boxes / TEU"),
        ("free_time", "免柜期", "Free time"),
        ("exchange_rate", "汇率", "Exchange rate"),
        ("payment_term", "付款方式", "Payment"),
        ("warehouse", "仓库", "Warehouse"),
        ("period", "期间", "Period"),
        ("valid_from", "生效日期", "Valid from"),
        ("service", "服务", "Service"),
        # the tables
        ("line_number", "序号", "#"),
        ("charge", "费用项目", "Charge"),
        ("basis", "计费单位", "Basis"),
        ("rate", "单价", "Rate"),
        ("quantity", "数量", "Qty"),
        ("net", "不含税", "Net"),
        ("tax_rate", "税率", "Tax"),
        ("tax", "税额", "Tax amount"),
        ("amount", "金额", "Amount"),
        ("note", "备注", "Remark"),
        ("on_request", "另询", "On request"),
        ("free", "免", "Free"),
        ("subtotal_with_tax", "小计（含税）", "Subtotal (tax incl.)"),
        ("subtotal_without_tax", "小计（不含税）", "Subtotal (tax excl.)"),
        ("collect", "到付", "Collect"),
        ("collect_note", "以下费用由收货方在目的地支付，仅供参考，不计入合计。",
         "Payable at destination by the consignee; for information, not in the total."),
        ("options", "方案比较", "Options"),
        ("option_item", "项目", "Item"),
        ("recommended", "推荐", "Recommended"),
        ("option_total", "合计", "Total"),
        ("converted_total", "折合", "Converted"),
        # the totals
        ("totals", "合计", "Totals"),
        ("net_amount", "不含税金额", "Net amount"),
        ("tax_amount", "税额", "Tax"),
        ("gross_amount", "价税合计", "Total with tax"),
        ("converted", "折合", "Equals"),
        ("grand_total", "合计", "Total"),
        ("converted_to", "各币种折合", "Converted to"),
        ("in_words", "大写", "In words"),
        # proposals
        ("proposal", "方案书", "Proposal"),
        ("proposed_by", "方案提供方（盖章）", "Proposed by"),
        # contracts
        ("contract", "物流服务合同", "Logistics Service Contract"),
        ("amendment", "合同变更协议", "Contract Amendment"),
        ("party_a", "甲方（委托方）", "Party A (customer)"),
        ("party_b", "乙方（服务方）", "Party B (supplier)"),
        ("address", "地址", "Address"),
        ("contact", "联系人", "Contact"),
        ("of_quotation", "报价单号", "Quotation"),
        ("of_contract", "原合同号", "Contract"),
        ("of_predecessor", "前合同号", "Renews"),
        ("services_and_prices", "服务项目与价格", "Services and prices"),
        ("service_item", "服务项目", "Service"),
        ("allowance", "数量", "Quantity"),
        ("unlimited", "不限量", "without limit"),
        ("as_below", "见下", "see below"),
        ("changes", "变更内容", "Changes"),
        ("changed_thing", "项目", "Item"),
        ("before", "变更前", "Before"),
        ("after", "变更后", "After"),
        ("signed_by_a", "甲方（签字 / 盖章）", "For Party A"),
        ("signed_by_b", "乙方（签字 / 盖章）", "For Party B"),
        ("representative", "授权代表", "Authorised by"),
        ("copies", "本合同一式两份，双方各执一份，自双方签字盖章之日起生效。",
         "Two copies, one for each party; in force from the day both have signed."),
        # the end
        ("terms", "条款", "Terms"),
        ("bank", "收款账户", "Bank details"),
        ("holder", "户名", "Account name"),
        ("account_bank", "开户行", "Bank"),
        ("account_number", "账号", "Account no."),
        ("clearing_number", "行号", "CNAPS"),
        ("quoted_by", "报价方（盖章）", "Quoted by"),
        ("accepted_by", "客户确认（签字 / 盖章）", "Accepted by"),
        ("signed_on", "日期", "Date"),
        ("verification", "验证码", "Code"),
        ("scan_to_verify", "扫码验真", "Scan to verify"),
        ("continued", "（续）", "(continued)"),
    )
} | LEDGER_LABELS  # fmt: skip

PAGE_PHRASES: dict[str, tuple[str, str, str]] = {
    "zh": ("第 ", " 页 / 共 ", " 页"),
    "en": ("Page ", " of ", ""),
    "zh+en": ("第 ", " 页 / 共 ", " 页"),
}
"""What stands before, between and after the page number and the number of pages."""
