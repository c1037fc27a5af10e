#!/usr/bin/env python3
"""Power cuts, replayed: store_driver runs under strace; for every prefix of the file-system calls it made, the
directories that a power cut could have left then are built, opened again and compared with what was acknowledged.

The disk is modelled as POSIX promises it and not better: a file's bytes are there for certain after its fsync, a
directory's names after the directory's fsync; anything else may be there or not, each change for itself, and a write
may be torn. Whether the model would notice anything is tested as well: one fsync at a time is taken away, and every
time some power cut must lose something.

Environment: BUILD, the build directory (default build). Arguments: -v prints what each missing fsync loses.
"""
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ.get("BUILD", "build")
DRIVER = os.path.abspath(os.path.join(BUILD, "test-programs", "store_driver"))
CALLS = "openat,open,creat,read,write,pwrite64,writev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,symlink," \
    "symlinkat,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,close,dup,dup2,dup3,fcntl,sync,syncfs"
SUBSETS = 5  # random ones, of the changes that may or may not be there
random_source = random.Random(20261124)


# --- what the driver did -------------------------------------------------------------------------------------------

def unescape(text):
    """The bytes of a string that strace -xx wrote."""
    return bytes.fromhex(text.replace("\\x", ""))


LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+|\?)(.*)$")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


def traced_calls(log):
    for line in log.splitlines():
        match = LINE.match(line)
        if not match:
            if "+++" in line or "---" in line:
                continue
            raise SystemExit("cannot read strace's line: " + line)
        name, arguments, result, _ = match.groups()
        if result == "?" or int(result) < 0:
            continue  # it changed nothing
        strings = [unescape(m.group(1)) for m in STRING.finditer(arguments)]
        assert not any(m.group(2) for m in STRING.finditer(arguments)), "cut by strace: " + line[:80]
        yield name, STRING.sub('""', arguments), strings, int(result)


class Recorder:
    """From system calls to operations on names below root and on numbered files."""

    def __init__(self, root):
        self.root = root
        self.operations = []  # ("mkdir", path) ("create", path) ("write", path, at, bytes) ("fsync", path) …
        self.descriptors = {}  # fd -> [path relative to root, or None; position]

    def relative(self, path, directory=None):
        path = path.decode()
        if not path.startswith("/"):
            if directory is not None and self.descriptors.get(directory, [None])[0] is not None:
                return os.path.normpath(os.path.join(self.descriptors[directory][0], path))
            return None
        path = os.path.normpath(path)
        return os.path.relpath(path, self.root) if (path + "/").startswith(self.root + "/") else None

    def at(self, arguments, which):
        """The directory descriptor that is the which-th argument; None for AT_FDCWD."""
        text = arguments.split(",")[which].strip()
        return None if text == "AT_FDCWD" else int(text)

    def add(self, *operation):
        if operation[1] is not None:
            self.operations.append(operation)

    def open(self, path, flags, fd):
        if path is not None and "O_CREAT" in flags:
            self.add("create", path)
        if path is not None and "O_TRUNC" in flags:
            self.add("truncate", path, 0)
        self.descriptors[fd] = [path, 0]

    def write(self, fd, data):
        path, position = self.descriptors.get(fd, [None, 0])
        if fd == 1:
            self.operations.append(("ack", data.decode()))
        elif path is not None:
            self.add("write", path, position, data)
            self.descriptors[fd][1] += len(data)

    def record(self, name, arguments, strings, result):
        first = arguments.split(",")[0].strip()
        if name == "openat":
            self.open(self.relative(strings[0], self.at(arguments, 0)), arguments, result)
        elif name == "open":
            self.open(self.relative(strings[0]), arguments, result)
        elif name == "close":
            self.descriptors.pop(int(first), None)
        elif name == "read":
            pass
        elif name == "write":
            self.write(int(first), strings[0][:result])
        elif name in ("fsync", "fdatasync"):
            self.add("fsync", self.descriptors.get(int(first), [None])[0])
        elif name == "mkdir":
            self.add("mkdir", self.relative(strings[0]))
        elif name == "rename":
            self.add("rename", self.relative(strings[0]), self.relative(strings[1]))
        elif name == "symlink":
            self.add("symlink", self.relative(strings[1]), strings[0].decode())
        elif name == "unlink":
            self.add("unlink", self.relative(strings[0]))
        elif name == "unlinkat":
            self.add("unlink", self.relative(strings[0], self.at(arguments, 0)))
        elif name == "fcntl":
            assert "F_DUPFD" not in arguments
        else:
            touched = [self.relative(s) for s in strings]
            raise SystemExit(f"the model does not know {name} yet (of {touched})")


def record_script(root):
    """Runs the driver's script on root/state; gives the operations in order."""
    log = os.path.join(root, "..", "strace.log")
    subprocess.run(["strace", "-f", "-xx", "-s", "1000000", "-e", "trace=" + CALLS, "-e", "signal=none", "-o", log,
                    DRIVER, "script", os.path.join(root, "state")], check=True, stdout=subprocess.DEVNULL, timeout=120,
                   env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0"))  # LeakSanitizer cannot be traced
    recorder = Recorder(root)
    with open(log, encoding="ascii") as lines:
        for call in traced_calls(lines.read()):
            recorder.record(*call)
    return recorder.operations


# --- what a disk may hold ------------------------------------------------------------------------------------------

class Node:
    """A file (data is bytes), a directory (names is a dict) or a symbolic link (target)."""

    def __init__(self, kind):
        self.kind = kind
        self.target = None
        self.data, self.durable_data, self.writes = b"", b"", []
        self.names, self.durable_names, self.changes = {}, {}, []


class Disk:
    def __init__(self):
        self.root = Node("directory")

    def find(self, path):
        node = self.root
        for name in path.split("/"):
            node = node if name == "." else node.names[name]
        return node

    def change(self, path, change):
        """change: {name: node or None}, all of it at once, in the directory that holds path."""
        directory = self.find(os.path.dirname(path) or ".")
        directory.changes.append(change)
        apply_change(directory.names, change)

    def do(self, operation):
        kind, path = operation[0], operation[1]
        name = os.path.basename(path)
        if kind in ("mkdir", "create", "symlink"):
            if kind == "create" and name in self.find(os.path.dirname(path) or ".").names:
                return
            node = Node({"mkdir": "directory", "create": "file", "symlink": "symlink"}[kind])
            node.target = operation[2] if kind == "symlink" else None
            self.change(path, {name: node})
        elif kind == "write":
            node, at, data = self.find(path), operation[2], operation[3]
            node.writes.append((at, data))
            node.data = apply_write(node.data, at, data)
        elif kind == "rename":
            assert os.path.dirname(path) == os.path.dirname(operation[2])
            self.change(path, {name: None, os.path.basename(operation[2]): self.find(path)})
        elif kind == "unlink":
            self.change(path, {name: None})
        elif kind == "fsync":
            node = self.find(path)
            node.durable_data, node.writes = node.data, []
            node.durable_names, node.changes = dict(node.names), []
        else:
            raise SystemExit("unknown operation " + kind)

    def nodes(self):
        """Every node that any outcome could reach."""
        seen, queue = {}, [self.root]
        while queue:
            node = queue.pop()
            if id(node) in seen:
                continue
            seen[id(node)] = node
            for names in [node.names, node.durable_names] + node.changes:
                queue += [n for n in names.values() if n]
        return list(seen.values())


def apply_change(names, change):
    for name, node in change.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


def apply_write(data, at, more):
    return data[:at].ljust(at, b"\0") + more + data[at + len(more):]


def tree(node, names_kept, bytes_kept):
    """A picture of the disk: nested dicts, bytes and ("link", target). The two functions choose what was kept."""
    if node.kind == "file":
        return bytes_kept(node)
    if node.kind == "symlink":
        return ("link", node.target)
    names = dict(node.durable_names)
    for change in node.changes:
        if names_kept(change):
            apply_change(names, change)
    return {name: tree(child, names_kept, bytes_kept) for name, child in names.items()}


def outcomes(disk):
    """What a power cut may leave now."""
    all_kept, none_kept = (lambda change: True), (lambda change: False)
    pending = [change for node in disk.nodes() for change in node.changes]

    def newest(node):
        return node.data

    def synced(node):
        return node.durable_data

    def torn(node):  # the last write came half
        if not node.writes:
            return node.data
        at, data = node.writes[-1]
        return node.data[:at + len(data) // 2]

    def zeroed(node):  # the size was written, the blocks were not
        return node.durable_data.ljust(len(node.data), b"\0")[:len(node.data)] if node.writes else node.data

    for names_kept in (all_kept, none_kept):
        for bytes_kept in (newest, synced, torn, zeroed):
            yield tree(disk.root, names_kept, bytes_kept)
    for one in pending:
        yield tree(disk.root, lambda change, one=one: change is one, newest)
        yield tree(disk.root, lambda change, one=one: change is not one, newest)
        yield tree(disk.root, lambda change, one=one: change is not one, synced)
    for _ in range(SUBSETS if pending else 0):
        kept = {id(change) for change in pending if random_source.random() < 0.5}
        names_kept = (lambda change, kept=kept: id(change) in kept)
        yield tree(disk.root, names_kept, newest)
        yield tree(disk.root, names_kept, synced)


def fingerprint(picture):
    digest = hashlib.sha256()

    def walk(at):
        if isinstance(at, dict):
            digest.update(b"{")
            for name in sorted(at):
                digest.update(name.encode() + b"\0")
                walk(at[name])
            digest.update(b"}")
        else:
            data = at if isinstance(at, bytes) else at[1].encode()
            digest.update(type(at).__name__.encode() + str(len(data)).encode() + b":" + data)

    walk(picture)
    return digest.digest()


def build(picture, path):
    os.mkdir(path)
    for name, child in picture.items():
        below = os.path.join(path, name)
        if isinstance(child, dict):
            build(child, below)
        elif isinstance(child, tuple):
            os.symlink(child[1], below)
        else:
            with open(below, "wb") as file:
                file.write(child)


# --- reading it back -----------------------------------------------------------------------------------------------

class Reader:
    """The driver, reading directories for as long as it is wanted; remembers what it read."""

    def __init__(self, scratch):
        self.scratch, self.known, self.count = scratch, {}, 0
        self.process = subprocess.Popen([DRIVER, "read"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        bufsize=1)

    def state(self, picture):
        key = fingerprint(picture)
        if key not in self.known:
            path = os.path.join(self.scratch, "cut")
            build(picture, path)
            self.process.stdin.write(os.path.join(path, "state") + "\n")
            self.known[key] = self.process.stdout.readline().strip()
            shutil.rmtree(path)
            self.count += 1
        return self.known[key]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)


def replay(operations, reader, omitted=None, stop_early=False):
    """Cuts the power after each operation; the list of (operations done, state found, states allowed) that are wrong.
    omitted: the index of an fsync that did nothing. stop_early: the first is enough, and so is looking until the
    third acknowledgement after the omitted one."""
    disk, wrong, acknowledged, later = Disk(), [], "serial=0 overrides= time=0", 0
    states = [op[1].strip()[4:] for op in operations if op[0] == "ack"] + [None]
    following = 0
    for index, operation in enumerate(operations):
        if operation[0] == "ack":
            acknowledged = states[following]
            following += 1
            later += omitted is not None and index > omitted
            if stop_early and later == 3:
                break
        elif index != omitted:
            disk.do(operation)
        if omitted is not None and index < omitted:
            continue
        for picture in outcomes(disk):
            found = reader.state(picture)
            if found not in (acknowledged, states[following]):
                wrong.append((index, found, (acknowledged, states[following])))
                if stop_early:
                    return wrong
    return wrong


# --- the tests -----------------------------------------------------------------------------------------------------

def main():
    verbose = "-v" in sys.argv[1:]
    fast = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    scratch = tempfile.mkdtemp(prefix="store_powercut.", dir=fast)
    failures = tests = 0

    def result(good, name, detail=""):
        nonlocal failures, tests
        tests += 1
        failures += not good
        print(f"{'ok' if good else 'not ok'} {tests} - {name}" + (f"\n# {detail}" if detail else ""), flush=True)

    try:
        root = os.path.join(scratch, "root")
        os.mkdir(root)
        operations = record_script(root)
        # opening syncs each directory that it makes; the first commit would make the last of them good as well
        opened = next(i for i, op in enumerate(operations) if op[0] == "ack")
        fsyncs = [i for i, op in enumerate(operations) if op[0] == "fsync" and i > opened]
        acks = sum(op[0] == "ack" for op in operations)
        result(acks == 14 and len(fsyncs) > 50,
               "the script was recorded", f"{len(operations)} operations, {len(fsyncs)} fsyncs, {acks} acknowledgements")

        reader = Reader(scratch)
        wrong = replay(operations, reader)
        for index, found, allowed in wrong[:10]:
            print(f"# after operation {index} {operations[index][:3]}: {found}, allowed: {allowed}")
        result(not wrong, "after a power cut at any operation the acknowledged state is there",
               f"{reader.count} different directories read")

        # an operation of the trace that the model dropped silently would weaken it: its end must be the real one
        disk = Disk()
        for operation in operations:
            if operation[0] != "ack":
                disk.do(operation)
        real = subprocess.run([DRIVER, "read"], input=os.path.join(root, "state") + "\n", capture_output=True,
                              text=True, check=True, timeout=20).stdout.strip()
        result(reader.state(tree(disk.root, lambda change: True, lambda node: node.data)) == real,
               "the model ends as the real directory does", real)

        unnoticed = []
        for index in fsyncs:
            lost = replay(operations, reader, omitted=index, stop_early=True)
            if verbose:
                print(f"# without {index} {operations[index]}: {lost[0][1:] if lost else 'nothing lost'}")
            if not lost:
                unnoticed.append(f"{index} {operations[index]}")
        result(not unnoticed, f"each of the {len(fsyncs)} fsyncs, when left out, is missed",
               "; ".join(unnoticed) or f"{reader.count} different directories read in all")
        reader.close()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"1..{tests}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
