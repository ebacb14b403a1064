"""Creates or edits a message from the body of a request."""

import mimetypes
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.rehearsal.standin.checks import SELECTS, check_message, check_whole
from bot.rehearsal.standin.destination import Destination
from bot.rehearsal.standin.message import Attachment, Flag, Message, MessageKind
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.refusal import Wrong, cannot_reply, refuse_if, too_large
from bot.rehearsal.standin.routes import ApiCall, Upload
from bot.rehearsal.standin.wire import JsonObject
from bot.rehearsal.standin.world import World

MAX_FILE_BYTES = 10 * 2**20

MAX_REQUEST_BYTES = 25 * 2**20

# The flags that the bot may set itself; Discord sets the others.
SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS | Flag.IS_COMPONENTS_V2

_UNSAID = "application/octet-stream"

_ROLE_MENTION = re.compile(r"<@&(\d+)>")

_USER_MENTION = re.compile(r"<@!?(\d+)>")


def new_message(world: World, channel: Destination, call: ApiCall, body: Mapping[str, Any], *within: str) -> Message:
    """Create a message by the bot from `body`, without posting it. `within` is the path of `body` in the request.

    Raises:
        ApiRefusal: the message exceeds a limit, or would be empty.

    """
    check_message(body, *within)
    message = Message(world.wire.new_id(), channel.id, channel.guild_id, world.bot, world.wire.now())
    message.nonce = body.get("nonce")
    _fill(message, world, channel, body, call.uploads)
    check_whole(message, *within)
    return message


def change_message(
    world: World, channel: Destination, message: Message, call: ApiCall, body: Mapping[str, Any], *within: str
) -> None:
    """Edit the fields of a message that are in `body`. The other fields keep their values.

    Raises:
        ApiRefusal: the message would exceed a limit, or would be empty. It is not changed.

    """
    check_message(body, *within)
    before = {name: getattr(message, name) for name in ("content", "embeds", "components", "attachments", "flags")}
    try:
        _fill(message, world, channel, body, call.uploads)
        check_whole(message, *within)
    except Exception:
        for name, value in before.items():
            setattr(message, name, value)
        raise
    message.edited = world.wire.now()


def _fill(
    message: Message, world: World, channel: Destination, body: Mapping[str, Any], uploads: tuple[Upload, ...]
) -> None:
    if sum(len(upload.content) for upload in uploads) > MAX_REQUEST_BYTES:
        raise too_large()
    if "attachments" in body or uploads:
        kept_ids = {str(attachment["id"]) for attachment in body.get("attachments") or []}
        message.attachments = [attachment for attachment in message.attachments if str(attachment.id) in kept_ids]
        descriptions = {str(one.get("id")): one.get("description") for one in body.get("attachments") or []}
        message.attachments += [
            _attach(world, channel, upload, descriptions.get(str(upload.number))) for upload in uploads
        ]
    if "content" in body:
        message.content = body["content"] or ""
        _find_mentions(message, channel, body)
    if "embeds" in body:
        message.embeds = [_shown(embed, message.attachments) for embed in body["embeds"] or []]
    if "components" in body:
        message.components = _numbered(body["components"] or [])
    if "flags" in body:
        fixed = message.flags & (~SETTABLE | Flag.IS_COMPONENTS_V2)  # that one can't be unset
        message.flags = fixed | ((body["flags"] or 0) & SETTABLE)


def _attach(world: World, channel: Destination, upload: Upload, description: str | None) -> Attachment:
    if len(upload.content) > MAX_FILE_BYTES:
        raise too_large()
    return world.keep_file(channel.id, upload.filename, _kind(upload), upload.content, description)


def _kind(upload: Upload) -> str:
    """Return an upload's media type.

    If the client sends none, as discord.py does, the type is guessed from the file's name.
    """
    if upload.content_type != _UNSAID:
        return upload.content_type
    return mimetypes.guess_type(upload.filename)[0] or _UNSAID


def _shown(embed: JsonObject, attachments: list[Attachment]) -> JsonObject:
    """Return an embed in which references to attached files are replaced by the files' URLs."""
    urls = {f"attachment://{attachment.filename}": attachment.url for attachment in attachments}
    shown = {"type": "rich", **{key: value for key, value in embed.items() if value is not None}}
    if "fields" in shown:
        shown["fields"] = [{"inline": False, **field} for field in shown["fields"]]
    for part in ("image", "thumbnail"):
        if part in shown and shown[part].get("url") in urls:
            shown[part] = shown[part] | {"url": urls[shown[part]["url"]]}
    return shown


def _numbered(components: list[JsonObject]) -> list[JsonObject]:
    """Return the components with ids, and without fields that are only valid in forms."""
    return [
        {"id": number, **_completed({key: value for key, value in component.items() if value is not None})}
        for number, component in enumerate(components, 1)
    ]


def _completed(component: JsonObject) -> JsonObject:
    if "components" in component:
        return component | {"components": _numbered(component["components"])}
    if component["type"] in SELECTS:
        component = {"min_values": 1, "max_values": 1} | {k: v for k, v in component.items() if k != "required"}
    if "default_values" in component:
        chosen: list[JsonObject] = component["default_values"]
        return component | {"default_values": [one | {"id": str(one["id"])} for one in chosen]}
    return component


def _find_mentions(message: Message, channel: Destination, body: Mapping[str, Any]) -> None:
    """Set the people and roles whom the message pings: those that it mentions and that `allowed_mentions` allows."""
    allowed = body.get("allowed_mentions")
    users = (channel.user(key) for key in _named(message.content, _USER_MENTION, allowed, "users"))
    message.mentions = [user for user in users if user is not None]
    roles = _named(message.content, _ROLE_MENTION, allowed, "roles")
    message.mention_roles = [key for key in roles if channel.may_mention(key)]
    may = bool(channel.bot_permissions & Permission.MENTION_EVERYONE)
    everyone = may and (allowed is None or "everyone" in (allowed.get("parse") or []))
    message.mention_everyone = everyone and ("@everyone" in message.content or "@here" in message.content)


def _named(content: str, pattern: re.Pattern[str], allowed: Mapping[str, Any] | None, kind: str) -> list[int]:
    """Return the ids that the text mentions and that may be pinged, without duplicates.

    `allowed` is the request's `allowed_mentions`, and `kind` is its key for the ids: "users" or "roles".
    """
    if "<@" not in content:
        return []
    found = [int(text) for text in dict.fromkeys(pattern.findall(content))]
    if allowed is not None and kind not in (allowed.get("parse") or []):
        only = {int(key) for key in allowed.get(kind) or []}
        found = [key for key in found if key in only]
    return found


def refer(destination: Destination, message: Message, body: Mapping[str, Any]) -> None:
    """Make a new message a reply to the message that `body` refers to, in the same channel.

    Raises:
        ApiRefusal: there is no such message, or nobody can reply to it.

    """
    reference = body.get("message_reference")
    if reference is None:
        return
    if not destination.bot_permissions & Permission.READ_MESSAGE_HISTORY:
        raise cannot_reply()
    target = destination.messages.get(int(reference["message_id"]))
    if target is None and reference.get("fail_if_not_exists", True) is False:
        return
    refuse_if(_wrong_reference(destination, reference, target))
    if target is not None:
        message.kind, message.referenced, message.reference = MessageKind.REPLY, target, destination.pointing_to(target)
        if (body.get("allowed_mentions") or {}).get("replied_user", True) and target.author not in message.mentions:
            message.mentions.append(target.author)


def _wrong_reference(destination: Destination, reference: Mapping[str, Any], found: Message | None) -> Iterator[Wrong]:
    if str(reference.get("channel_id", destination.id)) != str(destination.id):
        words = "Cannot reply to a message in a different channel"
        yield ("message_reference",), "REPLIES_CANNOT_REFERENCE_OTHER_CHANNEL", words
    elif found is None:
        yield ("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message"
    elif not found.kind.by_somebody:
        yield ("message_reference",), "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to a system message"
