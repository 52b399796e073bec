import { fromIso, type NearLevel, type Trace } from '../../../shared/model/index.js';
import type { SignedDocuments } from '../../ground/near/cluster.js';
import { permutations, sign } from '../../ground/near/minhash.js';
import { shinglesOf } from '../../ground/near/shingles.js';
import type { HashKey } from '../../ground/near/words.js';
import { nearTexts, type PersonsWords } from './texts.js';

interface NewDocument {
  seq: number;
  step_id: string | null;
  signature: Int32Array;
  shingles: Int32Array;
}

/** What a trace says at one level, signed as it stood at `revision`. */
interface SignedTrace {
  trace_id: string;
  revision: number;
  documents: NewDocument[];
}

/** A document of the corpus, and what the one that is kept of its cluster is chosen by. */
export interface NearDocument {
  trace_id: string;
  seq: number;
  step_id: string | null;
  started_at: number;
  quality_score: number | null;
  reviewed: boolean;
}

/** What near-duplicates need of the store. */
export interface NearSource {
  trace(traceId: string): Trace | null;
  near: {
    matching(query: string): Set<string>;
    unsigned(level: NearLevel, after: number): { at: number; trace_id: string; revision: number }[];
    signed(level: NearLevel): Iterable<NearDocument & { signature: Int32Array }>;
    shingles(level: NearLevel, traceId: string, seq: number): Int32Array;
  };
}

export interface NearTools {
  source: NearSource;
  key: HashKey;
  personsWords: PersonsWords;
}

/** Keeps signatures, so that only what changed is read again. */
export type KeepSigned = (level: NearLevel, signed: SignedTrace[]) => Promise<void>;

export interface NearControl {
  /** To be awaited often; throws once the work is to end. */
  pause(): Promise<void>;
  progress?(done: number): void;
}

/** Traces, and documents, that are handed over at once. */
const batchTraces = 50;
const batchDocuments = 500;
/** Numbers of shingles that stay in memory while candidates are verified. */
const keptNumbers = 16_000_000;

export interface Corpus extends SignedDocuments {
  documents: NearDocument[];
}

/**
 * The documents of these traces (`null`: of all) at one level, signed. What was signed as it stands is taken from the store; the
 * rest is read, and handed to `keep` where it may be kept. Where it may not, it stays in memory.
 */
export async function openCorpus(
  tools: NearTools,
  level: NearLevel,
  only: ReadonlySet<string> | null,
  control: NearControl,
  keep: KeepSigned | null,
): Promise<Corpus> {
  const fresh = await signUnsigned(tools, level, only, control, keep);
  const documents: NearDocument[] = [];
  const parts: Int32Array[] = [];
  const own = new Map<number, Int32Array>();
  for (const { signature, ...document } of tools.source.near.signed(level)) {
    if (signature.length !== permutations || (only !== null && !only.has(document.trace_id))) continue;
    documents.push(document);
    parts.push(signature);
    await control.pause();
  }
  for (const { signature, shingles, ...document } of fresh) {
    own.set(documents.length, shingles);
    documents.push(document);
    parts.push(signature);
  }
  const signatures = new Int32Array(parts.length * permutations);
  for (const [at, part] of parts.entries()) signatures.set(part, at * permutations);
  const stored = remembered((at) => {
    const { trace_id, seq } = documents[at] as NearDocument;
    return tools.source.near.shingles(level, trace_id, seq);
  });
  return { documents, count: documents.length, signatures, shingles: (at) => own.get(at) ?? stored(at) };
}

/** @returns what `keep` did not take */
async function signUnsigned(
  { source, key, personsWords }: NearTools,
  level: NearLevel,
  only: ReadonlySet<string> | null,
  control: NearControl,
  keep: KeepSigned | null,
): Promise<(NearDocument & NewDocument)[]> {
  const left: (NearDocument & NewDocument)[] = [];
  let batch: SignedTrace[] = [];
  let done = 0;
  const flush = async () => {
    if (keep !== null && batch.length > 0) await keep(level, batch);
    batch = [];
  };
  for (let after = 0; ; ) {
    const page = source.near.unsigned(level, after);
    for (const { at, trace_id, revision } of page) {
      after = at;
      if (only !== null && !only.has(trace_id)) continue;
      const trace = source.trace(trace_id);
      // Deleted, or already another: the next run reads it.
      if (trace === null || (trace.revision !== revision && keep !== null)) continue;
      const documents = nearTexts(trace, level, personsWords).flatMap(({ text, ...place }) => {
        const shingles = shinglesOf(text, key);
        if (shingles.length === 0) return [];
        const signature = new Int32Array(permutations);
        sign(shingles, signature);
        return [{ ...place, signature, shingles }];
      });
      if (keep === null) for (const document of documents) left.push({ ...document, ...rankOf(trace) });
      else batch.push({ trace_id, revision, documents });
      const waiting = batch.reduce((sum, each) => sum + each.documents.length, 0);
      if (batch.length >= batchTraces || waiting >= batchDocuments) await flush();
      done += 1;
      control.progress?.(done);
      await control.pause();
    }
    if (page.length === 0) break;
  }
  await flush();
  return left;
}

function rankOf(trace: Trace): Omit<NearDocument, 'seq' | 'step_id'> {
  return {
    trace_id: trace.trace_id,
    started_at: trace.started_at === null ? 0 : fromIso(trace.started_at),
    quality_score: trace.scores.find(({ kind, name }) => kind === 'rule' && name === 'quality_score')?.value ?? null,
    reviewed: trace.review !== null && trace.review.label !== null,
  };
}

/** The last answers stay in memory, up to a bound. */
function remembered(read: (at: number) => Int32Array): (at: number) => Int32Array {
  const cached = new Map<number, Int32Array>();
  let numbers = 0;
  return (at) => {
    const found = cached.get(at);
    if (found !== undefined) return found;
    const fresh = read(at);
    cached.set(at, fresh);
    numbers += fresh.length;
    for (const [oldest, set] of cached) {
      if (numbers <= keptNumbers) break;
      cached.delete(oldest);
      numbers -= set.length;
    }
    return fresh;
  };
}
