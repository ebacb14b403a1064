"""Copy for reading aloud: rounded numbers in words, without symbols and most abbreviations.

Votes are rounded to three significant figures, with "about" if rounding changes them. Counties, a measure's shares and
legal limits are not rounded.
"""

import re
from datetime import datetime
from fractions import Fraction

from bot.answers.story_words import CopyFacts, PrintStyle, Sentences, paragraph
from bot.wording.escape import without_markdown
from bot.wording.lines import MarginInRange
from bot.wording.numbers import in_words, ordinal
from bot.wording.times import spoken

_FIGURES = 3
"""Significant figures to which votes are rounded. Numbers below 100 are not rounded."""

_MOST_DIGITS = 12
"""The most digits of a number that is spelled out as a whole. The digits of longer numbers are read one by one."""

_TITLES = {
    "Sen.": "Senator",
    "Rep.": "Representative",
    "Gov.": "Governor",
    "Lt.": "Lieutenant",
    "Atty.": "Attorney",
    "Gen.": "General",
    "Dr.": "Doctor",
    "Jr.": "Junior",
    "Sr.": "Senior",
    "No.": "Number",
    "vs.": "versus",
    "&": "and",
}
"""Abbreviations and symbols, with the words in which they are read aloud."""

_ABBREVIATION = re.compile("|".join(rf"(?<![^\s(]){re.escape(one)}(?!\w)" for one in _TITLES))

_INITIAL = re.compile(r" [A-Z]\.(?= )")

_NUMBER = re.compile(r"(\d[\d,]{0,20})(?:\.(\d{1,9}))?(%|st\b|nd\b|rd\b|th\b)?", re.ASCII)

_ASIDE = re.compile(r" \(([^()]{1,80})\)")

_COMMAS = re.compile(r",(?=([,.]))\1?")

_SILENT = re.compile(r"[^\w\s.,;:'?-]|_")


class AirStyle(PrintStyle):
    """A formatter of figures, times and names for a script that is read aloud."""

    short_sentences = True

    def title(self, title: str) -> str:
        """Return a title in full, such as "Republican Senator"."""
        return _in_full(super().title(title))

    def name(self, name: str) -> str:
        """Return a candidate's name without initials."""
        return _INITIAL.sub("", name)

    def number(self, number: int) -> str:
        """Return a rounded number in words, such as "about fourteen thousand one hundred"."""
        unit = 10 ** max(0, len(str(number)) - _FIGURES, 1 if number > 99 else 0)
        rounded = (number + unit // 2) // unit * unit
        return in_words(rounded) if rounded == number else f"about {in_words(rounded)}"

    def votes(self, number: int, noun: str = "vote") -> str:
        """Return a rounded number of votes, such as "about fourteen thousand one hundred votes"."""
        return f"{self.number(number)} {noun}{'' if number == 1 else 's'}"

    def moment(self, moment: datetime) -> str:
        """Return a time with its day, such as "seven thirty-five Wednesday morning"."""
        return spoken(moment, self.context.now, self.context.zone)

    def earlier(self, moment: datetime, than: datetime) -> str:
        """Return an earlier time with its day, in the form of `moment`. `than` is not used."""
        del than
        return self.moment(moment)

    def margin(self, margin: MarginInRange) -> str:
        """Return a margin as a rounded share, such as "about three-tenths of a percentage point"."""
        return f"{self._rounded(margin.exact)}{margin.of}"

    def side(self, margin: MarginInRange) -> str:
        """Return a phrase such as "within the range for a recount", or "" if the margin is far from that range.

        The phrase begins with "just" if margin and limit round to the same figure.
        """
        exact, limit = margin.exact, margin.limit
        if limit is None or exact == limit:
            return margin.side
        alike = self._rounded(exact).removeprefix("about ") == self._rounded(limit).removeprefix("about ")
        return f"just {margin.side}" if alike else margin.side

    def _rounded(self, figure: Fraction | int) -> str:
        return tenths(figure) if isinstance(figure, Fraction) else self.votes(figure)


def script(facts: CopyFacts) -> str:
    """Return a script for air: the news, the count, the margin, the source, the counties, and the calls."""
    voice = AirStyle(facts.told, facts.reading.parties)
    written = Sentences(facts, voice)
    parts = [written.news(), written.standing_brief(), written.margin()]
    whose = f"those were {written.figures()}, as of {voice.moment(facts.reading.as_of)}"
    return aloud(paragraph([*parts, whose, written.certified(), *written.calls()]))


def tenths(share: Fraction) -> str:
    """Return a share to the nearest tenth of a point, such as "about three-tenths of a percentage point"."""
    found = round(share * 1000)
    if not found:
        return "less than a tenth of a percentage point"
    whole, tenth = divmod(found, 10)
    about = "" if share * 1000 == found else "about "
    if not whole:
        part = "half" if tenth == 5 else f"{in_words(tenth)}-tenth{'' if tenth == 1 else 's'} of"
        return f"{about}{part} a percentage point"
    point = f" point {in_words(tenth)}" if tenth else ""
    return f"{about}{in_words(whole)}{point} percentage point{'' if found == 10 else 's'}"


def aloud(text: str) -> str:
    """Return a sentence with its remaining figures in words, and without characters that are not read aloud."""
    words = _NUMBER.sub(_number_aloud, _in_full(_ASIDE.sub(r", \1,", without_markdown(text))))
    said = " ".join(_SILENT.sub(" ", words).split())
    return _COMMAS.sub(r"\1", said)


def _in_full(text: str) -> str:
    return _ABBREVIATION.sub(lambda found: _TITLES[found[0]], text)


def _number_aloud(found: re.Match[str]) -> str:
    whole, decimals, after = found[1].replace(",", ""), (found[2] or "").rstrip("0"), found[3] or ""
    if len(whole) > _MOST_DIGITS or (whole[0] == "0" and len(whole) > 1):
        text = _one_by_one(whole)
    elif after not in ("", "%") and not found[2]:
        return ordinal(int(whole))
    else:
        text = in_words(int(whole))
    if decimals:
        text += f" point {_one_by_one(decimals)}"
    # Keep a comma after the number, and letters that follow it.
    comma = "," if found[1].endswith(",") else ""
    return f"{text} percent" if after == "%" else f"{text}{comma}{'' if after in ('', '%') else after}"


def _one_by_one(digits: str) -> str:
    return " ".join(in_words(int(one)) for one in digits)
