#!/usr/bin/env python3
"""What `bangtin check` finds that is right by the letter: each rule with a text that it finds, at its place, and one that
it leaves alone."""
import datetime
import json

from harness import Scratch, Site, Tap

tap = Tap()
DISPLAYS = """
{ name = "bang"; tags = ["led"]; size = "128x32"; driver = { name = "null"; }; }
"""
PLACES = 'places = ( "Cần Giuộc", "Tân An", "Bến Lức" );'
TODAY = datetime.date.today()


def day(offset):
    return (TODAY + datetime.timedelta(days=offset)).strftime("%d/%m/%Y")


def found(site, playlists, note):
    """(line, column, message) of what has that number."""
    code, out, err = site.bangtin("check", "--json", playlists)
    if code != 0:
        tap.ok(False, "check", out + err)
        return []
    return [(d["line"], d["column"], d["message"]) for d in json.loads(out) if d.get("note") == note]


def check_texts(site):
    """Each text is line 4 of its file, its quotation marks at column 15."""
    cases = [
        ("B050", "thứ Hai, ngày 3/3/2026", "thứ Ba"), ("B050", "Thứ hai, ngày 2/3/2026", None),
        ("B050", "Chủ nhật 01 tháng 3 năm 2026", None), ("B050", "Nghỉ chủ nhật (ngày 02/03/2026)", "thứ Hai"),
        ("B050", "Ngày 03-03-2026 (thứ 2)", "thứ Ba"), ("B050", "Ngày 03-03-2026 (thứ 3)", None),
        ("B050", "thứ Sáu, ngày 31/4/2026", "no such date"), ("B050", "từ thứ Hai đến thứ Sáu, ngày 6/3/2026", None),
        ("B050", "thứ Hai, ngày 10/3/2026 âm lịch", None),
        ("B051", "Rằm tháng Giêng (2/3/2026)", "2026-03-03"), ("B051", "Rằm tháng Giêng (3/3/2026)", None),
        ("B051", "mùng 10 tháng 3 âm lịch, ngày 25/4/2026", "9/3"), ("B051", "mùng 10 tháng 3 âm lịch, ngày 26/4/2026", None),
        ("B051", "ngày 26/4/2026, tức 10/3 âm lịch", None), ("B051", "ngày 26/4/2026 (tức 11/3 âm lịch)", "2026-04-27"),
        ("B051", "Mùng một tháng Chạp, thứ Hai ngày 19/1/2026", None),
        ("B051", "Mồng 2 tháng mười một, ngày 19/1/2026", "1/12"),
        ("B053", "Bưu điện Cần Giuôc", "Cần Giuộc"), ("B053", "Bưu điện Cần Giuộc", None),
        ("B053", "Xã Bến Lứcc", "Bến Lức"), ("B053", "Phường Tân An", None), ("B053", "Tết Tân Mão", None),
        ("B053", "bến lực", None), ("B053", "Quay về Bến Xe", None),
    ]
    for i, (note, text, wanted) in enumerate(cases):
        playlists = site.playlists(f'messages:\n  tin: {{text: "{text}"}}\nschedule:\n  - {{show: tin, on: led}}\n',
                                   directory=f"text-{i}")
        got = found(site, playlists, note)
        if wanted is None:
            tap.equal(got, [], f"{note}: `{text}` is right")
        else:
            tap.ok(len(got) == 1 and got[0][:2] == (4, 15) and wanted in got[0][2], f"{note}: `{text}` is wrong, at its place", got)


def check_past(site):
    text = f"""
messages:
  qua: {{text: "Nhận hồ sơ đến ngày {day(-5)}"}}
  con: {{text: "Nhận hồ sơ từ ngày {day(-5)} đến ngày {day(5)}"}}
  het: {{text: "Hết hạn ngày {day(-5)}"}}
schedule:
  - {{show: qua, on: led}}
  - {{show: con, on: led}}
  - {{show: het, on: led, until: {(TODAY - datetime.timedelta(days=4)).isoformat()}}}
"""
    got = found(site, site.playlists(text, directory="past"), "B052")
    tap.ok(len(got) == 1 and got[0][:2] == (5, 15) and "province/qua" in got[0][2], "B052: the last date is over, it still plays", got)


def check_schedule(site):
    beaten = """
messages:
  gio: {text: "Giờ làm việc"}
  thue: {text: "Nộp thuế"}
  quen: {text: "Một cửa"}
schedule:
  - {show: gio, on: led, hours: "08:00-10:00", priority: 5, name: thap}
  - {show: thue, on: led, hours: "07:00-%s", priority: 20, name: cao}
"""
    wrong, right = (site.playlists(beaten % end, directory=name) for end, name in (("11:00", "beaten"), ("09:00", "free")))
    got = found(site, wrong, "B061")
    tap.ok(len(got) == 1 and got[0][0] == 9 and "province/thap" in got[0][2] and "province/cao" in got[0][2], "B061: always beaten", got)
    tap.equal(found(site, right, "B061"), [], "B061: an hour is left")
    names = [message.split("`")[1] for _, _, message in found(site, right, "B060")]
    tap.equal(names, ["province/quen"], "B060: what no entry shows")
    names = [message.split("`")[1] for _, _, message in found(site, wrong, "B060")]
    tap.equal(names, ["province/gio", "province/quen"], "B060: and what is always beaten")
    tap.equal(found(site, right, "B063"), [], "B063: nights are no gap")
    until = (TODAY + datetime.timedelta(days=30)).isoformat()
    gap = site.playlists(f"""
messages:
  gio: {{text: "Giờ làm việc"}}
schedule:
  - {{show: gio, on: led, until: {until}}}
""", directory="gap")
    code, out, _ = site.bangtin("check", "--json", gap)
    got = [d for d in json.loads(out) if d.get("note") == "B063"]
    tap.ok(code == 0 and len(got) == 1 and got[0]["file"] == site.configuration and
           (TODAY + datetime.timedelta(days=31)).isoformat() in got[0]["message"], "B063: nothing after a month", out)


def check_units(scratch):
    site = Site(scratch, DISPLAYS, units=("province", "xa"))
    province = """
messages:
  lon: {text: "Thông báo của tỉnh"}
schedule:
  - {show: lon, on: led, hours: "08:00-18:00", required: true, priority: 10, name: lon}
"""
    unit = """
messages:
  xa: {text: "Thông báo của xã"}
schedule:
  - {show: xa, on: led, hours: "08:00-%s", priority: 20, name: xa}
"""
    for end, wanted in (("17:30", 1), ("16:00", 0)):
        directory = f"units-{end[:2]}"
        site.playlists(province, directory=directory)
        playlists = site.playlists(unit % end, unit="xa", directory=directory)
        got = found(site, playlists, "B062")
        tap.ok(len(got) == wanted and all(line == 7 and "5.0%" in text and "xa/xa" in text for line, _, text in got),
               f"B062: a unit plays until {end}", got)
    alone = site.playlists("messages:\n  quen: {text: \"Một cửa\"}\n", directory="alone")
    tap.equal(found(site, alone, "B060") + found(site, alone, "B063"), [], "B060, B063: not where units are missing")


with Scratch() as scratch:
    site = Site(scratch, DISPLAYS, extra=PLACES)
    check_texts(site)
    check_past(site)
    check_schedule(site)
with Scratch() as scratch:
    check_units(scratch)
tap.done()
