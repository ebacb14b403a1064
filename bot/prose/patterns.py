"""Patterns of word classes for sentences that are understood to the last word (see `grammar.py` and `lexicon.py`).

A claim's pattern matches the claim itself, and `JOINTS` the other parts that such a sentence may have. The captures
are `leader` (who leads), `who` (who gains, or has the votes), `votes` (the claim's number), `dir` (whether a lead
grows or shrinks), `done` and `of`, `where` and `units` (counties), and `share`.
"""

_BE = "[BE POSS HAVE HOLD]*"
_RIVAL = "[NAME RIVAL]"
_OVER = f"(OVER {_RIVAL})?"
_LEAD_OF = f"<leader:NAME> POSS? LEAD {_OVER}"
_VOTES = "<votes:NUM> VOTES? (?!TO NUM)"
_IS = "[COMMA WHICH BE POSS HAVE HOLD UNCHANGED AT OF COLON DASH]*"
_MOVES = "[LESS MORE DOWN UP WENT]"
_HAS = "[COMMA WHICH BE POSS HAVE WAS]*"

_SUBJECT = "(?<![UP LEADS PASSES TRAILS OVER OF])<leader:NAME>"
_AHEAD = f"[LEADS UP] ((OVER|OF)? {_RIVAL})?"
MARGIN = (
    f"{_SUBJECT} COMMA? WHO? {_BE} {_AHEAD} COMMA? BY (LEAD OF)? {_VOTES} {_OVER}",
    f"{_SUBJECT} {_BE} UP {_VOTES} (?!NET) {_OVER}",
    f"<leader:NAME> COLON? <plus:PLUS> {_VOTES}",
    f"{_LEAD_OF} {_IS} {_VOTES} {_OVER}",
    f"{_LEAD_OF} {_HAS} {_MOVES} (BY? NUM VOTES? COMMA?)? TO {_VOTES}",
    f"<leader:NAME> [POSS HAVE HOLD WITH BE]+ (LEAD {_OVER} OF {_VOTES}|<votes:NUM> DASH? VOTES? LEAD) {_OVER}",
    f"NAME COMMA? WHO? {_BE} TRAILS <leader:NAME> BY {_VOTES}",
    "IN <votes:NUM> VOTES? OF <leader:NAME>",
    f"[LESS MORE] INTO? {_LEAD_OF} BY NUM VOTES? COMMA? TO {_VOTES}",
)

_COUNTY = "COUNTY COUNTIES?"
_COUNTIES = f"{_COUNTY}(COMMA {_COUNTY}){{0,254}} COMMA? (AND|SLASH) {_COUNTY}|{_COUNTY}"
_SORT = "FURTHER? TYPE{0,3} (BALLOTS|VOTES) TYPE?"
_LOT = f"(BATCH OF? )?(NUM|ALL)? ({_SORT}|BATCH)"
_CAUSE = f"(<units:{_COUNTIES}> POSS? ({_LOT})?|{_LOT} [FROM IN OUT_OF OF] <units:{_COUNTIES}>)"
_BY_WHOM = f"(({_CAUSE}|NAME) HAVE?)?"

CHANGE = (
    f"{_LEAD_OF} {_HAS} <dir:[LESS MORE DOWN UP]> (BY <votes:NUM> VOTES?|<votes:NUM> VOTES? (?=COMMA? TO))",
    f"{_BY_WHOM} <dir:[LESS MORE]> INTO? {_LEAD_OF} BY {_VOTES}",
    f"{_BY_WHOM} (<dir:LESS> {_VOTES} [OFF FROM INTO OUT_OF]|<dir:ADD> {_VOTES} TO) {_LEAD_OF}",
    "<who:NAME> HAVE? (NETS <votes:NUM> VOTES?|[GAIN PICKS ADD] (NET <votes:NUM> VOTES?|<votes:NUM> (NET VOTES|VOTES NET)))",
    "NET [GAIN PICKS] OF PLUS? <votes:NUM> VOTES? FOR <who:NAME>",
)
"""Patterns for changes of a lead. The last two are net gains of a candidate, which move the margin up or down
depending on who leads.
"""

LEADER = (f"{_SUBJECT} {_BE} {_AHEAD} (?!COMMA? [LEADS UP]? BY|NUM)",)
"""Patterns for who leads, without a number."""

OWNER = ("<leader:NAME> POSS? LEAD (?!.{0,99} BE NAME POSS)",)
"""Patterns for whose lead a sentence is about."""

TOTAL = (
    "<votes:NUM> (TOTAL? [VOTES BALLOTS] [BE HAVE]* COUNTED|TOTAL [VOTES BALLOTS] (?!COUNTED))",
    f"(?<![POSS NAME]) TOTAL OF? [VOTES BALLOTS]? COUNTED? {_BE} [AT TO OF COLON DASH]? {_VOTES}",
)

_SHARE = "(?<!ALL BUT) <done:NUM> (OF|OUT_OF|SLASH) <of:NUM>"
CERTIFIED = (
    f"({_SHARE} OF? COUNTIES?|ALL OF? <of:NUM> COUNTIES|<done:NUM> COUNTIES (?=HAVE)) [BE POSS HAVE]* CERT",
    f"COUNTIES? CERT COUNTIES? [TO AT COLON BE POSS DASH IN BY]? {_SHARE}",
)

OUTSTANDING = (
    f"<votes:NUM> (LEFT? {_SORT} [BE POSS HAVE]* LEFT|LEFT {_SORT}) (IN <where:{_COUNTIES}>)?",
    f"<where:{_COUNTIES}> [HAVE COLON POSS] <votes:NUM> (LEFT {_SORT}|{_SORT} LEFT|FURTHER? LEFT) (?!NAME)",
    f"(BALLOTS LEFT|LEFT {_SORT}) (IN <where:{_COUNTIES}>)? [COLON DASH BE] <votes:NUM>",
)

_THE_COUNT = "(NAME POSS)? [LEAD COUNT TOTAL VOTES]"
REPORTING = (
    "(?<!GAIN) <percent:PCT> OF? EXPECTED? [PRECINCTS VOTES BALLOTS]? [BE HAVE POSS]* (IN (?!COUNTY|ELSEWHERE|NAME|NUM)|COUNTED|PRECINCTS? REPORTING|REPORTING)",
    "<percent:PCT> OF? (EXPECTED VOTES?|PRECINCTS)",
    "REPORTING COLON? <percent:PCT>",
    "COUNTY COUNTIES? ([POSS BE IN AT COUNTED]+|BE? ALL IN COMMA) <percent:PCT> OF? [PRECINCTS VOTES BALLOTS]?",
    "<whole:ALL> NUM? [PRECINCTS COUNTIES] ([BE HAVE]* [IN REPORTING COUNTED]|(?=COLON|COMMA|$))",
    "<done:NUM> (OF|OUT_OF|SLASH) <of:NUM> ([PRECINCTS COUNTIES] [BE HAVE]* [IN REPORTING]|PRECINCTS$)",
)

NO_CHANGE = (
    f"NO_CHANGE (COUNTED|[IN TO]? {_THE_COUNT})? {_OVER} OVERNIGHT?",
    f"{_THE_COUNT} {_OVER} COMMA? {_BE} UNCHANGED OVERNIGHT?",
)

JOINTS = (
    "[COMMA SEMI DASH COLON AND BUT]",
    "^BATCH COLON",
    "IN COUNT",
    "[WITH] (?=NUM|NAME|PCT|ALL)",
    "[HAVE HOLD] (?=NAME)",
    "^HAVE (?=NUM)",
    "^IT [BE POSS] (?=NUM)",
    f"[AFTER FROM OUT_OF WITH] {_CAUSE} ([COUNTED ADD] ({_LOT})? (IN COUNT)?)?",
    f"<units:{_COUNTIES}> HAVE? [COUNTED ADD] {_LOT} (?=COMMA|SEMI|AND)",
    "(OR|COMMA)? PCT (?!OF|PRECINCTS|VOTES|BALLOTS|COUNTIES|COUNTED|IN|REPORTING)",
)
"""Patterns for the parts that claim nothing: punctuation, the cause of a change, and a margin in percent."""
