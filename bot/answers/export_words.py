"""What `/export` answers beside its file."""

from bot.desk.desk_file import Contest
from bot.wording.escape import escape


def export_answer(contest: Contest) -> str:
    """Return what the file has, and for whom it is."""
    return (
        f"The history of {escape(contest.name)}: readings and what they did, holds, and this server's entries and posts, "
        "with sources and times (UTC). It has what sources said for the newsroom alone: look before you pass it on."
    )
