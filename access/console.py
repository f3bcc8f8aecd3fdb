"""What the console shows to the person who runs the server."""

from __future__ import annotations

__all__ = ["credentials_frame"]


def credentials_frame(title: str, email: str, password: str) -> str:
    """A frame that stands out of a log, with an e-mail and a one-time password."""
    lines = (
        title,
        "",
        f"E-mail             {email}",
        f"One-time password  {password}",
        "",
        "Shown once. You choose your own password when you sign in.",
    )
    width = max(map(len, lines))
    bar = "─" * (width + 4)
    body = "\n".join(f"│  {line:<{width}}  │" for line in lines)
    return f"\n┌{bar}┐\n{body}\n└{bar}┘\n"
