"""Documents typeset by Typst from the templates in assets/reports. Data go in as JSON, never as markup."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst

__all__ = ["pdf", "png"]

TEMPLATES = Path(__file__).parents[1] / "assets" / "reports"
_ACCESSIBLE = "ua-1"
_UNPRINTABLE = ("Cc", "Cs", "Co", "Cn")
_BEFORE_SIGN = re.compile(r"(?<=\d) (?=[%×])")  # a line never breaks between a figure and its sign


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Fill a template; a tagged PDF/UA-1, or without the standard where no font has a character.

    Parameters
    ----------
    data : mapping
        JSON values; a number that is not finite counts as unknown.
    """
    import typst

    asked = json.dumps(_plain(data), ensure_ascii=False)
    for system_fonts, standards in ((False, [_ACCESSIBLE]), (True, [_ACCESSIBLE]), (True, [])):
        try:
            how = {"format": "pdf", "pdf_standards": standards}
            return _compiled(template, asked, system_fonts=system_fonts, **how)
        except typst.TypstError:
            if not standards:
                raise
    raise AssertionError("the last attempt returns or raises")


def png(template: str, data: Mapping[str, Any], *, ppi: float = 100.0) -> list[bytes]:
    """The pages as images, for looking at them."""
    asked = json.dumps(_plain(data), ensure_ascii=False)
    pages = _compiled(template, asked, system_fonts=True, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def _compiled(template: str, asked: str, *, system_fonts: bool, **how: Any) -> Any:
    import typst

    return typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=_fonts(system_fonts),
        sys_inputs={"data": asked},
        **how,
    )


@cache
def _fonts(system: bool) -> typst.Fonts:
    """The fonts of the app; those of the machine are looked for only where they are needed."""
    import typst

    return typst.Fonts(include_system_fonts=system, font_paths=[str(TEMPLATES / "fonts")])


def _plain(value: Any) -> Any:
    """JSON values: no NaN, and no control characters, which a PDF may not hold."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        clean = "".join(" " if unicodedata.category(c) in _UNPRINTABLE else c for c in value)
        return _BEFORE_SIGN.sub("\u00a0", clean)
    return value
