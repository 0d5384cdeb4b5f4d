"""The tables that tests/bench/speed prints."""

from statistics import median

from .systems import BASE, DOCUMENTS, DOCUMENTS_2, LINES_2, SCORING

COLUMNS = ("system", "clauses", "clauses/s", "min..max", "MB/s", "sectag is", "min..max", "by wall clock", "core had",
           "peak MB", "model MB", "start ms")
# what, and the rows whose megabytes a second are divided, by the wall clock or by the core's
QUOTIENTS = (("--lines, 2 jobs over 1 job, by the wall clock", LINES_2, BASE, True),
             ("documents, 2 jobs over 1 job, by the wall clock", DOCUMENTS_2, DOCUMENTS, True),
             ("--lines over scoring alone, MB/s", BASE, SCORING, False),
             ("documents over scoring alone, MB/s", DOCUMENTS, SCORING, False))
SHARED = 0.9  # a core that was had for less of the time was shared with other work


def row(entrant, base):
    """The cells of one system; `base` is sectag's line-by-line entrant, or None."""
    by_wall = not entrant.system.pinned
    speeds, ratios = entrant.speeds(by_wall), ratios_to(entrant, base)
    return (entrant.system.row, f"{entrant.clauses:,}",
            count(median(speeds)), f"{count(min(speeds))}..{count(max(speeds))}",
            f"{median(mb_per_second(entrant, by_wall)):.3g}",
            times(median(ratios)) if ratios else "-", f"{times(min(ratios))}..{times(max(ratios))}" if ratios else "-",
            count(median(entrant.speeds(by_wall=True))), f"{share(entrant):.0%}",
            f"{max(measured.peak_mb for measured in entrant.rounds):.1f}",
            "-" if entrant.model_mb is None else f"{entrant.model_mb:.1f}", f"{entrant.start * 1000:.0f}")


def ratios_to(entrant, base):
    """How many times as many clauses a second `base` does, round by round and by the same clock."""
    if base is None:
        return []
    by_wall = not entrant.system.pinned
    return [ours / theirs for ours, theirs in zip(base.speeds(by_wall), entrant.speeds(by_wall))]


def share(entrant):
    """How much of one core it had."""
    return median(measured.share for measured in entrant.rounds)


def count(value):
    """Three digits: more than the noise leaves."""
    digits = max(0, len(str(int(value))) - 3)
    return f"{round(value, -digits):,.0f}" if value >= 100 else f"{value:.3g}"


def times(ratio):
    return f"{ratio:.0f}x" if ratio >= 100 else f"{ratio:.3g}x"


def base_of(entrants):
    return next((entrant for entrant in entrants if entrant.system.row == BASE), None)


def print_corpus(corpus, n, entrants):
    characters = sum(map(len, corpus.clauses)) / n
    print(f"\n{corpus.title}: {n:,} clauses, {corpus.size(n) / 1e6:.1f} MB, {characters:.0f} characters a clause\n")
    base = base_of(entrants)
    print_table([COLUMNS, *(row(entrant, base) for entrant in entrants)])
    print_quotients({entrant.system.row: entrant for entrant in entrants})
    shares = [share(entrant) for entrant in entrants if entrant.system.pinned]
    if shares and median(shares) < SHARED:
        print(f"\nThe machine was shared: one-core rows had their core {median(shares):.0%} of the time. What goes by "
              "the wall clock, the rows of 2 jobs and start-up included, says little.")


def print_quotients(by_row):
    """sectag against itself, round by round."""
    print()
    for what, above, below, by_wall in QUOTIENTS:
        if above in by_row and below in by_row:
            pairs = zip(mb_per_second(by_row[above], by_wall), mb_per_second(by_row[below], by_wall))
            values = [a / b for a, b in pairs]
            print(f"{what}: {median(values):.2f} ({min(values):.2f}..{max(values):.2f})")


def mb_per_second(entrant, by_wall):
    return [speed / entrant.clauses * entrant.bytes / 1e6 for speed in entrant.speeds(by_wall)]


def print_table(rows):
    """The first column to the left, all others to the right, as Markdown."""
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
    rows = [tuple(cell.ljust(width) if not column else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(cells, widths))) for cells in rows]
    rule = tuple("-" * width if not column else "-" * (width - 1) + ":" for column, width in enumerate(widths))
    for cells in (rows[0], rule, *rows[1:]):
        print("| " + " | ".join(cells) + " |", flush=True)


def as_json(entrants):
    base = base_of(entrants)
    return {entrant.system.row: {
        "clauses": entrant.clauses,
        "bytes": entrant.bytes,
        "model_mb": entrant.model_mb,
        "start_seconds": entrant.start,
        "pinned": entrant.system.pinned,
        "wall_seconds": [measured.wall for measured in entrant.rounds],
        "processor_seconds": [measured.processor for measured in entrant.rounds],
        "peak_mb": [measured.peak_mb for measured in entrant.rounds],
        "sectag_is": ratios_to(entrant, base)} for entrant in entrants}
