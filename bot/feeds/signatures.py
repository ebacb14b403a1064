"""Whose push is it? Signatures by the Standard Webhooks convention (https://www.standardwebhooks.com, read Nov. 2026)."""

import base64
import re
import time
from collections.abc import Callable, Iterable, Mapping

from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from bot.desk.desk_file import Source
from bot.desk.settings import secret
from bot.errors import BadInputError

TOLERANCE = 300
"""Seconds by which a push's time may differ from this machine's: the library's own limit, looked at here before the
body is read."""


ID, TIME, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


LEAST_SECRET, MOST_SECRET = 24, 64
"""Bytes, by the convention."""

_PREFIX = "whsec_"


_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""No full stop: it parts the id from the time in what is signed."""


_TIME = re.compile(r"[0-9]{1,12}")


_SIGNATURES = re.compile(r"v[0-9a-z]{1,4},[A-Za-z0-9+/=]{1,200}(?: v[0-9a-z]{1,4},[A-Za-z0-9+/=]{1,200}){0,9}")


def checked(secret: SecretStr, variable: str) -> Webhook:
    """Return what checks signatures made with a secret.

    Raises:
        BadInputError: it is no secret by the convention; the error names the variable and never the secret.

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


def secrets_of(sources: Iterable[Source]) -> tuple[dict[str, Webhook], dict[str, str]]:
    """Return what checks the signatures of each source that pushes, by id, and why some of them can't push, by id."""
    found: dict[str, Webhook] = {}
    without: dict[str, str] = {}
    of: dict[str, str] = {}
    for source in sources:
        if source.secret_env is None:
            continue
        try:
            found[source.id] = _secret_of(source.id, source.secret_env, of)
        except BadInputError as error:
            without[source.id] = str(error)
    return found, without


def _secret_of(source: str, variable: str, of: dict[str, str]) -> Webhook:
    """Return what checks a source's signatures; `of` is whose each secret is that was seen before."""
    held = secret(variable)
    if held is None:
        raise BadInputError(f"{variable} is not set: put its secret into the environment or into .env")
    if (other := of.setdefault(held.get_secret_value(), source)) != source:
        raise BadInputError(f"it has the same secret as {other}, so nobody could tell them apart: make it another")
    return checked(held, variable)


class Secrets:
    """Tells by a push's signature which source it comes from."""

    def __init__(self, secrets: Mapping[str, Webhook], wall: Callable[[], float] = time.time) -> None:
        """Know each source's secret; `wall` is the wall clock, in seconds."""
        self._secrets = dict(secrets)
        self._wall = wall

    def presentable(self, headers: Mapping[str, str]) -> str | None:
        """Return what is wrong with the signature's headers alone, without the body, or None."""
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
        """Return the source whose secret signed a push, or None.

        Every secret is tried, whichever fits, and each comparison takes the same time (the library's).
        """
        found = None
        for source, webhook in self._secrets.items():
            try:
                webhook.verify(body, {name: headers.get(name, "") for name in (ID, TIME, SIGNATURE)}, json_parse=False)
            except (WebhookVerificationError, ValueError):  # the second: a body that is no UTF-8, or broken base64
                continue
            found = source
        return found
