"""Reads a scenario file that is JSON, which is YAML too.

All times become whole nanoseconds and all amounts whole bytes. Nothing has a default here: a scenario for the oracle
says everything, so that neither side can fall back on a number that the other does not have.
"""
import itertools
import json
import math
import re
from fractions import Fraction
from types import SimpleNamespace

SECOND = 1_000_000_000
UNITS = {
    "ns": 1, "us": 1000, "ms": 1000**2, "s": SECOND, "min": 60 * SECOND, "h": 3600 * SECOND, "d": 86_400 * SECOND,
    "B": 1, "kB": 1000, "MB": 1000**2, "GB": 1000**3,
    "B/s": 1, "kB/s": 1000, "MB/s": 1000**2, "kbit/s": 125, "Mbit/s": 125_000, "Gbit/s": 125_000_000,
    "%": Fraction(1, 100),
}


def read(path, changes, chance):
    """The scenario as an object with a field for each key; its distributions draw from the generator `chance`.

    `changes` are texts such as `sync.interval="40s"`: a path and JSON, laid over the file as `--set` does.
    """
    with open(path) as file:
        written = json.load(file)
    for change in changes:
        where, text = change.split("=", 1)
        *sections, key = where.split(".")
        section = written
        for name in sections:
            section = section[name]
        section[key] = json.loads(text)
    return value(written, chance)


def value(written, chance):
    """What is meant by a piece of JSON: an amount, a wait that grows, a distribution, a mapping, a list."""
    if isinstance(written, list):
        return [value(item, chance) for item in written]
    if isinstance(written, str):
        return amount(written)
    if not isinstance(written, dict):
        return written
    fields = {key: value(item, chance) for key, item in written.items()}
    if fields.keys() == {"initial", "growth", "maximum"}:
        return Backoff(**fields)
    if len(fields) == 1:
        [(name, parameters)] = fields.items()
        draw = distribution(name, parameters, chance)
        if draw:
            return iter(lambda: max(0, round(draw())), None)
    return SimpleNamespace(**fields)


def amount(text):
    """A number with its unit, exactly: `1.333333MB/s` is 1333333 bytes a second. Any other text is itself."""
    if price := re.fullmatch(r"\$([0-9.]+)/h", text):
        return Fraction(price[1])
    parts = re.fullmatch(r"([0-9.]+) *([A-Za-z/%]+)", text)
    if not parts:
        return text
    exact = Fraction(parts[1]) * UNITS[parts[2]]
    return int(exact) if exact.denominator == 1 else exact


def distribution(name, of, chance):
    """A function that draws a duration; `None` when the name is not that of a distribution."""
    return {
        "uniform": lambda: lambda: chance.uniform(of.low, of.high),
        "exponential": lambda: lambda: chance.expovariate(1 / of.mean),
        "triangular": lambda: lambda: chance.triangular(of.low, of.high, of.mode),
        "lognormal": lambda: lambda: chance.lognormvariate(math.log(of.median), of.sigma),
        "weibull": lambda: lambda: chance.weibullvariate(of.scale, of.shape),
    }.get(name, lambda: None)()


def delays(written):
    """An endless iterator over what a scenario says of a delay: always the same, a list whose last item repeats, or
    draws from a distribution."""
    if isinstance(written, int):
        return itertools.repeat(written)
    if isinstance(written, list):
        return itertools.chain(written, itertools.repeat(written[-1]))
    return written


class Backoff:
    """Waits that grow by so many per cent up to a maximum."""

    def __init__(self, initial, growth, maximum):
        self.initial, self.growth, self.maximum = initial, Fraction(growth, 100), maximum

    def after(self, attempt):
        """The wait after the `attempt`-th failure, counted from 1."""
        return min(math.floor(self.initial * self.growth ** (attempt - 1)), self.maximum)
