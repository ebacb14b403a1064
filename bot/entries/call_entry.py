"""Race calls by others, as staff enter them, and the callers whose calls a newsroom posts automatically.

The bot itself makes no calls.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from bot.clock import Clock
from bot.count.call import CallSays, Verb
from bot.count.entry import Entry, Piece
from bot.desk.desk_file import MOST_CALLER_NAME, Contest, Source, added_caller, added_caller_of
from bot.entries.drafts import Entering
from bot.errors import BadInputError, ChooseError
from bot.outbox.proposals_store import Asker
from bot.outcomes.calls_words import calls_answer
from bot.outcomes.certification_store import AddedCallers, RepeatedCallers
from bot.prose.form import call_of
from bot.tally.standing import Standings
from bot.wording.card import Card
from bot.wording.context import Setting, contest_context, source_name
from bot.wording.names import listed
from bot.wording.question import Question, contest_by_tag, source_tag
from bot.wording.typed_names import either, is_source_named, source_named

_MENTION = re.compile(r"@(?:everyone|here)\b|<[@#]")


class CallEntry:
    """Enters calls as drafts, lists the calls on record, and manages the callers that a newsroom added or repeats."""

    def __init__(
        self,
        entering: Entering,
        store: RepeatedCallers,
        added: AddedCallers,
        standings: Standings,
        setting: Setting,
        clock: Clock,
    ) -> None:
        """Create the service for calls, which begins entries with `entering`.

        `store` has the callers whose calls newsrooms post automatically, and `added` the callers that newsrooms added.
        """
        self._entering = entering
        self._added = added
        self._store = store
        self._standings = standings
        self._setting = setting
        self._clock = clock

    def callers(self) -> list[Source]:
        """Return the sources that make calls according to the desk file."""
        return [source for source in self._setting.desk.sources if source.calls is not None]

    async def added(self, server: int) -> list[Source]:
        """Return the callers that a server added."""
        return [source for key in await self._added.of(server) if (source := added_caller_of(key))]

    async def callers_of(self, server: int) -> list[Source]:
        """Return the callers whose calls can be entered in a server: those of the desk file, then added ones."""
        return [*self.callers(), *await self.added(server)]

    async def is_unknown(self, server: int, typed: str) -> bool:
        """Return True if the server knows no caller by the typed name, so that the desk may add one."""
        return not is_source_named(typed, await self.callers_of(server))

    async def add_caller(self, server: int, who: str, name: str, verb: Verb) -> Source:
        """Add a caller to a server and return it. Nothing changes if the server already has the caller.

        Args:
            server: the server's id.
            who: who adds the caller, in the audit log's form.
            name: the caller's name as it reads in a sentence: "CNN", "the AP".
            verb: the caller's own word for a call.

        Raises:
            BadInputError: the name is empty, too long or not printable, mentions somebody, or is another source's.
        """
        name = " ".join(name.split())
        if not name or len(name) > MOST_CALLER_NAME or _MENTION.search(name) or not name.isprintable():
            raise BadInputError(f"a caller's name has 1 to {MOST_CALLER_NAME} characters, and mentions nobody")
        caller = added_caller(name, verb)
        for one in (*self._setting.desk.sources, *await self.added(server)):
            if name.casefold() in (one.id.casefold(), one.name.casefold()) and one.id != caller.id:
                why = "makes no calls by the desk file" if one.calls is None else "is a caller already"
                raise BadInputError(f"{source_name(one)} {why}; choose another name")
        await self._added.add(server, caller, who)
        return caller

    async def remove_callers(self, server: int, who: str, keys: Collection[str]) -> str:
        """Remove callers that a server added. Returns the answer, empty if nothing was removed.

        `who` is the editor, for the audit log, and `keys` are the callers' ids.
        """
        gone = [
            source_name(one)
            for one in await self.added(server)
            if one.id in keys and await self._added.remove(server, one, who)
        ]
        return f"**Removed: {listed(gone)}.** Calls on record stay; `/call` adds a caller again." if gone else ""

    async def add(
        self,
        asker: Asker,
        contest: Contest,
        caller: str,
        says: CallSays,
        *,
        candidate: str | None = None,
        verb: Verb | None = None,
        as_of: datetime | None = None,
    ) -> Card:
        """Begin an entry of a call, and return its card.

        Args:
            asker: who enters the call.
            contest: the contest.
            caller: the caller's id or name as typed.
            says: called, too close, too early, or `none` for a call that the caller withdrew.
            candidate: the candidate it is called for, or several separated by commas.
            verb: the caller's word for a call; None for the one set in the desk file or when the caller was added.
            as_of: when the call was made; None if unknown, but no later than now.

        Raises:
            BadInputError: the source makes no calls, there is no call to withdraw, or a candidate is missing or not in
                that contest.
            ChooseError: the race is called, and no candidate is given.
        """
        source = _caller(caller, await self.callers_of(asker.server))
        if says == "none":
            await self._refuse_uncalled(asker.server, contest, source)
        if says == "called" and not (candidate or "").strip():
            raise _ask_for_whom(contest, source)
        call = call_of(contest, source, says, candidate or "", verb)
        if as_of is None:  # the time is unknown: it was made at some time before now
            call = call.model_copy(update={"since": "by"})
        entry = Entry(
            contest=contest.id,
            source=source.id,
            as_of=as_of or self._clock.now(),
            pieces=(Piece(call=call),),
        )
        return await self._entering.begin(asker, entry)

    async def withdrew(self, asker: Asker, contest: str, caller: str) -> Card:
        """Begin an entry saying that a caller withdrew its call, and return the entry's card.

        Args:
            asker: who enters the withdrawal.
            contest: the contest's tag.
            caller: the caller's tag.

        Raises:
            BadInputError: the contest or the caller no longer exists, or no call is on record.
        """
        which = contest_by_tag(self._setting.desk, contest)
        source = next((one for one in await self.callers_of(asker.server) if source_tag(one) == caller), None)
        if which is None or source is None:
            raise BadInputError("the desk file no longer has that contest, or that caller")
        return await self.add(asker, which, source.id, "none")

    async def listed(self, question: Question) -> Card:
        """Return the answer of `/calls`: each caller's latest call in the contest that `question` is about.

        The answer also lists the callers whose calls the newsroom posts automatically.
        """
        desk, server = question.setting.desk, question.server
        repeated = [source for key in await self._store.repeated(server) if (source := desk.source(key))]
        facts = await self._standings.calls(question.contest, server, question.until, reader=question.setting.reader)
        return calls_answer(question, facts.calls, facts.results, repeated)

    async def repeated(self, server: int) -> list[str]:
        """Return the ids of the callers whose calls are posted automatically in a server."""
        return list(await self._store.repeated(server))

    async def repeat(self, server: int, caller: str, who: str, *, on: bool) -> str:
        """Turn automatic posting of a caller's calls from its feed on or off. Returns the answer.

        Raises:
            BadInputError: the desk file has no such caller.

        """
        source = _caller(caller, self.callers())
        changed = await self._store.repeat(server, source.id, who, on=on)
        name = source_name(source)
        if not changed:
            return f"No change: calls by {name} {'are' if on else 'are not'} posted automatically."
        if on:
            return f"**Calls by {name} will be posted automatically,** in the caller's own words and with its time." + (
                ""
                if source.format
                else f" The desk file has no feed from {name}; until it does, enter its calls with `/call`."
            )
        return f"**Calls by {name} will not be posted automatically.** Answers still show them; `/call` posts one."

    async def _refuse_uncalled(self, server: int, contest: Contest, source: Source) -> None:
        now = self._clock.now()
        known = (await self._standings.calls(contest, server, now, reader="newsroom")).calls
        if not any(one.source.id == source.id and one.call.is_call for one in known):
            place = contest_context(contest, self._setting, now).place
            raise BadInputError(
                f"no call of {place} by {source_name(source)} is on record, so there is nothing to withdraw; "
                "`/calls` lists the calls"
            )


def _caller(key: str, callers: Sequence[Source]) -> Source:
    if not callers:
        raise BadInputError("no caller is set up; the desk adds one by naming it in `/call`")
    return next((one for one in callers if one.id == key), None) or source_named(key, callers)


def _ask_for_whom(contest: Contest, source: Source) -> BadInputError:
    """Return an error that asks which candidate the race is called for, with the candidates to choose from."""
    if not contest.candidates:
        return BadInputError(f"{contest.name}: for whom {source.name} called it is missing; choose a candidate")
    names = either([candidate.last for candidate in contest.candidates])
    choices = [(candidate.last, candidate.id) for candidate in contest.candidates]
    asks = f"who did {source_name(source)} call it for? {names}?"
    if contest.seats > 1:
        asks += " Choose everyone it has called so far"
    return ChooseError(asks, "", choices, option="candidate", most=contest.seats)
