"""Reads packages with other people's readers and says what each found.

Reads {name: {folder, config, format, columns, files: [{name, split, rows}], rows: {split: [row, ...]}}} as JSON from stdin, where `rows` are
what should be there; writes {reader: {name: problem or null}} to stdout. A reader that is not installed is left out.
"""

import datetime
import importlib.util
import json
import math
import os
import struct
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = tempfile.mkdtemp()
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"
# Nothing here may reach outside.
os.environ["HTTPS_PROXY"] = os.environ["HTTP_PROXY"] = "http://127.0.0.1:9"


def plain(value):
    """What a missing value is spelled as differs from reader to reader: it is left out."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items() if plain(each) is not None}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float) and (math.isnan(value) or value.is_integer()):
        return None if math.isnan(value) else int(value)
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return value


def instant(value):
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    if value.tzinfo is None:
        value = value.replace(tzinfo=datetime.timezone.utc)
    delta = value - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds


def cell(column, value, text=True):
    """The value that a column of a file stands for; `text`: free-form JSON is text there, as in typed files."""
    kind = column["type"]
    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value) == "NaT":
        return None
    if kind == "timestamp":
        return instant(value)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if kind == "json":
        return json.loads(value) if text and isinstance(value, (str, bytes)) else value
    if kind == "list":
        return [cell(column["of"], each, text) for each in value]
    if kind == "struct":
        return {field["name"]: cell(field, value.get(field["name"]), text) for field in column["fields"]}
    return value


def wanted(column, value):
    """The same of a row as it was made."""
    if value is None:
        return None
    if column["type"] == "timestamp":
        return instant(value)
    if column["type"] == "text" and not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if column["type"] == "list":
        return [wanted(column["of"], each) for each in value]
    if column["type"] == "struct":
        return {field["name"]: wanted(field, value.get(field["name"])) for field in column["fields"]}
    return value


def compare(package, split, rows, text):
    """None where the rows are those that were made, one by one."""
    columns = package["columns"]
    expected = package["rows"].get(split, [])
    if len(rows) != len(expected):
        return f"{split}: {len(rows)} rows, not {len(expected)}"
    for number, (found, made) in enumerate(zip(rows, expected)):
        for column in columns:
            name = column["name"]
            got, want = plain(cell(column, found.get(name), text)), plain(wanted(column, made.get(name)))
            if got != want:
                return f"{split} row {number} {name}: {got!r}, not {want!r}"
    return None


def files_of(package, split):
    return [os.path.join(package["folder"], each["name"]) for each in package["files"] if each["split"] == split]


def splits(package):
    return list(dict.fromkeys(each["split"] for each in package["files"]))


def each_split(package, read, text=True, skip=()):
    for split in splits(package):
        if split in skip:
            continue
        problem = compare(package, split, read(split), text)
        if problem is not None:
            return problem
    return None


def pyarrow(package):
    import pyarrow.json
    import pyarrow.parquet as pq

    if package["format"] == "jsonl":
        return None
    schemas = {str(pq.read_schema(path)) for split in splits(package) for path in files_of(package, split)}
    if len(schemas) != 1:
        return "shards have different schemas"
    return each_split(package, lambda split: [row for path in files_of(package, split) for row in pq.read_table(path).to_pylist()])


def duckdb(package):
    import duckdb as db

    def read(split):
        paths = files_of(package, split)
        reader = "read_parquet(?)"
        if package["format"] == "jsonl":
            reader = "read_json(?, format='newline_delimited', maximum_depth=1, sample_size=-1)"
        if package["format"] == "csv":
            reader = "read_csv(?, header=true, all_varchar=true)"
        found = db.execute(f"SELECT * FROM {reader}", [paths])
        names = [each[0] for each in found.description]
        rows = [dict(zip(names, row)) for row in found.fetchall()]
        if package["format"] == "jsonl":
            return [{name: value if value is None else json.loads(value) for name, value in row.items()} for row in rows]
        return rows

    return each_split(package, read, package["format"] != "jsonl")


def spelled_out(columns, row):
    def value(each):
        try:
            return json.loads(each) if isinstance(each, str) else each
        except ValueError:
            return each

    open_json = {column["name"] for column in columns if column["type"] == "json"}
    return {name: value(each) if name in open_json else each for name, each in row.items()}


def datasets(package):
    """As its users do: the folder, and what its card says of it."""
    from datasets import load_dataset

    if package["format"] not in ("huggingface", "parquet", "jsonl"):
        return None
    loaded = load_dataset(package["folder"], package["config"], cache_dir=tempfile.mkdtemp())
    # A split that has no row is no split to it.
    empty = [split for split in splits(package) if not package["rows"].get(split)]
    wanted_splits = sorted(set(splits(package)) - set(empty))
    if sorted(loaded) != wanted_splits:
        return f"splits {sorted(loaded)}, not {wanted_splits}"
    # Its type Json gives back values; of a text that spells JSON in a file of lines, what it spells.
    package = {**package, "rows": {split: [spelled_out(package["columns"], row) for row in rows] for split, rows in package["rows"].items()}} if package["format"] == "jsonl" else package
    text = False
    streamed = load_dataset(package["folder"], package["config"], streaming=True, cache_dir=tempfile.mkdtemp())
    return each_split(package, lambda split: list(loaded[split]), text, empty) or each_split(
        package, lambda split: list(streamed[split]), text, empty
    )


def flat(columns, above=""):
    for column in columns:
        if column["type"] == "struct":
            yield from flat(column["fields"], f"{above}{column['name']}.")
        else:
            yield {**column, "name": above + column["name"]}


def tfrecord(package):
    from tfrecord.reader import tfrecord_loader

    if package["format"] != "tfrecord":
        return None

    def read(split):
        rows = []
        for path in files_of(package, split):
            for found in tfrecord_loader(path, None):
                row = {}
                for column in flat(package["columns"]):
                    value = found.get(column["name"])
                    if value is not None:
                        if column["type"] in ("double", "int", "timestamp", "boolean"):
                            value = value[0] if hasattr(value, "__len__") else value
                            value = bool(value) if column["type"] == "boolean" else value.item()
                        else:
                            value = bytes(value).decode("utf-8")
                            if column["type"] == "list":
                                value = json.loads(value)
                    *parents, name = column["name"].split(".")
                    place = row
                    for parent in parents:
                        place = place.setdefault(parent, {})
                    place[name] = value
                rows.append(row)
        return rows

    doubles = {column["name"] for column in package["columns"] if column["type"] == "double"}

    def single(name, value):
        """Numbers have 32 bits in such a file."""
        if name in doubles and value is not None:
            return struct.unpack("f", struct.pack("f", value))[0]
        return value

    rows = {
        split: [{name: single(name, value) for name, value in row.items()} for row in made]
        for split, made in package["rows"].items()
    }
    return each_split({**package, "rows": rows}, read)


def described(columns, fields, prefix):
    """The columns that a record set tells of, with what of them it tells."""
    told = {field["@id"].removeprefix(prefix): field for field in fields}
    found = []
    for column in columns:
        field = told.get(column["name"])
        if field is None:
            continue
        inside = f"{field['@id']}/"
        if column["type"] == "struct":
            column = {**column, "fields": described(column["fields"], field["subField"], inside)}
        elif column["type"] == "list" and column["of"]["type"] == "struct":
            of = {**column["of"], "fields": described(column["of"]["fields"], field["subField"], inside)}
            column = {**column, "of": of}
        found.append(column)
    return found


def last_names(value):
    """Records name their fields by the path of each."""
    if isinstance(value, dict):
        return {key.split("/")[-1]: last_names(each) for key, each in value.items()}
    return [last_names(each) for each in value] if isinstance(value, list) else value


def mlcroissant(package):
    import mlcroissant as mlc

    if package["format"] in ("tfrecord", "csv"):
        return None
    path = os.path.join(package["folder"], "croissant.json")
    dataset = mlc.Dataset(jsonld=path)
    issues = dataset.metadata.ctx.issues
    # The same data gives the same bytes: no day of publishing stands in it.
    warnings = [each for each in issues.warnings if "datePublished" not in each]
    if issues.errors or warnings:
        return f"issues: {issues.report()}"
    with open(path) as file:
        sets = {each["@id"]: each["field"] for each in json.load(file)["recordSet"]}
    # What a file of lines lacks in all of its rows is not told of there.
    name = max(package["files"], key=lambda each: len(sets[f"rows/{each['name']}"]))["name"]
    columns = described(package["columns"], sets[f"rows/{name}"], f"rows/{name}/")
    missing = {column["name"] for column in package["columns"]} - {column["name"] for column in columns}
    if missing and package["format"] != "jsonl":
        return f"not described: {missing}"

    def read(split):
        names = [each["name"] for each in package["files"] if each["split"] == split]
        return [last_names(record) for name in names for record in dataset.records(record_set=f"rows/{name}")]

    return each_split({**package, "columns": columns}, read, package["format"] != "jsonl")


readers = {"pyarrow": pyarrow, "duckdb": duckdb, "datasets": datasets, "tfrecord": tfrecord, "mlcroissant": mlcroissant}
packages = json.load(sys.stdin)
out = os.dup(1)
os.dup2(2, 1)
found = {}
for name, read in readers.items():
    if importlib.util.find_spec(name) is None:
        continue
    found[name] = {}
    for each, package in packages.items():
        # A part of several is read through the card over them.
        if package["config"] != "default" and name != "datasets":
            continue
        if name == "pyarrow" and package["format"] not in ("parquet", "huggingface"):
            continue
        if name == "duckdb" and package["format"] == "tfrecord":
            continue
        try:
            found[name][each] = read(package)
        except Exception as error:  # what a reader refuses is a finding
            found[name][each] = f"{type(error).__name__}: {error}"[:600]
with os.fdopen(out, "w") as answer:
    json.dump(found, answer)
