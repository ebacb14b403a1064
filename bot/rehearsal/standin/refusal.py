"""Discord's errors: statuses, codes and messages; error 50035 has a tree of invalid fields.

The docstring of each function says when Discord answers with its error.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.rehearsal.standin.wire import JsonObject
from bot.wording.limits import size

# An invalid field: its path in the body, and the name and message of Discord's error.
Wrong = tuple[tuple[str | int, ...], str, str]

REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")


class ApiRefusal(Exception):  # noqa: N818 - it is an answer, not a fault of the stand-in
    """An error answer: the HTTP status, Discord's code and message.

    Args:
        status: the HTTP status.
        code: Discord's error code.
        message: Discord's message.
        errors: Discord's tree of invalid fields; None: none.

    """

    def __init__(self, status: int, code: int, message: str, errors: JsonObject | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: JsonObject = {"message": message, "code": code}
        self.headers: Mapping[str, str] = {}
        if errors is not None:
            self.body["errors"] = errors


def unauthorized() -> ApiRefusal:
    """The token is missing or wrong."""
    return ApiRefusal(401, 0, "401: Unauthorized")


def invalid_webhook_token() -> ApiRefusal:
    """An interaction can be continued for 15 minutes only."""
    return ApiRefusal(401, 50027, "Invalid Webhook Token")


def missing_access() -> ApiRefusal:
    """The bot does not see the channel."""
    return ApiRefusal(403, 50001, "Missing Access")


def edit_of_another() -> ApiRefusal:
    """Only one's own messages can be edited."""
    return ApiRefusal(403, 50005, "Cannot edit a message authored by another user")


def missing_permissions() -> ApiRefusal:
    """The bot sees the channel and may not do this in it."""
    return ApiRefusal(403, 50013, "Missing Permissions")


def unknown_guild() -> ApiRefusal:
    """There is no such server, or the bot is not in it."""
    return ApiRefusal(404, 10004, "Unknown Guild")


def unknown_channel() -> ApiRefusal:
    """There is no such channel (any more)."""
    return ApiRefusal(404, 10003, "Unknown Channel")


def unknown_member() -> ApiRefusal:
    """Nobody in the server has this id."""
    return ApiRefusal(404, 10007, "Unknown Member")


def unknown_message() -> ApiRefusal:
    """There is no such message (any more)."""
    return ApiRefusal(404, 10008, "Unknown Message")


def unknown_webhook() -> ApiRefusal:
    """There is no interaction with such a token."""
    return ApiRefusal(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiRefusal:
    """There is no such interaction, or its three seconds are over."""
    return ApiRefusal(404, 10062, "Unknown interaction")


def already_acknowledged() -> ApiRefusal:
    """An interaction is answered once; what comes later is an edit or a follow-up."""
    return ApiRefusal(400, 40060, "Interaction has already been acknowledged.")


def empty_message() -> ApiRefusal:
    """There would be nothing to see."""
    return ApiRefusal(400, 50006, "Cannot send an empty message")


def too_many_attachments() -> ApiRefusal:
    """A message has as many files as it may."""
    return ApiRefusal(400, 30015, "Maximum number of attachments in a message reached (10)")


def too_large() -> ApiRefusal:
    """A file or the whole request has too many bytes."""
    return ApiRefusal(413, 40005, "Request entity too large")


def not_json() -> ApiRefusal:
    """The body can't be read."""
    return ApiRefusal(400, 50109, "The request body contains invalid JSON.")


def invalid_form(errors: JsonObject) -> ApiRefusal:
    """Fields of the body are wrong; `errors` says which."""
    return ApiRefusal(400, 50035, "Invalid Form Body", errors)


def rate_limited(wait: float, *, everywhere: bool = False, headers: Mapping[str, str] | None = None) -> ApiRefusal:
    """There were too many requests, of this kind or (`everywhere`) of all; `wait` is in seconds."""
    refusal = ApiRefusal(429, 0, "You are being rate limited.")
    del refusal.body["code"]
    scope = {"X-RateLimit-Global": "true"} if everywhere else {}
    return _for_now(refusal, wait, scope | dict(headers or {}), "global" if everywhere else "user")


def slow_mode(wait: float) -> ApiRefusal:
    """The author has to wait `wait` seconds until their next message."""
    refusal = ApiRefusal(429, 20016, "This action cannot be performed due to slowmode rate limit")
    return _for_now(refusal, wait, {}, "user")


def write_limit(wait: float) -> ApiRefusal:
    """The channel was written to too often. The header gives a second, the body the real wait (discord-api-docs#6109)."""
    refusal = ApiRefusal(429, 20028, "The write action you are performing on the channel has hit the write rate limit.")
    return _for_now(refusal, wait, {"Retry-After": "1"}, "shared")


def old_edits(wait: float) -> ApiRefusal:
    """Messages over an hour old were edited too often in this channel."""
    words = "Maximum number of edits to messages older than 1 hour reached. Try again later."
    return _for_now(ApiRefusal(429, 30046, words), wait, {}, "shared")


def thread_archived() -> ApiRefusal:
    """The thread has to be opened again before anything is changed in it."""
    return ApiRefusal(400, 50083, "Thread is archived")


def thread_locked() -> ApiRefusal:
    """Only those who manage threads may write to the thread."""
    return ApiRefusal(403, 160005, "Thread is locked")


def thread_there() -> ApiRefusal:
    """The message already has a thread."""
    return ApiRefusal(400, 160004, "A thread has already been created for this message")


def too_many_threads() -> ApiRefusal:
    """The server has as many active threads as it may."""
    return ApiRefusal(400, 160006, "Maximum number of active threads reached")


def wrong_channel_type() -> ApiRefusal:
    """The channel's type doesn't allow this."""
    return ApiRefusal(400, 50024, "Cannot execute action on this channel type")


def not_text() -> ApiRefusal:
    """Nothing can be posted to this channel itself."""
    return ApiRefusal(400, 50008, "Cannot send messages in a non-text channel")


def system_message() -> ApiRefusal:
    """Messages by Discord itself don't allow this."""
    return ApiRefusal(403, 50021, "Cannot execute action on a system message")


def too_many_pins(most: int) -> ApiRefusal:
    """The channel has as many pins as it may."""
    return ApiRefusal(400, 30003, f"Maximum number of pins reached for the channel ({most})")


def already_crossposted() -> ApiRefusal:
    """The message is published already."""
    return ApiRefusal(400, 40033, "This message has already been crossposted.")


def cannot_reply() -> ApiRefusal:
    """The bot can't reply to a message that it can't read."""
    return ApiRefusal(400, 160002, "Cannot reply without permission to read message history")


def unknown_overwrite() -> ApiRefusal:
    """The channel has no overwrite for this role or member."""
    return ApiRefusal(404, 10009, "Unknown Overwrite")


def unknown_role() -> ApiRefusal:
    """The server has no such role."""
    return ApiRefusal(404, 10011, "Unknown Role")


def unknown_user() -> ApiRefusal:
    """Nobody has this id."""
    return ApiRefusal(404, 10013, "Unknown User")


def invalid_recipient() -> ApiRefusal:
    """Nobody with this id can be written to."""
    return ApiRefusal(400, 50033, "Invalid Recipient(s)")


def cannot_message() -> ApiRefusal:
    """The person takes no direct messages from the bot."""
    return ApiRefusal(403, 50007, "Cannot send messages to this user")


def no_mutual_guilds() -> ApiRefusal:
    """The bot is in no server with the person."""
    return ApiRefusal(403, 50278, "Cannot send messages to this user due to having no mutual guilds")


def unknown_event() -> ApiRefusal:
    """The server has no such scheduled event (any more)."""
    return ApiRefusal(404, 10070, "Unknown Guild Scheduled Event")


def event_over() -> ApiRefusal:
    """The event is completed or canceled."""
    return ApiRefusal(400, 180000, "Cannot update a finished event")


def too_many_events() -> ApiRefusal:
    """The server has as many events that are not over as it may."""
    return ApiRefusal(400, 30038, "Maximum number of uncompleted guild scheduled events reached (100)")


def _for_now(refusal: ApiRefusal, wait: float, headers: Mapping[str, str], scope: str) -> ApiRefusal:
    refusal.body |= {"retry_after": math.ceil(wait * 1000) / 1000, "global": scope == "global"}
    refusal.headers = {"X-RateLimit-Scope": scope, "Retry-After": str(math.ceil(wait)), **headers}
    return refusal


def refuse_if(wrong: Iterable[Wrong], *within: str) -> None:
    """Raise Discord's error 50035 if any field is wrong. `within` is the path of the body itself."""
    tree: JsonObject = {}
    for place, code, words in wrong:
        branch = tree
        for step in (*within, *place):
            branch = branch.setdefault(str(step), {})
        branch.setdefault("_errors", []).append({"code": code, "message": words})
    if tree:
        raise invalid_form(tree)


def required(body: Mapping[str, Any], *keys: str) -> Iterator[Wrong]:
    """Yield an error for each field that is absent or null."""
    for key in keys:
        if body.get(key) is None:
            yield (key,), *REQUIRED


def wrong_length(body: Mapping[str, Any], lengths: Mapping[str, tuple[int, int]]) -> Iterator[Wrong]:
    """Yield an error for each present field that is too short or too long; (fewest, most) by name, "a.b" is b in a."""
    for key, (fewest, most) in lengths.items():
        steps = key.split(".")
        value: Any = body
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        length = size(value) if isinstance(value, str) else len(value) if isinstance(value, list) else fewest
        if not fewest <= length <= most:
            yield tuple(steps), "BASE_TYPE_BAD_LENGTH", f"Must be between {fewest} and {most} in length."


def wrong_choice(body: Mapping[str, Any], key: str, choices: Iterable[int]) -> Iterator[Wrong]:
    """Yield an error if the field is present and none of these choices."""
    choices = tuple(choices)
    if body.get(key) is not None and body[key] not in choices:
        yield (key,), "BASE_TYPE_CHOICES", f"Value must be one of {choices}."


def wrong_range(body: Mapping[str, Any], key: str, least: int, most: int) -> Iterator[Wrong]:
    """Yield an error if the field is present and not a number in the range."""
    value = body.get(key)
    if value is not None and not (isinstance(value, int) and least <= value <= most):
        yield (key,), "NUMBER_TYPE_RANGE", f"int value should be between {least} and {most}."
