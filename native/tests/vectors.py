#!/usr/bin/env python3
"""Writes tests/vectors.txt: for every form of an instruction, operands at the edges and what the PTX
ISA makes of them, in exact arithmetic over whole numbers and fractions. Nothing here comes from exec/.

A line is   opcode types: operands > result; ...   in hexadecimal. Of the types, the first is the
result's: h, w, d registers of 16, 32, 64 bits, p a predicate, q the second predicate of a pair, i an
immediate, {} a vector, _ what is left out of it. A result "nan" is any NaN.

    make vectors        in native/, after a change here
"""
import decimal
import math
from fractions import Fraction
from itertools import product

decimal.getcontext().prec = 80
LETTER = {8: "h", 16: "h", 32: "w", 64: "d"}
lines = []


def emit(opcode, types, vectors):
    seen = []
    for operands, result in vectors:
        text = " ".join("%x" % x for x in operands) + " > "
        text += result if isinstance(result, str) else "%x" % result
        if text not in seen:
            seen.append(text)
    lines.append("%s %s: %s" % (opcode, types, "; ".join(seen)))


def some(values, count):
    """At most `count` of a list, spread over it."""
    values = list(values)
    if len(values) <= count:
        return values
    return [values[i * (len(values) - 1) // (count - 1)] for i in range(count)]


# ---- whole numbers

def signed(x, bits):
    x &= (1 << bits) - 1
    return x - (1 << bits) if x >> (bits - 1) else x


class Int:
    def __init__(self, name):
        self.name, self.signed, self.bits = name, name[0] == "s", int(name[1:])
        self.mask = (1 << self.bits) - 1
        self.low = -(1 << (self.bits - 1)) if self.signed else 0
        self.high = (self.mask >> 1) if self.signed else self.mask

    def value(self, x):
        return signed(x, self.bits) if self.signed else x & self.mask

    def edges(self):
        top = 1 << (self.bits - 1)
        return [0, 1, 2, 7, self.mask, self.mask - 1, top, top - 1, top + 1,
                0x123456789ABCDEF0 & self.mask, 0xFEDCBA987654321F & self.mask]

    def clamp(self, value):
        return min(max(value, self.low), self.high) & self.mask


INTS = [Int(s + b) for b in ("16", "32", "64") for s in "us"]
ALL_INTS = [Int(s + "8") for s in "us"] + INTS


def pairs(edges):
    """Pairs in which each edge is left and right, beside what is near and what is far."""
    n = len(edges)
    return [(edges[i], edges[(i * 3 + 1) % n]) for i in range(n)] + [(edges[-1], edges[-1])]


def triples(edges):
    n = len(edges)
    return [(edges[i], edges[(i * 3 + 1) % n], edges[(i * 5 + 2) % n]) for i in range(n)]


def quotient(a, b):
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def integer_forms():
    for t in INTS:
        letter, v, mask, e = LETTER[t.bits], t.value, t.mask, t.edges()

        def two(op, f, operands=None):
            emit(op + "." + t.name, letter * 3,
                 [((a, b), f(v(a), v(b)) & mask) for a, b in operands or pairs(e)])

        two("add", lambda a, b: a + b)
        two("sub", lambda a, b: a - b)
        two("mul.lo", lambda a, b: a * b)
        two("mul.hi", lambda a, b: a * b >> t.bits)
        two("min", min)
        two("max", max)
        # The least number divided by -1 is no number of the type.
        divisible = [(a, b) for a, b in pairs(e) if b and not (v(a) == t.low and v(b) == -1)]
        two("div", quotient, divisible)
        two("rem", lambda a, b: a - b * quotient(a, b), divisible)

        def three(op, f):
            emit(op + "." + t.name, letter * 4,
                 [((a, b, c), f(v(a), v(b), v(c)) & mask) for a, b, c in triples(e)])

        three("mad.lo", lambda a, b, c: a * b + c)
        three("mad.hi", lambda a, b, c: (a * b >> t.bits) + c)
        three("sad", lambda a, b, c: c + abs(a - b))
        if t.signed:
            emit("abs." + t.name, letter * 2, [((a,), abs(v(a)) & mask) for a in e])
            emit("neg." + t.name, letter * 2, [((a,), -v(a) & mask) for a in e])
        if t.bits < 64:
            wide, double = LETTER[2 * t.bits], (1 << 2 * t.bits) - 1
            emit("mul.wide." + t.name, wide + letter * 2,
                 [((a, b), v(a) * v(b) & double) for a, b in pairs(e)])
            emit("mad.wide." + t.name, wide + letter * 2 + wide,
                 [((a, b, c << 7), (v(a) * v(b) + (c << 7)) & double) for a, b, c in triples(e)])
        if t.bits == 32:
            low = (lambda x: signed(x, 24)) if t.signed else (lambda x: x & 0xFFFFFF)
            emit("mul24.lo." + t.name, "www",
                 [((a, b), low(a) * low(b) & mask) for a, b in pairs(e)])
            emit("mad24.lo." + t.name, "wwww",
                 [((a, b, c), low(a) * low(b) + v(c) & mask) for a, b, c in triples(e)])
    s32 = Int("s32")
    for op, f in (("add", lambda a, b: a + b), ("sub", lambda a, b: a - b)):
        emit(op + ".sat.s32", "www", [((a, b), s32.clamp(f(s32.value(a), s32.value(b))))
                                      for a, b in pairs(s32.edges())])


def bit_forms():
    for bits in (16, 32, 64):
        t = Int("u%d" % bits)
        letter, mask, e, b = LETTER[bits], t.mask, t.edges(), ".b%d" % bits
        for op, f in (("and", lambda x, y: x & y), ("or", lambda x, y: x | y),
                      ("xor", lambda x, y: x ^ y)):
            emit(op + b, letter * 3, [((x, y), f(x, y)) for x, y in pairs(e)])
        emit("not" + b, letter * 2, [((x,), mask - x) for x in e])
        emit("cnot" + b, letter * 2, [((x,), int(x == 0)) for x in e])
        counts = [0, 1, bits - 1, bits, bits + 1, 99, 256, 0x80000000, 0xFFFFFFFF]
        emit("shl" + b, letter * 2 + "w", [((x, n), x << n & mask if n < bits else 0)
                                           for x, n in zip(e, counts)])
        for kind in "bus":
            s = Int(("s" if kind == "s" else "u") + str(bits))
            emit("shr.%s%d" % (kind, bits), letter * 2 + "w",
                 [((x, n), s.value(x) >> min(n, bits) & mask)
                  for n in counts for x in (e[4], e[6], e[7], e[10])][:16])
        for kind in "bus" + ("f" if bits > 16 else ""):
            name = "%s%d" % (kind, bits)
            emit("mov." + name, letter * 2, [((x,), x) for x in e[:6]])
            emit("selp." + name, letter * 3 + "p", [((x, y, p), x if p else y)
                                                    for p in (0, 1) for x, y in pairs(e)[:3]])
        if bits == 16:
            continue
        emit("popc" + b, "w" + letter, [((x,), bin(x).count("1")) for x in e])
        emit("clz" + b, "w" + letter, [((x,), bits - x.bit_length()) for x in e])
        emit("brev" + b, letter * 2, [((x,), int(format(x, "0%db" % bits)[::-1], 2)) for x in e])
        for kind in "us":
            s = Int("%s%d" % (kind, bits))

            def find(x):
                x = s.value(x)
                return (~x if x < 0 else x).bit_length() - 1

            emit("bfind." + s.name, "w" + letter, [((x,), find(x) & 0xFFFFFFFF) for x in e])
            emit("bfind.shiftamt." + s.name, "w" + letter,
                 [((x,), bits - 1 - find(x) if find(x) >= 0 else 0xFFFFFFFF) for x in e])
            emit("bfe." + s.name, letter * 2 + "ww",
                 [((x, p, n), extract(x, p, n, s)) for x in (e[6], e[9], e[10]) for p, n in FIELDS])
        emit("bfi" + b, letter * 3 + "ww",
             [((x, y, p, n), insert(x, y, p, n, bits)) for x, y in ((e[4], 0), (e[9], e[10]))
              for p, n in FIELDS])
    words = [0xDEADBEEF, 0x12345678, 0x80000001]
    for way, wrap in product("lr", (True, False)):
        def funnel(a, b, c):
            n = c & 31 if wrap else min(c, 32)
            both = b << 32 | a
            return (both << n >> 32 if way == "l" else both >> n) & 0xFFFFFFFF
        emit("shf.%s.%s.b32" % (way, "wrap" if wrap else "clamp"), "wwww",
             [((a, b, c), funnel(a, b, c)) for a, b in ((words[0], words[1]), (words[2], words[0]))
              for c in (0, 1, 8, 31, 32, 33, 0xFFFFFFFF)])
    emit("prmt.b32", "wwww", [((a, b, s), permute(a, b, s))
                              for a, b in ((0x83726150, 0xC7B6A594), (0x01020304, 0xFF7F8000))
                              for s in (0x3210, 0x7654, 0x0123, 0xFEDC, 0x8888, 0x5140, 0xFFFF3210)])
    emit("lop3.b32", "wwwwi",
         [((a, b, c, f), sum((f >> ((a >> i & 1) * 4 + (b >> i & 1) * 2 + (c >> i & 1)) & 1) << i
                             for i in range(32)))
          for a, b, c in ((0xF0F0F0F0, 0xCCCCCCCC, 0xAAAAAAAA), tuple(words))
          for f in (0, 255, 0x80, 0xFE, 0x96, 0xE8, 0xCA, 0x1B)])
    emit("mov.pred", "pp", [((a,), a) for a in (0, 1)])
    emit("not.pred", "pp", [((a,), 1 - a) for a in (0, 1)])
    for op, f in (("and", lambda x, y: x & y), ("or", lambda x, y: x | y),
                  ("xor", lambda x, y: x ^ y)):
        emit(op + ".pred", "ppp", [((x, y), f(x, y)) for x in (0, 1) for y in (0, 1)])
    # A register is the vector of its parts, the lowest first.
    emit("mov.b32", "w{hh}", [((0x1234, 0xFEDC), 0xFEDC1234)])
    emit("mov.b64", "d{ww}", [((0x12345678, 0xFEDCBA98), 0xFEDCBA9812345678)])
    emit("mov.b64", "d{hhhh}", [((0x1234, 0x5678, 0x9ABC, 0xFEDC), 0xFEDC9ABC56781234)])
    whole = 0xFEDCBA9812345678
    emit("mov.b32", "{h_}w", [((whole & 0xFFFFFFFF,), 0x5678)])
    emit("mov.b32", "{_h}w", [((whole & 0xFFFFFFFF,), 0x1234)])
    emit("mov.b64", "{w_}d", [((whole,), 0x12345678)])
    emit("mov.b64", "{_w}d", [((whole,), 0xFEDCBA98)])
    for i, part in enumerate(("{h___}", "{_h__}", "{__h_}", "{___h}")):
        emit("mov.b64", part + "d", [((whole,), whole >> 16 * i & 0xFFFF)])
    # Where the device puts the windows of generic addresses (exec/cta.h).
    shared, local, size = 1 << 56, 2 << 56, 1 << 32
    places = [0x1000, shared, shared + size - 1, shared + size, local, local + size - 1, local + size]
    emit("isspacep.global", "pd", [((a,), int(a < shared)) for a in places])
    emit("isspacep.shared", "pd", [((a,), int(shared <= a < shared + size)) for a in places])
    emit("isspacep.local", "pd", [((a,), int(local <= a < local + size)) for a in places])
    for space, window in (("global", 0), ("const", 0), ("shared", shared), ("local", local)):
        emit("cvta.%s.u64" % space, "dd", [((a,), a + window) for a in (0, 0x120, 0xFFFF)])
        emit("cvta.to.%s.u64" % space, "dd", [((a + window,), a) for a in (0, 0x120, 0xFFFF)])


FIELDS = [(0, 0), (0, 8), (4, 4), (8, 24), (31, 1), (28, 9), (40, 20), (63, 3), (0, 32), (0, 255),
          (255, 1), (260, 264)]


def extract(x, position, length, t):
    position, length = position & 255, length & 255
    sign = 0
    if t.signed and length:
        sign = x >> min(position + length - 1, t.bits - 1) & 1
    result = 0
    for i in range(t.bits):
        bit = x >> (position + i) & 1 if i < length and position + i < t.bits else sign
        result |= bit << i
    return result


def insert(x, y, position, length, bits):
    position, length = position & 255, length & 255
    for i in range(length):
        if position + i < bits:
            y = y & ~(1 << position + i) | (x >> i & 1 if i < bits else 0) << position + i
    return y


def permute(a, b, selector):
    bytes_ = [(b << 32 | a) >> 8 * i & 255 for i in range(8)]
    result = 0
    for i in range(4):
        nibble = selector >> 4 * i & 15
        byte = bytes_[nibble & 7]
        result |= ((255 if byte >> 7 else 0) if nibble & 8 else byte) << 8 * i
    return result


# ---- floating point

class Float:
    """IEEE binary32 or binary64. A value is a Fraction, or "inf", "-inf", "nan"; zeros have signs."""

    def __init__(self, bits):
        self.bits, self.name = bits, "f%d" % bits
        self.precision, self.least = (24, -126) if bits == 32 else (53, -1022)
        self.top = 1 << (bits - 1)
        self.infinity = ((1 << (bits - self.precision)) - 1) << (self.precision - 1)

    def split(self, x):
        """Sign and magnitude: a Fraction, "inf" or "nan"."""
        sign, x = x >> (self.bits - 1), x & (self.top - 1)
        if x >= self.infinity:
            return sign, "inf" if x == self.infinity else "nan"
        hidden = 1 << (self.precision - 1)
        exponent, fraction = x >> (self.precision - 1), x & (hidden - 1)
        scale = Fraction(2) ** (max(exponent, 1) - 1 + self.least - self.precision + 1)
        return sign, (fraction + (hidden if exponent else 0)) * scale

    def flush(self, x):
        sign, magnitude = self.split(x)
        tiny = not isinstance(magnitude, str) and magnitude < Fraction(2) ** self.least
        return x & self.top if tiny else x

    def round(self, value, mode, negative_zero=False):
        """The bits of a Fraction rounded by rn, rz, rm or rp."""
        if value == 0:
            return self.top if negative_zero else 0
        sign, magnitude = value < 0, abs(value)
        exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
        if magnitude < Fraction(2) ** exponent:
            exponent -= 1
        exponent = max(exponent, self.least)
        unit = Fraction(2) ** (exponent - self.precision + 1)
        whole, rest = divmod(magnitude, unit)
        whole = int(whole)
        away = {"rn": rest * 2 > unit or rest * 2 == unit and whole & 1, "rz": False,
                "rm": rest and sign, "rp": rest and not sign}[mode]
        whole += bool(away)
        if whole == 1 << self.precision:
            whole, exponent = whole >> 1, exponent + 1
        if exponent > -self.least + 1:
            to_infinity = mode == "rn" or mode == ("rm" if sign else "rp")
            bits = self.infinity if to_infinity else self.infinity - 1
        elif whole < 1 << (self.precision - 1):
            bits = whole
        else:
            bits = (exponent - self.least + 1 << self.precision - 1) + whole - (1 << self.precision - 1)
        return bits | self.top if sign else bits

    def of(self, text):
        """Bits of a hexadecimal or decimal literal that is exact."""
        x = float.fromhex(text) if "0x" in text else float(text)
        return self.round(Fraction(x), "rn", math.copysign(1, x) < 0)


F32, F64 = Float(32), Float(64)
CANONICAL = 0x7FFFFFFF
NAN = "nan"


def specials(f):
    quiet = f.infinity | 1 << f.precision - 2
    return [0, f.top, 1, f.top | 1, (1 << f.precision - 1) - 1, 1 << f.precision - 1,
            f.top | 1 << f.precision - 1, f.of("1"), f.of("-1"), f.of("1") + 1, f.of("0.5"),
            f.of("3"), f.of("-2.5"), f.infinity - 1, f.infinity, f.top | f.infinity, quiet,
            f.infinity | 1]


def fused(f, a, b, c, mode):
    """a b + c, rounded once; None for a NaN."""
    (sa, x), (sb, y), (sc, z) = f.split(a), f.split(b), f.split(c)
    if NAN in (x, y, z) or (x == 0 and y == "inf") or (x == "inf" and y == 0):
        return None
    sp = sa ^ sb
    if "inf" in (x, y):
        return None if z == "inf" and sc != sp else f.infinity | (f.top if sp else 0)
    if z == "inf":
        return c
    product_ = x * y * (-1 if sp else 1)
    total = product_ + z * (-1 if sc else 1)
    if total == 0:
        both = product_ == 0 and z == 0 and sp == sc
        return f.round(Fraction(0), mode, bool(sp) if both else mode == "rm")
    return f.round(total, mode)


def divided(f, a, b, mode):
    (sa, x), (sb, y) = f.split(a), f.split(b)
    sign = f.top if sa ^ sb else 0
    if NAN in (x, y) or (x == y and x in (0, "inf")):
        return None
    if x == "inf" or y == 0:
        return sign | f.infinity
    if y == "inf" or x == 0:
        return sign
    return f.round(x / y * (-1 if sign else 1), mode)


def root(f, a, mode):
    sign, x = f.split(a)
    if x == NAN or (sign and x != 0):
        return None
    if x in (0, "inf"):
        return a
    # A root to 200 bits, with one more that says whether it is exact.
    scaled = x * Fraction(4) ** 1300
    whole = int(scaled)
    r = math.isqrt(whole)
    inexact = r * r != scaled
    return f.round(Fraction(2 * r + inexact, 2) / Fraction(2) ** 1300, mode)


def finish(f, result, ftz, sat):
    if sat:
        if result is None or result & f.top:
            return 0
        result = min(result, f.of("1"))
    if result is None:
        return CANONICAL if f is F32 else NAN
    return f.flush(result) if ftz else result


def rounded_forms(name, arity, compute, operands, bare, saturates):
    """name{.rnd}{.ftz}{.sat}.type over the operands (made for each format)."""
    for f in (F32, F64):
        for mode in ("", "rn", "rz", "rm", "rp"):
            if not mode and not bare:
                continue
            for ftz, sat in product((False, True), (False, True)):
                if f is F64 and (ftz or sat) or sat and not saturates:
                    continue
                vectors = []
                for xs in operands(f):
                    ins = [f.flush(x) for x in xs] if ftz else xs
                    result = compute(f, *ins, mode or "rn")
                    # Whether a result is flushed before or after it is rounded is not said.
                    exact = compute(f, *ins, "rz")
                    if ftz and result is not None and f.flush(result) != f.flush(exact) and (
                            f.flush(exact) & ~f.top == 0):
                        continue
                    if sat and result == f.top:
                        continue
                    vectors.append((xs, finish(f, result, ftz, sat)))
                parts = [name, mode, "ftz" if ftz else "", "sat" if sat else "", f.name]
                emit(".".join(p for p in parts if p), LETTER[f.bits] * (arity + 1), vectors)


def sums(f):
    one, half = f.of("1"), f.of("0x1p-%d" % f.precision)
    s = specials(f)
    return [(one, half), (one + 1, half), (one, half - 1), (one, half + 1), (one | f.top, half | f.top),
            (one, half | f.top), (f.infinity - 1, f.infinity - 1), (f.top | f.infinity - 1,) * 2,
            (1, 1), (1, f.top | 1), (f.top | 1,) * 2, (one, one | f.top), (0, f.top), (f.top, f.top),
            (s[5], f.top | s[4]), (f.infinity, f.infinity), (f.infinity, f.top | f.infinity),
            (s[16], one), (one, s[17]), (f.of("3"), f.of("0.5")), (one, 1), (one, f.top | 1)]


def products(f):
    one, s = f.of("1"), specials(f)
    return [(one + 1, one + 1), (one + 1, f.top | one + 1), (one + 1, one + 2), (f.infinity - 1, f.of("2")),
            (f.top | f.infinity - 1, f.of("2")), (1, f.of("0.5")), (1, f.of("0.75")), (1, f.of("-0.5")),
            (3, f.of("0.5")), (s[5], f.of("0.5")), (s[5], one - 1), (0, f.infinity), (f.infinity, f.top | one),
            (f.top, one), (f.top, f.top | one), (s[16], one), (f.of("3"), f.of("0x1.5555p-2")),
            (one - 1, one - 1), (f.of("-2.5"), f.of("3")), (1, 1)]


def fusions(f):
    one, half, s = f.of("1"), f.of("0x1p-%d" % f.precision), specials(f)
    top = f.top
    found = [(one, one, half), (one + 1, one, half), (one, one, half + 1), (one, one, top | half),
             (one + 1, one + 1, top | one), (one + 1, one - 1, top | one), (f.infinity - 1, f.of("2"),
             top | f.infinity - 1), (f.infinity - 1, f.infinity - 1, one), (1, 1, 0), (1, 1, top | 1),
             (1, f.of("0.5"), 1), (one, one, top | one), (0, one, top), (top, one, top), (top, one, 0),
             (0, f.infinity, one), (f.infinity, one, top | f.infinity), (f.infinity, one, f.infinity),
             (s[16], one, one), (one, one, s[17]), (s[5], f.of("0.5"), 1), (one, one, top | 1),
             (f.of("3"), f.of("3"), f.of("-2.5"))]
    if f is F32:  # rounded twice, through double, this is 0x1.004p0
        found.append((f.of("0x1.003p0"), f.of("0x1.001p0"), f.of("-0x1p-100")))
    return found


def quotients(f):
    one, s = f.of("1"), specials(f)
    return [(one, f.of("3")), (f.top | one, f.of("3")), (f.of("3"), one + 1), (f.infinity - 1, f.of("0.5")),
            (1, f.of("2")), (3, f.of("2")), (s[5], f.of("2")), (one, 0), (one, f.top), (0, 0),
            (f.infinity, f.infinity), (one, f.top | f.infinity), (f.infinity, f.top | one), (s[16], one),
            (one, s[17]), (0, f.of("-2.5")), (one, f.infinity - 1), (s[4], s[5]), (1, 1)]


def float_forms():
    minus = lambda f, x: x ^ f.top
    one = lambda f: f.of("1")
    rounded_forms("add", 2, lambda f, a, b, m: fused(f, a, one(f), b, m), sums, True, True)
    rounded_forms("sub", 2, lambda f, a, b, m: fused(f, a, one(f), minus(f, b), m),
                  lambda f: [(a, minus(f, b)) for a, b in sums(f)], True, True)
    # A product is fused with a zero of its own sign.
    rounded_forms("mul", 2, lambda f, a, b, m: fused(f, a, b, (a ^ b) & f.top, m), products, True, True)
    for name in ("fma", "mad"):
        rounded_forms(name, 3, fused, fusions, False, True)
    rounded_forms("div", 2, divided, quotients, False, False)
    rounded_forms("rcp", 1, lambda f, a, m: divided(f, one(f), a, m), lambda f: [(x,) for x in specials(f)],
                  False, False)
    rounded_forms("sqrt", 1, root, lambda f: [(x,) for x in specials(f) + [f.of("2"), f.of("0x1.8p-99")]],
                  False, False)
    for f in (F32, F64):
        letter, s = LETTER[f.bits], specials(f)
        extremes = pairs(s) + [(0, f.top), (f.top, 0), (s[16], s[17])]
        for name, sign in (("min", -1), ("max", 1)):
            for ftz, nan in product((False, True), (False, True)):
                if f is F64 and (ftz or nan):
                    continue
                vectors = []
                for xs in extremes:
                    a, b = [f.flush(x) for x in xs] if ftz else xs
                    vectors.append((xs, extreme(f, a, b, sign, nan)))
                emit(name + ".ftz" * ftz + ".NaN" * nan + "." + f.name, letter * 3, vectors)
        for ftz in (False, True) if f is F32 else (False,):
            name = ".ftz" * ftz + "." + f.name

            def one_sign(x, y):
                return NAN if f.split(x)[1] == NAN else y
            emit("abs" + name, letter * 2, [((x,), one_sign(x, (f.flush(x) if ftz else x) & ~f.top)) for x in s])
            emit("neg" + name, letter * 2, [((x,), one_sign(x, (f.flush(x) if ftz else x) ^ f.top)) for x in s])
        emit("copysign." + f.name, letter * 3,
             [((a, b), a & f.top | b & ~f.top) for a, b in pairs(s[:16])])
        normal = Fraction(2) ** f.least
        for name, is_ in (("finite", lambda m: not isinstance(m, str)), ("infinite", lambda m: m == "inf"),
                          ("number", lambda m: m != NAN), ("notanumber", lambda m: m == NAN),
                          ("normal", lambda m: not isinstance(m, str) and m >= normal),
                          ("subnormal", lambda m: not isinstance(m, str) and 0 < m < normal)):
            emit("testp.%s.%s" % (name, f.name), "p" + letter, [((x,), int(is_(f.split(x)[1]))) for x in s])


def number(f, x):
    """To compare: a Fraction, or a float infinity."""
    sign, magnitude = f.split(x)
    value = float("inf") if magnitude == "inf" else magnitude
    return -value if sign else value


def extreme(f, a, b, sign, nan):
    na, nb = (f.split(x)[1] == NAN for x in (a, b))
    if na and nb or nan and (na or nb):
        return CANONICAL if f is F32 else NAN
    if na or nb:
        return a if nb else b
    x, y = number(f, a), number(f, b)
    if x == y:  # -0 is below +0
        return max(a, b) if sign < 0 else min(a, b)
    return a if (x > y) == (sign > 0) else b


def compare_forms():
    relations = {"eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "lt": lambda a, b: a < b,
                 "le": lambda a, b: a <= b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b}
    alike = {"lo": "lt", "ls": "le", "hi": "gt", "hs": "ge"}
    for t in INTS + [Int("b16"), Int("b32"), Int("b64")]:
        names = ["eq", "ne"] if t.name[0] == "b" else list(relations)
        names += list(alike) if t.name[0] == "u" else []
        for name in names:
            relation = relations[alike.get(name, name)]
            emit("setp.%s.%s" % (name, t.name), "p" + LETTER[t.bits] * 2,
                 [((a, b), int(relation(t.value(a), t.value(b)))) for a, b in pairs(t.edges())])
    for f in (F32, F64):
        s = specials(f)
        operands = pairs(s) + [(0, f.top), (1, f.top | 1), (s[7], s[7]), (s[16], s[16]), (s[7], s[16])]
        for ftz in (False, True) if f is F32 else (False,):
            for name in list(relations) + [r + "u" for r in relations] + ["num", "nan"]:
                vectors = []
                for xs in operands:
                    a, b = [f.flush(x) for x in xs] if ftz else xs
                    unordered = NAN in (f.split(a)[1], f.split(b)[1])
                    if name in ("num", "nan"):
                        result = unordered == (name == "nan")
                    elif unordered:
                        result = name.endswith("u")
                    else:
                        result = relations[name[:2]](number(f, a), number(f, b))
                    vectors.append((xs, int(result)))
                name = {"neu": "neu", "equ": "equ"}.get(name, name)
                emit("setp.%s%s.%s" % (name, ".ftz" * ftz, f.name), "p" + LETTER[f.bits] * 2, vectors)
    # Combined with a predicate; the second of the pair gets the opposite comparison, combined too.
    for op, f in (("and", lambda x, y: x & y), ("or", lambda x, y: x | y), ("xor", lambda x, y: x ^ y)):
        for first, opposite in (("p", False), ("q", True)):
            emit("setp.lt.%s.u32" % op, first + "wwp",
                 [((a, b, c), f(int(a < b) ^ opposite, c)) for a, b in ((1, 2), (2, 1)) for c in (0, 1)])
    emit("setp.lt.u32", "qww", [((1, 2), 0), ((2, 1), 1), ((2, 2), 1)])
    emit("setp.eq.f32", "qww", [((0, F32.top), 0), ((CANONICAL, CANONICAL), 1)])


def wholes(f):
    """Numbers around halves and around the limits of the integer types."""
    found = specials(f) + [f.of(t) for t in ("1.5", "2.5", "-0.5", "-1.5", "0.25", "-0.25", "6.75")]
    for bits in (7, 8, 15, 16, 31, 32, 63, 64):
        limit = f.of("0x1p%d" % bits)
        found += [limit, limit - 1, limit | f.top, limit + 1 | f.top]
    return found


def to_whole(value, mode):
    below = math.floor(value)
    rest = value - below
    if mode == "rni":
        return below + (rest * 2 > 1 or rest * 2 == 1 and below & 1)
    if mode == "rzi":
        return below + (rest != 0 and value < 0)
    return below + (rest != 0) if mode == "rpi" else below


def convert_forms():
    for d, s in product(ALL_INTS, ALL_INTS):
        registers = LETTER[d.bits] + LETTER[s.bits]
        narrow = (1 << max(d.bits, 16)) - 1

        def held(x):  # an 8-bit result lies in a wider register, extended
            return x & narrow

        emit("cvt.%s.%s" % (d.name, s.name), registers,
             [((x,), held(d.value(s.value(x)))) for x in s.edges()])
        if s.low < d.low or s.high > d.high:
            emit("cvt.sat.%s.%s" % (d.name, s.name), registers,
                 [((x,), held(d.value(d.clamp(s.value(x))))) for x in s.edges()])
    # Registers wider than the type: sources are cut, results extended by the type's sign.
    for d, bits in product([t for t in ALL_INTS if t.bits < 64], (16, 32, 64)):
        if bits > d.bits:
            emit("cvt.%s.s64" % d.name, LETTER[bits] + "d",
                 [((x,), d.value(x) & (1 << bits) - 1) for x in Int("s64").edges()])
            emit("cvt.s64.%s" % d.name, "d" + LETTER[bits],
                 [((x & (1 << bits) - 1,), d.value(x) & (1 << 64) - 1) for x in Int("s64").edges()])
    for s in ALL_INTS:
        for f, mode in product((F32, F64), ("rn", "rz", "rm", "rp")):
            near = [(1 << 24) + 1, (1 << 24) + 3, (1 << 53) + 1, (1 << 53) + 3, (1 << 63) + (1 << 39) + 1]
            emit("cvt.%s.%s.%s" % (mode, f.name, s.name), LETTER[f.bits] + LETTER[s.bits],
                 [((x,), f.round(Fraction(s.value(x)), mode))
                  for x in s.edges() + [n for n in near if n <= s.mask]])
    for s, mode, ftz, sat in product((F32, F64), ("rni", "rzi", "rmi", "rpi"), (False, True), (False, True)):
        if s is F64 and ftz:
            continue
        modifiers = ".ftz" * ftz + ".sat" * sat
        for d in ALL_INTS:
            vectors = []
            for x in wholes(s):
                sign, m = s.split(s.flush(x) if ftz else x)
                if m == NAN:
                    zero = s is F32 and d.bits < 64
                    result = 0 if zero else 1 << d.bits - 1
                elif m == "inf":
                    result = (d.low if sign else d.high) & d.mask
                else:
                    result = d.clamp(to_whole(-m if sign else m, mode))
                vectors.append(((x,), d.value(result) & (1 << max(d.bits, 16)) - 1))
            emit("cvt.%s%s.%s.%s" % (mode, modifiers, d.name, s.name), LETTER[d.bits] + LETTER[s.bits],
                 some(vectors, 24))
        vectors = []
        for x in wholes(s):
            sign, m = s.split(s.flush(x) if ftz else x)
            if isinstance(m, str):
                result = None if m == NAN else x
            else:
                result = s.round(Fraction(to_whole(-m if sign else m, mode)), "rn", bool(sign))
            if not (sat and result == s.top):
                vectors.append(((x,), finish(s, result, False, sat)))
        emit("cvt.%s%s.%s.%s" % (mode, modifiers, s.name, s.name), LETTER[s.bits] * 2, some(vectors, 24))
    one = F64.of("1")
    doubles = specials(F64) + [F64.of(t) for t in (
        "0x1.000001p0", "0x1.000003p0", "0x1.0000010000001p0", "-0x1.0000010000001p0", "0x1.ffffffp127",
        "0x1.fffffefffffffp127", "0x1p-150", "0x1.8p-149", "-0x1.4p-149", "0x1p-126", "0x1.2p-130",
        "0x1p300", "-0x1p300", "0.75")]
    for mode, ftz, sat in product(("rn", "rz", "rm", "rp"), (False, True), (False, True)):
        vectors = []
        for x in doubles:
            sign, m = F64.split(x)
            if isinstance(m, str):
                result = None if m == NAN else F32.infinity | (F32.top if sign else 0)
            else:
                result = F32.round(-m if sign else m, mode, bool(sign))
                tiny = m < Fraction(2) ** -126
                if ftz and tiny and F32.flush(result) == result and result & ~F32.top:
                    continue
            if not (sat and result == F32.top):
                vectors.append(((x,), finish(F32, result, ftz, sat)))
        emit("cvt.%s%s%s.f32.f64" % (mode, ".ftz" * ftz, ".sat" * sat), "wd", vectors)
    for ftz in (False, True):
        vectors = []
        for x in specials(F32):
            sign, m = F32.split(F32.flush(x) if ftz else x)
            if isinstance(m, str):
                result = NAN if m == NAN else F64.infinity | (F64.top if sign else 0)
            else:
                result = F64.round(-m if sign else m, "rn", bool(sign))
            vectors.append(((x,), result))
        emit("cvt%s.f64.f32" % (".ftz" * ftz), "dw", vectors)
    for f, ftz, sat in product((F32, F64), (False, True), (False, True)):
        if f is F64 and ftz:
            continue
        vectors = []
        for x in specials(f) + [f.of("0.25"), f.of("1.5")]:
            y = f.flush(x) if ftz else x
            if sat and y == f.top:
                continue
            nan = f.split(y)[1] == NAN
            vectors.append(((x,), finish(f, None if nan else y, ftz, True) if sat else NAN if nan else y))
        emit("cvt%s%s.%s.%s" % (".ftz" * ftz, ".sat" * sat, f.name, f.name), LETTER[f.bits] * 2, vectors)


# ---- approximations: exact where the result is a number of the format, and the nearest elsewhere

def nearest(value):
    """The float32 next to a Decimal."""
    return F32.round(Fraction(value), "rn")


def sine(x, shift):
    """sin(x) or, with shift 1, cos(x), by their series."""
    term, total, n = (Fraction(1) if shift else x), Fraction(0), 0 if shift else 1
    while abs(term) * 10 ** 40 > abs(total):
        total += term
        term = -term * x * x / ((n + 1) * (n + 2))
        n += 2
    return total


def approximate_forms():
    def d(x):
        return decimal.Decimal(x.numerator) / decimal.Decimal(x.denominator)

    ln2 = decimal.Decimal(2).ln()
    usual = [F32.of(t) for t in ("1", "-1", "0.25", "3", "-2.5", "0x1.8p-3", "0x1.921fb6p0", "100", "-126.5")]
    inf, minf, top = F32.infinity, F32.infinity | F32.top, F32.top
    one = F32.of("1")

    def tanh(v):
        e = (d(v) * 2).exp()
        return Fraction((e - 1) / (e + 1))

    # At zeros (by sign), infinities, and elsewhere; None is a NaN.
    functions = {
        "ex2": (one, one, inf, 0, lambda v: nearest((d(v) * ln2).exp())),
        "lg2": (minf, minf, inf, None, lambda v: None if v < 0 else nearest(d(v).ln() / ln2)),
        "rcp": (inf, minf, 0, top, lambda v: F32.round(1 / v, "rn")),
        "sqrt": (0, top, inf, None,
                 lambda v: None if v < 0 else root(F32, F32.round(v, "rn"), "rn")),
        "rsqrt": (inf, minf, 0, None, lambda v: None if v < 0 else nearest(1 / d(v).sqrt())),
        "sin": (0, top, None, None, lambda v: F32.round(sine(v, 0), "rn")),
        "cos": (one, one, None, None, lambda v: F32.round(sine(v, 1), "rn")),
        "tanh": (0, top, one, one | top, lambda v: F32.round(tanh(v), "rn")),
    }
    for name, (plus, minus, infinity, minfinity, f) in functions.items():
        for ftz in (False, True) if name != "tanh" else (False,):
            vectors = []
            for x in [0, top, 1, top | 1, 0x007FFFFF, inf, minf, 0x7FC00000] + usual:
                sign, m = F32.split(F32.flush(x) if ftz else x)
                if m == NAN:
                    result = None
                elif m == "inf":
                    result = minfinity if sign else infinity
                elif m == 0:
                    result = minus if sign else plus
                else:
                    result = f(-m if sign else m)
                if result is not None and ftz:
                    result = F32.flush(result)
                vectors.append(((x,), NAN if result is None else result))
            emit("%s.approx%s.f32" % (name, ".ftz" * ftz), "ww", vectors)
    for kind, ftz in product(("approx", "full"), (False, True)):
        vectors = []
        for xs in quotients(F32) + [(one, F32.of("0x1p127")), (minf, F32.of("0x1p127")), (one, F32.of("0x1p126"))]:
            a, b = [F32.flush(x) for x in xs] if ftz else xs
            m = F32.split(b)[1]
            # a times the reciprocal of b, which is 0 for the greatest b.
            if kind == "approx" and not isinstance(m, str) and m > Fraction(2) ** 126:
                b = b & top | inf
                if F32.split(a)[1] == "inf":
                    a = 0x7FC00000
            result = divided(F32, a, b, "rn")
            vectors.append((xs, NAN if result is None else F32.flush(result) if ftz else result))
        emit("div.%s%s.f32" % (kind, ".ftz" * ftz), "www", vectors)
    two, minus = F64.of("2"), F64.of("-4")
    inf64, top64 = F64.infinity, F64.top
    emit("rcp.approx.ftz.f64", "dd",
         [((x,), y) for x, y in ((two, F64.of("0.5")), (minus, F64.of("-0.25")), (0, inf64), (top64 | 1, top64 | inf64),
                                 (inf64, 0), (inf64 | 1 << 51, NAN), (two + 99, F64.of("0.5")))])
    for name, tiny in (("rsqrt.approx.ftz.f64", inf64), ("rsqrt.approx.f64", F64.of("0x1p520"))):
        emit(name, "dd", [((x,), y) for x, y in (
            (F64.of("4"), F64.of("0.5")), (F64.of("0.25"), two), (0, inf64), (top64, top64 | inf64), (minus, NAN),
            (inf64, 0), (inf64 | 1 << 51, NAN), (F64.round(Fraction(2) ** -1040, "rn"), tiny))])


integer_forms()
bit_forms()
float_forms()
compare_forms()
convert_forms()
approximate_forms()
print("\n".join(lines))
