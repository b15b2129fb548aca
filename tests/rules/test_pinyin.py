import pytest

from portal.kernel.pinyin import initials, joined, normalise, search_words, syllables
from tests.pinyin_tables import dictionary_phrases, readings


@pytest.mark.parametrize("typed", ["海港", "haigang", "hai gang", "hgsp", "haigangshipin", "食品"])
def test_a_customer_is_found_by_characters_pinyin_and_initials(typed):
    assert typed in search_words("海港食品")


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("重庆", "chongqing"),
        ("厦门", "xiamen"),
        ("长沙", "changsha"),
        ("朝阳", "chaoyang"),
        ("蚌埠", "bengbu"),
        ("六安", "luan"),
        ("番禺", "panyu"),
        ("长滩", "changtan"),
        ("长治", "changzhi"),
        ("市长", "shizhang"),
        ("花都", "huadu"),
        ("塔什干", "tashigan"),
        ("什么", "shenme"),
        ("漯河", "luohe"),
        ("乐陵", "laoling"),
        ("乐清", "yueqing"),
        ("闵行", "minhang"),
        ("商行", "shanghang"),
        ("洛杉矶", "luoshanji"),
        ("绿地", "lvdi"),
    ],
)
def test_a_character_with_two_readings_is_read_as_in_its_phrase(name, reading):
    assert joined(name) == reading


def test_english_names_are_kept_in_lower_case_and_add_no_pinyin():
    assert search_words("Farhaven Logistics") == "farhaven logistics"


def test_both_names_of_a_record_are_searchable():
    words = search_words("远港国际物流", "Farhaven")
    assert "yggjwl" in words and "farhaven" in words


def test_empty_names_and_repeats_add_nothing():
    assert search_words("", "  ", "ABC", "abc") == "abc"


def test_full_width_text_becomes_half_width_and_trimmed():
    assert normalise("　ＡＢＣ　１２３ ㎏ ") == "ABC 123 kg"


def test_initials_mix_latin_words_and_characters():
    assert initials("ABC物流 3号仓") == "awl3hc"


def test_the_tables_say_what_the_dictionary_says():
    said = {phrase: tuple(parts) for phrase, parts in dictionary_phrases().items()}
    assert {phrase: syllables(phrase) for phrase in said} == said


def test_every_character_of_the_dictionary_has_its_reading():
    assert {character: joined(character) for character in readings()} == readings()
