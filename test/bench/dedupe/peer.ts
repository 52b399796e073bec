import { spawnSync } from 'node:child_process';

/** The same task by datasketch: word 5-grams, 112 permutations, 14 bands of 8, candidates verified by their sets. */
const program = `
import json, sys, time
try:
    import datasketch, numpy
except ImportError as missing:
    print(json.dumps({"absent": str(missing)})); sys.exit()
texts = json.load(sys.stdin)
begun = time.time()
lsh = datasketch.MinHashLSH(num_perm=112, params=(14, 8))
sets, minhashes = [], []
for text in texts:
    words = text.lower().split()
    sets.append({" ".join(words[i:i + 5]) for i in range(max(1, len(words) - 4))})
for n, minhash in enumerate(datasketch.MinHash.generator(([g.encode() for g in s] for s in sets), num_perm=112)):
    minhashes.append(minhash); lsh.insert(n, minhash)
above = list(range(len(texts)))
def find(n):
    while above[n] != n:
        above[n] = above[above[n]]; n = above[n]
    return n
for n, minhash in enumerate(minhashes):
    for other in lsh.query(minhash):
        a, b = find(n), find(other)
        if a != b and len(sets[n] & sets[other]) / len(sets[n] | sets[other]) >= THRESHOLD:
            above[max(a, b)] = min(a, b)
print(json.dumps({"version": datasketch.__version__, "seconds": time.time() - begun, "clusters": [find(n) for n in range(len(texts))]}))
`;

export type PeerResult = { version: string; seconds: number; clusters: number[] } | { absent: string };

/** Runs datasketch in the Python that `python` names; says why it cannot where it is not installed. */
export function datasketch(python: string, texts: readonly string[], threshold: number): PeerResult {
  const ran = spawnSync(python, ['-c', program.replace('THRESHOLD', String(threshold))], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  // One that lacks the package ends before it has read the texts.
  if (ran.error !== undefined && !ran.stdout) return { absent: ran.error.message };
  if (ran.status !== 0) return { absent: ran.stderr.trim().split('\n').at(-1) ?? `exit ${ran.status}` };
  return JSON.parse(ran.stdout) as PeerResult;
}
