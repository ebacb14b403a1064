"""The words that prose is read by: classes of words, and words that make a sentence no claim.

A class is what the patterns of `bot/prose/patterns.py` are written in. Whatever is in no class breaks a pattern: it
is not read past. Words of the class SKIP are, since they change nothing of what is said.
"""

from collections.abc import Iterable, Iterator, Mapping

CLASSES: Mapping[str, str] = {
    "SKIP": "the | a | an | still | now | currently | officially | unofficially | also | just | only | again | here"
    " | right now | at this hour | at the moment | at this point | for now | so far | this morning | this afternoon"
    " | this evening | today | tonight | at last check | as of now | as of this morning | as of today | all told"
    " | overall | narrowly | slightly | slim | narrow | thin | razor | razor-thin | razor thin | current | latest"
    " | election results | the election | official results | certified results | their results | its results | their election results | their official results | results | their vote"
    " | statewide | to report | clearly | really | already | steadily | nonetheless | even | itself | remarkably"
    " | presidential | for president | between them | rn",
    "BE": "is | are | remains | stays | stands | sits | been | has been | have been | 're",
    "POSS": "'s",
    "WAS": "was | were",
    "HAVE": "has | have | 've",
    "HOLD": "holds | holding | holding onto | holding on to | holds onto | holds on to | clings to | clinging to"
    " | maintains | maintaining | keeps | keeping | enjoys | retains | hangs on to | hanging on to | hanging onto"
    " | holding steady | holds steady | steady | sporting | takes a | took a | opens a | opened a | builds a | shows | showing | registers",
    "LEADS": "leads | leading | edges | tops | is leading | out-leads",
    "UP": "up | ahead | in front | still out in front | still out front | out in front | out front | on top | in the lead | moves ahead | moved ahead"
    " | pulls ahead | pulled ahead | jumps ahead | edges ahead | edged ahead | goes ahead | inches ahead"
    " | takes lead | took lead | retakes lead | takes the lead | took the lead | take the lead | taken the lead | to take the lead | taking the lead"
    " | overtakes | has overtaken | retakes the lead",
    "PASSES": "passes | passed | surpasses | surpassed | overtook | leapfrogs | leapfrogged | past",
    "WENT": "went | goes | moved | moves | changed",
    "DOWN": "down",
    "TRAILS": "trails | trailing | behind | is behind | lags | lagging",
    "LEAD": "lead | margin | advantage | edge | cushion",
    "OVER": "over | against | on | versus | vs",
    "OF": "of",
    "BY": "by",
    "OUT_OF": "out of",
    "TO": "to",
    "AT": "at",
    "FROM": "from",
    "FOR": "for",
    "IN": "in | within",
    "INTO": "into",
    "OFF": "off | off of",
    "WITH": "with | w | w /",
    "AND": "and | &",
    "OR": "or",
    "BUT": "but | yet",
    "WHICH": "which",
    "WHO": "who",
    "LESS": "cut | cuts | cutting | cut into | cuts into | cutting into | eat into | eats into | ate into | eaten into"
    " | shrink | shrinks | shrank | shrunk | shrinking | narrows | narrowed | narrowing | trim | trims"
    " | trimmed | trimming | reduce | reduces | reduced | reducing | lower | lowers | lowered | lowering | shave"
    " | shaves | shaved | shaving | slice | slices | sliced | whittle | whittles | whittled | whittled down | erode"
    " | erodes | eroded | chip | chips | chipped | knock | knocks | knocked | take | takes | took | drop | drops"
    " | dropped | dropping | fall | falls | fell | fallen | falling | slip | slips | slipped | slipping | dip | dips"
    " | dipped | decline | declines | declined | decrease | decreases | decreased | tick down | ticks down"
    " | ticked down | ticking down | goes down | went down | gone down | comes down | came down | inches down"
    " | inched down | slides | slid | tumbles | tumbled | dwindles | dwindled | cost | costs | shed | sheds | loses | lost",
    "MORE": "grow | grows | grew | grown | growing | widen | widens | widened | widening | increase | increases"
    " | increased | increasing | expand | expands | expanded | expanding | extend | extends | extended | extending"
    " | rise | rises | rose | risen | climb | climbs | climbed | swell | swells | swelled | jump | jumps | jumped"
    " | pad | pads | padded | padding | boost | boosts | boosted | stretch | stretches | stretched | tick up | ticks up"
    " | ticked up | ticking up | lift | lifts | lifted | lifting | inch up | inches up | inched up | goes up | went up | gone up | improves | improved"
    " | add to | adds to | added to | adding to",
    "ADD": "add | adds | added | adding",
    "PICKS": "pick up | picks up | picked up | picking up",
    "GAIN": "gain | gains | gained | gaining | earns | earned | gets | got",
    "NETS": "nets | netted | netting",
    "NET": "net",
    "CERT": "certified | certification count | certifications | certifying | certifed | certfied | certificed",
    "COUNTIES": "counties | county | co | cty | county's",
    "ALL": "all",
    "TOTAL": "total | vote total | total vote | running total | tally | total number | vote count | total vote count"
    " | vote tally | total tally",
    "VOTES": "votes | vote | vots",
    "BALLOTS": "ballots | ballot | balots | absentees | provisionals",
    "TYPE": "absentee | mail | mail-in | mail - in | mailed | advance | provisional | in - person | early"
    " | absentee by mail | vote by mail",
    "COUNTED": "counted | tallied | tabulated | registered | recorded | reported | reports | uploads | uploaded | cast | in the tally | in the count"
    " | in its tally | in its count | logged",
    "LEFT": "left to count | left to review | left to be counted | left to process | left to tally | left to scan | left | left to go"
    " | outstanding | remaining | remain | remaining to be counted | remain to be counted | remain outstanding"
    " | remain uncounted | still out | uncounted | unprocessed | still to be counted | to be counted"
    " | yet to be counted | yet to be processed | to count | still to count | to go | still to go | not yet counted"
    " | to process | still to be processed | to be processed | remains to be counted | oustanding",
    "FURTHER": "more | another",
    "NO_CHANGE": "no change to report | no changes to report | no change | no changes | zero change | zero changes | nothing has changed | no movement",
    "UNCHANGED": "unchanged | hasn't changed | has not changed | haven't changed | have not changed | hasn't moved"
    " | has not moved | haven't moved | have not moved | hasn't budged | has not budged | haven't budged",
    "COUNT": "numbers | count | totals | tallies | race | presidential race | contest | presidential contest | vote counts"
    " | margins | presidential vote",
    "OVERNIGHT": "overnight | from last night | from yesterday | from overnight | since last night | since overnight",
    "HE": "he | she",
    "IT": "it | that",
    "AFTER": "after | as | while | since | following | so | because | thanks | amid | before | per | according | where"
    " | though | although | despite | when | once | because of | thanks to | throughout | across",
    "THAN": "than",
    "SAYS": "says | say | said",
    "BATCH": "batch | batches | update | updates | upload | tranche",
    "GAP": "gap | difference | deficit | separates | separate | apart | between | plus | led",
    "SWING": "swing | swings | shift | shifts | worth | hands | handed | gives | gave | bump | pickup | change",
    "PENDING": "pending | uncured | unopened | await | awaits | awaiting | waiting | backlog | stack | process | processed | unscanned",
    "RIVAL": "president | incumbent | republican | democrat | challenger",
}
"""Class → its words, in small letters; longer phrases win."""

HARMLESS_CAPITALS = frozenset(
    "new breaking update updated georgia meanwhile overnight democrat republican democratic president president-elect"
    " elect vice former vp mr mrs ms sen senator gov governor rep dr with but and so has have that for after as while"
    " officially still now wow ok okay good morning where when because statewide nominee candidate incumbent news latest alert count watch election results race vote"
    " monday tuesday wednesday thursday friday saturday sunday et est edt eastern noon midnight votes numbers note fyi psa ga latest just in tally total more today tonight live breaking exclusive".split()
)
"""Words that may stand in capitals before a candidate's name without being another person's first name."""

TITLES = frozenset(
    "president president-elect elect vice former democrat republican democratic nominee candidate mr mrs ms sen senator"
    " gov governor rep representative mayor incumbent gop pres dr".split()
)
"""Words that belong to the name that follows."""


def phrases(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the phrases of "a b | c", each as its words."""
    for phrase in text.split("|"):
        yield tuple(phrase.split())


class Phrases:
    """Phrases to look for from a place in a list of words; the longest wins."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes: dict[tuple[str, ...], str] = {}
        for name, text in classes.items():
            for words in phrases(text):
                if self._classes.setdefault(words, name) != name:
                    raise ValueError(f"{' '.join(words)} is in two classes, {self._classes[words]} and {name}")
        self._longest: dict[str, int] = {}
        for words in self._classes:
            self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    def at(self, words: list[str], first: int) -> tuple[str, int] | None:
        """Return the class of the longest phrase that begins at `first`, and how many words it has; None: none."""
        for length in range(min(self._longest.get(words[first], 0), len(words) - first), 0, -1):
            if name := self._classes.get(tuple(words[first : first + length])):
                return name, length
        return None

    def all_in(self, words: list[str]) -> Iterable[tuple[int, int, str]]:
        """Yield (first, how many, class) of every phrase in `words`; they may overlap."""
        for first, word in enumerate(words):
            if word in self._longest and (found := self.at(words, first)):
                yield first, found[1], found[0]

    def has_any(self, words: list[str]) -> bool:
        """Return True if any phrase is in `words`."""
        return any(True for _ in self.all_in(words))


WORDS = Phrases(CLASSES)
