from __future__ import annotations

from datetime import date

import pytest

from tieout.derive import read_protocol
from tieout.values.finding import FindingsError

WHOLE = """
title = "A study"
short_title = "Study"
synthetic = true
cutoff = 2023-09-30
time_zero = "first dose"

[time]
day_count = "inclusive"
days_per_month = 30

[survival]
conf_type = "log-log"

[ctcae]
version = "4.03"
transfusion_clause = true

[rules]
weeks = 12
"""


def read(tmp_path, text):
    path = tmp_path / "protocol.toml"
    path.write_text(text, encoding="utf-8")
    return read_protocol(path)


def codes(tmp_path, text):
    with pytest.raises(FindingsError) as caught:
        read(tmp_path, text)
    return {finding.code for finding in caught.value.findings}


def test_every_setting_of_the_file_reaches_the_protocol(tmp_path):
    protocol = read(tmp_path, WHOLE)
    assert (protocol.title, protocol.short_title, protocol.synthetic) == ("A study", "Study", True)
    assert (protocol.cutoff, protocol.time_zero) == (date(2023, 9, 30), "first dose")
    assert (protocol.day_count, protocol.days_per_month, protocol.conf_type) == ("inclusive", 30.0, "log-log")
    assert (protocol.ctcae_version, protocol.transfusion_clause, protocol.rules) == (
        "4.03",
        True,
        {"weeks": 12},
    )


def test_what_the_file_leaves_out_has_its_default(tmp_path):
    protocol = read(tmp_path, WHOLE.split("[time]", maxsplit=1)[0])
    assert (protocol.day_count, protocol.days_per_month, protocol.conf_type) == ("difference", 30.4375, "log")
    assert (protocol.ctcae_version, protocol.transfusion_clause, dict(protocol.rules)) == ("5.0", False, {})


def test_another_cutoff_changes_nothing_else(tmp_path):
    protocol = read(tmp_path, WHOLE)
    other = protocol.with_cutoff(date(2023, 12, 31))
    assert other.cutoff == date(2023, 12, 31)
    assert other.with_cutoff(protocol.cutoff) == protocol


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('title = "A study"\n', "", "protocol/absent-key"),
        ('title = "A study"', 'title = ""', "protocol/kind"),
        ("cutoff = 2023-09-30", 'cutoff = "2023-09-30"', "protocol/kind"),
        ("cutoff = 2023-09-30", "cutoff = 2023-09-30T00:00:00", "protocol/kind"),
        ("synthetic = true", "synthetic = 1", "protocol/kind"),
        ('"inclusive"', '"plus one"', "protocol/choice"),
        ("days_per_month = 30", "days_per_month = 0", "protocol/kind"),
        ("days_per_month = 30", "days_per_month = true", "protocol/kind"),
        ('"log-log"', '"loglog"', "protocol/choice"),
        ('"4.03"', '"6.0"', "protocol/choice"),
        ("[time]", "month = 30\n[time]", "protocol/unknown-key"),
        ("[survival]", "[survival]\nplateau = 1", "protocol/unknown-key"),
        ("cutoff = 2023-09-30", "cutoff = 2999-01-01", "protocol/cutoff"),
        ("[rules]\nweeks = 12", "", None),
        ("[time]", "[time", "protocol/unreadable"),
    ],
)
def test_each_mistake_is_a_finding_of_its_own(tmp_path, old, new, code):
    text = WHOLE.replace(old, new)
    assert text != WHOLE
    if code is None:
        assert read(tmp_path, text).rules == {}
    else:
        assert codes(tmp_path, text) == {code}


def test_all_mistakes_are_found_at_once(tmp_path):
    assert codes(tmp_path, "synthetic = 1\ncolour = 2\n") == {
        "protocol/absent-key", "protocol/kind", "protocol/unknown-key"
    }  # fmt: skip


def test_an_absent_file_is_a_finding(tmp_path):
    with pytest.raises(FindingsError, match="does not exist"):
        read_protocol(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            "cutoff = 2023-09-30",
            "cutoff = 2999-01-01",
            "analysis/protocol.toml:5: 2999-01-01 is still to come",
        ),
        ('version = "4.03"', 'version = "6"', "analysis/protocol.toml:16: `ctcae.version` is not one"),
        ("[survival]", "[survival]\ncolour = 1", "analysis/protocol.toml:13: the protocol has an unknown"),
        ("synthetic = true\n", "", "analysis/protocol.toml: the protocol does not say `synthetic`"),
    ],
)
def test_a_finding_names_the_file_from_the_root_and_the_line(tmp_path, old, new, shown):
    path = tmp_path / "protocol.toml"
    path.write_text(WHOLE.replace(old, new), encoding="utf-8")
    with pytest.raises(FindingsError) as caught:
        read_protocol(path, "analysis/protocol.toml")
    assert str(caught.value).startswith(shown)
