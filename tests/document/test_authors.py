from tieout.document.authors import normalise_authors


def test_affiliations_are_numbered_once_in_the_order_of_the_authors():
    front = {
        "author": [{"name": "A", "affiliations": ["Here", "There"]}, {"name": "B", "affiliations": ["There"]}]
    }
    made = normalise_authors(front)
    assert [place["name"] for place in made["by-affiliation"]] == ["Here", "There"]
    assert [[place["number"] for place in author["affiliations"]] for author in made["by-author"]] == [
        ["1", "2"],
        ["2"],
    ]


def test_an_affiliation_may_be_named_by_reference():
    front = {
        "author": [{"name": "A", "affiliations": [{"ref": "x"}]}],
        "affiliations": [{"id": "x", "name": "Institute X"}],
    }
    assert normalise_authors(front)["by-affiliation"][0]["name"] == "Institute X"


def test_a_given_and_a_family_name_are_joined_and_correspondence_is_marked():
    (author,) = normalise_authors(
        {"author": {"name": {"given": "Ada", "family": "Lee"}, "corresponding": True}}
    )["by-author"]
    assert author["name"]["literal"] == "Ada Lee"
    assert author["attributes"] == {"corresponding": True}


def test_a_document_without_authors_has_none():
    assert normalise_authors({}) == {}
