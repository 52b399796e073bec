import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { SluiceError } from '../../../src/shared/errors.js';
import { type Rates, rates } from './measure.js';
import type { Peer, PeerSpan } from './peers.js';

const rowSchema = z.object({
  full_text: z.string(),
  spans: z.array(z.object({ entity_type: z.string(), start_position: z.number(), end_position: z.number() })),
});

/** What the corpus calls what we find; types that nothing here stands for have no entry and count as missed. */
const names: Readonly<Record<string, readonly string[]>> = {
  EMAIL_ADDRESS: ['EMAIL'],
  PHONE_NUMBER: ['PHONE'],
  CREDIT_CARD: ['CREDIT_CARD'],
  IBAN_CODE: ['IBAN'],
  US_SSN: ['SSN'],
  IP_ADDRESS: ['IP_ADDRESS'],
  DOMAIN_NAME: ['URL'],
  US_DRIVER_LICENSE: ['DRIVING_LICENCE'],
  PERSON: ['PERSON'],
  STREET_ADDRESS: ['ADDRESS'],
  ZIP_CODE: ['ADDRESS'],
  DATE_TIME: ['DATE_TIME', 'DATE_OF_BIRTH', 'DATE'],
  ORGANIZATION: ['ORGANISATION'],
  GPE: ['LOCATION'],
  LOCATION: ['LOCATION'],
  AGE: ['AGE'],
  TITLE: ['TITLE'],
  NRP: ['NRP'],
};
/** Types with a form of their own. */
const structured = ['EMAIL_ADDRESS', 'PHONE_NUMBER', 'CREDIT_CARD', 'IBAN_CODE', 'US_SSN', 'IP_ADDRESS', 'DOMAIN_NAME'];
/** Share of both spans together that must be common to both: intersection over union. */
const overlap = 0.5;

export interface CorpusScore extends Rates {
  planted: number;
  found: number;
  wrong: number;
}

export interface CorpusResult {
  types: Record<string, CorpusScore>;
  structured: CorpusScore;
  all: CorpusScore;
}

export type CorpusRow = z.infer<typeof rowSchema>;

/** Reads a corpus of labelled sentences as presidio-research writes them. */
export function readCorpus(path: string): CorpusRow[] {
  try {
    return z.array(rowSchema).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new SluiceError(
      'usage',
      `${path} is no corpus of {full_text, spans}: ${(error as Error).message.slice(0, 200)}`,
    );
  }
}

/**
 * Compares a peer's spans with the corpus's: a find counts where type and place agree. What a peer finds that the corpus
 * has no type for (a date, a user name) is left out, because the corpus does not say whether it is there.
 */
export async function measureCorpus(rows: readonly CorpusRow[], find: Peer['find']): Promise<CorpusResult> {
  const counts: Record<string, { planted: number; found: number; wrong: number }> = {};
  const count = (type: string) => {
    counts[type] ??= { planted: 0, found: 0, wrong: 0 };
    return counts[type];
  };
  for (const { full_text: text, spans } of rows) {
    const found = whole(text, await find(text), 'ADDRESS').map((each) => ({ ...each, used: false }));
    const wanted = spans.map(({ entity_type, start_position, end_position }) => ({
      entity: entity_type,
      start: start_position,
      end: end_position,
    }));
    for (const { entity: type, start, end } of whole(text, wanted, 'STREET_ADDRESS')) {
      const row = count(type);
      row.planted++;
      const hit = found.find(
        (each) =>
          !each.used &&
          names[type]?.includes(each.entity) === true &&
          common(start, end, each.start, each.end) >= overlap,
      );
      if (hit) {
        hit.used = true;
        row.found++;
      }
    }
    for (const each of found) {
      if (each.used) continue;
      const [type] = Object.entries(names).find(([, entities]) => entities.includes(each.entity)) ?? [];
      if (type !== undefined && type !== 'DATE_TIME') count(type).wrong++;
    }
  }
  const types = Object.fromEntries(Object.entries(counts).map(([type, row]) => [type, { ...row, ...rates(row) }]));
  const total = (wanted: readonly string[]): CorpusScore => {
    const sum = { planted: 0, found: 0, wrong: 0 };
    for (const type of wanted) {
      const row = counts[type];
      sum.planted += row?.planted ?? 0;
      sum.found += row?.found ?? 0;
      sum.wrong += row?.wrong ?? 0;
    }
    return { ...sum, ...rates(sum) };
  };
  return { types, structured: total(structured), all: total(Object.keys(counts)) };
}

/**
 * The spans, with those of `entity` as one that only white space and commas part: some rows label house number, street
 * and flat each, others the same as one address.
 */
function whole(text: string, spans: readonly PeerSpan[], entity: string): PeerSpan[] {
  const out: PeerSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const previous = out[out.length - 1];
    const between = previous?.entity === entity && span.entity === entity ? text.slice(previous.end, span.start) : '-';
    if (previous && /^[\s,]*$/.test(between)) out[out.length - 1] = { ...previous, end: span.end };
    else out.push(span);
  }
  return out;
}

function common(a: number, b: number, c: number, d: number): number {
  const shared = Math.min(b, d) - Math.max(a, c);
  return shared <= 0 ? 0 : shared / (Math.max(b, d) - Math.min(a, c));
}
