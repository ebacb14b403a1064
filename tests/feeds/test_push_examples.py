"""Runs the examples in docs/push.md as they are printed."""

import asyncio
import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.feeds.pushing import COUNTY, pushing

GUIDE = (Path(__file__).parents[2] / "docs" / "push.md").read_text(encoding="utf-8")


def example(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(found).replace('"floyd"', '"county"').replace('"floyd-2020-president"', '"5000"')


@pytest.mark.parametrize("language", ["python", "sh"])
async def test_an_example_pushes_a_reading(tmp_path: Path, language: str) -> None:
    if language == "sh" and not all(map(shutil.which, ("curl", "openssl", "od"))):
        pytest.skip("curl, openssl or od is not on this machine")
    async with pushing(tmp_path) as sender:
        script = example(language).replace(":8087/", f":{sender.port}/")
        program = [sys.executable, "-c"] if language == "python" else ["sh", "-euc"]
        environment = os.environ | {"FLOYD_PUSH_SECRET": COUNTY, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        process = await asyncio.create_subprocess_exec(
            *program, script, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")
        assert json.loads(out)["taken"] == 1
        assert await sender.newsroom.count("readings") == 1
