"""The sentences that are surely understood, as patterns of classes (see `bot/prose/grammar.py` and `lexicon.py`).

Captured are `leader` (who leads), `who` (who gains), `votes` (the claim's number), `dir` (whether a lead grows or
shrinks), `done` and `of` and `where` (counties).
"""

_FAR = ".{0,99}"
"""To the end of a sentence: without a bound, each word of many would look through all that follows it."""
_B = "(BE|POSS)"
_RIVAL = "(NAME|RIVAL)"
_WHOSE = f"<leader:NAME> POSS? LEAD (?!{_FAR} BE NAME POSS) ((OVER|FOR) {_RIVAL} (?!POSS NUM))?"
_NOT_UNDONE = "(?<![LESS MORE ADD INTO UP PASSES TRAILS SWING PICKS OTHER])"
"""Not what somebody undoes, "Trump overcame Biden's lead of 14,101"."""
_LINK = f"(COMMA? WHICH)? ({_B}|HAVE|HOLD|UNCHANGED)* (AT|OF|COLON|DASH|COMMA)? (PCT COMMA? OR)?"
_HAS_MOVED = f"(COMMA? WHICH)? ({_B}|HAVE|WAS)*"
_MOVED_TO = f"{_HAS_MOVED} [LESS MORE DOWN UP WENT]? (BY? FURTHER? [NUM ODD] VOTES? COMMA?)? TO"
_BEGINS = "(?<![^COMMA SEMI DASH COLON AND BUT STOP AFTER])"
"""Only at the beginning of a clause."""
_SUBJECT = f"({_BEGINS}|(?!NAME COMMA [LEADS UP]))<leader:NAME>"
"""Who leads; not the one who was passed, in "Biden passes Trump, leads by 917"."""
_AFTER = (
    f"$|COMMA|SEMI|COLON|DASH|STOP|AND|BUT|OVER {_RIVAL}|WITH OTHER{{0,3}} [NUM COUNTY COUNTIES PCT BALLOTS VOTES ALL ODD LEFT BATCH COUNT NAME]"
    "|AFTER|OUT_OF NUM|OF NUM (VOTES|BALLOTS|COUNTED|TOTAL)|OR|WHICH|IN COUNT|FROM|TO NUM|UP|DOWN"
    "|NUM (OF|OUT_OF|SLASH|COUNTIES)|BY|NO_CHANGE|UNCHANGED|OVERNIGHT|PCT|TOTAL COLON|HE|IT|LEFT COLON|BE"
)
_AFTER_NUMBER = f"(?=VOTES? ({_AFTER}))"
"""What may follow the number of a margin or a total; nothing else ("points", "in fundraising") is read past."""
_AFTER_CHANGE = f"(?=VOTES? ({_AFTER}|IN COUNTY|IN BATCH|TO|OUT_OF COUNTY|WITH))"
_LEAD_OF = f"(LEAD (OVER {_RIVAL})? OF <votes:NUM>|<votes:NUM> DASH? VOTES? LEAD)"

MARGIN = (
    f"{_SUBJECT} COMMA? WHO? (HAVE|{_B})? [LEADS UP] ((OVER|OF)? {_RIVAL})? COMMA? BY (LEAD OF)? <votes:NUM> {_AFTER_NUMBER}",
    f"<leader:NAME> {_B}? UP ((OVER|OF)? {_RIVAL})? <votes:NUM> {_AFTER_NUMBER}",
    f"<leader:NAME> COLON? <plus:PLUS> <votes:NUM> {_AFTER_NUMBER}",
    f"{_NOT_UNDONE} {_WHOSE} {_LINK} <votes:NUM> {_AFTER_NUMBER}",
    f"{_WHOSE} ({_MOVED_TO}|AT) <votes:NUM> {_AFTER_NUMBER}",
    f"({_BEGINS}<leader:NAME> POSS|<leader:NAME> (POSS? (HAVE|HOLD|WITH|BE))+) {_LEAD_OF} {_AFTER_NUMBER}",
    f"NAME COMMA? WHO? {_B}? TRAILS <leader:NAME> BY <votes:NUM> {_AFTER_NUMBER}",
)

CHANGE = (
    f"{_WHOSE} {_HAS_MOVED} <dir:[LESS MORE DOWN UP]> (BY <votes:NUM>|<votes:NUM> (?=VOTES? COMMA? TO)) {_AFTER_CHANGE}",
    f"<dir:[LESS MORE]> INTO? {_WHOSE} BY <votes:NUM> {_AFTER_CHANGE}",
    f"(<dir:LESS> <votes:NUM> VOTES? [OFF FROM INTO OUT_OF]|<dir:ADD> <votes:NUM> VOTES? TO) {_WHOSE} {_AFTER_CHANGE}",
    f"<who:NAME> HAVE? (NETS <votes:NUM>|[GAIN PICKS ADD] (NET <votes:NUM>|<votes:NUM> (NET VOTES|VOTES NET))) {_AFTER_CHANGE}",
    f"NET [GAIN PICKS] OF PLUS? <votes:NUM> VOTES? FOR <who:NAME> {_AFTER_CHANGE}",
)
"""The last two are net gains of one candidate: a change of the margin, whose sign depends on who leads."""

_NEXT = "[COMMA AND SEMI BUT DASH STOP] [NAME COUNTY COUNTIES WHICH IT POSS LEAD]*"
SUPERSEDED = {
    "margin": f"VOTES? COLON NUM (STOP|$)|{_NEXT} ([LESS MORE WENT UP DOWN] IT? TO NUM|BE AT? NUM (?!{_FAR} [LEFT CERT BALLOTS COUNTED])|LESS IT)",
    "margin_change": f"^[^LESS MORE ADD]*+ [LESS MORE ADD] [^NUM]*+ NUM .* {_NEXT} [LESS MORE ADD] (IT|BY? NUM (?!VOTES? COMMA? TO NUM))",
}
"""What says that a margin is none any more, "fell to 14,101, and is now 14,050", and that changes follow each other."""

LEADER = (f"<leader:NAME> (POSS? LEAD (?!{_FAR} BE NAME POSS)|{_B}? [LEADS UP])",)
"""Who leads, with or without by how much."""

TOTAL = (
    f"<votes:NUM> (TOTAL? VOTES ({_B}|HAVE)* COUNTED|TOTAL VOTES) {_AFTER_NUMBER}",
    f"(?<![POSS NAME]) TOTAL OF? VOTES? COUNTED? ({_B}|HOLD)* (AT|TO|OF|COLON|DASH)? <votes:NUM> {_AFTER_NUMBER}",
)

_SHARE = "<done:NUM> (OF|OUT_OF|SLASH) <of:NUM>"
_SO_MANY = "(?<![OF OUT_OF SLASH NUM ODD ALL])(?<!OF OTHER) <done:NUM> COUNTIES (?=HAVE)"
CERTIFIED = (
    f"({_SHARE} OF? COUNTIES?|ALL OF? <of:NUM> COUNTIES|{_SO_MANY}) ({_B}|HAVE)* CERT(?!OTHER|TYPE|BALLOTS|COUNTIES)",
    f"COUNTIES? CERT COUNTIES? (TO|AT|COLON|{_B}|DASH|IN|BY)? {_SHARE}",
)

_PLACE = "COUNTY COUNTIES?"
_PLACES = f"{_PLACE}(COMMA {_PLACE}){{0,254}} COMMA? (AND|SLASH) {_PLACE}|{_PLACE}"
_IN_PLACES = f"(IN <where:({_PLACES})(?!COLON? NUM|POSS|HAVE|OTHER)>)?"
_SORT = "FURTHER? TYPE* (BALLOTS|VOTES) TYPE?"
_AFTER_LEFT = "(?=$|COMMA|SEMI|COLON|DASH|STOP|AND|BUT|WITH|AFTER|OVERNIGHT|FROM)"
OUTSTANDING = (
    f"<votes:NUM> (LEFT? {_SORT} ({_B}|HAVE)* LEFT|LEFT {_SORT}) {_IN_PLACES} {_AFTER_LEFT}",
    f"<where:{_PLACES}> (HAVE|COLON) <votes:NUM> (LEFT {_SORT}|{_SORT} LEFT|FURTHER? LEFT)(?!THAN) {_AFTER_LEFT}",
    f"(BALLOTS LEFT|LEFT {_SORT}) {_IN_PLACES} [COLON DASH BE] <votes:NUM> {_AFTER_LEFT}",
)

_SAME = f"NO_CHANGE (COUNTED|(IN|TO)? (NAME POSS)? [LEAD COUNT TOTAL VOTES])? (OVER {_RIVAL})?"
_STOOD = f"(NAME POSS)? [LEAD COUNT TOTAL] (OVER {_RIVAL})? COMMA? ({_B}|HAVE)* UNCHANGED"
NO_CHANGE = (f"({_SAME}|{_STOOD}) OVERNIGHT? (?=$|COMMA|SEMI|COLON|DASH|STOP|AND|BUT|WITH|AFTER|AT|OR|NAME)",)
