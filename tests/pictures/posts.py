"""docs/posts.md: when each kind of post is posted, and what a channel can set, as the kinds and the preferences say it."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

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

PAGE = Path(__file__).parents[2] / "docs" / "posts.md"

_HEAD = """# Every post, and what a channel can set

What the posts look like: [editor.md](editor.md#what-the-posts-mean). Made by `make pictures ARGS=--text` from what the kinds of
post and the preferences say of themselves.

## When each is posted

| post | posted when |
|---|---|
"""

_PREFERENCES = """
## What a channel can set

`/following` in the channel, then the contest in the list **Settings of one contest**.

| button or list | what it does | at first |
|---|---|---|
"""

_CHANNEL_FORM = "Minimum change, quiet hours"


def page() -> str:
    """Return the whole page."""
    kinds = (f"| {title} | {when} |" for kind in KINDS for title, when in kind.on_page.items())
    words = {**_words(FollowSettings), **_words(FollowPreferences)}
    plain = FollowSettings(contest="any")
    rows = (
        f"| {_control(preference.control)} | {words[name]} | {_at_first(preference.label, preference.said(plain.value(name)))} |"
        for name, preference in PREFERENCES.items()
    )
    return "\n".join([_HEAD.rstrip("\n"), *kinds, _PREFERENCES.rstrip("\n"), *rows]) + "\n"


def _control(control: Control) -> str:
    match control:
        case Switch():
            return f"**{control.turn_on}**, **{control.turn_off}**"
        case ChoiceList(several=True):
            return f"the list of kinds: {'; '.join(choice.label for choice in control.choices(()))}"
        case ChoiceList() | RoleList():
            return f"the list **{control.hint}**"
        case FollowersForm():
            return f"**{control.button}**"
        case ChannelForm():
            return f"**{_CHANNEL_FORM}**"


def _at_first(label: str, said: str) -> str:
    return f"{label} {said}".strip()


def _words(model: type[BaseModel]) -> Mapping[str, str]:
    return dict(_docstrings(model))


def _docstrings(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield the name of each field with the docstring below it."""
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(found, ast.ClassDef)
    for field, words in zip(found.body, found.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(words, ast.Expr):
            yield field.target.id, " ".join(ast.literal_eval(words.value).split())
