"""Reads XML files, plain or zipped, contest by contest while parsing, to save memory. Entities and the network are off."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO, Generic, TypeAlias, TypeVar, cast

from lxml.etree import Element, ErrorTypes, XMLSyntaxError, _Element, iterparse, tostring

from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds.ballot import slug
from bot.feeds.reader import Reader, ReaderContext, plain, shortened
from bot.feeds.skeleton import FeedContest, reader

_ZIP = b"PK\x03\x04"

_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""The exceptions of zipfile for damaged, encrypted and truncated files."""

_TOO_SHORT = frozenset(
    {
        ErrorTypes.ERR_TAG_NOT_FINISHED,
        ErrorTypes.ERR_GT_REQUIRED,
        ErrorTypes.ERR_LTSLASH_REQUIRED,
        ErrorTypes.ERR_ATTRIBUTE_NOT_FINISHED,
        ErrorTypes.ERR_COMMENT_NOT_FINISHED,
    }
)
"""The parser's errors for a file that is cut short."""

Header = TypeVar("Header")

_ReadingOrError: TypeAlias = Reading | BadInputError | None
"""The result of reading a contest; None for one without choices."""


@dataclass(frozen=True, slots=True)
class XmlLayout(Generic[Header]):
    """The structure of a vendor's file: the element of a contest, and the function that reads a contest."""

    tag: str
    """The tag of a contest's element."""
    key: str
    """The attribute with the contest's key."""
    name: str
    """The attribute with the contest's name."""
    header: Callable[[_Element], Header]
    """Returns the contents of the elements before the contests, given the root. Raises BadInputError if the file
    isn't the vendor's.
    """
    read: Callable[[_Element, str, Header, ReaderContext], Reading | None]
    """Reads a contest: (element, key, header, context). As `read_contest` in `skeleton.py`."""
    within: str | None = None
    """The child of the root that contains the contests; None if the root itself contains them."""


def xml_reader(name: str, layout: XmlLayout[Header]) -> Reader:
    """Return the reader of the format called `name`. It reads contests one by one while parsing."""

    def find(stream: BinaryIO, context: ReaderContext) -> Iterator[FeedContest[_ReadingOrError]]:
        for header, contest in _contests(stream, layout):
            key = contest.get(layout.key)
            outcome: _ReadingOrError
            try:
                outcome = layout.read(contest, slug(key or ""), header, context)
            except BadInputError as error:
                outcome = error
            content = hash(
                tostring(contest, with_tail=False)
            )  # a hash, since keeping all contents would keep the whole file
            yield key, contest.get(layout.name), outcome, content

    return reader(name, find, lambda outcome, _, __: outcome if isinstance(outcome, Reading) else None)


def _contests(stream: BinaryIO, layout: XmlLayout[Header]) -> Iterator[tuple[Header, _Element]]:
    """Yield the file's header with each contest. A contest's element is cleared when the next one is requested.

    Raises:
        BadInputError: the file is not the vendor's, is not well-formed XML, has a document type (which could
            declare entities), or has header elements after the contests.

    """
    header = None
    with closing(_unzipped(stream)) as file:
        parser = iterparse(
            file,
            tag=layout.tag,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_blank_text=True,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for _, contest in cast("Iterator[tuple[str, _Element]]", parser):
                root = contest.getroottree().getroot()
                _refuse_entities(root, parser)
                parent = root if layout.within is None else root.find(layout.within)
                if parent is None or contest.getparent() is not parent:
                    continue
                header = header or layout.header(root)
                yield header, contest
                contest.clear()
                while (before := contest.getprevious()) is not None and before.tag == layout.tag:
                    parent.remove(before)
        except XMLSyntaxError as error:
            raise _not_xml(parser, error) from None
        except _BAD_ZIP as error:
            raise BadInputError(f"is a zip that can't be unpacked ({_line(error)})") from None
    _refuse_entities(parser.root, parser)
    if layout.header(parser.root) not in (header, layout.header(Element(parser.root.tag))) and header is not None:
        raise BadInputError("says behind its contests what should stand before them")


def _refuse_entities(root: _Element, parser: "iterparse[tuple[str, _Element]]") -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadInputError("has a document type, which no results file needs and which is not read")
    if len(parser.error_log):  # an unknown entity is noted there, and nothing raised
        raise _not_xml(parser, None)


def _not_xml(parser: "iterparse[tuple[str, _Element]]", error: XMLSyntaxError | None) -> Exception:
    """Return an error with the parser's first complaint and its place.

    Later complaints usually follow from the first.
    """
    for entry in parser.error_log:
        if entry.type == ErrorTypes.ERR_NO_MEMORY:
            return MemoryError()
        what = f"{' '.join(entry.message.split())}, line {entry.line}, column {entry.column}"
        is_short = entry.type in _TOO_SHORT
        return BadInputError(f"{'is cut short' if is_short else 'is not XML'}: {plain(shortened(what, 120))}")
    return BadInputError(f"is empty, not XML ({error})")


def _unzipped(stream: BinaryIO) -> BinaryIO:
    """Return a stream of the XML. A zip is unpacked.

    Raises:
        BadInputError: the zip can't be opened, or does not contain exactly one XML file.

    """
    data = stream.read()
    if not data or data.isspace():
        raise BadInputError("is empty, not XML")
    if not data.startswith(_ZIP):
        return io.BytesIO(data)
    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
        members = [one for one in packed.infolist() if one.filename.casefold().endswith(".xml")]
        if len(members) != 1:
            raise BadInputError(f"should be a zip with one XML file in it, not {len(members)}")
        return cast("BinaryIO", packed.open(members[0]))
    except _BAD_ZIP as error:
        raise BadInputError(f"is a zip that can't be opened ({_line(error)})") from None


def _line(error: Exception) -> str:
    return plain(shortened(" ".join(str(error).split()), 120)) or type(error).__name__
