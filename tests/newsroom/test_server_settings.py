"""Tests a server's settings as a file. Invalid files are refused in one line, and the digest depends only on the
settings.
"""

import json

import pytest

from bot.errors import BadInputError
from bot.newsroom.server_settings import LARGEST, ServerSettings, read_settings

NONE = "that is no settings file of Tallydesk"


def file(**settings: object) -> bytes:
    return json.dumps({"tallydesk_settings": 1} | settings).encode()


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"", NONE),
        (b"\x89PNG\x00", NONE),
        (b"[]", NONE),
        (b"[" * 100_000, NONE),
        (file(tallydesk_settings=2), NONE),
        (file(desk_role="@everyone"), NONE),
        (file(surprise=1), NONE),
        (file(reminders={"rally": [0]}), NONE),
        (b" " * (LARGEST + 1), "the file has 262,145 bytes"),
    ],
    ids=range(9),
)
def test_what_is_no_settings_file_is_refused_in_one_line(body: bytes, refusal: str) -> None:
    with pytest.raises(BadInputError, match=f"^{refusal}") as refused:
        read_settings(body)
    assert "\n" not in str(refused.value)


def test_lead_times_are_in_the_file_in_any_order() -> None:
    assert read_settings(file(reminders={"rally": [30, 60, 60]})) == read_settings(file(reminders={"rally": [60, 30]}))


def test_the_digest_is_the_settings_alone() -> None:
    assert ServerSettings(desk_role=5).digest == ServerSettings(desk_role=5).digest != ServerSettings().digest
