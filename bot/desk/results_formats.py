"""The results formats by name, and where each is declared: the register that all of the program reads.

It says no more than that, so that a bot loads only the readers of its own sources. What is to be known of a format is in its
module, as a `bot.feeds.format.Format`.
"""

FORMATS = {
    "readings": "readings",
    "clarity-summary": "clarity.summary",
    "clarity-detail": "clarity.detail",
    "enhanced-voting": "enhanced_voting",
    "georgia-export": "enhanced_voting:GEORGIA_EXPORT",
    "ap": "ap.reader",
    "nist": "nist.reader",
    "knowink": "knowink",
    "california": "california",
    "los-angeles": "los_angeles",
    "arizona": "arizona",
    "texas": "texas",
    "nyt-2020": "nyt_2020",
    "csv": "csv_sheet",
}
"""A module of `bot/feeds`, and what in it declares the format if not `FORMAT`."""
