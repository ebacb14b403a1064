"""Names for a state that is not there: counties from word parts, people from names that are put together by chance."""

from random import Random

STATE = "Winnemara"
"""No place of that name is known."""

_FIRST = (
    "Amber", "Ander", "Arrow", "Ashen", "Autumn", "Barrow", "Birken", "Bramble", "Brindle", "Calder", "Candle",
    "Cedar", "Chalk", "Cinder", "Clover", "Copper", "Corran", "Dapple", "Dunnel", "Elder", "Ember", "Fallow",
    "Farrow", "Fennel", "Ferren", "Flint", "Gander", "Garnet", "Gorse", "Hallow", "Harrow", "Hazel", "Heather",
    "Hollin", "Juniper", "Kestrel", "Lantern", "Larken", "Linnet", "Mallow", "Marrow", "Merrin", "Otter", "Pebble",
    "Pepper", "Quill", "Raven", "Rowan", "Saffron", "Sedge", "Sorrel", "Sparrow", "Tansy", "Thistle", "Umber",
    "Velvet", "Wander", "Willow", "Winnow", "Yarrow",
)  # fmt: skip


_LAST = (
    "bank", "brook", "combe", "dale", "fell", "field", "ford", "gate", "grove", "ham", "hurst", "lea", "mere",
    "mont", "moor", "ridge", "shaw", "stead", "stone", "wick",
)  # fmt: skip

_FORENAMES = (
    "Ada", "Basil", "Cora", "Delia", "Edmund", "Fern", "Gideon", "Hester", "Ivor", "Jonas", "Keziah", "Leopold",
    "Minna", "Nestor", "Olive", "Percy", "Quentin", "Rhoda", "Silas", "Thea", "Una", "Virgil", "Winifred", "Zachary",
)  # fmt: skip


_SURNAMES = (
    "Applewhistle", "Barnswallow", "Candlewick", "Dapplegray", "Eiderdown", "Fiddlewood", "Gingerbrook", "Honeysett",
    "Inkwater", "Jackdawson", "Kettlewell-Moss", "Lanternby", "Marshmallin", "Nettlethorpe", "Oakapple",
    "Pennywhistle", "Quillfeather", "Rosewater", "Saltmarsh", "Thimblewood", "Underbough", "Violetham",
    "Weatherglass", "Yellowhammer",
)  # fmt: skip


def all_county_names() -> list[str]:
    """Return every name that a county can get, in a fixed order. None of them is a county of the United States."""
    return [first + last for first in _FIRST for last in _LAST if first[-1] != last[0]]


def draw_county_names(chance: Random, number: int) -> list[str]:
    """Return so many different names of counties."""
    return chance.sample(all_county_names(), number)


def draw_people(chance: Random, number: int) -> list[tuple[str, str]]:
    """Return so many people as (forename, surname), no two with either the same."""
    return list(zip(chance.sample(_FORENAMES, number), chance.sample(_SURNAMES, number), strict=True))
