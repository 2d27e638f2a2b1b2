"""Pieces of patterns that several rules share."""

from __future__ import annotations

# A word, a name or a measure; never a count or a percentage, and no word that begins another statement.
_LETTERS = "a-zß-ÿα-ω0-9'’/&+≥≤<>®™{x}{m}"
_BREAKS = "and|or|vs|versus|but|while|whereas|than|compared|nor|respectively|from|to"
_WORD = rf"(?!(?:{_BREAKS})\b)[{_LETTERS}][{_LETTERS}‐‑-]*"

OPEN = r"[(\[]"
CLOSE = r"[)\]]"
OF = r"(?:out )?of (?:a total of |(?:the |all |these |those |our )*(?:total |remaining |other )?)"
CONFIDENCE = (
    r"(?:(?:two|one|2|1)-sided )?(?:ci|cis|cl|ic|cri|confidence intervals?|confidence limits?"
    r"|credible intervals?)\b"
)

# A rate that is not a plain share of counted people: censored, modelled, or weighted.
MODELLED = (
    r"actuarial|kaplan|meier|cumulative|probabilit|projected|adjusted|(?<!-)weighted|standardi[sz]ed|predicted"
    r"|extrapolat|imputed|simulat|estimated"
)

PEOPLE = (
    r"(?:patients?|pts?|cases?|subjects?|individuals?|participants?|persons?|people|women|men|children|eyes|dogs"
    r"|adults|infants|survivors|respondents|responders|tumou?rs|lesions|specimens|samples)"
)

PAIRED_ORGANS = r"eyes|ears|hips|knees|kidneys|ureters|limbs|legs|feet|hands|shoulders|breasts|ovaries"
ORGANS = (
    rf"(?:{PAIRED_ORGANS}|teeth|implants|lesions|tumou?rs|nodules|nodes|segments|vessels|aneurysms|vertebrae"
    r"|sites|samples|specimens)"
)


def words(most: int) -> str:
    """Return a pattern for up to `most` words, each with the blank after it."""
    return rf"(?:{_WORD} ){{0,{most}}}"


def more_words(most: int) -> str:
    """Return a pattern for up to `most` words, each with the blank before it."""
    return rf"(?: {_WORD}){{0,{most}}}"
