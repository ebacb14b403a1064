"""The steps from Discord's developer portal to a bot that runs, each with what to click, and which of them is next."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cli.invite import invitation
from bot.desk.settings import ENV_FILE, Settings

PORTAL = "https://discord.com/developers/applications"
PRIVATE = (
    "in the developer portal set Installation, Install Link, to None, and under Bot switch Public Bot off; save both"
)
"""Discord lets an application be private only where it has no install link of its own."""


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A step."""

    what: str
    done: bool


def first_steps(settings: Settings) -> Sequence[FirstStep]:
    """Return the steps in their order, with those done that can be told without asking Discord."""
    token, servers = settings.token is not None, settings.servers is not None
    address = invitation(None)
    return (
        FirstStep(
            f"desk file: `tallydesk new` with a results page's address writes {settings.desk}; "
            "`tallydesk new --state GA` says where yours is",
            settings.desk.exists(),
        ),
        FirstStep(
            f"application: open {PORTAL}, New Application, give it a name, Create. Under Installation set Install Link to "
            "None, Save Changes; under Bot switch Public Bot off, Save Changes. It needs no privileged intents",
            token,
        ),
        FirstStep(
            f"token: under Bot, Reset Token, Copy; put TALLYDESK_TOKEN=the token into {ENV_FILE} in this folder", token
        ),
        FirstStep(
            f"invitation: open {address or 'the address that tallydesk invite prints once the token is there'}, choose "
            "your server, Authorize",
            token and servers,
        ),
        FirstStep(
            f"server: `tallydesk check` prints the line TALLYDESK_SERVERS=its id; put it into {ENV_FILE} too", servers
        ),
    )


def step_lines(steps: Sequence[FirstStep]) -> list[str]:
    """Return the steps numbered, a line each; what is done is marked, and so is the next."""
    following = next((number for number, step in enumerate(steps, 1) if not step.done), 0)
    return [
        f"{'done' if step.done else 'next' if number == following else '':4}  {number} {step.what}"
        for number, step in enumerate(steps, 1)
    ]
