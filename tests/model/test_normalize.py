"""Folding of equal-looking text, confusable letters, and the numbers that a sentence states."""

import pytest

from validator.model.normalize import fold, look_alikes
from validator.model.numbers import numbers_stated


@pytest.mark.parametrize(
    "twin",
    [
        "OUTREACH AI (BATCH 1)",
        "outreach  ai batch-1",
        "Outreach\u00a0AI – “Batch’ 1”.",
        "Ｏｕｔｒｅａｃｈ AI (Batch １)",
        "Оutreaсh АI (Ваtсh 1)",
        "оutrеаch аi (bаtсh 1)",
        "Out\u200breach\u00ad AI\u2060 (Bat\ufe0fch 1)",
        "Οutreach AI (Batch ①)",
    ],
)
def test_look_alike_texts_fold_to_one_text(twin: str) -> None:
    assert fold(twin) == fold("Outreach AI (Batch 1)") == "outreachaibatch1"


@pytest.mark.parametrize(
    "other",
    ["Outreach AI (Batch 2)", "Outreach AI (Batch 11)", "Outreach BI (Batch 1)", "Outreach AI+ (Batch 1)", "", "完璧"],
)
def test_what_looks_different_folds_differently(other: str) -> None:
    assert fold(other) != fold("Outreach AI (Batch 1)")


def test_words_in_other_scripts_keep_their_letters() -> None:
    assert fold("完璧な Straße") == "完璧なstrasse"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Outreach", []),
        ("раypal and рaypal", [("раypal", "р"), ("рaypal", "р")]),
        ("Αlpha", [("Αlpha", "Α")]),
        ("Desк QA-инженер", [("Desк", "к")]),
        ("naïve Straße Ωmega πr", []),
        ("утверждены", []),
        ("сосо 1a", []),
        ("a_с1b", []),
        ("x完璧", []),
        ("kısa ƒaktor", []),  # Latin letters themselves, of languages that have more of them than ASCII
        ("aс bр", [("aс", "с"), ("bр", "р")]),
    ],
)
def test_look_alikes_are_foreign_letters_within_latin_words(text: str, found: list[tuple[str, str]]) -> None:
    assert list(look_alikes(text)) == found


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("Send 17 emails", {17}),
        ("Generate $120k MRR", {120_000}),
        ("Generate $120K MRR", {120_000}),
        ("95%+ delivery rate", {95, 0.95}),
        ("95 % or 96 percent, 97 per cent, 98 percents", {95, 0.95, 96, 0.96, 97, 0.97, 98}),
        ("1,000 emails, 1,234,567 impressions", {1_000, 1_234_567}),
        ("12,5 and 1,0000", {12, 5, 1, 0}),
        ("avg score 70+/100", {70, 100}),
        ("99.5% in 0.25 hours", {99.5, 0.995, 0.25}),
        ("1.1k, 2.5 thousand, 3 Million, 4bn, 5b, 6mn, 7 hundred", {1_100, 2_500, 3e6, 4e9, 5e9, 6e6, 700}),
        ("within 5m or 6 minutes", {5, 5e6, 6}),
        ("5mph, 6ks, 3x", {5, 6, 3}),
        ("version v2, no. 3.4.5", {0, 3.4}),
        ("１７ emails", {17}),
        ("twelve sessions", {12}),
        ("Twenty-five emails and thirty calls", {20, 5, 25, 30}),
        ("one hundred and twenty mails", {1, 20, 120}),
        ("two hundred thousand and five", {2, 5, 200_005}),
        ("three million two hundred", {3, 2, 3_000_200}),
        ("a hundred mails, a thousand views", {100, 1_000}),
        ("hundred mails, the million, k", set()),
        ("120 thousand", {120_000}),
        ("once or twice, a dozen", {1, 2, 12}),
        ("no complaints, none, never, without loss", {0}),
        ("zero errors", {0}),
        ("forty", {40}),
        ("do my best", set()),
        ("", set()),
    ],
)
def test_numbers_stated(sentence: str, numbers: set[float]) -> None:
    assert numbers_stated(sentence) == numbers
