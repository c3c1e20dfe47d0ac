"""Crossing: two windows change the same thing. A form says what stood there when it was opened. Who saves second is
told what stands there now, has everything they typed still in the form, and may save once more to replace it.
"""

import hashlib
import json
from typing import Any

from django.http import HttpRequest

FIELD = "began"


def stamp(*values: Any) -> str:
    """What stood there, as a short sign that is another one as soon as a letter of it is."""
    told = json.dumps(values, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def crossed(request: HttpRequest, *now: Any) -> bool:
    """Something else stands there now than when the form was opened. A form without a stamp is never crossed."""
    began = request.POST.get(FIELD, "")
    return bool(began) and began != stamp(*now)
