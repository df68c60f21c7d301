"""Who works at Tarnholm Instruments. Addresses end in .example and are never sent to."""

from dataclasses import dataclass

COMPANY = "Tarnholm Instruments"
NORTH = "North"
SOUTH = "South"
PASSWORD = "tarnholm"
ZONE = "Europe/Berlin"


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    team: str = ""
    role: str = "rep"
    country: str = "DE"

    @property
    def email(self) -> str:
        return f"{self.key}@tarnholm.example"


PEOPLE = [
    Person("ada", "Ada Brandvold", COMPANY, "admin"),
    Person("sofia", "Sofia Berg", COMPANY, "manager", "SE"),
    Person("mara", "Mara Lindqvist", NORTH, "manager"),
    Person("jonas", "Jonas Weil", NORTH, "rep"),
    Person("ines", "Ines Duarte", NORTH, "rep"),
    Person("tom", "Tom Okafor", NORTH, "rep"),
    Person("lena", "Lena Brandt", NORTH, "rep"),
    Person("farid", "Farid Haddad", NORTH, "rep"),
    Person("priya", "Priya Nair", NORTH, "support"),
    Person("kerstin", "Kerstin Vogel", COMPANY, "support"),
    Person("rasmus", "Rasmus Holm", SOUTH, "manager", "DK"),
    Person("noor", "Noor Haddou", SOUTH, "rep", "BE"),
    Person("elif", "Elif Aydin", SOUTH, "rep"),
]

# Shown by `make run`: whom to be, and what they come for.
LOG_INS = [
    ("mara", "sales manager: picks losses, reviews, assigns"),
    ("ines", "rep: answers “How did it go?”, owns actions"),
    ("jonas", "list owner: sees what was promised and how it went"),
    ("ada", "admin: people, teams, imports, start for real"),
]
