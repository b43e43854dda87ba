"""What a person is given before a pair begins is about the two people of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import pairkit as pk
from pairkit.rounds.orientation import orientation_pack, write_orientation_packs
from tests.browsers import DESKTOP, PHONE, Opened, browser_of, violations

DAY = date(2027, 3, 1)
JUNIOR = pk.Participant(
    id="M-17",
    skills=["Slack", "Python"],
    needs=["Négociation"],
    availability="Mon 9:00-11:00; Thu 14:00-15:00",
    time_zone="Europe/Paris",
)
SENIOR = pk.Participant(
    id="E-42",
    skills=["négociation"],
    needs={"Slack": 1, "python": 3, "Excel": 2},
    availability="Mon 8:00-10:00; Thu 13:00-16:00",
    time_zone="Europe/London",
)
HOSTILE = '<script>alert(1)</script> # [x](http://y) | "\u202e' + 300 * "x"


def told(pack: pk.OrientationPack) -> dict[str, list[str]]:
    return {
        str(section.title): [str(point) for point in section.points] for section in pack.sections
    }


def test_the_pack_of_a_mentor_is_about_the_needs_of_the_partner() -> None:
    found = told(orientation_pack(JUNIOR, pk.Role.MENTOR, SENIOR, on=DAY, contact="Awa Ndiaye"))
    assert found["What to prepare"] == [
        "python: ask E-42 for a task in which it is missing, and prepare that one",
        "Slack: ask E-42 for a task in which it is missing, and prepare that one",
        "Négociation: E-42 can teach you that; say what you want to know",
        "not among the skills of this pair: Excel",
    ]
    assert found["Whom to ask"] == ["ask Awa Ndiaye"]


def test_meetings_are_proposed_in_hours_that_the_two_share_in_the_readers_time() -> None:
    for person, partner, role, hours in (
        (JUNIOR, SENIOR, pk.Role.MENTOR, ("Mon 09:00–11:00 (Europe/Paris)", "Thu 14:00–15:00")),
        (SENIOR, JUNIOR, pk.Role.MENTEE, ("Mon 08:00–10:00 (Europe/London)", "Thu 13:00–14:00")),
    ):
        found = told(orientation_pack(person, role, partner, on=DAY))
        assert hours[0] in found["Meeting 1"][0]
        assert hours[1] in found["Meeting 2"][0]
        assert len(found["Meeting 3"]) == 3
    alone = SENIOR.model_copy(update={"availability": ()})
    pack = orientation_pack(JUNIOR, pk.Role.MENTOR, alone, on=DAY)
    assert "no hours in common" in told(pack)["Meeting 1"][0]


def test_the_other_role_is_told_other_things() -> None:
    mentor = told(orientation_pack(JUNIOR, pk.Role.MENTOR, SENIOR, on=DAY))
    mentee = told(orientation_pack(SENIOR, pk.Role.MENTEE, JUNIOR, on=DAY))
    assert mentee["What to prepare"][0].startswith("python: note a task of yours")
    assert mentee["What to prepare"][2] == (
        "négociation: M-17 wants to learn that from you; think of an example"
    ) or mentee["What to prepare"][2].startswith("Négociation: M-17 wants to learn")
    assert mentor["Good practice"] != mentee["Good practice"]
    assert len(told(orientation_pack(JUNIOR, pk.Role.MENTOR, on=DAY, reverse=False))) == 4


def test_packs_are_written_in_french_as_html_and_markdown(tmp_path: Path) -> None:
    packs = [
        orientation_pack(JUNIOR, pk.Role.MENTOR, SENIOR, on=DAY),
        orientation_pack(SENIOR, pk.Role.MENTEE, JUNIOR, on=DAY),
    ]
    names = {"E-42": "Hélène Marchand", "M-17": "Yanis Belkacem"}
    for name in ("packs.html", "packs.md"):
        path = tmp_path / name
        write_orientation_packs(packs, path, names=names, language="fr", program="Passerelle")
        text = path.read_text("utf-8")
        assert "demander à Hélène Marchand une tâche" in text
        assert "lun. 09:00–11:00" in text or "lun." in text
        assert "What" not in text
        with pytest.raises(pk.OutputError, match="exists already"):
            write_orientation_packs(packs, path)
    with pytest.raises(pk.OutputError, match=r"written as \.html or \.md"):
        write_orientation_packs(packs, tmp_path / "packs.pdf")


def test_a_template_of_ones_own_comes_first(tmp_path: Path) -> None:
    (tmp_path / "orientation.md").write_text(
        "{% for person, partner, pack in packs %}Bonjour {{ markdown(person.shown) }}\n"
        "{% endfor %}",
        "utf-8",
    )
    packs = [orientation_pack(JUNIOR, pk.Role.MENTOR, SENIOR, on=DAY)]
    path = tmp_path / "packs.md"
    write_orientation_packs(packs, path, names={"M-17": "a*b"}, templates=tmp_path)
    assert path.read_text("utf-8") == "Bonjour a\\*b\n"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_hostile_names_stay_text(tmp_path: Path, language: str) -> None:
    packs = [orientation_pack(JUNIOR, pk.Role.MENTOR, SENIOR, on=DAY, contact=HOSTILE)]
    names = {"E-42": HOSTILE, "M-17": "*b*"}
    path, text = tmp_path / "packs.html", tmp_path / "packs.md"
    for one in (path, text):
        write_orientation_packs(packs, one, names=names, language=language, program=HOSTILE)
    markdown = text.read_text("utf-8")
    assert "<script" not in markdown.replace("\\<script", "")
    assert "[x](http" not in markdown.replace("\\[x\\](http", "")
    with browser_of() as browser:
        for size in (DESKTOP, PHONE):
            opened = Opened.at(browser, path, size=size)
            assert violations(opened.page) == []
            assert opened.console == []
            assert opened.requests == [path.as_uri()]
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
