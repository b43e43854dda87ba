"""A vocabulary names skills, and takes nothing for a skill that only resembles one."""

from __future__ import annotations

import csv
import sys
from datetime import date
from pathlib import Path

import narwhals as nw
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pairkit as pk
from pairkit.parts import Bilinear
from pairkit.provenance import program_digest
from pairkit.review import closest, read_accepted

DAY = date(2027, 1, 4)
ESCO = """\
conceptType,conceptUri,preferredLabel,altLabels,hiddenLabels,description
Skill,http://x/1,JavaScript,"JS
ECMAScript; edition 6",java script,"A language, for pages"
Skill,http://x/2,Python (computer programming),"Python
Python 3",,
Skill,http://x/3,manage projects,project management,,
Skill,http://x/4,manage budgets,project management,,
"""
FRENCH = """\
conceptUri;preferredLabel;altLabels
http://x/1;JavaScript;
http://x/3;gérer des projets;gestion de projet
"""
RELATIONS = """\
conceptUri,broaderUri
http://x/1,http://x/languages
http://x/2,http://x/languages
http://x/4,http://x/3
"""


def write(folder: Path, **texts: str) -> list[Path]:
    paths = []
    for name, text in texts.items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(text, encoding="utf-8", newline="")
    return paths


@pytest.fixture
def esco(tmp_path: Path) -> pk.Vocabulary:
    english, french, relations = write(tmp_path, en=ESCO, fr=FRENCH, relations=RELATIONS)
    return pk.Vocabulary.read(english, french, relations=relations)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("JavaScript", "JavaScript"),
        ("  javascript ", "JavaScript"),
        ("js", "JavaScript"),
        ("ECMAScript; edition 6", "JavaScript"),
        ("Java Script", "JavaScript"),
        ("PYTHON", "Python (computer programming)"),
        ("Gérer  des projets", "manage projects"),
        ("gerer des projets", "manage projects"),
        ("Gestion de projet", "manage projects"),
        ("project management", None),
        ("Java", None),
        ("", None),
    ],
)
def test_a_text_means_a_skill_by_its_name_or_its_one_synonym(
    esco: pk.Vocabulary, text: str, name: str | None
) -> None:
    assert esco.find(text) == name
    assert (text in esco) is (name is not None)


def test_the_first_table_gives_the_names(esco: pk.Vocabulary) -> None:
    assert list(esco)[2:] == ["manage projects", "manage budgets"]
    assert esco.synonyms("Manage projects") == (
        "project management",
        "gérer des projets",
        "gestion de projet",
    )
    assert esco.synonyms("Sewing") == ()
    assert repr(esco) == "Vocabulary(4 skills)"


def test_a_name_goes_before_a_synonym() -> None:
    vocabulary = pk.Vocabulary({"Excel": ["Calc"], "Calc": []})
    assert vocabulary.find("calc") == "Calc"


def test_one_row_for_each_synonym_is_read_too(tmp_path: Path) -> None:
    (path,) = write(
        tmp_path,
        onet="O*NET-SOC Code\tTitle\tAlternate Title\n15-1\tDevelopers\tCoder\n"
        "15-1\tDevelopers\tProgrammer\n",
    )
    vocabulary = pk.Vocabulary.read(path)
    assert vocabulary == pk.Vocabulary({"Developers": ["Coder", "Programmer"]})
    assert hash(vocabulary) == hash(pk.Vocabulary({"Developers": ["Coder", "Programmer"]}))


def test_columns_are_named_where_their_headers_are_not_usual(tmp_path: Path) -> None:
    (path,) = write(
        tmp_path, own="Was,Auch (de),Auch (it),Ober\nNähen,Näherei/Naht,cucito,Handwerk\n"
    )
    columns = pk.TermColumns.model_validate(
        {"name": "Was", "synonyms": ["Auch (de)", "Auch (it)"], "broader": "Ober", "separator": "/"}
    )
    vocabulary = pk.Vocabulary.read(path, columns=columns)
    assert vocabulary == pk.Vocabulary(
        {"Nähen": ["Näherei", "Naht", "cucito"]}, {"Nähen": ["Handwerk"]}
    )


def test_synonyms_of_each_language_have_a_column(tmp_path: Path) -> None:
    (path,) = write(
        tmp_path, two="Skill,Synonyms en,Synonymes fr\nSewing,stitching|tailoring,couture\n"
    )
    assert pk.Vocabulary.read(path).synonyms("Sewing") == ("stitching", "tailoring", "couture")


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("Tool,Note\nSQL,x\n", pk.ColumnMapError, "name of a skill"),
        ("id,name\n1,\n", pk.FileError, "row 2 has no name"),
        ("name,synonyms\nSQL,\n,Sequel\n", pk.FileError, "row 3 has no name"),
        ("name,synonyms\n", pk.FileError, "bad.csv has no rows"),
        ("id,name\n,SQL\n", pk.FileError, "row 2 has no id"),
        ("id,name\n1,SQL\n2,C,D\n", pk.FileError, "row 3"),
    ],
)
def test_a_table_that_would_lose_a_skill_is_refused(
    tmp_path: Path, text: str, kind: type[Exception], message: str
) -> None:
    (path,) = write(tmp_path, bad=text)
    with pytest.raises(kind, match=message):
        pk.Vocabulary.read(path)


def test_a_header_that_is_not_there_is_named(tmp_path: Path) -> None:
    (path,) = write(tmp_path, skills="name,synonyms\nSQL,\n")
    with pytest.raises(pk.ColumnMapError, match=r"no column 'nam' for name\. Did you mean 'name'"):
        pk.Vocabulary.read(path, columns=pk.TermColumns(name="nam"))
    with pytest.raises(pk.ColumnMapError, match="that of the broader of a skill"):
        pk.Vocabulary.read(path, relations=path)
    (relations,) = write(tmp_path, relations="child,parent\nSequel,Databases\n")
    with pytest.raises(pk.FileError, match="nothing in its column 'child' is the id or the name"):
        pk.Vocabulary.read(path, relations=relations)


def test_relations_between_names_are_read_too(tmp_path: Path) -> None:
    skills, relations = write(
        tmp_path, skills="id,name\n1,SQL\n2,Excel\n", relations="child,parent\nsql,Databases\n"
    )
    vocabulary = pk.Vocabulary.read(skills, relations=relations)
    assert vocabulary == pk.Vocabulary(["SQL", "Excel"], {"SQL": ["Databases"]})


def test_a_toml_file_names_the_tables_beside_it(tmp_path: Path, esco: pk.Vocabulary) -> None:
    write(
        tmp_path,
        review="skill,candidate,accept\nJavascrpt,JavaScript,oui\nTypeScript,,JavaScript\n",
    )
    toml = tmp_path / "vocabulary.toml"
    toml.write_text(
        'files = ["en.csv", "fr.csv"]\nrelations = "relations.csv"\naccepted = "review.csv"\n'
        '[columns]\nsynonyms = "altLabels"\n',
        encoding="utf-8",
    )
    vocabulary = pk.Vocabulary.read(toml)
    assert vocabulary.source == toml
    assert vocabulary.find("javascrpt") == vocabulary.find("typescript") == "JavaScript"
    assert vocabulary.find("java script") is None  # a hidden label, which the map leaves out


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("files = [", pk.ColumnMapError, "not valid TOML"),
        ("files = []\n", pk.ColumnMapError, "files: "),
        ('files = ["a.csv"]\nfile = 1\n', pk.ColumnMapError, "file: "),
        ('files = ["nowhere.csv"]\n', pk.FileError, "nowhere.csv"),
        ("\udce9", pk.FileError, "UTF-8"),
    ],
)
def test_a_toml_file_that_is_wrong_is_refused(
    tmp_path: Path, text: str, kind: type[Exception], message: str
) -> None:
    path = tmp_path / "vocabulary.toml"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(kind, match=message):
        pk.Vocabulary.read(path)
    with pytest.raises(pk.FileError, match="cannot be read"):
        pk.Vocabulary.read(tmp_path / "no.toml")


# Applying -------------------------------------------------------------------------------------


def people(*skills: str, needs: tuple[str, ...] = ()) -> pk.Roster:
    return pk.Roster([pk.Participant(id="A", skills=list(skills), needs=list(needs))])


def test_skills_and_needs_get_their_names_and_the_higher_level(esco: pk.Vocabulary) -> None:
    roster = pk.Roster(
        [
            pk.Participant(id="A", skills={"js": 2, "JAVASCRIPT": 3}, needs=["gestion de projet"]),
            pk.Participant(id="B", skills=["JavaScript"]),
        ]
    )
    named, review = esco.apply(roster)
    assert named["A"].skills == {"JavaScript": 3.0}
    assert named["A"].needs == {"manage projects": 1.0}
    assert named["B"] is roster["B"]
    assert review.counts == {"synonym": 2, "folded": 1, "exact": 1}
    assert not review
    assert not named.findings
    assert roster["A"].skills == {"js": 2.0, "JAVASCRIPT": 3.0}


def test_what_only_resembles_a_skill_stays_and_is_reported(esco: pk.Vocabulary) -> None:
    named, review = esco.apply(people("Javascrpt", "javascrpt", needs=("Sewing",)))
    assert named["A"].skills == {"Javascrpt": 1.0, "javascrpt": 1.0}
    assert [(one.written, one.people) for one in review] == [("Javascrpt", 1), ("Sewing", 1)]
    assert [one.name for one in review[0].candidates] == ["JavaScript"]
    assert review[0].candidates[0].similarity == pytest.approx(18 / 19)
    assert review[1:][0].candidates == ()
    misspelled, unknown = map(str, named.findings)
    assert misspelled == (
        "warning [unknown-skill] 'Javascrpt' (1 person) is not in the vocabulary; close are "
        "'JavaScript' (95%). Accept one in the review table, or add the skill to the vocabulary."
    )
    assert unknown == (
        "warning [unknown-skill] 'Sewing' (1 person) is not in the vocabulary; nothing in it is "
        "close. Correct it, or add the skill to the vocabulary."
    )


def test_a_synonym_of_several_skills_is_left_to_the_person(esco: pk.Vocabulary) -> None:
    named, review = esco.apply(people("Project management"))
    assert named["A"].skills == {"Project management": 1.0}
    assert review[0].ambiguous
    assert [one.name for one in review[0].candidates] == ["manage projects", "manage budgets"]
    assert named.findings[0].code is pk.FindingCode.AMBIGUOUS_SKILL
    accepted = esco.accept({"Project management": "Manage projects"})
    assert accepted.find("project management") == "manage projects"


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("AI", "retail"),
        ("art", "part"),
        ("AI tools", "retail tools"),
        ("R programming", "C programming"),
        ("C#", "C"),
        ("SQL", "SQLite"),
        ("Java", "JavaScript"),
        ("retail", "AI"),
    ],
)
def test_no_candidate_stands_inside_a_word(text: str, skill: str) -> None:
    _, review = pk.Vocabulary([skill]).apply(people(text), similarity=0.4)
    names = [one.name for one in review[0].candidates]
    assert names == ([skill] if text == "Java" else [])  # a whole, long word of similar letters
    assert not pk.Vocabulary([skill]).apply(people(text))[1][0].candidates


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("Pyhton", "Python"),
        ("gestion projets", "Gestion de projet"),
        ("projects management", "Management of projects"),
        ("Ai ethic", "AI ethics"),
        ("c++ programing", "Programming C++"),
    ],
)
def test_a_slip_or_another_order_of_words_is_a_candidate(text: str, skill: str) -> None:
    _, review = pk.Vocabulary([skill, "Something else"]).apply(people(text))
    assert [one.name for one in review[0].candidates] == [skill]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("pyton, SQL", [("Python", 0.909), ("SQL", 1.0)]),
        ("SQL,Python", [("SQL", 1.0), ("Python", 1.0)]),
        ("Python (3) / Project managment", [("Python", 1.0), ("Project management", 0.971)]),
        ("SQL et pyton", [("SQL", 1.0), ("Python", 0.909)]),
        ("requêtes | pyton", [("SQL", 1.0), ("Python", 0.909)]),
        ("pyton, sqll", []),  # none is known
        ("SQL, welding", []),  # one is like nothing
        ("Python", []),
        ("R&D", []),
        ("Research and developement", []),  # more like one skill as a whole
    ],
)
def test_a_text_of_several_skills_is_offered_as_such(
    text: str, pieces: list[tuple[str, float]]
) -> None:
    vocabulary = pk.Vocabulary(
        {
            "Python": [],
            "SQL": ["Requêtes"],
            "Project management": [],
            "Research": [],
            "Development": [],
            "Research and development": [],
        }
    )
    named, review = vocabulary.apply(people(text, "chess"))
    found = {one.written: one for one in review}
    written = next((one for one in named[0].skills if one in found), None)
    offered = found[written].pieces if written is not None else ()
    assert [(one.name, round(one.similarity, 3)) for one in offered] == pieces
    if pieces and written is not None:
        assert not found[written].candidates
        assert "it seems to hold several skills: " in found[written].finding().message
        row = next(one for one in review.to_records() if one["skill"] == written)
        assert (row["candidate"], row["several"]) == (None, "; ".join(name for name, _ in pieces))
    assert not any(one.pieces for one in vocabulary.apply(people(text), candidates=0)[1])


def test_candidates_are_few_and_the_best_come_first() -> None:
    vocabulary = pk.Vocabulary(["Datas", "Data x", "Datasets", "Dataset a"])
    _, review = vocabulary.apply(people("Dataset"), candidates=2, similarity=0.7)
    assert [one.name for one in review[0].candidates] == ["Datasets", "Dataset a"]
    assert closest(["?"], ["!"], ["!"], count=3, similarity=0.5) == [()]


def test_without_rapidfuzz_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    vocabulary = pk.Vocabulary(["Python"])
    with pytest.raises(pk.MissingExtraError, match=r"rapidfuzz.*pairkit\[io\]"):
        vocabulary.apply(people("Pyhton"))
    named, review = vocabulary.apply(people("Pyhton", "python"), candidates=0)
    assert named["A"].skills == {"Pyhton": 1.0, "Python": 1.0}
    assert len(review) == len(named.findings) == 1
    assert vocabulary.apply(people("python"))[0]["A"].skills == {"Python": 1.0}


def test_what_was_found_and_skipped_before_is_kept() -> None:
    roster = pk.Roster(
        [pk.Participant(id="A", skills=["Sewing"])],
        findings=pk.Findings([pk.Finding(pk.FindingCode.BAD_DATE, "No date.", row=3)]),
        skipped=["B"],
    )
    named, _ = pk.Vocabulary(["Python"]).apply(roster)
    assert named.skipped == ("B",)
    assert named.findings.counts() == {"bad-date": 1, "unknown-skill": 1}


def test_an_empty_vocabulary_leaves_everything_open() -> None:
    named, review = pk.Vocabulary([]).apply(people("Sewing"))
    assert named == people("Sewing")
    assert review.counts == {"open": 1}


# Reviewing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "json"])
def test_a_review_table_is_written_filled_in_and_accepted(tmp_path: Path, suffix: str) -> None:
    vocabulary = pk.Vocabulary(["Python", "SQL", "=Sums"])
    roster = people("Pyhton", "Databases", "=Summs", "Welding")
    _, review = vocabulary.apply(roster)
    records = review.to_records()
    answers = {"Pyhton": "yes", "Databases": "sql", "=Summs": "x", "Welding": "no"}
    for record in records:
        record["accept"] = answers[str(record["skill"])]
    path = tmp_path / f"review.{suffix}"
    pk.files.write_tables(path, {"Skills": records})
    assert read_accepted(path) == {"Pyhton": "Python", "Databases": "sql", "=Summs": "=Sums"}
    named, after = vocabulary.accept(path).apply(roster)
    assert set(named["A"].skills) == {"Python", "SQL", "=Sums", "Welding"}
    assert [one.written for one in after] == ["Welding"]


def test_a_review_that_nobody_filled_in_accepts_nothing(tmp_path: Path) -> None:
    vocabulary = pk.Vocabulary(["Python"])
    _, review = vocabulary.apply(people("Pyhton"))
    path = tmp_path / "review.csv"
    review.write(path)
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    assert rows[1] == ["Pyhton", "1", "Python", "0.83", "", "", ""]
    assert vocabulary.accept(path) == vocabulary
    with pytest.raises(pk.OutputError, match="exists already"):
        review.write(path)
    frame = nw.from_native(review.to_frame(), eager_only=True)
    assert frame["candidate"].to_list() == ["Python"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("skill,candidate\nA,B\n", "no column 'accept'"),
        ("skill,candidate,accept\nA,,yes\n", "row 2 accepts a candidate, but has none"),
        ("skill,candidate,accept\nA,,Pyton\n", "the name 'Pyton' for 'A'. Did you mean 'Python'"),
    ],
)
def test_a_review_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (path,) = write(tmp_path, review=text)
    with pytest.raises(pk.InputError, match=message):
        pk.Vocabulary(["Python"]).accept(path)


# Taxonomy -------------------------------------------------------------------------------------

NAMES = ["a", "b", "c", "d", "e", "f"]
levels = st.dictionaries(st.sampled_from([*NAMES, "A", "x", "other"]), st.floats(0, 10), max_size=4)
parents = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from([*NAMES, "g", "h"]), max_size=2)
)


def steps(broader: dict[str, list[str]], one: str, other: str) -> int | None:
    """The steps between two skills, from the definition."""
    one, other = (name.lower().replace("x", "a") for name in (one, other))
    up, down = (set(broader.get(name, ())) - {name} for name in (one, other))
    if one == other:
        return 0
    if other in up or one in down:
        return 1
    return 2 if up & down else None


@given(
    st.lists(levels, min_size=1, max_size=4),
    st.lists(levels, min_size=1, max_size=4),
    parents,
    st.floats(0, 1),
    st.sampled_from([1.0, 3.0]),
    st.booleans(),
)
def test_coverage_with_a_taxonomy_is_its_formula(  # noqa: PLR0917 - what is drawn
    teach: list[dict[str, float]],
    learn: list[dict[str, float]],
    broader: dict[str, list[str]],
    nearby: float,
    full: float,
    rarity: bool,
) -> None:
    taxonomy = pk.Vocabulary({name: ["x"] if name == "a" else [] for name in NAMES}, broader)
    roster = pk.Roster(
        [
            *(pk.Participant(id=f"m{k}", skills=one) for k, one in enumerate(teach)),
            *(pk.Participant(id=f"n{k}", needs=one) for k, one in enumerate(learn)),
        ]
    )
    rows = np.arange(len(roster), dtype=np.int64)
    mentors, mentees = (
        pk.Side(roster.columns, tuple(roster), index, DAY)
        for index in (rows[: len(teach)], rows[len(teach) :])
    )
    scorer = pk.SkillCoverage(full, taxonomy=taxonomy, nearby=nearby, rarity=rarity)
    part = scorer.prepare(mentors, mentees)
    assert isinstance(part, Bilinear)
    tile = part(np.arange(len(teach))[:, None], np.arange(len(learn))[None, :])
    for i, skills in enumerate(teach):
        for j, needs in enumerate(learn):
            wanted: dict[str, float] = {}
            for need, priority in needs.items():
                wanted[need.lower()] = max(priority, wanted.get(need.lower(), 0.0))
            met = total = 0.0
            for need, priority in wanted.items():
                having = sum(
                    any(n.lower() == need and level > 0 for n, level in one.items())
                    for one in teach
                )
                weight = priority * (1 + np.log((1 + len(teach)) / (1 + having)) if rarity else 1.0)
                credit = [
                    nearby**d * min(level / full, 1.0)
                    for skill, level in skills.items()
                    if (d := steps(broader, need, skill)) is not None
                ]
                met += weight * max(credit, default=0.0)
                total += weight
            known = bool(skills) and total > 0
            assert tile[i, j] == pytest.approx(met / total if known else 0.5, abs=1e-9)


def test_related_skills_lose_a_step_for_each_edge() -> None:
    broader = {
        "SQL": ["Databases"],
        "NoSQL": ["Databases"],
        "Excel": ["Office"],
        "Word": ["Office"],
    }
    vocabulary = pk.Vocabulary(["SQL", "NoSQL", "Databases", "Excel", "Word"], broader)
    table = vocabulary.related(["SQL", "NoSQL", "Databases", "excel", "Word", "sewing"], 0.5)
    assert table.toarray().tolist() == [
        [1.0, 0.25, 0.5, 0, 0, 0],
        [0.25, 1.0, 0.5, 0, 0, 0],
        [0.5, 0.5, 1.0, 0, 0, 0],
        [0, 0, 0, 1.0, 0.25, 0],
        [0, 0, 0, 0.25, 1.0, 0],
        [0, 0, 0, 0, 0, 1.0],
    ]


PROGRAM = '[[scoring]]\nscorer = "SkillCoverage"\ntaxonomy = "words/skills.csv"\nnearby = 0.4\n'


def test_a_program_file_names_its_taxonomy_relative_to_itself(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    write(tmp_path / "words", skills="name,broader\nSQL,Databases\nDatabases,\n")
    (tmp_path / "program.toml").write_text(PROGRAM, encoding="utf-8")
    program = pk.Program.load(tmp_path / "program.toml")
    (part,) = program.scoring.parts
    assert part.scorer == pk.SkillCoverage(
        taxonomy=pk.Vocabulary(["SQL", "Databases"], {"SQL": ["Databases"]}), nearby=0.4
    )
    assert pk.Program.from_toml(program.to_toml()) == program
    program.save(tmp_path / "again.json")
    assert pk.Program.load(tmp_path / "again.json") == program
    roster = pk.Roster(
        [pk.Participant(id="A", skills=["SQL"]), pk.Participant(id="B", needs=["databases"])]
    )
    assert pk.match(roster, program).pairs[0].score == pytest.approx(0.4)


def test_the_digest_of_a_program_tells_what_its_taxonomy_holds(tmp_path: Path) -> None:
    digests = []
    for folder, text in (("a", "name\nSQL\n"), ("b", "name\nSQL\n"), ("c", "name\nExcel\n")):
        (tmp_path / folder).mkdir()
        (path,) = write(tmp_path / folder, skills=text)
        coverage = pk.SkillCoverage(taxonomy=pk.Vocabulary.read(path))
        digests.append(program_digest(pk.Program(scoring=[pk.TwoWay(coverage)])))
    assert digests[0] == digests[1] != digests[2]


def test_a_taxonomy_that_no_file_holds_cannot_be_written(tmp_path: Path) -> None:
    taxonomy = pk.Vocabulary(["SQL"])
    program = pk.Program(scoring=[pk.SkillCoverage(taxonomy=taxonomy)])
    with pytest.raises(pk.ProgramError, match="SkillCoverage cannot be written"):
        program.to_toml()
    (path,) = write(tmp_path, skills="name\nSQL\n")
    assert pk.Vocabulary.read(path).source == path
    assert pk.Vocabulary.read(path).accept({"Sequel": "SQL"}).source is None
    assert pk.Vocabulary.read(path, path).source is None


def test_a_taxonomy_is_a_vocabulary_or_the_path_of_one() -> None:
    with pytest.raises(ValueError, match="a taxonomy is a Vocabulary"):
        pk.SkillCoverage(taxonomy=3)  # type: ignore[arg-type]
    with pytest.raises(pk.ProgramError, match=r"taxonomy: .*nowhere\.csv"):
        pk.Program.from_toml('[[scoring]]\nscorer = "SkillCoverage"\ntaxonomy = "nowhere.csv"\n')


def test_thousands_of_skills_are_read_once(tmp_path: Path) -> None:
    rows = "".join(
        f'http://x/{k},skill {k} of many,"alt {k}\nother {k}\nautre {k}"\n' for k in range(13_485)
    )
    (path,) = write(tmp_path, skills="conceptUri,preferredLabel,altLabels\n" + rows)
    vocabulary = pk.Vocabulary.read(path)
    assert len(vocabulary) == 13_485
    assert vocabulary.find("Autre 9000") == "skill 9000 of many"
