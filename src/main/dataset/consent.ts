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
import type { Row, RowWriter, WrittenFile } from './formats/format.js';
import { jsonl } from './formats/jsonl.js';
import type { Layout } from './layouts/layout.js';

/** Which file holds the consents of a layout whose rows cannot. */
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
  /** The file of layouts whose rows cannot say it; rows that it does not name have no consent. */
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
export function consentGate(layout: Layout, options: ExportOptions, required: boolean) {
  const { scope, override, in_rows } = consentOptions(options);
  const place = in_rows ? layout.consent : null;
  const counts = { basis: {}, licence: {}, provider_terms: {}, scope: {} } as ConsentManifest['traces'];
  let overridden = 0;
  let side: RowWriter | null = null;
  let written: WrittenFile | null = null;

  return {
    /** Why the trace stays out; null where it goes in. */
    problem(trace: Trace): string | null {
      return override ? null : consentProblem(trace.consent, { scope, required });
    },
    /** The row as this export has it. */
    row(row: Row, trace: Trace): Row {
      return rowWithConsent(row, trace.consent, layout.consent, in_rows);
    },
    /** Counts a trace that gave rows. */
    took({ consent }: Trace): void {
      if (consentProblem(consent, { scope, required }) !== null) overridden += 1;
      add(counts.basis, consent?.basis ?? 'none');
      add(counts.licence, consent?.licence ?? 'none');
      add(counts.provider_terms, consent?.provider_terms ?? 'none');
      for (const use of consent?.scope ?? []) add(counts.scope, use);
    },
    /** Notes beside the data whose row it was, where rows cannot say it. `index` counts from 0 in its file. */
    async note(folder: string, file: string, index: number, { trace_id, consent }: Trace): Promise<void> {
      if (place !== 'beside' || consent === null) return;
      side ??= await jsonl.open(join(folder, sideFile));
      await side.write({ file, row: index, trace_id, consent: consent as unknown as Json });
    },
    async finish(): Promise<ConsentManifest> {
      written = side === null ? null : await side.finish();
      side = null;
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
