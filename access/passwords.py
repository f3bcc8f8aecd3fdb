"""Password rules, and bcrypt hashes of what passes them.

bcrypt is called directly: the Hasher of streamlit-authenticator is the same two calls, but importing it
starts Streamlit and a browser component (1.2 s against 0.01 s), and its cost cannot be chosen. Hashes are
interchangeable.
"""

from __future__ import annotations

import secrets
import unicodedata

import bcrypt

from access.errors import WeakPassword

__all__ = ["DUMMY_HASH", "ROUNDS", "check_strength", "hash_password", "one_time_password", "verify"]

ROUNDS = 12
MIN_CHARACTERS = 12
MAX_BYTES = 72  # bcrypt reads no further
# Of a random text that was thrown away. Verifying against it takes as long as against a user's hash.
DUMMY_HASH = "$2b$12$1FsE6nSF9tjUfPTXC0gRU.Ez36Wd0Y95tHoG3Y87MirsrfgprGQyq"
# The head of published lists of leaked passwords, as far as it is long enough for us; compared folded.
_COMMON = frozenset(
    {
        "123456789012",
        "1234567890123",
        "12345678910111",
        "123123123123",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "1qaz2wsx3edc4rfv",
        "administrator",
        "changemechangeme",
        "correcthorsebatterystaple",
        "iloveyouiloveyou",
        "letmeinletmein",
        "motdepasse123",
        "password1234",
        "password12345",
        "password123456",
        "passwordpassword",
        "passw0rd1234",
        "qwertyqwerty",
        "qwertyuiop12",
        "qwertyuiop123",
        "qwertyuiopasdfghjkl",
        "qwertzuiopasdf",
        "supplychain123",
        "unbelievable",
        "welcome12345",
        "welcomewelcome",
        "zxcvbnmasdfgh",
    }
)
_FEWEST_DISTINCT = 5
# Without 0 O 1 l I, which look alike on a console.
_ONE_TIME_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def check_strength(password: str) -> None:
    """Return if `password` may be used.

    Raises
    ------
    WeakPassword
        Shorter than 12 characters, longer than 72 bytes, or easy to guess; the message says which.
    """
    normal = _normal(password)
    if len(normal.encode()) > MAX_BYTES:
        raise WeakPassword(f"This password is too long: at most {MAX_BYTES} bytes can be used.")
    if len(normal) < MIN_CHARACTERS:
        raise WeakPassword(f"This password is too short: use at least {MIN_CHARACTERS} characters.")
    if normal.casefold() in _COMMON or len(set(normal)) < _FEWEST_DISTINCT:
        raise WeakPassword("This password is easy to guess: use a few words that do not belong together.")


def hash_password(password: str, *, rounds: int = ROUNDS) -> str:
    """The bcrypt hash of a password that passes `check_strength`; `rounds` is lowered by tests only.

    Raises
    ------
    WeakPassword
        As `check_strength`.
    """
    check_strength(password)
    return bcrypt.hashpw(_normal(password).encode(), bcrypt.gensalt(rounds)).decode()


def verify(password: str, password_hash: str | None) -> bool:
    """Whether `password` belongs to the hash. As slow without a hash, and with an overlong password."""
    secret = _normal(password).encode()
    usable = password_hash is not None and len(secret) <= MAX_BYTES
    compared = password_hash if usable and password_hash else DUMMY_HASH
    return bcrypt.checkpw(secret[:MAX_BYTES], compared.encode()) and usable


def one_time_password() -> str:
    """20 characters from a safe random source (116 bits), in groups that can be typed from a console."""
    groups = ("".join(secrets.choice(_ONE_TIME_ALPHABET) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def _normal(password: str) -> str:
    # Keyboards differ in how they compose accents (NIST SP 800-63B-4, 3.1.1.2 asks for one normal form).
    return unicodedata.normalize("NFKC", password)
