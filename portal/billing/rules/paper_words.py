"""The sentences on papers of billing, in both languages side by side (as `documents/labels.py` has the words)."""

from __future__ import annotations

from datetime import date

from portal.documents.rules.words import Words

CREDIT_NOTES = (
    Words(
        "本通知单金额抵减应付款项，税率与原明细相同。",
        "This amount reduces what is owed, at the tax rate of the original line.",
    ),
)


def answer_sentence(until: date) -> Words:
    """By when the customer is asked to answer (DOMAIN R4)."""
    return Words(
        f"请于 {_chinese(until)}前核对并确认；有异议的请逐笔说明原因。",
        f"Please check and answer by {until:%Y-%m-%d}; differences are stated line by line.",
    )


def deemed_sentence(until: date) -> Words:
    """That silence counts as a confirmation; printed only where the contract says so (DOMAIN R4)."""
    return Words(
        f"按合同约定，至 {_chinese(until)}止未提出异议的，视为确认本对账单。",
        f"By the contract this statement counts as confirmed unless disputed by {until:%Y-%m-%d}.",
    )


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
