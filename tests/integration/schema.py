#!/usr/bin/python3
"""The JSON Schema of playlist files against the loader (with the Python of Debian, which has jsonschema): for every file
of the corpus, of the samples, and of mutations of them, the schema accepts exactly what the loader accepts.

The schema sees a file as two readers do. As the loader: every scalar is a text, only what is left empty is null. As an
editor: plain decimal numbers, true and false are no texts. Left out of the second reading, because there a number has
lost its spelling: numbers that are not written in plain decimals (0x10, 1e3, 010, +5, 60.0), and the words null and ~.

What a schema cannot say is left out by what the loader says of it, below."""
import glob
import json
import os
import re
import subprocess

import jsonschema
import yaml

from harness import BUILD, ROOT, Scratch, Tap, run

tap = Tap()

# What stands between several values, or within a text. Notes by their number, other diagnostics by their words.
NOT_STRUCTURE = [
    ("references", r"unit \S* has no (message|style|layout|playlist|calendar|daypart|schedule entry|picture) `"
                   r"|`.*`: the site has no unit|is based on itself through|and what it is based on are too many"
                   r"|a second .* is named|`[^`]*` is an entry of this unit|comes after .* in the site"
                   r"|is required by unit|the playlist `.*` has no"),
    ("zones that messages fill", r"the layout `.*` (wants something in its zone|.*has no zone `)|a message fills at most"
                                 r"|the zone `.*` of layout `.*` plays this"),
    ("where zones lie", r"the zone `.*` (ends at|reaches beyond|lies over)|nothing is left of the zone|the padding of"),
    ("dates and hours in order", r"`until` is before `from`|: the range `.*` ends before it begins"
                                 r"|the window `.*` is empty|`[^`]*` overlaps `|is longer than two months"),
    ("whether an entry can play", r"the entry can never play|`repeat`: "),
    ("sums of times", r"`[^`]*` is .*; it must be from "),
    ("quotas", r"`at-least` \(\d+\) is more than"),
    ("within texts", r"this `\{` is never closed|there is no (field|emphasis) `|this emphasis `|emphasis within emphasis"
                     r"|`\{[a-z-]+\}` has no|`\{(countdown|data)\}`: |a text has at most|what stands for no value|a form has"
                     r"|`[^`]*` has \d+ characters"),
    ("the file's own directory", r"the file is in the directory of unit"),
]
NOTES_NOT_STRUCTURE = {"B003"}  # text copied from a document in an older encoding
IN_LAYOUT_WITH_BASE = re.compile(r"the zone `(.*)` has no (?:kind|`kind`|place|playlist)|`hide`: the layout that this one is "
                                 r"based on has no zone `(.*)`|a zone of kind `(.*)` takes no `|the layout `.*` has no zones")

# --- reading files as the loader and as an editor do


class Refused(Exception):
    """The file is no such YAML, whatever is in it."""


class Plain(str):
    """A scalar without quotes."""


def tree_of(node):
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.style else Plain(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [tree_of(child) for child in node.value]
    result = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in result or not key.value:
            raise Refused("key")
        result[str(key.value)] = tree_of(value)
    return result


def read_yaml(path):
    """The tree of a file; what the loader's reader refuses (anchors, tags, several documents …) is refused."""
    with open(path, "rb") as f:
        data = f.read()
    try:
        text = data.decode("utf-8-sig")
        if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]", text):
            raise Refused("characters")
        depth = documents = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            documents += isinstance(event, yaml.DocumentStartEvent)
            if getattr(event, "anchor", None) or (getattr(event, "tag", None)):
                raise Refused("anchor, alias or tag")
            if isinstance(event, yaml.DocumentStartEvent) and event.tags:
                raise Refused("tag directive")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > 16:
                raise Refused("depth")
            if isinstance(event, yaml.ScalarEvent) and not event.style and ":\u00a0" in event.value:
                raise Refused("no-break space behind a colon")
            if isinstance(event, yaml.ScalarEvent) and event.style == '"' and \
                    re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e]", event.value.replace("\r", "")):
                raise Refused("escape")
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        if documents != 1 or not isinstance(node, yaml.MappingNode):
            raise Refused("root")
        return tree_of(node)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise Refused(str(fault)) from fault


def as_loader(tree):
    if isinstance(tree, dict):
        return {key: as_loader(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [as_loader(value) for value in tree]
    return None if isinstance(tree, Plain) and tree == "" else str(tree)


def as_editor(tree):
    if isinstance(tree, dict):
        return {key: as_editor(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [as_editor(value) for value in tree]
    if isinstance(tree, Plain):
        if tree == "":
            return None
        if tree in ("true", "false"):
            return tree == "true"
        if re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", tree) and tree != "-0":
            return int(tree)
        if re.fullmatch(r"-?(0|[1-9][0-9]{0,17})\.[0-9]+", tree) and not re.search(r"\.0+$", tree):
            return float(tree)
    return str(tree)


# --- both judges


def whole(validator, pattern, instance, schema):
    """ECMA-262's $ is the end of the text; Python's also stands before a line's end."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$(?=$|\))", r"\\Z", pattern), instance):
        yield jsonschema.ValidationError(f"{instance!r} is not {schema.get('patternErrorMessage', pattern)}")


def make_validator(schema):
    kind = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": whole})
    return kind(schema)


def loader_says(paths):
    """For each file what is wrong with it, all diagnostics of severity error."""
    program = os.path.join(BUILD, "test-programs", "check_files")
    out = subprocess.run([program], input="\n".join(paths) + "\n", capture_output=True, text=True, check=True).stdout
    decoder, at, answers = json.JSONDecoder(), 0, []
    while at < len(out.rstrip()):
        value, at = decoder.raw_decode(out, at)
        at += 1
        answers.append([d for d in value if d["severity"] == "error"])
    return answers


def inherits(tree, match):
    """Whether a zone that is not said in full stands in a layout with a base, where the base may say the rest."""
    layouts = tree.get("layouts") if isinstance(tree, dict) else None
    for layout in (layouts or {}).values() if isinstance(layouts, dict) else []:
        if isinstance(layout, dict) and "based-on" in layout:
            zones = layout.get("zones", {})
            name = match.group(1) or match.group(2)
            if name is None or (isinstance(zones, dict) and name in zones):
                return True
    return False


def is_structure(diag, tree):
    if diag.get("note") in NOTES_NOT_STRUCTURE:
        return False
    if any(re.match(pattern, diag["message"]) or re.search(pattern, diag["message"]) for _, pattern in NOT_STRUCTURE):
        return False
    match = IN_LAYOUT_WITH_BASE.search(diag["message"])
    return not (match and tree is not None and inherits(tree, match))


def compare(validator, paths, what):
    """Each file by both; returns how many both refused."""
    differ, refused, lost = [], 0, 0
    for path, diags in zip(paths, loader_says(paths)):
        try:
            tree, faults = read_yaml(path), []
        except Refused as why:
            tree, faults = None, [str(why)]
        structure = [d["message"] for d in diags if is_structure(d, tree)]
        for view in (as_loader, as_editor):
            if tree is not None:
                fault = next(validator.iter_errors(view(tree)), None)
                faults = [f"{fault.json_path}: {fault.message}"] if fault else []
            if bool(faults) != bool(structure):
                with open(path, "rb") as f:
                    text = f.read().decode("utf-8", "replace")
                differ.append(f"{os.path.basename(path)}: loader {structure}\nschema {faults} ({view.__name__})\n{text}")
        refused += bool(structure)
        lost += bool(diags) and not structure
    tap.ok(not differ, f"{what}: {len(paths)} files, {refused} refused by both, {lost} for what no schema can say",
           f"{len(differ)} differ\n" + "\n".join(differ[:12]))
    return refused


# --- mutations of trees

ZOO = [Plain(text) for text in (
    "-1", "0", "1", "2", "7", "64", "65", "100", "101", "999999", "2.5", "true", "no", "on", "yes", "18:00", "010", "20",
    "20s", "20x", "90m", "30%", "101%", "0.5%", "4/h", "0/h", "2026-12-31", "2026-02-29", "2024-02-29", "2026-13-01",
    "2026-1-1", "31/12/2026", "mon..fri", "mon..fir", "weekend", "red", "rad", "07:00-11:30", "7:00-11:30", "25:00-26:00",
    "sunset-15m..22:00", "lunar 15", "lunar 31", "yearly 02-30", "vi", "x_y", "640x360", "0x360", "bottom", "fade", "cut",
    "200", "201", "359", "360", "1000", "1001", "2000", "2001", "4096", "4097", "16384", "16385",
    "")] + ["", "#ff8000", "#ff80", " ", "a\tb", "a\nb", "2026-12-31\n", "Á b", "2026-12-31 17:00"]


def loader_words():
    """All words of the loader's lists of words."""
    words = set()
    for path in glob.glob(os.path.join(ROOT, "src", "playlist", "*.c")):
        with open(path, encoding="utf-8") as f:
            for body in re.findall(r"static const char \*const \w+\[\] = \{([^}]*)\}", f.read()):
                words.update(map(Plain, re.findall(r'"([a-z-]+)"', body)))
    return words


VOCABULARY = loader_words()
PLAIN_SAFE = re.compile(r"[A-Za-z0-9-][A-Za-z0-9./:+%-]*( [A-Za-z0-9./]+)*|")


def write_flow(tree):
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{json.dumps(str(k), ensure_ascii=False)}: {write_flow(v)}" for k, v in tree.items()) + "}"
    if isinstance(tree, Pairs):
        return "{" + ", ".join(f"{json.dumps(str(k), ensure_ascii=False)}: {write_flow(v)}" for k, v in tree.items) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(write_flow, tree)) + "]"
    if isinstance(tree, Plain) and PLAIN_SAFE.fullmatch(tree) and not tree.endswith(":") and tree[:2] != "- ":
        return str(tree)
    return json.dumps(str(tree), ensure_ascii=False)


class Pairs:
    """A map with a key twice."""

    def __init__(self, items):
        self.items = items


def write_file(tree):
    """A line for each section, so that no line is too long to read."""
    if not isinstance(tree, dict):
        return write_flow(tree) + "\n"
    return "".join(f"{json.dumps(k)}: {write_flow(v)}\n" for k, v in tree.items())


NAMED = ("styles", "layouts", "messages", "playlists", "dayparts", "calendars", "zones")


def places(tree, path=(), kind=()):
    """Every node with the place that its kind has: names and positions do not matter, but what an entry shows does."""
    yield path, kind
    if isinstance(tree, dict):
        for key, value in tree.items():
            named = bool(kind) and kind[-1] in NAMED
            yield from places(value, path + (key,), kind + ("*" if named else key,))
    elif isinstance(tree, list):
        for i, value in enumerate(tree):
            extra = next((k for k in ("skip", "show", "play") if isinstance(value, dict) and k in value), "")
            yield from places(value, path + (i,), kind + (f"[{min(i, 3)}]{extra}" if kind[-1] == "at" else f"[]{extra}",))


def at(tree, path):
    for step in path:
        tree = tree[step]
    return tree


def changed(tree, path, change):
    """A copy in which the node at path is what change makes of it; None: it is left out."""
    if not path:
        return change(tree)
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    if len(path) == 1:
        value = change(copy[path[0]])
        if value is None:
            del copy[path[0]]
        else:
            copy[path[0]] = value
    else:
        copy[path[0]] = changed(copy[path[0]], path[1:], change)
    return copy


def renamed(parent, key, name):
    return {name if k == key else k: v for k, v in parent.items()}


def mutations(tree, path):
    """What may happen to a node, with a word for it."""
    node, parent = at(tree, path), at(tree, path[:-1]) if path else None
    if path:
        yield "left out", changed(tree, path, lambda _: None)
    if isinstance(parent, dict):
        for name in (path[-1] + "x", path[-1].upper(), path[-1][:-1] or "q"):
            yield f"called {name}", changed(tree, path[:-1], lambda p, n=name: renamed(p, path[-1], n))
        yield "twice", changed(tree, path[:-1], lambda p: Pairs(list(p.items()) + [(path[-1], node)])) if path[:-1] else None
    yield "in a list", changed(tree, path, lambda n: [n])
    yield "in a list in a list", changed(tree, path, lambda n: [[n]])
    yield "in a map", changed(tree, path, lambda n: {"a": n})
    yield "an empty list", changed(tree, path, lambda _: [])
    yield "an empty map", changed(tree, path, lambda _: {})
    if isinstance(node, list) and node:
        yield "its first alone", changed(tree, path, lambda n: n[0])
        yield "one more", changed(tree, path, lambda n: n + [n[-1]])
        yield "one less", changed(tree, path, lambda n: n[:-1])
        yield "many", changed(tree, path, lambda n: (n * 60)[:101])
    words = ZOO if not isinstance(node, (dict, list)) else ZOO[1:8:3]
    if isinstance(node, str) and node in VOCABULARY:
        words = words + sorted(VOCABULARY)
    for word in words:
        yield f"says {word!r}", changed(tree, path, lambda _, w=word: w)


def without_others(tree, path):
    """The file with what the node's section holds besides it left out, where nothing of the same file is lost by that."""
    kept = ("bangtin", "unit") + (("layouts",) if path and path[0] == "messages" else ())
    small = {key: tree[key] for key in kept if key in tree}
    for key, value in tree.items():
        if path and key == path[0]:
            if len(path) > 1 and isinstance(value, dict):
                small[key] = {path[1]: value[path[1]]}
            elif len(path) > 1 and isinstance(value, list):
                small[key] = [value[path[1]]]
                path = (path[0], 0) + path[2:]
            else:
                small[key] = value
    return small, path


def mutants(bases):
    """Each kind of place of all bases once, and all that may happen there."""
    seen = set()
    for tree in bases:
        for path, kind in list(places(tree)):
            if kind in seen:
                continue
            seen.add(kind)
            small, small_path = without_others(tree, path)
            for what, mutant in mutations(small, small_path):
                if mutant is not None:
                    yield f"{'/'.join(kind)}: {what}", mutant


# A part of them is quick and enough for every day; `BANGTIN_SCHEMA_EACH=1 tests/integration/schema.py` tries all.
EACH = int(os.environ.get("BANGTIN_SCHEMA_EACH", "5"))


def write_mutants(scratch, bases):
    paths = []
    for what, mutant in list(mutants(bases))[::EACH]:
        paths.append(scratch.file(f"u/m{len(paths):05}.yaml", f"# {what!a}\n" + write_file(mutant)))
    return paths


# --- keys: all that the loader's sources ask for, in every map


def loader_keys():
    keys = set()
    for path in glob.glob(os.path.join(ROOT, "src", "playlist", "*.c")):
        with open(path, encoding="utf-8") as f:
            keys.update(re.findall(r'"([a-z][a-z-]*)"', f.read()))
    return sorted(keys)


HOSTS = {  # definition: a file with such a map, and where it is
    "style": ({"styles": {"x": {}}}, ("styles", "x")),
    "layout": ({"layouts": {"x": {"zones": {"z": {"kind": "text", "at": ["0", "0", "9", "9"]}}}}}, ("layouts", "x")),
    "zone": ({"layouts": {"x": {"zones": {"z": {}}}}}, ("layouts", "x", "zones", "z")),
    "border": ({"layouts": {"x": {"zones": {"z": {"border": {}}}}}}, ("layouts", "x", "zones", "z", "border")),
    "fill": ({"layouts": {"x": {"background": {}}}}, ("layouts", "x", "background")),
    "message": ({"messages": {"x": {"text": "a"}}}, ("messages", "x")),
    "element": ({"messages": {"x": {"text": "a"}}, "playlists": {"p": [{"show": "x"}]}}, ("playlists", "p", 0)),
    "play-entry": ({"playlists": {"p": [{"show": "x"}]}, "schedule": [{"play": "p"}]}, ("schedule", 0)),
    "show-entry": ({"messages": {"x": {"text": "a"}}, "schedule": [{"show": "x"}]}, ("schedule", 0)),
    "skip-entry": ({"schedule": [{"skip": "a/b"}]}, ("schedule", 0)),
    None: ({}, ()),
}


def check_keys(scratch, schema):
    universe = loader_keys()
    for definition, (sections, path) in HOSTS.items():
        base = {"bangtin": Plain("1"), "unit": "u", **sections}
        # play, show and skip choose which map an entry is
        choose = {"play", "show", "skip"} if definition and definition.endswith("-entry") else set()
        words = [w for w in universe if w not in choose]
        files = [scratch.file(f"k/{definition}-{word}.yaml",
                              write_file(changed(base, path, lambda n, w=word: {**n, w: Plain("1")}))) for word in words]
        known = {word for word, diags in zip(words, loader_says(files))
                 if not any(re.match(f"unknown key `{word}`", d["message"]) for d in diags)}
        properties = (schema["$defs"][definition] if definition else schema)["properties"]
        tap.equal(sorted(known), sorted(set(properties) - choose), f"the keys of a {definition or 'file'} are the loader's")


def main():
    code, out, err = run("bangtin", "schema")
    tap.ok(code == 0 and not err, "bangtin schema", err)
    with open(os.path.join(ROOT, "tools", "schema", "bangtin-playlist.schema.json"), encoding="utf-8") as f:
        tap.equal(f.read(), out, "the shipped file is what bangtin schema prints")
    schema = json.loads(out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = make_validator(schema)
    corpus = sorted(glob.glob(os.path.join(ROOT, "tests", "corpus", "*", "*.yaml")) +
                    glob.glob(os.path.join(ROOT, "tests", "corpus", "province.yaml")))
    samples = sorted(glob.glob(os.path.join(ROOT, "playlists", "*", "*.yaml")))
    tap.ok(len(corpus) > 50 and len(samples) > 5, "there are files to compare", (len(corpus), len(samples)))
    compare(validator, corpus, "the corpus")
    compare(validator, samples, "the samples")
    good = [read_yaml(path) for path in corpus if "/good/" in path] + [read_yaml(path) for path in samples]
    with Scratch() as scratch:
        check_keys(scratch, schema)
        paths = write_mutants(scratch, good)
        refused = compare(validator, paths, "mutations")
        tap.ok(len(paths) > 300 and refused > 100 and len(paths) - refused > 100, "there are enough of either")
    tap.done()


main()
