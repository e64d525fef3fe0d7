"""A second implementation of the accrual detector's decisions, which prints the fingerprint that the tests expect.

    python3 Tests/Reference/accrual_detector.py

Needs mpmath (1.3.0 was used) for the quantile; the rest is whole numbers.
"""
import mpmath

mpmath.mp.dps = 40
MASK = (1 << 64) - 1


def quantile(threshold):
    """The z above which a standard normal number lies with probability 10^-threshold, in units of 2^-48."""
    tail = mpmath.mpf(10) ** -threshold
    z = mpmath.findroot(lambda z: mpmath.log(mpmath.erfc(z / mpmath.sqrt(2)) / 2) - mpmath.log(tail), 3)
    return int(mpmath.nint(z * 2**48))


def numbers(state):
    """Xorshift, as in Tests/FailoverTests/Detection/TestGenerator.swift."""
    state = (state * 0x9E3779B97F4A7C15 & MASK) | 1
    while True:
        state ^= state << 13 & MASK
        state ^= state >> 7
        state ^= state << 17 & MASK
        yield state


def main():
    second = 10**9
    z = quantile(mpmath.mpf(312) / 100)
    pause, least, size = 3 * second, second // 10, 50
    kept = [30 * second * 3 // 4, 30 * second * 5 // 4]
    random = numbers(7)
    fingerprint, last, patience, now = 0, None, 0, 0
    for _ in range(2000):
        now += 25 * second + (next(random) >> 1) % (10 * second)
        if last is not None and now - last < patience:
            kept = (kept + [now - last])[-size:]
        last = now
        n = len(kept)
        mean = sum(kept) // n
        variance = n * sum(x * x for x in kept) - sum(kept) ** 2
        deviation = max(least, int(mpmath.floor(mpmath.sqrt(mpmath.mpf(variance)) / n)))
        patience = mean + pause - (-deviation * z >> 48)
        fingerprint = (fingerprint * 1099511628211 & MASK) ^ patience
    print(f"{fingerprint:#018x}")


main()
