"""The words of the sample rosters: departments, sites, skills, interests and sentences.

Every term stands beside its translation, so that a sample is the same organization in both
languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = [
    "DEPARTMENTS",
    "EVERYWHERE",
    "GENDERS",
    "GENERAL",
    "HEADQUARTERS",
    "INTERESTS",
    "MANUFACTURING",
    "OVERSEAS",
    "SENTENCES",
    "SITES",
    "SKILLS",
    "THIRD_LANGUAGES",
    "Language",
    "Sentences",
    "Site",
    "Skill",
    "Term",
    "translation",
]

Language = Literal["en", "fr"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase in English and French, with how common it is (relative, above 0)."""

    en: str
    fr: str
    weight: float = 1.0

    def text(self, language: Language) -> str:
        """Return the term in that language."""
        return self.fr if language == "fr" else self.en


def translation(language: Language) -> Language:
    """Return the other of the two languages."""
    return "en" if language == "fr" else "fr"


MANUFACTURING, ENGINEERING, QUALITY, SALES, MARKETING = range(5)
FINANCE, LEGAL, PEOPLE, SYSTEMS, GENERAL = range(5, 10)
DEPARTMENTS: Final = (
    Term("Manufacturing", "Production", 20),
    Term("Engineering", "Bureau d'études", 16),
    Term("Quality and Safety", "Qualité et sécurité", 9),
    Term("Sales", "Ventes", 15),
    Term("Marketing", "Marketing et communication", 8),
    Term("Finance", "Finances", 9),
    Term("Legal", "Juridique", 5),
    Term("Human Resources", "Ressources humaines", 7),
    Term("Information Systems", "Systèmes d'information", 11),
    Term("General Management", "Direction générale", 0),
)
EVERYWHERE: Final = tuple(range(10))


@dataclass(frozen=True, slots=True)
class Site:
    """A place of work: how large it is (relative), where, and in which time zone."""

    name: Term
    country: Term
    time_zone: dict[Language, str]


def _site(weight: float, en: tuple[str, str, str], fr: tuple[str, str, str]) -> Site:
    """Return a site from (name, country, time zone) in each language's organization."""
    return Site(Term(en[0], fr[0], weight), Term(en[1], fr[1]), {"en": en[2], "fr": fr[2]})


_UK = ("United Kingdom", "Europe/London")
_FRANCE = ("France", "Europe/Paris")
_CANADA = "America/Toronto"
SITES: Final = (
    _site(30, ("Manchester", *_UK), ("Lyon", *_FRANCE)),
    _site(17, ("Leeds", *_UK), ("Lille", *_FRANCE)),
    _site(16, ("Bristol", *_UK), ("Nantes", *_FRANCE)),
    _site(13, ("Glasgow", *_UK), ("Toulouse", *_FRANCE)),
    _site(10, ("Dublin", "Ireland", "Europe/Dublin"), ("Bruxelles", "Belgique", "Europe/Brussels")),
    _site(
        8, ("Rotterdam", "Netherlands", "Europe/Amsterdam"), ("Genève", "Suisse", "Europe/Zurich")
    ),
    _site(6, ("Montreal", "Canada", _CANADA), ("Toronto", "Canada", _CANADA)),
)
HEADQUARTERS, OVERSEAS = 0, 6
THIRD_LANGUAGES: Final = ("es", "de", "it", "pt", "ar", "pl", "nl")


@dataclass(frozen=True, slots=True)
class Skill:
    """Something to teach, the departments where people know it, and whose strength it is.

    ``digital`` skills are those of the younger generation; the others come with experience.
    """

    name: Term
    departments: tuple[int, ...]
    digital: bool


def _digital(en: str, fr: str, weight: float, *departments: int) -> Skill:
    return Skill(Term(en, fr, weight), departments or EVERYWHERE, digital=True)


def _experience(en: str, fr: str, weight: float, *departments: int) -> Skill:
    return Skill(Term(en, fr, weight), departments or EVERYWHERE, digital=False)


SKILLS: Final = (
    _digital("AI assistants", "Assistants d'IA", 3),
    _digital("Collaborative tools", "Outils collaboratifs", 3),
    _digital("Spreadsheet automation", "Automatisation des tableurs", 2.5),
    _digital("Hybrid meetings", "Réunions hybrides", 1.5),
    _digital("Working from a smartphone", "Travail sur smartphone", 1.5),
    _digital("Dashboards", "Tableaux de bord", 2),
    _digital("Digital accessibility", "Accessibilité numérique", 1.5),
    _digital("Video editing", "Montage vidéo", 1.2),
    _digital("Social media", "Réseaux sociaux", 1.5),
    _digital("Password hygiene", "Hygiène des mots de passe", 1),
    _digital("Sustainable digital habits", "Sobriété numérique", 0.8),
    _digital("Searching the web", "Recherche en ligne", 0.8),
    _digital("Python", "Python", 2, ENGINEERING, QUALITY, FINANCE, SYSTEMS),
    _digital("SQL", "SQL", 2, FINANCE, MARKETING, SYSTEMS),
    _digital("Data visualization", "Visualisation de données", 2, ENGINEERING, QUALITY, FINANCE),
    _digital("3D printing", "Impression 3D", 1.5, MANUFACTURING, ENGINEERING),
    _digital("Augmented reality", "Réalité augmentée", 1, MANUFACTURING, ENGINEERING),
    _digital("Connected sensors", "Capteurs connectés", 2, MANUFACTURING, ENGINEERING, QUALITY),
    _digital("Digital twins", "Jumeaux numériques", 1, MANUFACTURING, ENGINEERING),
    _digital("Collaborative robots", "Robots collaboratifs", 2, MANUFACTURING),
    _digital("Tablets on the shop floor", "Tablettes en atelier", 2, MANUFACTURING, QUALITY),
    _digital("Agile methods", "Méthodes agiles", 1.5, ENGINEERING, MARKETING, SYSTEMS),
    _digital("Cloud services", "Informatique en nuage", 2, SYSTEMS),
    _digital("Version control", "Gestion de versions", 1.5, ENGINEERING, SYSTEMS),
    _digital("Interface design", "Conception d'interfaces", 1.5, MARKETING, SYSTEMS),
    _digital("Online sales", "Vente en ligne", 2, SALES, MARKETING),
    _digital("Customer data tools", "Exploitation de la base clients", 2, SALES, MARKETING),
    _digital("Professional networks online", "Réseaux professionnels en ligne", 2, SALES, PEOPLE),
    _digital("Search engine visibility", "Référencement naturel", 2, MARKETING),
    _digital("Short videos", "Vidéos courtes", 2, MARKETING),
    _digital("Podcasting", "Production de podcasts", 1, MARKETING, PEOPLE),
    _digital("Electronic signature", "Signature électronique", 2, SALES, LEGAL, PEOPLE, FINANCE),
    _digital("Electronic invoicing", "Facturation électronique", 2, FINANCE),
    _digital("Robotic process automation", "Automatisation des processus", 1.5, FINANCE, SYSTEMS),
    _digital("Online legal research", "Recherche juridique en ligne", 2.5, LEGAL),
    _digital("Contract automation", "Automatisation des contrats", 2, LEGAL),
    _digital("Online recruiting", "Recrutement en ligne", 2.5, PEOPLE),
    _digital("Online course design", "Conception de cours en ligne", 2, PEOPLE, QUALITY),
    _experience("Negotiation", "Négociation", 2),
    _experience("History of our projects", "Histoire de nos projets", 2),
    _experience("Client relations", "Relation client", 1),
    _experience("Crisis management", "Gestion de crise", 1.2),
    _experience("Budget planning", "Préparation du budget", 1.5),
    _experience("Team leadership", "Conduite d'équipe", 2),
    _experience("Public speaking", "Prise de parole en public", 1.5),
    _experience("Change management", "Conduite du changement", 1),
    _experience("Conflict resolution", "Résolution de conflits", 1),
    _experience("Handing on know-how", "Transmission des savoir-faire", 1.2),
    _experience("Knowing who does what", "Connaissance des rouages internes", 1.2),
    _experience("Project management", "Gestion de projet", 2),
    _experience(
        "Industrial safety", "Sécurité industrielle", 3, MANUFACTURING, ENGINEERING, QUALITY
    ),
    _experience("Production planning", "Planification de la production", 2.5, MANUFACTURING),
    _experience("Machine maintenance", "Maintenance des machines", 2.5, MANUFACTURING),
    _experience("Welding", "Soudage", 1, MANUFACTURING),
    _experience("Supplier relations", "Relations fournisseurs", 2, MANUFACTURING, QUALITY, FINANCE),
    _experience("Materials science", "Science des matériaux", 2, ENGINEERING, QUALITY),
    _experience("Process engineering", "Génie des procédés", 2, ENGINEERING, MANUFACTURING),
    _experience("Patents", "Brevets", 1.5, ENGINEERING, LEGAL),
    _experience("Technical standards", "Normes techniques", 2, ENGINEERING, QUALITY),
    _experience("ISO 9001 audits", "Audits ISO 9001", 2.5, QUALITY),
    _experience("Root cause analysis", "Analyse des causes profondes", 2, QUALITY, MANUFACTURING),
    _experience("Environmental regulation", "Réglementation environnementale", 2, QUALITY, LEGAL),
    _experience("Key accounts", "Grands comptes", 3, SALES),
    _experience("Calls for tender", "Appels d'offres", 2, SALES, LEGAL),
    _experience("Pricing", "Politique de prix", 2, SALES, MARKETING, FINANCE),
    _experience("Export markets", "Marchés à l'exportation", 1.5, SALES),
    _experience("Brand strategy", "Stratégie de marque", 2.5, MARKETING),
    _experience("Press relations", "Relations presse", 2, MARKETING),
    _experience("Trade fairs", "Salons professionnels", 2, MARKETING, SALES),
    _experience("Financial analysis", "Analyse financière", 2.5, FINANCE),
    _experience("Taxation", "Fiscalité", 2, FINANCE, LEGAL),
    _experience("Cash management", "Gestion de trésorerie", 2, FINANCE),
    _experience("Internal control", "Contrôle interne", 1.5, FINANCE, QUALITY),
    _experience("Contract law", "Droit des contrats", 3, LEGAL),
    _experience("Data protection law", "Droit des données personnelles", 2, LEGAL, SYSTEMS),
    _experience("Labor law", "Droit du travail", 2.5, LEGAL, PEOPLE),
    _experience("Dialogue with unions", "Dialogue social", 2.5, PEOPLE),
    _experience("Interviewing", "Entretiens de recrutement", 2, PEOPLE),
    _experience("Career development", "Accompagnement des carrières", 2, PEOPLE),
    _experience("Legacy systems", "Applications historiques", 2.5, SYSTEMS),
    _experience("Business continuity", "Continuité d'activité", 2, SYSTEMS, QUALITY),
    _experience("IT purchasing", "Achats informatiques", 1.5, SYSTEMS),
)

INTERESTS: Final = (
    Term("Hiking", "Randonnée", 3),
    Term("Cooking", "Cuisine", 3),
    Term("Gardening", "Jardinage", 2),
    Term("Photography", "Photographie", 2),
    Term("Chess", "Échecs"),
    Term("Choir singing", "Chant choral"),
    Term("Cycling", "Vélo", 2.5),
    Term("Running", "Course à pied", 2),
    Term("Swimming", "Natation", 1.5),
    Term("Board games", "Jeux de société", 1.5),
    Term("Reading", "Lecture", 3),
    Term("Movies", "Cinéma", 2.5),
    Term("Theater", "Théâtre"),
    Term("Travel", "Voyages", 2.5),
    Term("Soccer", "Football", 1.5),
    Term("Sailing", "Voile", 0.7),
    Term("Home repairs", "Bricolage", 1.5),
    Term("Astronomy", "Astronomie", 0.7),
    Term("Volunteering", "Bénévolat", 1.5),
    Term("Music", "Musique", 2.5),
    Term("Pottery", "Poterie", 0.6),
    Term("Birdwatching", "Ornithologie", 0.6),
    Term("Local history", "Histoire locale"),
    Term("Yoga", "Yoga", 1.2),
    Term("Climbing", "Escalade"),
    Term("Video games", "Jeux vidéo", 1.5),
    Term("Dancing", "Danse"),
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """Ways to introduce oneself, with gaps for ``skill``, ``need``, ``interest`` and ``years``."""

    mentor: tuple[Term, ...]
    mentee: tuple[Term, ...]
    undecided: tuple[Term, ...]


SENTENCES: Final = Sentences(
    mentor=(
        Term(
            "Happy to explain step by step: {skill}.",
            "J'explique volontiers, pas à pas : {skill}.",
        ),
        Term(
            "My favorite topic: {skill}. Outside work: {interest}.",
            "Mon sujet préféré : {skill}. En dehors du travail : {interest}.",
        ),
        Term(
            "What I use every day and like to share: {skill}. I hope to learn: {need}.",
            "Ce que je pratique au quotidien et partage volontiers : {skill}. "
            "Ce que j'aimerais apprendre : {need}.",
        ),
    ),
    mentee=(
        Term(
            "First on my list: {need}. What I can give back: {skill}.",
            "En tête de ma liste : {need}. Ce que je peux transmettre en retour : {skill}.",
        ),
        Term(
            "After {years} years of work, still curious. What I would like to try: {need}.",
            "Après {years} ans de métier, toujours l'envie d'apprendre : {need}.",
        ),
        Term(
            "I would like to get comfortable with one thing: {need}. Outside work: {interest}.",
            "J'aimerais être à l'aise sur un point : {need}. En dehors du travail : {interest}.",
        ),
    ),
    undecided=(
        Term(
            "I can help with this: {skill}. I would like to learn: {need}.",
            "Je peux aider sur ce sujet : {skill}. J'aimerais apprendre : {need}.",
        ),
        Term(
            "Open to both sides. Outside work: {interest}.",
            "Je suis à l'aise dans les deux rôles. En dehors du travail : {interest}.",
        ),
    ),
)

GENDERS: Final = (Term("woman", "femme"), Term("man", "homme"), Term("nonbinary", "non binaire"))
