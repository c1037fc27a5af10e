#!/usr/bin/env python3
"""words.py prune IN.pot OUT.pot | check TEMPLATE.pot vi.po: what tools/words does with catalogues and sources.

check prints a line for each text that is not translated, fuzzy, not used any more, or stands in the sources without a
mark although it looks like something for people; status 1 if there is one. tools/po/plain lists texts, and after @ whole
files, that are meant to stay as they are.
"""
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONVERSION = re.compile(r"%(?:\d+\$)?[-+ #0']*(?:\*|\d+)?(?:\.(?:\*|\d+)?)?(?:<PRI\w+>|hh|h|ll|l|z|j|t|L)?[a-zA-Z%]?")


def unquote(text):
    return re.sub(r'\\(.)', lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), text)


def entries(path):
    """(msgid, list of msgstr, flags, whether obsolete, its lines) of each entry; the head has msgid ""."""
    with open(path, encoding="utf-8") as file:
        blocks = file.read().split("\n\n")
    for block in blocks:
        lines = block.strip("\n").split("\n")
        obsolete = any(line.startswith("#~") for line in lines)
        flags = " ".join(line[2:] for line in lines if line.startswith("#,"))
        fields, field = {}, None
        for line in lines:
            match = re.match(r'(?:#~ ?)?(msgid_plural|msgid|msgctxt|msgstr(?:\[\d\])?) "(.*)"$', line)
            more = re.match(r'(?:#~ ?)?"(.*)"$', line)
            if match:
                field = match.group(1)
                fields[field] = match.group(2)
            elif more and field:
                fields[field] += more.group(1)
        if "msgid" in fields:
            strings = [unquote(text) for name, text in fields.items() if name.startswith("msgstr")]
            yield unquote(fields["msgid"]), strings, flags, obsolete, block


def has_words(text):
    return re.search(r"[^\W\d_]", CONVERSION.sub("", text)) is not None


def prune(source, target):
    kept = [block for text, _, _, _, block in entries(source) if text == "" or has_words(text)]
    with open(target, "w", encoding="utf-8") as file:
        file.write("\n\n".join(block.strip("\n") for block in kept) + "\n")


def short(text):
    text = text.replace("\n", "\\n")
    return text if len(text) <= 90 else text[:87] + "..."


def check_catalogue(template, catalogue):
    wanted = {text: block for text, _, _, _, block in entries(template) if text}
    had = set()
    for text, strings, flags, obsolete, _ in entries(catalogue):
        if not text:
            continue
        had.add(text)
        if obsolete or text not in wanted:
            yield f"not used any more: {short(text)}"
        elif "fuzzy" in flags:
            yield f"fuzzy: {short(text)}"
        elif not all(strings):
            yield f"not translated: {short(text)}"
        elif any(string.endswith("\n") != text.endswith("\n") for string in strings):
            yield f"one ends in a newline, the other does not: {short(text)}"
    for text, block in wanted.items():
        if text not in had:
            place = re.search(r"^#: (\S+)", block, re.M)
            yield f"{place.group(1) if place else '?'}: not in the catalogue: {short(text)}"
    result = subprocess.run(["msgfmt", "--check-format", "-o", os.devnull, catalogue],
                            capture_output=True, text=True, check=False)
    if result.returncode:
        yield from result.stderr.splitlines()


# --- texts without a mark

TOKEN = re.compile(r'\\\n|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|#\s*include[^\n]*|[A-Za-z_]\w*|\d\w*|\S',
                   re.S)
SENTENCE = re.compile(r"(?:^|[^\w%&\\.:/<-])[A-Za-z]?[a-z]{1,}[,;:]? [a-z(`'%<-]?[a-z]{2,}")
DATA = re.compile(r'^\{|^<|\\"\w+\\": |^[^a-z]*$|^(?:SELECT|INSERT|CREATE|UPDATE|DELETE|PRAGMA) ')


def literals(text):
    """(line, the text) of each string literal, adjacent ones joined."""
    joined = None
    for match in TOKEN.finditer(text):
        token = match.group(0)
        if token[:2] in ("//", "/*") or token[0] in "#\\":
            continue
        if token[0] == '"':
            if joined:
                joined[1] += token[1:-1]
            else:
                joined = [text.count("\n", 0, match.start()) + 1, token[1:-1]]
        elif not (joined and re.match(r"PRI\w+$|[A-Z][A-Z_0-9]+$", token)):
            if joined:
                yield joined
                joined = None
    if joined:
        yield joined


def spoken(literal):
    """What a literal of the sources says; hexadecimal and universal escapes too."""
    literal = re.sub(r'\\u([0-9a-fA-F]{4})', lambda m: chr(int(m.group(1), 16)), literal)
    literal = re.sub(r'(?:\\x[0-9a-f]{2})+', lambda m: bytes.fromhex(m.group(0).replace("\\x", "")).decode(errors="replace"),
                     literal)
    return unquote(literal)


def check_marks(template):
    with open(os.path.join(TOP, "tools/po/plain"), encoding="utf-8") as file:
        plain = {line.rstrip() for line in file if line.strip() and not line.startswith("## ")}
    whole = {line[1:] for line in plain if line.startswith("@")}
    plain = {line for line in plain if not line.startswith("@")}
    taken = set()
    for text, strings, _, _, block in entries(template):
        taken.add(re.sub(r"<PRI\w+>", "", text))
        taken.update(unquote("".join(re.findall(r'^msgid_plural "(.*)"$', block, re.M))) for _ in strings[1:])
    used = set()
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "src/*.[ch]", "drivers/*.[ch]",
                            "tools/*.[ch]"], capture_output=True, text=True, check=True, cwd=TOP).stdout.split()
    for name in sorted(names):
        if name in whole or not os.path.exists(os.path.join(TOP, name)):
            continue
        with open(os.path.join(TOP, name), encoding="utf-8") as file:
            text = file.read()
        for line, literal in literals(text):
            if spoken(literal) in taken or DATA.search(literal) or not SENTENCE.search(literal):
                continue
            if literal.rstrip() in plain:
                used.add(literal.rstrip())
                continue
            yield f"{name}:{line}: not marked for translation: \"{short(literal)}\""
    for literal in sorted(plain - used):
        yield f"tools/po/plain: not in the sources any more: {short(literal)}"


def main():
    if sys.argv[1:2] == ["prune"] and len(sys.argv) == 4:
        prune(sys.argv[2], sys.argv[3])
        return 0
    if sys.argv[1:2] == ["check"] and len(sys.argv) == 4:
        findings = list(check_catalogue(sys.argv[2], sys.argv[3])) + list(check_marks(sys.argv[2]))
        for finding in findings:
            print(f"check-words: {finding}")
        count = sum(1 for text, *_ in entries(sys.argv[3]) if text)
        if not findings:
            print(f"check-words: {count} texts, all of them in Vietnamese")
        return 1 if findings else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
