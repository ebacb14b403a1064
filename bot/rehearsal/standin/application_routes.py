"""The API routes of the application: the bot's user, the gateway's URL, commands, and responses to interactions."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.rehearsal.standin.bodies import ANSWER, wrong_shape
from bot.rehearsal.standin.checks import check_commands, check_modal
from bot.rehearsal.standin.interactions import Interaction, InteractionAnswer, InteractionKind, Interactions, Suggestion
from bot.rehearsal.standin.message import Flag, Message, User
from bot.rehearsal.standin.message_body import change_message, new_message
from bot.rehearsal.standin.refusal import invalid_form, missing_access, refuse_if, unknown_guild, unknown_message
from bot.rehearsal.standin.routes import NO_CONTENT, ApiCall, Reply, Routes, as_id
from bot.rehearsal.standin.wire import JsonObject
from bot.rehearsal.standin.world import World

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, SUGGEST, FORM = 4, 5, 6, 7, 8, 9

# The first answers that each kind of interaction allows.
_TAKES: Mapping[InteractionKind, tuple[int, ...]] = {
    InteractionKind.COMMAND: (MESSAGE, DEFER, FORM),
    InteractionKind.COMPONENT: (MESSAGE, DEFER, DEFER_UPDATE, UPDATE, FORM),
    InteractionKind.AUTOCOMPLETE: (SUGGEST,),
    InteractionKind.FORM: (MESSAGE, DEFER, DEFER_UPDATE, UPDATE),
}

_FLAGS = 1 << 23  # the application has commands

IDENTIFIES_A_DAY = 1000

_RESETS_AFTER_MS = 14_400_000


class ApplicationRoutes:
    """The API routes that a client uses when it starts.

    Args:
        world: the simulated Discord.
        gateway_url: returns the gateway's URL.
        shards: the recommended number of shards.
        identified: returns the number of IDENTIFY requests so far.

    """

    def __init__(
        self, world: World, gateway_url: Callable[[], str], shards: int, identified: Callable[[], int]
    ) -> None:
        self._world = world
        self._gateway_url = gateway_url
        self._shards = shards
        self._identified = identified

    def routes(self) -> Routes:
        """Return the request handlers by route, such as "GET /channels/*", with a star for each variable part."""
        return {
            "GET /users/@me": self.me,
            "GET /users/@me/guilds": self.guilds,
            "DELETE /users/@me/guilds/*": self.leave,
            "GET /applications/@me": self.application,
            "GET /oauth2/applications/@me": self.application,
            "GET /gateway": self.gateway,
            "GET /gateway/bot": self.gateway_bot,
            "GET /applications/*/commands": self.commands,
            "PUT /applications/*/commands": self.register,
            "GET /applications/*/guilds/*/commands": self.commands,
            "PUT /applications/*/guilds/*/commands": self.register,
        }

    def me(self, _: ApiCall) -> Reply:
        """Respond with the bot's user."""
        own = {"mfa_enabled": False, "verified": True, "locale": "en-US", "email": None}
        return Reply(body=self._world.bot.json() | own)

    def guilds(self, _: ApiCall) -> Reply:
        """Respond with the servers that the bot is in."""
        return Reply(
            body=[
                {
                    "id": str(one.id),
                    "name": one.name,
                    "icon": None,
                    "banner": None,
                    "owner": False,
                    "permissions": str(sum({role.permissions for role in one.me.roles})),
                    "features": [],
                }
                for one in self._world.guilds.values()
            ]
        )

    def leave(self, call: ApiCall) -> Reply:
        """Remove the bot from a server."""
        guild = self._world.guilds.get(call.id(0))
        if guild is None:
            raise unknown_guild()
        self._world.remove_guild(guild)
        return NO_CONTENT

    def application(self, _: ApiCall) -> Reply:
        """Respond with the application and its owner."""
        return Reply(
            body={
                "id": str(self._world.bot.id),
                "name": self._world.bot.name,
                "description": "",
                "icon": None,
                "bot_public": self._world.bot_is_public,
                "bot_require_code_grant": False,
                "type": None,
                "bot": self._world.bot.json(),
                "owner": User(1, "operator").json(),
                "team": None,
                "verify_key": "0" * 64,
                "flags": _FLAGS,
                "flags_new": str(_FLAGS),
                "redirect_uris": [],
                "interactions_endpoint_url": None,
                "role_connections_verification_url": None,
                "integration_types_config": {"0": {}, "1": {}},
                "approximate_guild_count": len(self._world.guilds),
                "approximate_user_install_count": 0,
                "approximate_user_authorization_count": 0,
                "explicit_content_filter": 0,
                "eligible_oauth2_scopes": [],
            }
        )

    def gateway(self, _: ApiCall) -> Reply:
        """Respond with the URL of the gateway."""
        return Reply(body={"url": self._gateway_url()})

    def gateway_bot(self, _: ApiCall) -> Reply:
        """Respond with the gateway's URL, the number of shards, and how many connections may be started."""
        left = max(0, IDENTIFIES_A_DAY - self._identified())
        limits = {"total": IDENTIFIES_A_DAY, "remaining": left, "reset_after": _RESETS_AFTER_MS, "max_concurrency": 1}
        return Reply(body={"url": self._gateway_url(), "shards": self._shards, "session_start_limit": limits})

    def commands(self, call: ApiCall) -> Reply:
        """Respond with a server's commands, or with the global commands."""
        return Reply(body=self._world.commands(self._scope(call)))

    def register(self, call: ApiCall) -> Reply:
        """Replace a server's commands, or the global commands, and respond with the new commands."""
        scope = self._scope(call)
        return Reply(body=self._world.register(check_commands(call.body), scope))

    def _scope(self, call: ApiCall) -> int | None:
        """Return the id of the server whose commands the request is about; None for global commands."""
        if call.id(0) != self._world.bot.id:
            raise missing_access()
        if len(call.args) == 1:
            return None
        if call.id(1) not in self._world.guilds:
            raise unknown_guild()
        return call.id(1)


class CallbackRoutes:
    """The API routes for responses to interactions: first responses, their edits, and follow-ups."""

    def __init__(self, world: World, interactions: Interactions) -> None:
        self._world = world
        self._interactions = interactions
        self._first: Mapping[int, Callable[[Interaction, ApiCall, JsonObject], None]] = {
            MESSAGE: self._message,
            DEFER: self._defer,
            DEFER_UPDATE: self._defer_update,
            UPDATE: self._update,
            SUGGEST: self._suggest,
            FORM: self._form,
        }

    def routes(self) -> Routes:
        """Return the request handlers by route, such as "GET /webhooks/*", with a star for each variable part.

        The interaction's token in the path authenticates the request.
        """
        return {
            "POST /interactions/*/*/callback": self.callback,
            "POST /webhooks/*/*": self.follow_up,
            "GET /webhooks/*/*/messages/*": self.one,
            "PATCH /webhooks/*/*/messages/*": self.edit,
            "DELETE /webhooks/*/*/messages/*": self.delete,
        }

    def callback(self, call: ApiCall) -> Reply:
        """Accept the bot's first response to an interaction."""
        interaction = self._interactions.unanswered(call.id(0), call.args[1])
        refuse_if(wrong_shape(ANSWER, call.fields))
        kind = call.fields["type"]
        if kind not in _TAKES[interaction.kind]:
            words = f"Value must be one of {_TAKES[interaction.kind]}."
            raise invalid_form({"type": {"_errors": [{"code": "BASE_TYPE_CHOICES", "message": words}]}})
        self._first[kind](interaction, call, call.fields.get("data") or {})
        interaction.answered.set()
        if call.query.get("with_response") not in ("1", "true"):
            return NO_CONTENT
        return Reply(body=_callback_body(interaction, kind))

    def _message(self, interaction: Interaction, call: ApiCall, data: JsonObject) -> None:
        message = self._answering(interaction, call, data, "data")
        interaction.original = message
        interaction.settle_with(message)

    def _defer(self, interaction: Interaction, _: ApiCall, data: JsonObject) -> None:
        world, channel = self._world, interaction.channel
        message = Message(world.wire.new_id(), channel.id, channel.guild.id, world.bot, world.wire.now())
        message.flags = Flag.LOADING | _ephemeral(data)
        interaction.deferred = True
        interaction.original = message
        self._mark(interaction, message)
        self._show(interaction, message)

    def _defer_update(self, interaction: Interaction, _: ApiCall, _data: JsonObject) -> None:
        interaction.deferred = True
        interaction.original = self._source(interaction)

    def _update(self, interaction: Interaction, call: ApiCall, data: JsonObject) -> None:
        interaction.original = self._source(interaction)
        self._change(interaction, interaction.original, call, data, "data")

    def _source(self, interaction: Interaction) -> Message:
        if interaction.source is None:
            raise unknown_message()
        return interaction.source

    def _suggest(self, interaction: Interaction, _: ApiCall, data: JsonObject) -> None:
        interaction.settle([Suggestion(choice["name"], choice["value"]) for choice in data["choices"]])

    def _form(self, interaction: Interaction, _: ApiCall, data: JsonObject) -> None:
        check_modal(data)
        interaction.settle(InteractionAnswer(form=data))

    def follow_up(self, call: ApiCall) -> Reply:
        """Post a follow-up message. The first follow-up after a deferral replaces the "thinking" message."""
        interaction = self._interactions.acknowledged(call.args[1])
        if interaction.original is not None and interaction.original.flags & Flag.LOADING:
            self._change(interaction, interaction.original, call, call.fields)
            return Reply(body=interaction.original.json())
        message = self._answering(interaction, call, call.fields)
        interaction.later[message.id] = message
        interaction.settle_with(message)
        return Reply(body=message.json())

    def one(self, call: ApiCall) -> Reply:
        """Respond with a message that the bot sent in response to an interaction."""
        return Reply(body=self._find(call)[1].json())

    def edit(self, call: ApiCall) -> Reply:
        """Edit a message that the bot sent in response to an interaction, and respond with the message."""
        interaction, message = self._find(call)
        self._change(interaction, message, call, call.fields)
        return Reply(body=message.json())

    def delete(self, call: ApiCall) -> Reply:
        """Delete a message that the bot sent in response to an interaction."""
        interaction, message = self._find(call)
        if message.ephemeral:
            self._interactions.emit_ephemeral(interaction, message, deleted=True)
        else:
            interaction.channel.remove(message)
        interaction.later.pop(message.id, None)
        if interaction.original is message:
            interaction.original = None
        return NO_CONTENT

    def _find(self, call: ApiCall) -> tuple[Interaction, Message]:
        interaction = self._interactions.acknowledged(call.args[1])
        name = call.args[2]
        message = interaction.original if name == "@original" else interaction.later.get(as_id(name, "message_id"))
        if message is None or not (message.ephemeral or interaction.channel.messages.get(message.id)):
            raise unknown_message()
        return interaction, message

    def _answering(self, interaction: Interaction, call: ApiCall, body: Mapping[str, Any], *within: str) -> Message:
        """Create a message in response to an interaction, and show it."""
        message = new_message(self._world, interaction.channel, call, body, *within)
        message.flags |= _ephemeral(body)
        self._mark(interaction, message)
        self._show(interaction, message)
        self._world.tell_posted(interaction.channel, message, edited=False)
        return message

    def _mark(self, interaction: Interaction, message: Message) -> None:
        message.application_id = self._world.bot.id
        message.interaction = interaction.describe()
        message.command = interaction.name

    def _show(self, interaction: Interaction, message: Message) -> None:
        """Show an ephemeral message to the member only, and post any other message."""
        if message.ephemeral:
            self._interactions.emit_ephemeral(interaction, message)
        else:
            interaction.channel.post(message)

    def _change(
        self, interaction: Interaction, message: Message, call: ApiCall, body: Mapping[str, Any], *within: str
    ) -> None:
        change_message(self._world, interaction.channel, message, call, body, *within)
        promised = bool(message.flags & Flag.LOADING)
        if promised:
            message.flags &= ~Flag.LOADING
            message.edited = None  # for Discord, filling in a deferred answer is no edit
        if message.ephemeral:
            self._interactions.emit_ephemeral(interaction, message)
        else:
            interaction.channel.changed(message)
        self._world.tell_posted(interaction.channel, message, edited=not promised)
        interaction.settle_with(message)


def _ephemeral(body: Mapping[str, Any]) -> int:
    return int(body.get("flags") or 0) & Flag.EPHEMERAL


def _callback_body(interaction: Interaction, kind: int) -> JsonObject:
    about: JsonObject = {"id": str(interaction.id), "type": int(interaction.kind)}
    if interaction.original is None:
        return {"interaction": about}
    message = interaction.original
    about |= {
        "response_message_id": str(message.id),
        "response_message_loading": bool(message.flags & Flag.LOADING),
        "response_message_ephemeral": message.ephemeral,
    }
    shown = {"resource": {"type": kind, "message": message.json()}} if kind in (MESSAGE, UPDATE) else {}
    return {"interaction": about, **shown}
