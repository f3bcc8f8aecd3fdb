"""Demo data: 24 months of an invented company's shipments, reproducible, with hidden errors to find.

`python -m ingestion.demo --shipments 25000 --seed 7` fills the warehouse once.
"""

from __future__ import annotations

from ingestion.demo.filling import DemoBatch, DemoPresent, UnsoundDemo, fill, generate, suppliers_frame

__all__ = ["DemoBatch", "DemoPresent", "UnsoundDemo", "fill", "generate", "suppliers_frame"]
