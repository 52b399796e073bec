import { spawnSync } from 'node:child_process';

/** duckdb copies the same rows, on one thread, out of a table in memory. */
const program = `
import json, sys, time
try:
    import duckdb
except ImportError as missing:
    print(json.dumps({"absent": str(missing)})); sys.exit()
source, target = sys.argv[1:3]
db = duckdb.connect()
db.execute("SET enable_progress_bar = false")
db.execute("SET threads = 1")
db.execute(f"CREATE TABLE rows AS SELECT * FROM read_json_auto('{source}', format='newline_delimited')")
told = {"version": duckdb.__version__, "rows": db.execute("SELECT count(*) FROM rows").fetchone()[0]}
for name, how in {"jsonl": "FORMAT json", "parquet": "FORMAT parquet"}.items():
    begun = time.time()
    db.execute(f"COPY rows TO '{target}.{name}' ({how})")
    told[name] = time.time() - begun
print(json.dumps(told))
`;

export type CopyResult = { version: string; rows: number; jsonl: number; parquet: number } | { absent: string };

/** Runs duckdb in the Python that `python` names; says why it cannot where it is not installed. */
export function duckdbCopy(python: string, source: string, target: string): CopyResult {
  const ran = spawnSync(python, ['-c', program, source, target], { encoding: 'utf8', maxBuffer: 2 ** 24 });
  if (ran.error) return { absent: ran.error.message };
  if (ran.status !== 0) return { absent: ran.stderr.trim().split('\n').at(-1) ?? 'it failed' };
  // A copy that takes long shows how far it is.
  return JSON.parse(
    ran.stdout
      .trim()
      .split(/[\r\n]/)
      .at(-1) ?? '',
  ) as CopyResult;
}
