"""What several commands do with a study: find it, load its parts, derive it."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.freshness import CUTOFF, TOOL, input_digests, tool_version
from tieout.values.project import CONFIG, Project, read_project
from tieout.values.store import Store, make_store

DERIVED = "derived"  # the folder below data/ that git ignores

if TYPE_CHECKING:
    from tieout.derive.protocol import Protocol


def open_project(folder: str | Path = ".") -> Project:
    """Read the project around `folder` and let Python import the study's own modules."""
    project = read_project(Path(folder))
    if str(project.root) not in sys.path:
        sys.path.insert(0, str(project.root))
    return project


def load(reference: str, setting: str) -> Any:
    """Return the object that a setting names as `module:name`."""
    module, _, name = reference.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ModuleNotFoundError, AttributeError) as error:
        if isinstance(error, ModuleNotFoundError) and not module.startswith(str(error.name)):
            raise  # the study's module is there and misses another: its author needs the traceback
        facts = {"have": reference}
        remedy = f"write tieout: {setting}: module:name"
        raise FindingsError(
            [
                Finding(
                    "project/no-such-object",
                    f"the setting {setting} names nothing",
                    Place(CONFIG),
                    facts,
                    remedy,
                )
            ]
        ) from None


def read_study_protocol(project: Project, cutoff: date | None) -> Protocol:
    """Return the study's protocol, at another cutoff where one is given."""
    from tieout.derive.protocol import read_protocol  # noqa: PLC0415  (the data branch loads pandas)

    protocol = read_protocol(project.protocol, project.relative(project.protocol))
    return protocol.with_cutoff(cutoff) if cutoff else protocol


def derive_store(project: Project, cutoff: date | None = None, *, remember: bool = True) -> Store:
    """Read the registry, check it, and derive the whole store; FindingsError where that cannot be done.

    A store derived at another cutoff than the protocol's records it, so that a later run stays there. With
    `remember`, keyed hashes of the cut's patients are kept beside the data.
    """
    from tieout.cli._patients import remember_patients  # noqa: PLC0415  (as above)
    from tieout.sources import read_registry  # noqa: PLC0415  (as above)
    from tieout.sources.files import as_stored  # noqa: PLC0415  (as above)

    protocol = read_study_protocol(project, cutoff)
    registry = as_stored(load(project.registry, "registry"), project.data)
    tables = read_registry(registry, project.data)
    results = _run_analysis(load(project.derive, "derive"), tables, protocol)
    study = {
        "title": protocol.title,
        "synthetic": protocol.synthetic,
        "cutoff": protocol.cutoff.isoformat(),
    }
    inputs = {**input_digests(project), TOOL: tool_version()}
    if cutoff is not None and cutoff != read_study_protocol(project, None).cutoff:
        inputs[CUTOFF] = cutoff.isoformat()
    store = make_store(results, study, inputs)
    if remember:
        remember_patients(project, registry, tables, protocol.cutoff, store.digest)
    return store


def _run_analysis(derive: Any, tables: Any, protocol: Protocol) -> Any:
    """Derive the study's results; a cohort without anybody is told with the cutoff at which it is empty."""
    try:
        return derive(tables, protocol)
    except FindingsError as error:
        cutoff = {"cutoff": protocol.cutoff.isoformat()}
        raise FindingsError(
            replace(finding, facts={**cutoff, **finding.facts})
            if finding.code == "derive/flow-empty"
            else finding
            for finding in error.findings
        ) from None


def second_opinion(project: Project, cutoff: date | None = None) -> str:
    """Derive the study, have other programs compute its estimates from the same inputs, and say how it went.

    Raises
    ------
    FindingsError
        naming each result of which another program computes another number. Nothing is written.
    """
    from tieout.derive.observed import Observation, listening  # noqa: PLC0415  (the data branch loads pandas)
    from tieout.derive.second_opinion import agreement, check_agreement, compare  # noqa: PLC0415  (and lifelines)

    heard: list[Observation] = []
    with listening(heard.append):
        store = derive_store(project, cutoff, remember=False)
    comparisons = compare(heard)
    if findings := check_agreement(comparisons, store.results):
        raise FindingsError(findings)
    return agreement(comparisons, store.results)


def write_data_set(project: Project, cutoff: date | None = None) -> tuple[Path, int]:
    """Write the study's analysis data, one row a patient, beside the registry; return its path and rows.

    Raises
    ------
    FindingsError
        when the study declares no function that makes it.
    """
    from tieout.derive.patient_rows import write_analysis_data  # noqa: PLC0415  (the data branch loads pandas)
    from tieout.sources import read_registry  # noqa: PLC0415  (as above)

    if not project.analysis_data:
        message = "the study declares no analysis data"
        remedy = (
            "write data_set(tables, protocol), which returns tieout.derive.analysis_data(…), "
            "and name it in _quarto.yml under tieout: analysis-data: analysis:data_set"
        )
        raise FindingsError([Finding("project/no-analysis-data", message, Place(CONFIG), {}, remedy)])
    make = load(project.analysis_data, "analysis-data")
    tables = read_registry(load(project.registry, "registry"), project.data)
    table, dictionary = make(tables, read_study_protocol(project, cutoff))
    return write_analysis_data(table, dictionary, project.data / DERIVED), len(table)


def say(message: str) -> None:
    """Report a step on a terminal, with the time of day; stay quiet where nobody watches."""
    if sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415  (loaded only where somebody watches)
        from rich.text import Text  # noqa: PLC0415  (as above)

        Console(stderr=True, log_path=False).log(Text(f"{message} …", style="dim"))
