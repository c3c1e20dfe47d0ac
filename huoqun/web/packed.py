"""Packed: a large answer, compressed where the browser takes it so."""

import gzip

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

LEVEL = 4
"""Of gzip: a megabyte of numbers in some 20 ms, to a quarter."""


def packed(request: HttpRequest, content: bytes, kind: str) -> HttpResponse:
    """`content` as an answer of this media type. Nothing in it may come from the request, or its length tells of it."""
    takes = {part.partition(";")[0].strip() for part in request.headers.get("Accept-Encoding", "").split(",")}
    squeezed = "gzip" in takes
    response = HttpResponse(gzip.compress(content, LEVEL, mtime=0) if squeezed else content, content_type=kind)
    if squeezed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
