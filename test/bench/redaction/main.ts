import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import { SluiceError } from '../../../src/shared/errors.js';
import { measureQuiet } from './agent-texts.js';
import { type CorpusResult, measureCorpus, readCorpus } from './corpus.js';
import { fuzzJson } from './json-fuzz.js';
import { measure } from './measure.js';
import { measurePeers } from './peer-traffic.js';
import { loadPeers, sluice } from './peers.js';
import { fuzzLines, measuredLines, peerLines } from './report.js';
import { quality, saveQuality } from './save.js';
import { speed } from './speed.js';

/**
 * `bench redaction [CORPUS] [--spans N] [--seed N] [--examples N] [--fuzz N] [--save] [--json]`
 * Plants values in agent traffic and looks for what is left of them; with CORPUS (labelled sentences, as
 * presidio-research writes them) compares spans too, beside the peers that are installed. `--fuzz N` instead redacts N
 * random JSON documents, and exits with 1 where one came out wrong. `--save` writes what the studio shows of it into
 * resources/redaction-quality.json, which is done from the repository's root.
 */
export async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      spans: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      examples: { type: 'string', default: '0' },
      fuzz: { type: 'string' },
      json: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
    },
  });
  const seed = whole('--seed', values.seed);
  if (values.fuzz !== undefined) {
    const result = fuzzJson(whole('--fuzz', values.fuzz), seed);
    print(values.json ? JSON.stringify(result) : fuzzLines(result));
    if (result.failures.length > 0) process.exitCode = 1;
    return;
  }
  const redactor = createRedactor({ policy: defaultPolicy, key: randomBytes(32) });
  const spans = whole('--spans', values.spans);
  const measured = measure(redactor, spans, seed);
  const quiet = measureQuiet(redactor, seed);
  const rate = speed(seed);
  if (!values.json) print(measuredLines(measured, quiet, rate, whole('--examples', values.examples)));
  const { peers, absent } = await loadPeers();
  const beside = await measurePeers([sluice(), ...peers], spans, seed);
  const corpus: Record<string, CorpusResult> = {};
  let corpusRows = 0;
  if (positionals[0] !== undefined) {
    const rows = readCorpus(positionals[0]);
    corpusRows = rows.length;
    for (const { id, find } of [sluice(), ...peers]) corpus[id] = await measureCorpus(rows, find);
  }
  if (values.save) {
    const [path] = positionals;
    const result = corpus[sluice().id];
    const measuredOn = path === undefined || result === undefined ? null : { path, rows: corpusRows, result };
    process.stderr.write(`Saved ${saveQuality(quality(measured, measuredOn, spans, seed, new Date()))}\n`);
  }
  if (!values.json) print(peerLines(beside, corpus, absent));
  else print(JSON.stringify({ seed, traffic: measured, quiet, speed: rate, peers: beside, corpus, absent }));
}

function whole(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0)
    throw new SluiceError('usage', `${flag} needs a whole number, not "${text}".`);
  return number;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
