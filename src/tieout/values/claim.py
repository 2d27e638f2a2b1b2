"""Words that the data must bear out."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.values.condition import Condition
from tieout.values.markdown import escape
from tieout.values.tie import Tie
from tieout.values.vocabulary import implied


@dataclass(frozen=True, slots=True)
class Claim:
    """Words with the condition under which they are true."""

    words: str
    condition: Condition

    def _repr_markdown_(self) -> str:
        keys = " ".join(dict.fromkeys(self.condition.keys))
        return f'[{escape(self.words)}]{{.claim keys="{keys}" condition="{escape(self.condition.text)}"}}'


class ClaimError(Exception):
    """The data do not bear a claim out."""

    def __init__(self, message: str, claim: Claim) -> None:
        self.claim = claim
        super().__init__(message)


def claim(words: str, condition: Condition | Tie, other: Tie | None = None) -> Claim:
    """Return `words` for printing, after making sure that the data bear them out.

    Parameters
    ----------
    condition : a comparison of results; or a result alone, where the words mean a condition by themselves, as
        `values/vocabulary.py` lists them: ``claim("the majority", r.next_line.cabazitaxel.share)``.
    other : the second result, for words that compare two: ``claim("longer than", r.a.median, r.b.median)``.

    Raises
    ------
    ClaimError
        with the words, the condition and the numbers on each side, when it does not hold.
    """
    if not isinstance(condition, Condition):
        if not isinstance(condition, Tie):
            raise TypeError("a claim needs a condition on results, such as r.flow.hospice.share < 0.5")
        condition = implied(words, condition, other)
    if not condition.holds:
        message = f"the data do not bear out “{words}”: {condition.text} is {condition.numbers}"
        raise ClaimError(message, Claim(words, condition))
    return Claim(words, condition)
