"""Readers and checks of registries. The data branch begins here.

A study's `analysis/registry.py` needs only what stands here, and importing it brings no pandas.
"""

from tieout.sources.read import check_registry, load_registry, read_registry, registry_digest
from tieout.sources.reading import Reading
from tieout.sources.registry import Column, ForeignKey, Format, Redcap, Registry, Table
from tieout.sources.rules import (
    At,
    AtLeastOne,
    AtMostOne,
    InOrder,
    NotAbove,
    NotBefore,
    OneUnit,
    Required,
)

__all__ = [
    "At",
    "AtLeastOne",
    "AtMostOne",
    "Column",
    "ForeignKey",
    "Format",
    "InOrder",
    "NotAbove",
    "NotBefore",
    "OneUnit",
    "Reading",
    "Redcap",
    "Registry",
    "Required",
    "Table",
    "check_registry",
    "load_registry",
    "read_registry",
    "registry_digest",
]
