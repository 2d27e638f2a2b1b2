"""Reading counts with their percentages, and the group that each is a part of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tieout.audit.arithmetic import denominators_near
from tieout.audit.check.phrases import (
    CLOSE,
    CONFIDENCE,
    MODELLED,
    OF,
    OPEN,
    ORGANS,
    PEOPLE,
    more_words,
    words,
)
from tieout.text.quantities import Kind, Quantity
from tieout.text.signs import Sentence

_BARE_P = rf"{{p}}(?!-? ?{CONFIDENCE})"
_ALONE = (
    # in 4 and 5 people (10%, 12%) it is not clear whose 10% is
    rf"(?![^()\[\]{{n}}]{{0,40}}{_BARE_P})"
)
_END = rf"(?= ?[)\],;]| ?of ){_ALONE}"
_RATIO = r"(?P<n>{n}) ?/ ?(?P<of>{n})"
_SIZE = r"(?:n ?= ?)?"
_WHO = (
    rf"{PEOPLE} (?:who|with|in|on|receiving|treated|given)\b"
    r"(?:(?!\b(?:than|compared|versus|vs|expected|whereas|while|but|rates?)\b)[^{n}{p}{q}{r}.;:()\[\]]){0,90}"
)

# Count, group and percentage, all said in one breath.
_STATED = (
    # 60% (24/40
    rf"(?P<p>{_BARE_P}){more_words(4)} ?{OPEN} ?{_SIZE}{_RATIO}",
    # 60% (24 of 40
    rf"(?P<p>{_BARE_P}){more_words(4)} ?{OPEN} ?{_SIZE}(?P<n>{{n}}) {words(2)}{OF}(?P<of>{{n}})",
    # 24/40 (60%
    rf"{_RATIO}{more_words(6)} ?{OPEN} ?(?P<p>{_BARE_P}){_ALONE}",
    # 24/40 clinics, 60%
    rf"{_RATIO}{more_words(3)} ?, ?(?P<p>{_BARE_P})(?= ?[;,)\]])",
    # 24/40; 60%
    rf"{_RATIO} ?[;=,] ?(?P<p>{_BARE_P})",
    # 24 of 40 nurses (60%
    rf"(?P<n>{{n}}) {words(4)}{OF}(?P<of>{{n}}){more_words(7)} ?{OPEN} ?(?P<p>{_BARE_P}){_ALONE}",
    # 24 of the 40 patients who kept a diary, a watch and a log (60%
    rf"(?P<n>{{n}}) {words(2)}{OF}(?P<of>{{n}}) {_WHO} ?{OPEN}(?P<p>{_BARE_P}){CLOSE}",
    # 24 (60%) of 40
    rf"(?P<n>{{n}}){more_words(3)} ?{OPEN}(?P<p>{_BARE_P}){CLOSE},? {words(2)}{OF}(?P<of>{{n}})",
    # 24 (10 in the morning, 14 at night) of 40 clinics (60%
    rf"(?P<n>{{n}}) ?{OPEN}[^()\[\]{{p}}]{{3,150}}{CLOSE} {OF}(?P<of>{{n}}){more_words(7)} ?{OPEN}"
    rf"(?P<p>{_BARE_P}){CLOSE}",
    # 24 (60% of 40
    rf"(?P<n>{{n}}){more_words(4)} ?{OPEN}(?P<p>{_BARE_P}) {OF}(?P<of>{{n}})",
    # 24, or 60%, of 40
    rf"(?P<n>{{n}}) ?, ?(?:or )?{words(1)}(?P<p>{_BARE_P}),? {OF}(?P<of>{{n}})",
    # 60%, 24/40
    rf"(?P<p>{_BARE_P}) ?[;,:] ?{_SIZE}{_RATIO}(?! ?{OPEN}{{p}})",
    # 60% of 40 patients (24)
    rf"(?P<p>{_BARE_P}) {OF}(?P<of>{{n}}) {PEOPLE} ?{OPEN}{_SIZE}(?P<n>{{n}}){CLOSE}",
)
# A count with its percentage alone.
_PAIRED = (
    # 24 nurses (60%)
    rf"(?P<n>{{n}}){more_words(6)} ?{OPEN}(?P<p>{_BARE_P}){_END}",
    # 60% (24 clinics); in "60% (20 true, 4 false)" the 20 are not the 60%
    rf"(?P<p>{_BARE_P}){more_words(3)} ?{OPEN}(?P<n>{{n}})(?! ?[/=]){more_words(4)}{_END}"
    r"(?![^()\[\]{n}]{0,60}{n})",
    # nausea (n = 22, 44%)
    rf"{OPEN}(?:n ?= ?)?(?P<n>{{n}}){more_words(2)} ?[,;] ?(?P<p>{_BARE_P}){CLOSE}",
    # 15% (n = 6): the 6 may be the count or the group
    rf"(?P<p>{_BARE_P}){more_words(4)} ?{OPEN}(?P<sized>n) ?= ?(?P<n>{{n}}){CLOSE}",
)
_AHEAD = 25  # signs behind a share in which "(Kaplan-Meier)" still speaks of it
# Things that are counted for each person, not people that are counted: 6 cycles (85%).
_NO_PART = re.compile(
    r"\b(?:cycles?|courses?|doses?|lines?|sessions?|visits?|injections?|tablets?|drugs?|agents?|regimens?"
    r"|fractions?"
    r"|following|readers|arms|groups|criteria|domains|risk factors?|comorbidities|organs?|times?)\b"
)
_ABOUT = re.compile(r"\b(?:approximately|about|almost|nearly|roughly|around|over|(?:more|less) than|~) ?$")
_ONE_IN = re.compile("\ue000 (?:in|out of) (?:every )?$")  # two in five (40%)
_ORGANS = re.compile(rf"\b{ORGANS}\b")
_OWNERS = re.compile(rf" (?:[\w-]+ ){{0,2}}{PEOPLE}\b")
_GROUPS = re.compile(r" (?:[\w-]+ )?(?:groups|arms|cohorts)\b")
_CHANGED_BY = re.compile(
    r"\b(?:increas|decreas|reduc|declin|fell|fall|r[io]se|gain|loss|lost|drop)\w*[^.;]{0,25}"
    r"\b(?:by|of|to|from) $"
)
_ANCHOR = (
    r"(?:^|[.;:,(–—-] ?|\b(?:and|while|whereas|that) )(?:\w+: )?(?:of|among|amongst|out of|in) "
    r"(?P<the>(?:the |these |those |all |our )*)(?:remaining |first |last |other |total |initial )?"
    r"(?P<of>{n})(?![/(])"
)
_ARM = re.compile(
    r"[)\]]?[^\ue000-\ue002;.,()]{0,60}?\b(?:in|from|of|on) (?:the )?"
    r"(?P<name>(?:arm|group|cohort) [a-z\ue005]\b|(?!each|both|either|this|that|study)[a-z-]{2,20} (?:arm"
    r"|group)\b)"
)
_THINGS = re.compile(r"[)\]]? of (?:all|all the|the) (?P<name>[a-z]{4,20})\b")
# Whose percentage it is, said behind it: 60% of them; 12 (60%) in the control group; (60% of adults).
_OWN = re.compile(
    rf"[)\]]?,? (?:\w+ ){{0,2}}?"
    rf"(?:(?:of|in|among|from|for) (?:(?:the |those |all |our )?(?:[\w'’-]+ ){{1,3}}"
    rf"(?:groups?|arms?|cohorts?|population|{PEOPLE})\b|(?:them|these|those|men|women|children|adults)\b)"
    rf"|(?:{PEOPLE} )?(?:who|with|without|receiving|assigned|having|treated|undergoing|given|on|in)"
    rf" (?!total|all))"
)
_BACK = (
    r"(?:of|among|amongst) (?:(?:these|those|them|whom|which|this group)\b(?! {n})"
    rf"|(?:the|all) {PEOPLE} (?:who|with|in|undergoing|receiving|treated)\b[^{{n}}{{p}};.,]{{1,60}},)"
)


@dataclass(frozen=True, slots=True)
class Share:
    """A count and its percentage; `of` is the group when it stands with them.

    `anchors` are groups that the sentence names before it ("Of the 12 patients …"); `back` says that words
    such as "of these" point to a count before. `arm` is whom it is said of ("in arm B"), `things` what it is
    said to be a part of ("of all facilities"); `is_group` that n may be the group instead: 15% (n = 40);
    `own` that words behind it name a group, of which the text may not tell the size.
    """

    n: Quantity
    p: Quantity
    sentence: int
    of: Quantity | None = None
    anchors: tuple[Quantity, ...] = ()
    back: bool = False
    modelled: bool = False
    arm: str = ""
    things: str = ""
    is_group: bool = False
    own: bool = False

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The numbers that it is made of."""
        return (self.n, self.p) if self.of is None else (self.n, self.of, self.p)

    @property
    def sizes(self) -> range:
        """The groups that would give the percentage, within one unit of its last digit."""
        return denominators_near(self.n.n, self.p.value)

    def near(self, of: int) -> bool:
        """Return whether this denominator gives the percentage, or all but."""
        return of in self.sizes


def read_shares(sentences: Sequence[Sentence]) -> list[Share]:
    """Return every count that stands with a percentage, in the order of the text."""
    made: list[Share] = []
    for index, sentence in enumerate(sentences):
        if not any(quantity.kind is Kind.PERCENT for quantity in sentence.quantities):
            continue
        found = list(_stated(sentence, index))
        taken = {q.start for share in found for q in share.quantities}
        found += _paired(sentence, index, taken)
        made += sorted(found, key=lambda share: share.n.start)
    return made


def _stated(sentence: Sentence, index: int) -> Iterator[Share]:
    taken: set[int] = set()
    for pattern in _STATED:
        for match, named in sentence.find(pattern):
            n, of, p = named["n"], named["of"], named["p"]
            if taken & {n.start, of.start, p.start}:
                continue
            taken |= {n.start, of.start, p.start}
            if _is_no_share(sentence, match):
                continue
            yield Share(n, p, index, of, modelled=_is_modelled(sentence, match))


def _is_no_share(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether n is no part of N: a phrase ("about one in seven"), cycles, or eyes of patients."""
    before, behind = sentence.signs[max(0, match.start() - 20) : match.start()], sentence.signs[match.end() :]
    if _ABOUT.search(before):
        return True
    if "/" in match[0]:
        return False
    organs = _ORGANS.search(match[0]) is not None and _OWNERS.match(behind) is not None
    return organs or (_NO_PART.search(match[0]) or _GROUPS.match(behind)) is not None


def _paired(sentence: Sentence, index: int, taken: set[int]) -> Iterator[Share]:
    anchors = list(_anchors(sentence))
    back = [match.start() for match, _ in sentence.find(_BACK)]
    for pattern in _PAIRED:
        for match, named in sentence.find(pattern):
            n, p = named["n"], named["p"]
            if taken & {n.start, p.start} or p.value < 0:
                continue
            taken |= {n.start, p.start}
            begin = match.start()
            before = sentence.signs[max(0, begin - 50) : begin]
            if _NO_PART.search(match[0]) or _CHANGED_BY.search(before) or _ONE_IN.search(before):
                continue
            yield Share(
                n,
                p,
                index,
                anchors=_in_force(sentence, anchors, begin),
                back=any(place < begin for place in back),
                modelled=_is_modelled(sentence, match),
                arm=_behind(_ARM, sentence, match.end()),
                things=_behind(_THINGS, sentence, match.end()),
                is_group="sized" in match.re.groupindex,
                own=_OWN.match(sentence.signs, match.end()) is not None
                or sentence.signs.startswith(" of ", match.end()),  # 12 (60% of adults)
            )


def _behind(pattern: re.Pattern[str], sentence: Sentence, place: int) -> str:
    match = pattern.match(sentence.signs, place)
    return match["name"] if match else ""


def _anchors(sentence: Sentence) -> Iterator[tuple[int, Quantity]]:
    for match, named in sentence.find(_ANCHOR):
        if match.group(0).lstrip(" .;:,(–—-").startswith("in ") and not match["the"]:
            continue  # "in 12 patients" counts an outcome as often as it names a group
        yield match.start("of"), named["of"]


def _in_force(
    sentence: Sentence, anchors: Sequence[tuple[int, Quantity]], place: int
) -> tuple[Quantity, ...]:
    before = [(at, quantity) for at, quantity in anchors if at < place]
    return (before[-1][1],) if before else ()


def _is_modelled(sentence: Sentence, match: re.Match[str]) -> bool:
    """Words such as "actuarial" make a percentage something else than n / N, up to the next stop."""
    start = max(sentence.signs.rfind(mark, 0, match.start()) for mark in (";", ".", ":"))
    return re.search(MODELLED, sentence.signs[max(0, start) : match.end() + _AHEAD]) is not None


def groups(sentences: Iterable[Sentence]) -> list[Quantity]:
    """Return every count of the text: each may be the group that a percentage is over."""
    return [q for sentence in sentences for q in sentence.quantities if q.kind is Kind.COUNT and q.n > 0]
