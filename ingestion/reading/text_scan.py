"""One pass over the bytes of a text file: its encoding, digest and quotes, and whether it is text at all."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

from ingestion.errors import UnreadableFile
from ingestion.reading.sources import Content

__all__ = ["TextFacts", "declared_encoding", "decode_head", "refuse_open_quote", "scan_text"]

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UTF32_BOMS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UNDEFINED_IN_CP1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
_CONTROL_BYTES = bytes(sorted({*range(32), 127} - {9, 10, 12, 13}))


@dataclass(frozen=True)
class TextFacts:
    """What one pass over a text file shows; `quotes` counts the quotation marks."""

    encoding: str
    sha256: str
    quotes: int
    notes: tuple[str, ...] = ()


def declared_encoding(head: bytes, name: str) -> str | None:
    """The encoding that a byte order mark or the zeros of UTF-16 show; None for all others."""
    if head.startswith(_UTF32_BOMS):
        raise UnreadableFile(f"{name} is UTF-32 text, which is not read here: save it as UTF-8.")
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    sample = head[: len(head) // 2 * 2]
    if sample:
        pairs = len(sample) // 2
        first, second = sample[::2].count(0), sample[1::2].count(0)
        if second > 0.6 * pairs and first < 0.05 * pairs:
            return "utf-16-le"
        if first > 0.6 * pairs and second < 0.05 * pairs:
            return "utf-16-be"
    return None


def decode_head(head: bytes, name: str) -> str:
    """The beginning of the file as text, before the full pass has confirmed its encoding."""
    encoding = declared_encoding(head, name)
    if encoding is None:
        if b"\0" in head:
            raise _not_text(name)
        if len(head.translate(None, _CONTROL_BYTES)) < 0.99 * len(head):
            raise _not_text(name)
        encoding = "utf-8"
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeError:
        if encoding != "utf-8":
            raise _broken(name, encoding) from None
        return head.decode("cp1252", errors="replace")


def _not_text(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name} is not text but binary content: upload a CSV, Excel (.xlsx) or Parquet file."
    )


def _broken(name: str, encoding: str) -> UnreadableFile:
    shown = encoding.upper().removesuffix("-SIG")
    return UnreadableFile(f"{name} says that it is {shown} but parts of it are not: save it as UTF-8.")


def scan_text(content: Content) -> TextFacts:
    """Read the whole file once and decide its encoding.

    Raises
    ------
    UnreadableFile
        For NUL bytes, for text that breaks its declared encoding, and for UTF-8 mixed with another encoding.
    """
    encoding = declared_encoding(content.head(1 << 16), content.name)
    if encoding in {"utf-16", "utf-16-le", "utf-16-be"}:
        return _scan_utf16(content, encoding)
    digest, quotes = hashlib.sha256(), 0
    utf8 = _Utf8Check()
    cp1252 = True
    for at, block in enumerate(content.blocks()):
        digest.update(block)
        quotes += block.count(b'"')
        if b"\0" in block:
            position = at * (1 << 20) + block.index(b"\0") + 1
            raise UnreadableFile(
                f"{content.name} holds a NUL byte (byte {position:,}), so it is damaged: export it again."
            )
        if utf8.feed(block):
            cp1252 = cp1252 and not any(byte in block for byte in _UNDEFINED_IN_CP1252)
    if utf8.finish():
        return TextFacts("utf-8", digest.hexdigest(), quotes)
    if encoding == "utf-8-sig":
        raise _broken(content.name, encoding)
    if utf8.multibyte_seen:
        raise UnreadableFile(
            f"{content.name} mixes UTF-8 with another encoding (near byte {utf8.broken_near:,}),"
            " so its letters cannot be trusted: save it as UTF-8."
        )
    codec, shown = ("cp1252", "Latin-1 (Windows-1252)") if cp1252 else ("latin-1", "Latin-1")
    note = f"Read as {shown}, because it is not UTF-8: check that letters such as é and ü look right."
    return TextFacts(codec, digest.hexdigest(), quotes, (note,))


class _Utf8Check:
    """Whether a stream of blocks is UTF-8; ASCII blocks cost almost nothing."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._valid = True
        self._read = 0
        self.multibyte_seen = False
        self.broken_near = 0

    def feed(self, block: bytes) -> bool:
        """Take a block; returns whether it holds bytes beyond ASCII."""
        ascii_only = block.isascii()
        if self._valid and (not ascii_only or self._decoder.getstate()[0]):
            try:
                self._decoder.decode(block)
                self.multibyte_seen = self.multibyte_seen or not ascii_only
            except UnicodeDecodeError as problem:
                self._break(problem.start)
                self.multibyte_seen = self.multibyte_seen or not block[: problem.start].isascii()
        self._read += len(block)
        return not ascii_only

    def _break(self, offset: int) -> None:
        self._valid = False
        self.broken_near = self._read + offset + 1

    def finish(self) -> bool:
        if self._valid:
            try:
                self._decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self._break(0)
        return self._valid


def _scan_utf16(content: Content, encoding: str) -> TextFacts:
    digest, quotes = hashlib.sha256(), 0
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in content.blocks():
            digest.update(block)
            text = decoder.decode(block)
            quotes += text.count('"')
            if "\0" in text:
                raise UnreadableFile(
                    f"{content.name} holds NUL characters, so it is damaged: export it again."
                )
        decoder.decode(b"", final=True)
    except UnicodeError:
        raise _broken(content.name, encoding) from None
    return TextFacts(encoding, digest.hexdigest(), quotes, ("Read as UTF-16.",))


def refuse_open_quote(content: Content, encoding: str, delimiter: str) -> None:
    """Look for a quote that is never closed; called where the quotes of a file do not pair up.

    Raises
    ------
    UnreadableFile
        Naming the row in which the quote stands. Inch marks inside plain text (5" pipe) are no quotes.
    """
    row = 0
    with content.open() as stream, io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        try:
            for row, _ in enumerate(_records(text, delimiter), start=1):  # noqa: B007
                pass
        except csv.Error as problem:
            raise UnreadableFile(
                f"{content.name} has a quotation mark in row {row + 1:,} that is never closed or not doubled:"
                " correct that row, or export the file again."
            ) from problem


def _records(text: io.TextIOWrapper, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(text, delimiter=delimiter, strict=True)
