"""Some sixty deals of a maker of sensors. Days are counted back from today, so the story is always recent."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Loss:
    key: str
    customer: str
    name: str
    amount: int | None
    owner: str
    days_ago: int
    lost_to: str
    stage: str = "Proposal"


# Amounts in whole euros. `lost_to` is a rival, "no decision" or "withdrawn".
LOSSES = [
    Loss("aldersund", "Aldersund Paper", "40 vibration sensors", 184_000, "ines", 9, "Orrin Instruments"),
    Loss("veldt", "Veldt Pumps", "Gateway retrofit", 61_500, "tom", 15, "no decision", "Demo"),
    Loss("quillby", "Quillby Cement", "Kiln temperature, 2 lines", 212_000, "lena", 23, "Plexa Controls"),
    Loss("marrow", "Marrow Lane Brewery", "Level sensors, cellar", 18_400, "ines", 30, "withdrawn", "Qualified"),
    Loss("brackwater", "Brackwater Dairy", "Cold-chain loggers", 47_900, "tom", 38, "Orrin Instruments"),
    Loss("hesper", "Hesper Glass", "Furnace pilot", None, "lena", 44, "no decision", "Qualified"),
    Loss("tallow", "Tallow & Pine", "Dryer humidity", 33_250, "ines", 52, "Plexa Controls"),
    Loss("norrvik", "Norrvik Water", "Flow meters, 3 plants", 96_000, "tom", 60, "Orrin Instruments"),
    Loss("sorbo", "Sørbø Salmon", "Oxygen probes", 41_200, "jonas", 66, "Plexa Controls", "Negotiation"),
    Loss("castell", "Castell Tiles", "Kiln monitoring", 128_000, "lena", 74, "Orrin Instruments", "Negotiation"),
    Loss("ostra", "Östra Steel", "Bearing watch", 150_500, "ines", 81, "no decision"),
    Loss("fenwick", "Fenwick Malt", "Silo levels", 22_700, "tom", 88, "withdrawn"),
    Loss("lumen", "Lumen Foods", "Freezer alarms", 37_800, "noor", 12, "Plexa Controls"),
    Loss("balt", "Balt Shipyard", "Hull strain gauges", 240_000, "elif", 41, "Orrin Instruments", "Negotiation"),
    Loss("corvo", "Corvo Quarry", "Belt scales", 58_000, "noor", 70, "no decision"),
    Loss("petra", "Petra Ceramics", "Dryer retrofit", 74_300, "elif", 85, "Plexa Controls"),
]

WINS = [
    ("Aldersund Paper", "Spare parts 2026", 12_900, "ines", 20),
    ("Bergstrand Feed", "Moisture probes", 54_000, "tom", 26),
    ("Kettleby Mills", "Level sensors, 6 silos", 38_400, "lena", 33),
    ("Norrvik Water", "Pressure sensors", 44_100, "tom", 40),
    ("Ostwick Linen", "Steam meters", 71_000, "ines", 47),
    ("Hallmark Bricks", "Kiln temperature", 103_500, "lena", 55),
    ("Tarn Valley Dairy", "Cold-chain loggers", 29_700, "jonas", 63),
    ("Ridley Press", "Vibration sensors", 88_200, "ines", 71),
    ("Solberg Fish", "Oxygen probes", 36_000, "tom", 80),
    ("Kvarn Flour", "Dust monitors", 49_900, "lena", 95),
    ("Marrow Lane Brewery", "Flow meter", 9_800, "ines", 101),
    ("Hesper Glass", "Spare thermocouples", 7_300, "lena", 118),
    ("Lumen Foods", "Freezer pilot", 15_200, "noor", 29),
    ("Balt Shipyard", "Crane load cells", 92_000, "elif", 58),
    ("Gorse Timber", "Dryer humidity", 31_400, "noor", 77),
    ("Petra Ceramics", "Kiln probes", 27_900, "elif", 104),
    ("Corvo Quarry", "Vibration watch", 63_000, "noor", 122),
    ("Alta Salt", "Level sensors", 18_800, "elif", 140),
    ("Brackwater Dairy", "Flow meters", 40_500, "tom", 133),
    ("Östra Steel", "Thermal cameras", 117_000, "ines", 147),
]

# Customer, deal, amount, owner, stage, days since it was opened.
OPEN = [
    ("Quillby Cement", "Dust monitors", 66_000, "lena", "Qualified", 12),
    ("Veldt Pumps", "Vibration starter set", 14_500, "tom", "Demo", 25),
    ("Tallow & Pine", "Steam meters", 28_900, "ines", "Proposal", 33),
    ("Norrvik Water", "Flow meters, plant 4", 35_000, "tom", "Negotiation", 48),
    ("Ridley Press", "Bearing watch", 57_200, "ines", "Proposal", 19),
    ("Sørbø Salmon", "Feed scales", 22_400, "jonas", "Demo", 8),
    ("Castell Tiles", "Dryer humidity", 46_100, "lena", "Qualified", 16),
    ("Fenwick Malt", "Germination probes", 31_900, "tom", "Qualified", 5),
    ("Hallmark Bricks", "Kiln line 3", 98_000, "lena", "Proposal", 41),
    ("Kvarn Flour", "Silo levels", 26_700, "lena", "Demo", 27),
    ("Solberg Fish", "Cold-chain loggers", 33_300, "tom", "Proposal", 36),
    ("Ostwick Linen", "Dryer retrofit", 52_800, "ines", "Qualified", 3),
    ("Bergstrand Feed", "Belt scales", 43_600, "tom", "Demo", 22),
    ("Kettleby Mills", "Dust monitors", 19_500, "lena", "Qualified", 9),
    ("Tarn Valley Dairy", "Steam meters", 24_200, "jonas", "Proposal", 30),
    ("Lumen Foods", "Freezer alarms, phase 2", 39_900, "noor", "Qualified", 7),
    ("Balt Shipyard", "Dock sensors", 134_000, "elif", "Demo", 18),
    ("Gorse Timber", "Moisture probes", 27_100, "noor", "Proposal", 26),
    ("Alta Salt", "Belt scales", 48_700, "elif", "Qualified", 14),
    ("Petra Ceramics", "Kiln monitoring", 111_000, "elif", "Negotiation", 45),
    ("Corvo Quarry", "Dust monitors", 36_400, "noor", "Demo", 11),
    ("Aldersund Paper", "Steam meters", 58_300, "ines", "Qualified", 4),
    ("Östra Steel", "Flow meters", 71_900, "ines", "Demo", 24),
    ("Hesper Glass", "Level sensors", 29_400, "lena", "Qualified", 10),
]
