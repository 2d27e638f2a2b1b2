"""The moment that outputs carry, so that two runs can make equal bytes."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime


def moment() -> datetime:
    """Return SOURCE_DATE_EPOCH where it is set (reproducible-builds.org), in UTC; else now, in local time."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return (
        datetime.fromtimestamp(int(given), UTC)
        if re.fullmatch(r"\d+", given)
        else datetime.now().astimezone()
    )
