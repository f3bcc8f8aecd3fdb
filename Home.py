"""The Streamlit script: the page registry becomes the navigation, nothing else."""

from __future__ import annotations

from ui import shell

shell.navigation().run()
