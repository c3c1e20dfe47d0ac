"""The QR code of an address as SVG: black on white on every ground, so that every camera reads it."""

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4
"""Light modules around it, as the standard asks."""


def svg(text: str) -> str:
    """The code of a text, one path; it scales to whatever box it stands in. Nothing to those who
    hear the page: the words beside it say what the code is for."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    size = len(code.modules) + 2 * QUIET
    dots = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(code.modules) for x, dark in enumerate(row) if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" aria-hidden="true"'
        ' shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{dots}" fill="#000"/></svg>'
    )
