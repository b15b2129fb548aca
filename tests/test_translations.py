"""Every word on screen has its Chinese: what the source says is what the catalogue knows, and it reads as Chinese."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po

from portal.access.labels import PERMISSION_LABELS, POWER_LABELS, ROLE_LABELS
from portal.access.permissions import Permission, Power, Role
from portal.accounts import labels as account_labels
from portal.catalogue import labels as catalogue_labels
from portal.catalogue.models.tariffs import TARIFF_STEPS, TARIFF_WORDS, SchemeKind, TariffState
from portal.catalogue.rules.margin import CostKind
from portal.catalogue.rules.sheets.difference import Kind
from portal.catalogue.rules.sheets.profile import Layout, Places, Repeats
from portal.catalogue.rules.tax import TaxKind
from portal.catalogue.rules.terms import Basis, Bound
from portal.customers.rules import kinds
from portal.db.audit import EVENTS
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import Text
from portal.kernel.units import UNITS, unit_word
from portal.quotations import labels as quotation_labels
from portal.quotations.rules.states import STATE_WORDS, STEPS, QuotationState, QuotationStep
from portal.rooms import load_models
from portal.web.labels import Label

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "portal/translations/zh_CN/LC_MESSAGES/messages.po"

HAN = r"[\u3400-\u9fff]"
PLACE = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}")
LATIN = re.compile(r"(?<![0-9A-Za-z#])[A-Za-z][A-Za-z_-]+", re.ASCII)
# Codes, units, names of products and formats, and what is typed at a keyboard stay as they are.
KEPT_LATIN = frozenset(
    re.findall(
        r"\S+",
        """TEU BAF FCL LCL PDF Excel CSV PNG JPEG MB GB UTF- GB18030 ISO IBAN SWIFT USD CNY VIP SHA SHA-256
        PORTAL_MAIL PORTAL_SMTP_URL portal setup worker chmod QT QT- NYC kg cm flat per_kg rrggbb
        xlsx xls xlsb Microsoft Google Authenticator Ctrl Enter Markdown NPS ABC RFM NTP
        backup verify restore o-w o-rwx sudo make install PIN SHA- PORTAL_ARCHIVE smtp https Webhook Webhooks Standard
        WMS ERP SKU JSON RFC ETag UUID UTC POST Cookie Idempotency-Key null true false id GDPR
        PostgreSQL apt postgresql-client postgresql-client- pg_dump ALTER ROLE CREATEDB""",
    )
)
# What a machine is told letter by letter: in quotes, or with its meaning behind it in brackets.
LITERAL = re.compile(r"“[A-Za-z_:/+ …-]+”|[a-z]+(?=（)")
# No text of the source is Chinese already but samples of what may be typed, and the heads and words of Chinese files.
SAMPLES = frozenset(
    {
        "SHA NYC 40HQ · 上海 纽约 · PVG FRA 320kg",
        "A line without an extra service is freight; 保价 and 特安 are insurance, 转寄退回 is a return.",
        "Of the bill: waybill 运单号, payable 应付 or fee 费用; if it has them weight 计费重量, region 区域, product, "
        "date and extra service 增值服务.",
        "Of our records: waybill 运单号 and weight 实际重量; if they have them customer 客户 and date 发货日期.",
        "money in or money out: 贷 or 借, 收入 or 支出",
    }
)


def source() -> Catalog:
    """What the code and the templates say now, collected as `make translations` does."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    methods, options = [], {}
    for mapping in settings["tool"]["babel"]["mappings"]:
        patterns = mapping["pattern"]
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            methods.append((pattern, mapping["method"]))
            options[pattern] = {k: v for k, v in mapping.items() if k not in ("method", "pattern")}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    own = re.findall(r"-k (\S+)", makefile.partition("\nBABEL_KEYWORDS = ")[2].partition("\n")[0])
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(own)}
    found = Catalog()
    for file, _line, message, _notes, context in extract_from_dir(
        ROOT, methods, options, keywords=keywords
    ):
        found.add(message, locations=[(file, 0)], context=context)
    return found


@cache
def chinese() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def key(message: Message) -> tuple[str, str]:
    return (message.id[0] if message.pluralizable else message.id, message.context or "")


def texts(catalog: Catalog) -> dict[tuple[str, str], Message]:
    return {key(message): message for message in catalog if message.id}


def pairs() -> Iterator[tuple[str, str]]:
    """(English, Chinese) of every entry that has its Chinese; of a plural its many."""
    for message in texts(chinese()).values():
        english = message.id[1] if message.pluralizable else message.id
        translated = message.string[0] if message.pluralizable else message.string
        if translated:
            yield english, translated


def places(text: str) -> list[str]:
    return sorted(PLACE.findall(text))


def in_chinese(msgid: str) -> str:
    message = chinese().get(msgid)
    return str(message.string) if message else ""


def without_chinese(words: object) -> list[str]:
    """The msgids of these labels that nobody has translated; symbols without a letter need none."""
    found = [each.text if isinstance(each, Label) else each for each in words]
    assert found
    assert all(isinstance(text, Text) for text in found)
    return [text.msgid for text in found if LATIN.search(text.msgid) and not in_chinese(text.msgid)]


# The catalogue beside the source


def test_the_catalogue_has_the_chinese_of_every_text_of_the_source_and_keeps_nothing_else():
    known, said = texts(chinese()), texts(source())
    missing = [
        f"{message.locations[0][0]}: {id_[0]}"
        for id_, message in said.items()
        if id_ not in known or not all(known[id_].string or [""]) or known[id_].fuzzy
    ]
    assert missing == [], "run `make translations` and fill in the Chinese"
    assert [id_[0] for id_ in known if id_ not in said] == []
    assert {msgid for msgid, _context in said if re.search(HAN, msgid)} <= SAMPLES


def test_both_sides_have_the_same_places_for_values():
    assert [(en, zh) for en, zh in pairs() if places(en) != places(zh)] == []


def test_values_go_into_every_chinese_sentence():
    for en, zh in pairs():
        names = re.findall(r"%\((\w+)\)", en)
        if names:
            assert zh % dict.fromkeys(names, "1"), zh


def test_chinese_has_one_form_for_any_count():
    assert chinese().num_plurals == 1
    plurals = [message for message in texts(chinese()).values() if message.pluralizable]
    assert plurals
    assert [message.id for message in plurals if len(message.string) != 1] == []


def test_the_file_carries_no_line_numbers_and_no_persons():
    text = PO.read_text(encoding="utf-8")
    assert re.findall(r"^#: .*:\d+", text, re.MULTILINE) == []
    assert re.findall(r"\S+@\S+\.\w+|FULL NAME|EMAIL", text.partition("\n#: ")[0]) == []


# How it reads


def test_no_english_word_is_left_in_the_chinese():
    left = [
        (word, zh)
        for _en, zh in pairs()
        for word in LATIN.findall(LITERAL.sub(" ", PLACE.sub(" ", zh)))
        if word not in KEPT_LATIN and zh not in SAMPLES
    ]
    assert left == []


def test_every_chinese_text_is_chinese():
    bare = [en for en, zh in pairs() if LATIN.search(PLACE.sub("", en)) and not has_words(zh)]
    assert bare == []


def has_words(zh: str) -> bool:
    """Chinese, or a code or sign that is the same in both languages."""
    return bool(re.search(HAN, zh)) or all(
        word in KEPT_LATIN for word in LATIN.findall(PLACE.sub("", zh))
    )


def test_chinese_sentences_carry_chinese_punctuation():
    halves = re.compile(rf"{HAN}\s*[,;!?:]|{HAN}\.(?!\w)|[,;!?:]\s*{HAN}")
    assert [zh for _en, zh in pairs() if halves.search(zh)] == []


def test_no_blank_stands_between_chinese_and_a_figure():
    blank = re.compile(rf"{HAN} +(\d|%\()|(\d|%\(\w+\)s) +{HAN}")
    assert [zh for _en, zh in pairs() if blank.search(zh)] == []


# Words for states, roles, powers, steps


@pytest.mark.parametrize(
    ("table", "members"),
    [
        (ROLE_LABELS, Role),
        (POWER_LABELS, Power),
        (PERMISSION_LABELS, Permission),
        (STATE_WORDS, QuotationState),
        (quotation_labels.STATES, QuotationState),
        (TARIFF_WORDS, TariffState),
        (catalogue_labels.TARIFF_STATES, TariffState),
        (catalogue_labels.SCHEME_KINDS, SchemeKind),
        (catalogue_labels.COST_KINDS, CostKind),
        (catalogue_labels.BASES, Basis),
        (catalogue_labels.BOUNDS, Bound),
        (catalogue_labels.LAYOUTS, Layout),
        (catalogue_labels.PLACE_RULES, Places),
        (catalogue_labels.REPEAT_RULES, Repeats),
        (catalogue_labels.CHANGES, Kind),
        (catalogue_labels.TAX_KINDS, TaxKind),
        (kinds.KINDS, kinds.CustomerKind),
        (kinds.SEGMENTS, kinds.Segment),
        (kinds.BILLINGS, kinds.Billing),
        (kinds.DOCUMENT_LANGUAGES, kinds.DocumentLanguage),
        (kinds.SITE_PURPOSES, kinds.SitePurpose),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_member_has_a_chinese_word(table, members):
    assert set(table) >= {member.value for member in members}
    assert without_chinese(table.values()) == []


def test_every_step_of_history_has_a_chinese_word():
    load_models()
    assert without_chinese(event.label for event in EVENTS.values()) == []


def test_every_other_table_of_words_has_its_chinese():
    tables = (
        account_labels.STATES,
        catalogue_labels.IMPORT_STATES,
        catalogue_labels.REFERENCE_DATES,
        catalogue_labels.CATEGORIES,
        catalogue_labels.LOADS,
        catalogue_labels.SECTION_WORDS,
        catalogue_labels.PLACE_KINDS,
        quotation_labels.LANGUAGES,
    )
    assert [left for table in tables for left in without_chinese(table.values())] == []


def test_every_unit_reads_as_a_symbol_or_in_chinese():
    words = {code: unit_word(code).msgid for code in UNITS}
    plain = re.compile(r"kg|g|lb|L|m[²³]|cm³|t|RT|km|t·km|SKU|TEU|%|[0-9]{2}[A-Z]{2,3}")
    left = [word for word in words.values() if not plain.fullmatch(word) and not in_chinese(word)]
    assert left == []


@pytest.mark.parametrize(
    ("steps", "state", "step", "sentence"),
    [
        (
            STEPS,
            QuotationState.WITHDRAWN,
            QuotationStep.ISSUE,
            "当前状态为“已撤回”，不能执行这一步。",
        ),
        (TARIFF_STEPS, TariffState.RETIRED, "retire", "当前状态为“已停用”，不能执行这一步。"),
    ],
)
def test_a_refused_step_names_the_state_in_chinese(steps, state, step, sentence):
    with pytest.raises(NotAllowedNow) as refused:
        steps.next(state, step)
    assert refused.value.text.render(in_chinese) == sentence
