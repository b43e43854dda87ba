"""Lexicon: the English and French words that tables of people use, for headers and in cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from pairkit.profiles import EmploymentStatus, Role, fold

__all__ = [
    "ANSWERS",
    "ASIDES",
    "BOOLEANS",
    "FAMILY_KEYS",
    "GIVEN_KEYS",
    "HEADERS",
    "HEADER_KEYS",
    "LANGUAGES",
    "LEVELS",
    "MAIL_KEYS",
    "MOMENT_KEYS",
    "MONTHS",
    "NOTHING",
    "ORDINALS",
    "ROLES",
    "SINGLES",
    "STATUSES",
    "SURVEY_KEYS",
    "TERMINATION_KEYS",
    "VALUES",
    "header_key",
]

V = TypeVar("V")


def _each(meanings: Mapping[str, V]) -> dict[str, V]:
    """Return the meaning of each folded word; words with one meaning stand in one text."""
    return {fold(word): means for words, means in meanings.items() for word in words.split(",")}


BOOLEANS: Final = _each(
    {
        "1,1.0,yes,y,oui,o,true,t,vrai,v,x,ok,done,fait,✓,✔,☑,checked,selected,coché,cochée,"
        "sélectionné,sélectionnée": True,
        "0,0.0,no,n,non,false,f,faux,☐,✗,✘,unchecked,not checked,unselected,not selected,"
        "non coché,non cochée,non sélectionné,non sélectionnée": False,
    }
)
ANSWERS: Final = frozenset(map(fold, ("yes", "no", "oui", "non", "true", "false", "vrai", "faux")))
ROLES: Final = _each(
    {
        "mentor,mentors,tutor,tuteur,tutrice,parrain,marraine": frozenset({Role.MENTOR}),
        "mentee,mentees,mentoré,mentorée,mentorés,mentorées,mentoré(e),tutoré,tutorée,tutoré(e),"
        "filleul,filleule,apprenant,apprenante": frozenset({Role.MENTEE}),
        "both,either,les deux": frozenset(Role),
    }
)
STATUSES: Final = _each(
    {
        "a,active,actif,actif/active,employed,present,présent,en poste,en activité": (
            EmploymentStatus.ACTIVE
        ),
        "l,on leave,leave,leave of absence,loa,sabbatical,parental leave,maternity leave,"
        "sick leave,en congé,congé,congé parental,congé maternité,congé sabbatique,"
        "arrêt maladie,en arrêt": EmploymentStatus.ON_LEAVE,
        "t,left,terminated,departed,dismissed,voluntarily terminated,terminated for cause,"
        "resigned,retired,parti,partie,parti(e),sorti,sortie,licencié,licenciée,contrat terminé,"
        "fin de contrat,démission,démissionnaire,retraité,retraitée,en retraite,"
        "à la retraite": EmploymentStatus.LEFT,
    }
)
LEVELS: Final = _each(
    {
        "novice,beginner,basic,basics,elementary,débutant,débutante,débutant(e),bases,notions,"
        "élémentaire": 1.0,
        "intermediate,intermédiaire,moyen": 2.0,
        "advanced,proficient,avancé,avancée,avancé(e),confirmé,confirmée,confirmé(e)": 3.0,
        "expert,experte,expert(e)": 4.0,
    }
)
MONTHS: Final = (
    ("january", "janvier"),
    ("february", "fevrier"),
    ("march", "mars"),
    ("april", "avril"),
    ("may", "mai"),
    ("june", "juin"),
    ("july", "juillet"),
    ("august", "aout"),
    ("september", "septembre"),
    ("october", "octobre"),
    ("november", "novembre"),
    ("december", "decembre"),
)
ORDINALS: Final = _each(
    {
        "first,1st,premier,première,1er,1ère,1re": 1,
        "second,2nd,deuxième,seconde,2e,2ème,2nde": 2,
        "third,3rd,troisième,3e,3ème": 3,
        "fourth,4th,quatrième,4e,4ème": 4,
        "fifth,5th,cinquième,5e,5ème": 5,
        "sixth,6th,sixième,6e,6ème": 6,
        "seventh,7th,septième,7e,7ème": 7,
        "eighth,8th,huitième,8e,8ème": 8,
        "ninth,9th,neuvième,9e,9ème": 9,
        "tenth,10th,dixième,10e,10ème": 10,
    }
)
LANGUAGES: Final = {
    fold(word): names.split(",")[0]
    for names in (
        "ar,ara,Arabic,arabe",
        "bg,bul,Bulgarian,bulgare",
        "bn,ben,Bengali",
        "br,bre,Breton",
        "ca,cat,Catalan",
        "cs,ces,cze,Czech,tchèque",
        "da,dan,Danish,danois",
        "de,deu,ger,German,allemand,Deutsch",
        "el,ell,gre,Greek,grec",
        "en,eng,English,anglais",
        "es,spa,Spanish,espagnol,español,Castilian,castillan",
        "et,est,Estonian,estonien",
        "eu,eus,baq,Basque",
        "fa,fas,per,Persian,persan,Farsi",
        "fi,fin,Finnish,finnois,finlandais",
        "fr,fra,fre,French,français",
        "ga,gle,Irish,irlandais",
        "he,heb,Hebrew,hébreu",
        "hi,hin,Hindi",
        "hr,hrv,Croatian,croate",
        "hu,hun,Hungarian,hongrois",
        "id,ind,Indonesian,indonésien",
        "it,ita,Italian,italien,italiano",
        "ja,jpn,Japanese,japonais",
        "ko,kor,Korean,coréen",
        "lb,ltz,Luxembourgish,luxembourgeois",
        "lt,lit,Lithuanian,lituanien",
        "lv,lav,Latvian,letton",
        "ms,msa,may,Malay,malais",
        "nl,nld,dut,Dutch,néerlandais,Flemish,flamand,Nederlands",
        "no,nor,Norwegian,norvégien",
        "oc,oci,Occitan",
        "pl,pol,Polish,polonais,polski",
        "pt,por,Portuguese,portugais,português",
        "ro,ron,rum,Romanian,roumain",
        "ru,rus,Russian,russe",
        "sk,slk,slo,Slovak,slovaque",
        "sl,slv,Slovenian,slovène",
        "sr,srp,Serbian,serbe",
        "sv,swe,Swedish,suédois",
        "sw,swa,Swahili",
        "ta,tam,Tamil,tamoul",
        "th,tha,Thai,thaï,thaïlandais",
        "tr,tur,Turkish,turc",
        "uk,ukr,Ukrainian,ukrainien",
        "ur,urd,Urdu,ourdou",
        "vi,vie,Vietnamese,vietnamien",
        "zh,zho,chi,Chinese,chinois,Mandarin",
    )
    for word in names.split(",")
}


def header_key(header: str) -> str:
    """Return a header for comparison: folded, letters and digits only.

    Examples
    --------
    >>> header_key("Centres d'intérêt"), header_key("employee_ID"), header_key("N° matricule")
    ('centresdinteret', 'employeeid', 'n°matricule')
    """
    return "".join(sign for sign in fold(header) if sign.isalnum() or sign in "°+")


# The usual headers of each field: first the one to write, in English | in French.
_HEADERS: Final = {
    "id": "ID,Identifier,Employee ID,Employee number,Staff ID,Staff number,Person ID,"
    "Participant ID,Personnel number,Emp ID,User ID,Member ID,Employee No,Employee code,"
    "Associate ID,Worker ID,Person number"
    "|Identifiant,Matricule,Numéro,N°,Numéro de matricule,N° matricule,N° de matricule,"
    "Numéro d'employé,Code employé,ID salarié,Matricule salarié,ID employé,Numéro salarié,"
    "N° salarié,Code salarié,Identifiant salarié,Identifiant employé,Matricule employé,"
    "Matricule agent",
    "name": "Name,Full name,Employee name,Participant name|Nom,Nom complet,Nom et prénom,"
    "Prénom et nom,Nom prénom,Prénom nom,Salarié",
    "roles": "Roles,Role,Role in the program,Mentor or mentee,Mentor/mentee,Program role"
    "|Rôles,Rôle,Rôle souhaité,Rôle dans le programme,Mentor ou mentoré,Mentor/mentoré",
    "skills": "Skills,Can teach,Teaches,Skills to share,Skills to teach,Skills offered,Expertise,"
    "Competencies,Strengths|Compétences,Peut enseigner,Peut transmettre,Sait,Savoir-faire,"
    "Compétences à partager,Compétences à transmettre,Points forts",
    "needs": "Needs,Wants to learn,Want to learn,Would like to learn,Learning goals,Goals,"
    "Learning needs,Skills wanted,Skills needed,Skills to learn,Development needs"
    "|Besoins,Souhaite apprendre,Veut apprendre,Aimerait apprendre,Objectifs d'apprentissage,"
    "Besoins de formation,Compétences recherchées,Compétences souhaitées,Compétences à acquérir",
    "interests": "Interests,Hobbies,Personal interests|Centres d'intérêt,Centre d'intérêt,"
    "Intérêts,Loisirs,Passions",
    "languages": "Languages,Language,Languages spoken,Spoken languages"
    "|Langues,Langue,Langues parlées,Langue(s)",
    "availability": "Availability,Availabilities,Available,When available,Time slots,Free times"
    "|Disponibilités,Disponibilité,Disponible,Créneaux,Créneaux horaires",
    "time_zone": "Time zone,Timezone,TZ|Fuseau horaire,Fuseau",
    "department": (
        "Department,Dept,Business unit,Division,Department name,Dept name,Organizational unit"
        "|Service,Département,Unité,Pôle,Direction,Nom du service,Libellé du service,"
        "Libellé service,Nom du département,Libellé du département"
    ),
    "site": "Site,Location,Office,City,Workplace|Site,Lieu,Ville,Bureau,Établissement,"
    "Lieu de travail",
    "country": "Country|Pays",
    "level": "Level,Grade,Job level,Job grade,Band,Seniority level|Niveau,Grade,Échelon,"
    "Niveau hiérarchique",
    "hired": "Hired,Hire date,Date of hire,Hired on,Date hired,Start date,Employment date,"
    "Joining date,Original hire date,Hiring date,Date of joining"
    "|Date d'embauche,Embauche,Embauché le,Date d'entrée,Date d'arrivée,"
    "Date d'entrée dans l'entreprise,Date de recrutement",
    "experience": "Experience,Years of experience,Experience in years,Years experience,Seniority,"
    "Tenure,Years of service|Expérience,Ancienneté,Années d'expérience,Expérience en années,"
    "Ancienneté en années",
    "retires": "Retires,Retirement date,Expected retirement,Expected retirement date,Retirement,"
    "Retires on|Départ en retraite,Date de départ en retraite,Retraite,Date de retraite,"
    "Départ à la retraite,Date de départ à la retraite",
    "manager": (
        "Manager,Manager ID,Line manager,Line manager ID,Supervisor,Supervisor ID,Reports to,"
        "Direct supervisor,Direct manager,Supervisor number,Manager number,"
        "Supervisor employee ID,Manager employee ID"
        "|Responsable,Manageur,Manager,Supérieur,Supérieur hiérarchique,N+1,Hiérarchique,"
        "Matricule du responsable,ID responsable,ID manager,Responsable hiérarchique,"
        "Matricule du supérieur,Matricule supérieur,Matricule du manager,Matricule manager,"
        "Matricule du supérieur hiérarchique,Identifiant du supérieur,Identifiant du responsable,"
        "Identifiant du manager"
    ),
    "mentor_capacity": "Mentor capacity,Capacity as mentor,Maximum mentees,Max mentees,"
    "Number of mentees|Capacité mentor,Capacité comme mentor,Nombre de mentorés,"
    "Nombre maximum de mentorés,Max mentorés",
    "mentee_capacity": "Mentee capacity,Capacity as mentee,Maximum mentors,Max mentors,"
    "Number of mentors|Capacité mentoré,Capacité comme mentoré,Nombre de mentors,"
    "Nombre maximum de mentors",
    "preferences": "Preferences,Preferred partners,Wishes,Preferred partner"
    "|Préférences,Partenaires souhaités,Vœux,Souhaits",
    "avoid": "Avoid,People to avoid,To avoid,Do not pair with,Not with"
    "|À éviter,Personnes à éviter,Éviter,Pas avec",
    "status": (
        "Status,Employment status,Employee status,Employment status code,Employee status code,"
        "Worker status,Emp status"
        "|Statut,Statut d'emploi,Situation,Statut du salarié,Statut salarié,Statut de l'employé,"
        "Statut employé,Situation du salarié"
    ),
    "orientation_done": "Orientation done,Trained,Training done,Training completed,"
    "Onboarding done|Formation faite,Formation suivie,Formé,Formé(e),Formation au programme",
    "consent": "Consent,Consents,Agreed,Agrees,Consent given"
    "|Consentement,Accord,D'accord,Consentement donné",
    "waiting_since": "Waiting since,On waiting list since,Waiting list date"
    "|En attente depuis,En attente depuis le,Date de mise en attente",
    "about": "About,About me,Bio,Biography,Motivation,Profile|À propos,À propos de moi,Biographie,"
    "Présentation,Motivations,Profil",
    "age": "Age|Âge",
    "gender": "Gender,Sex|Genre,Sexe",
}

# What the header of a column for one value alone says, as in "Skill 1" and "Skill: Python".
SINGLES: Final = {
    header_key(word): field
    for field, words in {
        "skills": "Skill,Competency,Competence,Compétence",
        "needs": "Need,Learning goal,Learning need,Skill wanted,Besoin,Objectif d'apprentissage,"
        "Compétence recherchée,Compétence souhaitée,Compétence à acquérir",
        "interests": "Interest,Hobby,Intérêt,Loisir,Passion",
        "languages": "Language spoken,Langue parlée",
        "preferences": "Wish,Preference,Choice,Vœu,Souhait,Préférence,Choix,Partenaire souhaité",
        "avoid": "Person to avoid,Personne à éviter",
        "availability": "Time slot,Slot,Créneau",
    }.items()
    for word in words.split(",")
}

# Headers of the two parts of a name, which are read together.
GIVEN_KEYS: Final = {
    header_key(header)
    for header in ("First name", "Given name", "Forename", "Prénom", "Prénom usuel")
}
FAMILY_KEYS: Final = {
    header_key(header)
    for header in ("Last name", "Family name", "Surname", "Nom", "Nom de famille", "Nom d'usage")
}

# Texts that say that there is nothing, where they stand alone in a list.
NOTHING: Final = frozenset(
    map(fold, ("rien", "NSP", "RAS", "TBD", "?", "??", ".", "..", "nothing", "à définir"))
)

# What stands after a header and a sign without being one of several choices: "skills_level".
ASIDES: Final = frozenset(
    _each(
        {
            "level,levels,niveau,niveaux,year,years,an,ans,année,années,count,number,nombre,nb,total,"
            "score,rating,rank,rang,rate,taux,note,notes,comment,comments,commentaire,commentaires,"
            "remark,remarks,remarque,remarques,detail,details,détail,détails,description,date,updated,"
            "created,list,liste,text,texte,id,ids,uuid,code,codes,key,label,name,nom,type,category,"
            "catégorie,group,groupe,domain,domaine,source,version,url,link,lien,header,other,others,"
            "autre,autres,verified,assessed,validated,validation,checked,reviewed,review,completed,"
            "complete,done,confirmed,required,missing,ok,met,set,active,vérifié,validé,évalué,fait,"
            "requis": None
        }
    )
)

# What pairkit itself writes for a value that is a word, in English | in French.
VALUES: Final = {
    "yes": ("yes", "oui"),
    "no": ("no", "non"),
    "mentor": ("mentor", "mentor"),
    "mentee": ("mentee", "mentoré"),
    "both": ("both", "les deux"),
    "active": ("active", "actif"),
    "on leave": ("on leave", "en congé"),
    "left": ("left", "parti"),
    "attribute": ("attribute", "attribut"),
    "protected": ("protected", "protégé"),
}


def _headers(texts: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    english, french = texts.split("|")
    return tuple(english.split(",")), tuple(french.split(","))


HEADERS: Final = {field: _headers(texts) for field, texts in _HEADERS.items()}

HEADER_KEYS: Final = {
    header_key(header): field
    for field, languages in HEADERS.items()
    for header in (field, *languages[0], *languages[1])
}
MAIL_KEYS: Final = {
    header_key(header)
    for header in [
        "E-mail",
        "E-mail address",
        "Mail",
        "Work e-mail",
        "Company e-mail",
        "Courriel",
        "Adresse e-mail",
        "Adresse mail",
        "Adresse électronique",
        "Adresse courriel",
        "E-mail professionnel",
        "Courriel professionnel",
        "Mail professionnel",
    ]
}
MOMENT_KEYS: Final = {
    header_key(header)
    for header in (
        "Timestamp",
        "Completion time",
        "Submitted at",
        "Submitted on",
        "Submit date",
        "Submission date",
        "Date submitted",
        "Recorded date",
        "Answered on",
        "Horodateur",
        "Heure de fin",
        "Date de soumission",
        "Date d'envoi",
        "Date de réponse",
        "Répondu le",
    )
}
# Headers of survey programs beside which a start date is when the answers began.
SURVEY_KEYS: Final = {
    header_key(header)
    for header in (
        "Collector ID",
        "Respondent ID",
        "Response ID",
        "Recorded Date",
        "IP Address",
        "Submit Date",
        "Submission date",
        "Completion time",
        "Duration (in seconds)",
        "User Language",
    )
}
TERMINATION_KEYS: Final = {
    header_key(header)
    for header in (
        "Date of termination",
        "Termination date",
        "Terminated on",
        "Leaving date",
        "Exit date",
        "Date de sortie",
        "Date de départ",
        "Date de fin de contrat",
        "Date de fin",
        "Sorti le",
    )
}
