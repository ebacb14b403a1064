"""The routes by which the bot looks at the servers it is in."""

from bot.rehearsal.standin.calls import Call, Reply, Routes
from bot.rehearsal.standin.guild import Guild
from bot.rehearsal.standin.refusal import unknown_guild, unknown_member
from bot.rehearsal.standin.world import World


class ServerRoutes:
    """What a client asks of a server that it has not been told of on the gateway."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> Routes:
        """Return the handlers by method and path, a star for each variable part."""
        return {"GET /guilds/*": self.guild, "GET /guilds/*/members/*": self.member}

    def guild(self, call: Call) -> Reply:
        """Answer with a server, without its channels and members."""
        return Reply(body=self._guild(call).json())

    def member(self, call: Call) -> Reply:
        """Answer with a member of a server."""
        member = self._guild(call).members.get(call.id(1))
        if member is None:
            raise unknown_member()
        return Reply(body=member.json())

    def _guild(self, call: Call) -> Guild:
        guild = self._world.guilds.get(call.id(0))
        if guild is None:
            raise unknown_guild()
        return guild
