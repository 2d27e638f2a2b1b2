from __future__ import annotations

import http.server
import json
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tieout.sources import Reading, Redcap, Registry, Table, load_registry
from tieout.sources.redcap.fetch import run_fetch
from tieout.sources.redcap.fields import parse_choices, parse_fields
from tieout.sources.redcap.logic import LogicError, parse_logic
from tieout.sources.redcap.propose import propose_registry
from tieout.values.finding import FindingsError

DICTIONARY = (
    '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",'
    '"Choices, Calculations, OR Slider Labels","Field Note","Text Validation Type OR Show Slider Number",'
    '"Text Validation Min","Text Validation Max",Identifier?,"Branching Logic (Show field only if...)",'
    '"Required Field?"\n'
    'record_id,baseline,,text,"Record ID",,,,,,y,,\n'
    'birth,baseline,,text,"Date of birth",,,date_ymd,1900-01-01,2010-12-31,y,,y\n'
    'sex,baseline,,radio,Sex,"1, Male | 2, Female",,,,,,,y\n'
    'pregnant,baseline,,yesno,"<b>Pregnant</b> at entry",,,,,,,"[sex] = \'2\'",y\n'
    'sites,baseline,,checkbox,Metastases,"1, Bone | 2, Lung, pleura | -9, Unknown",,,,,,,\n'
    'psa,baseline,,text,"PSA (ng/mL)",,,number,0,5000,,,\n'
    'note,baseline,,descriptive,"Now ask for the consent",,,,,,,,\n'
    'given,cycles,,text,"Given on",,,date_ymd,,,,,y\n'
    "delayed,cycles,,yesno,Delayed,,,,,,,,y\n"
    'why,cycles,,dropdown,"Why delayed","1, Platelets | 2, Supply",,,,,,"[delayed] = \'1\'",y\n'
    'alive,follow_up,,truefalse,"Alive",,,,,,,,y\n'
    "died,follow_up,,text,\"Died on\",,,date_ymd,,,,\"[alive] = '0' and [baseline_arm_1][sex] <> ''\",\n"
)
HEAD = (
    "record_id,redcap_repeat_instrument,redcap_repeat_instance,birth,sex,pregnant,sites___1,sites___2,sites____9,"
    "psa,baseline_complete,given,delayed,why,cycles_complete"
)
RAW = (
    f"{HEAD}\n"
    "1,,,1950-02-01,1,,1,0,0,12.5,2,,,,\n"
    "1,cycles,1,,,,,,,,,2022-06-01,0,,2\n"
    "1,cycles,2,,,,,,,,,2022-07-20,1,2,2\n"
    "2,,,1948-03-01,2,0,0,1,0,,1,,,,\n"
    "2,cycles,1,,,,,,,,,2022-06-03,0,,0\n"
)
LABELLED = (
    '"Record ID","Repeat Instrument","Repeat Instance","Date of birth",Sex,"Pregnant at entry",'
    '"Metastases (choice=Bone)","Metastases (choice=Lung, pleura)","Metastases (choice=Unknown)",'
    '"PSA (ng/mL)",Complete?,"Given on",Delayed,"Why delayed",Complete?\n'
    "1,,,1950-02-01,Male,,Checked,Unchecked,Unchecked,12.5,Complete,,,,\n"
    "1,Cycles,1,,,,,,,,,2022-06-01,No,,Complete\n"
    "1,Cycles,2,,,,,,,,,2022-07-20,Yes,Supply,Complete\n"
    "2,,,1948-03-01,Female,No,Unchecked,Checked,Unchecked,,Unverified,,,,\n"
    "2,Cycles,1,,,,,,,,,2022-06-03,No,,Incomplete\n"
)


def registry(*, labelled: bool = False, events: bool = False) -> Registry:
    fields = parse_fields(DICTIONARY)
    used = ("@events",) if events else ("cycles",)
    whole = propose_registry(fields, "export.csv", "dictionary.csv", labelled=labelled, used=used)
    kept = tuple(t for t in whole.tables if events or t.name != "follow_up")
    return Registry(kept, patient=whole.patient)


def load(folder: Path, export: str, known: Registry | None = None) -> Reading:
    (folder / "dictionary.csv").write_text(DICTIONARY, encoding="utf-8")
    (folder / "export.csv").write_text(export, encoding="utf-8")
    return load_registry(known or registry(), folder)


@pytest.mark.parametrize(("export", "labelled"), [(RAW, False), (LABELLED, True)])
def test_a_raw_and_a_labelled_export_give_the_same_tables(
    tmp_path: Path, export: str, labelled: bool
) -> None:
    found = load(tmp_path, export, registry(labelled=labelled))
    assert found.findings == []
    baseline, cycles = found.tables["baseline"], found.tables["cycles"]
    assert baseline["record_id"].tolist() == ["1", "2"]
    assert baseline["sex"].tolist() == ["1", "2"]
    assert baseline["sites___1"].tolist() == [True, False]
    assert baseline["sites___2"].tolist() == [False, True]
    assert baseline["psa"].fillna(-1).tolist() == [12.5, -1]
    assert cycles["redcap_repeat_instance"].tolist() == [1, 2, 1]
    assert cycles["why"].astype(object).fillna("").tolist() == ["", "2", ""]
    assert found.rows["cycles"].tolist() == [3, 4, 6]


def test_a_blank_that_branching_logic_left_is_told_from_a_missing_value(tmp_path: Path) -> None:
    found = load(tmp_path, RAW.replace("1,2,2\n", "1,,2\n").replace("2,0,0,1", "2,,0,1"))
    assert [(f.code, f.place.line, f.place.column) for f in found.findings if f.place] == [
        ("registry/missing", 4, "why"),
        ("registry/missing", 5, "pregnant"),
    ]
    assert found.tables["cycles"]["why_asked"].tolist() == [False, True, False]
    assert found.tables["baseline"]["pregnant_asked"].tolist() == [False, True]


def test_a_value_in_a_hidden_field_is_reported_and_kept(tmp_path: Path) -> None:
    found = load(tmp_path, RAW.replace("1950-02-01,1,,1", "1950-02-01,1,0,1"))
    assert [(f.code, f.place.line, f.blocks) for f in found.findings if f.place] == [
        ("registry/hidden-value", 2, False)
    ]


def test_a_value_of_another_instrument_in_a_repeated_row_is_found(tmp_path: Path) -> None:
    found = load(tmp_path, RAW.replace("1,cycles,1,,,", "1,cycles,1,,2,"))
    assert ("registry/misplaced", 3) in [(f.code, f.place.line) for f in found.findings if f.place]


def test_events_of_a_longitudinal_project_become_rows_with_their_event(tmp_path: Path) -> None:
    export = (
        "record_id,redcap_event_name,birth,sex,pregnant,sites___1,sites___2,sites____9,psa,baseline_complete,"
        "given,delayed,why,cycles_complete,alive,died,follow_up_complete\n"
        "1,baseline_arm_1,1950-02-01,1,,1,0,0,12.5,2,,,,,,,\n"
        "1,month_6_arm_1,,,,,,,,,2022-06-01,0,,2,1,,2\n"
        "1,month_12_arm_1,,,,,,,,,,,,,0,2023-01-01,2\n"
    )
    found = load(tmp_path, export, registry(events=True))
    assert found.findings == []
    follow_up = found.tables["follow_up"]
    assert follow_up["redcap_event_name"].tolist() == ["month_6_arm_1", "month_12_arm_1"]
    assert follow_up["died_asked"].tolist() == [False, True]
    assert [len(found.tables[name]) for name in ("baseline", "cycles", "follow_up")] == [1, 1, 2]


def test_an_absent_dictionary_and_one_of_another_project_are_findings(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(RAW, encoding="utf-8")
    assert {f.code for f in load_registry(registry(), tmp_path).findings} == {"registry/no-file"}
    (tmp_path / "dictionary.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert {f.code for f in load_registry(registry(), tmp_path).findings} == {"registry/dictionary"}
    found = load(tmp_path, LABELLED.replace("Given on", "Given where"), registry(labelled=True))
    assert {(f.code, f.facts["column"]) for f in found.findings} == {("registry/dictionary", "12")}


def test_a_proposed_registry_knows_what_the_dictionary_says() -> None:
    baseline = registry()["baseline"]
    assert baseline["psa"].unit == "ng/mL"
    assert (baseline["psa"].minimum, baseline["psa"].maximum) == (0, 5000)
    assert baseline["birth"].use == "identifier"
    assert (baseline["birth"].type, baseline["birth"].minimum) == ("date", "1900-01-01")
    assert baseline["sex"].labels == {"1": "Male", "2": "Female"}
    assert "note" not in baseline
    assert registry()["cycles"].key == ("record_id", "redcap_repeat_instance")


def test_choices_keep_their_commas() -> None:
    assert parse_choices("1, Yes | -9, Not known, ever") == {"1": "Yes", "-9": "Not known, ever"}


@pytest.mark.parametrize(
    ("logic", "answer"),
    [
        ("[age] > 65", True),
        ("[age] > 65 and [sex] = '2'", False),
        ("[age] > 65 or [sex] = '2' and [sex] = '3'", True),
        ("([age] > 65 or [sex] = '2') and [sex] = '3'", False),
        ("not ([sex] = '2')", True),
        ("[race(2)] = '1'", True),
        ("[start_arm_1][sex] <> ''", True),
        ("[empty] < 5", False),
        ("[empty] = ''", True),
        ('[sex] = "1" AND [age] <> 70', False),
        ("[age] = '70.0'", True),
    ],
)
def test_branching_logic_holds_as_redcap_reads_it(logic: str, answer: bool) -> None:
    values = {"age": "70", "sex": "1", "race2": "1", "empty": ""}
    assert parse_logic(logic).holds(lambda event, name, code: values[name + code]) is answer


@pytest.mark.parametrize(
    "logic", ["datediff([a],[b],'d') > 3", "[a] + 1 = 2", "[a] =", "([a] = 1", "[event-name] = 'x'"]
)
def test_logic_that_is_not_understood_is_refused(logic: str) -> None:
    with pytest.raises(LogicError):
        parse_logic(logic)


class _Redcap(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if asked["token"] != ["A" * 32]:
            self.send_response(403)
            self.end_headers()
            self.wfile.write(b'{"error":"You do not have permissions"}')
            return
        self.send_response(200)
        self.end_headers()
        what, as_json = asked["content"][0], asked["format"] == ["json"]
        fields = [
            {
                "field_name": field.name,
                "form_name": field.form,
                "field_type": field.kind,
                "field_label": field.label,
                "select_choices_or_calculations": "",
            }
            for field in parse_fields(DICTIONARY)
        ]
        if what == "metadata":
            self.wfile.write(json.dumps(fields).encode() if as_json else DICTIONARY.encode())
        else:
            self.wfile.write(b"[]" if as_json else RAW.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Redcap) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/"
        server.shutdown()


def test_a_project_is_fetched_by_its_api_and_reads_like_its_download(tmp_path: Path, address: str) -> None:
    export, dictionary = run_fetch(tmp_path, {"REDCAP_URL": address, "REDCAP_TOKEN": "A" * 32})
    assert export.read_text() == RAW
    assert dictionary.read_text() == DICTIONARY
    assert sorted(path.name for path in tmp_path.iterdir()) == ["redcap.csv", "redcap_dictionary.csv"]


def test_a_refused_token_appears_nowhere(tmp_path: Path, address: str) -> None:
    with pytest.raises(FindingsError) as error:
        run_fetch(tmp_path, {"REDCAP_URL": address, "REDCAP_TOKEN": "B" * 32})
    assert [f.code for f in error.value.findings] == ["redcap/refused"]
    assert "BBBB" not in str(error.value)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FindingsError) as error:
        run_fetch(tmp_path, {"REDCAP_URL": "http://example.org/api/"})
    assert [f.code for f in error.value.findings] == ["redcap/no-access", "redcap/no-access"]


def test_a_form_that_is_not_in_the_dictionary_is_named_with_those_that_are(tmp_path: Path) -> None:
    known = registry()
    table = Table("x", "export.csv", known["baseline"].columns, redcap=Redcap("labs", "dictionary.csv"))
    [finding] = load(tmp_path, RAW, Registry((table,), patient="record_id")).findings
    assert "baseline, cycles, follow_up" in finding.remedy


def test_a_record_whose_first_form_is_empty_is_still_a_patient(tmp_path: Path) -> None:
    found = load(tmp_path, RAW + "3" + "," * 14 + "\n")
    assert found.tables["baseline"]["record_id"].tolist() == ["1", "2", "3"]
    assert {(f.code, f.place.line) for f in found.findings if f.place} == {("registry/missing", 7)}
