"""Copy as it is read aloud: numbers rounded and in words, no symbols, no abbreviations that nobody reads.

Votes are rounded to three figures and say "about" where that changes them; counties, shares of a measure and what a law
sets are not rounded.
"""

import re
from datetime import datetime
from fractions import Fraction

from bot.answers.story_words import CopyFacts, Printed, Sentences, paragraph
from bot.wording.escape import without_markdown
from bot.wording.lines import MarginInRange
from bot.wording.numbers import in_words, ordinal
from bot.wording.times import spoken

_FIGURES = 3
"""Figures to which votes are rounded; below 100 they are not."""

_MOST_DIGITS = 12
"""Digits of a number that is read as one; more are read one by one."""

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
"""What is read otherwise than it is written."""

_ABBREVIATION = re.compile("|".join(rf"(?<![^\s(]){re.escape(one)}(?!\w)" for one in _TITLES))

_INITIAL = re.compile(r" [A-Z]\.(?= )")

_NUMBER = re.compile(r"(\d[\d,]{0,20})(?:\.(\d{1,9}))?(%|st\b|nd\b|rd\b|th\b)?", re.ASCII)

_ASIDE = re.compile(r" \(([^()]{1,80})\)")

_COMMAS = re.compile(r",(?=([,.]))\1?")

_SILENT = re.compile(r"[^\w\s.,;:'?-]|_")


class Spoken(Printed):
    """How a script gives them."""

    short_sentences = True

    def title(self, title: str) -> str:
        """Return it in full: "Republican Senator"."""
        return _in_full(super().title(title))

    def name(self, name: str) -> str:
        """Return it without initials."""
        return _INITIAL.sub("", name)

    def number(self, number: int) -> str:
        """Return it rounded: "about fourteen thousand one hundred"."""
        unit = 10 ** max(0, len(str(number)) - _FIGURES, 1 if number > 99 else 0)
        rounded = (number + unit // 2) // unit * unit
        return in_words(rounded) if rounded == number else f"about {in_words(rounded)}"

    def votes(self, number: int, noun: str = "vote") -> str:
        """Return "about fourteen thousand one hundred votes"."""
        return f"{self.number(number)} {noun}{'' if number == 1 else 's'}"

    def moment(self, moment: datetime) -> str:
        """Return "seven thirty-five Wednesday morning"."""
        return spoken(moment, self.context.now, self.context.zone)

    def earlier(self, moment: datetime, than: datetime) -> str:
        """Return the same of an earlier time."""
        del than
        return self.moment(moment)

    def margin(self, margin: MarginInRange) -> str:
        """Return "about three-tenths of a percentage point"."""
        return f"{self._rounded(margin.exact)}{margin.of}"

    def side(self, margin: MarginInRange) -> str:
        """Return on which side of the limit it is: "just outside the range" where both are the same figure once rounded."""
        exact, limit = margin.exact, margin.limit
        if limit is None or exact == limit:
            return margin.side
        alike = self._rounded(exact).removeprefix("about ") == self._rounded(limit).removeprefix("about ")
        return f"just {margin.side}" if alike else margin.side

    def _rounded(self, figure: Fraction | int) -> str:
        return tenths(figure) if isinstance(figure, Fraction) else self.votes(figure)


def script(facts: CopyFacts) -> str:
    """Return what to read on air: what is new, where the count stood, the margin, the counties, whose figures they are."""
    voice = Spoken(facts.told, facts.reading.parties)
    written = Sentences(facts, voice)
    parts = [written.news(), written.stood_shortly(), written.margin()]
    whose = f"those were {written.figures()}, as of {voice.moment(facts.reading.as_of)}"
    return aloud(paragraph([*parts, whose, written.certified()]))


def tenths(share: Fraction) -> str:
    """Return a margin's share to the nearest tenth of a point: "about three-tenths of a percentage point"."""
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
    """Return our own sentences with the figures that are left in names and shares in words, and nothing that is not read."""
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
    # A number that ends with a comma or goes on in a word keeps both.
    comma = "," if found[1].endswith(",") else ""
    return f"{text} percent" if after == "%" else f"{text}{comma}{'' if after in ('', '%') else after}"


def _one_by_one(digits: str) -> str:
    return " ".join(in_words(int(one)) for one in digits)
