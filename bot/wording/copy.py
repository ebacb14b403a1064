"""Copy: facts for a live blog and for a post elsewhere, as plain text with the credit that a source demands.

Copy leaves the newsroom: it has no markdown, and nothing in it is escaped but what could end the block it is shown in.
"""

from collections.abc import Sequence

from bot.deskfile import Source
from bot.wording.escape import clean, plain
from bot.wording.punctuation import stopped

POST = 300
"""Characters that a post elsewhere may have."""
_MOST_CREDIT = 80


def as_copy(words: str) -> str:
    """Return our own sentences without markdown, in one line, with nothing that could end a block of code."""
    return plain(" ".join(words.split("\n"))).replace("`", "'").replace("\u200b", "")


def credit_of(source: Source, *others: Source) -> str:
    """Return "Source: The New York Times.": what the source demands, else its name; then what each other one demands.

    Another source is named in its own sentence; only where it demands a credit line that stands here too.
    """
    demanded = [source.credit or source.name, *(other.credit for other in others if other.credit)]
    shown = list(dict.fromkeys(clean(one, _MOST_CREDIT) for one in demanded))
    return stopped(f"{'Source' if len(shown) == 1 else 'Sources'}: {'; '.join(shown)}").replace("`", "'")


def live_line(stamp: str, sentences: Sequence[str], credit: str) -> str:
    """Return a live blog's line: "8:05 a.m.: Biden leads …. Source: The New York Times."."""
    return f"{stamp}: {' '.join(as_copy(sentence) for sentence in sentences if sentence)} {credit}"


def short_post(choices: Sequence[tuple[Sequence[str], str]], before: str = "", most: int = POST) -> str:
    """Return the first of some ways to say it that fits into a post with its credit; the last is cut where none does.

    Args:
        choices: (sentences, whose word they are), the fullest way first.
        before: what the post has to begin with: that it is a rehearsal.
        most: characters.

    """
    for sentences, credit in choices:
        text = f"{before}{' '.join(as_copy(sentence) for sentence in sentences if sentence)} {credit}"
        if _size(text) <= most:
            return text
    sentences, credit = choices[-1]
    words = before + as_copy(" ".join(sentences))
    room = most - _size(credit) - 2
    while _size(words) > room:
        words = words[:-1]
    return f"{words.rstrip()}… {credit}"


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
