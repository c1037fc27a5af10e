#!/usr/bin/python3
"""Lists that offices keep, taken in by bangtin import (with the Python of Debian, which has icalendar): tables as the csv
module writes them, calendars as icalendar does, and what bangtin's own agenda writes. What plays is held against
dateutil, which reads rules of recurrence for itself."""
import csv
import datetime
import io
import json
import os

import icalendar
from dateutil import rrule, tz

from harness import ROOT, Scratch, Site, Tap, run

tap = Tap()
DISPLAYS = '{ name = "bang"; tags = ["led"]; size = "64x16"; driver = { name = "null"; }; }'
ZONE = tz.gettz("Asia/Ho_Chi_Minh")


def read(path):
    with open(path, "rb") as f:
        return f.read()


# --- tables

HEADERS = ["STT", "Nội dung", "Từ ngày", "Đến ngày", "Giờ", "Thứ", "Bảng", "Thời lượng", "Ưu tiên", "Mã QR", "Ghi chú"]
ROWS = [
    ["1", "Lịch tiếp công dân: thứ Năm hằng tuần, \"phòng 2\"", "01/12/2026", "31/12/2026", "7h30-11h30; 13h-17h", "Thứ 2 - Thứ 6",
     "led, kiosk", "20 giây", "20", "https://example.gov.vn", "công văn 12"],
    ["2", "Nộp hồ sơ trực tuyến\ntại Cổng Dịch vụ công", "1-1-2027", "", "", "", "", "", "", "", ""],
    ["3", "Họp dân {khu 3} # 2", "2026-12-15", "15.12.2026 00:00:00", "08:00 đến 10:00", "T3", "bang-1", "2 phút", "0", "", ""],
    ["4", "Tuyển quân, khám sức khỏe", "", "", "cả ngày", "T2, T4, CN", "", "", "", "", ""],
]
# Written by hand from the rows above.
WANTED = """messages:
  # công văn 12
  lich-tiep-cong-dan-thu-nam-hang-tuan:
    text: "Lịch tiếp công dân: thứ Năm hằng tuần, \\"phòng 2\\""
    qr: https://example.gov.vn
  nop-ho-so-truc-tuyen-tai-cong-dich-vu:
    text: "Nộp hồ sơ trực tuyến\\ntại Cổng Dịch vụ công"
  hop-dan-khu-3-2:
    text: "Họp dân {{khu 3}} # 2"
  tuyen-quan-kham-suc-khoe:
    text: Tuyển quân, khám sức khỏe

schedule:
  - show: lich-tiep-cong-dan-thu-nam-hang-tuan
    on: [led, kiosk]
    for: 20s
    days: mon..fri
    hours: ["07:30-11:30", "13:00-17:00"]
    from: 2026-12-01
    until: 2026-12-31
    priority: 20
  - show: nop-ho-so-truc-tuyen-tai-cong-dich-vu
    on: all
    from: 2027-01-01
  - show: hop-dan-khu-3-2
    on: bang-1
    for: 2m
    days: tue
    hours: "08:00-10:00"
    from: 2026-12-15
    until: 2026-12-15
    priority: 0
  - show: tuyen-quan-kham-suc-khoe
    on: all
    days: [mon, wed, sun]
    hours: "00:00-24:00"
"""


def table(rows, **form):
    out = io.StringIO()
    csv.writer(out, **form).writerows(rows)
    return out.getvalue()


def put(scratch, name, data):
    path = scratch.file(name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def body(text):
    """Without the lines that say where it comes from."""
    return text[text.index("messages:"):] if "messages:" in text else text


def check_forms(scratch):
    titles = [["ỦY BAN NHÂN DÂN XÃ LONG HẬU"] + [""] * 10, [""] * 11]
    forms = {
        "utf-8.csv": table([HEADERS] + ROWS).encode(),
        "bom.csv": table([HEADERS] + ROWS, delimiter=";").encode("utf-8-sig"),
        "tab.txt": table([HEADERS] + ROWS, dialect="excel-tab").encode("utf-16"),
        "big.csv": b"\xfe\xff" + table([HEADERS] + ROWS).encode("utf-16-be"),
        "quoted.csv": table([HEADERS] + ROWS, quoting=csv.QUOTE_ALL, lineterminator="\n").encode(),
        "sep.csv": ("sep=;\r\n" + table([HEADERS] + ROWS, delimiter=";")).encode(),
        "titles.csv": table(titles + [HEADERS] + ROWS[:2] + [[""] * 11] + ROWS[2:]).encode(),
        "nfd.csv": __import__("unicodedata").normalize("NFD", table([HEADERS] + ROWS)).encode(),
        "cp1258.csv": encode_1258(table([HEADERS] + ROWS)),
    }
    for name, data in forms.items():
        path = put(scratch, name, data)
        code, out, err = run("bangtin", "import", path)
        tap.ok(code == 0 and body(out) == WANTED, f"a table: {name}", err + out)
        said = {"titles.csv": "row stands above", "cp1258.csv": "code page 1258"}.get(name, "")
        tap.ok(said in err and (err.count("\n") == 1 if said else not err), f"and what is said of {name}: {said or 'nothing'}", err)
    path = scratch.file("out.yaml")
    code, out, err = run("bangtin", "import", scratch.path + "/utf-8.csv", "-o", path, "--unit", "tan-an", "--on", "led")
    text = read(path).decode()
    tap.ok(code == 0 and "4" in out and "unit: tan-an\n" in text and "on: led\n" in text, "-o, --unit, --on", err)
    tap.equal(run("bangtin", "check", path), (0, "1 file: no errors\n", ""), "it passes check without a word")
    tap.equal(run("bangtin", "fmt", "--check", path)[0], 0, "and is formatted")
    code, _, err = run("bangtin", "import", scratch.path + "/utf-8.csv", "-o", path)
    tap.ok(code == 1 and "already" in err and read(path).decode() == text, "what is there is left alone", err)


def encode_1258(text):
    """As Windows does: letters with two marks apart into letter and tone."""
    import unicodedata
    out = b""
    for c in text:
        try:
            out += c.encode("cp1258")
        except UnicodeEncodeError:
            apart = unicodedata.normalize("NFD", c)
            tone = next(m for m in apart[1:] if m in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", apart.replace(tone, ""))
            out += base.encode("cp1258") + tone.encode("cp1258")
    return out


def check_legacy(scratch):
    """Sentences that other programs have encoded: tests/corpus/legacy-encodings.csv."""
    with open(os.path.join(ROOT, "tests", "corpus", "legacy-encodings.csv"), encoding="utf-8") as f:
        known = list(csv.DictReader(f))
    for encoding in ("tcvn3", "vni"):
        rows = [r for r in known if r["encoding"] == encoding and r["hex_bytes"] and r["decoded_equal"] == "1" and "," not in
                r["unicode_nfc"]]
        texts = [r["unicode_nfc"] for r in rows]
        data = b"\n".join([b"text"] + [bytes.fromhex(r["hex_bytes"]) for r in rows]) + b"\n"
        path = put(scratch, f"{encoding}.csv", data)
        for arguments in ((), ("--encoding", encoding)):
            code, out, err = run("bangtin", "import", path, *arguments)
            tap.ok(code == 0 and len(texts) > 2 and all(t in out for t in texts) and (bool(err) != bool(arguments)),
                   f"{encoding}, {len(texts)} sentences{' as told' if arguments else ' found out, and told of'}", err + out)


def check_faults(scratch):
    rows = [HEADERS + ["Người duyệt"], ROWS[0] + ["An"], ["2", "", "1/1/2026"] + [""] * 9, ["3", "X", "31/13/2026", "30/02/2026", "25h-26h",
            "Thứ 9", "a:b", "lâu", "cao"] + [""] * 3, ["4", "Y"] + [""] * 10 + ["thừa"], ["5", "x" * 4001] + [""] * 10]
    path = put(scratch, "faults.csv", table(rows).encode())
    wanted = ["1:12: warning: the column `Người duyệt`", "3:2: error: this row says nothing", "4:3: error: `31/13/2026`", "4:4: error: "
              "`30/02/2026`", "4:5: error: `25h-26h`", "4:6: error: `Thứ 9`", "4:7: error: `a:b`", "4:8: error: `lâu`",
              "4:9: error: `cao`", "5:13: error: `thừa`", "6:2: error: `text` has 4001"]
    code, out, err = run("bangtin", "import", path, "-o", scratch.file("no.yaml"))
    lines = err.splitlines()
    tap.ok(len(lines) == len(wanted) and all(line.startswith(f"{path}:{w}") for line, w in zip(lines, wanted)),
           "what cannot be taken is named, row and column", err)
    tap.ok(code == 1 and not os.path.exists(scratch.file("no.yaml")), "and nothing is written")
    code, out, err = run("bangtin", "import", "--partial", path)
    tap.ok(code == 0 and out.count("- show:") == 1 and "lich-tiep-cong-dan" in out and err.splitlines() == lines,
           "--partial takes the rest, and says the same", err + out)
    code, _, err = run("bangtin", "import", "--json", path)
    tap.equal([(d["line"], d["column"], d["severity"]) for d in json.loads(err)],
              [(int(w.split(":")[0]), int(w.split(":")[1]), w.split(" ")[1][:-1]) for w in wanted], "--json")
    for name, data, words in (
            ("no-headers.csv", b"a,b\nc,d\n", ":1:1: error: no row of headers"), ("quote.csv", "Nội dung\n\"a\n".encode(), ":2:1: error: the quote"),
            ("twice.csv", "Nội dung,text\na,b\n".encode(), ":1:2: error: the columns"), ("empty.csv", "Nội dung\n".encode(), "the list is empty"),
            ("half.csv", "Nội dung,Từ giờ\na,8h\n".encode(), ":2:2: error: hours want"), ("nul.csv", b"a\0b", "NUL"), ("odd.csv", b"\xff\xfea", "UTF-16"),
            ("bytes.csv", b"text\n\xff\xfe\xfd\n", "cannot be told"), ("none.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "no event")):
        code, out, err = run("bangtin", "import", put(scratch, name, data))
        tap.ok(code == 1 and words in err and not out, f"refused: {name}", err + out)
    for arguments in ((), ("a", "b"), ("a.csv", "--encoding", "x"), ("a.csv", "--separator", "x"), ("a.csv", "--unit", "X"), ("a.csv", "--on", "{")):
        tap.equal(run("bangtin", "import", *arguments)[0], 2, f"usage: import {' '.join(arguments)}")


# --- calendars


def event(name, start, end, **properties):
    made = icalendar.Event()
    made.add("summary", name)
    made.add("uid", properties.pop("uid", name))
    made.add("dtstamp", datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc))
    made.add("dtstart", start)
    if end is not None:
        made.add("dtend", end)
    for key, value in properties.items():
        made.add(key.replace("_", "-"), value)
    return made


def local(*parts):
    return datetime.datetime(*parts, tzinfo=ZONE)


def utc(*parts):
    return datetime.datetime(*parts, tzinfo=datetime.timezone.utc)


def calendar(events):
    made = icalendar.Calendar()
    made.add("prodid", "-//office//lists//VI")
    made.add("version", "2.0")
    for one in events:
        made.add_component(one)
    return made.to_ical()


def played(site, playlist, start, days):
    """What plays: of each message the spans, joined where they touch. In hours since the start, local."""
    code, out, err = site.bangtin("agenda", "-d", "bang", "--from", f"{start} 00:00", "--until", f"{start + datetime.timedelta(days)} 00:00", "--json",
                                  playlist)
    spans = {}
    zero = datetime.datetime.combine(start, datetime.time(), ZONE).timestamp()
    for s in json.loads(out) if code == 0 else []:
        if "message" not in s:
            continue
        of_one = spans.setdefault(s["message"].split("/")[1], [])
        begin, end = ((s[k] / 1e9 - zero) / 3600 for k in ("start_ns", "end_ns"))
        if of_one and abs(of_one[-1][1] - begin) < 1e-6:
            of_one[-1][1] = end
        else:
            of_one.append([begin, end])
    tap.ok(code == 0, "agenda of what was imported", err)
    return {name: [(round(a, 4), round(b, 4)) for a, b in of_one] for name, of_one in spans.items()}


def check_calendar(scratch):
    rule = {"FREQ": "WEEKLY", "BYDAY": ["TU", "TH"], "COUNT": 6}
    events = [
        event("Tiếp công dân", local(2026, 12, 1, 8), local(2026, 12, 1, 10), rrule=rule, exdate=[local(2026, 12, 8, 8)],
              description="Phòng 2\nTầng 1", location="Trụ sở"),
        event("Tiếp công dân", local(2026, 12, 4, 13), local(2026, 12, 4, 14), recurrence_id=local(2026, 12, 3, 8)),
        event("Họp trực tuyến", utc(2026, 12, 7, 22), utc(2026, 12, 7, 23, 30)),
        event("Trực đêm", local(2026, 12, 9, 22), local(2026, 12, 10, 2)),
        event("Hội chợ", local(2026, 12, 11, 20), local(2026, 12, 13, 6)),
        event("Nghỉ lễ", datetime.date(2026, 12, 19), datetime.date(2026, 12, 21)),
        event("Ngày cuối", datetime.date(2026, 12, 24), None),
        event("Hủy", local(2026, 12, 26, 8), local(2026, 12, 26, 9), status="CANCELLED"),
    ]
    path = put(scratch, "lich.ics", calendar(events))
    made = scratch.file("don-vi/lich.yaml")
    code, out, err = run("bangtin", "import", path, "-o", made)
    tap.ok(code == 0 and err.count("\n") == 1 and "`Hủy` is cancelled" in err, "a calendar; what is cancelled is told", err)
    tap.equal(run("bangtin", "check", made), (0, "1 file: no errors\n", ""), "it passes check")
    tap.ok("# Trụ sở\n  # Phòng 2\n  # Tầng 1\n" in read(made).decode(), "place and description are notes", read(made).decode())
    site = Site(scratch, DISPLAYS, units=["don-vi"])
    start = datetime.date(2026, 12, 1)
    zero = local(2026, 12, 1)

    def hours(begin, end):
        return (round((begin - zero).total_seconds() / 3600, 4), round((end - zero).total_seconds() / 3600, 4))
    two = datetime.timedelta(hours=2)
    days = [d.replace(tzinfo=ZONE) for d in rrule.rrule(rrule.WEEKLY, dtstart=datetime.datetime(2026, 12, 1, 8), byweekday=(1, 3), count=6)]
    citizens = [hours(d, d + two) for d in days if (d.month, d.day) not in ((12, 3), (12, 8))]
    citizens.append(hours(local(2026, 12, 4, 13), local(2026, 12, 4, 14)))
    wanted = {
        "tiep-cong-dan": sorted(citizens),
        "hop-truc-tuyen": [hours(local(2026, 12, 8, 5), local(2026, 12, 8, 6, 30))],
        "truc-dem": [hours(local(2026, 12, 9, 22), local(2026, 12, 10, 2))],
        "hoi-cho": [hours(local(2026, 12, 11, 20), local(2026, 12, 13, 6))],
        "nghi-le": [hours(local(2026, 12, 19), local(2026, 12, 21))],
        "ngay-cuoi": [hours(local(2026, 12, 24), local(2026, 12, 25))],
    }
    got = played(site, made, start, 30)
    # the event in place of another and the rule's have notes of their own: two messages
    got = {"tiep-cong-dan": sorted(got.pop("tiep-cong-dan", []) + got.pop("tiep-cong-dan-2", [])), **got}
    tap.equal(got, wanted, "what plays is what dateutil says")
    check_own(scratch, site, made, start)
    check_calendar_faults(scratch)


def check_own(scratch, site, playlist, start):
    code, out, err = site.bangtin("agenda", "-d", "bang", "--from", f"{start} 00:00", "--until", "2026-12-31 00:00", "--ics", playlist)
    path = put(scratch, "own.ics", out.encode())
    made = scratch.file("don-vi/own.yaml")
    code, _, err = run("bangtin", "import", path, "-o", made)
    before = {k.removesuffix("-2"): v for k, v in played(site, playlist, start, 30).items() if k != "tiep-cong-dan-2"}
    after = played(site, made, start, 30)
    tap.ok(code == 0 and "on: bang\n" in read(made).decode(), "what agenda --ics wrote", err)
    after["tiep-cong-dan"] = [s for s in after["tiep-cong-dan"] if s in before["tiep-cong-dan"]]
    tap.equal(after, before, "plays the same again")


def check_calendar_faults(scratch):
    berlin = tz.gettz("Europe/Berlin")
    weekly = {"FREQ": "WEEKLY"}
    nameless = event("x", local(2026, 12, 1, 8), local(2026, 12, 1, 9))
    del nameless["SUMMARY"]
    events = [nameless, event("a", local(2026, 12, 1, 8), None), event("b", local(2026, 12, 1, 8), local(2026, 12, 4, 9), rrule=weekly),
              event("c", datetime.datetime(2026, 12, 1, 9, tzinfo=berlin), datetime.datetime(2026, 12, 1, 10, tzinfo=berlin), rrule=weekly),
              event("d", local(2026, 12, 1, 8), local(2026, 12, 1, 9), rrule={"FREQ": "HOURLY"}),
              event("e", local(2026, 12, 1, 8), local(2026, 12, 1, 9))]
    data = calendar(events).replace(b"END:VCALENDAR", b"BEGIN:VTODO\r\nSUMMARY:x\r\nEND:VTODO\r\nEND:VCALENDAR")
    path = put(scratch, "faults.ics", data)
    code, out, err = run("bangtin", "import", path)
    lines = data.decode().split("\r\n")
    begins = [i + 1 for i, line in enumerate(lines) if line == "BEGIN:VEVENT"]
    words = ["no SUMMARY", "no end", "longer than a day", "another zone", "`repeat`"]
    tap.ok(code == 1 and not out and all(any(line.startswith(f"{path}:{b}:1: error: ") and w in line for line in err.splitlines())
                                         for b, w in zip(begins, words)), "events that cannot be taken, each at its line", err)
    tap.ok("VTODO is not taken" in err, "and what is no event", err)
    code, out, err = run("bangtin", "import", "--partial", path)
    tap.ok(code == 0 and out.count("- show: ") == 1 and "- show: e\n" in out, "--partial takes the rest", out)


with Scratch() as scratch:
    check_forms(scratch)
    check_legacy(scratch)
    check_faults(scratch)
    check_calendar(scratch)
tap.done()
