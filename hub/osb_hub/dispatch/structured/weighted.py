"""A feeder's sum of its homes' yields: per slot net and plain reserve, and the reserve once more as the portfolio counts it, weighted by reliability."""

from osb_hub.dispatch.structured.kernel import kernel
from osb_hub.dispatch.structured.spread import full


@kernel
def add_weighted(own, holding, col_at, reliability, total):
    """Move a home's yields to its feeder's, lower part: plain, and with its reserve weighted by reliability in the last columns."""
    n = own.shape[0]
    if holding:
        weigh(own, col_at, reliability, total)
    for i in range(n):
        row, source = total[i], own[i]
        for j in range(min(full(i + 1), n)):
            row[j] += source[j]
        for j in range(full(i + 1)):
            source[j] = 0.0


@kernel
def weigh(own, col_at, reliability, total):
    """The weighted columns: what is left of theirs in the rows, what is right of them above the diagonal (`mirror` brings it down)."""
    n, many = own.shape[0], col_at.size
    for a in range(many):
        f, source, row = reliability[a], own[col_at[a]], total[n + a]
        for j in range(min(full(col_at[a] + 1), n)):
            row[j] += f * source[j]
        for b in range(a + 1):
            row[n + b] += f * reliability[b] * source[col_at[b]]
    for j in range(n):
        source, row = own[j], total[j]
        for a in range(many):
            row[n + a] += reliability[a] * source[col_at[a]]


@kernel
def mirror(total, n, col_at):
    """Make what add_weighted has summed symmetric."""
    for a in range(col_at.size):
        for j in range(n):
            if j > col_at[a]:
                total[n + a, j] += total[j, n + a]
    for i in range(total.shape[0]):
        for j in range(i):
            total[j, i] = total[i, j]
