#!/usr/bin/env python3
"""The same programs in Vietnamese: helps, notes, errors, what the daemon answers and writes into its log. No English word
is left, places and statuses are the same, and JSON has the same names and values in both languages."""
import glob
import json
import os
import re

from harness import ROOT, Scratch, Site, Tap, run

tap = Tap()
CORPUS = os.path.join(ROOT, "tests", "corpus")
# Words that no Vietnamese text has: those of its syllables that look like English are left out (to, no, in, do, can).
ENGLISH = re.compile(r"\b(the|is|are|was|were|and|of|with|that|this|these|which|cannot|not|has|have|write|writes|there|must|"
                     r"may|will|its|they|than|then|when|where|what|every|nothing|without|another|been|being|would|"
                     r"should|takes|shows|makes|says|such|only|found|unknown|missing|usage|error|warning)\b", re.I)
# What is typed or quoted stays as it is: `…`, "…", '…', names in capitals, options, paths, addresses, file names.
QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"|'[^']*'|--?[a-z][-a-z|]*|\b[A-Z][A-Z_-]+\b|\S*[/@=]\S*|\[[^\]\n]*\]|\b\w+\.\w+\b")
# Names of standards and programs.
NAMES = re.compile(r"Human-System Interface Design Review Guidelines|Netflix Timed Text Style Guide|Disable wireless update|"
                   r"content, emergency|emergency|not-before|set-\w+")


def english(text, *known):
    """The lines that have an English word, but for what is quoted in them."""
    lines = []
    for line in text.splitlines():
        plain = line
        for word in known:
            plain = plain.replace(word, " ")
        plain = QUOTED.sub(" ", NAMES.sub(" ", plain))
        if ENGLISH.search(plain):
            lines.append(line)
    return lines


def both(*arguments, **options):
    """(status, out, err) in English and in Vietnamese, by the option --lang."""
    return tuple(run(*arguments, "--lang", language, **options) for language in ("en", "vi"))


def says(what, *arguments, known=(), status=0, **options):
    in_english, (code, out, err) = both(*arguments, **options)
    left = english(out + err, *known)
    tap.ok(code == in_english[0] == status and not left and (out, err) != in_english[1:] and (out or err), what,
           f"status {in_english[0]} and {code}\n" + "\n".join(left or [out, err]))


def commands_of(program):
    code, out, _ = run(program, "--help")
    return re.findall(r"^  ([a-z]+) ", out, re.M) if code == 0 else []


def check_helps():
    for name in ("bangtin", "bangtind", "bangtin-testpattern", "bangtin-simulator"):
        says(f"{name} --help", name, "--help")
        says(f"{name}: an option that there is not", name, "--no-such-option", "x", status=2)
    commands = commands_of("bangtin")
    tap.ok(len(commands) > 20, "the commands are known", commands)
    for name in commands:
        says(f"bangtin {name} --help", "bangtin", name, "--help")
    says("bangtin help notes", "bangtin", "help", "notes")
    notes = re.findall(r"^B\d+", run("bangtin", "help", "notes")[1], re.M)
    tap.ok(len(notes) > 10, "and the notes", notes)
    for note in notes:
        says(f"bangtin help {note}", "bangtin", "help", note)


def check_technician():
    says("drivers", "bangtin-testpattern", "drivers")
    says("patterns", "bangtin-testpattern", "patterns")
    drivers = json.loads(run("bangtin-testpattern", "drivers", "--json")[1])
    tap.ok(len(drivers) > 10, "the drivers are known", [driver["name"] for driver in drivers])
    for driver in drivers:
        name, words = driver["name"], [w["name"] for w in driver["words"]]
        options = [o["name"] for o in driver["options"]] + [w for o in driver["options"] for w in o.get("words", [])]
        says(f"drivers {name}", "bangtin-testpattern", "drivers", name, known=words + options)
    says("a driver that there is not", "bangtin-testpattern", "drivers", "adalihgt", status=1)
    says("a port that there is not", "bangtin-testpattern", "show", "border", "--driver", "adalight", "--port",
         "/dev/no-such-port", "--size", "8x8", status=3)


# --- JSON: names and values are the same, sentences are not

SENTENCES = {"message", "error", "why", "help", "summary", "title", "text", "rule", "warnings", "fault", "what", "advice", "found"}


def skeleton(value, key=None):
    if isinstance(value, dict):
        return {name: skeleton(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [skeleton(inner, key) for inner in value]
    return type(value).__name__ if key in SENTENCES and isinstance(value, str) else value


def json_agrees(what, *arguments, ignore=()):
    (_, first, _), (_, second, _) = both(*arguments)
    one, other = json.loads(first), json.loads(second)
    for name in ignore:
        for document in (one, other):
            if isinstance(document, dict):
                document.pop(name, None)
    tap.equal(skeleton(other), skeleton(one), what)


def check_corpus():
    """One in six of the broken files, two at a time: the same places, other words."""
    broken = sorted(glob.glob(os.path.join(CORPUS, "broken", "*.[yc]*")))[::6]
    left, moved, same = [], [], []
    for path in broken:
        (code, out, _), (vi_code, vi_out, _) = both("bangtin", "check", "--format", "json", path)
        one, other = json.loads(out), json.loads(vi_out)
        if code != vi_code or skeleton(one) != skeleton(other):
            moved.append(path)
        left += [d["message"] for d in other if english(d["message"])]
        same += [d["message"] for d, e in zip(one, other) if d["message"] == e["message"]]
    tap.ok(len(broken) > 25 and not moved, f"{len(broken)} broken files: places, severities and statuses do not change",
           "\n".join(moved))
    tap.ok(not left, "and nothing of what is said of them is English", "\n".join(left))
    tap.ok(not same, "and all of it is said otherwise", "\n".join(same))


DISPLAYS = """
{ name = "cong"; tags = ["led"]; size = "64x16"; default = "UBND"; driver = { name = "null"; }; },
{ name = "hong"; tags = ["xa"]; size = "64x16"; default = "UBND"; driver = { name = "adalight"; port = "/dev/khong-co"; }; }
"""
GOOD = """
messages:
  gio: {text: "Giờ làm việc: 7 giờ đến 17 giờ"}
  nop: {text: "Nộp hồ sơ trực tuyến"}
schedule:
  - {show: gio, on: led, hours: ["07:00-11:30"], name: sang}
  - {show: nop, on: led, hours: ["09:00-10:00"], priority: 20, name: nop}
"""


def check_office(scratch, site):
    good = site.playlists(GOOD)
    base = ("-c", site.configuration)
    names = ("cong", "hong", "province/", "sang", "nop", "gio", "Test site", "test.yaml")
    says("check: good playlists", "bangtin", "check", *base, good)
    says("agenda", "bangtin", "agenda", *base, "-d", "cong", "--from", "2026-12-01 00:00", good, known=names)
    says("agenda --counts", "bangtin", "agenda", *base, "-d", "cong", "--from", "2026-12-01 00:00", "--counts", good, known=names)
    says("agenda --week", "bangtin", "agenda", *base, "-d", "cong", "--from", "2026-12-01 00:00", "--week", good, known=names)
    says("why", "bangtin", "why", *base, "-d", "cong", "--at", "2026-12-01 09:30", good, known=names)
    says("diff", "bangtin", "diff", *base, "--from", "2026-12-01 00:00", "current", good, known=names)
    says("no such display", "bangtin", "why", *base, "-d", "kong", good, known=names, status=1)
    says("a wrong time", "bangtin", "why", *base, "-d", "cong", "--at", "gestern", good, known=names, status=2)
    says("no daemon", "bangtin", "status", "--socket", scratch.file("no-socket"), status=3)
    json_agrees("agenda --json", "bangtin", "agenda", *base, "-d", "cong", "--from", "2026-12-01 00:00", "--json", good)
    json_agrees("why --json", "bangtin", "why", *base, "-d", "cong", "--at", "2026-12-01 09:30", "--json", good)
    json_agrees("help --json", "bangtin", "help", "--json")
    json_agrees("drivers --json", "bangtin-testpattern", "drivers", "--json")


def check_daemon(site):
    good = site.playlists(GOOD)
    bad = site.playlists(GOOD.replace("priority", "prioritty"), directory="bad")
    site.start("2026-12-01 09:30")
    at = ("--socket", site.socket)
    names = ("cong", "hong", "province/", "nop", "gio", "Test site", "adalight", "null", "root")
    says("load", "bangtin", "load", *at, good, known=names)
    says("load: what is wrong, from the daemon", "bangtin", "load", *at, bad, status=1)
    says("status", "bangtin", "status", *at, known=names)
    says("history", "bangtin", "history", *at, known=names)
    says("a display that there is not, from the daemon", "bangtin", "snapshot", *at, "-d", "kong", "-o", "/dev/null", status=1)
    says("rollback to nothing, from the daemon", "bangtin", "rollback", *at, "4711", status=1)
    says("announce for too long, from the daemon", "bangtin", "announce", *at, "Tin", "--all", "--for", "2000h", status=2)
    json_agrees("status --json", "bangtin", "status", *at, "--json", ignore=("displays", "clock", "alarms"))
    english_why, vietnamese_why = (
        next(d["why"] for d in json.loads(run("bangtin", "status", *at, "--json", "--lang", language)[1])["displays"]
             if d["name"] == "hong") for language in ("en", "vi"))
    tap.ok("is not there" in english_why and "không có cổng" in vietnamese_why,
           "why a display is down comes in the language of who asks", f"{english_why}\n{vietnamese_why}")
    site.daemon.terminate()
    site.daemon.wait()
    with open(site.log, encoding="utf-8") as file:
        log = file.read()
    # what somebody was told is quoted there, in the language in which he was told
    lines = english("\n".join(line for line in log.splitlines() if " điều khiển: " not in line), *names)
    tap.ok("bản nạp" in log and not lines, "the daemon's log is in the configuration's language, whoever asked", log)


def check_choice():
    environment = dict(os.environ, LC_ALL="C", BANGTIN_LANG="vi")
    code, out, _ = run("bangtin", "help", "B013", env=environment)
    tap.ok(code == 0 and "cảnh báo" in out, "BANGTIN_LANG, without any locale", out)
    environment = dict(os.environ, LC_ALL="", LANG="vi_VN.UTF-8")
    code, out, _ = run("bangtin", "help", "B013", env=environment)
    tap.ok(code == 0 and "cảnh báo" in out, "LANG, of a locale that this machine does not have", out)
    code, out, _ = run("bangtin", "help", "B013", env=dict(environment, LC_ALL="C", LANGUAGE="vi"))
    tap.ok(code == 0 and "warning" in out, "LC_ALL=C is English", out)
    code, _, err = run("bangtin", "--lang", "fr", "status")
    tap.ok(code == 2 and "--lang wants vi or en" in err, "a language that there is not", err)


check_helps()
check_technician()
check_corpus()
check_choice()
with Scratch() as scratch:
    site = Site(scratch, DISPLAYS, extra='language = "vi";')
    check_office(scratch, site)
    check_daemon(site)
tap.done()
