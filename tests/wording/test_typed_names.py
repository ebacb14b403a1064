import pytest

from bot.desk.desk_file import Source
from bot.errors import BadInputError, ChooseError
from bot.wording.typed_names import (
    Nameable,
    candidate_named,
    contest_label,
    county_named,
    matching,
    named,
    source_named,
    sources_in,
)
from tests.conftest import small_desk

SOURCES = [
    Nameable(key, key, name)
    for key, name in [
        ("ap", "the AP"),
        ("ga-sos", "the Secretary of State"),
        ("times", "the New York Times"),
        ("floyd", "our reporter"),
        ("cbs", "CBS News"),
        ("nbc", "NBC News"),
    ]
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("AP", "ap"),
        ("the AP", "ap"),
        ("A.P.", "ap"),
        ("ga-sos", "ga-sos"),
        ("GA SOS", "ga-sos"),
        ("Sec of State", "ga-sos"),
        ("sec. state", "ga-sos"),
        ("SoS", "ga-sos"),
        ("secretary", "ga-sos"),
        ("NYT", "times"),
        ("Times", "times"),
        ("reporter", "floyd"),
        ("NBC", "nbc"),
        (" cbs  news ", "cbs"),
    ],
)
def test_a_name_is_known_by_its_key_its_initials_or_the_beginnings_of_its_words(typed: str, meant: str) -> None:
    assert named(typed, SOURCES, "source") == meant
    assert meant in matching(typed, SOURCES)


@pytest.mark.parametrize(
    ("typed", "offered", "said"),
    [
        (
            "secretery of state",
            ["ga-sos"],
            'no source is called "secretery of state". Did you mean the Secretary of State?',
        ),
        ("NBC Nws", ["nbc"], "Did you mean NBC News"),
        ("News", ["cbs", "nbc"], '"News" could be CBS News or NBC News'),
    ],
)
def test_what_is_only_like_a_name_is_offered_and_never_taken(typed: str, offered: list[str], said: str) -> None:
    with pytest.raises(ChooseError) as caught:
        named(typed, SOURCES, "source")
    assert said in str(caught.value)
    keys = [key for _, key in caught.value.choices]
    assert keys[: len(offered)] == offered
    assert [named(key, SOURCES, "source") for key in keys] == keys
    assert set(offered) <= set(matching(typed, SOURCES))


def test_what_is_like_nothing_is_refused_or_gets_the_few_that_there_are() -> None:
    with pytest.raises(BadInputError, match='no source is called "zzz"; choose one from the list'):
        named("zzz", SOURCES, "source")
    with pytest.raises(ChooseError, match="there is the AP or the Secretary of State"):
        named("zzz", SOURCES[:2], "source")


def test_two_of_one_name_are_told_apart() -> None:
    twins = [Nameable(key, key, "President") for key in ("ga", "pa")]
    with pytest.raises(ChooseError) as caught:
        named("President", twins, "contest")
    assert [label for label, _ in caught.value.choices] == ["President (ga)", "President (pa)"]


def test_candidates_and_counties_are_offered_by_what_a_form_reads() -> None:
    (contest, *_) = small_desk().contests
    assert candidate_named("biden", contest).id == "biden"
    with pytest.raises(ChooseError) as caught:
        candidate_named("Bidne", contest)
    assert caught.value.choices == (("Joseph R. Biden", "Biden"),)
    assert {county_named(typed, contest).short for typed in ("Dekalb", "DeKalb", "De Kalb County")} == {"DeKalb"}
    with pytest.raises(ChooseError) as caught:
        county_named("Foulton", contest)
    assert caught.value.choices[0] == ("Fulton", "Fulton")


def test_nothing_typed_yet_matches_all() -> None:
    assert matching("", SOURCES) == [one.key for one in SOURCES]


GIVEN = [
    Source(id=key, name=name, short=short, credit=credit, person=True)
    for key, name, short, credit in [
        ("times", "the Times", None, "The New York Times"),
        ("ga-sos", "the Secretary of State", "Sec. of State", "Georgia Secretary of State"),
        ("reporter", "our reporter", None, None),
        ("ap", "the AP", None, "The Associated Press"),
    ]
]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("96 of 159 certified, per SOS.", ["ga-sos"]),
        ("Biden leads by 14,101 according to the AP", ["ap"]),
        ("NYT has Biden up 14,101", ["times"]),
        ("The Secretary of State's office says 96 have certified.", ["ga-sos"]),
        ("SoS: 96 of 159", ["ga-sos"]),
        ("SoS at 11:35 a.m.: Biden 14,200 ahead", ["ga-sos"]),
        ("Biden leads by 14,057 (SoS)", ["ga-sos"]),
        ("SOS site Biden up 14,057", ["ga-sos"]),
        ("At 8:40 AP 14,057", []),
        ("SoS 8:40 Biden up", ["ga-sos"]),
        ("14,130 - SoS", ["ga-sos"]),
        ("GA SOS reports 4,991,741 votes", ["ga-sos"]),
        ("via the Associated Press", ["ap"]),
        ("Sec. of State now has 96; the AP has 97.", ["ga-sos", "ap"]),
        ("Our reporter in Floyd says 118 are left", ["reporter"]),
        ("Biden leads by 14,101 votes.", []),
        ("It happened from times to times, per a friend.", []),
        ("Biden 2,472,010 Trump 2,457,990 — SOS, 11:30", ["ga-sos"]),
        ("14130 SoS. Not 14,310", ["ga-sos"]),
        ("now 13,902 - Sec of State 11:20am", ["ga-sos"]),
        ("Up by 14,101.\nNYT\n4,991,741 votes", ["times"]),
        ("Ask the AP.", []),
        ("Not SOS.", []),
        ("96 certified; the AP's desk", []),
        ("SOS 1,130 left", []),
        ("The state says a secretary has left.", []),
        ("He ran up 12 stairs before the AP article", []),
    ],
)
def test_whom_a_text_gives_as_its_source_is_known(text: str, given: list[str]) -> None:
    assert [one.id for one in sources_in(text, GIVEN)] == given


def test_a_credit_that_two_feeds_of_one_office_share_hides_neither_s_name() -> None:
    office = "Georgia Secretary of State"
    state = Source(id="ga-sos", name=f"the {office}", credit=office)
    counties = Source(id="ga-counties", name="the counties' table", credit=office)
    assert source_named(office, [state, counties]) is state
    assert sources_in(f"Biden up 14,101, per the {office}", [state, counties]) == [state]
    assert source_named(office, [counties]) is counties


def test_a_list_says_where_a_contest_is_only_where_another_has_its_name() -> None:
    president, senate = small_desk().contests[:2]
    here = president.model_copy(update={"id": "floyd", "where": "Floyd County"})
    assert [contest_label(one, [president, senate]) for one in (president, senate)] == ["President", "U.S. Senate"]
    assert [contest_label(one, [president, here]) for one in (president, here)] == [
        "President · Georgia",
        "President · Floyd County",
    ]
