"""The steps from a results page to a running bot. `run` prints the steps, and `check` lists the missing ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.cli.invite import invitation
from bot.desk.settings import ENV_FILE, Settings

PORTAL = "https://discord.com/developers/applications"
PRIVATE = "under Installation set Install Link to None, Save Changes; under Bot switch Public Bot off, Save Changes"
"""How to make an application private. Discord allows this only for an application without an install link."""


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One step of the setup, with its instructions and whether it is done."""

    number: int
    name: str
    """A short name, such as "application"."""
    what: str
    """What to do, and where to click."""
    done: bool

    @property
    def title(self) -> str:
        """The label, such as "step 2, application"."""
        return f"step {self.number}, {self.name}"

    def with_instructions(self, what: str) -> "FirstStep":
        """Return a copy of the step that is not done and has the instructions `what`."""
        return replace(self, what=what, done=False)


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """The steps of the setup, in order. A step's `done` is based on the settings and files, without asking Discord."""

    desk_file: FirstStep
    application: FirstStep
    invitation: FirstStep
    server: FirstStep

    def __iter__(self) -> Iterator[FirstStep]:
        """Yield the steps in order."""
        return iter((self.desk_file, self.application, self.invitation, self.server))


def first_steps(settings: Settings) -> FirstSteps:
    """Return the steps. The settings and files show which steps are done."""
    has_token = settings.token is not None
    has_servers = settings.servers is not None
    address = invitation(None) or "the address that `tallydesk invite` prints once the token is there"
    return FirstSteps(
        desk_file=FirstStep(
            number=1,
            name="desk file",
            what=f"give `tallydesk new` the address of a results page, and it writes {settings.desk}; `tallydesk new --state GA` says where a state publishes",
            done=settings.desk.exists(),
        ),
        application=FirstStep(
            number=2,
            name="application",
            what=f"open {PORTAL}, New Application, give it a name, Create; {PRIVATE}, then Reset Token, Copy, and put "
            f"TALLYDESK_TOKEN=the token into the file {ENV_FILE} in this folder. It needs no privileged intents",
            done=has_token,
        ),
        invitation=FirstStep(
            number=3,
            name="invitation",
            what=f"open {address}, choose your server, Authorize",
            done=has_token and has_servers,  # the id of a server is known only once the bot was invited
        ),
        server=FirstStep(
            number=4,
            name="server",
            what=f"once the bot is invited, `tallydesk check` prints the line TALLYDESK_SERVERS=its id; put it into {ENV_FILE}",
            done=has_servers,
        ),
    )


def step_lines(steps: FirstSteps) -> Sequence[str]:
    """Return a numbered line for each step. Finished steps and the next step are marked."""
    following = next((step.number for step in steps if not step.done), 0)
    return [
        f"{'done' if step.done else 'next' if step.number == following else '':4}  {step.number} {step.name}: {step.what}"
        for step in steps
    ]
