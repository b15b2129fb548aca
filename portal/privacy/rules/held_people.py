"""Where people stand as themselves: users, contacts, leads, private customers, and what surrounds a sign-in."""

from __future__ import annotations

from collections.abc import Mapping

from portal.privacy.rules.holding import Held, Why

HELD: Mapping[str, Held] = {
    "user": Held(
        "id:user", name="name", mail="email", empty="phone search_text",
        secret="password fs_uniquifier tf_primary_method tf_totp_secret mf_recovery_codes "
        "fs_webauthn_user_handle",
        own="search_text", sets={"active": False, "tf_last_counter": None, "confirmed_at": None},
    ),
    "staff_role": Held("user_id:user", gone=True),
    "invitation": Held("user_id:user", gone=True),
    "passkey": Held("user_id:user", gone=True),
    "sign_in": Held("user_id:user", gone=True),
    "held_form": Held("user_id:user", gone=True),
    "mail_off": Held("user_id:user", gone=True),
    "calendar_feed": Held("user_id:user", gone=True),
    "digest_choice": Held("user_id:user", gone=True),
    "saved_filter": Held("user_id:user", gone=True),
    "notice_reading": Held("user_id:user", gone=True),
    "scheme_grant": Held("user_id:user", gone=True),
    "membership": Held("user_id:user", gone=True),
    "article_vote": Held("user_id:user", empty="comment"),
    "commission_plan": Held(words="note", plain="role bands"),
    "customer": Held(
        "id:customer", name="name_zh name_en short_name", code="code",
        empty="credit_code tax_number address phone bank_name bank_account note search_text",
        plain="structure industry market area reach nature source billing default_currency document_language",
        own="name_zh name_en short_name credit_code tax_number bank_name bank_account", inner="note",
        sets={"active": False},
    ),
    "contact": Held(
        "id:contact", name="name", empty="position email phone wechat note influence attitude",
        own="position influence attitude", inner="note influence attitude", sets={"active": False, "is_main": False},
    ),
    "site": Held(
        "customer_id:customer", empty="address contact_name phone", words="name", plain="purpose",
        sets={"active": False},
    ),
    "history_note": Held("contact_id:contact", words="subject text", plain="source_key", by="written_by"),
    "watch_note": Held(
        "contact_id:contact", gone=True, words="text source", plain="subject importance", by="written_by",
    ),
    "credit_standing": Held(words="hold_reason lift_reason blacklist_reason"),
    "hold_lift": Held(words="reason decision"),
    "settlement_terms": Held(plain="rate_rule agreed_rates due_from rating csv_layout"),
    "settlement_application": Held(words="asked reason decision", plain="number"),
    "customer_merge": Held(words="reason before chosen united", plain="moved"),
    "duplicate_pair": Held(words="reasons note"),
    "assignment": Held(plain="part"),
    "lead": Held(
        "id:lead", name="contact_name", empty="position phone email wechat credit_code search_text",
        words="name need end_reason", own="position credit_code search_text",
        plain="number city industry market source rating next_touch_kind",
    ),
    "lead_touch": Held("lead_id:lead", words="text", by="by_id"),
    "lead_pick": Held("lead_id:lead", words="reason"),
    "campaign_mail": Held("contact_id:contact user_id:user", name="name", mail="email", plain="cause"),
    "interest": Held("contact_id:contact user_id:user", name="name", words="text"),
    "marketing_consent": Held(words="by_name note", own="email", empty="email", plain="way"),
    "suppressed_address": Held(plain="fingerprint"),
    "survey_invitation": Held("user_id:user", name="name", mail="email", plain="key"),
    "survey_answer": Held(words="comment", plain="request_kind"),
    "survey_answer_item": Held(words="text"),
    "head_mapping": Held(words="heads words file_name", plain="fingerprint"),
    "import_batch": Held(words="file_name problems options", plain="counts"),
    "brought_in": Held(plain="reference"),
    "api_token": Held(words="name revoke_reason", plain="system public_id secret_hash scopes last_used_from"),
    "idempotent_answer": Held(words="body", plain="key fingerprint"),
    "hook_endpoint": Held(words="name", plain="sealed_url shown_url events off_reason"),
    "hook_secret": Held(plain="sealed"),
    "hook_delivery": Held(words="payload answer last_error", plain="message_id event"),
    "privacy_request": Held(
        "asked_by_id:user", name="name", empty="address", words="text proof_note extended_why answer", stays="about",
        plain="number proof outcome", why=Why.REGISTER,
    ),
}  # fmt: skip
