"""What a browser is called in a list a person reads: its name and the system it runs on."""

# In this order: each says that it is the ones below it as well.
NAMES = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def name_of(user_agent: str) -> str:
    """Name a browser as "Firefox on Windows"; what cannot be told is "a program"."""
    name = next((said for mark, said in NAMES if mark in user_agent), "A program")
    system = next((said for mark, said in SYSTEMS if mark in user_agent), "")
    return f"{name} on {system}" if system else name
