"""Options that several commands share, with their autocompletion."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import discord
from discord import app_commands

from bot.client import Bot, bot_of
from bot.count.entry import MOST_TEXT
from bot.desk.desk_file import Contest
from bot.errors import BadInputError
from bot.follows.levels import Level
from bot.outbox.proposals_store import Asker
from bot.schedule.schedule_words import entry_label
from bot.wording.escape import clean, without_markdown
from bot.wording.limits import cut
from bot.wording.typed_names import candidates_matching, contest_label, sources_matching
from cogs.guards import level_here, sight

MOST_CHOICES = 25

MOST_NAME = 100
"""The most characters that Discord allows in a suggestion."""

CONTEST = "The contest; by default the one this channel follows"
"""The description of an option `contest` that may be omitted."""

_MOST_DIGITS = 9

THE_STATE = frozenset(("the state", "state", "results", "the results"))
"""What people type, in lowercase, for the results of a contest as a whole."""

Suggestions = Sequence[tuple[str, str]]
"""Pairs of the text to show and the value that is sent if the text is chosen."""


class Suggested(app_commands.Transformer):
    """An option with autocompletion.

    Any text is accepted. The command decides what the text means.
    """

    def __init__(
        self, suggest: Callable[[Bot, discord.Interaction, str], Awaitable[Suggestions]], *, longest: int | None = None
    ) -> None:
        """Create an option.

        `suggest` gets the text typed so far. `longest` is the most characters that Discord accepts.
        """
        self._suggest, self._longest = suggest, longest

    @property
    def max_value(self) -> int | None:
        """The most characters that Discord accepts."""
        return self._longest

    async def transform(self, interaction: discord.Interaction, value: str) -> str:  # noqa: ARG002 - as discord.py has it
        """Return the typed text unchanged."""
        return value

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # discord.py's own examples narrow it so
        """Return the suggestions for the text typed so far, as Discord's choices."""
        found = await self._suggest(bot_of(interaction), interaction, value)
        return [app_commands.Choice(name=cut(name, MOST_NAME), value=key) for name, key in found[:MOST_CHOICES]]


async def _contests(bot: Bot, interaction: discord.Interaction, typed: str) -> Suggestions:
    """Return the matching contests.

    The contest that the person last asked about comes first, then the contests that the channel follows.
    """
    near = {contest.id: place for place, contest in enumerate(await _possible_contests(bot, interaction))}
    found = sorted(bot.rooms.follows.matching(typed), key=lambda contest: near.get(contest.id, len(near)))
    known = bot.rooms.setting.desk.contests
    return [(contest_label(one, known), one.id) for one in found]


async def _possible_contests(bot: Bot, interaction: discord.Interaction) -> list[Contest]:
    """Return the contests that can be meant if none is named."""
    place = interaction.guild_id or 0, interaction.channel_id or 0
    return await bot.rooms.answers.asking.meant(*place, interaction.user.id, sight(interaction))


async def _contest_chosen(bot: Bot, interaction: discord.Interaction) -> Contest | None:
    """Return the contest in the `contest` option, or else the only contest that can be meant.

    Returns None if several can be meant.
    """
    typed = getattr(interaction.namespace, "contest", None)
    if not typed:
        meant = await _possible_contests(bot, interaction)
        return meant[0] if len(meant) == 1 else None
    try:
        return bot.rooms.follows.contest(str(typed))
    except BadInputError:
        return None


async def _sources(bot: Bot, _: discord.Interaction, typed: str) -> Suggestions:
    return [(source.name, source.id) for source in bot.rooms.newsroom.suspensions.matching(typed)]


async def _sources_read(bot: Bot, interaction: discord.Interaction, typed: str) -> Suggestions:
    """Return the matching sources that the person may read in this channel."""
    newsroom = await level_here(interaction) >= Level.REPORTER
    place = interaction.guild_id or 0, interaction.channel_id or 0
    viewer = await bot.rooms.answers.asking.viewer(*place, newsroom=newsroom)
    found = bot.rooms.newsroom.suspensions.matching(typed)
    return [(source.name, source.id) for source in found if source.id not in viewer.left_out]


async def _callers(bot: Bot, interaction: discord.Interaction, typed: str) -> Suggestions:
    callers = await bot.rooms.entries.calls.callers_of(interaction.guild_id or 0)
    return [(one.name, one.id) for one in sources_matching(typed, callers)]


async def _candidates(bot: Bot, interaction: discord.Interaction, typed: str) -> Suggestions:
    """Return the matching candidates of the contest.

    If several names are typed, separated by commas, the last name is completed.
    """
    contest = await _contest_chosen(bot, interaction)
    before, comma, last = typed.rpartition(",")
    found = candidates_matching(last.strip(), contest) if contest else []
    typed = f"{before}{comma} " if comma else ""
    names = [(f"{typed}{one.name}", f"{typed}{one.id}") for one in found[:MOST_CHOICES]]
    return [(name, key) for name, key in names if len(name) <= MOST_NAME and len(key) <= MOST_NAME]


async def _posts(bot: Bot, interaction: discord.Interaction, typed: str, *, entries: bool = False) -> Suggestions:
    """Return the matching recent posts.

    Below the desk's level the result is empty, because not everybody may read all posts. `entries`: only posts about
    entries by staff.
    """
    if interaction.guild_id is None or await level_here(interaction) < Level.DESK:
        return []
    matching = bot.rooms.entries.corrections.matching
    found = await matching(interaction.guild_id, typed, sight(interaction), entries=entries)
    suggested = []
    for post in found:
        became = f", {post.became}" if post.became else ""
        suggested.append((f"#{post.number}{became} · {without_markdown(post.card.first_line)}", str(post.number)))
    return suggested


async def _entries(bot: Bot, interaction: discord.Interaction, typed: str) -> Suggestions:
    """Return the matching posts about entries, and the person's own entries that have no post."""
    posts = await _posts(bot, interaction, typed, entries=True)
    if interaction.guild_id is None or await level_here(interaction) < Level.DESK:
        return posts
    asker = Asker(interaction.guild_id, interaction.user.id, interaction.user.name)
    mine = await bot.rooms.entries.entering.unposted(asker, typed)
    return [*posts, *((f"entry {one.key} · {without_markdown(one.what)}", f"entry {one.key}") for one in mine)]


async def _events(bot: Bot, interaction: discord.Interaction, typed: str, *, ahead: bool = False) -> Suggestions:
    """Return the matching events, the next event first.

    `ahead`: only future events that are not canceled.
    """
    if interaction.guild_id is None:
        return []
    rooms = bot.rooms
    found = await rooms.schedule.events.matching(interaction.guild_id, typed, sight(interaction), ahead=ahead)
    now, zone = rooms.clock.now(), rooms.setting.desk.zone
    return [(entry_label(one.event, now, zone), str(one.id)) for one in found]


async def _counties(bot: Bot, interaction: discord.Interaction, typed: str) -> Suggestions:
    """Return the contest's reporting units whose names resemble the text, whatever its spelling."""
    contest = await _contest_chosen(bot, interaction)
    if contest is None:
        return []
    found = await bot.rooms.answers.units.suggested(contest, typed[:MOST_NAME], MOST_CHOICES)
    return [(clean(name, MOST_NAME), cut(name, MOST_NAME)) for name in found if clean(name, MOST_NAME)]


async def _certified(bot: Bot, interaction: discord.Interaction, typed: str) -> Suggestions:
    """Return "the state" if it matches, and counties that match the last name typed.

    Each suggestion repeats the names that were typed before.
    """
    before, comma, last = typed.rpartition(",")
    listed = f"{before}{comma} " if comma else ""
    found = [f"{listed}{key}" for _, key in await _counties(bot, interaction, last.strip())]
    names = [(one, one) for one in found if len(one) <= MOST_NAME]
    state = [("the state: its results as a whole", "the state")]
    return [*state, *names] if "the state".startswith(typed.strip().casefold()) else names


async def post_number(interaction: discord.Interaction, typed: str) -> int:
    """Return the number of a post, typed with or without the #.

    Raises:
        BadInputError: the text is no number, or the person does not see the post.
    """
    digits = typed.strip().lstrip("#")
    if not digits.isascii() or not digits.isdigit() or len(digits) > _MOST_DIGITS:
        raise BadInputError(
            f"{typed[:20]} is not a post number; use the number in the small print under the post's sentence, such as #214; `/why` alone shows what was not posted"
        )
    if interaction.guild_id is not None:
        corrections = bot_of(interaction).rooms.entries.corrections
        await corrections.refuse_unseen(interaction.guild_id, int(digits), sight(interaction))
    return int(digits)


def entry_key(typed: str) -> int | None:
    """Return the number of an entry without a post, typed as "entry 12", or None if the text is something else."""
    word, _, digits = typed.strip().casefold().partition(" ")
    return (
        int(digits)
        if word == "entry" and digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS
        else None
    )


ContestOption = app_commands.Transform[str, Suggested(_contests)]

SourceOption = app_commands.Transform[str, Suggested(_sources)]

ReadSourceOption = app_commands.Transform[str, Suggested(_sources_read)]
"""A source that the person may read in this channel."""

CallerOption = app_commands.Transform[str, Suggested(_callers)]

CandidateOption = app_commands.Transform[str, Suggested(_candidates)]

CountyOption = app_commands.Transform[str, Suggested(_counties)]

CertifiedOption = app_commands.Transform[str, Suggested(_certified, longest=MOST_TEXT)]
"""A count, names of counties separated by commas, or the state."""

EventOption = app_commands.Transform[str, Suggested(_events)]

EventAheadOption = app_commands.Transform[str, Suggested(partial(_events, ahead=True))]

PostOption = app_commands.Transform[str, Suggested(_posts)]
"""A post's number (see `post_number`), or text such as "Wheeler" about an update that may have no post."""

EntryOption = app_commands.Transform[str, Suggested(_entries)]
"""The number of an entry's post, or the number of an entry without a post (see `entry_key`)."""

TypedTime = app_commands.Range[str, 1, 60]
"""A time as people type it."""

Reason = app_commands.Range[str, 1, 300]
"""Why an editor did something, for the audit."""

Why = app_commands.Range[str, 3, 300]
"""Why something is retracted, as readers will see it."""

TypedAsOf = app_commands.Range[str, 1, 60]
"""The time of a figure or fact, as people type it."""
