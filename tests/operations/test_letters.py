"""What a broadcast says: strangers' text in a letter or on the page is shown, and does nothing."""

import re

import pytest

from tests.snapshots import charter, claim, registry, snapshot
from validator.operations.consensus.letters import Mail, letters
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


def test_a_letter_has_the_whole_registration_and_the_page_everybodys() -> None:
    scope, schedule = (
        [{"work": "outreach", "first": 1, "last": 9}, {"work": "replies", "segments": ["standard", "overflow"]}],
        [{"activity": "Send", "days": ["mon", "wed"], "start": "10:00", "end": "11:00"}],
    )
    deadline = [{"activity": "Queue", "days": ["fri"], "end": "08:00"}]
    whole = snapshot(registry(claim(1), claim(2, scope=scope, schedule=schedule + deadline), claim(3)))
    assert whole.charter
    _, second, _ = letters(whole, "sha256:abc")
    block, known, now = second.text.split("\n\n")
    assert block.splitlines()[1] == "NUMBER: 2"
    assert block.splitlines()[7:] == [
        "RESPONSIBILITIES:",
        "- Send emails",
        "SCOPE:",
        "- outreach 1-9",
        "- replies: standard, overflow",
        "SCHEDULE:",
        "- Send, mon,wed 10:00-11:00",
        "- Queue, fri by 08:00",
    ]
    assert known.splitlines()[0].startswith("Measured by: emails sent >= ")
    assert now.splitlines()[0] == "The registry is final: sha256:abc"
    shown = page(whole, whole.charter, "sha256:abc")
    assert re.findall(r"SESSION_ID\*\*: (\S+)", shown) == ["outreach-1", "outreach-2", "outreach-3"]
    assert Mail(shown, "", ()).whole(second) == f"{second.text}\n{shown}"


def test_what_is_sent_grows_with_the_fleet_and_not_with_its_square() -> None:
    def size(sessions: int) -> int:
        claims = (claim(n) for n in range(1, sessions + 1))
        whole = snapshot(registry(*claims, charter=charter(capacity=sessions)))
        assert whole.charter
        mail = Mail(page(whole, whole.charter, "sha256:0"), "", letters(whole, "sha256:0"))
        return sum(map(len, mail.files().values()))

    assert size(80) < 2.2 * size(40)
