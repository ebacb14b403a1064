"""Options that several commands have, with what comes up as one types."""

from dataclasses import dataclass

import discord
from discord import app_commands

from bot.client import Bot
from bot.count.entry import MOST_TEXT
from bot.desk.desk_file import Contest
from bot.entries.drafts import Asker
from bot.errors import BadInputError
from bot.follows.levels import Level
from bot.schedule.schedule_words import entry_label
from bot.wording.escape import clean, without_markdown
from bot.wording.limits import cut
from bot.wording.typed_names import candidates_matching, contest_label, sources_matching
from cogs.guards import level_here, sight

MOST_CHOICES = 25


_MOST_DIGITS = 9


class _Contest(app_commands.Transformer):
    """A contest of the desk file, chosen from a list or typed."""

    async def transform(self, interaction: discord.Interaction, value: str) -> str:  # noqa: ARG002 - as discord.py has it
        """Return what was typed: the command finds the contest, and says so where there is none."""
        return value

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # discord.py's own examples narrow it so
        """Return the contests that match what was typed so far: the one last asked about, then those followed here, first."""
        client = interaction.client
        if not isinstance(client, Bot):
            return []
        near = {contest.id: place for place, contest in enumerate(await _meant(client, interaction))}
        found = sorted(client.rooms.follows.matching(value), key=lambda contest: near.get(contest.id, len(near)))
        known = client.rooms.setting.desk.contests
        return [app_commands.Choice(name=contest_label(one, known), value=one.id) for one in found[:MOST_CHOICES]]


async def _meant(bot: Bot, interaction: discord.Interaction) -> list[Contest]:
    """Return the contests that can be meant where none is named."""
    place = interaction.guild_id or 0, interaction.channel_id or 0
    return await bot.rooms.answers.asking.meant(*place, interaction.user.id, sight(interaction))


async def _contest_chosen(interaction: discord.Interaction) -> Contest | None:
    """Return the contest that was chosen before another option, else the only one that can be meant, or None."""
    client, typed = interaction.client, getattr(interaction.namespace, "contest", None)
    if not isinstance(client, Bot):
        return None
    if not typed:
        meant = await _meant(client, interaction)
        return meant[0] if len(meant) == 1 else None
    try:
        return client.rooms.follows.contest(str(typed))
    except BadInputError:
        return None


class _Source(app_commands.Transformer):
    """A source of the desk file, chosen from a list or typed."""

    async def transform(self, interaction: discord.Interaction, value: str) -> str:  # noqa: ARG002 - as discord.py has it
        """Return what was typed: the command finds the source, and says so where there is none."""
        return value

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # as above
        """Return the sources that match what was typed so far."""
        client = interaction.client
        if not isinstance(client, Bot):
            return []
        found = client.rooms.newsroom.suspensions.matching(value)[:MOST_CHOICES]
        return [app_commands.Choice(name=cut(source.name, 100), value=source.id) for source in found]


ContestOption = app_commands.Transform[str, _Contest]

CONTEST = "The contest; by default the one this channel follows"
"""What is said of that option where it can be left out."""


class _Caller(_Source):
    """A source that makes calls."""

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # as above
        """Return the callers that match what was typed so far."""
        client = interaction.client
        if not isinstance(client, Bot):
            return []
        found = sources_matching(value, client.rooms.entries.calls.callers())
        return [app_commands.Choice(name=cut(one.name, 100), value=one.id) for one in found[:MOST_CHOICES]]


class _Candidate(app_commands.Transformer):
    """A candidate of the contest that was chosen before, from a list or typed; several with commas between."""

    async def transform(self, interaction: discord.Interaction, value: str) -> str:  # noqa: ARG002 - as discord.py has it
        """Return what was typed: the command finds the candidate, and says so where there is none."""
        return value

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # as above
        """Return the candidates of the chosen contest that match what was typed so far."""
        contest = await _contest_chosen(interaction)
        before, comma, last = value.rpartition(",")
        found = candidates_matching(last.strip(), contest) if contest else []
        typed = f"{before}{comma} " if comma else ""
        choices = [(f"{typed}{one.name}", f"{typed}{one.id}") for one in found]
        return [
            app_commands.Choice(name=name, value=value)
            for name, value in choices[:MOST_CHOICES]
            if len(name) <= MOST_NAME and len(value) <= MOST_NAME
        ]


class _Post(app_commands.Transformer):
    """A post of the newsroom by its number, chosen from a list or typed with or without the #."""

    entries = False
    """True: only posts of what staff entered."""

    async def transform(self, interaction: discord.Interaction, value: str) -> int:
        """Return the number.

        Raises:
            BadInputError: it is none, or of a post that who asks does not see.

        """
        digits = value.strip().lstrip("#")
        if not digits.isascii() or not digits.isdigit() or len(digits) > _MOST_DIGITS:
            raise BadInputError(
                f"{value[:20]} is not a post number; use the number in the small print under the post's sentence, such as #214; `/why` alone shows what was not posted"
            )
        if isinstance(client := interaction.client, Bot) and interaction.guild_id is not None:
            corrections = client.rooms.entries.corrections
            await corrections.refuse_unseen(interaction.guild_id, int(digits), sight(interaction))
        return int(digits)

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # discord.py's own examples narrow it so
        """Return the recent posts that match what was typed so far: the desk alone gets any, since others may not read them all."""
        client = interaction.client
        if not isinstance(client, Bot) or interaction.guild_id is None or await level_here(interaction) < Level.DESK:
            return []
        corrections = client.rooms.entries.corrections
        found = await corrections.matching(interaction.guild_id, value, sight(interaction), entries=self.entries)
        return [
            app_commands.Choice(
                name=cut(
                    f"#{post.number}{f', {post.became}' if post.became else ''} · {without_markdown(post.content)}", 100
                ),
                value=str(post.number),
            )
            for post in found
        ]


class _PostOrWords(_Post):
    """A post by its number, or words for what may have none: "Wheeler"."""

    async def transform(self, interaction: discord.Interaction, value: str) -> int | str:  # type: ignore[override]  # wider
        """Return the number, or what was typed where it is none; raises as a post's number does."""
        if not value.strip().lstrip("#").isdigit():
            return value
        return await super().transform(interaction, value)


class _Event(app_commands.Transformer):
    """An event of the schedule, chosen from a list or typed."""

    ahead = False
    """True: only what is ahead and not canceled."""

    async def transform(self, interaction: discord.Interaction, value: str) -> str:  # noqa: ARG002 - as discord.py has it
        """Return what was typed: the command finds the event, and says so where there is none."""
        return value

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # as above
        """Return the events that match what was typed so far, the next first."""
        client = interaction.client
        if not isinstance(client, Bot) or interaction.guild_id is None:
            return []
        rooms = client.rooms
        found = await rooms.schedule.events.matching(interaction.guild_id, value, sight(interaction), ahead=self.ahead)
        now, zone = rooms.clock.now(), rooms.setting.desk.zone
        return [
            app_commands.Choice(name=entry_label(one.event, now, zone), value=str(one.id))
            for one in found[:MOST_CHOICES]
        ]


class _EventAhead(_Event):
    ahead = True


@dataclass(frozen=True, slots=True)
class EntryKey:
    """An entry of which nothing was posted, by its own number."""

    key: int


class _Entry(_Post):
    entries = True

    async def transform(self, interaction: discord.Interaction, value: str) -> int | EntryKey:  # type: ignore[override]  # wider
        """Return the post's number, or the entry that was named as "entry 12".

        Raises:
            BadInputError: it is neither.

        """
        word, _, digits = value.strip().casefold().partition(" ")
        if word == "entry" and digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS:
            return EntryKey(int(digits))
        return await super().transform(interaction, value)

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # as above
        """Return the posts of entries that match what was typed so far, and of one's own entries those without a post."""
        posts = await super().autocomplete(interaction, value)
        client = interaction.client
        if not isinstance(client, Bot) or interaction.guild_id is None or await level_here(interaction) < Level.DESK:
            return posts
        asker = Asker(interaction.guild_id, interaction.user.id, interaction.user.name)
        mine = [
            app_commands.Choice(
                name=cut(f"entry {one.key} · {without_markdown(one.what)}", 100), value=f"entry {one.key}"
            )
            for one in await client.rooms.entries.entering.unposted(asker, value)
        ]
        return [*posts, *mine][:MOST_CHOICES]


class _County(app_commands.Transformer):
    """A reporting unit of the contest that is chosen, found however it is spelled."""

    async def transform(self, interaction: discord.Interaction, value: str) -> str:  # noqa: ARG002 - as discord.py has it
        """Return what was typed: the command finds the unit, and says so where there is none."""
        return value

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # as above
        """Return the units that are like what was typed so far."""
        client, contest = interaction.client, await _contest_chosen(interaction)
        if not isinstance(client, Bot) or contest is None:
            return []
        found = await client.rooms.answers.units.suggested(contest, value[:100], MOST_CHOICES)
        return [app_commands.Choice(name=clean(name, 100), value=cut(name, 100)) for name in found if clean(name, 100)]


CountyOption = app_commands.Transform[str, _County]


THE_STATE = frozenset(("the state", "state", "results", "the results"))
"""What is typed, in small letters, for the results of a contest as a whole."""


class _Certified(_County):
    """Who has certified: a count, counties, of which the last is being typed, or the state."""

    @property
    def max_value(self) -> int:
        """The most characters that Discord lets one type."""
        return MOST_TEXT

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # as above
        """Return the state, and the counties that are like the last one, after those that were typed before it."""
        before, comma, last = value.rpartition(",")
        found = await super().autocomplete(interaction, last.strip())
        typed = f"{before}{comma} " if comma else ""
        listed = [f"{typed}{one.value}" for one in found]
        choices = [app_commands.Choice(name=one, value=one) for one in listed if len(one) <= MOST_NAME]
        if "the state".startswith(value.strip().casefold()):
            choices.insert(0, app_commands.Choice(name="the state: its results as a whole", value="the state"))
        return choices[:MOST_CHOICES]


MOST_NAME = 100
"""Characters of a suggestion at Discord."""


CertifiedOption = app_commands.Transform[str, _Certified]


TypedTime = app_commands.Range[str, 1, 60]
"""A time as people type it."""


EventOption = app_commands.Transform[str, _Event]
EventAheadOption = app_commands.Transform[str, _EventAhead]


PostOption = app_commands.Transform[int, _Post]
PostOrWordsOption = app_commands.Transform[int | str, _PostOrWords]


EntryOption = app_commands.Transform[int | EntryKey, _Entry]


SourceOption = app_commands.Transform[str, _Source]


CallerOption = app_commands.Transform[str, _Caller]


CandidateOption = app_commands.Transform[str, _Candidate]


Reason = app_commands.Range[str, 1, 300]
"""Why an editor did something, for the audit."""

Why = app_commands.Range[str, 3, 300]
"""Why something is taken back, as readers will see it."""


TypedAsOf = app_commands.Range[str, 1, 60]
"""When it was true, as somebody types it."""
