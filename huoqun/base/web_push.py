"""Web push: a message for one browser, as its push service takes it and as only that browser can read it.

RFC 8030 says how it is handed over, RFC 8291 how it is encrypted (`aes128gcm` of RFC 8188, one record), RFC 8292 how
the sender is known (VAPID). The sender's key is drawn from the secret of the installation (`base/home`), so that there
is one secret to keep and every process of every machine has the same (docs/decisions/300).
"""

import base64
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import jwt
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LONGEST = 3000
"""Bytes of a message: a push service takes 4096 with everything around them (RFC 8030, section 7.2)."""
RECORD = 4096
SIGNED = timedelta(hours=12)
"""So long a signature holds; a day is the most that is allowed (RFC 8292, section 2)."""
CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of points on P-256: a private key lies below it."""


class BadKeys(ValueError):
    """These are not the keys of a browser."""


@dataclass(frozen=True)
class Receiver:
    """A subscription as the browser gave it: the address at its push service, its public key, its shared secret."""

    endpoint: str
    key: bytes
    secret: bytes

    @classmethod
    def of(cls, endpoint: str, p256dh: str, auth: str) -> "Receiver":
        """From base64url, as `PushSubscription.toJSON` gives the keys. Raises BadKeys."""
        try:
            found = cls(endpoint, decoded(p256dh), decoded(auth))
            ec.EllipticCurvePublicKey.from_encoded_point(CURVE, found.key)
        except (ValueError, InvalidKey) as error:
            raise BadKeys from error
        if len(found.secret) != 16:
            raise BadKeys
        return found


def encoded(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """The same back, with or without padding. Raises ValueError."""
    text = text.strip().rstrip("=")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


@cache
def sender(secret: str) -> ec.EllipticCurvePrivateKey:
    """The key by which push services know this installation, drawn from its secret."""
    drawn = HKDF(hashes.SHA256(), 48, b"", b"huoqun web push vapid p-256").derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(drawn, "big") % (ORDER - 1) + 1, CURVE)


def public(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Its public half as a point, which a browser takes as `applicationServerKey`."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypted(
    message: bytes, to: Receiver, *, key: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """The body of a push (RFC 8291): a fresh key pair and salt each time; a test gives those of the RFC."""
    assert len(message) <= LONGEST, len(message)
    key, salt = key or ec.generate_private_key(CURVE), salt or os.urandom(16)
    mine = public(key)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, to.key))
    both = b"WebPush: info\0" + to.key + mine
    material = HKDF(hashes.SHA256(), 32, to.secret, both).derive(shared)
    cek = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(material)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(material)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine
    return head + AESGCM(cek).encrypt(nonce, message + b"\2", None)


def headers(
    to: Receiver, *, key: ec.EllipticCurvePrivateKey, contact: str, topic: str, lives: timedelta, now: datetime
) -> dict[str, str]:
    """What goes with the body. `contact`: a `mailto:` or `https:` at which the push service finds whoever sends;
    `topic` (letters, digits, - and _; 32 at most): a later message of it takes the place of one that still waits there;
    `lives`: so long the service keeps it for a device that is off."""
    there = urlsplit(to.endpoint)
    claims = {"aud": f"{there.scheme}://{there.netloc}", "exp": now + SIGNED, "sub": contact}
    token = jwt.encode(claims, key, algorithm="ES256")
    return {
        "Authorization": f"vapid t={token}, k={encoded(public(key))}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(lives.total_seconds())),
        "Topic": topic,
        "Urgency": "high",
    }
