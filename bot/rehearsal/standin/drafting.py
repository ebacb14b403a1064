"""From the body of a request to a message: a new one, or one that is edited."""

import re
from collections.abc import Mapping
from typing import Any

from bot.rehearsal.standin.calls import Call, Upload
from bot.rehearsal.standin.checks import check_message, check_something_to_see
from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.message import Attachment, Flag, Message
from bot.rehearsal.standin.refusal import too_large
from bot.rehearsal.standin.wire import Json
from bot.rehearsal.standin.world import World

MAX_FILE_BYTES = 10 * 2**20
# What the bot may set itself; the other flags are Discord's to set.
SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS | Flag.IS_COMPONENTS_V2

_ROLE_MENTION = re.compile(r"<@&(\d+)>")


def new_message(world: World, channel: Channel, call: Call, body: Mapping[str, Any], *within: str) -> Message:
    """Return a message of the bot as `body` describes it, not posted yet; `within` is where `body` stands in the call.

    Raises:
        Refusal: it breaks a limit, or there would be nothing to see.
    """
    check_message(body, *within)
    message = Message(world.wire.new_id(), channel.id, channel.guild.id, world.bot, world.wire.now())
    message.nonce = body.get("nonce")
    _fill(message, world, channel, body, call.uploads)
    check_something_to_see(message)
    return message


def change_message(
    world: World, channel: Channel, message: Message, call: Call, body: Mapping[str, Any], *within: str
) -> None:
    """Edit the message in place: the fields that `body` has, and no others.

    Raises:
        Refusal: it breaks a limit, or there would be nothing left to see; the message is then as it was.
    """
    check_message(body, *within)
    before = {name: getattr(message, name) for name in ("content", "embeds", "components", "attachments", "flags")}
    _fill(message, world, channel, body, call.uploads)
    try:
        check_something_to_see(message)
    except Exception:
        for name, value in before.items():
            setattr(message, name, value)
        raise
    message.edited = world.wire.now()


def _fill(
    message: Message, world: World, channel: Channel, body: Mapping[str, Any], uploads: tuple[Upload, ...]
) -> None:
    if "attachments" in body or uploads:
        kept = {str(attachment["id"]) for attachment in body.get("attachments") or []}
        message.attachments = [attachment for attachment in message.attachments if str(attachment.id) in kept]
        message.attachments += [_attach(world, channel, upload) for upload in uploads]
    if "content" in body:
        message.content = body["content"] or ""
        _find_mentions(message, channel, body)
    if "embeds" in body:
        message.embeds = [_shown(embed, message.attachments) for embed in body["embeds"] or []]
    if "components" in body:
        message.components = _numbered(body["components"] or [])
    if "flags" in body:
        message.flags = (message.flags & ~SETTABLE) | ((body["flags"] or 0) & SETTABLE)


def _attach(world: World, channel: Channel, upload: Upload) -> Attachment:
    if len(upload.content) > MAX_FILE_BYTES:
        raise too_large()
    key = world.wire.new_id()
    url = f"{world.files_url}/{channel.id}/{key}/{upload.filename}"
    attachment = Attachment(key, upload.filename, upload.content_type, upload.content, url)
    world.files[key] = attachment
    return attachment


def _shown(embed: Json, attachments: list[Attachment]) -> Json:
    """Return the embed with the addresses of the files it speaks of by name."""
    urls = {f"attachment://{attachment.filename}": attachment.url for attachment in attachments}
    shown = {"type": "rich", **embed}
    for part in ("image", "thumbnail"):
        if part in shown and shown[part].get("url") in urls:
            shown[part] = shown[part] | {"url": urls[shown[part]["url"]]}
    return shown


def _numbered(components: list[Json]) -> list[Json]:
    """Return the components with an id each, as Discord gives one to those that came without."""
    return [
        {
            "id": number,
            **component,
            **({"components": _numbered(component["components"])} if "components" in component else {}),
        }
        for number, component in enumerate(components, 1)
    ]


def _find_mentions(message: Message, channel: Channel, body: Mapping[str, Any]) -> None:
    """Work out who is pinged: it takes the text and the allowance, both."""
    allowed = body.get("allowed_mentions")
    parse = ["roles", "everyone"] if allowed is None else allowed.get("parse") or []
    roles = None if "roles" in parse else {int(role) for role in (allowed or {}).get("roles") or []}
    found = [int(text) for text in _ROLE_MENTION.findall(message.content)] if "<@&" in message.content else []
    message.mention_roles = [role for role in found if role in channel.guild.roles and (roles is None or role in roles)]
    message.mention_everyone = "everyone" in parse and ("@everyone" in message.content or "@here" in message.content)
