"""Secrets that a browser holds: 256 random bits there, only their hash here."""

import hashlib
import secrets


def new_token() -> str:
    """43 characters that fit into a cookie, a form and a link."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """What is stored instead of the token. It is random, so one round of SHA-256 keeps it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
