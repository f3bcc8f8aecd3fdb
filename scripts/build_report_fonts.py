"""Static fonts for documents, cut out of the variable font that the screen uses.

    python scripts/build_report_fonts.py        # needs fonttools; writes assets/reports/fonts

The typesetter of the PDFs reads TrueType files of one weight each, not a variable WOFF2.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa

ASSETS = Path(__file__).parents[1] / "assets"
SOURCE = ASSETS / "fonts" / "inter-latin.woff2"
WEIGHTS = {"Regular": 400, "SemiBold": 600}
_LARGEST = 16 * 1024**2


def _decompress(packed: bytes) -> bytes:
    """Arrow brings the decompressor that fonttools asks another package for."""
    return pa.CompressedInputStream(pa.BufferReader(packed), "brotli").read(_LARGEST)


def main() -> None:
    sys.modules.setdefault("brotli", SimpleNamespace(decompress=_decompress, error=OSError))  # type: ignore[arg-type]
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    target = ASSETS / "reports" / "fonts"
    target.mkdir(parents=True, exist_ok=True)
    for name, weight in WEIGHTS.items():
        font = TTFont(SOURCE)
        axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
        static = instantiateVariableFont(font, {**axes, "wght": weight}, updateFontNames=False)
        _rename(static, name)
        static["OS/2"].usWeightClass = weight
        static.flavor = None
        static.save(target / f"Inter-{name}.ttf")
        print(f"{target / f'Inter-{name}.ttf'}: {(target / f'Inter-{name}.ttf').stat().st_size:,} bytes")


def _rename(font: object, style: str) -> None:
    """One family of its own, so that no other Inter of the machine is taken instead."""
    names = font["name"]  # type: ignore[index]
    for number, text in {
        1: "Inter Report" if style == "Regular" else f"Inter Report {style}",
        2: "Regular",
        4: f"Inter Report {style}",
        6: f"InterReport-{style}",
        16: "Inter Report",
        17: style,
    }.items():
        names.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    main()
