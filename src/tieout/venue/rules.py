"""A venue's rules in words, as `tieout venues` prints them."""

from __future__ import annotations

from tieout.venue.profile import Length, Profile


def summary(profile: Profile) -> str:
    """Return a venue's limit in one line, with a warning where nobody verified it."""
    length = profile.abstract
    said = (
        f"{length.limit:,} {length.unit} over {', '.join(length.counts)}" if length else "no limit of length"
    )
    return said if profile.verified else f"{said} (unverified, check {_authority(profile)})"


def rules_text(profile: Profile) -> str:
    """Return all rules of a venue, a line a rule."""
    lines = [profile.name, f"  source    {profile.source}", f"  read      {profile.read.isoformat()}"]
    lines.append("  verified  yes" if profile.verified else f"  verified  no: check {_authority(profile)}")
    if profile.note:
        lines.append(f"  note      {profile.note}")
    for what, length in (("abstract", profile.abstract), ("text", profile.text)):
        if length:
            lines += _length_lines(what, length)
    if profile.title.limit is not None:
        lines.append(f"  title     at most {profile.title.limit} {profile.title.unit}")
    if profile.title.forbids:
        lines.append(f"  title     without {', '.join(profile.title.forbids)}")
    for what, most in (
        ("tables", profile.tables_maximum),
        ("figures", profile.figures_maximum),
        ("display", profile.display_maximum),
        ("authors", profile.authors_maximum),
        ("references", profile.references_maximum),
    ):
        if most is not None:
            lines.append(f"  {what:9} {'none' if most == 0 else f'at most {most}'}")
    if profile.figure_files:
        files = profile.figure_files
        widths = ", ".join(f"{width:g}" for width in files.widths_mm)
        lines.append(f"  figures   {' or '.join(files.formats)}, {files.dpi} dpi, {widths} mm wide")
    if profile.csl:
        lines.append(f"  CSL       {profile.csl}")
    if profile.title_page:
        lines.append(f"  first page {', '.join(profile.title_page)}")
    return "\n".join(lines)


def _length_lines(what: str, length: Length) -> list[str]:
    lines = [f"  {what:9} at most {length.limit:,} {length.unit} over {', '.join(length.counts)}"]
    if length.headings:
        lines.append(f"  {what:9} {' / '.join(length.headings)}")
    return lines


def _authority(profile: Profile) -> str:
    return "the journal's guide for authors" if profile.kind == "journal" else "the call for abstracts"
