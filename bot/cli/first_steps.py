"""The steps from a results page to a bot that runs, each with what to click: `run` prints them, `check` names what is not done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.cli.invite import invitation
from bot.desk.settings import ENV_FILE, Settings

PORTAL = "https://discord.com/developers/applications"
PRIVATE = "under Installation set Install Link to None, Save Changes; under Bot switch Public Bot off, Save Changes"
"""Discord lets an application be private only where it has no install link of its own."""


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A step."""

    number: int
    name: str
    """What it makes: application."""
    what: str
    """What to do."""
    done: bool

    @property
    def title(self) -> str:
        """What `check` calls it: step 2, application."""
        return f"step {self.number}, {self.name}"

    def saying(self, what: str) -> "FirstStep":
        """Return the step with something more exact to do."""
        return replace(self, what=what, done=False)


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """All of them, in their order; `done` as far as that can be told without asking Discord."""

    desk_file: FirstStep
    application: FirstStep
    invitation: FirstStep
    server: FirstStep

    def __iter__(self) -> Iterator[FirstStep]:
        """Go through them."""
        return iter((self.desk_file, self.application, self.invitation, self.server))


def first_steps(settings: Settings) -> FirstSteps:
    """Return the steps, as the settings have them."""
    token, servers = settings.token is not None, settings.servers is not None
    address = invitation(None) or "the address that `tallydesk invite` prints once the token is there"
    return FirstSteps(
        FirstStep(
            1,
            "desk file",
            f"`tallydesk new` with a results page's address writes {settings.desk}; `tallydesk new --state GA` says where yours is",
            settings.desk.exists(),
        ),
        FirstStep(
            2,
            "application",
            f"open {PORTAL}, New Application, give it a name, Create; {PRIVATE}, then Reset Token, Copy, and put "
            f"TALLYDESK_TOKEN=the token into the file {ENV_FILE} in this folder. It needs no privileged intents",
            token,
        ),
        FirstStep(3, "invitation", f"open {address}, choose your server, Authorize", token and servers),
        FirstStep(
            4,
            "server",
            f"`tallydesk check` prints the line TALLYDESK_SERVERS=its id once the bot is invited; put it into {ENV_FILE} too",
            servers,
        ),
    )


def step_lines(steps: FirstSteps) -> Sequence[str]:
    """Return the steps numbered, a line each; what is done is marked, and so is the next."""
    following = next((step.number for step in steps if not step.done), 0)
    return [
        f"{'done' if step.done else 'next' if step.number == following else '':4}  {step.number} {step.name}: {step.what}"
        for step in steps
    ]
