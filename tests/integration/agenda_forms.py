#!/usr/bin/python3
"""The agenda's other forms (with the Python of Debian, which has icalendar), each against the agenda itself: iCalendar as an independent parser (icalendar) reads it, the
week's chart, and counts."""
import json
import os

import icalendar

from harness import Scratch, Site, Tap

tap = Tap()
DISPLAYS = '{ name = "bang"; tags = ["led"]; size = "64x16"; driver = { name = "null"; }; on-hours = ["01:00-22:00"]; }'
LONG = "Giờ làm việc: thứ Hai đến thứ Sáu; sáng từ 7 giờ, chiều từ 13 giờ, nghỉ các ngày lễ, Tết theo quy định"
PLAYLIST = f"""
messages:
  gio: {{text: "{LONG}"}}
  thue: {{text: "Nộp thuế"}}
  dem: {{text: "Đêm"}}
schedule:
  - {{show: gio, on: led, hours: "07:00-11:00", days: mon..fri, name: gio}}
  - {{show: thue, on: led, hours: "08:00-12:00", days: mon..fri, priority: 20, name: thue}}
  - {{show: dem, on: led, hours: "01:30-04:00", name: dem}}
"""
# The clocks of Berlin go forward on 2026-03-29 at 02:00.
SPAN = ("-d", "bang", "--from", "2026-03-23 00:00", "--until", "2026-03-30 00:00")


def check_ics(site, playlists):
    code, out, err = site.bangtin("agenda", *SPAN, "--ics", playlists)
    tap.ok(code == 0 and out.isascii() is False, "--ics", err)
    # universal newlines have made one character of CRLF here
    tap.ok(all(len(line.encode()) <= 75 for line in out.split("\n")), "--ics: lines of 75 bytes at most", out)
    calendar = icalendar.Calendar.from_ical(out)
    zones = list(calendar.walk("VTIMEZONE"))
    tap.equal([str(zone["TZID"]) for zone in zones], ["Europe/Berlin"], "--ics: one zone")
    zone = zones[0].to_tz()
    events = list(calendar.walk("VEVENT"))
    got = {(str(e["SUMMARY"]), instant(zone, e["DTSTART"].dt), instant(zone, e["DTEND"].dt)) for e in events}
    code, out, _ = site.bangtin("agenda", *SPAN, "--json", playlists)
    tap.equal(got, spans(json.loads(out)), "--ics: events are the agenda's spans, by the file's own zone")
    tap.ok(len({str(e["UID"]) for e in events}) == len(events) == 5 + 5 + 7, "--ics: each event has a name of its own")
    tap.ok(LONG in next(str(e["DESCRIPTION"]) for e in events if e["SUMMARY"] == "province/gio"), "--ics: texts are whole")
    again = icalendar.Calendar.from_ical(site.bangtin("agenda", *SPAN, "--ics", playlists)[1])
    tap.equal([str(e["UID"]) for e in again.walk("VEVENT")], [str(e["UID"]) for e in events], "--ics: and keeps it")
    tap.equal(site.bangtin("agenda", *SPAN, "--ics", "--json", playlists)[0], 2, "--ics has no JSON")


def instant(zone, local):
    return int(zone.localize(local.replace(tzinfo=None)).timestamp())


def spans(segments):
    """Segments of one entry that touch, as one."""
    found = []
    for s in segments:
        if "entry" not in s:
            continue
        start, end = s["start_ns"] // 10**9, s["end_ns"] // 10**9
        if found and found[-1][0] == s["entry"] and found[-1][2] == start:
            found[-1][2] = end
        else:
            found.append([s["entry"], start, end])
    return {tuple(f) for f in found}


def check_week(site, playlists):
    # any day of the week will do
    code, out, _ = site.bangtin("agenda", "-d", "bang", "--from", "2026-03-25 09:00", "--week", playlists, env_width=76)
    lines = out.split("\n")
    tap.ok(code == 0 and max(map(len, lines)) <= 76 and lines[0].split()[:3] == ["Mon", "03-23", "Tue"], "--week: 76 columns",
           out)
    rows = {line[:5]: line[6:] for line in lines if line[:1].isdigit()}
    tap.ok(rows["07:00"].startswith("AAAAAAAAA ") and rows["08:00"].startswith("BBBBBBBBB ") and
           rows["07:00"].rstrip().endswith("."), "--week: the higher priority's letter", out)
    # 02:00 to 03:00 is skipped on the Sunday
    tap.ok(rows["02:00"].rstrip().endswith("CCCCCCCCC") and len(rows["02:00"].rstrip()) == 6 * 10 - 1 and
           len(rows["03:00"].rstrip()) == 7 * 10 - 1, "--week: an hour that the clock skips is empty", out)
    tap.ok("A  province/gio, 300.0 minutes, priority 10" in lines and "C  province/dem, 990.0 minutes, priority 10" in lines,
           "--week: the legend", out)
    code, out, _ = site.bangtin("agenda", "-d", "bang", "--from", "2026-03-25 09:00", "--week", playlists, env_width=20)
    tap.ok(code == 0 and max(len(line) for line in out.split("\n\n", maxsplit=1)[0].split("\n")) <= 20, "--week: 20 columns", out)
    code, out, _ = site.bangtin("agenda", "-d", "bang", "--from", "2026-03-25 09:00", "--week", "--json", playlists)
    minutes = sum(cell["minutes"] for cell in json.loads(out))
    tap.equal(minutes, 5 * 60 + 5 * 240 + 7 * 150 - 60, "--week: as JSON")


def check_counts(site, playlists):
    code, out, _ = site.bangtin("agenda", *SPAN, "--counts", "--json", playlists)
    rows = {row["entry"]: row for row in json.loads(out)}
    gio, thue = rows["province/gio"], rows["province/thue"]
    tap.equal((code, gio["minutes"], gio["open_minutes"], gio["share"]), (0, 300, 1200, 0.25), "--counts: what was beaten")
    tap.equal((thue["minutes"], thue["share"]), (1200, 1), "--counts: what was not")
    segments = json.loads(site.bangtin("agenda", *SPAN, "--json", playlists)[1])
    begun = sum(s.get("entry") == "province/gio" and s["item_start_ns"] == s["start_ns"] for s in segments)
    tap.ok(gio["showings"] == begun > 100, "--counts: showings", gio)
    code, out, _ = site.bangtin("agenda", *SPAN, "--counts", playlists)
    tap.ok(code == 0 and any(line.split()[:3] == ["300.0", "1200.0", "25.0%"] for line in out.split("\n")), "--counts: text", out)


class Berlin(Site):
    """With the width of the terminal in the environment, where one is told."""

    def __init__(self, scratch):
        super().__init__(scratch, DISPLAYS)
        with open(self.configuration, encoding="utf-8") as f:
            text = f.read()
        scratch.file("bangtind.conf", text.replace("Asia/Ho_Chi_Minh", "Europe/Berlin"))

    def bangtin(self, command, *arguments, env_width=None, **options):
        if env_width:
            options["env"] = {**os.environ, "COLUMNS": str(env_width)}
        return super().bangtin(command, *arguments, **options)


with Scratch() as scratch:
    site = Berlin(scratch)
    playlists = site.playlists(PLAYLIST)
    check_ics(site, playlists)
    check_week(site, playlists)
    check_counts(site, playlists)
tap.done()
