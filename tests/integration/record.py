#!/usr/bin/env python3
"""Proof of play: a simulated day's record is the agenda's minutes and showings; what a board confirmed, lost, was ordered;
kill -9, a full disk, a forged row; the certificate and its verification. The chain is checked by a reader of its own."""
import csv
import datetime
import hashlib
import json
import os
import resource
import shutil
import signal
import sqlite3

from harness import Scratch, Site, Tap, free_port, run, stop, wait_for

tap = Tap()
SECOND = 10**9
KINDS = ("shown", "start", "stop", "unreachable", "loaded", "order", "lifted", "clock", "gap", "cut", "link")
HOWS = ("next", "continues", "lost", "step", "stopped", "crashed", "missed")
SOURCES = ("", "schedule", "announce", "blank", "default", "off", "pattern")


def database(site):
    return os.path.join(site.state, "record", "record.db")


def chain(path):
    """Holds every row's hash against the documented form, with Python's own SQLite and SHA-256: (rows, first bad row)."""
    def text(value):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        before, = db.execute("SELECT digest FROM state WHERE name = 'base'").fetchone()
        count = 0
        for (number, kind, display, generation, frame, begin, end, monotonic, how, confirmed, begins, trusted, brightness,
             override, run_, note, digest, source, item, entry, content, boot) in db.execute(
                "SELECT r.number, kind, display, generation, frame, begin, end, monotonic, how, confirmed, begins, trusted,"
                " brightness, override, r.run, note, digest, source, item, entry, content, boot FROM rows r"
                " JOIN things t ON t.id = r.thing LEFT JOIN runs u ON u.run = r.run ORDER BY r.number"):
            line = "\t".join((str(number), KINDS[kind], text(display), SOURCES[source], text(item), text(entry),
                              text(content), str(generation), f"{frame & (2**64 - 1):016x}", str(begin), str(end),
                              str(monotonic), HOWS[how], str(confirmed), str(begins), str(trusted), str(brightness),
                              text(override), str(run_), text(boot or ""), text(note)))
            before = hashlib.sha256(f"{before}\n{line}".encode()).hexdigest()
            if before != digest.hex():
                return count, number
            count += 1
    return count, 0


def rows(site, *arguments, live=False):
    code, out, err = (site.live if live else site.bangtin)("log", "--json", *arguments)
    if code:
        raise RuntimeError(err)
    return [json.loads(line) for line in out.splitlines()]


def shown(site, **wanted):
    return [r for r in rows(site) if r["kind"] == "shown" and all(r[k] == v for k, v in wanted.items())]


PLAYLISTS = """
messages:
  nop-ho-so: {text: Nộp hồ sơ trực tuyến}
  bhyt: {text: Bảo hiểm y tế toàn dân}
  chao: {text: A}
playlists:
  ngay:
    - {show: nop-ho-so, for: 20m}
    - {show: bhyt, for: 40m}
schedule:
  - {play: ngay, name: ngay, on: [led], hours: ["06:00-18:30"]}
  - {show: chao, name: chao, on: [led], hours: ["18:30-21:00"], for: 50m, at-least: 1/d}
"""
DISPLAYS = """{ name = "cong"; tags = ["led"]; size = "64x16"; rate = 30.0; default = "UBND"; driver = { name = "null"; }; },
{ name = "sanh"; tags = ["led"]; size = "32x16"; rate = 30.0; on-hours = ["07:00-20:00"]; driver = { name = "null"; }; }"""


DAY = (1772384400 * SECOND, 1772470800 * SECOND)  # 2026-03-02 in Vietnam


def within(row, span=DAY):
    return max(0, min(row["end_ns"], span[1]) - max(row["begin_ns"], span[0]))


def a_simulated_day(scratch):
    site = Site(scratch, DISPLAYS)
    site.bangtin("load", site.playlists(PLAYLISTS))
    site.start("2026-03-01 22:00:00,4320")
    over = wait_for(lambda: (site.status().get("clock", {}).get("time") or "") > "2026-03-03T00:30", 60)
    tap.ok(over, "a day passes in twenty seconds")
    stop(site.daemon)
    code, out, err = site.bangtin("agenda", "-d", "cong", "--from", "2026-03-02 00:00", "--counts", "--json")
    agenda = {r["entry"]: (r["minutes"], r["showings"]) for r in json.loads(out)}
    recorded = {e: [0, 0] for e in agenda}
    for row in shown(site, display="cong", source="schedule"):
        recorded[row["entry"]][0] += within(row)
        recorded[row["entry"]][1] += row["begins"] and DAY[0] <= row["begin_ns"] < DAY[1]
    recorded = {e: (ns / SECOND / 60, n) for e, (ns, n) in recorded.items()}
    tap.equal(recorded, agenda, "the record of the day is the agenda's minutes and showings")
    hours = {s: sum(within(r) for r in shown(site, display="sanh", source=s)) / SECOND / 3600 for s in ("off", "schedule")}
    tap.equal(hours, {"off": 11.0, "schedule": 13.0}, "off by its hours is recorded as that")
    tap.equal({r["confirmed"] for r in shown(site)}, {False}, "what no device confirms is recorded as sent")
    code, out, err = site.bangtin("log", "--verify", "--json")
    count, bad = chain(database(site))
    tap.ok(code == 0 and bad == 0 and json.loads(out)["rows"] == count, "the chain is whole, by our reader and another", out)
    return site


PERIOD = ("--from", "2026-03-02 00:00", "--until", "2026-03-03 00:00")


def certificates(scratch, site):
    out = os.path.join(scratch.path, "xac-nhan.pdf")
    code, text, err = site.bangtin("certificate", "--entry", "province/chao", *PERIOD, "--json")
    figures = {d["display"]: d for d in json.loads(text)["displays"]} if code == 0 else {}
    tap.ok(code == 0 and all(d["sent_ns"] + d["confirmed_ns"] == d["scheduled_ns"] and
                             d["sent_showings"] == d["scheduled_showings"] >= d["demanded_showings"] == 1
                             for d in figures.values()) and len(figures) == 2,
           "a certificate's minutes and showings are the schedule's", text + err)
    other = os.path.join(scratch.path, "none.pdf")
    code, text, err = site.bangtin("certificate", "--item", "province/bhyt", *PERIOD, "-o", other, "-k", other + ".key")
    tap.ok(code == 1 and not os.path.exists(other), "a key that is not there: no half certificate", text + err)
    tap.equal([run("bangtin", "log", "--record", scratch.path)[0],
               site.bangtin("certificate", "--item", "bhyt", *PERIOD, "-o", other)[0]], [1, 2],
              "a directory is no record, a name without its unit no item")
    code, text, err = site.bangtin("certificate", "--item", "province/khong-co", *PERIOD, "-o", other)
    tap.ok(code == 1 and "`province/khong-co`" in err and not os.path.exists(other),
           "a message that neither the schedule nor the record knows is not certified", text + err)
    today = datetime.date.today()
    code, text, err = site.bangtin("certificate", "--item", "province/bhyt", "--from", f"{today - datetime.timedelta(1)} 00:00",
                                   "--until", f"{today + datetime.timedelta(2)} 00:00", "-o", other)
    paper = " ".join(run("pdftotext", "-layout", other, "-")[1].split())
    tap.ok(code == 0 and "--until" in err and "Giấy này lập khi chưa hết thời gian trên" in paper, "an end that has not come: said, and on the paper",
           err + paper)
    code, text, err = site.bangtin("certificate", "--item", "province/bhyt", *PERIOD, "-o", out, "--unit", "UBND phường")
    tap.ok(code == 0 and not err and "chưa hết" not in run("pdftotext", "-layout", out, "-")[1], "one that has come: not a word", err)
    code_text, paper, _ = run("pdftotext", "-layout", out, "-")
    with open(out[:-3] + "csv", encoding="utf-8") as f:
        lines = list(csv.reader(f))
    digest = hashlib.sha256(open(out[:-3] + "csv", "rb").read()).hexdigest()
    tap.ok(code == 0 and "GIẤY XÁC NHẬN ĐĂNG THÔNG BÁO" in paper and "Bảo hiểm y tế toàn dân" in paper and digest in paper,
           "the paper says what it certifies, and the digest of the file beside it", paper + err)
    head = next(line for line in lines if line[0] == "head")
    run("pdftoppm", "-r", "150", "-png", "-singlefile", out, out[:-4])
    code, text, err = run("zbarimg", "-q", "--raw", out[:-4] + ".png")
    tap.equal(text.strip(), f"bangtin-certificate 1 {head[1]}:{head[2]} {digest}", "its code is read by an independent reader")
    with sqlite3.connect(f"file:{database(site)}?mode=ro", uri=True) as db:
        tap.equal(db.execute("SELECT lower(hex(digest)) FROM rows WHERE number = ?", (head[1],)).fetchone()[0], head[2],
                  "the chain's end in it is the record's")
    copy = os.path.join(scratch.path, "copy.db")
    stick = os.path.join(scratch.path, "stick")
    os.makedirs(stick)
    tap.ok(verify(out, database(site))[0] == 0, "a certificate is verified without a daemon")
    for name, sql in (("a longer row", "UPDATE rows SET end = end + 60000000000 WHERE number = 20"),
                      ("a removed row", "DELETE FROM rows WHERE number = 20"),
                      ("another message", "UPDATE things SET item = 'province/chao' WHERE item = 'province/bhyt'"),
                      ("a cut tail", f"DELETE FROM rows WHERE number >= {head[1]}")):
        shutil.copy(database(site), copy)
        with sqlite3.connect(copy) as db:
            db.execute(sql)
        db.close()
        code, text, err = verify(out, copy)
        log_code = run("bangtin", "log", "--record", copy, "--verify")[0]
        tap.ok(code == 1 and log_code == 1, f"{name}: found by the certificate and by the chain", text + err)
        os.remove(copy)
    with open(out[:-3] + "csv", encoding="utf-8") as f:
        text = f.read()
    forged = scratch.file("forged.csv", text.replace("day,cong,2026-03-02,0,0,", "day,cong,2026-03-02,0,0,9", 1))
    code, _, err = run("bangtin", "certificate", "--verify", forged, "--record", database(site))
    number = next(n for n, line in enumerate(text.split("\n"), 1) if line.startswith("day,cong"))
    tap.ok(code == 1 and f"forged.csv:{number}:" in err, "a changed figure is found, with its line", err)


def verify(pdf, record):
    return run("bangtin", "certificate", "--verify", pdf[:-3] + "csv", "--record", record)


def content(number, quota=""):
    return f"""messages:
  a: {{text: Lần {number}}}
schedule:
  - {{show: a, name: a, on: [led], hours: ["{"00:00-24:00" if number == 1 else "23:00-24:00"}"], for: 10m{quota}}}
"""


def a_schedule_that_changed(scratch):
    """What should have been shown is asked of the generation that played then; of one that is gone it is not invented."""
    site = Site(scratch, DISPLAYS)
    site.bangtin("load", site.playlists(content(1, ", at-least: 2/d")))
    site.start("2026-03-02 00:00:00,8640")
    wait_for(lambda: (site.status().get("clock", {}).get("time") or "") > "2026-03-02T10:00", 60)
    site.live("load", site.playlists(content(2)))
    wait_for(lambda: (site.status().get("clock", {}).get("time") or "") > "2026-03-03T00:10", 60)
    stop(site.daemon)
    changed = next(r for r in rows(site) if r["kind"] == "loaded" and r["generation"] == 2)["begin_ns"]
    ask = ("certificate", "-d", "cong", "--item", "province/a", *PERIOD)

    def counts():
        code, text, err = site.bangtin(*ask, "--json")
        return json.loads(text) if code == 0 else err, err
    got, err = counts()
    figures = got["displays"][0]
    begun = got["generations"][0]["generation"] == 0  # before the daemon's first row
    wanted = changed - DAY[0] + 3600 * SECOND
    tap.ok([(g["generation"], g["schedule"]) for g in got["generations"]][begun:] == [(1, "known"), (2, "known")] and
           wanted - 600 * SECOND < figures["scheduled_ns"] <= wanted and got["missing_ns"] == 0 and not err and
           figures["demanded_showings"] == 2, "each part of the period is held against the generation that played then", got)
    out = os.path.join(scratch.path, "changed.pdf")
    generation = os.path.join(site.state, "generations", "000001")
    os.rename(generation, scratch.path + "/kept")
    code, _, err = site.bangtin(*ask, "-o", out)
    paper = " ".join(run("pdftotext", "-layout", out, "-")[1].split())
    got, _ = counts()
    figures = got["displays"][0]
    tap.ok(code == 0 and "not kept any more" in err and "không đối chiếu được" in paper and "Lần 2" in paper and
           got["generations"][begun]["schedule"] == "gone" and got["missing_ns"] > 9 * 3600 * SECOND and
           figures["scheduled_ns"] == 3600 * SECOND and figures["demanded_showings"] == 0 and
           figures["compared_ns"] < figures["sent_ns"], "of a generation that is gone nothing is invented, and the paper says so",
           f"{err}{paper}{got}")
    shutil.copytree(os.path.join(site.state, "generations", "000002"), generation)
    got, _ = counts()
    tap.ok(got["generations"][begun]["schedule"] in ("changed", "gone") and figures == got["displays"][0],
           "nor is another in its place believed", got)
    code, text, err = site.bangtin("certificate", "--entry", "province/khong-co", *PERIOD, "--json")
    tap.ok(code == 1 and "`province/khong-co`" in err, "an entry of which nobody knows is not certified", text + err)


BOARD = """{ name = "bang"; tags = ["led"]; size = "64x32"; rate = 20.0; refresh = "1s"; default = "UBND"; brightness = 60;
  driver = { name = "huidu"; host = "127.0.0.1"; port = PORT; }; }"""


def a_board_that_answers(scratch):
    """Real time: what the board confirms, loses, is ordered; the daemon is killed and starts again."""
    port = free_port()
    board = simulator(scratch, port)
    site = Site(scratch, BOARD.replace("PORT", str(port)))
    site.bangtin("load", site.playlists("messages:\n  a: {text: A}\nschedule:\n  - {show: a, name: a, on: [led], for: 60s}\n"))
    site.start()
    tap.ok(wait_for(lambda: any(r["confirmed"] for r in rows(site, live=True) if r["item"] == "province/a"), 30),
           "a board that answers is recorded as confirmed", rows(site))
    code, out, err = site.live("blank")
    wait_for(lambda: any(r["source"] == "blank" for r in rows(site, live=True)), 20)
    site.live("unblank")
    wait_for(lambda: [r for r in rows(site, live=True) if r["row"] == 0 and r["source"] == "schedule"], 20)
    kinds = [(r["kind"], r["source"]) for r in rows(site, live=True)]
    tap.ok(("order", "blank") in kinds and ("shown", "blank") in kinds and ("lifted", "blank") in kinds,
           "an order to blank: when it was given, shown and lifted", kinds)
    stop(board)
    lost = wait_for(lambda: [r for r in rows(site, live=True) if r["how"] == "lost"], 60)
    tap.ok(lost, "a display that is lost ends its showing at the last confirmation")
    board = simulator(scratch, port)
    away = wait_for(lambda: [r for r in rows(site, live=True) if r["kind"] == "unreachable" and r["row"] > lost[0]["row"]], 60)
    inside = [r for r in shown(site) if away and r["begin_ns"] < away[0]["end_ns"] and r["end_ns"] > away[0]["begin_ns"]]
    tap.ok(away and away[0]["begin_ns"] == lost[0]["end_ns"] and not inside, "and is unreachable from there until it answers again", (away, inside))
    before = max(r["row"] for r in rows(site, live=True))
    stop(board)
    board = simulator(scratch, port)
    brief = wait_for(lambda: [r for r in rows(site, live=True) if r["kind"] == "unreachable" and r["row"] > before], 60)
    ends = [r["end_ns"] for r in rows(site) if r["how"] == "lost" and r["row"] > before]
    tap.ok(brief and brief[0]["begin_ns"] in ends, "so is one that comes back at once", (brief, ends))
    code, out, err = site.live("export", "--usb", scratch.path)
    place = next((os.path.join(at, "record.db") for at, _, names in os.walk(os.path.join(scratch.path, "bangtin", "out"))
                  if "record.db" in names), None)
    with open(os.path.join(os.path.dirname(place or "/"), "record.head"), encoding="ascii") as f:
        head = f.read().strip()
    code, out, err = run("bangtin", "log", "--record", place, "--verify", "--head", head)
    tap.ok(code == 0 and head in out, "export --usb takes a whole copy and the chain's end", out + err)
    wait_for(lambda: [r for r in rows(site, live=True) if r["row"] == 0 and r["end_ns"] > r["begin_ns"]], 20)
    site.daemon.send_signal(signal.SIGKILL)
    site.daemon.wait()
    before = rows(site)[-1]
    code, out, err = site.bangtin("log", "--verify")
    tap.ok(code == 0 and "1 row in progress" in out, "the proof says that the row in progress is not in it", out + err)
    site.start()
    after = wait_for(lambda: [r for r in rows(site, live=True) if r["how"] == "crashed"], 20)
    tap.ok(after and after[0]["end_ns"] == before["end_ns"] and before["row"] == 0,
           "after kill -9 what was open is closed where it was written last", (before, after))
    limit(site, 0)
    site.live("blank")
    failing = wait_for(lambda: site.status()["record"]["failures"] or None, 30)
    tap.ok(failing and site.display("bang")["health"] == "up" and site.display("bang")["frames"]["shown"] > 0,
           "a disk that takes nothing stops no picture", site.status().get("record"))
    limit(site, resource.RLIM_INFINITY)
    tap.ok(wait_for(lambda: [r for r in rows(site, live=True) if r["row"] and r["kind"] == "order" and r["run"] > 1], 40),
           "what was noted meanwhile is written when it can be")
    stop(site.daemon)
    count, bad = chain(database(site))
    code, out, err = site.bangtin("log", "--verify", "--head", head)
    tap.ok(code == 0 and bad == 0, "the chain is whole through all of it, and goes through the exported end", out + err)


def simulator(scratch, port):
    return scratch.start("bangtin-simulator", "--protocol", "huidu", "--size", "64x32", "--tcp", f"127.0.0.1:{port}")


def limit(site, most):
    resource.prlimit(site.daemon.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


with Scratch() as scratch_:
    certificates(scratch_, a_simulated_day(scratch_))
with Scratch() as scratch_:
    a_schedule_that_changed(scratch_)
with Scratch() as scratch_:
    a_board_that_answers(scratch_)
tap.done()
