"""n, N and the percentage stand together: does the percentage follow?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tieout.audit.arithmetic import numerators_that_fit, percentage_is_near, percentage_is_rounded
from tieout.audit.check.finding import Certainty, Rule, TextFinding, percent, piece
from tieout.audit.check.reading import Reading
from tieout.audit.check.shares import Share

NAME = "stated-share"

_PRESSURE = re.compile(
    r"\b(?:blood pressure|bp|systolic|diastolic|mm ?hg|hypertens\w+|visual acuity|vision)\b"
)


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each share that misses its own numbers."""
    for share in reading.shares:
        if share.of is None or share.modelled or share.of.n == 0:
            continue
        n, of, p = share.n.n, share.of.n, share.p.value
        if n > of and _PRESSURE.search(reading.sentences[share.sentence].signs):
            continue
        if n > of:
            message = f"{n} of {of}: a part cannot be larger than its whole"
            yield TextFinding(NAME, Certainty.IMPOSSIBLE, message, (piece(*share.quantities),))
        elif not percentage_is_near(n, of, p):
            yield TextFinding(
                NAME, Certainty.IMPOSSIBLE, _message(reading, share), (piece(*share.quantities),)
            )
        elif not percentage_is_rounded(n, of, p):
            exact = percent(n, of, share.p.places + 1)
            message = f"{n}/{of} is {exact}%, which rounds to {percent(n, of, share.p.places)}%, not {p}%"
            yield TextFinding(NAME, Certainty.ROUNDING, message, (piece(*share.quantities),))


def _message(reading: Reading, share: Share) -> str:
    assert share.of is not None
    n, of, p = share.n.n, share.of.n, share.p.value
    message = f"{n}/{of} is {percent(n, of, share.p.places)}%, not {p}%"
    others = [size for size in reading.groups_in(share.sizes) if size != of]
    fitting = numerators_that_fit(of, p)
    hints = []
    if len(fitting) == 1:
        hints.append(f"{fitting[0]}/{of} would give {p}%")
    if others:
        listed = " or ".join(str(other) for other in others[:3])
        hints.append(
            f"{n} of {listed}, which the text gives elsewhere, would too"
            if hints
            else f"{n} of {listed}, which the text gives elsewhere, would give {p}%"
        )
    return "; ".join([message, *hints])


RULE = Rule(
    NAME,
    "Do a count, its group and its percentage agree where they stand together?",
    "Reads n/N (p%), p% (n/N), n of N … (p%), n (p%) of N, n/N, p% and n (…) of N (p%). It computes 100 "
    "n/N exactly and reports a percentage that is more than one unit of its last printed digit away, and "
    "an n larger than N. Within one unit it speaks of rounding, on request. Percentages called actuarial, "
    "Kaplan-Meier, cumulative, adjusted, weighted, estimated or the like are not plain shares and are "
    "left alone, and so are phrases (about 1 in 7) and parts of the body counted in people (12 eyes (14%) "
    "of 9 patients).",
    "Arithmetic; the idea of testing reported numbers for possibility is GRIM (Brown and Heathers 2017, "
    "Soc Psychol Personal Sci 8:363).",
    check,
)
