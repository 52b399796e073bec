"""Closed intervals of whole numbers, as pairs of their ends."""


def merged(intervals):
    """The same points in as few intervals as can be, in their order."""
    result = []
    for begin, end in sorted(intervals):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((begin, end))
    return result


def total(intervals):
    """How many whole numbers lie in them, each counted once."""
    return sum(end - begin + 1 for begin, end in merged(intervals))
