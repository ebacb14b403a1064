"""Makes files in the shapes of a Clarity site."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

TIMESTAMP = "11/20/2020 3:37:06 PM EST"
Cells = Mapping[str, object]
"""Unit → votes."""
Types = Mapping[str, Cells]
"""Vote type → cells."""


def detail(
    *contests: str,
    timestamp: str | None = TIMESTAMP,
    name: str = "General Election",
    region: str = "GA",
    root: str = "ElectionResult",
) -> bytes:
    """Return a `detail.xml` with these contests."""
    stamp = "" if timestamp is None else f"    <Timestamp>{timestamp}</Timestamp>\n"
    return (
        f'<?xml version="1.0"?>\n<!--Election result snapshot\n-->\n<{root}>\n{stamp}'
        f"    <ElectionName>{name}</ElectionName>\n    <ElectionDate>11/3/2020</ElectionDate>\n"
        f"    <Region>{region}</Region>\n" + "".join(contests) + f"</{root}>"
    ).encode()


def contest(
    *inside: str,
    key: object = "7000",
    text: str = "Keeper of the Lamp",
    counties: Mapping[str, tuple[object, object]] | None = None,
    **attributes: object,
) -> str:
    """Return a `Contest` element. `counties` gives (reported, total) for each county."""
    listed = "".join(
        tag("County", name=name, precinctsParticipating=of, precinctsReported=done, precinctsReportingPercent="50.00")
        for name, (done, of) in (counties or {}).items()
    )
    named = {"key": key, "text": text, "voteFor": 1, "isQuestion": "false"} | attributes
    around = tag("ParticipatingCounties", listed) if counties else ""
    return "    " + tag("Contest", around, *inside, **named)


def choice(
    text: object,
    total: object,
    types: Types | None = None,
    *,
    key: object = "1",
    party: object = "NP",
    unit: str = "County",
) -> str:
    """Return a `Choice` element with the votes by type and unit."""
    blocks = [block(name, cells, unit=unit) for name, cells in (types or {}).items()]
    return tag("Choice", *blocks, key=key, text=text, party=party, totalVotes=total)


def block(name: object, cells: Cells, votes: object = None, unit: str = "County") -> str:
    """Return a `VoteType` element. By default, its votes are the sum of the cells."""
    total = sum(int(str(cell)) for cell in cells.values()) if votes is None else votes
    return tag("VoteType", *[tag(unit, name=name, votes=cell) for name, cell in cells.items()], name=name, votes=total)


def tag(name: str, /, *inside: str, **attributes: object) -> str:
    """Return an XML element. Attributes that are None are omitted."""
    said = "".join(f" {key}={quoteattr(str(value))}" for key, value in attributes.items() if value is not None)
    return f"<{name}{said}>\n{''.join(inside)}</{name}>\n" if inside else f"<{name}{said} />\n"


def zipped(*files: tuple[str, bytes], packing: int | None = None) -> bytes:
    """Return a zip file with these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED if packing is None else packing) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return target.getvalue()


def settings(*counties: object, **details: object) -> bytes:
    """Return an `electionsettings.json` that lists these counties."""
    inside = {"istestmode": False, "participatingcounties": list(counties)} | details
    return json.dumps({"settings": {"electiondetails": inside}, "websiteupdatedat": TIMESTAMP}).encode()


def by_unit(names: Sequence[str], votes: Sequence[object]) -> Cells:
    """Return cells: each name with its votes."""
    return dict(zip(names, votes, strict=True))
