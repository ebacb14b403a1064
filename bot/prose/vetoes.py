"""Words that make a sentence no claim, by why and by how far they reach.

`SENTENCE`: anywhere in the sentence. `ZONE`: from the last break before the claim up to the first one after it.
"""

from collections.abc import Mapping

from bot.prose.lexicon import Phrases

SENTENCE: Mapping[str, str] = {
    "condition": "if | unless | whether | suppose | supposing | assuming | assume | imagine | provided that"
    " | hypothetical | hypothetically | in case | otherwise | for example | say that | example | were to | had he"
    " | scenario | scenarios | in theory | theoretically | with luck | universe | dream | dreams",
    "rumour": "is it true | rumor | rumors | rumour | rumours | reportedly | allegedly | supposedly | alleged | unconfirmed | hoax"
    " | fake | false | falsely | not true | untrue | debunked | debunk | myth | misinformation | disinformation"
    " | baseless | satire | joke | joking | parody | conspiracy | bogus | incorrect | incorrectly | not correct"
    " | wrong | wrongly | lie | lies | lying | so-called | supposed | disputed | fact check | misleading | stolen"
    " | rigged | fraud | facebook | viral",
    "forecast": "mock | straw | poll | polls | polling | pollster | pollsters | survey | surveys | likely voters | registered voters"
    " | forecast | forecasts | projection | projections | project | projects | projected | predict | predicts"
    " | predicted | prediction | model | models | simulation | odds | betting | bet | bets | bookmakers | expected to"
    " | is expected | are expected | estimate | estimates | on track | on pace",
    "elsewhere": "nationwide | nationally | popular vote | electoral | electoral college | electors | swing states"
    " | battleground states | across the country | across the nation | in the country | across america | in america | united states | across the u.s | in the u.s | both states | other states"
    " | another state | states | national | neighboring state",
    "belief": "claims | claim : | claim that | claimed | claiming | boasts | boasted | boasting | brags | bragged | alleges | insists | insisted"
    " | asserts | asserted | believes | believed | thinks | thought | suspects | tweeted | tweets | retweeted"
    " | argues | argued | suggests | suggested | complained | complains | vows | vowed | swears | promised | promises"
    " | rants | ranted | wants us to believe | maintain that | pretends | rumored | guess | guesses | guessing | reckon | reckons | my math"
    " | my count | my numbers | my tally | my spreadsheet | back of the envelope",
    "past": "in 2016 | four years ago | two years ago | years ago | last time | election night | on election day"
    " | last election | last cycle | at one point | at one stage | at some point | at its peak | at the time | earlier in the week | earlier this week"
    " | last week | last month | last year | days ago | back then | the day before | last friday | last thursday"
    " | correction | corrects | corrected",
}

MODAL = (
    "would | could | might | may | should | must | will | 'll | can | cannot | can't | need | needs | needed | needing"
    " | expected | expects | expect | likely | unlikely | probably | possibly | perhaps | maybe | hope | hopes | hoped"
    " | hoping | wish | wants | want | wanted | try | tries | trying | tried | aims | plan | plans | to be | set to"
    " | about to | until | till | wouldn't | couldn't | won't | shouldn't | i'll | he'll | we'll | they'll | it'll"
    " | he'd | she'd | they'd | we'd | potential | potentially | possible | eventual | eventually | final | ultimately"
    " | have to | has to | goal | target | threshold | required | requires | require | enough | yet to | fears | fear"
    " | seeks | seek | seeking | demand | demands | asks | asked | wonder | wonders | ends up | end up | predicted"
)


NEGATION = (
    "not | no | never | none | nobody | neither | nor | without | deny | denies | denied | denying | refute | refutes"
    " | refuted | hardly | far from | fails | failed | fail | instead | rather than | contrary | isn't | aren't | wasn't"
    " | weren't | doesn't | don't | didn't | hasn't | haven't | hadn't | ain't | cannot | stop | dispute | disputes"
    " | rejects | rejected | dismisses | dismissed | doubt | doubts | nothing | unlike | except | ruled out | zero"
)


PAST = (
    "had | was | were | led | trailed | showed | said that was | yesterday | last night | last nite | last evening | ago | earlier | previously"
    " | previous | formerly | used to | initially | originally | briefly | won | beat | carried | lost | then | once"
    " | by then | as late as | defeated | flipped | finished | ended | started | began | peaked | stood | held"
    " | remained | stayed | before that | hours earlier | at first | opened | yesterday's | monday's | tuesday's | nov"
    " | november | october | oct | old | prior | the week"
)


PAST_OF_CHANGES = (
    "had | led | trailed | yesterday | last night | last nite | last evening | ago | earlier | previously | previous"
    " | formerly | used to | initially | originally | briefly | won | beat | carried | lost | then | by then | defeated"
    " | since | monday | tuesday | wednesday | thursday | friday | saturday | sunday | week | weekend | days | hours"
    " | 24 | month | yesterday's | nov | november | october | oct | over the past | in the past | prior | so far"
)


PAST_OF_NO_CHANGE = "had | yesterday | last night | ago | earlier | previously | had been | then"


DAYS_AGO = "monday | tuesday | wednesday | thursday | friday | saturday | sunday | election day | the weekend"
"""After a change: it may be of more than the last batch."""


LONG_AGO = "yesterday | last night | last nite | last week | ago | last month | last year"


BY_THEN = "yesterday | last night | last nite | last evening | ago | earlier | previously"


OTHER_COUNT = "audit | audited | recount | hand count | hand tally | retally | recounted | hand recount | hand-count"


OTHER_COUNT_DONE = (
    "complete | completed | done | finished | over | ended | concluded | shows | showed | found | result | results"
)
"""Beside another count in a sentence: what follows on the line may be of that one."""


PART_OF_THE_VOTE = (
    "absentee | mail | mail-in | mailed | early | provisional | military | overseas | advance | election day | in-person"
    " | in person | day-of | among | women | men | independents | suburbs | metro | precinct | precincts | district"
    " | suburban | rural | city | town | excluding | leaving out | leaves out | barring"
)


NOT_COUNTED_ONES = (
    "military | overseas | uocava | requested | returned | unreturned | rejected | spoiled | cured | cure | found"
    " | arrive | arrived | received | missing | lost | discovered | challenged | illegal | dead | duplicate | suspicious"
    " | counterfeit | suit | lawsuit | lawsuits | sued | judge | court | affidavit | destroyed | stolen | shredded | blank"
)


INCREMENT = (
    "more | new | additional | another | extra | batch | overnight | since | this morning | today | hour | hours | tonight"
    " | yesterday | monday | tuesday | wednesday | thursday | friday | saturday | sunday | this afternoon | day"
)

ASKING = frozenset("is are does do did isn't doesn't didn't aren't".split())
"""A sentence that begins so is a question, with or without its mark."""

SPEECH = (
    "says | said | say | saying | tells | told | tell | according to | per | announced | announces | announcing | confirms"
    " | confirmed | writes | wrote | posted | posts | notes | noted | adds that | added that | states | stated | reveals"
)


PUBLISHERS = (
    "secretary | sec | sos | state's | state | office | site | website | page | dashboard | ap | ap's | nyt | times | cnn"
    " | nbc | abc | cbs | fox | reuters | edison | ddhq"
)
"""Who publishes a count, and where."""

OFFICIALS = (
    f"{PUBLISHERS} | official | officials | elections | election | registrar | registrars | board | county | county's"
    " | counties | commission | clerk | supervisor | results | count | tally | data | figures | numbers"
    " | associated press | tracker | desk | raffensperger | raffensperger's | sterling | newsroom | department | returns"
    " | feed | update | reports | bureau"
)
"""Whose word on the count is taken: officials, agencies, their publications; and Georgia's two of 2020 by name."""

PARTISANS = (
    "campaign | campaigns | lawyer | lawyers | attorney | attorneys | spokesman for | supporter | supporters | ally"
    " | allies | surrogate | surrogates | he | she | they | i | giuliani | powell | team | rally | adviser | advisers"
    " | aide | aides | son | republicans | democrats | gop | activists | watcher | watchers | man | woman | voter | voters"
    " | someone | people | some | critics | chairman | pundits | insiders | blogger | caller"
)
"""Who speaks for a side, or for nobody, where a verb of saying is near."""

CONTESTS: Mapping[str, str] = {
    "president": "president's race | presidential | for president | white house",
    "senate": "senate | senatorial | senator's | runoff | runoffs | run-off",
    "governor": "governor's race | gubernatorial | governor's",
    "house": "house seat | congressional | house race | district | legislature | legislative | house of representatives",
    "local": "sheriff | sheriff's | mayor | mayoral | school board | commissioner | public service commission | psc"
    " | amendment | referendum | ballot measure | primary | special election | down-ballot | downballot | supreme court",
}
"""Words of a contest by its kind; those of other kinds than the followed contest's make no claim."""

HARD_BREAKS = frozenset({";", ":", "—", "–", "…", "...", "..", "|", "but", "however", "yet", "meanwhile", "!", "•"})


BREAKS_AFTER_COMMA = frozenset({"and", "while", "so", "as", "with", "which", "though", "although", "or"})


SOFT_BREAKS = HARD_BREAKS | frozenset(
    ", - and while as after with which who that where when because though although since before so amid despite"
    " following ahead ( ) w for than".split()
)


def table(*texts: str) -> Phrases:
    """Return the phrases of some texts."""
    return Phrases({"said": " | ".join(texts)})
