"""Random queries, patterns and schedules: grown from a grammar, and half of them then spoiled. A seed makes the same ones."""

import random
import re

# The functions of Prometheus 2.42 and some that came later: name, what it takes, how many of the last may be left out.
# v is an instant vector, m a range of samples, s a number, t a text.
FUNCTIONS = [
    *((name, "v", 0) for name in "abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_count "
      "histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt tan tanh timestamp".split()),
    *((name, "v", 1) for name in "days_in_month day_of_month day_of_week day_of_year hour minute month year".split()),
    *((name, "m", 0) for name in "absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate "
      "last_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time "
      "sum_over_time".split()),
    ("clamp", "vss", 0), ("clamp_max", "vs", 0), ("clamp_min", "vs", 0), ("histogram_fraction", "ssv", 0),
    ("histogram_quantile", "sv", 0), ("holt_winters", "mss", 0), ("label_join", "vttt", 1), ("label_replace", "vtttt", 0),
    ("predict_linear", "ms", 0), ("quantile_over_time", "sm", 0), ("round", "vs", 1), ("vector", "s", 0),
    # Later ones.
    ("histogram_avg", "v", 0), ("histogram_stddev", "v", 0), ("mad_over_time", "m", 0), ("sort_by_label", "vt", 0),
    ("double_exponential_smoothing", "mss", 0), ("info", "v", 0), ("first_over_time", "m", 0), ("ts_of_max_over_time", "m", 0),
]
NUMBERS = [("pi", ""), ("time", ""), ("scalar", "v")]
AGGREGATIONS = ["sum", "avg", "count", "min", "max", "group", "stddev", "stdvar"]
RANKINGS = ["topk", "bottomk", "quantile"]
ARITHMETIC = ["+", "-", "*", "/", "%", "^", "atan2"]
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]
SETS = ["and", "or", "unless"]
METRICS = ["up", "http_requests_total", "node:cpu:rate5m", "a", "offset", "by", "sum", "on_call", "start", "group", "bool_x", ":x", "_y"]
LABELS = ["job", "le", "pod", "code", "by", "on", "instance", "without", "__name__", "_a", "sum", "start"]
DURATIONS = ["5m", "1h30m", "30s", "1d", "1w", "500ms", "2h", "1y", "1d12h", "90s", "0s", "1h1ms"]
LITERALS = ["1", "0", "0.5", ".5", "1.", "1e3", "1E-3", "0x1F", "0XaB", "Inf", "nan", "NaN", "inf", "42", "1e+2", "007", "5m", "1h"]
VALUES = ["", "b", "web-1", "it's", "a b", "é", "x.y", "{}", "[5m]", "#", "a,b"]
TOKEN = re.compile(r"""\s+|[A-Za-z_:][\w:]*|[\d.][\w.]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[=!<>]=|[=!]~|.""", re.S)
PIECES = ["(", ")", "{", "}", "[", "]", "[5m]", "[5m:]", "[1h:1m]", ",", "=", "==", "=~", "!~", "!=", "!", "~", "@", "@ 1", "@ end()",
          "@ -1.5", "@ start ( )", "offset", "offset 5m", "offset -1h", "by", "by (a)", "without ()", "on (job)", "ignoring", "group_left",
          "group_right (a)", "bool", "+", "-", "*", "^", "%", "and", "or", "unless", "atan2", "sum", "rate", "x", ":", ";", "$", "&", "|",
          "1", "5m", "0x", "1e", "1_000", ".", "..", "'", '"', "`", "\\", "\"a\"", "'\\d'", "`\\d`", "\t", "é", "#", "</", ">/", "AND", "Sum",
          "BY", "Inf", "-Inf", "=~\"(\"", "=~\"a|b\"", "{job=\"x\"}", "{job=~\".+\",}", "{,}", "__name__", "start()", "end()"]


# What the newest server has beside all that, behind flags or not.
NEWER_FUNCTIONS = [
    ("histogram_quantiles", "vts", 0), ("start_timestamp", "v", 0), ("limitk", "sv", 0), ("limit_ratio", "sv", 0),
    ("histogram_stdvar", "v", 0), ("ts_of_first_over_time", "m", 0), ("sort_by_label_desc", "vtt", 2),
]
NEWER_NUMBERS = [("start", ""), ("end", ""), ("step", ""), ("range", ""), ("min_of", "ss"), ("max_of", "ss")]
NEWER_LITERALS = ["1_000", "1_0.5", "0x1F", "1h30m", "5m", "1e1_0", "1__0", "1_", "0_7"]


class Queries:
    """Queries of PromQL, as Prometheus 2.42 had it or as the newest does."""

    def __init__(self, seed, is_newest=False, spoiled=0.5):
        self.random = random.Random(seed)
        self.is_newest, self.share = is_newest, spoiled

    def newer(self, share):
        return self.is_newest and self.often(share)

    def length(self, lengths=DURATIONS[:-2], depth=2):
        """A length of time behind `[`, and what the newest server computes of some."""
        if not self.newer(0.5):
            return self.some(lengths)
        if depth < 1 or self.often(0.4):
            return self.some(["300", "0.5", "1_000", "step()", "range()", "5m", "1h30m", "1e2", "STEP ( )"])
        one, other = self.length(lengths, depth - 1), self.length(lengths, depth - 1)
        return self.some([f"{one} {self.some('+-*/%^')} {other}", f"({one})", f"max_of({one}, {other})", f"min_of({one},{other})", f"-{one}"])

    def fills(self):
        number = lambda: self.some(["0", "-1", "+2.5", "Inf", "1_0", "5m"])
        return self.some([f" fill({number()})", f" fill_left ({number()})", f" fill_right({number()})",
                          f" fill_right({number()}) fill_left({number()})", f" fill_left({number()}) fill_right({number()})"])

    def some(self, many):
        return self.random.choice(many)

    def often(self, share):
        return self.random.random() < share

    def blank(self):
        return "" if self.often(0.8) else self.some([" ", "  ", "\t"])

    def quoted(self, value):
        kind = self.some("\"'`\"")
        if kind == "`":
            return f"`{value.replace('`', '')}`"
        if self.often(0.1):
            value += self.some(["\\n", "\\\\", "\\x41", "\\101", "\\u00e9", "\\U0001f600", "\\t", "\\d", "\\x4", "\\400", "\\ud800", "\\xff"])
        return f"{kind}{value.replace(kind, '')}{kind}"

    def matcher(self):
        operator = self.some(["=", "=", "=", "!=", "=~", "=~", "!~"])
        value = self.some(VALUES)
        if "~" in operator and self.often(0.8):
            value = self.some([".*", ".+", "5..", "a|b", "", "(a|b)?", "web-[0-9]+", "[^a]", "a{2,3}", "(", "[a", "a**", "(?i)x", "\\\\d+", "x*?"])
        label = self.some(LABELS[:-4] if self.often(0.9) else LABELS)
        return f"{label}{self.blank()}{operator}{self.blank()}{self.quoted(value)}"

    def selector(self):
        matchers = ",".join(self.matcher() for _ in range(self.some([0, 0, 0, 1, 1, 2, 3])))
        if matchers and self.often(0.1):
            matchers += ","
        if self.often(0.08):
            return "{" + matchers + "}"
        metric = self.some(METRICS[:4] if self.often(0.9) else METRICS)
        return metric + self.blank() + ("{" + matchers + "}" if matchers or self.often(0.1) else "")

    def moved(self):
        text = ""
        while self.often(0.15):
            offset = self.some(DURATIONS)
            if self.newer(0.5):
                offset = self.some(["300", "0", "step()", "range()", f"({self.length()})", f"max_of(1m, {self.length()})"])
            text += self.some([" offset " + self.some(["", "-", "- "]) + offset, " @ " + self.moment()])
        if self.newer(0.03):
            text += self.some([" anchored", " smoothed"])
        return text

    def moment(self):
        return self.some(["1609746000", "1.5", "-1", "+5", "start()", "end()", "end( )", "START()", "1e9", "0x10", "Inf", "5m", "- 1"])

    def range(self, depth):
        if self.often(0.75) or depth < 1:
            return f"{self.selector()}{self.blank()}[{self.blank()}{self.length()}{self.blank()}]" + self.moved()
        step = self.some(["", self.length(["1m", " 30s", "1h"])])
        inner = self.vector(depth - 1)
        inner = inner if self.often(0.3) else f"({inner})"
        return f"{inner}[{self.length()}:{step}]" + self.moved()

    def labels(self):
        labels = [self.some(LABELS) for _ in range(self.some([0, 1, 1, 2]))]
        return "(" + ",".join(labels) + ("," if labels and self.often(0.1) else "") + ")"

    def aggregation(self, depth):
        name, first = self.some(AGGREGATIONS), ""
        if self.often(0.2):
            name, first = self.some(RANKINGS), self.number(depth - 1) + ", "
        elif self.often(0.05):
            name, first = "count_values", '"v",'
        grouping = self.some(["", f" by {self.labels()}", f" without {self.labels()} "])
        inner = f"({first}{self.vector(depth - 1)})"
        name = name if self.often(0.9) else name.upper()
        return name + (grouping + inner if self.often(0.5) else inner + grouping)

    def call(self, depth, functions):
        name, takes, *optional = self.some(functions)
        takes = takes[: len(takes) - self.random.randint(0, optional[0] if optional else 0)]
        if self.often(0.03):
            takes += self.some("vmst")
        makers = {"v": self.vector, "m": self.range, "s": self.number, "t": lambda _: self.quoted(self.some(["a", "b", "$1", "(.*)", ""]))}
        if self.often(0.04):
            takes = "".join(self.some("vmst") for _ in takes)
        return f"{name}{self.blank()}(" + ", ".join(makers[kind](depth - 1) for kind in takes) + ")"

    def matching(self, set_operator):
        text = self.some(["", "", f" on {self.labels()}", f" ignoring{self.labels()}"])
        if text and self.often(0.05 if set_operator else 0.3):
            text += self.some([" group_left", " group_right", f" group_left {self.labels()}", f" group_right{self.labels()}"])
        return text

    def binary(self, depth, left, right):
        operator = self.some(ARITHMETIC + COMPARISONS if left != self.vector or right != self.vector else ARITHMETIC + COMPARISONS + SETS)
        between = " bool" if operator in COMPARISONS and (self.often(0.3) or left == right == self.number) and self.often(0.95) else ""
        if left == right == self.vector:
            between += self.matching(operator in SETS)
            if self.newer(0.15):
                between += self.fills()
        if self.newer(0.1):
            operator = self.some(["</", ">/"])
        operator = operator if self.often(0.95) else operator.upper()
        return f"{left(depth - 1)} {operator}{between} {right(depth - 1)}"

    def vector(self, depth):
        if depth < 1 or self.often(0.2):
            return self.selector() + self.moved()
        kind = self.random.random()
        if kind < 0.35:
            return self.call(depth, NEWER_FUNCTIONS if self.newer(0.3) else FUNCTIONS)
        if kind < 0.55:
            return self.aggregation(depth)
        if kind < 0.85:
            sides = self.some([(self.vector, self.vector), (self.vector, self.number), (self.number, self.vector)])
            return self.binary(depth, *sides)
        return self.some(["-", "+", ""]) + f"({self.vector(depth - 1)})"

    def number(self, depth):
        if depth < 1 or self.often(0.6):
            return self.some(["", "", "", "-", "+"]) + self.some(NEWER_LITERALS if self.newer(0.3) else LITERALS[:-2] if self.often(0.95) else LITERALS)
        return self.some([lambda: self.call(depth, NEWER_NUMBERS if self.newer(0.5) else NUMBERS), lambda: self.binary(depth, self.number, self.number), lambda: f"({self.number(depth - 1)})"])()

    def spoiled(self, query):
        """The query with one or two tokens taken out, doubled, swapped, put in or cut."""
        tokens = TOKEN.findall(query)
        for _ in range(self.some([1, 1, 1, 2])):
            at = self.random.randrange(len(tokens)) if tokens else 0
            how = self.random.randrange(5)
            if how == 0 and tokens:
                del tokens[at]
            elif how == 1 and tokens:
                tokens.insert(at, tokens[at])
            elif how == 2 and len(tokens) > 1:
                other = self.random.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            elif how == 3 and tokens and len(tokens[at]) > 1:
                cut = self.random.randrange(len(tokens[at]))
                tokens[at] = tokens[at][:cut] + tokens[at][cut + 1:]
            else:
                tokens.insert(at, self.some(PIECES) + self.some(["", " "]))
        return "".join(tokens)

    def one(self):
        depth = self.some([0, 1, 2, 2, 3, 3])
        query = self.some([self.vector, self.vector, self.vector, self.vector, self.number, self.range])(depth)
        return self.spoiled(query) if self.often(self.share) else query


ATOMS = ["a", "b", "7", "é", ".", "-", "_", " ", "\\d", "\\w", "\\S", "\\D", "\\.", "\\-", "\\pL", "\\p{Greek}", "\\P{L}", "\\p{^Nd}", "\\n", "\\t",
         "\\x41", "\\x{1F600}", "\\a", "\\f", "\\v", "[a-z]", "[^0-9]", "[]a]", "[^]a]", "[a-]", "[-a]", "[\\d_]", "[[:alpha:]]", "[^[:^digit:]]",
         "[a\\-z]", "[\\]]", "[.]", "[é-ü]", "\\123", "\\0", "]", "}", ",", "=", "/", "<", "&", "~", "#", "\"", "'", "\\/", "\\\"", "\\_"]
ODD_ATOMS = ["\\Qa+\\E", "\\C", "\\X", "\\y", "\\h", "\\1", "\\k<a>", "[[a]]", "[a&&b]", "[a--b]", "[a~~b]", "[z-a]", "[a", "[]", "[^]", "[a-\\d]",
             "[[:nope:]]", "[[:word:]]", "\\p{Nope}", "\\pN", "\\p", "\\x", "\\x{}", "\\x{110000}", "\\u0041", "\\<", "\\>", "\\b{start}", "\\z",
             "\\Z", "\\G", "\\e", "\\cA", "\\N", "\\R", "\\K", "{", "{2}", "{,3}", "{a}", "x{2", "(?#c)", "\\", "\\é", "\\ ", "[\\b]", "[\\Q]\\E]", "\\E"]
GROUPS = ["(", "(", "(?:", "(?i:", "(?P<n>", "(?s-i:"]
ODD_GROUPS = ["(?<n>", "(?=", "(?!", "(?<=", "(?>", "(?x:", "(?u:", "(?R:", "(?-:", "(?i-:", "(?", "(?P<1>", "(?P<>", "(?P=n)", "(?'n'", "(?-i-s:", "(?|"]
REPEATS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{2,}", "{2}?", "{0,1}"]
ODD_REPEATS = ["**", "*+", "++", "{3,1}", "{,3}", "{1001}", "{1000}", "{2}{3}", "{a}", "{ 2}", "{2,3", "{}", "{2, 3}", "???", "{-1}", "*{2}"]


class Patterns:
    """Patterns in the dialect of RE2."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, usual, odd):
        return self.random.choice(odd if self.random.random() < 0.06 else usual)

    def piece(self, depth):
        if depth > 0 and self.random.random() < 0.3:
            text = self.pick(GROUPS, ODD_GROUPS) + self.whole(depth - 1) + (")" if self.random.random() < 0.98 else "")
        else:
            text = self.pick(ATOMS, ODD_ATOMS)
        return text + (self.pick(REPEATS, ODD_REPEATS) if self.random.random() < 0.3 else "")

    def whole(self, depth):
        text = "".join(self.piece(depth) for _ in range(self.random.randint(0 if depth < 2 else 1, 3)))
        if self.random.random() < 0.1:
            text = self.random.choice(["^", "$", "\\b", "\\B", "\\A", "\\z", "(?i)", "(?s)", "(?m)", "(?U)", "(?i-s)", "(?x)", "(?)"]) + text
        if self.random.random() < 0.2:
            text += "|" + self.whole(depth - 1)
        return text

    def one(self):
        text = self.whole(self.random.choice([1, 1, 2, 3]))
        if text and self.random.random() < 0.25:
            at = self.random.randrange(len(text))
            put = self.random.choice(["", *"()[]{}*+?|\\^$-:,<&aP"])
            text = text[:at] + put + text[at + self.random.randint(0, 1):]
        return text


class Schedules:
    """Schedules of five fields."""

    FIELDS = [(0, 59, []), (0, 23, []), (1, 31, []), (1, 12, "jan feb mar apr may jun jul aug sep oct nov dec".split()),
              (0, 7, "sun mon tue wed thu fri sat".split())]
    ODD = ["L", "?", "5W", "1#2", "fri#1", "60", "24", "0", "32", "13", "8", "-1", "*/0", "*/", "/5", "5/15", "1-", "-5", "1--2", "1-2-3", "1,,2",
           "1,", ",1", "a", "monday", "tues", "*-5", "*/99", "1-5/0", "1.5", "+1", "**", "*,*", "1,*", "@daily", "H", "R", "7-7", "0-7", "sat-sun",
           "22-2", "nov-feb", "fri-mon", "Mon", "MON-fri", "01", "007", "1-5/2", "5-5", "*/1", "1-31/31", "mon/2", "l", "sun-mon", "sun-sat", "mon-sun"]

    def __init__(self, seed):
        self.random = random.Random(seed)

    def value(self, low, high, words):
        if words and self.random.random() < 0.4:
            return self.random.choice(words)
        return str(self.random.randint(low, high))

    def element(self, low, high, words):
        kind = self.random.random()
        if kind < 0.25:
            return "*/" + str(self.random.randint(1, max(2, high // 2)))
        if kind < 0.6:
            text = self.value(low, high, words) + "-" + self.value(low, high, words)
            return text + ("/" + str(self.random.randint(1, 5)) if self.random.random() < 0.3 else "")
        return self.value(low, high, words)

    def field(self, at):
        low, high, words = self.FIELDS[at]
        if self.random.random() < (0.3 if at < 2 else 0.5):
            return "*"
        if self.random.random() < 0.06:
            return self.random.choice(self.ODD)
        return ",".join(self.element(low, high, words) for _ in range(self.random.choice([1, 1, 1, 2, 3])))

    def one(self):
        fields = [self.field(at) for at in range(5)]
        if self.random.random() < 0.03:
            fields.insert(self.random.randrange(5), self.field(0))
        elif self.random.random() < 0.03:
            del fields[self.random.randrange(5)]
        return self.random.choice([" ", " ", " ", "  ", "\t"]).join(fields)
