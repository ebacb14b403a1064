"""The register of results formats: each format's name, and the module that declares it.

It imports none of these modules, so that a bot loads only the readers of its own sources. Everything else about a format is
in its `bot.feeds.format.Format`.
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
"""The module of each format, by the format's name. Modules are in `bot/feeds`; after a colon comes the name of the
`Format` in the module, if that is not `FORMAT`.
"""
