"""HTML as it is read: without regard to where its source breaks lines."""

import re


def flat(html: str) -> str:
    """The same HTML with single spaces, and none at the end of a tag."""
    return re.sub(r"\s+(?=/?>)", "", " ".join(html.split()))
