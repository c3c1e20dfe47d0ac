"""OpenID Connect: the one server outside with which staff may log in, named by the environment."""

from collections.abc import Mapping
from typing import Any


def oidc(environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """The server as django-allauth wants it; nothing where none is named."""
    url = environment.get("HUOQUN_OIDC_URL", "")
    if not url:
        return []
    return [
        {
            "provider_id": "oidc",
            "name": environment.get("HUOQUN_OIDC_NAME", "OpenID Connect"),
            "client_id": environment.get("HUOQUN_OIDC_CLIENT", ""),
            "secret": environment.get("HUOQUN_OIDC_SECRET", ""),
            "settings": {"server_url": url},
        }
    ]
