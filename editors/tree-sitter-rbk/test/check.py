"""Holds the tree-sitter grammar against the language and its own fixtures.

Builds the generated parser and demands that
- every `.rbk` file, every example of the reference and every given folder of programs parses without an error, but for
  those that `rbk` itself refuses for their syntax,
- the fixtures in `corpus/` and `highlight/` hold, as `tree-sitter test` says it,
- what the other queries match in `matched/shop.rbk` is what stands beside it, a line each; `--write` writes that anew,
- each query of each editor is one that the grammar knows.

    check.py [--write] RBK [FOLDER...]
"""

import ctypes
import difflib
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tree_sitter import Language, Parser, Query, QueryCursor

GRAMMAR = Path(__file__).parent.parent
EDITORS = GRAMMAR.parent
ROOT = EDITORS.parent
# What the formatter says of a file that it can read.
UNFORMATTED = "E0020"


def language(folder):
    library = Path(folder) / "rbk.so"
    source = GRAMMAR / "src"
    subprocess.run(
        ["cc", "-O1", "-shared", "-fPIC", f"-I{source}", source / "parser.c", "-o", library],
        check=True,
    )
    make = ctypes.CDLL(str(library)).tree_sitter_rbk
    make.restype = ctypes.c_void_p
    capsule = ctypes.pythonapi.PyCapsule_New
    capsule.restype = ctypes.py_object
    capsule.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    return Language(capsule(make(), b"tree_sitter.Language", None))


def first_error(node):
    """The innermost first node that is an error."""
    if node.is_missing or (node.is_error and not any(child.has_error for child in node.children)):
        return node
    for child in node.children:
        if child.has_error or child.is_missing:
            return first_error(child)
    return node


def refused(rbk, files):
    """The files that `rbk` cannot read."""
    found = set()
    for start in range(0, len(files), 500):
        some = [str(file) for file in files[start : start + 500]]
        said = subprocess.run(
            [rbk, "fmt", "--check", "--format", "json", *some],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            cwd="/",
        )
        for one in json.loads(said.stdout)["diagnostics"]:
            if one["kind"] == "error" and one["code"] != UNFORMATTED:
                found.add((Path("/") / one["file"]).resolve())
    return found


def examples(page, folder):
    """Each block `rbk` of a page of the reference, as a file."""
    blocks = re.findall(r"^```rbk[^\n]*\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    for number, block in enumerate(blocks, 1):
        file = Path(folder) / f"{page.stem}-{number}.rbk"
        file.write_text(block)
        yield file


def programs(parser, rbk, folders, scratch):
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", "*.rbk", ":!editors"], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    files = [ROOT / name for name in names]
    for page in sorted((ROOT / "grammar/reference").glob("*.md")):
        files += examples(page, scratch)
    for folder in folders:
        made = sorted(Path(folder).glob("*.rbk"))
        assert made, f"{folder}: no programs"
        files += made
    files = [file.resolve() for file in files]
    wrong = refused(rbk, files)
    failures = []
    for file in files:
        text = file.read_bytes()
        tree = parser.parse(text).root_node
        if file not in wrong and tree.has_error:
            row, column = first_error(tree).start_point
            line = text.decode().splitlines()[row : row + 1]
            failures.append(f"{file}:{row + 1}:{column + 1}: does not parse\n  {''.join(line)}")
    print(f"{len(files) - len(wrong)} programs, {len(wrong)} more that rbk refuses")
    assert len(files) - len(wrong) > 1000, "where are the programs?"
    return failures


def squeezed(tree):
    return re.sub(r"\s+", " ", tree).replace(" )", ")").strip()


def corpus(parser):
    failures, count = [], 0
    rule = re.compile(r"^={3,}\n(.*?)\n={3,}\n", re.MULTILINE)
    for file in sorted((GRAMMAR / "test/corpus").glob("*.txt")):
        parts = rule.split(file.read_text())[1:]
        for name, body in zip(parts[::2], parts[1::2]):
            text, expected = re.split(r"^-{3,}\n", body, maxsplit=1, flags=re.MULTILINE)
            # What stands between the rules, without the new lines at its ends.
            found = squeezed(str(parser.parse(text.strip("\n").encode()).root_node))
            count += 1
            if found != squeezed(expected):
                failures.append(f"{file.name}: {name}\n  expected {squeezed(expected)}\n  found    {found}")
    print(f"{count} trees")
    assert count > 20, "where is the corpus?"
    return failures


def captured(language, tree):
    """Each node that the highlights name, with what the last pattern says of it."""
    query = Query(language, (GRAMMAR / "queries/highlights.scm").read_text())
    found = {}
    for pattern, captures in QueryCursor(query).matches(tree):
        for name, nodes in captures.items():
            for node in nodes:
                key = (node.start_byte, node.end_byte)
                if key not in found or found[key][0] <= pattern:
                    found[key] = (pattern, name)
    return found


def highlights(language, parser):
    failures, count = [], 0
    mark = re.compile(r"^\s*//\s*(<-|\^)\s*([\w.]+)\s*$")
    for file in sorted((GRAMMAR / "test/highlight").glob("*.rbk")):
        lines = file.read_text().split("\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        found = captured(language, parser.parse(file.read_bytes()).root_node)
        above = 0
        for number, line in enumerate(lines):
            said = mark.match(line)
            if not said:
                above = number
                continue
            count += 1
            column = line.index("//") if said[1] == "<-" else line.index("^")
            place = starts[above] + column
            here = [(end - start, name) for (start, end), (_, name) in found.items() if start <= place < end]
            name = min(here)[1] if here else "nothing"
            if name != said[2]:
                failures.append(f"{file.name}:{above + 1}:{column + 1}: expected {said[2]}, found {name}")
    print(f"{count} colours")
    assert count > 50, "where are the colours?"
    return failures


def matched(language, parser, write):
    """What folds, is indented, is a name or stands in the outline, each with its place."""
    failures, count = [], 0
    folder = GRAMMAR / "test/matched"
    text = (folder / "shop.rbk").read_bytes()
    tree = parser.parse(text).root_node
    for name in ["folds", "indents", "locals", "outline"]:
        query = Query(language, (GRAMMAR / f"queries/{name}.scm").read_text())
        found = set()
        for _, captures in QueryCursor(query).matches(tree):
            for capture, nodes in captures.items():
                found.update((node.start_point, node.end_point, capture, node.text) for node in nodes)
        lines = []
        for (row, column), (end, last), capture, said in sorted(found):
            shown = said.decode().split("\n")[0]
            lines.append(f"{row + 1}:{column + 1}-{end + 1}:{last + 1} {capture} {shown}\n")
        count += len(lines)
        file = folder / f"{name}.txt"
        if write:
            file.write_text("".join(lines))
        expected = file.read_text().splitlines(keepends=True)
        for line in difflib.unified_diff(expected, lines, f"{name} expected", f"{name} found", n=0):
            failures.append(line.rstrip("\n"))
    print(f"{count} matches")
    assert count > 100, "where are the matches?"
    return failures


def queries(language):
    failures = []
    files = [file for file in sorted(EDITORS.rglob("*.scm")) if "node_modules" not in file.parts]
    for file in files:
        try:
            Query(language, file.read_text())
        except Exception as error:
            failures.append(f"{file}: {error}")
    print(f"{len(files)} queries")
    assert len(files) > 15, "where are the queries?"
    return failures


def is_generated():
    """Whether the parser was made of this grammar."""
    made = hashlib.sha256((GRAMMAR / "grammar.js").read_bytes()).hexdigest()
    kept = (GRAMMAR / "src/grammar.js.sha256").read_text().split()[0]
    return [] if made == kept else ["grammar.js changed: run `npm run generate` in editors/tree-sitter-rbk"]


def main():
    write = "--write" in sys.argv
    rbk, *folders = [argument for argument in sys.argv[1:] if argument != "--write"]
    rbk = Path(rbk).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        known = language(scratch)
        parser = Parser(known)
        failures = [
            *is_generated(),
            *programs(parser, rbk, folders, scratch),
            *corpus(parser),
            *highlights(known, parser),
            *matched(known, parser, write),
            *queries(known),
        ]
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(bool(failures))


main()
