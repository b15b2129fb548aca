"""Where people are named in the business itself: selling, carrying, storing, helping."""

from __future__ import annotations

from collections.abc import Mapping

from portal.privacy.rules.holding import Held, Why

HELD: Mapping[str, Held] = {
    "opportunity": Held(
        "contact_id:contact", words="title text next_step outcome_text search_text source_label",
        plain="number rating source amount_from",
    ),
    "opportunity_collaborator": Held(words="note", plain="part"),
    "opportunity_competitor": Held(words="effect", plain="threat"),
    "opportunity_line": Held(plain="name"),
    "opportunity_note": Held(words="text", by="written_by"),
    "opportunity_party": Held(words="name contact_name phone email note", plain="role"),
    "opportunity_task": Held(words="title text result"),
    "opportunity_write_back": Held(words="by_name source_label", plain="step before_currency after_currency lines"),
    "proposal": Held("contact_id:contact", words="title search_text", plain="number"),
    "proposal_version": Held(stays="title sections", words="change_note withdraw_reason", why=Why.DEALS),
    "quotation": Held(
        "contact_id:contact", words="title search_text", plain="number total_currency",
    ),
    "quotation_version": Held(
        stays="decided_name decided_ip note terms cargo goods routing", why=Why.DEALS,
        words="internal_note submit_reason decline_reason withdraw_reason approval_reasons",
        plain="incoterm totals total_currency exchange_rates accepted_option", by="decided_by",
    ),
    "quotation_line": Held(
        stays="note", why=Why.DEALS, words="manual_reason",
        plain="section option charge_code name_zh name_en inclusive_codes tax_label_zh tax_label_en terms working "
        "problem",
    ),
    "quotation_question": Held(words="asked_by asked_email question answer"),
    "acceptance_link": Held(words="contact_name email"),
    "contract": Held(
        stays="title signed_for_customer signed_for_firm", why=Why.DEALS,
        words="internal_note submit_reason end_reason search_text", plain="number",
    ),
    "contract_amendment": Held(
        stays="reason signed_for_customer signed_for_firm", why=Why.DEALS, plain="number",
    ),
    "contract_line": Held(
        stays="note", why=Why.DEALS, words="manual_reason",
        plain="name_zh name_en allowance price_terms storage_policy overage overage_terms",
    ),
    "contract_terms": Held(
        stays="clauses note", why=Why.DEALS, plain="payment_from pickup_from pickup_until pickup_days minimum_order",
    ),
    "entitlement": Held(words="search_text", plain="overage"),
    "entitlement_entry": Held(words="source_label reason", plain="key"),
    "usage_record": Held(words="facts note decided_reason", plain="source reference item_code mismatch"),
    "booking": Held(
        "customer_id:customer", empty="pickup_address delivery_address contact_name contact_phone note",
        words="goods decision_reason customer_reference search_text", plain="number token", by="booked_by",
    ),
    "shipment": Held(
        "customer_id:customer", empty="pickup_address delivery_address",
        words="customer_reference goods cancel_reason internal_note search_text", inner="internal_note",
        plain="number vessel voyage bill_number",
    ),
    "shipment_box": Held(plain="number box_type seal"),
    "shipment_line": Held(words="note"),
    "milestone": Held(words="note", plain="place source"),
    "stock_item": Held(words="name", plain="sku"),
    "stock_lot": Held(plain="lot sku"),
    "stock_movement": Held(words="reason note", plain="clock source reference"),
    "service_request": Held(
        "requester_id:user id:requester", name="requester_name", empty="requester_phone requester_email",
        words="title text third_party_firm context details solution end_reason search_text",
        plain="number requester_kind third_party authority no_match", by="opened_by",
    ),
    "request_message": Held("author_id:user", name="author_name", words="text", plain="side"),
    "internal_note": Held("author_id:user", name="author_name", words="text", inner="author_name text"),
    "request_line": Held(words="cause note", plain="name reference"),
    "request_task": Held(words="title text place result"),
    "request_clock": Held(plain="rests"),
    "request_share": Held("user_id:user", gone=True),
    "feedback_sheet": Held(words="text answer", plain="number department"),
    "defect": Held(
        words="text root_cause responsible_name action effect", plain="number responsible",
    ),
    "upsell": Held(words="text end_reason", plain="number"),
    "claim": Held(
        words="liability_text offer_text decline_reason end_reason recourse_party",
        plain="number loss mode waybill limit_working liability settlement payment_reference recourse",
    ),
    "claim_evidence": Held(words="text judgement"),
    "call": Held(
        "contact_id:contact", name="caller_name", empty="number digits", words="subject text",
        plain="direction purpose outcome", by="handled_by",
    ),
    "call_plan": Held(
        "contact_id:contact", name="name", empty="number", words="text end_reason", plain="purpose key",
    ),
    "care_visit": Held(
        "contact_id:contact", words="purpose place met summary needs competitor_words next_step end_reason",
        plain="number plan_key mood", inner="summary needs competitor_words next_step",
    ),
    "care_visit_promise": Held(words="text"),
    "asset_loan": Held("contact_id:contact", words="condition_out condition_in"),
    "attachment": Held(words="file_name note", by="added_by"),
    "class_override": Held(words="reason end_reason", plain="aspect value before"),
    "classification": Held(plain="tier_before promotes_to inputs causes"),
    "customer_month": Held(plain="unconverted"),
    "index_sum": Held(plain="name key"),
}  # fmt: skip
