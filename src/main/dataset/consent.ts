import { join } from 'node:path';
import type * as z from 'zod';
import {
  type Consent,
  type ConsentOptions,
  consentOptionsSchema,
  consentProblem,
  consentSchema,
  type ExportOptions,
  type Json,
  type Trace,
} from '../../shared/model/index.js';
import type { Row, WrittenFile } from './formats/format.js';
import { jsonl } from './formats/jsonl.js';
import type { RowPlace } from './formats/shards.js';
import type { Layout } from './layouts/layout.js';
import { openSideFile } from './side-file.js';

/** Which file holds the consents: by row where a layout's rows cannot, else by trace. */
export const sideFile = 'consent.jsonl';

/** What manifest.json says of consents. */
export interface ConsentManifest {
  /** What the dataset is for. */
  scope: string;
  /** Whether the policy asks for a consent. */
  required: boolean;
  /** Set where traces were taken that their consent or the provider's terms do not allow: how many. */
  override: { traces: number } | null;
  /** Where a row says it: a column, a field of `metadata`, a field of the row itself, or a file; null: nowhere. */
  in_rows: Layout['consent'] | null;
  /** Traces in the dataset by what is known of them. `none`: nothing is. */
  traces: { basis: Counts; licence: Counts; provider_terms: Counts; scope: Counts };
  /** What is known, by row where the rows cannot say it, else by trace; what it does not name has no consent. Null: nowhere. */
  file: ({ name: string } & WrittenFile) | null;
}
type Counts = { [value: string]: number };

export function consentOptions(options: ExportOptions): ConsentOptions {
  return options.consent ?? consentOptionsSchema.parse({});
}

/** The row shape with what rows say of consents in this export. */
export function shapeWithConsent(layout: Layout, options: ExportOptions): z.ZodObject {
  if (layout.consent !== 'column' || !consentOptions(options).in_rows) return layout.row;
  const consent = consentSchema.optional().describe('Who gave it for what, on what ground, under which licence');
  return layout.row.extend({ consent });
}

/** Goes by the consents of the traces of one export, and counts them. */
export async function consentGate(
  layout: Layout,
  options: ExportOptions,
  required: boolean,
  at: { folder: string; late: boolean } | null,
) {
  const { scope, override, in_rows } = consentOptions(options);
  const place = in_rows ? layout.consent : null;
  const counts = { basis: {}, licence: {}, provider_terms: {}, scope: {} } as ConsentManifest['traces'];
  let overridden = 0;
  const side =
    at !== null && in_rows
      ? await openSideFile(join(at.folder, sideFile), jsonl, [], at.late && place === 'beside')
      : null;

  return {
    /** Why the trace stays out; null where it goes in. */
    problem(trace: Pick<Trace, 'consent'>): string | null {
      return override ? null : consentProblem(trace.consent, { scope, required });
    },
    /** The row as this export has it. */
    row(row: Row, trace: Trace): Row {
      return rowWithConsent(row, trace.consent, layout.consent, in_rows);
    },
    /** Counts a trace that gave rows, and notes what is known of it where its rows say so themselves. */
    async took(trace: Trace, rows: number, cleaned: (trace: Trace) => Trace): Promise<void> {
      const { consent } = trace;
      if (side !== null && place !== 'beside' && consent !== null) {
        const { trace_id, consent: clean } = cleaned(trace);
        await side.write({ file: '', trace_id, rows, consent: clean as unknown as Json });
      }
      if (consentProblem(consent, { scope, required }) !== null) overridden += 1;
      add(counts.basis, consent?.basis ?? 'none');
      add(counts.licence, consent?.licence ?? 'none');
      add(counts.provider_terms, consent?.provider_terms ?? 'none');
      for (const use of consent?.scope ?? []) add(counts.scope, use);
    },
    /** Notes beside the data whose row it was, where rows cannot say it. */
    note({ file, row }: RowPlace, trace: Trace, cleaned: (trace: Trace) => Trace): Promise<void> | null {
      if (side === null || place !== 'beside' || trace.consent === null) return null;
      const { trace_id, consent } = cleaned(trace);
      return side.write({ file, row, trace_id, consent: consent as unknown as Json });
    },
    /** `named`: names of files of data by what they were called while they were written. */
    async finish(named: ReadonlyMap<string, string>): Promise<ConsentManifest> {
      const written = side === null ? null : await side.finish(named);
      return {
        scope,
        required,
        override: override ? { traces: overridden } : null,
        in_rows: place,
        traces: Object.fromEntries(
          Object.entries(counts).map(([name, values]) => [name, sorted(values)]),
        ) as ConsentManifest['traces'],
        file: written && { name: sideFile, ...written },
      };
    },
    abandon: async () => side?.abandon(),
  };
}

function rowWithConsent(row: Row, consent: Consent | null, place: Layout['consent'], wanted: boolean): Row {
  const json = consent as unknown as Json;
  switch (place) {
    case 'row':
      return wanted ? row : { ...row, consent: null };
    case 'column':
      return wanted && consent !== null ? { ...row, consent: json } : row;
    case 'metadata':
      if (!wanted || consent === null) return row;
      return { ...row, metadata: { ...(row.metadata as { [name: string]: Json }), consent: json } };
    case 'beside':
      return row;
    default:
      return place satisfies never;
  }
}

function add(counts: Counts, value: string): void {
  counts[value] = (counts[value] ?? 0) + 1;
}

/** The same for the same data: by number, then by name. */
function sorted(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
