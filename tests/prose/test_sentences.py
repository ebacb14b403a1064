import pytest

from bot.prose.sentences import sentences_of


def split(text: str) -> list[str]:
    return [text[one.start : one.end] for one in sentences_of(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        (
            "Sec. of State Raffensperger and Gov. Kemp met. So what.",
            ["Sec. of State Raffensperger and Gov. Kemp met.", "So what."],
        ),
        ("Since 3:05 a.m. Biden leads. No change.", ["Since 3:05 a.m. Biden leads.", "No change."]),
        ("No change since 3:05 a.m. Biden still leads.", ["No change since 3:05 a.m.", "Biden still leads."]),
        ("At 3:05 a.m. EST it moved.", ["At 3:05 a.m. EST it moved."]),
        ("By 14,101.In Georgia", ["By 14,101.", "In Georgia"]),
        ("They are in.. Biden leads", ["They are in..", "Biden leads"]),
        ("See No. 5. Then No. 6. No. Never.", ["See No. 5.", "Then No. 6.", "No.", "Never."]),
        ("A | B", ["A |", "B"]),
        ("Biden leads\nby 14,101", ["Biden leads\nby 14,101"]),
        ("Biden leads by\n14,101", ["Biden leads by\n14,101"]),
        ("A LINE\nAnother line", ["A LINE", "Another line"]),
        ("Trump 2,450,186\nlead 1,902", ["Trump 2,450,186", "lead 1,902"]),
        ("Left:\n- Cobb: 700\n- Floyd: 444\nThat is all", ["Left:\n- Cobb: 700\n- Floyd: 444", "That is all"]),
        (" \n ... \n", []),
    ],
)
def test_text_is_cut_where_sentences_end(text: str, parts: list[str]) -> None:
    assert split(text) == parts


@pytest.mark.parametrize(
    "stamp",
    [
        "7:35 a.m.: ",
        "7:35 a.m. | ",
        "7:35 a.m.| ",
        "[7:35 AM] ",
        "(7:35 a.m. ET) ",
        "UPDATE 7:35 a.m.: ",
        "7:35 a.m. ET — ",
        "7 p.m. - ",
    ],
)
def test_stamp_of_a_live_blog_is_no_part_of_the_sentence(stamp: str) -> None:
    assert split(f"{stamp}Biden leads.") == ["Biden leads."]


def test_time_in_a_sentence_is_no_stamp() -> None:
    assert split("As of 7:35 a.m. Biden leads.") == ["As of 7:35 a.m. Biden leads."]


def test_paragraphs_and_stamps_begin_new_blocks() -> None:
    text = "One.\nTwo.\n\nThree.\n8 a.m. | Four. Five."
    assert [(one.line, one.block) for one in sentences_of(text)] == [(0, 0), (1, 0), (2, 1), (3, 2), (3, 2)]
