"""The message that the thread of a contest hangs on."""

from bot.desk.desk_file import Contest
from bot.wording.context import Setting
from bot.wording.draft import Draft
from bot.wording.escape import escape
from bot.wording.limits import cut

_LONGEST_NAME = 100
"""In UTF-16 units; Discord takes no more."""


def thread_name(contest: Contest) -> str:
    """Return what the thread of a contest is called."""
    where = f" · {contest.where}" if contest.where and contest.where != contest.name else ""
    return cut(" ".join(f"{contest.name}{where}".split()), _LONGEST_NAME)


def thread_post(contest: Contest, setting: Setting) -> Draft:
    """Return the message that a contest's thread hangs on."""
    credit = f"Tallydesk{setting.mark}"
    headline = f"**{escape(thread_name(contest))}:** updates on the count are posted in this thread."
    return Draft("thread", headline, credit, (), quiet=True)
