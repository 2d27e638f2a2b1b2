"""How fast `tieout check` reads many abstracts: rate, and the memory of its largest process.

    python benchmarks/check_rate.py        prints the table as Markdown

The abstracts are made up: four paragraphs of the usual form with other numbers in each; in one of four
a share does not fit its count.
"""

from __future__ import annotations

import math
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (100, 1_000, 10_000)

TEXT = """Background: Outcomes after the first line of therapy are not well described.
Patients who stop are often lost to follow-up, and what they receive next is rarely recorded.

Methods: We reviewed the records of {n} patients treated between January 2015 and December 2021.
Overall survival was estimated by the Kaplan-Meier method; groups were compared by the log-rank test.

Results: Of {n} patients, {men} ({men_share}%) were men;
the median age was {age} years (range {low}-{high}).
A total of {stopped} patients ({stopped_share}%) stopped therapy:
{a} for progression, {b} for toxicity and {c} by choice.
Grade 3 or worse anemia occurred in {anemia} of {n} ({anemia_share}%),
neutropenia in {neutro} ({neutro_share}%).
Median overall survival was {months:.1f} months (95% CI {lower:.1f}-{upper:.1f};
hazard ratio 0.{hr}, 95% CI 0.{hr_low}-1.{hr_high}, P = .{p:02d}).

Conclusions: In this cohort {stopped_share}% of patients stopped therapy, most of them for progression.
"""


def abstract(number: int) -> str:
    """Return one abstract, always the same for its number."""
    made = random.Random(number)  # noqa: S311  (no secret)
    n = made.randint(40, 900)
    men, stopped, anemia, neutro = (made.randint(n // 10, n - 1) for _ in range(4))
    a = made.randint(stopped // 2, stopped)
    b = made.randint(0, stopped - a)
    wrong = 7 if number % 4 == 0 else 0
    months = made.uniform(6, 30)
    return TEXT.format(
        n=n, men=men, stopped=stopped, anemia=anemia, neutro=neutro, a=a, b=b, c=stopped - a - b,
        men_share=_percent(men, n), stopped_share=_percent(stopped, n),
        anemia_share=min(_percent(anemia, n) + wrong, 100), neutro_share=_percent(neutro, n),
        age=made.randint(60, 75), low=made.randint(40, 55), high=made.randint(80, 95),
        months=months, lower=months * 0.8, upper=months * 1.3,
        hr=made.randint(60, 90), hr_low=made.randint(40, 59), hr_high=made.randint(10, 40),
        p=made.randint(5, 60),
    )  # fmt: skip


def _percent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole)


def measure(size: int) -> tuple[float, float]:
    """Return the seconds that checking takes, and the peak memory of the largest process so far in MB."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(size):
            (Path(folder) / f"{number:05d}.txt").write_text(abstract(number), encoding="utf-8")
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "tieout", "check", "--format", "json", folder],
            capture_output=True,
            check=False,
        )
        took = time.perf_counter() - start
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stderr.decode())
    return took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def table() -> str:
    """Measure every size; return the table."""
    lines = ["| abstracts | time | a second | peak of the largest process |", "| ---: | ---: | ---: | ---: |"]
    taken = []
    for size in SIZES:
        seconds, peak = measure(size)
        taken.append(seconds)
        lines.append(f"| {size:,} | {seconds:.2f} s | {size / seconds:.0f} | {peak:.0f} MB |")
    slope = math.log(taken[-1] / taken[-2]) / math.log(SIZES[-1] / SIZES[-2])
    return "\n".join([*lines, f"| slope | {slope:.2f} | | |"])


if __name__ == "__main__":
    print(table())
