"""Names of people who do not exist, by country, gender and generation.

Family names are put together from parts, or too common to point at anybody.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pairkit.datasets.vocabularies import OVERSEAS, SITES, Language, translation

__all__ = ["NAMES", "NameGroup", "invent_names"]


@dataclass(frozen=True, slots=True)
class NameGroup:
    """Names that go together: given names by gender and generation, and family names.

    ``women`` and ``men`` hold one tuple per generation, oldest first, or one for all. A group with
    a ``site`` is met there alone.
    """

    weight: float
    women: tuple[tuple[str, ...], ...]
    men: tuple[tuple[str, ...], ...]
    family: tuple[str, ...]
    site: int | None = None

    def given(self, gender: int, age: float) -> tuple[str, ...]:
        """Return the given names of women (0) or men (1) of that age in years."""
        generations = self.men if gender else self.women
        return generations[min(bisect([-51, -36], -age), len(generations) - 1)]


def _names(*lines: str) -> tuple[tuple[str, ...], ...]:
    """Return the names of each line."""
    return tuple(tuple(line.split()) for line in lines)


def _joined(first: str, last: str) -> tuple[str, ...]:
    """Return every first part with every last part, in a fixed scattered order."""
    pairs = [a + b for a, b in product(first.split(), last.split())]
    return tuple(sorted(pairs, key=lambda name: name[::-1]))


_ENGLISH = NameGroup(
    70,
    _names(
        "Barbara Carol Christine Deborah Elaine Gillian Helen Janet Jill Judith Linda Lorraine "
        "Margaret Maureen Pamela Sandra Sheila Susan Valerie Wendy",
        "Alison Amanda Angela Claire Emma Fiona Heather Joanne Karen Kelly Lisa Michelle Nicola "
        "Paula Rachel Sarah Tracey Vanessa Victoria Zoe",
        "Abigail Amy Bethany Chloe Daisy Ellie Eve Freya Georgia Hannah Holly Imogen Jasmine Katie "
        "Lauren Megan Molly Olivia Poppy Rosie",
    ),
    _names(
        "Alan Barry Brian Clive Derek Geoffrey Gordon Graham Howard Keith Kenneth Malcolm Martin "
        "Nigel Philip Raymond Roger Stuart Terence Trevor",
        "Adrian Andrew Craig Darren Dean Gareth Gavin Ian Jason Jonathan Justin Lee Marcus Neil "
        "Richard Robert Russell Simon Stephen Wayne",
        "Alfie Archie Ben Callum Charlie Connor Dylan Elliot Finley George Harry Jack Jamie Joe "
        "Kieran Lewis Nathan Oscar Reece Toby",
    ),
    _joined(
        "Ald Bram Cald Elder Fern Garr Hather Kel Lang Mal Nether Penn Raven Stan Thorn Wend",
        "brook by combe field ley mere shaw stead wick worth",
    ),
)
_FRENCH = NameGroup(
    70,
    _names(
        "Annick Brigitte Catherine Chantal Christiane Danielle Dominique Évelyne Françoise "
        "Geneviève Jocelyne Martine Michèle Monique Mireille Nicole Odile Pascale Sylvie Véronique",
        "Agnès Anne-Laure Audrey Caroline Céline Delphine Élodie Émilie Estelle Florence Karine "
        "Laetitia Magali Nathalie Sandrine Séverine Sophie Stéphanie Valérie Virginie",
        "Alice Anaïs Camille Chloé Clara Coralie Eva Inès Jade Julie Juliette Léa Louise Lucie "
        "Manon Marine Mathilde Noémie Pauline Zoé",
    ),
    _names(
        "Alain Bernard Bruno Christian Daniel Denis Didier Gérard Gilles Guy Hervé Jean-Pierre "
        "Jean-Luc Marc Michel Patrick Philippe Roland Serge Thierry",
        "Arnaud Cédric Christophe David Emmanuel Fabrice Franck Frédéric Grégory Jérôme Laurent "
        "Ludovic Mickaël Nicolas Olivier Samuel Sébastien Stéphane Xavier Yann",
        "Adrien Antoine Arthur Bastien Clément Corentin Enzo Gabriel Hugo Jules Lucas Mathis "
        "Maxime Nathan Paul Quentin Romain Théo Thomas Tom",
    ),
    _joined(
        "Arque Beau Brune Chante Clair Font Grand Haute Lande Mont Pré Roche Sauve Val Vaute",
        "bois cour dieu flore lac lieu mard noy rive vaux vert",
    ),
)
_NORTH_AFRICAN = NameGroup(
    11,
    _names("Amina Dalila Farida Hanane Kenza Leïla Nadia Samira Sonia Yasmine"),
    _names("Amine Bilal Farid Karim Mehdi Mourad Nabil Rachid Sofiane Yassine"),
    (
        *("Amrani", "Belkacem", "Benali", "Boudjema", "Cherif", "Daoudi", "Ferhat", "Ghazi"),
        *("Haddad", "Hamdi", "Khaldi", "Mansouri", "Nasri", "Rahmani", "Saïdi", "Ziani"),
    ),
)
_WEST_AFRICAN = NameGroup(
    7,
    _names("Adama Aïssatou Aminata Awa Fatou Mariama Ndeye Oumou Rokhaya"),
    _names("Abdou Amadou Cheikh Ibrahima Mamadou Moussa Ousmane Sékou Souleymane"),
    (
        *("Badiane", "Bamba", "Camara", "Cissé", "Coulibaly", "Diallo", "Diop", "Fofana"),
        *("Kanté", "Keïta", "Koné", "Ndoye", "Sarr", "Sissoko", "Touré", "Traoré"),
    ),
)
_SOUTHERN = NameGroup(
    7,
    _names("Carla Elena Graça Inês Lucia Maria Paola Rosa Teresa"),
    _names("Carlos Diogo Fabio João Luis Marco Paulo Rui Vasco"),
    (
        *("Almeida", "Carvalho", "Conti", "Costa", "Ferreira", "Garcia", "Gomes", "Greco"),
        *("Lopes", "Marino", "Moretti", "Navarro", "Pinto", "Ribeiro", "Rossi", "Vidal"),
    ),
)
_ASIAN = NameGroup(
    5,
    _names("Anh Hoa Lan Linh Mai Mei Thuy Xuan Yen"),
    _names("Bao Dung Hieu Huy Long Minh Tuan Vinh Wei"),
    ("Chen", "Dang", "Huynh", "Lam", "Li", "Liu", "Nguyen", "Pham", "Tran", "Vo", "Wang", "Zhang"),
)
_SOUTH_ASIAN = NameGroup(
    13,
    _names("Aisha Anjali Deepa Farah Kavita Meera Nadia Priya Saira Sunita"),
    _names("Arjun Hamza Imran Nikhil Rahul Rohan Sanjay Tariq Vikram Zain"),
    (
        *("Ahmed", "Begum", "Bhatt", "Choudhury", "Desai", "Gill", "Hussain", "Iqbal", "Joshi"),
        *("Khan", "Malik", "Mehta", "Nair", "Patel", "Rao", "Shah", "Singh", "Verma"),
    ),
)
_AFRICAN_CARIBBEAN = NameGroup(
    9,
    _names("Abena Adaeze Chantelle Folasade Grace Ngozi Shanice Temi Yvonne"),
    _names("Ayodele Chidi Emeka Jermaine Kofi Kwame Marlon Olu Winston"),
    (
        *("Acheampong", "Adeyemi", "Balogun", "Boateng", "Campbell", "Clarke", "Eze", "Gordon"),
        *("Grant", "Mensah", "Obi", "Okafor", "Owusu", "Phiri", "Reid", "Sesay"),
    ),
)
_IRISH = NameGroup(
    100,
    _names("Aoife Bridget Caoimhe Ciara Eileen Maeve Niamh Orla Róisín Sinéad"),
    _names("Brendan Cathal Cian Declan Eoin Fergal Niall Oisín Pádraig Ronan"),
    ("Brennan", "Byrne", "Doyle", "Kavanagh", "Nolan", "O'Leary", "Quinn", "Walsh"),
    site=4,
)
_DUTCH = NameGroup(
    100,
    _names("Anneke Femke Ingrid Lieke Marijke Sanne Saskia Willemijn"),
    _names("Bart Daan Gijs Hendrik Jeroen Maarten Sjoerd Wouter"),
    ("Bakker", "van den Berg", "Hoekstra", "de Jong", "Kuiper", "Smit", "Visser"),
    site=5,
)
_FLEMISH = NameGroup(
    80,
    _names("An Els Greet Hilde Katrien Lotte Marleen Veerle"),
    _names("Bram Dirk Geert Jef Koen Pieter Stijn Wim"),
    ("Claes", "De Smet", "Goossens", "Maes", "Peeters", "Van Damme", "Wouters"),
    site=4,
)
_SWISS = NameGroup(
    60,
    _names("Barbara Corinne Heidi Nadine Regula Silvia Ursula"),
    _names("Andreas Beat Reto Stefan Thomas Urs Werner"),
    ("Baumann", "Frei", "Gerber", "Keller", "Meier", "Steiner", "Zurbrügg"),
    site=5,
)
NAMES: Final[dict[Language, tuple[NameGroup, ...]]] = {
    "en": (_ENGLISH, _SOUTH_ASIAN, _AFRICAN_CARIBBEAN, _SOUTHERN, _ASIAN, _IRISH, _DUTCH),
    "fr": (_FRENCH, _NORTH_AFRICAN, _WEST_AFRICAN, _SOUTHERN, _ASIAN, _FLEMISH, _SWISS),
}

_Met = tuple[list[tuple[NameGroup, Iterator[tuple[str, int]]]], list[float]]


def invent_names(
    site: NDArray[np.int64],
    gender: NDArray[np.int64],
    age: NDArray[np.float64],
    language: Language,
    rng: np.random.Generator,
) -> list[str]:
    """Return a full name for each person; names repeat as late as possible.

    Parameters
    ----------
    site, gender, age
        Each of shape (n,): a position in ``SITES``; 0 for women's names and 1 for men's; years.
        Overseas, people have names of the other language.
    language
        The language of the organization.
    rng
        Where the random numbers come from.
    """
    local = _local_groups(language, rng)
    chances = rng.random(len(site)).tolist()
    names: list[str] = []
    for place, sex, years, chance in zip(
        site.tolist(), gender.tolist(), age.tolist(), chances, strict=True
    ):
        groups, bounds = local[place]
        group, turns = groups[bisect(bounds, chance)]
        family, turn = next(turns)
        given = group.given(sex, years)
        names.append(f"{given[turn % len(given)]} {family}")
    return names


def _turns(family: tuple[str, ...], rng: np.random.Generator) -> Iterator[tuple[str, int]]:
    """Return family names without end, each time with another number to choose a given name by."""
    names: list[str] = rng.permutation(family).tolist()
    offsets: list[int] = rng.integers(0, 1000, len(names)).tolist()
    return (
        (name, offset + turn)
        for turn in count()
        for name, offset in zip(names, offsets, strict=True)
    )


def _local_groups(language: Language, rng: np.random.Generator) -> list[_Met]:
    """Return, for each site, the groups met there with endless family names, and their bounds."""
    known = {
        code: [(group, _turns(group.family, rng)) for group in groups]
        for code, groups in NAMES.items()
    }
    local: list[_Met] = []
    for place in range(len(SITES)):
        names = known[translation(language) if place == OVERSEAS else language]
        groups = [pair for pair in names if pair[0].site in {None, place}]
        bounds = np.cumsum([group.weight for group, _ in groups])
        local.append((groups, (bounds[:-1] / bounds[-1]).tolist()))
    return local
