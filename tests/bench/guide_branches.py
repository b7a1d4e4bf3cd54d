"""Which questions of the guide are open: with nothing answered, and with every choice made."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from mtd.guide.pack import Pack, open_questions, read_pack

LIMIT = 0.001
TIMES = 50


def run() -> list[tuple[str, float, float, float]]:
    """Rows: name, seconds with nothing answered, seconds with everything, limit."""
    pack = read_pack(settings.BASE_DIR / "content" / "guides" / "cooperation-guide" / "1.0")
    everything: dict[str, Any] = {
        question.key: {
            "yes": True,
            "choice": next(iter(question.options), ""),
            "choices": list(question.options),
        }
        for question in pack.questions
    }
    return [
        (f"open questions of {len(pack.questions)}", _seconds(pack, {}), _seconds(pack, everything), LIMIT)
    ]


def _seconds(pack: Pack, answers: Mapping[str, Any]) -> float:
    began = time.perf_counter()
    for _ in range(TIMES):
        open_questions(pack, answers)
    return (time.perf_counter() - began) / TIMES
