"""The sentences that are understood, as patterns of classes (see `bot/prose/grammar.py` and `lexicon.py`).

Captured are `leader` (who leads), `who` (who gains), `votes` (the claim's number), `dir` (whether a lead grows or
shrinks), `done` and `of` and `where` (counties).
"""

from collections.abc import Mapping

_B = "(BE|POSS)"


_RIVAL = "(NAME|RIVAL)"


_WHOSE = f"<leader:NAME> POSS? LEAD ((OVER|FOR) {_RIVAL})?"


_LINK = f"(COMMA? WHICH)? ({_B}|HAVE|HOLD|UNCHANGED)* (AT|OF|COLON|DASH|COMMA)? (PCT COMMA? OR)?"


_MOVED = f"(COMMA? WHICH)? ({_B}|HAVE|WAS)* [LESS MORE DOWN UP WENT]? (BY? FURTHER? [NUM ODD] VOTES? COMMA?)? TO"


_HOLDS = f"(HAVE|HOLD|WITH|{_B})+"


_BEGINS = "(?<![^COMMA SEMI DASH COLON AND BUT STOP AFTER])"
"""Only at the beginning of a clause."""


_SUBJECT = f"({_BEGINS}|(?!NAME COMMA [LEADS UP]))<leader:NAME>"
"""Who leads; not the one who was passed, in "Biden passes Trump, leads by 917"."""

MARGIN: Mapping[str, str] = {
    "leads": f"{_SUBJECT} COMMA? WHO? {_B}? LEADS ((OVER|OF)? {_RIVAL})? COMMA? BY (LEAD OF)? <votes:NUM>",
    "is ahead": f"{_SUBJECT} COMMA? WHO? (HAVE|{_B})? UP ((OVER|OF)? {_RIVAL})? COMMA? BY (LEAD OF)? <votes:NUM>",
    "is up": f"<leader:NAME> {_B}? UP ((OVER|OF)? {_RIVAL})? <votes:NUM>",
    "lead is": f"{_WHOSE} {_LINK} <votes:NUM>",
    "lead moved to": f"{_WHOSE} {_MOVED} <votes:NUM>",
    "has a lead of": f"<leader:NAME> {_HOLDS} LEAD (OVER {_RIVAL})? OF <votes:NUM>",
    "has a vote lead": f"<leader:NAME> {_HOLDS} <votes:NUM> DASH? VOTES? LEAD",
    "plus": "<leader:NAME> COLON? PLUS <votes:NUM>",
    "trails": f"NAME COMMA? WHO? {_B}? TRAILS <leader:NAME> BY <votes:NUM>",
}


CHANGE: Mapping[str, str] = {
    "lead moves by": f"{_WHOSE} (COMMA? WHICH)? ({_B}|HAVE|WAS)* <dir:[LESS MORE DOWN UP]> BY <votes:NUM>",
    "lead moves, to": f"{_WHOSE} ({_B}|HAVE|WAS)* <dir:[LESS MORE DOWN UP]> <votes:NUM> (?=VOTES? COMMA? TO)",
    "moves lead by": f"<dir:[LESS MORE]> INTO? {_WHOSE} BY <votes:NUM>",
    "takes off lead": f"<dir:LESS> <votes:NUM> VOTES? (OFF|FROM|INTO|OUT_OF) {_WHOSE}",
    "adds to lead": f"<dir:ADD> <votes:NUM> VOTES? TO {_WHOSE}",
}


GAIN: Mapping[str, str] = {
    "nets": "<who:NAME> HAVE? NETS <votes:NUM>",
    "gains net": "<who:NAME> HAVE? [GAIN ADD] (NET <votes:NUM>|<more:NUM> NET VOTES|<most:NUM> VOTES NET)",
    "net gain for": "NET GAIN OF PLUS? <votes:NUM> VOTES? FOR <who:NAME>",
}
"""Net gains of one candidate: a change of the margin, whose sign depends on who leads."""

LEADER: Mapping[str, str] = {
    "lead": "<leader:NAME> POSS? LEAD",
    "leads": f"<leader:NAME> {_B}? (LEADS|UP)",
}
"""Who leads, with or without by how much."""

TOTAL: Mapping[str, str] = {
    "counted": f"<votes:NUM> TOTAL? VOTES ({_B}|HAVE)* COUNTED",
    "total votes": "<votes:NUM> TOTAL VOTES",
    "total is": f"TOTAL OF? VOTES? COUNTED? ({_B}|HOLD)* (AT|TO|OF|COLON|DASH)? <votes:NUM>",
}


_OF = "(OF|OUT_OF|SLASH)"


CERTIFIED: Mapping[str, str] = {
    "of have": f"<done:NUM> {_OF} <of:NUM> OF? COUNTIES? ({_B}|HAVE)* CERT(?!OTHER)",
    "to, of": f"COUNTIES? CERT COUNTIES? (TO|AT|COLON|{_B}|DASH|IN|BY)? <done:NUM> {_OF} <of:NUM>",
    "all": "ALL (OF)? <of:NUM> COUNTIES HAVE? CERT(?!OTHER)",
    "counties have": "(?<![OF OUT_OF SLASH NUM ODD ALL])<done:NUM> COUNTIES HAVE CERT(?!OTHER)",
}


_PLACE = "COUNTY COUNTIES?"


_PLACES = f"({_PLACE}(COMMA {_PLACE})* COMMA? (AND|SLASH) {_PLACE}|{_PLACE})(?!COLON? NUM|POSS|HAVE|OTHER)"


_LISTED = f"{_PLACE}(COMMA {_PLACE})* COMMA? (AND|SLASH) {_PLACE}|{_PLACE}"


_SORT = "FURTHER? TYPE* (BALLOTS|VOTES) TYPE?"


_GO = f"(LEFT {_SORT}|{_SORT} LEFT|FURTHER? LEFT)(?!THAN)"


OUTSTANDING: Mapping[str, str] = {
    "left in": f"<votes:NUM> LEFT? {_SORT} ({_B}|HAVE)* LEFT (IN <where:{_PLACES}>)?",
    "outstanding ballots": f"<votes:NUM> LEFT {_SORT} (IN <where:{_PLACES}>)?",
    "has left": f"<where:{_LISTED}> HAVE <votes:NUM> {_GO}",
    "place: left": f"<where:{_LISTED}> COLON <votes:NUM> {_GO}",
    "left: number": f"(BALLOTS LEFT|LEFT {_SORT}) (IN <where:{_PLACES}>)? [COLON DASH BE] <votes:NUM>",
}


NO_CHANGE: Mapping[str, str] = {
    "no change": f"NO_CHANGE (COUNTED|(IN|TO)? (NAME POSS)? [LEAD COUNT TOTAL VOTES])? (OVER {_RIVAL})? OVERNIGHT?",
    "unchanged": f"((NAME POSS)? [LEAD COUNT TOTAL] (OVER {_RIVAL})?) COMMA? ({_B}|HAVE)* UNCHANGED OVERNIGHT?",
}

_AFTER = (
    f"$|COMMA|SEMI|COLON|DASH|STOP|AND|BUT|OVER {_RIVAL}|WITH OTHER{{0,3}} [NUM COUNTY COUNTIES PCT BALLOTS VOTES ALL ODD LEFT BATCH COUNT NAME]"
    "|AFTER|OUT_OF NUM|OF NUM (VOTES|BALLOTS|COUNTED|TOTAL)|OR|WHICH|IN COUNT|FROM|TO NUM|UP|DOWN"
    "|NUM (OF|OUT_OF|SLASH|COUNTIES)|BY|NO_CHANGE|UNCHANGED|OVERNIGHT|PCT|TOTAL COLON|HE|IT|LEFT COLON|BE"
)


AFTER_NUMBER = f"(?=VOTES? ({_AFTER}))"
"""What may follow the number of a margin or a total; nothing else ("points", "in fundraising") is read past."""


AFTER_CHANGE = f"(?=VOTES? ({_AFTER}|IN COUNTY|IN BATCH|TO|OUT_OF COUNTY|WITH))"


AFTER_NO_CHANGE = "(?=$|COMMA|SEMI|COLON|DASH|STOP|AND|BUT|WITH|AFTER|AT|OR|NAME)"


AFTER_LEFT = "(?=$|COMMA|SEMI|COLON|DASH|STOP|AND|BUT|WITH|AFTER|OVERNIGHT|FROM)"
