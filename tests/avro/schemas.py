"""schemas: random readers, and random writers that resolve to them.

Types are Avro's JSON as Python objects. A Writer's `refusal` is the set of words of which avro_compile must give one; empty: it must
compile."""
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
FILES = ["profile", "post", "interaction", "campaign", "creator-score"]
BOOL, I32, I64, F64, BYTES, LIST, MAP = range(7)
PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
PROMOTED_FROM = {"long": ["int", "long"], "float": ["int", "long", "float"], "double": ["int", "long", "float", "double"],
                 "string": ["string", "bytes"], "bytes": ["bytes", "string"]}
LOGICAL = {"int": ["date", "time-millis"], "long": ["timestamp-millis", "time-micros", "local-timestamp-micros"], "bytes": ["decimal"],
           "string": ["uuid", "nobody-knows-it"], "double": ["of-our-own"]}


def word(t):
    return "union" if isinstance(t, list) else t if isinstance(t, str) else t["type"]


def resolve(names, t):
    return t if isinstance(t, list) or word(t) in PRIMITIVES else names[t] if isinstance(t, str) else t


def collect(t, names, namespace=""):
    """Full name -> definition; rewrites references and names to full ones, in place where it can."""
    if isinstance(t, list):
        return [collect(b, names, namespace) for b in t]
    if isinstance(t, str):
        return t if t in PRIMITIVES or "." in t or not namespace else namespace + "." + t
    if t["type"] in ("record", "enum", "fixed"):
        namespace = t.get("namespace", namespace)
        names[namespace + "." + t["name"] if namespace else t["name"]] = t
    for f in t.get("fields", []):
        f["type"] = collect(f["type"], names, namespace)
    for inner in ("items", "values"):
        if inner in t:
            t[inner] = collect(t[inner], names, namespace)
    return t


def may_be_empty(names, t):
    t = resolve(names, t)
    if word(t) == "record":
        return all(may_be_empty(names, f["type"]) for f in t["fields"])
    return word(t) == "null" or (word(t) == "fixed" and t["size"] == 0)


def plain(t):
    """The same encoding without logical types: fastavro would turn them into dates and decimals."""
    if isinstance(t, list):
        return [plain(b) for b in t]
    if isinstance(t, dict):
        return {k: plain(v) if k in ("type", "items", "values") else [{**f, "type": plain(f["type"])} for f in v] if k == "fields" else v
                for k, v in t.items() if k not in ("logicalType", "precision", "scale")}
    return t


class Maker:
    def __init__(self, rng, strict=False):
        self.rng, self.strict, self.names, self.serial = rng, strict, {}, 0

    def chance(self, p):
        return self.rng.random() < p

    def fresh(self, prefix):
        self.serial += 1
        return f"{prefix}{self.serial}"

    def dress(self, t):
        """A primitive as a plain word, as an object, or with a logical type."""
        if not isinstance(t, str) or t not in PRIMITIVES or self.chance(0.75):
            return t
        dressed = {"type": t, "doc": "x"} if self.chance(0.4) else {"type": t}
        if t in LOGICAL and self.chance(0.7):
            dressed["logicalType"] = self.rng.choice(LOGICAL[t])
            if dressed["logicalType"] == "decimal":
                dressed.update(precision=9, scale=2)
        return dressed

    def named(self, kind, name, **rest):
        t = {"type": kind, "name": name, **rest}
        if self.chance(0.3):
            t["doc"] = 'say "\\" or \u00e9'
        return t


class Reader(Maker):
    """A reader schema, and the table of fields to ask for: (path, type, how, reader's type)."""

    def __init__(self, rng, name=None, strict=False):
        super().__init__(rng, strict)
        self.name = name
        if name:
            self.schema = json.loads((HERE / "../../schemas" / (name + ".avsc")).read_text())
        else:
            self.schema = self.record(0)
            self.schema["namespace"] = "mf.t"
        self.text = json.dumps(self.schema)
        collect(self.schema, self.names)
        self.fields = []
        while not self.fields:
            self.ask_for(self.schema, "")

    def scalar(self):
        t = self.rng.choice(["boolean", "int", "long", "long", "float", "double", "bytes", "string", "string", "enum", "fixed"])
        if t == "enum":
            symbols = [f"S{i}" for i in range(self.rng.randint(1, 9))]
            t = self.named("enum", self.fresh("E"), symbols=symbols)
            if self.chance(0.7):
                t["default"] = self.rng.choice(symbols)
        elif t == "fixed":
            t = self.named("fixed", self.fresh("F"), size=self.rng.randint(1, 20))
        return self.dress(t)

    def default(self, t):
        kind = word(t)
        number = self.rng.randint(-1000, 1000)
        if kind == "record":
            return {f["name"]: self.default(f["type"]) for f in t["fields"]}
        if kind == "union":
            return self.default(t[0])
        return {"null": None, "boolean": self.chance(0.5), "int": number, "long": number * 10**12, "float": number / 8, "double": number / 7,
                "bytes": "\u00ff\u0001a" if self.strict else "ab", "string": self.rng.choice(["", "d", "h\u00e9 \u20ac"]),
                "enum": t["symbols"][-1] if kind == "enum" else 0, "fixed": "x" * t["size"] if kind == "fixed" else 0,
                "array": [] if self.chance(0.8) else ["q"], "map": {} if self.chance(0.8) else {"q": 1}}[kind]

    def record(self, depth):
        fields = []
        for i in range(self.rng.randint(1, 8)):
            dice = self.rng.random()
            if dice < 0.15 and depth < 3:
                t = self.record(depth + 1)
            elif dice < 0.25:
                t = {"type": "array", "items": self.dress(self.rng.choice(["string", "bytes"]))}
            elif dice < 0.35:
                t = {"type": "map", "values": self.dress(self.rng.choice(["double", "float", "long", "int"]))}
            else:
                t = self.scalar()
            if self.chance(0.35):
                t = ["null", t] if self.chance(0.7) else [t, "null"]
            field = {"name": f"f{i}", "type": t}
            if self.chance(0.6) and (self.strict or word(t[0] if isinstance(t, list) else t) != "record"):
                field["default"] = self.default(t)
            if self.chance(0.15):
                field["aliases"] = [f"was{i}"]
            fields.append(field)
        return self.named("record", self.fresh("R"), fields=fields)

    def ask_for(self, record, path):
        for f in record["fields"]:
            below = path + "." + f["name"] if path else f["name"]
            nullable = isinstance(f["type"], list)
            t = next(b for b in f["type"] if b != "null") if nullable else f["type"]
            t = resolve(self.names, t)
            kind = word(t)
            if not self.name and self.chance(0.1):
                continue
            how = "present" if nullable and self.chance(0.5) or self.chance(0.05) else "plain"
            if kind == "record":
                if nullable or self.chance(0.2):
                    self.fields.append((below, BOOL, "presence", t))
                self.ask_for(t, below)
            elif kind == "array":
                if word(t["items"]) in ("string", "bytes"):
                    self.fields.append((below, LIST, how, t))
            else:
                at = {"boolean": BOOL, "int": I32, "enum": I32, "long": I64, "float": F64, "double": F64, "map": MAP}.get(kind, BYTES)
                self.fields.append((below, I64 if kind == "int" and self.chance(0.3) else at, how, t))


class Writer(Maker):
    def __init__(self, rng, reader, near=False):
        super().__init__(rng, reader.strict)
        self.reader, self.refusal, self.open, self.mains = reader, set(), [], {}
        self.near = near  # what avro-c resolves: nothing missing, no string for bytes, the same symbols, unions with null only
        self.paths = {path: kind for path, kind, _, _ in reader.fields}
        self.spoil = not near and self.chance(0.06)  # one of the things that must be refused
        self.schema = self.known(reader.schema, "", False)
        self.text = json.dumps(self.schema)

    def define(self, t, namespaces):
        """Registers a named type under a full name nobody has; the schema says name and namespace apart."""
        namespace = self.rng.choice(namespaces)
        while f"{namespace}.{t['name']}" in self.names:
            namespace = "w" + self.fresh("n")
        self.names[f"{namespace}.{t['name']}"] = t
        t["namespace"] = namespace
        return f"{namespace}.{t['name']}"

    # ---- what the reader knows ----

    def known(self, t, path, in_union):
        t = resolve(self.reader.names, t)
        kind = word(t)
        if kind == "union":
            inner = next(b for b in t if b != "null")
            if self.chance(0.35):
                return self.known(inner, path, in_union)
            return self.union(inner, path, null=self.near or self.chance(0.9))
        if not in_union and path and not self.near and self.chance(0.08):
            return self.union(t, path, null=self.chance(0.3))
        if kind == "record":
            return self.known_record(t, path, in_union)
        if kind == "enum":
            return self.known_enum(t)
        if kind in ("array", "map"):
            inner = "items" if kind == "array" else "values"
            return {"type": kind, inner: self.known(t[inner], path + "[]", in_union)}
        if kind == "fixed":
            fixed = {"type": "fixed", "name": t["name"], "size": t["size"]}
            self.define(fixed, ["w", "w.x"])
            return fixed
        if self.spoil and not in_union and path in self.paths and kind != "null":
            self.spoil = False
            self.refusal.add("no_resolution")
            return {"string": "int", "bytes": "double", "boolean": "string"}.get(kind, "string")
        if self.near and kind in ("string", "bytes"):
            return self.dress(kind)
        return self.dress(self.rng.choice(PROMOTED_FROM.get(kind, [kind])))

    def known_enum(self, t):
        symbols = t["symbols"][:] if self.near else [s for s in t["symbols"] if self.chance(0.8)] + (["NEW", "NEWER"] if self.chance(0.4) else [])
        symbols = symbols or t["symbols"][:]
        if not self.near:
            self.rng.shuffle(symbols)
        enum = self.named("enum", t["name"], symbols=symbols)
        self.define(enum, ["w", "w.x"])
        return enum

    def missing(self, f, path):
        """True: the writer leaves this field out."""
        if "default" not in f:
            if self.spoil and self.chance(0.3):
                self.spoil = False
                self.refusal.add("missing_field")
                return True
            return False
        if self.near or self.chance(0.75):
            return False
        if f["default"] and isinstance(f["default"], (list, dict)) and path in self.paths and self.paths[path] in (LIST, MAP):
            self.refusal.add("default")
        return True

    def known_record(self, t, path, in_union):
        record = {"type": "record", "name": t["name"]}
        full = self.define(record, ["w", "w.x", "microflux"])
        self.open.append(full)
        fields = []
        for f in t["fields"]:
            below = path + "." + f["name"] if path else f["name"]
            if self.missing(f, below):
                continue
            name = self.rng.choice(f["aliases"]) if "aliases" in f and not self.near and self.chance(0.5) else f["name"]
            fields.append({"name": name, "type": self.known(f["type"], below, in_union)})
        for _ in range(self.rng.choice([0, 0, 1, 2, 4])):
            fields.insert(self.rng.randint(0, len(fields)), None)
        order = list(range(len(fields)))
        if self.chance(0.6):
            self.rng.shuffle(order)
        # unknown ones are made in the order of the text: a name may only be used after its definition
        known_names = [n for n in self.names if n not in self.open]
        done = [fields[i] for i in order]
        record["fields"] = []
        later = set(known_names)
        for f in done:
            if f is None:
                f = {"name": self.fresh("unknown"), "type": self.unknown(0, later)}
            record["fields"].append(f)
        self.open.pop()
        return record

    def union(self, t, path, null):
        branches = [self.known(t, path, True)]
        if null:
            branches.append("null")
        for _ in range(0 if self.near else self.rng.choice([0, 0, 1, 3])):
            branches.append(self.unknown(2, set(self.names), unions=False))
        seen, out = set(), []
        for b in branches:
            full = resolve(self.names, b) if isinstance(b, str) and b not in PRIMITIVES else b
            key = word(full)
            if key in ("record", "enum", "fixed"):
                # ours goes by shape, fastavro by name: two of a kind in a union are a difference we know (--strict shows it)
                key = key + full["name"] if self.strict else key
            if key not in seen and key != "union":
                seen.add(key)
                out.append(b)
            elif isinstance(b, dict):
                self.forget(b)
        main = out[0]
        self.rng.shuffle(out)
        # a definition must stand before its uses: by name only after everything else
        out.sort(key=lambda b: isinstance(b, str) and b not in PRIMITIVES)
        self.mains[id(out)] = out.index(main)
        return out

    def forget(self, t):
        inner = {}
        collect(json.loads(json.dumps(t)), inner)
        for name in inner:
            self.names.pop(name, None)

    # ---- what it does not ----

    def unknown(self, depth, usable, unions=True):
        usable = {n for n in usable if n not in self.open and n in self.names}
        kinds = PRIMITIVES + ["enum", "fixed"] + (["record", "array", "map"] * 2 if depth < 4 else []) + (["union"] * 2 if unions and depth < 4 else [])
        kind = self.rng.choice(kinds)
        if self.spoil and depth < 2 and self.chance(0.5) and not self.refusal:
            self.spoil = False
            if self.chance(0.5) and self.open:
                self.refusal.add("recursive")
                return ["null", self.open[-1]] if unions else {"type": "array", "items": ["null", self.open[-1]]}
            self.refusal.add("empty_items")
            return {"type": "array", "items": "null"} if self.chance(0.5) else {"type": "map", "values": {"type": "fixed", "name": self.fresh("Zero"), "size": 0}}
        if kind in PRIMITIVES:
            return self.dress(kind)
        if kind == "enum":
            t = self.named("enum", self.fresh("UE"), symbols=[f"X{i}" for i in range(self.rng.randint(1, 5))])
        elif kind == "fixed":
            t = self.named("fixed", self.fresh("UF"), size=self.rng.choice([0, 1, 12, 300]))
            if t["size"] == 12:
                t["logicalType"] = "duration"
        elif kind == "record":
            t = self.named("record", self.fresh("UR"), fields=[])
            full = self.define(t, ["w", "u"])
            self.open.append(full)
            t["fields"] = [{"name": f"x{i}", "type": self.unknown(depth + 1, usable)} for i in range(self.rng.randint(0, 4))]
            self.open.pop()
            return t
        elif kind in ("array", "map"):
            inner = self.unknown(depth + 1, usable)
            if may_be_empty(self.names, inner):
                self.forget(inner) if isinstance(inner, dict) else None
                inner = "long"
            return {"type": kind, "items" if kind == "array" else "values": inner}
        else:
            return self.unknown_union(depth, usable)
        self.define(t, ["w", "u"])
        return t

    def unknown_union(self, depth, usable):
        out, seen = [], set()
        for _ in range(self.rng.randint(1, 4)):
            b = self.unknown(depth + 1, usable, unions=False)
            key = word(b) if word(b) not in ("record", "enum", "fixed") else id(b)
            if key not in seen:
                seen.add(key)
                out.append(b)
            elif isinstance(b, dict):
                self.forget(b)
        return out
