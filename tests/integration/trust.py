#!/usr/bin/env python3
"""Signed content, end to end: two people's signatures, checked by stock minisign and sha256sum; each rule of acceptance
refuses its own tampered bundle, with the daemon and without; the root file goes forward only; templates; the walk with a
stick; nothing older ever comes back."""
import json
import os
import shutil
import signal
import stat
import subprocess
import sys

from harness import Scratch, Site, Tap, program, read_png, run, stop, wait_for

tap = Tap()
DISPLAYS = """
{ name = "cong"; tags = ["led"]; size = "64x16"; default = "UBND"; driver = { name = "null"; }; },
{ name = "sanh"; tags = ["kiosk"]; size = "128x32"; default = "Trung tâm"; driver = { name = "null"; }; }
"""
NOW = "2026-12-01 08:00:00,0"
PEOPLE = {"an": "root,author tan-an", "binh": "root,approver tan-an,province", "chi": "root,author,approver *",
          "dung": "author,approver province"}


def playlist(unit, words):
    return f"""bangtin: 1
unit: {unit}
messages:
  m: {{text: "{words}"}}
schedule:
  - {{show: m, on: [led, kiosk], name: n}}
"""


class Office:
    """Keys of people, a root file, and bundles."""

    def __init__(self, scratch):
        self.path = scratch.file("office/.keep", "")[:-6]
        self.root = os.path.join(self.path, "root1", "ROOT")
        os.makedirs(os.path.dirname(self.root))

    def key(self, name):
        return os.path.join(self.path, name + ".key")

    def new_key(self, name):
        code, out, err = run("bangtin", "key", "new", os.path.join(self.path, name), "--no-password")
        assert code == 0, err
        with open(os.path.join(self.path, name + ".pub"), encoding="ascii") as f:
            return f.read().splitlines()[1]

    def write_root(self, path, version, lines, signers):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as f:
            f.write(f"bangtin-root: 1\nversion: {version}\n" + "\n".join(lines) + "\n")
        for name in signers:
            code, _, err = run("bangtin", "sign", path, "-k", self.key(name))
            assert code == 0, err

    def bundle(self, name, unit="tan-an", words="Nộp hồ sơ", sequence=1, author="an", approver="binh", more=(),
               files=None):
        """A directory that both signed; a None does not sign."""
        directory = os.path.join(self.path, "bundles", name)
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        for file, text in (files if files is not None else {"thong-bao.yaml": playlist(unit, words)}).items():
            with open(os.path.join(directory, file), "w", encoding="utf-8") as f:
                f.write(text)
        arguments = ["--scope", unit, "--sequence", sequence, "--not-before", "2026-11-01", "--expires", "2027-03-01", *more]
        code, out, err = run("bangtin", "sign", directory, "-k", self.key(author), *arguments)
        assert code == 0, err
        if approver:
            code, out, err = run("bangtin", "approve", directory, "-k", self.key(approver))
            assert code == 0, err
        return directory


def append(path, text):
    with open(path, "a", encoding="utf-8") as f:
        f.write(text)


def words_of(site):
    """What plays, by what is in the current generation."""
    path = os.path.join(site.state, "current", "files", "tan-an", "thong-bao.yaml")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as f:
        return f.read().split('text: "')[1].split('"')[0]


def sources(site):
    return [site.display(n).get("playing", {}).get("source") for n in ("cong", "sanh")]


def check_keys(scratch, office):
    mode = stat.S_IMODE(os.stat(office.key("an")).st_mode)
    tap.equal(oct(mode), "0o600", "a secret key's file is its owner's alone")
    code, out, err = run("bangtin", "key", "show", office.key("an"))
    with open(office.key("an"), encoding="ascii") as f:
        secret = f.read().splitlines()[1]
    tap.ok(code == 1 and secret[:20] not in out + err, "a secret key is never shown", out + err)
    code, out, err = run("bangtin", "key", "new", os.path.join(office.path, "an"), "--no-password")
    tap.ok(code == 1 and "never written over" in err, "nor written over", err)
    code, out, err = run("bangtin", "key", "show", office.root, "--json")
    tap.ok(code == 0 and [k["person"] for k in json.loads(out)["keys"]] == list(PEOPLE), "the root file's people", out + err)
    code, out, err = run("bangtin", "verify", office.root)
    tap.ok(code == 0 and "version 1" in out, "a first root file is signed by two of its own holders", err)


def check_password(office):
    """minisign's scrypt takes a gigabyte, so there is one of each."""
    path = os.path.join(office.path, "mk")
    made = subprocess.run([program("bangtin"), "key", "new", path], input="một hai ba bốn\n", text=True, capture_output=True)
    tap.ok(made.returncode == 0, "a key with a password", made.stderr)
    file = os.path.join(office.path, "letter")
    append(file, "Kính gửi\n")
    signed = subprocess.run(["minisign", "-Sm", file, "-s", path + ".key"], input="một hai ba bốn\n", text=True,
                            capture_output=True)
    checked = run("minisign", "-Vm", file, "-p", path + ".pub")
    tap.ok(signed.returncode == 0 and checked[0] == 0, "stock minisign unlocks it and signs with it", signed.stderr + checked[2])
    wrong = subprocess.run([program("bangtin"), "sign", office.root, "-k", path + ".key"], input="sai mật khẩu\n", text=True,
                           capture_output=True)
    tap.ok(wrong.returncode == 1 and "password is wrong" in wrong.stderr, "a wrong password opens nothing", wrong.stderr)
    short = subprocess.run([program("bangtin"), "key", "new", path + "2"], input="ngắn\n", text=True, capture_output=True)
    tap.ok(short.returncode == 1 and not os.path.exists(path + "2.key"), "a short password is refused", short.stderr)


def check_stock(office):
    bundle = office.bundle("stock")
    for role, name in (("author", "an"), ("approver", "binh")):
        code, out, err = run("minisign", "-Vm", os.path.join(bundle, "MANIFEST"), "-x",
                             os.path.join(bundle, f"MANIFEST.{role}.minisig"), "-p", os.path.join(office.path, name + ".pub"))
        tap.ok(code == 0 and f"bangtin {role} scope:tan-an" in out, f"stock minisign verifies the {role}", out + err)
    code, out, err = run("minisign", "-Vm", os.path.join(bundle, "MANIFEST"), "-x",
                         os.path.join(bundle, "MANIFEST.author.minisig"), "-p", os.path.join(office.path, "binh.pub"))
    tap.ok(code != 0, "and not with another's key")
    code, out, err = run("sha256sum", "-c", "--strict", "MANIFEST", cwd=bundle)
    tap.ok(code == 0 and "thong-bao.yaml: OK" in out, "sha256sum -c --strict verifies the files", out + err)
    os.remove(os.path.join(bundle, "MANIFEST.approver.minisig"))
    code, out, err = run("minisign", "-Sm", os.path.join(bundle, "MANIFEST"), "-x",
                         os.path.join(bundle, "MANIFEST.approver.minisig"), "-s", office.key("binh"), "-t", "đã duyệt", "-W")
    good = run("bangtin", "verify", bundle, "--root", office.root, "--at", "2026-12-01 08:00")
    tap.ok(code == 0 and good[0] == 0 and "approved by binh" in good[1], "what stock minisign signs is verified", err + good[2])
    code, out, err = run("minisign", "-G", "-W", "-s", office.key("stock"), "-p", os.path.join(office.path, "stock.pub"))
    bundle = office.bundle("stock2", author="stock", approver=None)
    code, out, err = run("minisign", "-Vm", os.path.join(bundle, "MANIFEST"), "-x",
                         os.path.join(bundle, "MANIFEST.author.minisig"), "-p", os.path.join(office.path, "stock.pub"))
    tap.ok(code == 0, "a key that stock minisign made signs here", err)


def tampered(office, other):
    """(rule, what, directory): each breaks one rule only."""
    def edit(name, change, **options):
        directory = office.bundle(name, sequence=10, **options)
        change(directory)
        return directory

    def rewrite_comment(directory):
        path = os.path.join(directory, "MANIFEST.author.minisig")
        with open(path, encoding="utf-8") as f:
            text = f.read().replace("sequence:10", "sequence:99")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def swap(directory):
        for role in ("author", "approver"):
            shutil.copy(os.path.join(other, f"MANIFEST.{role}.minisig"), directory)

    yield "sizes", "a MANIFEST of a megabyte", edit("big", lambda d: append(d + "/MANIFEST", "# \n" * 350000))
    yield "sizes", "a directory within", edit("deep", lambda d: os.mkdir(d + "/sub"))
    yield "sizes", "a symbolic link", edit("link", lambda d: os.symlink("/etc/passwd", d + "/x.yaml"))
    yield "signatures", "no approval", edit("unapproved", lambda d: None, approver=None)
    yield "signatures", "a changed MANIFEST", edit("manifest", lambda d: append(d + "/MANIFEST", "# class: blank\n"))
    yield "signatures", "a changed trusted comment", edit("comment", rewrite_comment)
    yield "signatures", "signatures of another bundle", edit("swapped", swap)
    yield "signatures", "an approver who is not in the root file", edit("stranger", lambda d: None, approver="la")
    yield "signatures", "an author without that role", edit("role", lambda d: None, author="binh", approver="chi")
    yield "signatures", "two keys of one person", edit("twice", lambda d: None, author="chi", approver="chi2")
    yield "signatures", "a root version that is not here yet", edit("future-root", lambda d: None, more=("--root", office.root9))
    yield "scope", "a unit that the site does not play", edit("unit", lambda d: None, unit="can-giuoc", author="chi", approver="chi3")
    yield "scope", "an author of another unit", edit("scope", lambda d: None, author="dung")
    yield "expiry", "an expired one", edit("expired", lambda d: None, more=("--expires", "2026-11-30"))
    yield "expiry", "one that does not hold yet", edit("early", lambda d: None, more=("--not-before", "2026-12-02"))
    yield "sequence", "the sequence of the one that plays", office.bundle("same", sequence=5)
    yield "sequence", "a lower one", office.bundle("lower", sequence=4)
    yield "sequence", "a higher sequence of a lower epoch", office.bundle("epoch", sequence=50, more=("--epoch", 0))
    yield "hashes", "an edited file", edit("edited", lambda d: append(d + "/thong-bao.yaml", "# x\n"))
    yield "hashes", "a file that nobody signed", edit("added", lambda d: append(d + "/la.yaml", "bangtin: 1\nunit: tan-an\n"))
    yield "hashes", "a missing file", edit("missing", lambda d: os.remove(d + "/thong-bao.yaml"))
    yield "content", "a mistake that both overlooked", office.bundle("wrong", sequence=10, words="x", files={
        "thong-bao.yaml": playlist("tan-an", "x").replace("show", "shaw")})
    yield "content", "a file that is no playlist", office.bundle("script", sequence=10, files={
        "thong-bao.yaml": playlist("tan-an", "x"), "run.sh": "#!/bin/sh\n"})


def check_refusals(office, site, load, how):
    before = words_of(site), len(os.listdir(os.path.join(site.state, "generations")))
    for rule, what, directory in tampered(office, os.path.join(office.path, "bundles", "first")):
        code, out, err = load(directory)
        tap.ok(code == 1 and f"rule {rule}:" in err, f"{how}: rule {rule}: {what}", out + err)
    after = words_of(site), len(os.listdir(os.path.join(site.state, "generations")))
    tap.equal(after, before, f"{how}: none of them changed anything")
    code, out, err = load(site.playlists("messages:\n  m: {text: Lạ}\nschedule:\n  - {show: m, on: [led]}\n", unit="tan-an"))
    tap.ok(code == 1 and "rule unsigned:" in err and words_of(site) == before[0], f"{how}: unsigned playlists are refused", err)


def check_approval(office):
    bundle = office.bundle("edit", sequence=20)
    append(bundle + "/thong-bao.yaml", "# sửa\n")
    code, _, err = run("bangtin", "approve", bundle, "-k", office.key("binh"))
    tap.ok(code == 1 and "rule hashes:" in err, "what was edited after signing cannot be approved", err)
    code, _, err = run("bangtin", "sign", bundle, "-k", office.key("an"), "--expires", "2027-03-01")
    with open(bundle + "/MANIFEST", encoding="utf-8") as f:
        text = f.read()
    tap.ok(code == 0 and not os.path.exists(bundle + "/MANIFEST.approver.minisig") and "# sequence: 21\n" in text,
           "signing again resets the approval and counts on", err + text)
    code, _, err = run("bangtin", "approve", bundle, "-k", office.key("an"))
    tap.ok(code == 1 and "a second person" in err, "the author cannot approve with the same key", err)
    code, _, err = run("bangtin", "approve", bundle, "-k", office.key("chi2"), "--root", office.root)
    tap.ok(code == 1 and "rule signatures:" in err, "nor a key that the root file does not know as an approver's", err)


def check_operation(office, site):
    code, out, err = site.live("announce", "Tin lạ", "--all", "--for", "10m")
    tap.ok(code == 1 and "rule unsigned:" in err, "an announcement that nobody signed is refused", err)
    emergency = office.bundle("emergency", sequence=1, more=("--class", "emergency"), files={
        "lu-lut.txt": "Nước lũ đang lên: đến trường tiểu học\n", "chay.txt": "Có cháy\n"})
    code, out, err = site.live("load", emergency)
    tap.ok(code == 0 and site.status().get("templates") == ["tan-an/chay", "tan-an/lu-lut"], "templates are accepted", out + err)
    for length, wanted in (("61m", 2), ("60m", 0)):
        code, out, err = site.live("announce", "--template", "tan-an/lu-lut", "--all", "--for", length)
        tap.equal(code, wanted, f"a template for {length}: exit status {wanted}")
    tap.ok(wait_for(lambda: sources(site) == ["announce", "announce"]), "and shows")
    code, out, err = site.live("announce", "--template", "tan-an/khong-co", "--all", "--for", "1m")
    tap.ok(code == 1 and "no template" in err, "one that nobody approved is refused", err)
    site.live("clear")
    bad = office.bundle("emergency2", sequence=2, more=("--class", "emergency"), files={"x.txt": "\U0001F600\n"})
    code, out, err = site.live("load", bad)
    tap.ok(code == 1 and "1F600" in err, "a template with a letter that no font has is refused", err)

    blank = os.path.join(office.path, "bundles", "blank")
    os.makedirs(blank)
    run("bangtin", "sign", blank, "-k", office.key("dung"), "--class", "blank", "--not-before", "2026-11-01",
        "--expires", "2027-03-01")
    code, out, err = site.live("load", blank)
    tap.ok(code == 0 and wait_for(lambda: sources(site) == ["blank", "blank"]), "a single key blanks every display", out + err)
    site.live("unblank")
    code, out, err = site.live("load", blank)
    tap.ok(code == 1 and "rule sequence:" in err, "the same order does not come back", err)


def check_history(office, site):
    site.live("load", office.bundle("second", words="Thứ hai", sequence=6))
    tap.equal(words_of(site), "Thứ hai", "a higher sequence is accepted")
    code, out, err = site.live("rollback")
    code, out, err = site.live("rollback") if words_of(site) == "Thứ hai" else (code, out, err)
    tap.ok(code == 0 and words_of(site) == "Một", "rollback goes back to what was accepted before", out + err)
    code, out, err = site.live("load", os.path.join(office.path, "bundles", "second"))
    tap.ok(code == 1 and "rule sequence:" in err, "and yet nothing old comes in from outside", err)
    site.daemon.send_signal(signal.SIGKILL)
    site.daemon.wait()
    site.start(NOW)
    code, out, err = site.live("load", os.path.join(office.path, "bundles", "second"))
    tap.ok(code == 1 and "rule sequence:" in err and words_of(site) == "Một", "nor after kill -9 and a restart", err)
    tap.equal(site.status().get("templates"), ["tan-an/chay", "tan-an/lu-lut"], "the templates are still there")


def check_roots(office, site):
    lines = [f"key: {office.public[n]} {n} {r}" for n, r in PEOPLE.items()]
    lone = os.path.join(office.path, "root-lone", "ROOT")
    office.write_root(lone, 2, lines, ("an",))
    code, out, err = site.live("load", lone)
    tap.ok(code == 1 and "rule root:" in err, "a root file with one signature is refused", err)
    office.write_root(lone, 2, lines, ("an", "dung"))
    code, out, err = site.live("load", lone)
    tap.ok(code == 1 and "rule root:" in err, "and with one of somebody who holds no root", err)
    fresh = os.path.join(office.path, "root2", "ROOT")
    office.write_root(fresh, 1, lines, ())
    with open(os.path.join(office.path, "an.pub"), encoding="ascii") as f:
        key_id = f.read().split()[5]
    # an leaves: dung becomes a holder, so that there are three
    lines[3] = f"key: {office.public['dung']} dung root,author,approver *"
    office.write_root(fresh, 1, lines, ())
    code, out, err = run("bangtin", "key", "revoke", key_id, "--root", fresh)
    tap.ok(code == 0 and "version 2" in out, "key revoke writes the next version", out + err)
    for name in ("binh", "chi"):
        run("bangtin", "sign", fresh, "-k", office.key(name))
    code, out, err = run("bangtin", "verify", fresh, "--root", office.root)
    tap.ok(code == 0, "two of three holders signed it", err)
    code, out, err = site.live("load", fresh)
    tap.ok(code == 0 and "root version 2" in out, "and the site believes it", out + err)
    code, out, err = site.live("load", office.root)
    tap.ok(code == 1 and "only goes forward" in err, "the former root file does not come back", err)
    code, out, err = site.live("load", office.bundle("revoked", sequence=30))
    tap.ok(code == 1 and "rule signatures:" in err and "revoked" in err, "a revoked key signs nothing any more", err)
    code, out, err = site.live("load", office.bundle("dung", sequence=30, words="Dung viết", author="dung"))
    tap.ok(code == 0 and words_of(site) == "Dung viết", "a new author's bundle is accepted", out + err)
    code, out, err = site.live("rollback")
    tap.ok(code == 1 and "rule signatures:" in err, "what the revoked key signed is not gone back to", err)


def check_stick(scratch, office, site):
    stick = scratch.file("stick/.keep", "")[:-6]
    bundle = office.bundle("usb", sequence=40, words="Qua USB", author="dung")
    code, out, err = run("bangtin", "export", "--usb", stick, bundle, os.path.join(office.path, "root2", "ROOT"))
    tap.ok(code == 0 and os.path.exists(stick + "/bangtin/in/usb/MANIFEST"), "export: bundles onto the stick", out + err)
    code, out, err = run("minisign", "-Vm", stick + "/bangtin/in/usb/MANIFEST", "-x",
                         stick + "/bangtin/in/usb/MANIFEST.approver.minisig", "-p", os.path.join(office.path, "binh.pub"))
    tap.ok(code == 0, "and there they verify", err)
    code, out, err = site.live("import", "--usb", stick)
    tap.ok(words_of(site) == "Qua USB" and "usb: accepted" in out, "import: the bundle plays", out + err)
    code, out, err = site.live("import", "--usb", stick)
    tap.ok(code == 1 and "rule sequence:" in err, "import again: nothing new, and it says so", err)
    code, out, err = site.live("export", "--usb", stick)
    host, = os.listdir(stick + "/bangtin/out")
    stamp, = os.listdir(f"{stick}/bangtin/out/{host}")
    out_directory = f"{stick}/bangtin/out/{host}/{stamp}"
    with open(out_directory + "/status.json", encoding="utf-8") as f:
        status = json.load(f)
    with open(out_directory + "/history.json", encoding="utf-8") as f:
        history = json.load(f)["generations"]
    tap.ok(code == 0 and status["site"] == "Test site" and history[0]["current"], "export: status and history come back", out + err)
    tap.equal(read_png(out_directory + "/frames/cong.png")[:2], (64, 16), "and a picture of each display")
    code, out, err = site.live("import", "--usb", scratch.file("empty/.keep", "")[:-6])
    tap.ok(code == 1, "an empty stick says so", err)


def check_kills(scratch, office):
    """kill -9 before each system call that changes the disk, of an acceptance without a daemon."""
    calls = ["mkdir", "rename", "symlink", "fsync", "unlink", "fchmod"]
    site = Site(scratch, DISPLAYS, extra=f'root = "{office.root}";', units=("province", "tan-an"), unsigned=False)
    site.state = os.path.join(scratch.path, "kill-state")
    with open(site.configuration, encoding="utf-8") as f:
        text = f.read()
    site.configuration = scratch.file("kill.conf", text.replace(f'{scratch.path}/state"', f'{site.state}"')
                                      .replace("control.sock", "kill.sock"))
    old, new = office.bundle("k1", words="Cũ", sequence=1), office.bundle("k2", words="Mới", sequence=2)
    for bundle, sequence in ((old, 1), (new, 2)):  # valid at the machine's own time, whatever it is
        run("bangtin", "sign", bundle, "-k", office.key("an"), "--sequence", sequence, "--not-before", "2026-01-01", "--expires", "90d")
        run("bangtin", "approve", bundle, "-k", office.key("binh"))
    code, out, err = site.bangtin("load", old)
    tap.ok(code == 0 and words_of(site) == "Cũ", "without a daemon: accepted into the state", out + err)
    start = site.state + ".start"
    shutil.copytree(site.state, start, symlinks=True)
    log = os.path.join(scratch.path, "strace.log")
    run("strace", "-f", "-e", "signal=none", "-e", "trace=" + ",".join(calls), "-o", log, program("bangtin"), "load", "-c",
        site.configuration, new)
    tap.equal(words_of(site), "Mới", "and the next")
    counts, steps = {}, []
    with open(log, encoding="utf-8", errors="replace") as f:
        for line in f:
            name = line.split(None, 1)[1].split("(")[0] if "(" in line else ""
            if name in calls:
                counts[name] = counts.get(name, 0) + 1
                steps.append((name, counts[name]))
    wrong, became_new = [], 0
    for name, when in steps:
        shutil.rmtree(site.state)
        shutil.copytree(start, site.state, symlinks=True)
        subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", "trace=" + name, "-e", f"inject={name}:signal=KILL:when={when}",
                        program("bangtin"), "load", "-c", site.configuration, new], capture_output=True)
        found = words_of(site)
        became_new += found == "Mới"
        code, _, err = site.bangtin("load", old)
        if code != 1 or "rule sequence:" not in err:
            wrong.append(f"{name} {when}: the old bundle: {code} {err}")
        code, _, err = site.bangtin("load", new)
        if found == "Cũ" and (code != 0 or words_of(site) != "Mới"):
            wrong.append(f"{name} {when}: the load again: {code} {err}")
        if found == "Mới" and (code != 1 or "rule sequence:" not in err):
            wrong.append(f"{name} {when}: the same again: {code} {err}")
        if found not in ("Cũ", "Mới"):
            wrong.append(f"{name} {when}: neither plays: {found}")
    tap.ok(not wrong, f"kill -9 at {len(steps)} steps of acceptance: old words and old sequence, or new and new", "\n".join(wrong))
    tap.ok(0 < became_new < len(steps), f"the commit lies among the steps ({became_new} kills came after it)")


def main():
    with Scratch() as scratch:
        office = Office(scratch)
        office.public = {name: office.new_key(name) for name in (*PEOPLE, "chi2", "chi3", "la")}
        lines = [f"key: {office.public[n]} {n} {r}" for n, r in PEOPLE.items()]
        office.write_root(office.root, 1, lines, ("an", "binh"))
        check_keys(scratch, office)
        check_password(office)
        check_stock(office)
        check_approval(office)
        # chi has a second key, and a colleague chi3 may approve anything; both are only in the site's root file
        lines += [f"key: {office.public['chi2']} chi approver *", f"key: {office.public['chi3']} em approver *"]
        office.write_root(office.root, 1, lines, ("an", "binh"))
        office.root9 = os.path.join(office.path, "root9", "ROOT")
        office.write_root(office.root9, 9, lines, ())
        site = Site(scratch, DISPLAYS, extra=f'root = "{office.root}";', units=("province", "tan-an"), unsigned=False)
        first = office.bundle("first", words="Một", sequence=5)
        site.start(NOW)
        code, out, err = site.live("load", first)
        tap.ok(code == 0 and words_of(site) == "Một", "a bundle that two people signed plays", out + err)
        check_refusals(office, site, lambda path: site.live("load", path), "daemon")
        check_operation(office, site)
        check_history(office, site)
        check_roots(office, site)
        check_stick(scratch, office, site)
        stop(site.daemon)
        check_kills(scratch, office)


main()
tap.done()
