"""`venue:` in the front matter is the one line that switches rules and numbers."""

import os

import pytest

from tieout.document.execute import run_document
from tieout.document.plan import plan_documents
from tieout.document.render import render_jobs
from tieout.values.finding import FindingsError

HEAD = """\
---
title: A paper
venue: {}
---

```{{python}}
#| include: false
from tieout import results
from tieout.values.navigate import style_of
r = results()
```

"""
ABSTRACT = (
    "::: {{.abstract}}\n**Background:** {} \n\n**Methods:** m\n\n**Results:** r\n\n**Conclusions:** c\n:::\n"
)


def test_numbers_print_in_the_style_of_the_documents_venue(document):
    source = document("`{python} style_of(r).name`\n", HEAD.format("european-urology"))
    assert "European Urology" in run_document(source, {"echo": False}).markdown


def test_a_document_without_a_venue_prints_in_ama_style_whatever_was_rendered_before(document):
    run_document(document("`{python} style_of(r).name`\n", HEAD.format("european-urology")), {"echo": False})
    plain = document("`{python} style_of(r).name`\n", HEAD.format("").replace("venue: \n", ""))
    assert "AMA" in run_document(plain, {"echo": False}).markdown


def test_a_run_leaves_the_environment_as_it_was(document):
    before = dict(os.environ)
    run_document(document("`{python} style_of(r).name`\n", HEAD.format("european-urology")), {"echo": False})
    assert dict(os.environ) == before


def render(project):
    return render_jobs(plan_documents(project), project, lambda _: None)


def test_an_abstract_over_its_venues_limit_is_not_rendered(project, document):
    document(ABSTRACT.format("word " * 600), HEAD.format("asco-2018"))
    with pytest.raises(FindingsError, match="venue/"):
        render(project)
    assert not project.output.exists()


def test_an_abstract_within_its_venues_limit_is_rendered(project, document):
    document(ABSTRACT.format("word " * 6), HEAD.format("asco-2018"))
    assert [path.name for path in render(project)] == ["paper.html"]


def test_a_venue_that_nobody_knows_is_a_finding_that_lists_those_known(project, document):
    document("text\n", HEAD.format("asco-1918"))
    with pytest.raises(FindingsError, match="asco-2018"):
        render(project)
