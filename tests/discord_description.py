"""Checks the bot's requests and the simulated Discord's answers against Discord's own API description, in every test.

The classes below list the required and the optional fields of each request and answer. They follow specs/openapi.json
of discord/discord-api-spec, commit 74fda0f of 18 July 2026. A request may have no other fields, except those in
`DISCORD_PYS`, which discord.py adds.

The values in a request are checked by the simulated Discord (`bot/rehearsal/standin/bodies.py`). Requests that it
refuses are not checked here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from bot.rehearsal.standin import bodies

DISCORD_PYS = (
    "tts",  # of an edit or answer
    "embeds.*.flags",
    *(f"attachments.*.{key}" for key in ("size", "url", "proxy_url", "content_type", "spoiler", "filename", "title")),
    "id",  # of an overwrite, which is in the path too
    "*.nsfw",  # of a command
)
"""Fields that discord.py sends although the description doesn't have them.

Some values also have another type than in the description: ids are numbers, and channel type 16 is documented
elsewhere. Discord accepts them, and the simulated Discord does too.
"""

Id = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
Time = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(\+00:00|Z)$")]
Nothing = None
_strict = with_config(ConfigDict(strict=True, extra="forbid"))


@_strict
class _User(TypedDict):
    id: Id
    username: str
    avatar: str | None
    discriminator: str
    public_flags: int
    flags: int
    global_name: str | None
    primary_guild: None
    bot: NotRequired[bool]
    banner: NotRequired[str | None]
    accent_color: NotRequired[int | None]
    avatar_decoration_data: NotRequired[None]
    collectibles: NotRequired[None]


@_strict
class _OwnUser(_User):
    mfa_enabled: bool
    locale: str
    email: NotRequired[str | None]
    verified: NotRequired[bool]


@_strict
class _MemberBesideUser(TypedDict):
    avatar: str | None
    banner: str | None
    communication_disabled_until: Time | None
    flags: int
    joined_at: Time
    nick: str | None
    pending: bool
    premium_since: Time | None
    roles: list[Id]
    mute: bool
    deaf: bool


@_strict
class _Member(_MemberBesideUser):
    user: _User


@_strict
class _Emoji(TypedDict):
    id: Id | None
    name: str | None


@_strict
class _Part(TypedDict):
    id: int


@_strict
class _Button(_Part):
    type: Literal[2]
    style: Literal[1, 2, 3, 4, 5, 6]
    custom_id: NotRequired[str]
    label: NotRequired[str]
    disabled: NotRequired[bool]
    emoji: NotRequired[_Emoji]
    url: NotRequired[str | None]


@_strict
class _Option(TypedDict):
    label: str
    value: str
    description: NotRequired[str]
    emoji: NotRequired[_Emoji]
    default: NotRequired[bool]


@_strict
class _Select(_Part):
    custom_id: str
    min_values: int
    max_values: int
    placeholder: NotRequired[str]
    disabled: NotRequired[bool]


@_strict
class _StringSelect(_Select):
    type: Literal[3]
    options: list[_Option]


@_strict
class _Chosen(TypedDict):
    id: Id
    type: Literal["user", "role", "channel"]


@_strict
class _ThingSelect(_Select):
    type: Literal[5, 6, 7, 8]
    default_values: NotRequired[list[_Chosen]]
    channel_types: NotRequired[list[int]]


@_strict
class _Row(_Part):
    type: Literal[1]
    components: list[Annotated[_Button | _StringSelect | _ThingSelect, Field(discriminator="type")]]


def _is_row(component: object) -> str:
    return "row" if isinstance(component, Mapping) and component.get("type") == 1 else "other"


# The bot's messages have only rows. The other types are for people who try the simulated Discord.
_Component = Annotated[Annotated[_Row, Tag("row")] | Annotated[Any, Tag("other")], Discriminator(_is_row)]


@_strict
class _Field(TypedDict):
    name: str
    value: str
    inline: bool


@_strict
class _Footer(TypedDict):
    text: str
    icon_url: NotRequired[str]


@_strict
class _Author(TypedDict):
    name: str
    url: NotRequired[str]
    icon_url: NotRequired[str]


@_strict
class _Image(TypedDict):
    url: NotRequired[str]


@_strict
class _Embed(TypedDict):
    type: str
    url: NotRequired[str]
    title: NotRequired[str]
    description: NotRequired[str]
    color: NotRequired[int]
    timestamp: NotRequired[Time]
    fields: NotRequired[list[_Field]]
    author: NotRequired[_Author]
    image: NotRequired[_Image]
    thumbnail: NotRequired[_Image]
    footer: NotRequired[_Footer]
    flags: NotRequired[int | None]


@_strict
class _Attachment(TypedDict):
    id: Id
    filename: str
    size: int
    url: str
    proxy_url: str
    content_type: NotRequired[str]
    description: NotRequired[str]


@_strict
class _Reference(TypedDict):
    type: int
    channel_id: Id
    message_id: NotRequired[Id]
    guild_id: NotRequired[Id]


@_strict
class _Asked(TypedDict):
    id: Id
    authorizing_integration_owners: dict[str, Id]
    user: NotRequired[_User]
    original_response_message_id: NotRequired[Id]


@_strict
class _AskedByCommand(_Asked):
    type: Literal[2]
    target_user: NotRequired[_User]
    target_message_id: NotRequired[Id]


@_strict
class _AskedByComponent(_Asked):
    type: Literal[3]
    interacted_message_id: Id


@_strict
class _AskedByForm(_Asked):
    type: Literal[5]
    triggering_interaction_metadata: Annotated[_AskedByCommand | _AskedByComponent, Field(discriminator="type")]


@_strict
class _ReactionCounts(TypedDict):
    burst: int
    normal: int


@_strict
class _Reaction(TypedDict):
    emoji: _Emoji
    count: int
    count_details: _ReactionCounts
    burst_colors: list[str]
    me_burst: bool
    me: bool


@_strict
class _ThreadMetadata(TypedDict):
    archived: bool
    archive_timestamp: Time | None
    auto_archive_duration: Literal[60, 1440, 4320, 10080]
    locked: bool
    create_timestamp: NotRequired[Time]
    invitable: NotRequired[bool]


@_strict
class _ThreadMember(TypedDict):
    id: Id
    user_id: Id
    join_timestamp: Time
    flags: int


@_strict
class _Channel(TypedDict):
    id: Id
    type: Literal[0, 2, 4, 5, 13, 14, 15]
    flags: int
    guild_id: Id
    name: str
    position: int
    last_message_id: NotRequired[Id | None]
    last_pin_timestamp: NotRequired[Time | None]
    parent_id: NotRequired[Id | None]
    rate_limit_per_user: NotRequired[int]
    permissions: NotRequired[str]
    topic: NotRequired[str | None]
    permission_overwrites: NotRequired[list["_Overwrite"]]
    nsfw: NotRequired[bool]
    available_tags: NotRequired[list[Any]]
    default_reaction_emoji: NotRequired[None]
    default_sort_order: NotRequired[int | None]
    default_forum_layout: NotRequired[int]


@_strict
class _Overwrite(TypedDict):
    id: Id
    type: Literal[0, 1]
    allow: str
    deny: str


@_strict
class _Thread(TypedDict):
    id: Id
    type: Literal[10, 11, 12]
    flags: int
    guild_id: Id
    name: str
    owner_id: Id
    thread_metadata: _ThreadMetadata
    message_count: int
    member_count: int
    total_message_sent: int
    last_message_id: NotRequired[Id | None]
    last_pin_timestamp: NotRequired[Time | None]
    parent_id: NotRequired[Id | None]
    rate_limit_per_user: NotRequired[int]
    permissions: NotRequired[str]
    applied_tags: NotRequired[list[Id]]
    member: NotRequired[_ThreadMember]


@_strict
class _Direct(TypedDict):
    id: Id
    type: Literal[1]
    flags: int
    recipients: list[_User]
    last_message_id: NotRequired[Id | None]
    last_pin_timestamp: NotRequired[Time | None]


_AnyChannel = Annotated[_Channel | _Thread | _Direct, Field(discriminator="type")]


@_strict
class _MessageAlone(TypedDict):
    type: int
    content: str
    mentions: list[_User]
    mention_roles: list[Id]
    attachments: list[_Attachment]
    embeds: list[_Embed]
    timestamp: Time
    edited_timestamp: Time | None
    flags: int
    components: list[_Component]
    id: Id
    channel_id: Id
    author: _User
    pinned: bool
    mention_everyone: bool
    tts: bool
    application_id: NotRequired[Id]
    nonce: NotRequired[int | str]
    webhook_id: NotRequired[Id]
    message_reference: NotRequired[_Reference]
    interaction_metadata: NotRequired[
        Annotated[_AskedByCommand | _AskedByComponent | _AskedByForm, Field(discriminator="type")]
    ]
    reactions: NotRequired[list[_Reaction]]


@_strict
class _Message(_MessageAlone):
    referenced_message: NotRequired[_MessageAlone | None]
    thread: NotRequired[_Thread]


@_strict
class _Pin(TypedDict):
    pinned_at: Time
    message: _Message


@_strict
class _Pins(TypedDict):
    items: list[_Pin]
    has_more: bool


@_strict
class _Threads(TypedDict):
    threads: list[_Thread]
    members: list[_ThreadMember]
    has_more: bool


@_strict
class _Interaction(TypedDict):
    id: Id
    type: Literal[1, 2, 3, 4, 5]
    response_message_id: NotRequired[Id]
    response_message_loading: NotRequired[bool]
    response_message_ephemeral: NotRequired[bool]


@_strict
class _Resource(TypedDict):
    type: Literal[4, 7]
    message: _Message


@_strict
class _Callback(TypedDict):
    interaction: _Interaction
    resource: NotRequired[_Resource]


@_strict
class _RoleColors(TypedDict):
    primary_color: int
    secondary_color: int | None
    tertiary_color: int | None


@_strict
class _RoleTags(TypedDict):
    bot_id: NotRequired[Id]


@_strict
class _Role(TypedDict):
    id: Id
    name: str
    permissions: str
    position: int
    color: int
    colors: _RoleColors
    hoist: bool
    managed: bool
    mentionable: bool
    icon: str | None
    unicode_emoji: str | None
    flags: int
    tags: NotRequired[_RoleTags]


@_strict
class _Guild(TypedDict):
    id: Id
    name: str
    icon: str | None
    description: str | None
    home_header: str | None
    splash: str | None
    discovery_splash: str | None
    features: list[str]
    banner: str | None
    owner_id: Id
    application_id: Id | None
    region: str
    afk_channel_id: Id | None
    afk_timeout: int
    system_channel_id: Id | None
    system_channel_flags: int
    widget_enabled: bool
    widget_channel_id: Id | None
    verification_level: int
    roles: list[_Role]
    default_message_notifications: int
    mfa_level: int
    explicit_content_filter: int
    max_presences: int | None
    max_members: int
    max_stage_video_channel_users: int
    max_video_channel_users: int
    vanity_url_code: str | None
    premium_tier: int
    premium_subscription_count: int
    preferred_locale: str
    rules_channel_id: Id | None
    safety_alerts_channel_id: Id | None
    public_updates_channel_id: Id | None
    premium_progress_bar_enabled: bool
    nsfw: bool
    nsfw_level: int
    emojis: list[Any]
    stickers: list[Any]
    incidents_data: None


@_strict
class _Where(TypedDict):
    location: str


@_strict
class _Event(TypedDict):
    id: Id
    guild_id: Id
    name: str
    description: str | None
    channel_id: None
    creator_id: Id | None
    image: str | None
    scheduled_start_time: Time
    scheduled_end_time: Time | None
    status: Literal[1, 2, 3, 4]
    entity_type: Literal[3]
    entity_id: Id | None
    recurrence_rule: None
    privacy_level: Literal[2]
    guild_scheduled_event_exceptions: list[Any]
    entity_metadata: _Where
    creator: NotRequired[_User]
    user_count: NotRequired[int]


@_strict
class _Command(TypedDict):
    id: Id
    application_id: Id
    version: Id
    default_member_permissions: str | None
    type: Literal[1, 2, 3]
    name: str
    description: str
    guild_id: NotRequired[Id]
    dm_permission: NotRequired[bool]
    contexts: NotRequired[list[int] | None]
    integration_types: NotRequired[list[int]]
    options: NotRequired[list[Any]]
    nsfw: NotRequired[bool]


@_strict
class _Application(TypedDict):
    id: Id
    name: str
    icon: str | None
    description: str
    type: int | None
    verify_key: str
    flags: int
    flags_new: str
    redirect_uris: list[str]
    interactions_endpoint_url: str | None
    role_connections_verification_url: str | None
    owner: _User
    approximate_guild_count: int
    approximate_user_install_count: int
    approximate_user_authorization_count: int
    explicit_content_filter: int
    team: None
    eligible_oauth2_scopes: list[str]
    bot: NotRequired[_User]
    bot_public: NotRequired[bool]
    bot_require_code_grant: NotRequired[bool]
    integration_types_config: NotRequired[dict[str, Any]]


@_strict
class _MyGuild(TypedDict):
    id: Id
    name: str
    icon: str | None
    banner: str | None
    owner: bool
    permissions: str
    features: list[str]
    approximate_member_count: NotRequired[int]
    approximate_presence_count: NotRequired[int]


@_strict
class _Gateway(TypedDict):
    url: str


@_strict
class _Starts(TypedDict):
    max_concurrency: int
    remaining: int
    reset_after: int
    total: int


@_strict
class _GatewayBot(_Gateway):
    session_start_limit: _Starts
    shards: int


_ANSWERS: Mapping[str, Any] = {
    "POST /channels/*/messages": _Message,
    "GET /channels/*/messages": list[_Message],
    "GET /channels/*/messages/*": _Message,
    "PATCH /channels/*/messages/*": _Message,
    "DELETE /channels/*/messages/*": Nothing,
    "POST /channels/*/messages/*/crosspost": _Message,
    "PUT /channels/*/messages/*/reactions/*/@me": Nothing,
    "DELETE /channels/*/messages/*/reactions/*/@me": Nothing,
    "GET /channels/*/messages/*/reactions/*": list[_User],
    "POST /channels/*/typing": Nothing,
    "GET /channels/*/messages/pins": _Pins,
    "PUT /channels/*/messages/pins/*": Nothing,
    "DELETE /channels/*/messages/pins/*": Nothing,
    "GET /channels/*/pins": list[_Message],
    "PUT /channels/*/pins/*": Nothing,
    "DELETE /channels/*/pins/*": Nothing,
    "GET /channels/*": _AnyChannel,
    "PATCH /channels/*": _AnyChannel,
    "DELETE /channels/*": _AnyChannel,
    "PUT /channels/*/permissions/*": Nothing,
    "DELETE /channels/*/permissions/*": Nothing,
    "POST /channels/*/messages/*/threads": _Thread,
    "POST /channels/*/threads": _Thread,
    "GET /channels/*/threads/archived/public": _Threads,
    "GET /guilds/*/threads/active": _Threads,
    "PUT /channels/*/thread-members/@me": Nothing,
    "DELETE /channels/*/thread-members/@me": Nothing,
    "GET /users/*": _User,
    "POST /users/@me/channels": _Direct,
    "GET /users/@me/guilds": list[_MyGuild],
    "DELETE /users/@me/guilds/*": Nothing,
    "GET /users/@me": _OwnUser,
    "GET /applications/@me": _Application,
    "GET /oauth2/applications/@me": _Application,
    "GET /gateway": _Gateway,
    "GET /gateway/bot": _GatewayBot,
    "GET /applications/*/commands": list[_Command],
    "PUT /applications/*/commands": list[_Command],
    "GET /applications/*/guilds/*/commands": list[_Command],
    "PUT /applications/*/guilds/*/commands": list[_Command],
    "GET /guilds/*": _Guild,
    "GET /guilds/*/channels": list[_Channel],
    "GET /guilds/*/roles": list[_Role],
    "GET /guilds/*/members": list[_Member],
    "GET /guilds/*/members/*": _Member,
    "PUT /guilds/*/members/*/roles/*": Nothing,
    "DELETE /guilds/*/members/*/roles/*": Nothing,
    "GET /guilds/*/scheduled-events": list[_Event],
    "POST /guilds/*/scheduled-events": _Event,
    "GET /guilds/*/scheduled-events/*": _Event,
    "PATCH /guilds/*/scheduled-events/*": _Event,
    "DELETE /guilds/*/scheduled-events/*": Nothing,
    "POST /interactions/*/*/callback": _Callback,
    "POST /webhooks/*/*": _Message,
    "GET /webhooks/*/*/messages/*": _Message,
    "PATCH /webhooks/*/*/messages/*": _Message,
    "DELETE /webhooks/*/*/messages/*": Nothing,
}
"""The type of each route's answer, according to the description."""

_REQUESTS: Mapping[str, "type[BaseModel] | TypeAdapter[Any]"] = {
    "POST /channels/*/messages": bodies.PostBody,
    "PATCH /channels/*/messages/*": bodies.MessageBody,
    "POST /webhooks/*/*": bodies.MessageBody,
    "PATCH /webhooks/*/*/messages/*": bodies.MessageBody,
    "POST /interactions/*/*/callback": bodies.ANSWER,
    "PUT /applications/*/commands": bodies.COMMANDS,
    "PUT /applications/*/guilds/*/commands": bodies.COMMANDS,
    "POST /guilds/*/scheduled-events": bodies.EventBody,
    "PATCH /guilds/*/scheduled-events/*": bodies.EventChange,
    "POST /channels/*/messages/*/threads": bodies.ThreadBody,
    "POST /channels/*/threads": bodies.ThreadBody,
    "PATCH /channels/*": bodies.ChannelChange,
    "PUT /channels/*/permissions/*": bodies.OverwriteBody,
    "POST /users/@me/channels": bodies.DirectBody,
}
"""The type of each route's request body. Routes that are not in this table have no body."""

_checks: dict[str, TypeAdapter[Any]] = {}


@dataclass(frozen=True, slots=True)
class Deviation:
    """A difference between a request or an answer and the description."""

    route: str
    side: str
    where: str
    what: str


def _adapter(name: str, kind: Any) -> TypeAdapter[Any]:
    if name not in _checks:
        _checks[name] = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
    return _checks[name]


def deviations(route: str, request: object, status: int, answer: object) -> list[Deviation]:
    """Return the differences between a request with its answer and the description.

    The list is empty if the request was refused.
    """
    if status >= HTTPStatus.BAD_REQUEST:
        return []
    if route not in _ANSWERS:
        return [Deviation(route, "route", "", "is not described in tests/discord_description.py")]
    if status == HTTPStatus.NO_CONTENT:
        found = [] if answer is None else [Deviation(route, "answer", "", "has a body")]
    else:
        found = list(_wrong(route, "answer", _adapter(route, _ANSWERS[route]), answer, extra=None))
    if request is None:
        return found
    if route not in _REQUESTS:
        return [*found, Deviation(route, "request", "", "takes no body")]
    asked = _adapter(f"asked {route}", _REQUESTS[route])
    return found + [one for one in _wrong(route, "request", asked, request, extra="forbid") if one.where not in _TAKEN]


_TAKEN = {*DISCORD_PYS, *(f"data.{one}" for one in DISCORD_PYS)}


def _wrong(
    route: str, side: str, adapter: TypeAdapter[Any], thing: object, extra: Literal["forbid"] | None
) -> list[Deviation]:
    try:
        adapter.validate_python(thing, extra=extra)
    except ValidationError as error:
        return [
            Deviation(route, side, _spelled(bodies.error_place(thing, one)), f"{one['type']}: {one['msg']}")
            for one in error.errors(include_url=False)
        ]
    return []


def _spelled(place: Sequence[str | int]) -> str:
    return ".".join("*" if isinstance(step, int) else step for step in place)
