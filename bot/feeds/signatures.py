"""Verifies which source signed a push, by the Standard Webhooks convention (https://www.standardwebhooks.com, read Nov. 2026)."""

import base64
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

import structlog
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from bot.desk.desk_file import Source
from bot.desk.settings import env_file_stamp, secret
from bot.errors import BadInputError

TOLERANCE = 300
"""Seconds by which a push's time may differ from this machine's. The library has the same limit; it is checked here before
the body is read."""

ID, TIME, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

LEAST_SECRET, MOST_SECRET = 24, 64
"""The fewest and the most bytes of a secret, by the convention."""

MOST_SECRETS = 2
"""How many secrets a source may have at the same time, separated by commas: the new and the old one, while senders
change over.
"""

_PREFIX = "whsec_"

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""A full stop is not allowed: it separates the id from the time in the text that is signed."""

_TIME = re.compile(r"[0-9]{1,12}")

_SIGNATURES = re.compile(r"v[0-9a-z]{1,4},[A-Za-z0-9+/=]{1,200}(?: v[0-9a-z]{1,4},[A-Za-z0-9+/=]{1,200}){0,9}")

log = structlog.get_logger()


def webhook_of(secret: SecretStr, variable: str) -> Webhook:
    """Return the verifier of signatures made with a secret.

    Raises:
        BadInputError: the secret does not follow the convention of Standard Webhooks. The error names the variable
            and never shows the secret.
    """
    try:
        key = base64.b64decode(secret.get_secret_value().removeprefix(_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not secret.get_secret_value().startswith(_PREFIX) or not LEAST_SECRET <= len(key) <= MOST_SECRET:
        raise BadInputError(
            f"{variable} is no secret for pushes: it should be {_PREFIX} and then {LEAST_SECRET} to {MOST_SECRET} random "
            'bytes in base64; `echo "whsec_$(openssl rand -base64 32)"` makes one'
        )
    return Webhook(key)


def secrets_of(sources: Iterable[Source]) -> tuple[dict[str, tuple[Webhook, ...]], dict[str, str]]:
    """Return the verifiers of signatures of each source that can push, and the reason for each source that can't.

    Both mappings are by the source's id.
    """
    found: dict[str, tuple[Webhook, ...]] = {}
    problems: dict[str, str] = {}
    of: dict[str, str] = {}
    for source in sources:
        if source.secret_env is None:
            continue
        try:
            found[source.id] = _secrets_of(source.id, source.secret_env, of)
        except BadInputError as error:
            problems[source.id] = str(error)
    return found, problems


def _secrets_of(source: str, variable: str, of: dict[str, str]) -> tuple[Webhook, ...]:
    """Return the verifiers of a source's signatures. `of` maps each secret so far to its source, and is updated."""
    value = secret(variable)
    if value is None:
        raise BadInputError(f"{variable} is not set: put its secret into the environment or into .env")
    secrets = [SecretStr(text) for text in value.get_secret_value().split(",")]
    if len(secrets) > MOST_SECRETS:
        raise BadInputError(f"{variable} has {len(secrets)} secrets: there can be two, the new and the old one")
    for one in secrets:
        if (other := of.setdefault(one.get_secret_value(), source)) != source:
            raise BadInputError(f"it has the same secret as {other}, so nobody could tell them apart: make it another")
    return tuple(webhook_of(one, variable) for one in secrets)


class Secrets:
    """The secrets by which the sender of a push is recognized. A change of `.env` takes effect at the next push."""

    def __init__(self, sources: Sequence[Source], wall: Callable[[], float] = time.time) -> None:
        """Create the collection of secrets, and read those of `sources`.

        `wall` returns this machine's time, in seconds since 1970.
        """
        self._sources = sources
        self._wall = wall
        self._read_at = env_file_stamp()
        self._secrets, problems = secrets_of(sources)
        for source, why in problems.items():
            log.error("a source can't push", source=source, why=why)

    def _reload(self) -> None:
        """Read the secrets again if `.env` has changed. If a source's new secret is not valid, the old one remains."""
        if (changed := env_file_stamp()) == self._read_at:
            return
        self._read_at = changed
        found, problems = secrets_of(self._sources)
        for source, why in problems.items():
            log.error("a source's changed secret can't be used; it keeps the one it had", source=source, why=why)
            if source in self._secrets:
                found[source] = self._secrets[source]
        self._secrets = found
        log.info("the secrets of sources that push were read again", sources=len(found))

    def header_problem(self, headers: Mapping[str, str]) -> str | None:
        """Return an error about the signature's headers; None if they are valid. The body is not needed for this."""
        if not _ID.fullmatch(headers.get(ID, "")):
            return f"{ID} should be 1 to 128 letters, digits, - and _"
        if not _TIME.fullmatch(headers.get(TIME, "")):
            return f"{TIME} should be whole seconds since 1970"
        if abs(ahead := int(headers[TIME]) - round(self._wall())) > TOLERANCE:
            return f"its time is {abs(ahead)} seconds {'ahead' if ahead > 0 else 'ago'}: one of the two clocks is wrong"
        if not _SIGNATURES.fullmatch(headers.get(SIGNATURE, "")):
            return f"{SIGNATURE} should be v1, a comma and a signature in base64"
        return None

    def sender(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """Return the id of the source whose secret signed a push, or None.

        All secrets are tried, even after one fits, so that the time this takes reveals nothing about the secrets.
        """
        self._reload()
        found = None
        for source, webhook in [(source, webhook) for source, both in self._secrets.items() for webhook in both]:
            try:
                webhook.verify(body, {name: headers.get(name, "") for name in (ID, TIME, SIGNATURE)}, json_parse=False)
            except (WebhookVerificationError, ValueError):  # ValueError: a body that is not UTF-8, or broken base64
                continue
            found = source
        return found
