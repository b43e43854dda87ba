"""The same people under ids that say nothing about who they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

import pairkit as pk
from pairkit import pseudonyms
from pairkit.errors import InputError
from pairkit.roster import Roster
from tests.people import rankings, rosters

KEY = "correct horse battery staple"


def staff() -> Roster:
    """Return three people who name each other in every field that holds an id."""
    return Roster.from_records(
        [
            {"id": "E-1", "name": "Ann Ames", "attributes": {"last partner": "E-2; E-3"}},
            {"id": "E-2", "manager": "E-1", "preferences": [["E-3", "E-1"], ["E-2"]]},
            {"id": "E-3", "avoid": ["E-1"], "attributes": {"team": "Red", "last partner": "E-2"}},
        ]
    )


def test_ids_names_and_references_are_replaced_and_nothing_else() -> None:
    hidden = staff().pseudonymize(KEY)
    one, two, three = hidden.ids
    assert all(re.fullmatch(r"p[a-z2-7]{12}", name) for name in hidden.ids)
    assert hidden[0].name == one
    assert hidden[1].name is None
    assert hidden[1].manager == one
    assert hidden[1].preferences == ((three, one), (two,))
    assert hidden[2].avoid == (one,)
    assert hidden[0].attributes == {"last partner": f"{two}; {three}"}
    assert hidden[2].attributes == {"team": "Red", "last partner": two}


def test_nothing_of_the_old_ids_and_names_is_left() -> None:
    left = str([person.model_dump() for person in staff().pseudonymize(KEY)])
    assert not re.search("E-[123]|Ann|Ames", left)


def test_pseudonyms_are_stable_and_depend_on_the_key_alone() -> None:
    known = Roster.from_records([{"id": "E-1"}]).pseudonymize(KEY)[0].id
    assert staff()[::-1].pseudonymize(KEY.encode())[2].id == known
    assert staff().pseudonymize(KEY + "!")[0].id != known
    assert known == "pahiieqpt5ypl"  # in every version


def test_people_outside_the_roster_get_the_pseudonym_they_have_elsewhere() -> None:
    part = staff()[1:].pseudonymize(KEY)
    assert part[0].manager == staff().pseudonymize(KEY)[0].id


def test_attributes_that_hold_ids_can_be_named() -> None:
    roster = Roster.from_records([{"id": "1", "buddy": 2}, {"id": "2", "buddy": 7}])
    assert roster.pseudonymize(KEY)[0].attributes == {"buddy": 2}
    named = roster.pseudonymize(KEY, references=["buddy"])
    assert named[0].attributes == {"buddy": named[1].id}


def test_protected_attributes_that_hold_ids_are_replaced_too() -> None:
    roster = Roster.from_records([{"id": "A", "protected": {"carer": "B"}}, {"id": "B"}])
    hidden = roster.pseudonymize(KEY)
    assert hidden[0].protected == {"carer": hidden[1].id}


def test_an_empty_key_and_an_unknown_attribute_are_refused() -> None:
    with pytest.raises(InputError, match="key is empty"):
        staff().pseudonymize("")
    with pytest.raises(InputError, match="Nobody has the attribute 'budy'"):
        staff().pseudonymize(KEY, references=["budy"])


def test_two_ids_with_one_pseudonym_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pseudonyms, "LENGTH", 1)
    people = Roster.from_records([{"id": str(k)} for k in range(40)])
    with pytest.raises(InputError, match="Two ids have the pseudonym"):
        people.pseudonymize(KEY)


@given(roster=rosters({"preferences": rankings()}, min_size=2))
def test_the_people_stay_in_order_and_so_do_their_wishes(roster: Roster) -> None:
    hidden = roster.pseudonymize(KEY)
    new = dict(zip(roster.ids, hidden.ids, strict=True))
    for person, other in zip(roster, hidden, strict=True):
        wished = [name for group in person.preferences for name in group]
        replaced = [name for group in other.preferences for name in group]
        assert len(set(replaced)) == len(wished)
        assert all(new.get(a, b) == b for a, b in zip(wished, replaced, strict=True))


def test_pseudonyms_change_no_score() -> None:
    roster = pk.datasets.sample(30)
    program = pk.reverse_mentoring()
    plain, hidden = pk.match(roster, program), pk.match(roster.pseudonymize(KEY), program)
    assert hidden.objective == pytest.approx(plain.objective)


def test_the_findings_stay_behind() -> None:
    roster = Roster.from_records([{"id": "A", "manager": "Z"}], allow=["unknown-manager"])
    assert roster.findings
    assert not roster.pseudonymize(KEY).findings
