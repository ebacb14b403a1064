"""Finds phrases that the bot's own sentences must not contain: predictions, and statements that somebody has won.

Only a race caller or a certifying state may declare a winner, and the sentence has to attribute it. The bot itself
reports figures and their sources: a margin, a share, the ballots left. (docs/editor.md describes the style.)
"""

import re

_VERDICTS = (
    # who has it, or has not
    r"wins?",
    r"won",
    r"winn(?:er|ers|ing|able)",
    r"victor(?:y|ious)?",
    r"loses?",
    r"los(?:er|ing)",
    r"ha(?:s|ve) lost",
    r"defeat\w*",
    r"beat(?:s|en)?",
    r"prevail\w*",
    r"clinch\w*",
    r"flip(?:s|ped)?",
    r"\w+-elect",
    r"presumptive",
    r"ha(?:s|ve) (?:a|the) majority",
    r"place in a runoff",
    r"eliminated",
    r"doomed",
    r"over the top",
    # how sure that is
    r"sure(?:ly)?",
    r"certain(?:ly|ty)?",
    r"safe(?:ly)?",
    r"lock(?:s|ed)?",
    r"secured?",
    r"sealed",
    r"assured",
    r"guarantee\w*",
    r"inevitabl[ey]",
    r"(?:im)?possible",
    r"insurmountable",
    r"unbeatable",
    r"mathematical(?:ly)?",
    r"foregone",
    r"decisive\w*",
    r"comfortabl[ey]",
    r"commanding",
    r"landslide",
    r"all but",
    # what will be
    r"project(?:s|ed|ing|ions?)",
    r"forecast\w*",
    r"predict\w*",
    r"(?:un)?likely",
    r"probabl[ey]",
    r"chances?",
    r"odds",
    r"on (?:track|pace|course)",
    r"bound to",
    r"path to",
    r"comeback",
    r"within reach",
    r"out of reach",
    r"too late",
    r"will (?:win|lose|hold|carry|take|lead|pass|overtake|stay|go(?! out)|there be)",
    r"there will be",
    # what it takes
    r"catch(?:es|ing)? up",
    r"overtake\w*",
    r"make up",
    r"enough (?:to|for|votes|ballots)",
    r"to spare",
    r"to move ahead",
    r"needs? (?:\S+ ){0,3}(?:votes|ballots|of)",
    r"could (?:still|yet)",
    r"cannot",
    r"more than (?:is|are) left",
    r"(?:race|contest) is (?:over|decided)",
    r"would (?:still|win|lose|need|make|move|take|be (?:ahead|enough|tied|inside))",
    r"can't(?! (?:(?:be (?:reached|read|mentioned|posted to|called back|edited|undone|chosen|public|the desk channel)|read|do that|post|see|tell|undo)\b|\{))",
    # words that judge the count itself
    r"found",
    r"dump\w*",
    r"delay(?! 15 min)\w*",
)
_VERDICT = re.compile(rf"(?<![\w'])(?:{'|'.join(_VERDICTS)})(?![\w'])|!", re.IGNORECASE)


def verdicts(text: str) -> list[str]:
    """Return the phrases in a text that predict an outcome or declare a winner."""
    return [found[0] for found in _VERDICT.finditer(text)]
