"""The browser: what a user agent says of itself, in two words a person knows."""

BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("QQ/", "QQ"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What stands in the text, and whose it is. The first that stands there counts: browsers name those they resemble."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
LONGEST = 60


def browser_of(agent: str) -> str:
    """`Chrome · Android`; what neither table knows is shown as it is, cut short."""
    found = [next((name for sign, name in table if sign in agent), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or agent[:LONGEST] or "–"
