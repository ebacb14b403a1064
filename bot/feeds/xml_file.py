"""Large XML files, plain or in a zip, read part by part in bounded memory; nothing outside the file is ever looked up."""

import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import BinaryIO, Generic, Self, TypeAlias, TypeVar, cast

from lxml.etree import Element, XMLPullParser, XMLSyntaxError, _Element

from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds.ballot import slug
from bot.feeds.reader import Reader, ReaderContext, plain, shortened
from bot.feeds.skeleton import Found, reader

MIB = 1024 * 1024


MOST_PACKED = 64 * MIB
"""Bytes of the largest zip that is opened."""


MOST = 256 * MIB
"""Bytes of the largest XML file that is read; a zip that unpacks to more is a bomb or a mistake."""


MOST_IN_PART, MOST_TAGS = 16 * MIB, 500_000
"""Bytes and tags that are in memory at once. A contest of 3,000 precincts, ten candidates and five vote types has
9 MB and 150,000 tags."""


_CHUNK = 256 * 1024


_ZIP = b"PK\x03\x04"


_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What zipfile raises at mangled, encrypted and cut-off files."""


class XmlFile:
    """An XML file, plain or the only one in a zip; it can be gone through more than once."""

    def __init__(self, stream: BinaryIO) -> None:
        """Look at `stream` from where it stands.

        Raises:
            BadInputError: it is too large, or a zip that can't be opened.

        """
        self._copy = None if _has_a_size(stream) else _copy(stream)
        self._stream = self._copy or stream
        self._start = self._stream.tell()
        begins = self._stream.read(len(_ZIP))
        self._zip: zipfile.ZipFile | None = None
        if begins == _ZIP:
            self._open_zip()
        else:
            self.size = self._stream.seek(0, 2) - self._start
        if self.size > MOST:
            raise BadInputError(f"is over {MOST // MIB} MiB of XML, too large to be read")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._copy is not None:
            self._copy.close()

    def chunks(self) -> Iterator[bytes]:
        """Yield the XML's bytes from the beginning.

        Raises:
            BadInputError: the zip can't be unpacked.

        """
        if self._zip is None:
            self._stream.seek(self._start)
            while chunk := self._stream.read(_CHUNK):
                yield chunk
            return
        try:
            # zipfile reads no more than the size that the zip gives, and then compares the checksum.
            with self._zip.open(self._member) as member:
                while chunk := member.read(_CHUNK):
                    yield chunk
        except _BAD_ZIP as error:
            raise BadInputError(f"is a zip that can't be unpacked ({_line(error)})") from None

    def _open_zip(self) -> None:
        if self._stream.seek(0, 2) - self._start > MOST_PACKED:
            raise BadInputError(f"is over {MOST_PACKED // MIB} MiB, too large for a zip")
        self._stream.seek(self._start)
        try:
            self._zip = zipfile.ZipFile(self._stream)
            members = [one for one in self._zip.infolist() if one.filename.casefold().endswith(".xml")]
        except _BAD_ZIP as error:
            raise BadInputError(f"is a zip that can't be opened ({_line(error)})") from None
        if len(members) != 1:
            raise BadInputError(f"should be a zip with one XML file in it, not {len(members)}")
        (self._member,) = members
        if self._member.compress_type not in _PACKINGS:
            raise BadInputError("is a zip packed in a way that no results site uses")
        self.size = self._member.file_size


MOST_AT_ONCE = 20 * MIB
"""Bytes of XML whose readings are held until the whole has been parsed; a larger file is gone through twice."""


MOST_CONTESTS = 20_000
"""More are a mistake: Georgia's longest ballot had 298."""


Said = TypeVar("Said")


_Outcome: TypeAlias = Reading | BadInputError | None
"""What became of a contest, which is read before the parser goes on: None of one without any choice."""


@dataclass(frozen=True, slots=True)
class XmlLayout(Generic[Said]):
    """Where a vendor's file has its contests."""

    tag: str
    """A contest's."""
    key: str
    """The attribute with a contest's own key."""
    name: str
    """The attribute with its name."""
    header: Callable[[_Element], Said]
    """Returns what stands before the contests, from the root; raises BadInputError where the file is not the vendor's."""
    read: Callable[[_Element, str, Said, ReaderContext], Reading | None]
    """As the skeleton's `read_contest`."""
    within: str | None = None
    """The child of the root that has the contests; None: they are its own children."""


def xml_reader(name: str, layout: XmlLayout[Said]) -> Reader:
    """Return the reader of the format called `name`, whose contests are read one by one while the parser goes on."""

    def find(stream: BinaryIO, context: ReaderContext) -> Iterator[Found[_Outcome]]:
        with XmlFile(stream) as file:
            if file.size <= MOST_AT_ONCE:
                yield from list(outcomes(file, context, None))
                return
            times = Counter(contest.get(layout.key) for _, contest in _contests(file, layout))
            yield from outcomes(file, context, {key for key, number in times.items() if number > 1})

    def outcomes(
        file: XmlFile, context: ReaderContext, repeated: Container[str | None] | None
    ) -> Iterator[Found[_Outcome]]:
        """Yield each contest as it is read; `repeated` are the keys that come more than once, where that is known."""
        for said, contest in _contests(file, layout):
            key = contest.get(layout.key)
            outcome: _Outcome
            try:
                outcome = layout.read(contest, slug(key or ""), said, context)
            except BadInputError as error:
                outcome = error
            words = outcome if repeated is None or key in repeated else None
            yield key, contest.get(layout.name), outcome, words if isinstance(words, Reading) else str(words)

    return reader(name, find, lambda outcome, _, __: outcome if isinstance(outcome, Reading) else None)


def _contests(file: XmlFile, layout: XmlLayout[Said]) -> Iterator[tuple[Said, _Element]]:
    """Yield each contest with the file's header.

    Raises:
        BadInputError: the file is not the vendor's, or can't be parsed, or says behind its contests what holds of all.

    """
    said = None
    for number, (root, contest) in enumerate(parts_of(file, layout.tag, layout.within)):
        if said is None:
            said = layout.header(root)
        if number > MOST_CONTESTS:
            raise BadInputError(f"has more than {MOST_CONTESTS} contests")
        if contest is not None:
            yield said, contest
        elif layout.header(root) not in (said, layout.header(Element(root.tag))):
            raise BadInputError("says behind its contests what should stand before them")


Part: TypeAlias = tuple[_Element, _Element | None]
"""(the root, with what stands before the child, a child of it); at the end the root with what is behind, and None."""


def parts_of(file: XmlFile, tag: str, within: str | None = None) -> Iterator[Part]:
    """Yield each child of the root that is called `tag`, once the next one begins; at the next step it is gone.

    `within`: not of the root, but of its children that are called so.

    Raises:
        BadInputError: the file is not well-formed XML, has a document type (entities are declared there), or
            has a part too large to be held.

    """
    parser = _parser(tag)
    whole: _Element | None = None
    size = tags = 0
    try:
        for chunk in file.chunks():
            size, tags = size + len(chunk), tags + chunk.count(b"<")
            parser.feed(chunk)
            if len(parser.feed_error_log):  # an unknown entity is noted there, and nothing raised
                raise BadInputError(f"is not XML: {_first(parser)}")
            for _, part in cast("Iterator[tuple[str, _Element]]", parser.read_events()):
                root = part.getparent()
                if within is not None and root is not None:
                    root = root.getparent() if root.tag == within else None
                if root is None or root.getparent() is not None:
                    continue
                _refuse_document_type(root)
                if whole is not None:
                    yield root, whole
                    _drop_up_to(whole)
                whole = part
                size = tags = 0
            _refuse_large(size, tags)
    except (XMLSyntaxError, LookupError) as error:
        raise BadInputError(f"is not XML: {_first(parser, error)}") from None
    root = _end(parser, file)
    _refuse_document_type(root)
    if whole is not None:
        yield root, whole
        _drop_up_to(whole)
    yield root, None


def _end(parser: XMLPullParser, file: XmlFile) -> _Element:
    """Return the root of what was parsed: an error at the very end means that something is missing there."""
    try:
        return parser.close()
    except XMLSyntaxError as error:
        begins = next(filter(None, map(bytes.strip, file.chunks())), b"")
        if not begins:
            raise BadInputError("is empty, not XML") from None
        cut_short = begins.startswith((b"<", b"\xef\xbb\xbf<", b"\xff\xfe", b"\xfe\xff"))
        what = "is cut short: the XML ends too early" if cut_short else "is not XML"
        raise BadInputError(f"{what}: {_first(parser, error)}") from None


def _first(parser: XMLPullParser, error: Exception | None = None) -> str:
    """Return what the parser complained of first, and where: later errors follow from it."""
    for entry in parser.feed_error_log:
        return plain(shortened(f"{' '.join(entry.message.split())}, line {entry.line}, column {entry.column}", 120))
    return _line(error) if error else "something in it is an error"


def _refuse_large(size: int, tags: int) -> None:
    if size > MOST_IN_PART or tags > MOST_TAGS:
        raise BadInputError(f"has a part of over {MOST_IN_PART // MIB} MiB or {MOST_TAGS} tags")


def _parser(tag: str) -> XMLPullParser:
    return XMLPullParser(
        events=("start",), tag=tag,
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_blank_text=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _drop_up_to(part: _Element) -> None:
    parent = cast("_Element", part.getparent())
    while (before := part.getprevious()) is not None:
        parent.remove(before)
    parent.remove(part)


def _refuse_document_type(element: _Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise BadInputError("has a document type, which no results file needs and which is not read")


def _line(error: Exception) -> str:
    return plain(shortened(" ".join(str(error).split()), 120)) or type(error).__name__


def _has_a_size(stream: BinaryIO) -> bool:
    """Return True of what can be gone back in and has an end: a device such as /dev/zero says of itself that it is empty."""
    if not stream.seekable():
        return False
    start = stream.tell()
    end = stream.seek(0, 2)
    stream.seek(start)
    return end > start


def _copy(stream: BinaryIO) -> BinaryIO:
    """Return a copy, on the disk, of a stream that can be read only once."""
    copy = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - the caller closes it
    while chunk := stream.read(_CHUNK):
        copy.write(chunk)
        if copy.tell() > MOST:
            copy.close()
            raise BadInputError(f"is over {MOST // MIB} MiB of XML, too large to be read")
    copy.seek(0)
    return copy
