#!/usr/bin/env python3
"""fonts/bang-tin as BDF, read by a reader of its own: what it covers, that letters are told apart, that nothing leaves
its place, that widths are stable, and that the tool that composes it refuses what would be illegible."""
import itertools
import os
import subprocess
import unicodedata

from harness import ROOT, Scratch, Tap

tap = Tap()
TOOL = os.path.join(ROOT, "tools", "pixel-font")
TONES = {"": "", "\u0300": "huyền", "\u0301": "sắc", "\u0309": "hỏi", "\u0303": "ngã", "\u0323": "nặng"}
VOWELS = "aăâeêioôơuưy"
LOWER = [unicodedata.normalize("NFC", v + t) for v in VOWELS for t in TONES] + ["đ"]
LOWER = [c for c in LOWER if c not in "aeiouy"]
UPPER = [c.upper() for c in LOWER]
SIGNS = ("“”‘’…–—«»•·←→↑↓₫€°×÷%±§©®✓☎℃№½¼¾²³¹\u00a0\u2007\u2009\u202f"
         + "".join(map(chr, range(0x20, 0x7F))) + "ÄËÏÖÜÅÑÇÆØßäëïöüÿåñçæø")


def read_bdf(text):
    """{character: (ink, advance)}, with ink a set of (x, y), y 0 on the baseline and upward; and the properties."""
    font, properties, code, rows = {}, {}, None, None
    for line in text.splitlines():
        word, *rest = line.split()
        if word == "ENCODING":
            code = int(rest[0])
        elif word == "DWIDTH":
            advance = int(rest[0])
        elif word == "BBX":
            width, height, left, bottom = map(int, rest)
        elif word == "BITMAP":
            rows = []
        elif word == "ENDCHAR":
            bits = 4 * len(rows[0])
            font[chr(code)] = {(left + x, bottom + height - 1 - y) for y, row in enumerate(rows)
                               for x in range(width) if int(row, 16) >> (bits - 1 - x) & 1}, advance
            rows = None
        elif rows is not None:
            rows.append(word)
        else:
            properties[word] = " ".join(rest)
    return font, properties


def parts(ink):
    """How many pieces of dots that touch, if only by a corner."""
    left, count = set(ink), 0
    while left:
        count, edge = count + 1, [left.pop()]
        while edge:
            x, y = edge.pop()
            near = {(x + i, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
            left -= near
            edge += near
    return count


def marks_of(letter):
    """Marks that stand apart; a horn and the bar of đ are part of their letter."""
    return sum(unicodedata.combining(c) in (220, 230) for c in unicodedata.normalize("NFD", letter))


def body_of(letter):
    kept = [c for c in unicodedata.normalize("NFD", letter) if unicodedata.combining(c) not in (220, 230)]
    return unicodedata.normalize("NFC", "".join(kept))


def closest(font, letters):
    pairs = ((len(font[a][0] ^ font[b][0]), a + b) for a, b in itertools.combinations(letters, 2))
    return min(pairs)


def check_letters(name, size, font):
    wanted = set(LOWER + UPPER + list(SIGNS))
    tap.equal("".join(sorted(wanted - set(font))), "", f"{name}: nothing is missing")
    for case, letters in (("small", LOWER + list("abcdefghijklmnopqrstuvwxyz")),
                          ("capital", UPPER + list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))):
        least, pair = closest(font, letters)
        tap.ok(least >= 3, f"{name}: any two {case} letters differ by 3 dots or more ({pair} by {least})")
    least = min(closest(font, [unicodedata.normalize("NFC", v + t) for t in TONES if t not in ("", "\u0323")])
                for v in VOWELS + VOWELS.upper())
    tap.ok(least[0] >= size // 4, f"{name}: tones on one vowel differ by {size // 4} or more ({least[1]} by {least[0]})")
    least, pair = closest(font, "0123456789")
    tap.ok(least >= 3, f"{name}: digits differ ({pair} by {least})")
    wrong = [c for c in LOWER + UPPER
             if parts(font[c][0]) != marks_of(c) + parts(font["ı" if body_of(c) == "i" and c != "ị" else body_of(c)][0])]
    tap.equal(wrong, [], f"{name}: every mark stands apart from its letter and from the other mark")


def check_place(name, size, font, properties):
    ascent, descent = int(properties["FONT_ASCENT"]), int(properties["FONT_DESCENT"])
    tap.equal(ascent + descent, size, f"{name}: is {size} rows high")
    outside = [c for c, (ink, _) in font.items() if any(not -descent <= y < ascent for _, y in ink)]
    tap.equal(outside, [], f"{name}: no dot is outside these rows")
    beside = [c for c in LOWER + UPPER if any(not 0 <= x < font[c][1] for x, _ in font[c][0])]
    tap.equal(beside, [], f"{name}: no letter leans into its neighbour")
    unstable = [c for c in LOWER + UPPER if body_of(c) in font and font[c][1] != font[body_of(c)][1]]
    tap.equal(unstable, [], f"{name}: a letter is as wide with marks as without")
    widths = {font[c][1] for c in "0123456789\u2007"}
    tap.equal(len(widths), 1, f"{name}: digits are of one width, and the figure space too")


def build(path, seed):
    return subprocess.run([TOOL, path], check=True, capture_output=True, text=True,
                          env=dict(os.environ, PYTHONHASHSEED=seed)).stdout


def check_font(source, size):
    path = os.path.join(ROOT, "fonts", "bang-tin", source + ".txt")
    text = build(path, "1")
    tap.ok(text == build(path, "2"), f"{source}: two builds are the same")
    with open(os.path.join(ROOT, "build", "bdf", "bang-tin", source + ".bdf"), encoding="utf-8") as f:
        tap.ok(text == f.read(), f"{source}: it is what was built")
    font, properties = read_bdf(text)
    check_letters(source, size, font)
    check_place(source, size, font, properties)
    return font


def check_weights(regular, bold, size):
    tap.equal(set(regular), set(bold), f"{size}: both weights have the same characters")
    thin = [c for c in LOWER + UPPER if len(bold[c][0]) < 1.1 * len(regular[c][0])]
    tap.equal(thin, [], f"{size}: bold letters have clearly more ink")


FACE = "family T\nweight Medium\nascent 8\ndescent 2\nspace 1\ngap 1\n\nglyph x\n#\n\nglyph H\n#\n\n"


def check_refusals(scratch):
    for what, text, message in (
            ("a mark that touches its letter", "glyph a\n##\n##\n\nmark acute gap 0\n.#\n#.\n",
             ":18: this mark touches its letter in á, whose drawing is at line 14"),
            ("rows of unequal width", "glyph a\n##\n#\n", ":14: the rows are not all of one width"),
            ("ink above the board", "glyph a up 8\n##\n", ": a leaves the height of the board"),
            ("a letter drawn twice", "glyph a\n#\n\nglyph a\n#\n", ":17: a is drawn twice"),
            ("a word that is no keyword", "gliph a\n#\n", ":14: `gliph` is neither rows of # and . nor a keyword")):
        path = scratch.file("t.txt", FACE + text)
        done = subprocess.run([TOOL, path], capture_output=True, text=True, check=False)
        tap.ok(done.returncode != 0 and done.stderr == path + message + "\n" and not done.stdout, f"refused: {what}",
               done.stderr + done.stdout)


if __name__ == "__main__":
    for height in (16, 24, 32):
        check_weights(check_font(f"{height}-regular", height), check_font(f"{height}-bold", height), height)
    with Scratch() as place:
        check_refusals(place)
    tap.done()
