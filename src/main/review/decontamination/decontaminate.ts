import type { DecontaminationReport, Trace } from '../../../shared/model/index.js';
import { wholeText } from '../duplicates/texts.js';
import type { GramIndex, Hit } from './index-of-grams.js';

/** Says of a trace what of it stands in the files; null for nothing. */
export type Contaminated = (trace: Trace) => Hit | null;

export function contaminatedBy(index: GramIndex): Contaminated {
  return (trace) => index.find(wholeText(trace));
}

/** Hits that a report names. */
const named = 1000;

/** Looks through traces, one at a time, for what stands in the files. `pause` is awaited for each. */
export async function decontaminate(
  traces: Iterable<Trace> | AsyncIterable<Trace>,
  index: GramIndex,
  pause: () => Promise<void>,
): Promise<DecontaminationReport> {
  const begun = performance.now();
  const check = contaminatedBy(index);
  const items: DecontaminationReport['items'] = [];
  let documents = 0;
  let contaminated = 0;
  for await (const trace of traces) {
    documents += 1;
    const hit = check(trace);
    if (hit !== null) {
      contaminated += 1;
      if (items.length < named) items.push({ trace_id: trace.trace_id, ...hit });
    }
    await pause();
  }
  const seconds = (performance.now() - begun) / 1000;
  return { documents, contaminated, words: index.words, fingerprints: index.size, items, seconds };
}
