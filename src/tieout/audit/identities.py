"""Identities: numbers that must fit each other, in the store and as each output prints them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from tieout.audit.printed import PrintedNumber
from tieout.audit.relations import Relation, Term, relations, values_of
from tieout.values.facets import FACETS, show
from tieout.values.finding import Finding, Place
from tieout.values.result import Count
from tieout.values.store import Store
from tieout.values.style import AMA


def check_store(store: Store) -> list[Finding]:
    """Return a finding for each relation that the store's own numbers break."""
    values = values_of(store)
    return [
        _broken(
            relation,
            {term: str(float(values[term])).removesuffix(".0") for term in relation.terms},
            "results",
        )
        for relation in relations(store)
        if all(term in values for term in relation.terms) and not relation.holds(values)
    ]


def check_output(numbers: Sequence[PrintedNumber], store: Store, output: str) -> list[Finding]:
    """Return a finding for each relation that the characters of one output break.

    Only what is printed counts: nothing is taken from the store but which numbers belong together.
    """
    values: dict[Term, Fraction] = {}
    printed: dict[Term, PrintedNumber] = {}
    for number in numbers:
        if number.value is not None:
            values.setdefault((number.key, number.name), Fraction(number.value))
            printed.setdefault((number.key, number.name), number)
    found = check_one_way(numbers, output)
    for relation in relations(store):
        if all(term in values for term in relation.terms):
            places = printed[relation.terms[2]].places if relation.kind == "share" else 0
            if not relation.holds(values, places):
                found.append(_broken(relation, {term: printed[term].text for term in relation.terms}, output))
    return found


def check_one_way(numbers: Iterable[PrintedNumber], output: str) -> list[Finding]:
    """Return a finding for each number of a result that is printed in two ways: 49% here, 48.6% there."""
    first: dict[Term, PrintedNumber] = {}
    found, told = [], set()
    for number in numbers:
        known = first.setdefault((number.key, number.name), number)
        same = known.text == number.text if known.text[:1].isdigit() == number.text[:1].isdigit() else True
        if (same and known.value == number.value) or (number.key, number.name) in told:
            continue
        told.add((number.key, number.name))
        facts = {
            known.where or output: f"{known.text} ({known.tie})",
            "here": f"{number.text} ({number.tie})",
        }
        message = f"the {number.name} of {number.key} is printed in two ways"
        remedy = "print it with one number style, and render all documents again"
        found.append(Finding("audit/two-ways", message, Place(number.where or output), facts, remedy))
    return found


def check_ties_of_output(
    ties: Iterable[tuple[str, str]], store: Store, output: str, expected: dict[str, set[str]] | None = None
) -> list[Finding]:
    """Return a finding for each tie of an output whose characters are not what the store prints.

    `expected` are the words that the run printed, by key with facet; without it the default style decides.
    """
    found = []
    for tie, text in ties:
        key, _, facet = tie.rpartition(".")
        result = store.results.get(key)
        if result is None or facet not in FACETS[type(result)]:
            found.append(
                Finding(
                    "audit/tie",
                    f"{output} prints a tie of {tie}, which the store does not hold",
                    Place(output),
                )
            )
            continue
        need = (expected or {}).get(tie) or {show(result, facet, AMA)}
        if _plain(text) not in {_plain(each) for each in need}:
            facts = {"have": text, "need": " or ".join(sorted(need))}
            message = f"{output} prints {tie} otherwise than the store"
            found.append(Finding("audit/printed", message, Place(output), facts, "render it again"))
    return found


def uncovered(store: Store, keys: Iterable[str]) -> list[str]:
    """Return which of these counts no identity between several results covers, in order."""
    covered = {
        key
        for relation in relations(store)
        if relation.kind in {"sum", "equal"} and len({key for key, _ in relation.terms}) > 1
        for key, name in relation.terms
        if name == "n"
    }
    return [
        key for key in dict.fromkeys(keys) if isinstance(store.results.get(key), Count) and key not in covered
    ]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _broken(relation: Relation, shown: dict[Term, str], where: str) -> Finding:
    facts = {f"{key}.{name}": text for (key, name), text in shown.items()}
    remedy = "see where each is computed: tieout explain KEY"
    return Finding("audit/identity", f"these numbers do not fit: {relation.why}", Place(where), facts, remedy)
