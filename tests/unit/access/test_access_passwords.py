from __future__ import annotations

import subprocess
import sys
import unicodedata

import bcrypt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from access import passwords
from access.errors import WeakPassword


def test_production_hashes_cost_twelve_rounds():
    assert passwords.ROUNDS == 12
    assert passwords.DUMMY_HASH.startswith("$2b$12$")
    assert passwords.hash_password("quiet harbour crane").startswith("$2b$12$")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "at least 12 characters"),
        ("a" * 73, "at most 72 bytes"),
        ("é" * 37, "at most 72 bytes"),  # 74 bytes in UTF-8
        ("PasswordPassword", "easy to guess"),
        ("abababababab", "easy to guess"),
        ("administrator", "easy to guess"),
    ],
)
def test_a_weak_password_is_refused_with_one_sentence(password, reason):
    with pytest.raises(WeakPassword, match=reason) as refusal:
        passwords.hash_password(password, rounds=4)
    assert str(refusal.value).count(".") == 1


def test_twelve_characters_and_72_bytes_are_the_limits_that_still_pass():
    for password in ("abcdefgh-123", "abcdefgh" * 9):
        assert passwords.verify(password, passwords.hash_password(password, rounds=4))


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=12, max_size=24), st.text(max_size=30))
def test_only_the_password_itself_opens_its_hash(password, other):
    try:
        hashed = passwords.hash_password(password, rounds=4)
    except WeakPassword:
        assume(False)
    same = unicodedata.normalize("NFKC", password) == unicodedata.normalize("NFKC", other)
    assert passwords.verify(password, hashed)
    if not any(unicodedata.category(character) == "Cs" for character in other):
        assert passwords.verify(other, hashed) == same


def test_composed_and_decomposed_accents_are_one_password():
    hashed = passwords.hash_password("crème brûlée au port", rounds=4)
    assert passwords.verify(unicodedata.normalize("NFD", "crème brûlée au port"), hashed)


def test_no_password_opens_the_dummy_or_a_missing_hash():
    assert not passwords.verify("quiet harbour crane", None)
    assert not passwords.verify("", None)


def test_a_password_beyond_72_bytes_does_not_open_the_hash_of_its_beginning():
    start = "abcdefgh" * 9
    assert not passwords.verify(start + "x", passwords.hash_password(start, rounds=4))


def test_one_verification_runs_whether_or_not_there_is_a_hash(monkeypatch):
    seen = []
    check = bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda *given: seen.append(given) or check(*given))
    hashed = passwords.hash_password("quiet harbour crane", rounds=4)
    for password, against in (
        ("quiet harbour crane", hashed),
        ("x", hashed),
        ("x", None),
        ("y" * 100, hashed),
    ):
        passwords.verify(password, against)
    assert len(seen) == 4


def test_one_time_passwords_are_strong_and_never_repeat():
    made = {passwords.one_time_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        passwords.check_strength(password)


def test_hashes_are_those_of_streamlit_authenticator():
    from streamlit_authenticator.utilities.hasher import Hasher

    assert Hasher.check_pw("quiet harbour crane", passwords.hash_password("quiet harbour crane", rounds=4))


def test_access_does_not_start_streamlit():
    code = "import sys, access.sign_in, access.sessions; print('streamlit' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
