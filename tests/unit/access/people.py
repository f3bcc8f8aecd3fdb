"""What the tests of access agree on."""

from __future__ import annotations

from datetime import datetime

CHEAP = 4  # bcrypt's least; production keeps passwords.ROUNDS
PASSWORD = "quiet harbour crane 47"
NOON = datetime(2026, 3, 2, 12, 0)
