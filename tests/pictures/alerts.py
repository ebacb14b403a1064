"""Writes docs/alerts.md from the Prometheus rules: what to do for each alert."""

import yaml

from bot.desk.toml_file import shipped
from tests.pictures.declared import DOCS, MADE, joined, table

PAGE = DOCS / "alerts.md"

_INTRO = f"`tallydesk service` writes the rules for Prometheus, `alerts.yaml`. {MADE} from `data/service/alerts.yaml`."


def page() -> str:
    (group,) = yaml.safe_load(shipped("service", "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    rows = [(f"`{rule['alert']}`", rule["annotations"]["description"]) for rule in group["rules"]]
    return joined(["# Alerts", _INTRO, table(("alert", "what to do"), rows)])
