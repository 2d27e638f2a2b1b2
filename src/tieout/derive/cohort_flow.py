"""The cohort's flow: populations in order, exclusions with their reasons, dispositions; nobody is lost or
doubled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tieout.derive.counts import count
from tieout.derive.masks import is_true
from tieout.derive.provenance import meaning
from tieout.derive.rows import made_of
from tieout.values.finding import Finding, FindingsError
from tieout.values.result import Curve, Result, Results

Predicate: TypeAlias = Callable[[pd.DataFrame], Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why patients are left out: a name, its label, and a predicate on the table of patients."""

    name: str
    label: str
    holds: Predicate


@dataclass(frozen=True, slots=True)
class Population:
    """A named population: those of the one before it to whom none of the reasons applies.

    A patient to whom several apply is counted under the first. `keep` says in one predicate who should
    remain; it is held against the reasons, so that nobody leaves without one.
    """

    name: str
    label: str
    excluded: Sequence[Reason] = ()
    keep: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Disposition:
    """One way on from a population: a name, its label, a predicate, and the ways on from there.

    The dispositions beside each other divide their parent: each patient has exactly one.
    """

    name: str
    label: str
    holds: Predicate
    then: Sequence[Disposition] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Who stands where. `members` maps each name to the patients' rows, `results` holds the counts."""

    members: dict[str, pd.DataFrame]
    results: Results

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return the rows of a population or disposition."""
        return self.members[name]


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    name: str
    label: str
    parent: str
    kind: str
    mask: NDArray[np.bool_]


def flow(
    patients: pd.DataFrame,
    populations: Sequence[Population],
    dispositions: Sequence[Disposition] = (),
    *,
    may_be_empty: bool = False,
) -> Flow:
    """Follow patients through populations and dispositions, and make sure that all are accounted for.

    Parameters
    ----------
    patients : one row a patient.
    populations : in order; the first usually excludes nobody ("in the registry").
    dispositions : what became of the last population.
    may_be_empty : whether the last population may have nobody, as when every cut of a running trial is
        derived from its first day.

    Returns
    -------
    Flow
        `results` has one count a population, reason and disposition under its name (of: its parent; zero
        counts are kept), and `tree`, the same as columns name, label, parent, kind and n for a figure.

    Raises
    ------
    FindingsError
        when a predicate is unknown (NA) for a patient, when patients leave without a reason, when
        dispositions do not divide their parent, or when nobody is left; each with its numbers.

    Examples
    --------
    >>> table = pd.DataFrame({"treated": [True, True, False], "stopped": [True, False, False]})
    >>> made = flow(table,
    ...     [Population("registered", "In the registry"),
    ...      Population("treated", "Treated", [Reason("untreated", "Never treated", lambda t: ~t.treated)])],
    ...     [Disposition("stopped", "Stopped", lambda t: t.stopped),
    ...      Disposition("ongoing", "On treatment", lambda t: ~t.stopped)])
    >>> [(key, c.n, c.of) for key, c in made.results.flat() if key != "tree"]
    [('registered', 3, None), ('untreated', 1, 3), ('treated', 2, 3), ('stopped', 1, 2), ('ongoing', 1, 2)]
    """
    nodes, found = _follow(patients, populations, dispositions)
    found += check_balance(nodes_of(nodes))
    if not may_be_empty:
        found += _check_anybody(nodes)
    if found:
        raise FindingsError(found)
    by_name = {node.name: node for node in nodes}
    counts: dict[str, Result | Results] = {}
    for node in nodes:
        parent = by_name.get(node.parent)
        made = count(
            int(node.mask.sum()),
            None if parent is None else int(parent.mask.sum()),
            label=node.label,
            population=parent.label if parent else "",
        )
        counts[node.name] = made_of(made, partial(patients.__getitem__, node.mask))
    columns: dict[str, tuple[float | int | str | None, ...]] = {
        "name": tuple(node.name for node in nodes),
        "label": tuple(node.label for node in nodes),
        "parent": tuple(node.parent for node in nodes),
        "kind": tuple(node.kind for node in nodes),
        "n": tuple(int(node.mask.sum()) for node in nodes),
    }
    counts["tree"] = Curve(
        columns, meaning("Flow of patients", nodes[0].label if nodes else ""), display=False
    )
    return Flow({node.name: patients[node.mask] for node in nodes}, Results(counts))


def nodes_of(nodes: Sequence[_Node]) -> list[tuple[str, str, str, int]]:
    """Return (name, parent, kind, n) of each node, what `check_balance` looks at."""
    return [(node.name, node.parent, node.kind, int(node.mask.sum())) for node in nodes]


def check_balance(nodes: Sequence[tuple[str, str, str, int]]) -> list[Finding]:
    """Return a finding for each parent whose parts do not add up to it.

    Parameters
    ----------
    nodes : (name, parent, kind, n) with kind "population", "exclusion" or "disposition"; parents come first.

    Examples
    --------
    >>> all_, out = ("all", "", "population", 3), ("out", "all", "exclusion", 1)
    >>> check_balance([all_, out, ("in", "all", "population", 2)])
    []
    """
    found = []
    for name, _, _, n in nodes:
        parts = [part for part in nodes if part[1] == name]
        for kinds in (("population", "exclusion"), ("disposition",)):
            some = [part for part in parts if part[2] in kinds]
            total = sum(part[3] for part in some)
            if some and total != n:
                facts = {"have": " + ".join(str(part[3]) for part in some) + f" = {total}", "need": str(n)}
                message = f"the parts of “{name}” do not add up to it"
                remedy = "every patient belongs to exactly one part: see its predicates"
                found.append(Finding("derive/flow-balance", message, None, facts, remedy))
    return found


def _check_anybody(nodes: Sequence[_Node]) -> list[Finding]:
    """Look at the last population: where it has nobody, no statistic of it means anything."""
    way = [node for node in nodes if node.kind != "disposition"]
    if not way or way[-1].mask.any():
        return []
    facts = {
        node.label: str(int(node.mask.sum())) for node in way if node.kind == "population" or node.mask.any()
    }
    remedy = "derive at a later cutoff, or look at the reasons for which patients are left out"
    message = f"nobody is in “{way[-1].label}”"
    return [Finding("derive/flow-empty", message, None, facts, remedy)]


def _follow(
    patients: pd.DataFrame, populations: Sequence[Population], dispositions: Sequence[Disposition]
) -> tuple[list[_Node], list[Finding]]:
    nodes: list[_Node] = []
    found: list[Finding] = []
    current, parent = np.ones(len(patients), dtype=bool), ""
    for population in populations:
        before = current
        for reason in population.excluded:
            out = current & _mask(patients, reason.holds, reason.name, current, found)
            nodes.append(_Node(reason.name, reason.label, parent, "exclusion", out))
            current = current & ~out
        if population.keep is not None:
            wanted = before & _mask(patients, population.keep, population.name, before, found)
            found += _check_keep(population.name, current, wanted)
        nodes.append(_Node(population.name, population.label, parent, "population", current))
        parent = population.name
    for branch in dispositions:
        nodes += _branch(patients, branch, parent, current, found)
    found += _check_names(nodes)
    found += _check_division(patients, dispositions, parent, current)
    return nodes, found


def _branch(
    patients: pd.DataFrame, branch: Disposition, parent: str, inside: NDArray[np.bool_], found: list[Finding]
) -> Iterator[_Node]:
    mask = inside & _mask(patients, branch.holds, branch.name, inside, found)
    yield _Node(branch.name, branch.label, parent, "disposition", mask)
    for below in branch.then:
        yield from _branch(patients, below, branch.name, mask, found)
    found += _check_division(patients, branch.then, branch.name, mask)


def _mask(
    patients: pd.DataFrame, holds: Predicate, name: str, inside: NDArray[np.bool_], found: list[Finding]
) -> NDArray[np.bool_]:
    answer = pd.Series(holds(patients))
    unknown = answer.isna().to_numpy(dtype=bool) & inside
    if unknown.any():
        facts = {"rows": str(int(unknown.sum())), "of": str(int(inside.sum()))}
        remedy = "say in the predicate where the unknown belong"
        found.append(
            Finding("derive/flow-unknown", f"“{name}” is unknown for some patients", None, facts, remedy)
        )
    return is_true(answer)


def _check_keep(name: str, have: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> list[Finding]:
    unexplained, unwanted = int((have & ~wanted).sum()), int((wanted & ~have).sum())
    if not unexplained and not unwanted:
        return []
    facts = {
        "without a reason": str(unexplained),
        "excluded though kept": str(unwanted),
        "remain": str(int(have.sum())),
        "need": str(int(wanted.sum())),
    }
    message = f"the reasons of exclusion and the definition of “{name}” do not agree"
    remedy = "add the reason that is absent, or correct the definition"
    return [Finding("derive/flow-reasons", message, None, facts, remedy)]


def _check_names(nodes: Sequence[_Node]) -> list[Finding]:
    names = [node.name for node in nodes]
    doubled = sorted({name for name in names if names.count(name) > 1})
    return [Finding("derive/flow-name", f"two parts of the flow are named “{name}”") for name in doubled]


def _check_division(
    patients: pd.DataFrame, parts: Sequence[Disposition], parent: str, inside: NDArray[np.bool_]
) -> list[Finding]:
    if not parts:
        return []
    ignored: list[Finding] = []  # unknown answers were reported when the part was counted
    times = sum(_mask(patients, part.holds, part.name, inside, ignored).astype(int) for part in parts)
    none, several = int((inside & (times == 0)).sum()), int((inside & (times > 1)).sum())
    if not none and not several:
        return []
    facts = {"in none": str(none), "in several": str(several), "of": str(int(inside.sum()))}
    message = f"the dispositions of “{parent}” do not divide its patients"
    remedy = "write their predicates so that each patient has exactly one"
    return [Finding("derive/flow-division", message, None, facts, remedy)]
