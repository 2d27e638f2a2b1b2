"""Times to event of made-up patients, equal in every process that asks; numpy alone, for peers to use."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

LONGEST_DAYS = 3000


def times(patients: int) -> dict[str, np.ndarray]:
    """Return continuous and whole days, events, one of two groups and causes 0 to 2."""
    random = np.random.default_rng(177)
    time_days = np.minimum(random.exponential(700, patients), LONGEST_DAYS - 1e-3 * random.random(patients))
    is_event = random.random(patients) < 0.6
    group = (random.random(patients) < 0.5).astype(np.int8)
    cause = np.where(is_event, 1 + (random.random(patients) < 0.3), 0).astype(np.int8)
    return {
        "time": time_days,
        "day": time_days.astype(np.int32),
        "is_event": is_event,
        "group": group,
        "cause": cause,
    }


def covariates(patients: int) -> dict[str, np.ndarray]:
    """Return five covariates with an effect, continuous times and whole weeks (many ties), and events."""
    random = np.random.default_rng(617)
    x = random.normal(size=(patients, 5))
    hazard = np.exp(x @ np.array([0.5, -0.3, 0.2, 0.1, 0.0]))
    time_days = random.exponential(700 / hazard)
    censored = random.exponential(900, patients)
    return {
        "x": x,
        "time": np.minimum(time_days, censored),
        "week": (np.minimum(time_days, censored) // 7 + 1).astype(np.int32),
        "is_event": time_days <= censored,
    }


def measured(act: Callable[[], Any], *, at_most_seconds: float = 20) -> str:
    """Run a case up to three times; return its median time, the peak memory and its answer as JSON."""
    taken: list[float] = []
    answer = None
    while len(taken) < 3 and sum(taken) < at_most_seconds:
        start = time.perf_counter()
        answer = act()
        taken.append(time.perf_counter() - start)
    return json.dumps(
        {
            "seconds": sorted(taken)[(len(taken) - 1) // 2],
            "runs": len(taken),
            "peak_mb": peak_mb(),
            "answer": answer,
        }
    )


def peak_mb() -> float:
    """Return the most memory that this process has held, data and libraries included."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
