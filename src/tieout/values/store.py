"""The store: all results of one data cut, as a folder of JSON that diffs well and carries its own digest.

`results.json` holds every result and may be attached to an output. `display/` holds what can show single
patients (the steps of a small curve, a waterfall's bars): one file a curve, read by figures alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from tieout.values.facets import RESERVED
from tieout.values.files import write_whole
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.project import CONFIG
from tieout.values.result import KINDS, Curve, Meaning, Result, Results
from tieout.values.rounding import significant

FORMAT = 1
RESULTS_FILE = "results.json"
DISPLAY = "display"
_PARTS = ("study", "inputs", "results")
_KIND_OF = {kind: name for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Store:
    """One cut's results by key, with what they were derived from.

    `study` holds what every output must say (title, cutoff, `synthetic`); `inputs` the hashes of what derive
    read; `digest` is the SHA-256 of all the rest.
    """

    results: Mapping[str, Result]
    study: Mapping[str, Any]
    inputs: Mapping[str, str]
    digest: str = ""

    def __getitem__(self, key: str) -> Result:
        return self.results[key]

    def __contains__(self, key: object) -> bool:
        return key in self.results

    def under(self, prefix: str) -> Iterator[tuple[str, Result]]:
        """Yield the results below a dotted prefix, as (rest of the key, result), in their order."""
        start = f"{prefix}."
        return ((key[len(start) :], result) for key, result in self.results.items() if key.startswith(start))


def check_keys(keys: list[str]) -> list[Finding]:
    """Return a finding for each key that a document could not print unambiguously."""
    known, found = set(keys), []
    for key in keys:
        segments = key.split(".")
        if reserved := [segment for segment in segments if segment in RESERVED]:
            found.append(
                Finding(
                    "store/reserved-name",
                    f"the key {key} uses the name of a facet, {reserved[0]}",
                    remedy="rename it, for example by what is counted",
                )
            )
        shorter = [".".join(segments[:end]) for end in range(1, len(segments))]
        found += [
            Finding(
                "store/prefix",
                f"the key {start} is also the beginning of {key}",
                remedy="give the shorter one a name of its own",
            )
            for start in shorter
            if start in known
        ]
    return found


def make_store(results: Results, study: Mapping[str, Any], inputs: Mapping[str, str]) -> Store:
    """Build a store from derived results; FindingsError lists every unusable key."""
    flat = dict(results.flat())
    if found := check_keys(list(flat)):
        raise FindingsError(found)
    store = Store({key: _rounded(result) for key, result in flat.items()}, dict(study), dict(inputs))
    return replace(store, digest=digest_of(_document(store), _display_files(store)))


def write_store(store: Store, folder: Path) -> bool:
    """Write the store so that a reader sees the old one or the new one; return whether any byte changed."""
    document = {**_document(store), "digest": store.digest}
    wanted = {RESULTS_FILE: _text(document), **_display_files(store)}
    present = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in [folder / RESULTS_FILE, *sorted((folder / DISPLAY).glob("*.json"))]
        if path.is_file()
    }
    if wanted == present:
        return False
    for name in present.keys() - wanted.keys():
        (folder / name).unlink()
    for name in sorted(
        wanted, key=lambda name: name == RESULTS_FILE
    ):  # the file that readers watch goes last
        write_whole(folder / name, wanted[name].encode())
    return True


def read_store(folder: Path) -> Store:
    """Read a store and hold it against its digest.

    Raises
    ------
    FindingsError
        when there is none, when it is not a store, or when somebody edited it by hand.
    """
    document = _read_document(folder / RESULTS_FILE)
    claimed = document.pop("digest")
    results = {key: _read_result(key, value, folder) for key, value in document["results"].items()}
    display = {
        f"{DISPLAY}/{file.name}": file.read_text(encoding="utf-8", errors="replace")
        for file in sorted((folder / DISPLAY).glob("*.json"))
    }
    if (got := digest_of(document, display)) != claimed:
        message = "the store differs from its own digest: it was edited by hand or merged"
        facts = {"have": str(claimed)[:12], "got": got[:12]}
        raise _refused("edited", message, folder / RESULTS_FILE, facts)
    for key, result in results.items():
        if isinstance(result, Curve) and result.display:
            columns = json.loads(display[f"{DISPLAY}/{key}.json"])["columns"]
            results[key] = replace(result, columns={name: tuple(column) for name, column in columns.items()})
    return Store(results, document["study"], document["inputs"], claimed)


def _read_document(path: Path) -> dict[str, Any]:
    """Read a store's JSON and make sure that it has a store's parts."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        finding = Finding(
            "store/absent", "there are no results yet", Place(_shown(path)), {}, "run: tieout derive"
        )
        raise FindingsError([finding]) from None
    except json.JSONDecodeError as error:
        message = "this is not a store: it is no valid JSON"
        raise _refused("unreadable", message, path, {"got": error.msg}, (error.lineno, error.colno)) from None
    except UnicodeDecodeError:
        raise _refused("unreadable", "this is not a store: it is not UTF-8 text", path) from None
    except OSError as error:
        raise _refused("unreadable", f"this file cannot be read: {error.strerror}", path) from None
    if not isinstance(document, dict):
        raise _refused("unreadable", "this is not a store: it holds no object with named parts", path)
    if (have := document.get("format", FORMAT)) != FORMAT:
        message = "another version of tieout wrote this store, in another format"
        raise _refused("format", message, path, {"have": str(have), "need": str(FORMAT)})
    if lacking := [name for name in (*_PARTS, "digest", "format") if name not in document]:
        raise _refused("unreadable", f"this is not a whole store: it lacks {', '.join(lacking)}", path)
    if wrong := [name for name in _PARTS if not isinstance(document[name], dict)]:
        raise _refused("unreadable", f"this is not a store: its {wrong[0]} have no names", path)
    return document


def _read_result(key: str, value: Any, folder: Path) -> Result:
    try:
        return _load(value)
    except (ValueError, KeyError, TypeError, AttributeError):
        message = f"the store's result {key} lacks something, or holds something else than a result does"
        raise _refused("unreadable", message, folder / RESULTS_FILE) from None


def _refused(
    code: str,
    message: str,
    path: Path,
    facts: Mapping[str, str] | None = None,
    at: tuple[int | None, int | None] = (None, None),
) -> FindingsError:
    remedy = "run: tieout derive; or restore the file from version control"
    return FindingsError([Finding(f"store/{code}", message, Place(_shown(path), *at), facts or {}, remedy)])


def _shown(path: Path) -> str:
    """Return a store's path as messages show it: from the root of the project that holds it, if one does."""
    whole = path.resolve()
    root = next((folder for folder in whole.parents if (folder / CONFIG).is_file()), None)
    return (whole.relative_to(root) if root else path).as_posix()


def present_store(folder: Path) -> Store | None:
    """Return the store of a folder, or None where there is none that can be read."""
    try:
        return read_store(folder)
    except FindingsError:
        return None


def digest_of(document: Mapping[str, Any], display: Mapping[str, str]) -> str:
    """Return the SHA-256 of a store's content, in hexadecimal."""
    whole = json.dumps([document, dict(sorted(display.items()))], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _document(store: Store) -> dict[str, Any]:
    results = {key: _dump(result) for key, result in store.results.items()}
    return {"format": FORMAT, "study": store.study, "inputs": store.inputs, "results": results}


def _display_files(store: Store) -> dict[str, str]:
    return {
        f"{DISPLAY}/{key}.json": _text({"columns": result.columns})
        for key, result in sorted(store.results.items())
        if isinstance(result, Curve) and result.display
    }


def _text(value: Any) -> str:
    """JSON with a line a result's field, so that a diff shows what moved; long columns stay on one line."""
    return json.dumps(value, indent=1, ensure_ascii=False, default=_plain) + "\n"


def _plain(value: Any) -> Any:
    raise TypeError(f"a store keeps numbers and words, not {type(value).__name__}")


def _rounded(value: Any) -> Any:
    """Return a result with every float at 12 significant digits, as it will be read back."""
    if isinstance(value, float):
        return significant(value)
    if isinstance(value, tuple | list):
        return tuple(_rounded(item) for item in value)
    if isinstance(value, Mapping):
        return {name: _rounded(item) for name, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _rounded(getattr(value, f.name)) for f in fields(value)})
    return value


def _dump(result: Result) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": _KIND_OF[type(result)]}
    for f in fields(result):
        value = getattr(result, f.name)
        if f.name == "meaning":
            made |= {m.name: text for m in fields(Meaning) if (text := getattr(value, m.name))}
        elif f.name == "columns":
            made[f.name] = {name: list(column) for name, column in ({} if result.display else value).items()}  # type: ignore[union-attr]
        elif isinstance(value, date):
            made[f.name] = {"date": value.isoformat()}
        else:
            made[f.name] = value
    return made


def _load(saved: dict[str, Any]) -> Result:
    saved = dict(saved)
    kind = KINDS[saved.pop("kind")]
    meaning = Meaning(**{f.name: saved.pop(f.name) for f in fields(Meaning) if f.name in saved})
    if isinstance(value := saved.get("value"), dict):
        saved["value"] = date.fromisoformat(value["date"])
    if "columns" in saved:
        saved["columns"] = {name: tuple(column) for name, column in saved["columns"].items()}
    made: Result = kind(meaning=meaning, **saved)
    return made
