"""`_quarto.yml` is read for what it says, and a setting that means nothing is refused."""

import pytest

from tieout.values.finding import FindingsError
from tieout.values.project import read_project


def described(tmp_path, text):
    (tmp_path / "_quarto.yml").write_text(f"project:\n  render: [a.qmd]\n{text}")
    return read_project(tmp_path)


def test_every_part_stands_where_the_defaults_say(tmp_path):
    project = described(tmp_path, "")
    parts = (project.protocol, project.data, project.results, project.output)
    assert [project.relative(path) for path in parts] == [
        "analysis/protocol.toml",
        "data",
        "results",
        "_output",
    ]
    assert (project.registry, project.derive) == ("analysis.registry:REGISTRY", "analysis:derive")


@pytest.mark.parametrize("name", ["resluts", "venue", "style"])
def test_a_setting_that_nothing_reads_is_refused(tmp_path, name):
    with pytest.raises(FindingsError, match=f"setting {name}"):
        described(tmp_path, f"tieout:\n  {name}: x\n")


def test_the_audits_settings_are_known(tmp_path):
    assert described(tmp_path, "tieout:\n  audit: {wording: off}\n  disclosure: {preset: cms}\n").settings
