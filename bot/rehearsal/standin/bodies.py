"""Models of request bodies, validated like on Discord: types, lengths in UTF-16 units, choices, required fields.

Written from Discord's OpenAPI description (discord/discord-api-spec, commit 74fda0f of 18 July 2026,
specs/openapi.json). Limits are tightened where the documentation allows less: a bot's content has 2,000 characters,
and components are only allowed in some places. Unknown fields are ignored, as on Discord, but fail the tests. Rules
that involve several fields are in `checks.py`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.rehearsal.standin.refusal import REQUIRED, Wrong
from bot.wording.limits import size

_SCHEMES = ("http://", "https://", "attachment://")

_COMMAND_NAME = re.compile(r"[-_'\w]+")

_SAID: Mapping[str, tuple[str, str]] = {
    "missing": REQUIRED,
    "string_type": ("STRING_TYPE_CONVERT", "Could not interpret it as string."),
    "bool_type": ("BOOLEAN_TYPE_CONVERT", "Must be either true or false."),
    "int_type": ("NUMBER_TYPE_COERCE", "Value is not int."),
    "float_type": ("NUMBER_TYPE_COERCE", "Value is not float."),
    "list_type": ("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"),
    "dict_type": ("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"),
    "model_type": ("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"),
    "model_attributes_type": ("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"),
    "union_tag_not_found": ("UNION_TYPE_CHOICES", 'Field "type" is required to determine the model type.'),
    "union_tag_invalid": ("UNION_TYPE_CHOICES", 'Value of field "type" is none of those that go here.'),
}

ArchiveMinutes = Literal[60, 1440, 4320, 10080]
ChannelType = Literal[0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16]


def wrong_shape(model: "type[BaseModel] | TypeAdapter[Any]", body: object) -> list[Wrong]:
    """Return the errors in the fields of a body, with Discord's codes and messages; empty if the body is valid."""
    try:
        if isinstance(model, TypeAdapter):
            model.validate_python(body)
        else:
            model.model_validate(body)
    except ValidationError as error:
        return [(error_place(body, one), *_words(one)) for one in error.errors(include_url=False)]
    return []


def error_place(body: object, error: ErrorDetails) -> tuple[str | int, ...]:
    """Return the path to an error in the body. This is pydantic's path without the names of union branches."""
    place: list[str | int] = []
    at = body
    for step in (*error["loc"], "type") if error["type"].startswith("union_tag") else error["loc"]:
        if isinstance(at, list) and isinstance(step, int):
            place.append(step)
            at = at[step]
        elif isinstance(step, str):
            place.append(step)
            at = at.get(step) if isinstance(at, Mapping) else None
    return tuple(place)


def _words(error: ErrorDetails) -> tuple[str, str]:
    """Return Discord's code and message for a pydantic error."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _SAID:
        return _SAID[kind]
    if kind in ("too_long", "too_short"):
        limit = context.get("max_length", context.get("min_length"))
        return "BASE_TYPE_BAD_LENGTH", f"Must be {limit} or {'fewer' if kind == 'too_long' else 'more'} in length."
    if kind == "literal_error":
        return "BASE_TYPE_CHOICES", f"Value must be one of {{{context['expected']}}}."
    if kind in ("greater_than_equal", "less_than_equal"):
        limits = {"greater_than_equal": "greater than or equal to", "less_than_equal": "less than or equal to"}
        limit = context.get("ge", context.get("le"))
        return "NUMBER_TYPE_RANGE", f"int value should be {limits[kind]} {limit}."
    return kind, error["msg"]


def _length(fewest: int, most: int, *, blank: bool) -> Callable[[str], str]:
    def check(text: str) -> str:
        if fewest and not (text if blank else text.strip()):
            raise PydanticCustomError(*REQUIRED)
        if not fewest <= size(text) <= most:
            words = (
                f"Must be between {fewest} and {most} in length." if fewest else f"Must be {most} or fewer in length."
            )
            code = "BASE_TYPE_BAD_LENGTH" if fewest else "BASE_TYPE_MAX_LENGTH"
            raise PydanticCustomError(code, words)
        return text

    return check


def _text(most: int, fewest: int = 0, *, blank: bool = False) -> AfterValidator:
    return AfterValidator(_length(fewest, most, blank=blank))


def _snowflake(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str) or not re.fullmatch(r"[0-9]{1,20}", str(value)):
        raise PydanticCustomError("NUMBER_TYPE_COERCE", "Value is not snowflake.")
    return value


def _nonce(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise PydanticCustomError("STRING_TYPE_CONVERT", "Could not interpret it as string.")
    return value if isinstance(value, int) else _length(0, 25, blank=True)(value)


def _number_or_text(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise PydanticCustomError("STRING_TYPE_CONVERT", "Could not interpret it as string.")
    return _length(1, 100, blank=True)(value) if isinstance(value, str) else value


def _time(text: str) -> str:
    try:
        if datetime.fromisoformat(text).tzinfo is not None:
            return text
    except ValueError:
        pass
    raise PydanticCustomError("DATE_TIME_TYPE_PARSE", "Could not parse. Should be ISO8601.")


def _address(text: str) -> str:
    if text and not text.startswith(_SCHEMES):
        raise PydanticCustomError("URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https').")
    return text


def _unlike(things: list[Any]) -> list[Any]:
    if len({str(one) for one in things}) < len(things):
        raise PydanticCustomError("SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value.")
    return things


SnowflakeText = Annotated[Any, PlainValidator(_snowflake)]
TimeText = Annotated[str, AfterValidator(_time)]
Address = Annotated[str, AfterValidator(_address), _text(2048)]
CustomId = Annotated[str, _text(100, 1, blank=True)]
Unlike = AfterValidator(_unlike)


class _Body(BaseModel):
    model_config = ConfigDict(strict=True)


class _Footer(_Body):
    text: Annotated[str, _text(2048)] | None = None
    icon_url: Address | None = None


class _Author(_Body):
    name: Annotated[str, _text(256)] | None = None
    url: Address | None = None
    icon_url: Address | None = None


class _Picture(_Body):
    url: Address | None = None


class _EmbedField(_Body):
    name: Annotated[str, _text(256, 1)]
    value: Annotated[str, _text(1024, 1)]
    inline: bool | None = None


class EmbedBody(_Body):
    """An embed in the body of a request."""

    type: str | None = None
    url: Address | None = None
    title: Annotated[str, _text(256)] | None = None
    color: Annotated[int, Field(ge=0, le=0xFFFFFF)] | None = None
    timestamp: TimeText | None = None
    description: Annotated[str, _text(4096)] | None = None
    author: _Author | None = None
    image: _Picture | None = None
    thumbnail: _Picture | None = None
    footer: _Footer | None = None
    fields: Annotated[list[_EmbedField], Field(max_length=25)] | None = None


class _Mentions(_Body):
    parse: Annotated[list[Literal["users", "roles", "everyone"]], Unlike] | None = None
    users: Annotated[list[SnowflakeText], Field(max_length=100), Unlike] | None = None
    roles: Annotated[list[SnowflakeText], Field(max_length=100), Unlike] | None = None
    replied_user: bool | None = None


class _Reference(_Body):
    type: Literal[0] | None = None  # the other types forward, which the bot never does
    message_id: SnowflakeText
    channel_id: SnowflakeText | None = None
    guild_id: SnowflakeText | None = None
    fail_if_not_exists: bool | None = None


class _File(_Body):
    id: SnowflakeText
    filename: Annotated[str, _text(1024, 1)] | None = None
    description: Annotated[str, _text(1024)] | None = None
    title: Annotated[str, _text(1024)] | None = None
    is_spoiler: bool | None = None


class _Part(_Body):
    id: Annotated[int, Field(ge=0)] | None = None


class _Emoji(_Body):
    id: SnowflakeText | None = None
    name: Annotated[str, _text(32)] | None = None
    animated: bool | None = None


class ButtonPart(_Part):
    """A button component in the body of a request."""

    type: Literal[2]
    style: Literal[1, 2, 3, 4, 5, 6]
    custom_id: CustomId | None = None
    label: Annotated[str, _text(80)] | None = None
    disabled: bool | None = None
    url: Annotated[str, AfterValidator(_address), _text(512)] | None = None
    sku_id: SnowflakeText | None = None
    emoji: _Emoji | None = None


class _Option(_Body):
    label: Annotated[str, _text(100, 1)]
    value: Annotated[str, _text(100, 1, blank=True)]
    description: Annotated[str, _text(100)] | None = None
    default: bool | None = None
    emoji: _Emoji | None = None


class _Select(_Part):
    custom_id: CustomId
    placeholder: Annotated[str, _text(150)] | None = None
    min_values: Annotated[int, Field(ge=0, le=25)] | None = None
    max_values: Annotated[int, Field(ge=1, le=25)] | None = None
    disabled: bool | None = None
    required: bool | None = None


class StringSelect(_Select):
    """A select menu whose options are texts."""

    type: Literal[3]
    options: Annotated[list[_Option], Field(min_length=1, max_length=25)]


class _Default(_Body):
    id: SnowflakeText
    type: Literal["user", "role", "channel"]


class ThingSelect(_Select):
    """A select menu of users, roles, both, or channels."""

    type: Literal[5, 6, 7, 8]
    default_values: Annotated[list[_Default], Field(max_length=25)] | None = None
    channel_types: Annotated[list[ChannelType], Unlike] | None = None


class RowPart(_Part):
    """An action row: up to five buttons, or one select menu."""

    type: Literal[1]
    components: Annotated[
        list[Annotated[ButtonPart | StringSelect | ThingSelect, Field(discriminator="type")]],
        Field(min_length=1, max_length=5),
    ]


class TextDisplay(_Part):
    """A component that displays text."""

    type: Literal[10]
    content: Annotated[str, _text(4000, 1)]


class _Media(_Body):
    url: Address


class Thumbnail(_Part):
    """A component with a small picture next to text."""

    type: Literal[11]
    media: _Media
    description: Annotated[str, _text(1024, 1)] | None = None
    spoiler: bool | None = None


class Section(_Part):
    """A component with text, and a button or picture next to the text."""

    type: Literal[9]
    components: Annotated[list[TextDisplay], Field(min_length=1, max_length=3)]
    accessory: Annotated[ButtonPart | Thumbnail, Field(discriminator="type")]


class _GalleryItem(_Body):
    media: _Media
    description: Annotated[str, _text(1024, 1)] | None = None
    spoiler: bool | None = None


class Gallery(_Part):
    """A component with a gallery of pictures."""

    type: Literal[12]
    items: Annotated[list[_GalleryItem], Field(min_length=1, max_length=10)]


class FilePart(_Part):
    """A component that displays a file."""

    type: Literal[13]
    file: _Media
    spoiler: bool | None = None


class Separator(_Part):
    """A component with a gap or line between other components."""

    type: Literal[14]
    spacing: Literal[1, 2] | None = None
    divider: bool | None = None


class Container(_Part):
    """A component that draws a box around other components."""

    type: Literal[17]
    components: Annotated[
        list[Annotated[RowPart | Section | TextDisplay | Gallery | FilePart | Separator, Field(discriminator="type")]],
        Field(min_length=1, max_length=40),
    ]
    accent_color: Annotated[int, Field(ge=0, le=0xFFFFFF)] | None = None
    spoiler: bool | None = None


_Top = Annotated[
    RowPart | Section | TextDisplay | Gallery | FilePart | Separator | Container, Field(discriminator="type")
]


class MessageBody(_Body):
    """The body of a request to post, edit or respond with a message."""

    content: Annotated[str, _text(2000)] | None = None
    embeds: Annotated[list[EmbedBody], Field(max_length=10)] | None = None
    allowed_mentions: _Mentions | None = None
    components: Annotated[list[_Top], Field(max_length=40)] | None = None
    flags: int | None = None
    attachments: Annotated[list[_File], Field(max_length=10)] | None = None
    tts: bool | None = None


class PostBody(MessageBody):
    """The body of a request to post a message in a channel."""

    message_reference: _Reference | None = None
    nonce: Annotated[Any, PlainValidator(_nonce)] | None = None
    enforce_nonce: bool | None = None
    sticker_ids: Annotated[list[SnowflakeText], Field(max_length=3)] | None = None


class _TextInput(_Part):
    type: Literal[4]
    label: Annotated[str, _text(45, 1)] | None = None  # its text stands in the label component around it
    custom_id: CustomId
    style: Literal[1, 2]
    value: Annotated[str, _text(4000)] | None = None
    placeholder: Annotated[str, _text(100)] | None = None
    required: bool | None = None
    min_length: Annotated[int, Field(ge=0, le=4000)] | None = None
    max_length: Annotated[int, Field(ge=1, le=4000)] | None = None


class _LabelledTextInput(_TextInput):
    label: Annotated[str, _text(45, 1)]  # required here


class _FormRow(_Part):
    type: Literal[1]  # Discord still takes it; its documentation says to use a label
    components: Annotated[list[_LabelledTextInput], Field(min_length=1, max_length=1)]


class _FileUpload(_Part):
    type: Literal[19]
    custom_id: CustomId
    min_values: Annotated[int, Field(ge=0, le=10)] | None = None
    max_values: Annotated[int, Field(ge=1, le=10)] | None = None
    required: bool | None = None


class _Choice(_Body):
    label: Annotated[str, _text(100, 1)]
    value: Annotated[str, _text(100, 1, blank=True)]
    description: Annotated[str, _text(100)] | None = None
    default: bool | None = None


class _RadioGroup(_Part):
    type: Literal[21]
    custom_id: CustomId
    required: bool | None = None
    options: Annotated[list[_Choice], Field(min_length=2, max_length=10)]


class _CheckboxGroup(_Part):
    type: Literal[22]
    custom_id: CustomId
    required: bool | None = None
    min_values: Annotated[int, Field(ge=0, le=10)] | None = None
    max_values: Annotated[int, Field(ge=1, le=10)] | None = None
    options: Annotated[list[_Choice], Field(min_length=1, max_length=10)]


class _Checkbox(_Part):
    type: Literal[23]
    custom_id: CustomId
    default: bool | None = None


class _Label(_Part):
    type: Literal[18]
    label: Annotated[str, _text(45, 1)]
    description: Annotated[str, _text(100, 1)] | None = None
    component: Annotated[
        _TextInput | StringSelect | ThingSelect | _FileUpload | _RadioGroup | _CheckboxGroup | _Checkbox,
        Field(discriminator="type"),
    ]


class FormBody(_Body):
    """The body of a response that opens a form (a modal)."""

    custom_id: CustomId
    title: Annotated[str, _text(45, 1)]
    components: Annotated[
        list[Annotated[_FormRow | _Label | TextDisplay, Field(discriminator="type")]],
        Field(min_length=1, max_length=5),
    ]


class _Suggestion(_Body):
    name: Annotated[str, _text(100, 1)]
    name_localizations: dict[str, str] | None = None
    value: Annotated[Any, PlainValidator(_number_or_text)]


class SuggestionsBody(_Body):
    """The body of a response with suggestions for a command's option."""

    choices: Annotated[list[_Suggestion], Field(max_length=25)]


class _MessageAnswer(_Body):
    type: Literal[4]
    data: MessageBody


class _LaterAnswer(_Body):
    type: Literal[5, 6, 7]
    data: MessageBody | None = None


class _SuggestionsAnswer(_Body):
    type: Literal[8]
    data: SuggestionsBody


class _FormAnswer(_Body):
    type: Literal[9]
    data: FormBody


ANSWER: TypeAdapter[Any] = TypeAdapter(
    Annotated[_MessageAnswer | _LaterAnswer | _SuggestionsAnswer | _FormAnswer, Field(discriminator="type")]
)


def _command_name(name: str) -> str:
    if name != name.lower() or not _COMMAND_NAME.fullmatch(name):
        raise PydanticCustomError("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    return name


_Name = Annotated[str, _text(32, 1), AfterValidator(_command_name)]
_Described = Annotated[str, _text(100, 1)]


class _Named(_Body):
    name: _Name
    description: _Described
    name_localizations: dict[str, str] | None = None
    description_localizations: dict[str, str] | None = None
    required: bool | None = None


class _PlainOption(_Named):
    type: Literal[5, 6, 8, 9, 11]


class _TextOption(_Named):
    type: Literal[3]
    autocomplete: bool | None = None
    min_length: Annotated[int, Field(ge=0, le=6000)] | None = None
    max_length: Annotated[int, Field(ge=1, le=6000)] | None = None
    choices: Annotated[list[_Suggestion], Field(max_length=25)] | None = None


class _NumberOption(_Named):
    type: Literal[4, 10]
    autocomplete: bool | None = None
    min_value: float | None = None
    max_value: float | None = None
    choices: Annotated[list[_Suggestion], Field(max_length=25)] | None = None


class _ChannelOption(_Named):
    type: Literal[7]
    channel_types: Annotated[list[ChannelType], Unlike] | None = None


class _Subcommand(_Named):
    type: Literal[1]
    options: (
        Annotated[
            list[Annotated[_PlainOption | _TextOption | _NumberOption | _ChannelOption, Field(discriminator="type")]],
            Field(max_length=25),
        ]
        | None
    ) = None


class _Group(_Named):
    type: Literal[2]
    options: Annotated[list[_Subcommand], Field(max_length=25)] | None = None


class _AnyCommand(_Body):
    id: SnowflakeText | None = None
    name_localizations: dict[str, str] | None = None
    description_localizations: dict[str, str] | None = None
    default_member_permissions: SnowflakeText | None = None
    dm_permission: bool | None = None
    nsfw: bool | None = None
    contexts: Annotated[list[Literal[0, 1, 2]], Field(min_length=1), Unlike] | None = None
    integration_types: Annotated[list[Literal[0, 1]], Field(min_length=1), Unlike] | None = None


class _SlashCommand(_AnyCommand):
    type: Literal[1]
    name: _Name
    description: _Described
    options: (
        Annotated[
            list[
                Annotated[
                    _Subcommand | _Group | _PlainOption | _TextOption | _NumberOption | _ChannelOption,
                    Field(discriminator="type"),
                ]
            ],
            Field(max_length=25),
        ]
        | None
    ) = None


class _MenuCommand(_AnyCommand):
    type: Literal[2, 3]
    name: Annotated[str, _text(32, 1)]
    description: Literal[""] | None = None
    options: Annotated[list[Any], Field(max_length=0)] | None = None


COMMANDS: TypeAdapter[Any] = TypeAdapter(
    Annotated[list[Annotated[_SlashCommand | _MenuCommand, Field(discriminator="type")]], Field(max_length=130)]
)


class _Where(_Body):
    location: Annotated[str, _text(100, 1)]


class EventBody(_Body):
    """The body of a request to create a scheduled event that is not in a voice channel."""

    name: Annotated[str, _text(100, 1)]
    description: Annotated[str, _text(1000)] | None = None
    scheduled_start_time: TimeText
    scheduled_end_time: TimeText
    privacy_level: Literal[2]
    entity_type: Literal[3]
    entity_metadata: _Where
    channel_id: None = None
    image: str | None = None
    recurrence_rule: dict[str, Any] | None = None


class EventChange(EventBody):
    """The body of a request to change a scheduled event."""

    name: Annotated[str, _text(100, 1)] | None = None  # type: ignore[assignment]  # an edit has only the fields that change
    scheduled_start_time: TimeText | None = None  # type: ignore[assignment]  # as above
    scheduled_end_time: TimeText | None = None  # type: ignore[assignment]  # as above
    privacy_level: Literal[2] | None = None  # type: ignore[assignment]  # as above
    entity_type: Literal[3] | None = None  # type: ignore[assignment]  # as above
    entity_metadata: _Where | None = None  # type: ignore[assignment]  # as above
    status: Literal[1, 2, 3, 4] | None = None


class ThreadBody(_Body):
    """The body of a request to start a thread."""

    name: Annotated[str, _text(100, 1)]
    auto_archive_duration: ArchiveMinutes | None = None
    rate_limit_per_user: Annotated[int, Field(ge=0, le=21_600)] | None = None
    type: Literal[10, 11, 12] | None = None
    invitable: bool | None = None


class ChannelChange(_Body):
    """The body of a request to change a channel or thread."""

    name: Annotated[str, _text(100, 1)] | None = None
    topic: Annotated[str, _text(1024)] | None = None
    rate_limit_per_user: Annotated[int, Field(ge=0, le=21_600)] | None = None
    archived: bool | None = None
    locked: bool | None = None
    invitable: bool | None = None
    auto_archive_duration: ArchiveMinutes | None = None


class OverwriteBody(_Body):
    """The body of a request to allow or deny permissions to a role or member in a channel."""

    type: Literal[0, 1]
    allow: SnowflakeText | None = None
    deny: SnowflakeText | None = None


class DirectBody(_Body):
    """The body of a request to open a direct channel with a person."""

    recipient_id: SnowflakeText
