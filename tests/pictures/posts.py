"""Writes docs/posts.md from the code: when each kind of post is posted, and what a channel can set."""

from bot.app import KINDS
from bot.follows.preferences import (
    PREFERENCES,
    ChannelForm,
    ChoiceList,
    Control,
    FollowersForm,
    FollowPreferences,
    FollowSettings,
    RoleList,
    Switch,
)
from tests.pictures.declared import DOCS, MADE, docstrings, joined, table

PAGE = DOCS / "posts.md"


def page() -> str:
    kinds = [row for kind in KINDS for row in kind.on_page.items()]
    words = {**docstrings(FollowSettings), **docstrings(FollowPreferences)}
    plain = FollowSettings(contest="any")
    preferences = [
        (_control(one.control), words[name], f"{one.label} {one.words(plain.value(name))}".strip())
        for name, one in PREFERENCES.items()
    ]
    return joined(
        [
            "# Every post, and what a channel can set",
            f"What the posts look like: [editor.md](editor.md#what-the-posts-mean). {MADE} from the kinds of post and the preferences.",
            "## When each is posted",
            table(("post", "posted when"), kinds),
            "## What a channel can set",
            "`/following` in the channel, then the contest in the list **Settings of one contest**.",
            table(("button or list", "what it does", "at first"), preferences),
        ]
    )


def _control(control: Control) -> str:
    match control:
        case Switch():
            return f'"{control.turn_on}", "{control.turn_off}"'
        case ChoiceList(several=True):
            return f"the list of kinds: {'; '.join(choice.label for choice in control.choices(()))}"
        case ChoiceList() | RoleList():
            return f'the list "{control.hint}"'
        case FollowersForm():
            return f'"{control.button}"'
        case ChannelForm():
            return '"Minimum change, quiet hours"'
