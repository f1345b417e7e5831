"""What a broadcast says: strangers' text in a letter or on the page is shown, and does nothing."""

import pytest

from tests.snapshots import charter, claim, registry, snapshot
from validator.operations.consensus.letters import letters
from validator.operations.consensus.page import page

# What the form of a claim lets through, and a terminal or Markdown would act on.
HOSTILE = ("\u202egnp.exe", "\u200b", "\ue000", "<b>x</b> | ![a](http://evil.example) @team")


@pytest.mark.parametrize("text", HOSTILE)
def test_strangers_text_in_letters_and_on_the_page_is_only_shown(text: str) -> None:
    rival = claim(1, role=f"Outreach {text}", goal=f"Send 17 emails daily {text}")
    hostile = charter(mission={"statement": f"Send 51 emails {text}"})
    whole = snapshot(registry(rival, claim(2), claim(3), charter=hostile))
    assert whole.charter
    told = letters(whole, "sha256:0")
    assert [letter.number for letter in told] == [1, 2, 3]
    shown = page(whole, whole.charter, "sha256:0")
    everything = shown + "".join(letter.text for letter in told)
    assert not set("\u202e\u200b\ue000") & set(everything)
    assert "http://" not in shown
    assert "<b>" not in shown
    assert "**" not in "".join(line.partition(": ")[2] for line in shown.splitlines())


def test_a_letter_names_everybody_else_and_the_digest() -> None:
    whole = snapshot(registry(claim(1), claim(2), claim(3)))
    _, second, _ = letters(whole, "sha256:abc")
    block, acknowledge, others = second.text.split("\n\n")
    assert block.splitlines()[1] == "NUMBER: 2"
    assert acknowledge.splitlines()[0] == "The registry is final: sha256:abc"
    assert [line.partition(":")[0] for line in others.splitlines()[1:]] == ["1 outreach-1", "3 outreach-3"]
