"""Asks /since for each time that a post compares with ("up 10 since 7:35 a.m."), on the seed's day and in a drill.

The answer must give the same change as the post. Other answers as of the post's figures must give the same lead.
"""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answers.answers import Answers
from bot.answers.chart_words import chart_words
from bot.app import open_app
from bot.clock import ManualClock
from bot.desk.desk_file import Desk, load_desk
from bot.rehearsal.day import Day, load_day
from bot.rehearsal.drill.drill import drill
from bot.rehearsal.player import play_day
from bot.rehearsal.posts import ArrivedPost
from bot.wording.message import render
from bot.wording.question import Question
from bot.wording.typed_times import typed_minute
from tests.conftest import examples

MOVED = re.compile(
    r"lead in .+ (?:is (?P<lead>[\d,]+), (?P<way>up|down|unchanged) ?(?P<by>[\d,]*) since (?P<since>[^,]+),\*\*"
    r"|has (?P<verb>grown|narrowed) by (?P<votes>[\d,]+) votes? since (?P<then>[^,]+), to (?P<now>[\d,]+),\*\*)"
)


def moved(sentence: str) -> tuple[str, str, str, str] | None:
    """Return (lead, direction, change, since when) from a post's sentence; None if the sentence has no such change."""
    if (found := MOVED.search(sentence)) is None:
        return None
    if found["verb"]:
        return found["now"], {"grown": "up", "narrowed": "down"}[found["verb"]], found["votes"], found["then"]
    return found["lead"], found["way"], found["by"], found["since"]


async def asked_again(day: Day, desk: Desk, path: Path) -> list[tuple[object, object]]:
    """Play a day, and return pairs: what a post states about a time since, and what /since answers as of the post's
    figures.
    """
    landed: list[ArrivedPost] = []
    await play_day(day, desk, path, None, landed.append)
    clock, found = ManualClock(day.starts), list[tuple[object, object]]()
    async with open_app(desk, path, clock, rehearsal=True) as app:
        ((server,),) = await app.database.rows("SELECT DISTINCT server FROM outbox")
        rows: dict[int, str] = dict(await app.database.rows("SELECT number, contest FROM outbox WHERE kind <> 'board'"))
        for post in landed:
            if post.edit_of is not None or (told := moved(post.content.split("\n")[0])) is None:
                continue
            clock.set(post.at)
            asking = app.rooms.answers.asking
            contest = app.rooms.follows.contest(rows[post.number])
            question = await asking.about(contest, await asking.viewer(server, 1))
            (as_of,) = re.findall(r"^-# #\d+ · [^,]+, (.+?) · ", post.content, re.MULTILINE)
            question = replace(question, at=typed_minute(as_of, post.at, desk.zone))
            said = await app.rooms.answers.history.since(question, told[3])
            found.append((told, moved(render(said).content)))
            found += [
                ((name, told[0]), (name, told[0] if told[0] in words else words))
                for name, words in await others(app.rooms.answers, question)
            ]
    return found


async def others(answers: Answers, asked: Question) -> list[tuple[str, str]]:
    """Return the leads in other answers, as (name of the answer, lead)."""
    standing = answers.standing
    said = {
        "everything known": await standing.standing(asked),
        "draft": await standing.draft(asked),
        "recount": await standing.recount(asked),
    }
    newest = render(await answers.history.history(asked)).content.split("\n")[1]
    chart = chart_words(await answers.charts._facts(asked, None), asked, "lead")  # a picture takes a second to be drawn
    ends = re.findall(r"ends with .+? ahead by [\d,]+", chart)
    shown = {
        name: render(answer).content for name, answer in said.items() if "recount rule" not in render(answer).content
    }
    return [*shown.items(), ("history", newest), ("chart", " ".join(ends))]


def test_since_agrees_with_every_post_of_the_seeds_day(tmp_path: Path) -> None:
    day, desk_path = load_day("2020-11-11-georgia")
    found = asyncio.run(asked_again(day, load_desk(desk_path), tmp_path / "day.sqlite3"))
    assert ("14,111", "up", "10", "7:35 a.m.") in [told for told, _ in found]
    assert ("chart", "14,111") in [told for told, _ in found]
    assert [told for told, _ in found] == [said for _, said in found]


@pytest.mark.seeds
@pytest.mark.parametrize("seed", range(7, 8 + examples() // 500))
def test_since_agrees_with_every_post_of_a_drill(tmp_path: Path, seed: int) -> None:
    made = drill(seed, counties=12, hours=2)
    found = asyncio.run(asked_again(made.day, made.desk, tmp_path / "drill.sqlite3"))
    assert len(found) > 5
    assert [told for told, _ in found] == [said for _, said in found]
