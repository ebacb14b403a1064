"""The routes by which the bot looks at the servers it is in, and gives roles to their members."""

from bot.rehearsal.standin.access import Access
from bot.rehearsal.standin.calls import NO_CONTENT, Call, Reply, Routes, as_id
from bot.rehearsal.standin.form import refuse_if, wrong_range
from bot.rehearsal.standin.guild import Member, Role
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.refusal import missing_permissions, unknown_member, unknown_role
from bot.rehearsal.standin.world import World


class ServerRoutes:
    """What a client asks of a server that it has not been told of on the gateway."""

    def __init__(self, world: World) -> None:
        self._access = Access(world)

    def routes(self) -> Routes:
        """Return the handlers by method and path, a star for each variable part."""
        return {
            "GET /guilds/*": self.guild,
            "GET /guilds/*/channels": self.channels,
            "GET /guilds/*/roles": self.roles,
            "GET /guilds/*/members": self.members,
            "GET /guilds/*/members/*": self.member,
            "PUT /guilds/*/members/*/roles/*": self.give,
            "DELETE /guilds/*/members/*/roles/*": self.take,
        }

    def guild(self, call: Call) -> Reply:
        """Answer with a server, without its channels and members."""
        return Reply(body=self._access.guild(call).json())

    def channels(self, call: Call) -> Reply:
        """Answer with the channels of a server, without its threads."""
        return Reply(body=[channel.json() for channel in self._access.guild(call).channels.values()])

    def roles(self, call: Call) -> Reply:
        """Answer with the roles of a server."""
        return Reply(body=[role.json() for role in self._access.guild(call).roles.values()])

    def members(self, call: Call) -> Reply:
        """Answer with up to `limit` members of a server whose ids are after `after`, by rising id."""
        limit, after = as_id(call.query.get("limit", "1"), "limit"), as_id(call.query.get("after", "0"), "after")
        refuse_if(wrong_range({"limit": limit}, "limit", 1, 1000))
        members = self._access.guild(call).members
        return Reply(body=[members[key].json() for key in sorted(members) if key > after][:limit])

    def member(self, call: Call) -> Reply:
        """Answer with a member of a server."""
        return Reply(body=self._member(call).json())

    def give(self, call: Call) -> Reply:
        """Give a member a role."""
        member, role = self._role(call)
        member.give(role)
        return NO_CONTENT

    def take(self, call: Call) -> Reply:
        """Take a role from a member."""
        member, role = self._role(call)
        member.take(role)
        return NO_CONTENT

    def _member(self, call: Call) -> Member:
        member = self._access.guild(call).members.get(call.id(1))
        if member is None:
            raise unknown_member()
        return member

    def _role(self, call: Call) -> tuple[Member, Role]:
        """Return a member and a role, if the bot may give and take it: one below its own highest."""
        member = self._member(call)
        guild = member.guild
        role = guild.roles.get(call.id(2))
        if role is None:
            raise unknown_role()
        highest = max(own.position for own in guild.me.roles)
        if not guild.me.permissions & Permission.MANAGE_ROLES or role.position >= highest:
            raise missing_permissions()
        return member, role
