"""What `rbk check` says of literals, held against others that read the same languages: queries against Prometheus' own
promtool, and, for what is newer than that, against its editor; patterns against RE2; schedules against croniter. Listed
ones, and thousands of random ones.

Called with the path of rbk, the folder that has the editor, and a number where another seed is wanted. A difference that `literals_known.toml`
does not explain fails, and so does an explanation that nothing needs, or that may hide much, and a part that finds nothing."""

import collections
import datetime
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import zoneinfo

import re2
from croniter import croniter

from literals_random import Patterns, Queries, Schedules

HERE = pathlib.Path(__file__).parent
RBK = sys.argv[1]
EDITOR = sys.argv[2]
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 13
COUNTS = {"promql": 6000, "newest": 3000, "promql pattern": 3000, "re": 4000, "cron": 4000, "due": 1000}
LINES = 400
# What is known finds something: so many of the listed kinds, at least so many times that clocks leave out, and of the
# random ones at least one in so many is taken, and one refused.
LISTED = {"promql", "promql pattern", "re", "cron"}
LEFT_OUT = 40
EITHER = 20
# An explanation by the form of a literal is one of a rare form: it fits at most one in so many of what it is asked about.
RARE = 20
# The flags of Prometheus that bring forms of queries.
FEATURES = ["promql-experimental-functions", "promql-duration-expr", "promql-extended-range-selectors", "promql-binop-fill-modifiers"]

# What a judge makes of a literal, and why it refuses; `why` of rbk has the codes of its findings.
Verdict = collections.namedtuple("Verdict", "takes why")
# A literal of which two judges think otherwise; who of both refuses it, and what that one says.
Difference = collections.namedtuple("Difference", "of text judge refuses why")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)


def written(text):
    """The text between the quotes of a tagged literal; none where it cannot be written there."""
    at, raw = 0, ""
    while at < len(text):
        two = text[at:at + 2]
        if text[at] == "\\":
            if len(two) < 2 or two[1] in '"\n':
                return None
            raw, at = raw + two, at + 2
        elif text[at] == "\n":
            return None
        elif two == "${":
            raw, at = raw + "$\\{", at + 2
        else:
            raw, at = raw + ('\\"' if text[at] == '"' else text[at]), at + 1
    return raw


def rbk(tag, texts, server=""):
    """What rbk says of literals with this tag, in one package."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "rbk.toml").write_text(f'name = "literals"\nversion = "1.0.0"\nedition = "2026"\n{server}')
        for start in range(0, len(texts), LINES):
            lines = [f'const l{start + at} = {tag}"{written(text)}"\n' for at, text in enumerate(texts[start:start + LINES])]
            (folder / f"f{start}.rbk").write_text("".join(lines))
        told = run(RBK, "check", str(folder), "--format", "json")
    assert told.returncode in (0, 1), told.stderr
    found = [[] for _ in texts]
    for package in json.loads(told.stdout)["packages"]:
        for one in package["diagnostics"]:
            assert one["start"]["line"] == one["end"]["line"], one
            at = int(pathlib.Path(one["file"]).stem[1:]) + one["start"]["line"] - 1
            found[at].append((one["kind"], f"{one['code']}: {one['message']}"))
    return [Verdict(all(kind != "error" for kind, _ in all_of), "; ".join(why for _, why in all_of)) for all_of in found]


def promtool(texts):
    """What promtool says of queries, as those of recording rules."""
    verdicts = [Verdict(True, "")] * len(texts)
    with tempfile.TemporaryDirectory() as folder:
        rules = pathlib.Path(folder) / "rules.yml"
        lines = [f"  - record: q{at}\n    expr: {json.dumps(text)}\n" for at, text in enumerate(texts)]
        rules.write_text("groups:\n- name: g\n  rules:\n" + "".join(lines))
        told = run("promtool", "check", "rules", "--lint=none", str(rules))
    said = told.stdout + told.stderr
    # What is repeated of a pattern may go on in further lines.
    messages = [line for line in said.splitlines() if line.startswith(f"{rules}: ")]
    for line in messages:
        message = re.search(r': group "g", rule \d+, "q(\d+)": (.*)$', line)
        assert message, f"promtool says this of no query: {line}"
        verdicts[int(message[1])] = Verdict(False, message[2])
    refused = sum(not one.takes for one in verdicts)
    assert len(messages) == refused and (refused > 0) == (told.returncode != 0), said[:2000]
    return verdicts


def editor(texts):
    """What the editor of the newest Prometheus says of queries."""
    command = ["node", str(HERE / "literals_newest.mjs"), EDITOR]
    told = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return [Verdict(why is None, why or "") for why in json.loads(told.stdout)]


def of_re2(texts):
    options = re2.Options()
    options.log_errors = False
    # How large a pattern may grow is for each to say.
    options.max_mem = 1 << 28
    verdicts = []
    for text in texts:
        try:
            re2.compile(text, options)
            verdicts.append(Verdict(True, ""))
        except re2.error as error:
            why = error.args[0]
            verdicts.append(Verdict(False, why.decode() if isinstance(why, bytes) else str(why)))
    return verdicts


def of_croniter(texts):
    verdicts = []
    for text in texts:
        try:
            croniter(text, datetime.datetime(2026, 1, 1)).get_next()
            verdicts.append(Verdict(True, ""))
        except (ValueError, KeyError) as error:
            verdicts.append(Verdict(False, f"{type(error).__name__}: {error}"))
    return verdicts


MONTHS = list(enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1))
DAYS = list(enumerate("sun mon tue wed thu fri sat".split()))

# Where the clock is put forward, on several days of the week and at several hours.
ZONES = ["Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Asia/Beirut"]
TODAY = datetime.date(2026, 2, 3)
MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)


def gaps(name):
    """The times that a zone's clock leaves out in the two years that rbk looks at, as `(from, to)`."""
    zone, found = zoneinfo.ZoneInfo(name), []
    moment = datetime.datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=datetime.timezone.utc)
    end = moment + datetime.timedelta(days=730)
    step = datetime.timedelta(minutes=30)
    while moment < end:
        before, after = moment.astimezone(zone).replace(tzinfo=None), (moment + step).astimezone(zone).replace(tzinfo=None)
        if after - before > step:
            found.append((before + step, after))
        moment += step
    return found


WORDS = {word: number for words in (MONTHS, DAYS) for number, word in words}


def is_misread(text):
    """Whether croniter reads a schedule otherwise than cron does: a field that only has all its numbers for `*`, and so the
    other field for the day alone; `5-5` for all of a field; and, off by one, a step that goes over the end of a field."""
    fields, (read, _) = text.split(), croniter.expand(text)
    for low, high, step in re.findall(r"(\w+)-(\w+)(/?)", text.lower()):
        low, high = (WORDS[end] if end in WORDS else int(end) for end in (low, high))
        if low == high or low > high and step:
            return True
    return any(read[at] == ["*"] and not fields[at].startswith("*") for at in (2, 4))


def due(texts):
    """Whether rbk and croniter agree on the times that the changes of clocks leave out: what a field means, on those days.
    The "bug" is the rule of cron itself, that a field which begins with `*` is none that says which days."""
    differences, looked_at = [], 0
    lost = {zone: gaps(zone) for zone in ZONES}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "rbk.toml").write_text('name = "due"\nversion = "1.0.0"\nedition = "2026"\n')
        (folder / "shop.rbk").write_text('role oncall = rota "pagerduty:shop"\nproduct shop { owner oncall }\n')
        for at, text in enumerate(texts):
            zone = ZONES[at % len(ZONES)]
            lines = [f"runbook r{at} for shop {{", "  version 1.0.0", f'  on schedule cron"{text}" in "{zone}" missed skip',
                     '  steps { page oncall "due" }', "}"]
            (folder / f"f{at}.rbk").write_text("\n".join(lines) + "\n")
        told = run(RBK, "lint", str(folder), "--today", str(TODAY), "--format", "json")
    assert told.returncode in (0, 1), told.stderr
    said = {}
    for package in json.loads(told.stdout)["packages"]:
        for one in package["diagnostics"]:
            assert one["kind"] != "error", one
            if one["code"] == "L0411":
                said[int(pathlib.Path(one["file"]).stem[1:])] = re.search(r"\d{4}-\d\d-\d\d", one["label"])[0]
    for at, text in enumerate(texts):
        def comes(start, end):
            return croniter(text, start - MINUTE, implement_cron_bug=True).get_next(datetime.datetime) < end
        missed = [start for start, end in lost[ZONES[at % len(ZONES)]]
                  if comes(start, end) and not (comes(start - HOUR, start) and comes(end, end + HOUR))]
        expected = str(missed[0].date()) if missed else None
        looked_at += expected is not None
        if said.get(at) != expected:
            differences.append(Difference("due", text, "croniter", "rbk", f"rbk: {said.get(at)}, croniter: {expected}"))
    return differences, looked_at


def compared(of, texts, ours, judge, theirs):
    for text, one, other in zip(texts, ours, theirs):
        if one.takes != other.takes:
            yield Difference(of, text, judge, "rbk" if other.takes else judge, one.why if other.takes else other.why)


def distinct(maker, count):
    """So many different texts that can be written in a literal."""
    texts = {}
    while len(texts) < count:
        text = maker.one()
        if text.strip() and written(text) is not None:
            texts[text] = None
    return list(texts)


def in_query(pattern):
    """A query with the pattern; none where no quotes go around it."""
    return None if "`" in pattern else f"x{{a=~`{pattern}`}}"


def listed():
    """The listed literals: what they are of, since which version of the server they are right (none: wrong), the text."""
    of = None
    for line in (HERE / "literals_listed.txt").read_text().splitlines():
        if line.startswith("== "):
            of = line[3:]
        elif line and not line.startswith("# "):
            judged, text = line.split("|", 1)
            yield of, judged.strip(), text.removeprefix(" ")


class Known:
    """The differences that are explained."""

    def __init__(self):
        self.entries = tomllib.loads((HERE / "literals_known.toml").read_text())["difference"]
        self.used = collections.Counter()
        # What was asked, by what it is of: how often the form of an explanation occurs.
        self.asked = collections.defaultdict(list)

    def common(self):
        """The explanations by a form that is not rare."""
        for entry in self.entries:
            texts = self.asked[entry["of"]]
            fits = sum(bool(re.search(entry["text"], text, re.S)) for text in texts) if "text" in entry else 0
            if fits > max(len(texts) // RARE, self.FEW):
                yield entry, fits, len(texts)

    # Of the listed ones, which are few.
    FEW = 10

    def explains(self, difference):
        for at, entry in enumerate(self.entries):
            fits = entry["of"] == difference.of and entry["refuses"] == difference.refuses and re.search(entry.get("says", ""), difference.why)
            if fits and re.search(entry.get("text", ""), difference.text, re.S):
                self.used[at] += 1
                return True
        return False


def version(text):
    return tuple(int(part) for part in text.split("."))


def main():
    known, differences = Known(), []
    installed = re.search(r"version (\d+\.\d+)", run("promtool", "--version").stdout)[1]
    at_version = f'prometheus = "{installed}"\n'
    newest = f"prometheus_features = {json.dumps(FEATURES)}\n"
    print(f"promtool {installed}, seed {SEED}")

    # What people write: a verdict stands beside each, and the other tools are asked as far as they are new enough.
    by_hand = collections.defaultdict(list)
    for of, judged, text in listed():
        by_hand[of].append((judged, text))
    assert set(by_hand) == LISTED, set(by_hand)
    for of, all_of in by_hand.items():
        if of == "promql pattern":
            all_of = [(judged, in_query(text)) for judged, text in all_of]
        texts = [text for _, text in all_of]
        known.asked[f"listed {of}"] += texts
        tag = {"promql pattern": "promql"}.get(of, of)
        ours = rbk(tag, texts, newest)
        for (judged, text), one in zip(all_of, ours):
            if one.takes != (judged != "wrong"):
                differences.append(Difference(f"listed {of}", text, "the list", "the list" if one.takes else "rbk", one.why))
        if tag == "promql":
            different = compared(f"listed {of}", texts, ours, "editor", editor(texts))
            differences += [one for one in different if one.refuses == "editor"]
            old = rbk(tag, texts, at_version)
            for (judged, text), one, other in zip(all_of, old, promtool(texts)):
                is_newer = judged not in ("right", "wrong") and version(judged) > version(installed)
                if is_newer and (one.takes or f"from {judged} on" not in one.why):
                    differences.append(Difference(f"listed {of}", text, "the list", "the list", f"not refused for {judged}: {one.why}"))
                if other.takes != (judged != "wrong" and not is_newer):
                    differences.append(Difference(f"listed {of}", text, "promtool", "promtool" if not other.takes else "the list", other.why))
        elif tag == "re":
            expected = [Verdict(judged != "wrong", "listed as wrong") for judged, _ in all_of]
            differences += compared(f"listed {of}", texts, expected, "re2", of_re2(texts))
        print(f"{len(texts):6} listed: {of}")

    # Those of the test suite, as far as they stand there as they are read.
    lines = (HERE / "../tests/literal/promql.txt").read_text().splitlines()
    texts = [line for line in lines if line.strip() and not re.search(r"^#|\$\{|\\", line)]
    differences += compared("promql", texts, rbk("promql", texts, at_version), "promtool", promtool(texts))
    print(f"{len(texts):6} queries of the test suite")

    texts = distinct(Queries(SEED), COUNTS["promql"])
    known.asked["promql"] += texts
    ours, theirs = rbk("promql", texts, at_version), promtool(texts)
    differences += compared("promql", texts, ours, "promtool", theirs)
    told("random queries", ours)
    # A newer server takes what an older one took.
    for text, one, new in zip(texts, ours, rbk("promql", texts, newest)):
        if one.takes and not new.takes:
            differences.append(Difference("promql, newest", text, "rbk", "rbk", new.why))
    for spoiled in (0, 1):
        texts = distinct(Queries(SEED, True, spoiled), COUNTS["newest"])
        known.asked["promql, newest"] += texts
        ours = rbk("promql", texts, newest)
        different = compared("promql, newest", texts, ours, "editor", editor(texts))
        # The editor mends what is spoiled at its end.
        differences += [one for one in different if one.refuses == "editor" or not spoiled]
        told(f"random queries of the newest server{', spoiled' if spoiled else ''}", ours)

    patterns = [one for one in distinct(Patterns(SEED), COUNTS["promql pattern"]) if in_query(one) and written(in_query(one))]
    texts = [in_query(one) for one in patterns]
    known.asked["promql pattern"] += texts
    ours = rbk("promql", texts, at_version)
    differences += compared("promql pattern", texts, ours, "promtool", promtool(texts))
    differences += compared("promql pattern", texts, ours, "re2", of_re2(patterns))
    told("random patterns in queries", ours)

    texts = distinct(Patterns(SEED + 1), COUNTS["re"])
    known.asked["re"] += texts
    ours = rbk("re", texts)
    differences += compared("re", texts, ours, "re2", of_re2(texts))
    told("random patterns", ours)

    texts = distinct(Schedules(SEED), COUNTS["cron"])
    known.asked["cron"] += texts
    ours, theirs = rbk("cron", texts), of_croniter(texts)
    differences += compared("cron", texts, ours, "croniter", theirs)
    told("random schedules", ours)
    both = [text for text, one, other in zip(texts, ours, theirs) if one.takes and other.takes]
    both = [text for text in both if not is_misread(text)][:COUNTS["due"]]
    different, looked_at = due(both)
    differences += different
    print(f"{len(both):6} schedules: the times that clocks leave out, {looked_at} have one")
    assert looked_at >= LEFT_OUT, looked_at

    unexplained = [one for one in differences if not known.explains(one)]
    print(f"{len(differences):6} differences, explained:")
    for at, entry in enumerate(known.entries):
        print(f"{known.used[at]:6} {entry['kind']}: {entry['of']}: {entry['why']}")
    for one in unexplained:
        print(f"DIFFERS {one.of}: {one.text!r}: {one.refuses} refuses it: {one.why}")
    # Another seed may need fewer.
    needless = [entry for at, entry in enumerate(known.entries) if not known.used[at] and SEED == 13]
    for entry in needless:
        print(f"NEEDLESS {entry['of']}: {entry['why']}")
    common = list(known.common())
    for entry, fits, many in common:
        print(f"COMMON {entry['of']}: {entry['why']}: {entry['text']!r} is in {fits} of {many}")
    print(f"{len(unexplained):6} differences that nothing explains, {len(needless)} explanations that nothing needs, "
          f"{len(common)} of a form that is common")
    sys.exit(bool(unexplained or needless or common))


def told(what, verdicts):
    taken = sum(one.takes for one in verdicts)
    refused = len(verdicts) - taken
    print(f"{len(verdicts):6} {what}: {taken} taken, {refused} refused")
    assert min(taken, refused) >= len(verdicts) // EITHER, what


main()
