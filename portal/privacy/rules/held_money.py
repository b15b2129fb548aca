"""Where people are named in the books, and the tables of the house that name nobody.

What stands in the books stays as long as the books do (个人信息保护法 47, second paragraph; GDPR 17(3)(b)).
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.privacy.rules.holding import Held, Why, names

HELD: Mapping[str, Held] = {
    "document": Held(stays="file_name", plain="number valid_until", why=Why.BOOKS),
    "statement": Held(
        stays="terms note", words="void_reason search_text", plain="number content_hash", why=Why.BOOKS,
    ),
    "statement_line": Held(
        stays="reference note", plain="name_zh name_en part rate_source working", why=Why.BOOKS,
    ),
    "statement_revision": Held(stays="reason", plain="paper_state", why=Why.BOOKS),
    "statement_answer": Held(stays="said_by", words="no_paper", plain="channel", why=Why.BOOKS),
    "statement_run": Held(words="problems", plain="counts"),
    "dispute": Held(words="text again_text decision", plain="number reason", by="raised_by"),
    "credit": Held(stays="name_zh name_en reason", plain="number", why=Why.BOOKS),
    "invoice": Held(
        stays="title tax_number remark red_reason search_text", plain="number red_sheet_number", why=Why.BOOKS,
    ),
    "invoice_request": Held(
        stays="title tax_number address_phone bank_account", words="send_to note decision", plain="number",
        why=Why.BOOKS, by="asked_by",
    ),
    "receipt": Held(
        stays="account bank_reference payer_name", words="note cancel_reason", plain="number", why=Why.BOOKS,
    ),
    "bank_entry": Held(
        stays="account reference payer_name payer_account memo", words="decided_reason", why=Why.BOOKS,
    ),
    "allocation": Held(words="reason"),
    "netting": Held(words="reason"),
    "deposit_move": Held(words="reason", plain="number"),
    "refund": Held(stays="paid_to bank_reference", words="reason", plain="number", why=Why.BOOKS),
    "receivable": Held(words="note", plain="reference"),
    "receivable_posting": Held(words="reason source_label", plain="key"),
    "recourse_receipt": Held(stays="payer", words="note", why=Why.BOOKS),
    "dunning_notice": Held(
        stays="sent_to", words="note", plain="number channel receivables", why=Why.BOOKS,
    ),
    "carrier_bill": Held(words="settled_reason", plain="carrier file_name own_file_name counts"),
    "carrier_bill_row": Held(words="customer settled_note", plain="waybill finding also region product unpriced"),
    "commission_run": Held(plain="number content_hash payment_reference"),
    "points_entry": Held(words="reason", plain="key label working"),
    "points_redemption": Held(words="reason", plain="number lots"),
}  # fmt: skip
APART: Mapping[str, Why] = {
    "audit_entry": Why.CHAIN,
    "outbox_message": Why.NONE,
    "phone_key": Why.NONE,
    "answered_form": Why.NONE,
}
"""Tables with ways of their own: redacted on record; letters emptied; keys of numbers kept beside their rows; the key
of a form that was sent twice, which is the portal's own random mark."""
HOUSE = names(
    "article article_category article_file article_term article_version asset audit_redaction bundle bundle_line",
    "calendar_day campaign canned_reply classification_run clause_template competitor defect_kind digest_issue",
    "dunning_step exchange_rate firm_place firm_profile heartbeat hook_cursor legal_deadline liability_limit",
    "mapping_profile market_entry milestone_plan moved_row notice notice_file number_series offer opportunity_category",
    "outcome_reason points_rule price price_cost price_scheme proposal_outline rate_import request_category",
    "retention_rule sales_method sales_stage service_item sla_target surcharge_rule survey survey_question tariff",
    "tax_rate tier_card tier_service warehouse",
)
"""Tables of the house: its prices, words, settings and own texts. They name the firm and what it sells, no customer's
people; what its own people sign there is their work for the firm."""
NEVER = names(
    "state kind currency unit code sha256 token_hash media_type language locale tax_class tax_kind main_unit category",
    "load verification_code severity tier segment abc structure line_currency carrier packaging origin destination",
    "source_type subject_type channel scope",
)
"""Names of columns that hold a word out of a list, a place, a hash or a mark, unless their table says otherwise."""
