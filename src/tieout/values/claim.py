"""Words that the data must bear out."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.values.condition import Condition
from tieout.values.markdown import escape


class ClaimError(Exception):
    """The data do not bear a claim out."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Words with the condition under which they are true; it held when the document was made."""

    words: str
    condition: Condition

    def _repr_markdown_(self) -> str:
        keys = " ".join(dict.fromkeys(self.condition.keys))
        return f'[{escape(self.words)}]{{.claim keys="{keys}" condition="{escape(self.condition.text)}"}}'


def claim(words: str, condition: Condition) -> Claim:
    """Return `words` for printing, after making sure that `condition` holds.

    Raises
    ------
    ClaimError
        with the words, the condition and the numbers on each side, when it does not hold.
    """
    if not isinstance(condition, Condition):
        raise TypeError("a claim needs a condition on results, such as r.flow.hospice.share < 0.5")
    if not condition.holds:
        raise ClaimError(f"the data do not bear out “{words}”: {condition.text} is {condition.numbers}")
    return Claim(words, condition)
