"""A percentage of a named group, without its count: some whole number of the group must give it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from tieout.audit.arithmetic import denominators_for_all, numerators_near
from tieout.audit.check.finding import Certainty, Piece, Rule, TextFinding, piece
from tieout.audit.check.phrases import CONFIDENCE, MODELLED, PEOPLE
from tieout.audit.check.reading import Reading
from tieout.text.quantities import Kind, Quantity
from tieout.text.signs import Sentence

NAME = "named-share"

_NAMED = (
    rf"(?P<p>{{p}})(?!-? ?{CONFIDENCE}) of (?:the |all |these |our )*{PEOPLE} (?P<group>"
    rf"(?:[a-zß-ÿ0-9'’{{x}}-]+ ){{1,8}})"
)
_DIRECT = (
    rf"(?P<p>{{p}})(?!-? ?{CONFIDENCE}) of (?:the |all |these |our )*"
    rf"(?P<of>{{n}}) (?:{PEOPLE}|who|were|was|had)\b(?! ?[(\[])"
)
_ALSO = (
    rf"\b(?:and|while|whereas|but) (?P<p>{{p}})(?!-? ?{CONFIDENCE}) (?!of |vs|versus|in |for |with |at )[a-z]"
)
# Who is asked later may be fewer than the group was.
_LATER = re.compile(
    r"\b(?:at|after|by|until) (?:[\w\ue000-\ue005-]+ ){0,4}(?:completion|follow-?up|visit|end)\b"
)
_STOP_WORDS = (
    "a an and the of in on at to for from by with without who whom that which were was had have has been "
    "being "
    "or is are all any these those due after before during following underwent receiving received treated "
    "treatment therapy patients pts cases group groups study trial enrolled included evaluated"
)
_STOP = frozenset(_STOP_WORDS.split())
_VERBS = (
    "had have were was are is achieved showed developed experienced received underwent died transitioned "
    "proceeded "
    "responded remained reported required reached survived relapsed progressed completed entered went did "
    "could "
    "preferred presented"
)
_VERB = frozenset(_VERBS.split())
_IS_GROUP = re.compile(r"who |that |\w+ing\b")
_MOST_LISTED = 5


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each group whose percentages no whole number of people gives."""
    within = {quantity.start for share in reading.shares for quantity in share.quantities}
    described = list(_described(reading))
    for sentence in reading.sentences:
        if re.search(rf"{MODELLED}|surviv|-free\b", sentence.signs):
            continue
        yield from _direct(sentence, within)
        if not _LATER.search(sentence.signs):
            yield from _by_name(reading, sentence, within, described)


def _direct(sentence: Sentence, within: set[int]) -> Iterator[TextFinding]:
    """47% of 35 patients."""
    for _, named in sentence.find(_DIRECT):
        p, of = named["p"], named["of"]
        if p.start not in within and of.n > 0 and not numerators_near(of.n, p.value):
            message = f"no whole number of {of.n} is {p.value}%{_nearest(of.n, p)}"
            yield TextFinding(NAME, Certainty.IMPOSSIBLE, message, (piece(p, of),))


def _by_name(
    reading: Reading,
    sentence: Sentence,
    within: set[int],
    described: Sequence[tuple[Quantity, frozenset[str]]],
) -> Iterator[TextFinding]:
    """47% of patients stopping A …, while 44% …: the 35 who stopped A."""
    for match, named in sentence.find(_NAMED):
        first = named["p"]
        if match["group"].split()[0] in _VERB or not _IS_GROUP.match(match["group"]):
            continue  # "97% of patients reported": nothing names the group
        name = _name_of(match["group"])
        matching = [
            group for group, about in described if name and name <= about and group.start != first.start
        ]
        if first.start in within or not name or len({group.n for group in matching}) != 1:
            continue
        of = matching[0]
        stated = [
            first,
            *(other["p"] for found, other in sentence.find(_ALSO) if found.start() > match.start()),
        ]
        stated = [p for p in stated if p.start not in within]
        wrong = [p for p in stated if not numerators_near(of.n, p.value)]
        if first not in wrong:
            continue
        yield _finding(of, matching, wrong)


def _finding(of: Quantity, matching: Sequence[Quantity], wrong: Sequence[Quantity]) -> TextFinding:
    values = [p.value for p in wrong]
    listed = " and ".join(f"{value}%" for value in values)
    fitting = list(islice(denominators_for_all(values, 4 * of.n), 200))
    closest = sorted(sorted(fitting, key=lambda size: abs(size - of.n))[:_MOST_LISTED])
    either = " or ".join(f"{value}%" for value in values)
    message = f"no whole number of the {of.n} is {either}{_nearest(of.n, wrong[0])}"
    if closest:
        message += f"; groups of {', '.join(map(str, closest))} would allow {listed}"
    whole = Piece(min(p.start for p in wrong), max(p.end for p in wrong))
    singles = [piece(p) for p in wrong] if len(wrong) > 1 else []
    return TextFinding(NAME, Certainty.INCONSISTENT, message, (whole, *singles, *map(piece, matching)))


def _nearest(of: int, p: Quantity) -> str:
    below = int(p.value * of / 100)
    return f" ({below}/{of} is {100 * below / of:.1f}%, {below + 1}/{of} is {100 * (below + 1) / of:.1f}%)"


def _described(reading: Reading) -> Iterator[tuple[Quantity, frozenset[str]]]:
    """Each count with the stems of the words that say who they are, up to the next number or mark."""
    for sentence in reading.sentences:
        for place, quantity in zip(sentence.at, sentence.quantities, strict=True):
            if quantity.kind is Kind.COUNT and quantity.n >= 5:
                after = re.match(
                    "[^\ue000-\ue002.;,()]{0,120}(?:\ue005[^\ue000-\ue005.;,()]{0,80})?",
                    sentence.signs[place + 1 :],
                )
                yield (
                    quantity,
                    frozenset(map(_stem, re.findall(r"[a-zß-ÿ0-9-]{3,}", after[0] if after else ""))),
                )


def _name_of(group: str) -> frozenset[str]:
    """The stems of the words that name a group, up to its verb; none where only common words name it."""
    made: list[str] = []
    for word in group.replace("\ue005", " ").split():
        if word in _VERB or (len(made) >= 2 and word.endswith("ed") and word not in _STOP):
            if made:
                break
            continue
        if word not in _STOP:
            made.append(_stem(word))
    return frozenset(made) if len(made) >= 2 else frozenset()


def _stem(word: str) -> str:
    """discontinued, discontinuing and discontinue are one."""
    return re.sub(r"(?:ations?|ing|ed|es|e|s|ion|ions)$", "", word) if len(word) > 5 else word


RULE = Rule(
    NAME,
    "Is a percentage of a named group possible for that group?",
    "Reads “47% of the 35 patients” and “47% of patients discontinuing X …, while 44% …”, finds the one "
    "count that the text describes with all the same words (“the 35 who discontinued X”), and asks "
    "whether any whole number of them gives the percentage within one unit. It lists the groups that "
    "would allow all of them together, and does not guess which was meant. People only are asked, named "
    "by what they do (who …, discontinuing …), and not at a later visit, when fewer may be left.",
    "GRIM for percentages (Brown and Heathers 2017, Soc Psychol Personal Sci 8:363).",
    check,
)
