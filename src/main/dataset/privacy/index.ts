import type * as z from 'zod';
import type { Consent, ExportOptions, ExportPrivacy, Json, Trace } from '../../../shared/model/index.js';
import type { Row } from '../formats/format.js';
import type { ExportSource } from '../source.js';
import { type Replaced, type RowRedactor, wantedPrivacy } from './row-redactor.js';
import { rewriterOf } from './text-of-rows.js';

export type { RowRedactor, WantedPrivacy } from './row-redactor.js';

/** Redacts the rows of one part of an export, and counts what it did. */
export function privacyGate(
  shape: z.ZodObject,
  options: ExportOptions,
  source: Pick<ExportSource, 'droppedEntities'>,
  redactor: RowRedactor,
) {
  const { policy, pseudonyms } = wantedPrivacy(options);
  const rewriteRow = rewriterOf(shape);
  const counts = new Map<string, Map<string, number>>();
  let droppedRows = 0;
  let last: { traceId: string; masks: string[] } | null = null;

  function rewritten(row: Json): { value: Json; replaced: Replaced[] } {
    const replaced: Replaced[] = [];
    const keep = <T>(answer: { value: T; replaced: Replaced[] }): T => {
      for (const each of answer.replaced) replaced.push(each);
      return answer.value;
    };
    const value = rewriteRow(row, {
      text: (text) => keep(redactor.text(text)),
      json: (json) => keep(redactor.json(json)),
    });
    return { value, replaced };
  }

  /** What stands in rows of the trace where a value was that the policy of its time kept out of exports. */
  function masksOf({ trace_id }: Trace): string[] {
    if (last?.traceId !== trace_id) {
      last = { traceId: trace_id, masks: source.droppedEntities(trace_id).map((entity) => `${entity}_MASKED`) };
    }
    return last.masks;
  }

  return {
    /** The row as others may have it; null where it must stay out. */
    row(row: Row, trace: Trace, others: readonly Trace[]): Row | null {
      const { value, replaced } = rewritten(row as Json);
      const masks = [trace, ...others].flatMap(masksOf);
      const kept = masks.length === 0 ? null : JSON.stringify(value);
      if (replaced.some(({ action }) => action === 'drop') || masks.some((mask) => kept?.includes(mask))) {
        droppedRows += 1;
        return null;
      }
      for (const { entity, action } of replaced) {
        const byAction = counts.get(entity) ?? new Map<string, number>();
        counts.set(entity, byAction.set(action, (byAction.get(action) ?? 0) + 1));
      }
      return value as Row;
    },
    /** Other text that goes into the dataset's files. */
    text: (text: string) => redactor.text(text).value,
    /** Other JSON that goes into the dataset’s files. */
    json: (value: Json) => redactor.json(value).value,
    /** The trace with a consent that may stand beside its rows. */
    withConsent(trace: Trace): Trace {
      const consent = trace.consent && (redactor.json(trace.consent as unknown as Json).value as unknown as Consent);
      return { ...trace, consent };
    },
    summary(): ExportPrivacy {
      return {
        policy,
        pseudonyms,
        replaced: Object.fromEntries(
          [...counts].sort(byName).map(([entity, actions]) => [entity, Object.fromEntries([...actions].sort(byName))]),
        ),
        dropped_rows: droppedRows,
      };
    },
  };
}

/** Why a row that the gate kept out is not in the dataset. */
export const droppedReason = 'it holds a value that the policy keeps out of exports';

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
