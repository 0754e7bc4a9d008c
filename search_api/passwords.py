"""Passwords as argon2id hashes; the only door to argon2."""

from __future__ import annotations

import argon2

MIN_LENGTH = 10
MAX_LENGTH = 256

_HASHER = argon2.PasswordHasher()
"""Parameters of RFC 9106's second recommendation (the library's default): 64 MiB, 3 passes, some 50 ms."""


class WeakPassword(ValueError):
    """The message says in English what is asked for; it is read on the command line only."""


def hash_password(password: str) -> str:
    """Raises: WeakPassword."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise WeakPassword(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters")
    return _HASHER.hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one. Without a hash (nobody of that name) it takes as long and says no."""
    known = password_hash is not None
    try:
        _HASHER.verify(password_hash or _nobody(), password[:MAX_LENGTH])
    except argon2.exceptions.VerifyMismatchError:
        return False
    return known


def _nobody() -> str:
    global _NOBODY
    if _NOBODY is None:
        _NOBODY = _HASHER.hash("nobody has this password")
    return _NOBODY


_NOBODY: str | None = None
