import json
from typing import Any

from bot.cli.schema import reading_schema
from tests.cli.conftest import Cli


def test_schema_is_printed(cli: Cli) -> None:
    outcome = cli("schema")
    assert (outcome.status, outcome.err) == (0, [])
    assert json.loads("\n".join(outcome.out)) == reading_schema()


def test_schema_is_of_the_json_form() -> None:
    schema = reading_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["source", "contest", "as_of", "votes"]
    assert schema["additionalProperties"] is False
    assert (schema["properties"]["as_of"]["type"], schema["properties"]["as_of"]["format"]) == ("string", "date-time")
    pair = schema["$defs"]["Reporting"]["properties"]["precincts"]["anyOf"][0]
    assert (pair["type"], pair["minItems"], pair["maxItems"]) == ("array", 2, 2)


def test_every_field_is_described() -> None:
    schema = reading_schema()
    parts: list[dict[str, Any]] = [schema, *schema["$defs"].values()]
    for part in parts:
        assert part["description"]
        assert all(field["description"] for field in part["properties"].values())
