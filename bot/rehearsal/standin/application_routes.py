"""The routes of the application itself: who the bot is, where the gateway is, which commands there are."""

from collections.abc import Callable

from bot.rehearsal.standin.checks import check_commands
from bot.rehearsal.standin.message import User
from bot.rehearsal.standin.refusal import missing_access, unknown_guild
from bot.rehearsal.standin.routes import NO_CONTENT, ApiCall, Reply, Routes
from bot.rehearsal.standin.world import World

_FLAGS = 1 << 23  # the application has commands


IDENTIFIES_A_DAY = 1000


_RESETS_AFTER = 14_400_000
"""Milliseconds."""


class ApplicationRoutes:
    """What a client asks for when it starts."""

    def __init__(
        self, world: World, gateway_url: Callable[[], str], shards: int, identified: Callable[[], int]
    ) -> None:
        """Answer for `world`, name the gateway, recommend this many shards, and say how many IDENTIFYs are left."""
        self._world = world
        self._gateway_url = gateway_url
        self._shards = shards
        self._identified = identified

    def routes(self) -> Routes:
        """Return the handlers by method and path, a star for each variable part."""
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
        """Answer with the bot's user."""
        own = {"mfa_enabled": False, "verified": True, "locale": "en-US", "email": None}
        return Reply(body=self._world.bot.json() | own)

    def guilds(self, _: ApiCall) -> Reply:
        """Answer with the servers that the bot is in."""
        return Reply(
            body=[
                {"id": str(one.id), "name": one.name, "icon": None, "banner": None, "owner": False,
                 "permissions": str(sum({role.permissions for role in one.me.roles})), "features": []}
                for one in self._world.guilds.values()
            ]
        )  # fmt: skip

    def leave(self, call: ApiCall) -> Reply:
        """Let the bot leave a server."""
        guild = self._world.guilds.get(call.id(0))
        if guild is None:
            raise unknown_guild()
        self._world.remove_guild(guild)
        return NO_CONTENT

    def application(self, _: ApiCall) -> Reply:
        """Answer with the application and its owner."""
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
        """Answer with the address of the gateway."""
        return Reply(body={"url": self._gateway_url()})

    def gateway_bot(self, _: ApiCall) -> Reply:
        """Answer with the address of the gateway, and how often it may be called."""
        left = max(0, IDENTIFIES_A_DAY - self._identified())
        limits = {"total": IDENTIFIES_A_DAY, "remaining": left, "reset_after": _RESETS_AFTER, "max_concurrency": 1}
        return Reply(body={"url": self._gateway_url(), "shards": self._shards, "session_start_limit": limits})

    def commands(self, call: ApiCall) -> Reply:
        """Answer with the commands of one server, or of all."""
        return Reply(body=self._world.commands(self._scope(call)))

    def register(self, call: ApiCall) -> Reply:
        """Replace the commands of one server, or of all, and answer with them."""
        scope = self._scope(call)
        return Reply(body=self._world.register(check_commands(call.body), scope))

    def _scope(self, call: ApiCall) -> int | None:
        """Return which server the commands are for, None for all."""
        if call.id(0) != self._world.bot.id:
            raise missing_access()
        if len(call.args) == 1:
            return None
        if call.id(1) not in self._world.guilds:
            raise unknown_guild()
        return call.id(1)
