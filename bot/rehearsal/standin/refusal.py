"""Discord's error responses: statuses, codes and messages. Error 50035 has a tree of invalid fields."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.rehearsal.standin.wire import JsonObject
from bot.wording.limits import size

# An invalid field: its path in the body, and the name and message of Discord's error.
Wrong = tuple[tuple[str | int, ...], str, str]

REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")


class ApiRefusal(Exception):  # noqa: N818 - it is an answer, not a fault of the stand-in
    """The exception with which a request is refused. It becomes an error response.

    Args:
        status: the HTTP status.
        code: Discord's error code.
        message: Discord's message.
        errors: Discord's tree of invalid fields, or None.
    """

    def __init__(self, status: int, code: int, message: str, errors: JsonObject | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: JsonObject = {"message": message, "code": code}
        self.headers: Mapping[str, str] = {}
        if errors is not None:
            self.body["errors"] = errors


def unauthorized() -> ApiRefusal:
    """Return Discord's error for a missing or wrong token."""
    return ApiRefusal(401, 0, "401: Unauthorized")


def invalid_webhook_token() -> ApiRefusal:
    """Return Discord's error for a response that is sent more than 15 minutes after the interaction."""
    return ApiRefusal(401, 50027, "Invalid Webhook Token")


def missing_access() -> ApiRefusal:
    """Return Discord's error for a channel that the bot can't see."""
    return ApiRefusal(403, 50001, "Missing Access")


def edit_of_another() -> ApiRefusal:
    """Return Discord's error for an edit of another user's message."""
    return ApiRefusal(403, 50005, "Cannot edit a message authored by another user")


def missing_permissions() -> ApiRefusal:
    """Return Discord's error for an action in a channel that the bot can see, but for which it lacks a permission."""
    return ApiRefusal(403, 50013, "Missing Permissions")


def unknown_guild() -> ApiRefusal:
    """Return Discord's error for a server that does not exist, or that the bot is not in."""
    return ApiRefusal(404, 10004, "Unknown Guild")


def unknown_channel() -> ApiRefusal:
    """Return Discord's error for a channel that does not exist or was deleted."""
    return ApiRefusal(404, 10003, "Unknown Channel")


def unknown_member() -> ApiRefusal:
    """Return Discord's error for an id that belongs to nobody in the server."""
    return ApiRefusal(404, 10007, "Unknown Member")


def unknown_message() -> ApiRefusal:
    """Return Discord's error for a message that does not exist or was deleted."""
    return ApiRefusal(404, 10008, "Unknown Message")


def unknown_webhook() -> ApiRefusal:
    """Return Discord's error for a token that belongs to no interaction."""
    return ApiRefusal(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiRefusal:
    """Return Discord's error for an interaction that does not exist, or whose three seconds for a response are over."""
    return ApiRefusal(404, 10062, "Unknown interaction")


def already_acknowledged() -> ApiRefusal:
    """Return Discord's error for acknowledging an interaction twice. Later messages must be edits or follow-ups."""
    return ApiRefusal(400, 40060, "Interaction has already been acknowledged.")


def empty_message() -> ApiRefusal:
    """Return Discord's error for a message without any visible content."""
    return ApiRefusal(400, 50006, "Cannot send an empty message")


def too_many_attachments() -> ApiRefusal:
    """Return Discord's error for a message with too many files."""
    return ApiRefusal(400, 30015, "Maximum number of attachments in a message reached (10)")


def too_large() -> ApiRefusal:
    """Return Discord's error for a file or request with too many bytes."""
    return ApiRefusal(413, 40005, "Request entity too large")


def not_json() -> ApiRefusal:
    """Return Discord's error for a body that is not valid JSON."""
    return ApiRefusal(400, 50109, "The request body contains invalid JSON.")


def invalid_form(errors: JsonObject) -> ApiRefusal:
    """Return Discord's error for a body with invalid fields. `errors` is a tree of these fields."""
    return ApiRefusal(400, 50035, "Invalid Form Body", errors)


def rate_limited(wait: float, *, everywhere: bool = False, headers: Mapping[str, str] | None = None) -> ApiRefusal:
    """Return Discord's error for too many requests of a kind, or (with `everywhere`) of all kinds. `wait` is in seconds."""
    refusal = ApiRefusal(429, 0, "You are being rate limited.")
    del refusal.body["code"]
    scope = {"X-RateLimit-Global": "true"} if everywhere else {}
    return _for_now(refusal, wait, scope | dict(headers or {}), "global" if everywhere else "user")


def slow_mode(wait: float) -> ApiRefusal:
    """Return Discord's error for a message in slow mode. The author must wait `wait` seconds before their next message."""
    refusal = ApiRefusal(429, 20016, "This action cannot be performed due to slowmode rate limit")
    return _for_now(refusal, wait, {}, "user")


def write_limit(wait: float) -> ApiRefusal:
    """Return Discord's error for too many writes in a channel.

    The header gives a wait of one second, the body the real wait (discord-api-docs#6109).
    """
    refusal = ApiRefusal(429, 20028, "The write action you are performing on the channel has hit the write rate limit.")
    return _for_now(refusal, wait, {"Retry-After": "1"}, "shared")


def old_edits(wait: float) -> ApiRefusal:
    """Return Discord's error for too many edits, in a channel, of messages over an hour old."""
    words = "Maximum number of edits to messages older than 1 hour reached. Try again later."
    return _for_now(ApiRefusal(429, 30046, words), wait, {}, "shared")


def thread_archived() -> ApiRefusal:
    """Return Discord's error for a change in an archived thread, which must be reopened first."""
    return ApiRefusal(400, 50083, "Thread is archived")


def thread_locked() -> ApiRefusal:
    """Return Discord's error for writing in a locked thread without the permission to manage threads."""
    return ApiRefusal(403, 160005, "Thread is locked")


def thread_there() -> ApiRefusal:
    """Return Discord's error for starting a thread from a message from which a thread was already started."""
    return ApiRefusal(400, 160004, "A thread has already been created for this message")


def too_many_threads() -> ApiRefusal:
    """Return Discord's error for starting a thread in a server with the maximum number of active threads."""
    return ApiRefusal(400, 160006, "Maximum number of active threads reached")


def wrong_channel_type() -> ApiRefusal:
    """Return Discord's error for an action that the channel's type does not allow."""
    return ApiRefusal(400, 50024, "Cannot execute action on this channel type")


def not_text() -> ApiRefusal:
    """Return Discord's error for a message to a channel without messages, such as a forum."""
    return ApiRefusal(400, 50008, "Cannot send messages in a non-text channel")


def system_message() -> ApiRefusal:
    """Return Discord's error for an action that messages by Discord itself do not allow."""
    return ApiRefusal(403, 50021, "Cannot execute action on a system message")


def too_many_pins(most: int) -> ApiRefusal:
    """Return Discord's error for a pin in a channel with the maximum number of pins, `most`."""
    return ApiRefusal(400, 30003, f"Maximum number of pins reached for the channel ({most})")


def already_crossposted() -> ApiRefusal:
    """Return Discord's error for publishing a message that is already published."""
    return ApiRefusal(400, 40033, "This message has already been crossposted.")


def cannot_reply() -> ApiRefusal:
    """Return Discord's error for a reply to a message that the bot can't read."""
    return ApiRefusal(400, 160002, "Cannot reply without permission to read message history")


def unknown_overwrite() -> ApiRefusal:
    """Return Discord's error for removing an overwrite that a channel does not have for the role or member."""
    return ApiRefusal(404, 10009, "Unknown Overwrite")


def unknown_role() -> ApiRefusal:
    """Return Discord's error for a role that the server does not have."""
    return ApiRefusal(404, 10011, "Unknown Role")


def unknown_user() -> ApiRefusal:
    """Return Discord's error for an id that belongs to no user."""
    return ApiRefusal(404, 10013, "Unknown User")


def invalid_recipient() -> ApiRefusal:
    """Return Discord's error for a direct channel with an id to which no messages can be sent."""
    return ApiRefusal(400, 50033, "Invalid Recipient(s)")


def cannot_message() -> ApiRefusal:
    """Return Discord's error for a direct message to a person who accepts none from the bot."""
    return ApiRefusal(403, 50007, "Cannot send messages to this user")


def no_mutual_guilds() -> ApiRefusal:
    """Return Discord's error for a direct message to a person with whom the bot shares no server."""
    return ApiRefusal(403, 50278, "Cannot send messages to this user due to having no mutual guilds")


def unknown_event() -> ApiRefusal:
    """Return Discord's error for a scheduled event that does not exist or was deleted."""
    return ApiRefusal(404, 10070, "Unknown Guild Scheduled Event")


def event_over() -> ApiRefusal:
    """Return Discord's error for a change of a scheduled event that is completed or canceled."""
    return ApiRefusal(400, 180000, "Cannot update a finished event")


def too_many_events() -> ApiRefusal:
    """Return Discord's error for creating a scheduled event in a server with the maximum number of current events."""
    return ApiRefusal(400, 30038, "Maximum number of uncompleted guild scheduled events reached (100)")


def _for_now(refusal: ApiRefusal, wait: float, headers: Mapping[str, str], scope: str) -> ApiRefusal:
    refusal.body |= {"retry_after": math.ceil(wait * 1000) / 1000, "global": scope == "global"}
    refusal.headers = {"X-RateLimit-Scope": scope, "Retry-After": str(math.ceil(wait)), **headers}
    return refusal


def refuse_if(wrong: Iterable[Wrong], *within: str) -> None:
    """Raise Discord's error 50035 if `wrong` has any errors.

    `within` is the path of the checked object in the body.
    """
    tree: JsonObject = {}
    for place, code, words in wrong:
        branch = tree
        for step in (*within, *place):
            branch = branch.setdefault(str(step), {})
        branch.setdefault("_errors", []).append({"code": code, "message": words})
    if tree:
        raise invalid_form(tree)


def required(body: Mapping[str, Any], *keys: str) -> Iterator[Wrong]:
    """Yield an error for each of these fields that is absent or null."""
    for key in keys:
        if body.get(key) is None:
            yield (key,), *REQUIRED


def wrong_length(body: Mapping[str, Any], lengths: Mapping[str, tuple[int, int]]) -> Iterator[Wrong]:
    """Yield an error for each field that is present and too short or too long.

    `lengths` has the minimum and maximum length by field name. The name "a.b" means field b in object a.
    """
    for key, (fewest, most) in lengths.items():
        steps = key.split(".")
        value: Any = body
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        length = size(value) if isinstance(value, str) else len(value) if isinstance(value, list) else fewest
        if not fewest <= length <= most:
            yield tuple(steps), "BASE_TYPE_BAD_LENGTH", f"Must be between {fewest} and {most} in length."


def wrong_choice(body: Mapping[str, Any], key: str, choices: Iterable[int]) -> Iterator[Wrong]:
    """Yield an error if the field is present and its value is not one of `choices`."""
    choices = tuple(choices)
    if body.get(key) is not None and body[key] not in choices:
        yield (key,), "BASE_TYPE_CHOICES", f"Value must be one of {choices}."


def wrong_range(body: Mapping[str, Any], key: str, least: int, most: int) -> Iterator[Wrong]:
    """Yield an error if the field is present and not a number in the range."""
    value = body.get(key)
    if value is not None and not (isinstance(value, int) and least <= value <= most):
        yield (key,), "NUMBER_TYPE_RANGE", f"int value should be between {least} and {most}."
