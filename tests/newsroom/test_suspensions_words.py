"""What commands that stop and let go answer, however many contests there are."""

from bot.desk.desk_file import Contest
from bot.newsroom.suspensions_words import public_answer, source_card
from bot.outbox.approval_words import PressOutcome, outcome_answer
from bot.wording.context import Setting
from bot.wording.credit import SetBy
from bot.wording.limits import CONTENT, size
from bot.wording.message import render
from tests.conftest import COUNT, START, small_desk


def contests(many: int) -> list[Contest]:
    plain = small_desk().contests[0]
    return [plain.model_copy(update={"name": f"U.S. House, _District_ {number}" + "x" * 90}) for number in range(many)]


def test_the_card_of_a_source_that_leads_many_contests_names_a_few() -> None:
    desk = small_desk()
    answer = render(
        source_card(desk.sources[0], SetBy(START, "olga (1)"), contests(53), [], Setting(desk), START)
    ).content
    assert size(answer) <= CONTENT
    assert " and 48 more of what `/following` lists go out; answers still use its figures." in answer


def test_a_channel_of_many_contests_is_made_public_with_a_few_named() -> None:
    answer = public_answer(COUNT, contests(53), [], on=True, did=True, waits=0)
    assert size(answer) <= CONTENT
    assert " and 48 more of what `/following` lists posts there" in answer


def test_few_contests_are_all_named() -> None:
    desk = small_desk()
    answer = render(source_card(desk.sources[0], None, desk.contests, [], Setting(desk), START)).content
    assert (
        answer
        == "Margin posts for **President** and **U.S. Senate** follow **the Times**. Mute holds its posts; answers still use its figures."
    )


def test_many_posts_that_are_shown_anew_are_not_all_named() -> None:
    numbers = tuple(range(100_000, 100_400))
    answer = outcome_answer(PressOutcome("dropped", 7, COUNT, anew=numbers, speaking=numbers))
    assert size(answer) <= CONTENT
    assert "#100019 and 380 more are shown again" in answer
