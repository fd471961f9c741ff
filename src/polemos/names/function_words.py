"""Function words of English: prose cannot do without them, and names and code hardly have them."""

from __future__ import annotations

_PROSE_WORDS = """
a about after against all also although an and any are as at be because been before being both but by can
could did do does during each for from had has have he her his how however i if in into is it its may more
most no nor not now of on once only or other our out over own same she should since so some such than that the
their them then there these they this those though through to too under until up upon was we were what when
where which while who whom why will with without would you your
"""
FUNCTION_WORDS = frozenset(_PROSE_WORDS.split())
"""Words that prose cannot do without and code hardly has."""
