"""How much of a count has reported."""

from fractions import Fraction

from bot.count.reading import Reading


def reporting_share(reading: Reading) -> Fraction | None:
    """Return how much of the count has reported: by precincts, else by units, else of the expected votes.

    None where the source says none of them.
    """
    said = reading.reporting
    for pair in (said.precincts, said.units) if said else ():
        if pair and pair[1]:
            return Fraction(*pair)
    if reading.expected_total:
        return min(Fraction(reading.counted, reading.expected_total), Fraction(1))
    return None


def recount_under_way(reading: Reading) -> bool:
    """Return True for a recount of which its source says that a part is still to come.

    A partial recount would show the loser ahead for hours: counties are counted one after the other. One whose source
    says nothing of how much is in is taken as whole.
    """
    if not reading.count.startswith("recount"):
        return False
    said = [reading.reporting.units, reading.reporting.precincts] if reading.reporting else []
    said += [unit.reported for unit in (reading.units or {}).values()]
    return any(pair is not None and pair[0] < pair[1] for pair in said)
