"""How words and sentences begin and end."""


def possessive(name: str) -> str:
    """Return "Georgia's"; a name that ends in s takes the apostrophe alone, as AP has it: "the Times'"."""
    return f"{name}'" if name.endswith(("s", "S")) else f"{name}'s"


def capitalised(text: str) -> str:
    """Return `text` with its first letter large, as a sentence begins; "the Times" → "The Times"."""
    return text[:1].upper() + text[1:]


def stopped(text: str) -> str:
    """Return `text` with a full stop unless it ends in one already, as "8 a.m." does."""
    return text if text.endswith((".", "…")) else f"{text}."
