"""A second implementation of the random numbers, to print the bits that GoldenTests.swift expects.

    python3 Tests/Reference/random_draws.py

It shares no code and no coefficient table with the Swift sources: series coefficients are computed here as
exact fractions, published ones are read as decimals. A Python float is an IEEE 754 double, and only + - * /,
math.sqrt and bit patterns are used, so any difference in any bit is a mistake on one side.
"""
import math
import struct
from fractions import Fraction

WORD = (1 << 64) - 1


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def number(pattern):
    return struct.unpack("<d", struct.pack("<Q", pattern & WORD))[0]


# Philox4x32-10, streams, draws


def philox(counter, key):
    c = [(counter >> (32 * i)) & 0xFFFFFFFF for i in range(4)]
    k = [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k[1], p0 & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return [c[0] | c[1] << 32, c[2] | c[3] << 32]


def fnv1a(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = ((h ^ byte) * 0x100000001B3) & WORD
    return h


def finalise(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
    return z ^ (z >> 31)


def stream_key(seed, name):
    return finalise(finalise((seed + 0x9E3779B97F4A7C15) & WORD) ^ finalise(fnv1a(name.encode())))


class Draw:
    def __init__(self, key, index):
        self.key, self.index, self.block, self.words = key, index, 0, []

    def word(self):
        if not self.words:
            self.words = philox(self.index | self.block << 64, self.key)
            self.block += 1
        return self.words.pop(0)

    def unit(self):
        return (2 * (self.word() >> 12) + 1) / 2.0**53


# Elementary functions

LOG2_HIGH, LOG2_LOW = float.fromhex("0x1.62e42fefp-1"), float.fromhex("0x1.473de6af278edp-34")
PER_LOG2 = float.fromhex("0x1.71547652b82fep0")


def horner(x, coefficients):
    value = 0.0
    for c in reversed(coefficients):
        value = value * x + float(c)
    return value


def log(x):
    if x <= 0:
        return -math.inf if x == 0 else math.nan
    if x == math.inf:
        return x
    exponent, pattern = 0, bits(x)
    if x < 2.0**-1022:
        exponent, pattern = -54, bits(x * 2.0**54)
    offset = pattern - bits(math.sqrt(0.5))
    k = offset >> 52
    f = number(pattern - (k << 52)) - 1
    s = f / (2 + f)
    z = s * s
    r = horner(z, [Fraction(2, n) for n in range(3, 23, 2)]) * z
    half_square, n = 0.5 * f * f, float(exponent + k)
    return n * LOG2_HIGH - ((half_square - (s * (half_square + r) + n * LOG2_LOW)) - f)


def exp(x):
    if x > 709.782712893384:
        return math.inf
    if x < -745.1332191019412:
        return 0.0
    k = int(x * PER_LOG2 + (-0.5 if x < 0 else 0.5))
    high, low = x - float(k) * LOG2_HIGH, float(k) * LOG2_LOW
    r = high - low
    lost = (high - r) - low
    p = horner(r, [Fraction(1, math.factorial(i)) for i in range(2, 14)])
    return math.ldexp(1 + (r + (p * r * r + lost)), k)


def power(x, y):
    if y == 1:
        return x
    return 1.0 if y == 0 or x == 1 else exp(y * log(x))


def log_gamma(x):
    shifted, product = x, 1.0
    while shifted < 10:
        product *= shifted
        shifted += 1
    inverse = 1 / shifted
    bernoulli = [
        (1, 12), (-1, 360), (1, 1260), (-1, 1680), (1, 1188), (-691, 360360), (1, 156), (-3617, 122400),
    ]
    series = horner(inverse * inverse, [Fraction(*pair) for pair in bernoulli])
    half_log_two_pi = 0.9189385332046727
    return (shifted - 0.5) * log(shifted) - shifted + half_log_two_pi + series * inverse - log(product)


# Normal distribution: Wichura's AS 241 (PPND16) and Cody's ANORM, coefficients by rising power

QUANTILE = {
    "centre": (
        "3.3871328727963666080 133.14166789178437745 1971.5909503065514427 13731.693765509461125 "
        "45921.953931549871457 67265.770927008700853 33430.575583588128105 2509.0809287301226727",
        "1 42.313330701600911252 687.18700749205790830 5394.1960214247511077 21213.794301586595867 "
        "39307.895800092710610 28729.085735721942674 5226.4952788528545610"),
    "tail": (
        "1.42343711074968357734 4.63033784615654529590 5.76949722146069140550 3.64784832476320460504 "
        "1.27045825245236838258 0.241780725177450611770 0.0227238449892691845833 "
        "0.000774545014278341407640",
        "1 2.05319162663775882187 1.67638483018380384940 0.689767334985100004550 "
        "0.148103976427480074590 0.0151986665636164571966 0.000547593808499534494600 "
        "1.05075007164441684324e-9"),
    "far": (
        "6.65790464350110377720 5.46378491116411436990 1.78482653991729133580 0.296560571828504891230 "
        "0.0265321895265761230930 0.00124266094738807843860 0.0000271155556874348757815 "
        "2.01033439929228813265e-7",
        "1 0.599832206555887937690 0.136929880922735805310 0.0148753612908506148525 "
        "0.000786869131145613259100 0.0000184631831751005468180 1.42151175831644588870e-7 "
        "2.04426310338993978564e-15"),
}
CUMULATIVE = {
    "centre": (
        "18154.981253343561249 1067.6894854603709582 161.02823106855587881 2.2352520354606839287 "
        "0.065682337918207449113",
        "45507.789335026729956 10260.932208618978205 976.09855173777669322 47.20258190468824187 1"),
    "tail": (
        "9842.7148383839780218 11602.651437647350124 6848.1904505362823326 2494.5375852903726711 "
        "597.27027639480026226 93.506656132177855979 8.8831497943883759412 0.39894151208813466764 "
        "1.0765576773720192317e-8",
        "19685.429676859990727 38912.003286093271411 34900.952721145977266 18615.571640885098091 "
        "6485.558298266760755 1519.377599407554805 235.38790178262499861 22.266688044328115691 1"),
    "far": (
        "2.9112874951168792e-5 0.001421619193227893466 0.022235277870649807 0.1274011611602473639 "
        "0.21589853405795699 0.02307344176494017303",
        "7.29751555083966205e-5 0.00378239633202758244 0.0659881378689285515 0.468238212480865118 "
        "1.28426009614491121 1"),
}


def ratio(table, part, x):
    numerator, denominator = table[part]
    return horner(x, numerator.split()) / horner(x, denominator.split())


def normal_quantile(p):
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * ratio(QUANTILE, "centre", 0.180625 - q * q)
    r = math.sqrt(-log(p if q < 0 else 1 - p))
    z = ratio(QUANTILE, "tail", r - 1.6) if r <= 5 else ratio(QUANTILE, "far", r - 5)
    return -z if q < 0 else z


def normal_cumulative(z):
    y = abs(z)
    if y <= 0.67448975:
        return 0.5 + z * ratio(CUMULATIVE, "centre", z * z)
    cut = int(y * 16) * 0.0625
    tail = exp(-0.5 * cut * cut) * exp(-0.5 * (y - cut) * (y + cut))
    if y <= math.sqrt(32):
        tail *= ratio(CUMULATIVE, "tail", y)
    else:
        square = 1 / (y * y)
        tail *= (0.3989422804014327 - square * ratio(CUMULATIVE, "far", square)) / y
    return tail if z < 0 else 1 - tail


# Distributions


def exponential(mean, p):
    return mean * -log(1 - p)


def weibull(shape, scale, p):
    return scale * power(-log(1 - p), 1 / shape)


def lognormal(median, sigma, p):
    return median * exp(sigma * normal_quantile(p))


def gamma(shape, draw):
    if shape < 1:
        boost = power(draw.unit(), 1 / shape)
        return boost * gamma(shape + 1, draw)
    d = shape - 1 / 3.0
    c = 1 / math.sqrt(9 * d)
    while True:
        z = normal_quantile(draw.unit())
        root, unit = 1 + c * z, draw.unit()
        if root <= 0:
            continue
        v, square = root * root * root, z * z
        if unit < 1 - 0.0331 * square * square or log(unit) < 0.5 * square + d * (1 - v + log(v)):
            return d * v


def triangular(low, mode, high, p):
    width = high - low
    rise = (mode - low) / width
    if p < rise:
        return low + width * math.sqrt(p * rise)
    return high - width * math.sqrt((1 - p) * ((high - mode) / width))


def empirical(table, p):
    for (p0, v0), (p1, v1) in zip(table, table[1:]):
        if p <= p1:
            return min(v1, v0 + (v1 - v0) * ((p - p0) / (p1 - p0)))


def two_modes(draw):
    return draw.unit() if draw.unit() * 4 - 3 < 0 else exponential(5.0, draw.unit())


def by_quantile(quantile, below, up_to, low, high, p):
    return min(high, max(low, quantile(min(1.0, below + (up_to - below) * p))))


def by_rejection(sample, low, high, draw):
    draw.unit()  # kept for the numerical inversion, which these two never need
    while True:
        value = sample(draw)
        if low <= value <= high:
            return value


def lognormal_cumulative(x):
    return normal_cumulative(log(x / 25) / 0.4)


DISTRIBUTIONS = {
    "uniform": lambda d: 2 + 3 * d.unit(),
    "exponential": lambda d: exponential(30.0, d.unit()),
    "weibull, wear": lambda d: weibull(1.5, 40.0, d.unit()),
    "weibull, infant mortality": lambda d: weibull(0.7, 10.0, d.unit()),
    "lognormal": lambda d: lognormal(25.0, 0.4, d.unit()),
    "gamma": lambda d: 4 * gamma(2.5, d),
    "gamma below shape 1": lambda d: 2 * gamma(0.5, d),
    "triangular": lambda d: triangular(1.0, 2.0, 6.0, d.unit()),
    "empirical": lambda d: empirical([(0, 1.0), (0.5, 2.0), (0.9, 5.0), (1, 20.0)], d.unit()),
    "mixture": two_modes,
    "truncated lognormal": lambda d: by_quantile(
        lambda p: lognormal(25.0, 0.4, p), lognormal_cumulative(10.0), lognormal_cumulative(60.0),
        10.0, 60.0, d.unit()),
    "truncated exponential": lambda d: by_quantile(
        lambda p: exponential(10.0, p), 1 - exp(-0.5), 1.0, 5.0, math.inf, d.unit()),
    "truncated gamma": lambda d: by_rejection(lambda e: 3 * gamma(2.0, e), 1.0, 8.0, d),
    "truncated mixture": lambda d: by_rejection(two_modes, 0.5, 10.0, d),
}


def literal(pattern):
    digits = f"{pattern:016x}"
    return "0x" + "_".join(digits[i:i + 4] for i in range(0, 16, 4))


def main():
    print("x, log, exp, pow(x, 0.75), logGamma")
    for x in (0.1, 0.7, 2.5, 1e-300, 708.25):
        print(x, *(literal(bits(y)) for y in (log(x), exp(x), power(x, 0.75), log_gamma(x))))
    print("p, quantile z, cumulative(z)")
    for p in (2.0**-53, 0.001, 0.3, 0.625, 0.96875):
        z = normal_quantile(p)
        print(p, literal(bits(z)), literal(bits(normal_cumulative(z))))
    key = stream_key(42, "standby/boot")
    print("key and first words", literal(key), *(literal(Draw(key, i).word()) for i in range(3)))
    for name, sample in DISTRIBUTIONS.items():
        key = stream_key(42, name)
        values = [sample(Draw(key, i)) for i in range(1000)]
        print(literal(fnv1a(b"".join(struct.pack("<d", value) for value in values))), name)


if __name__ == "__main__":
    main()
