"""The fixed words of statements, credit notes, dunning letters and accounts, in both languages (GLOSSARY.md)."""

from __future__ import annotations

from portal.documents.rules.words import Words

LEDGER_LABELS: dict[str, Words] = {
    key: Words(zh, en)
    for key, zh, en in (
        # the head
        ("statement", "对账单", "Statement"),
        ("credit_note", "贷项通知单", "Credit note"),
        ("dunning", "催款函", "Reminder of payment"),
        ("account", "往来对账单", "Statement of account"),
        ("billed_to", "致", "To"),
        ("our_contact", "我方联系人", "Our contact"),
        ("revision", "修订", "Revision"),
        ("due_on", "付款到期日", "Due date"),
        ("pay_until", "付款期限", "Pay by"),
        ("as_of", "截至", "As of"),
        # the balance
        ("opening_balance", "期初余额", "Opening balance"),
        ("received", "本期收款", "Received"),
        ("this_period", "本期应收", "This period"),
        ("closing_balance", "期末余额", "Closing balance"),
        ("this_period_total", "本期价税合计", "Total of this period"),
        # the sums
        ("by_service", "按服务项目", "By service"),
        ("by_section", "按分支机构", "By branch"),
        ("by_tax", "按税率", "By tax rate"),
        ("by_currency", "原币金额", "In original currency"),
        ("receipts", "本期收款明细", "Receipts in the period"),
        ("section", "分支机构", "Branch"),
        ("lines", "笔数", "Lines"),
        ("measured", "计量", "Measure"),
        ("details", "对账明细", "Details"),
        ("details_of", "附件：对账明细", "Annex: details"),
        ("lines_annexed", "逐笔明细见附件", "Every line is in the annex"),
        ("late", "补录", "late"),
        ("reference", "业务编号", "Reference"),
        ("date_and_reference", "日期 · 业务编号", "Date · reference"),
        ("unit_price", "单价", "Unit price"),
        ("original_amount", "原币金额", "Original amount"),
        ("exchange", "汇率", "Ex. rate"),
        ("contract_number", "合同号", "Contract"),
        ("subtotal", "小计", "Subtotal"),
        # the reply
        ("confirm_slip", "回执", "Confirmation slip"),
        ("confirm_slip_hint", "请核对后盖章，扫描或拍照寄回我方联系人，也可在客户门户中逐笔确认或提出异议。",
         "Please check, stamp and return it to our contact; or confirm or dispute line by line in the portal."),
        ("agreed", "我司确认以上金额无误。", "We confirm that the above is correct."),
        ("differing", "我司核对有差异，说明如下：", "We find differences, as follows:"),
        ("stamped_by", "客户（盖章）", "Customer (stamp)"),
        ("handled_by", "经办人", "Signed by"),
        ("issued_by", "出单方（盖章）", "Issued by"),
        ("notes", "说明", "Notes"),
        # credit notes
        ("credited", "贷记项目", "Credited"),
        ("credited_line", "原对账明细", "Original line"),
        ("of_statement", "原对账单", "Statement"),
        ("of_dispute", "异议编号", "Dispute"),
        ("placed_on", "抵减于", "Placed on"),
        ("reason", "原因", "Reason"),
        ("credit_total", "贷记合计", "Total credited"),
        # settlement agreements of claims
        ("claim_agreement", "理赔协议", "Settlement agreement"),
        ("claimant", "甲方（索赔方）", "Party A (claimant)"),
        ("liable_party", "乙方（赔偿方）", "Party B (carrier)"),
        ("of_request", "服务请求", "Request"),
        ("of_shipment", "业务单号", "Shipment"),
        ("waybill", "运单号", "Waybill"),
        ("compensation", "赔偿金额", "Compensation"),
        ("agreement_copies", "本协议一式两份，双方各执一份；在客户门户确认与签字具有同等效力。",
         "Two copies, one for each party; acceptance in the portal has the effect of a signature."),
        # dunning and accounts
        ("open_bills", "未清账单", "Open bills"),
        ("document", "单据", "Document"),
        ("issued", "开立日", "Issued"),
        ("due", "到期日", "Due"),
        ("overdue_days", "逾期天数", "Days overdue"),
        ("original", "原金额", "Amount"),
        ("open", "未清金额", "Open"),
        ("in_dispute", "异议中", "Disputed"),
        ("to_be_paid", "请于期限前支付", "To be paid by"),
        ("open_total", "未清合计", "Open in all"),
        ("movements", "往来明细", "Movements"),
        ("debit", "应收", "Debit"),
        ("credit", "已收", "Credit"),
        ("balance", "余额", "Balance"),
        ("description", "摘要", "Description"),
        ("ageing", "账龄", "Ageing"),
        ("prepaid", "未核销预收", "Not yet allocated"),
    )
}  # fmt: skip
