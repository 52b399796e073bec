import * as z from 'zod';

/** A JSON value as it parses; object key order is kept. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export const jsonSchema: z.ZodType<Json> = z.json() as z.ZodType<Json>;

/** A UUIDv7 in its canonical 36-character form. */
export const idSchema = z.uuid();

/** ISO-8601 in UTC with up to microseconds, e.g. `2026-11-21T09:30:00.123456Z`. */
export const timestampSchema = z.iso.datetime({ precision: null });

/** Microseconds since the Unix epoch: what the store and the pipeline count in. */
export type Micros = number;

/** The end of the year 9999: beyond it ISO-8601 needs a sign. */
const lastMicros = 253_402_300_799_999_000;

/** ISO-8601 UTC text for a time in microseconds since the epoch; microseconds are kept when they are not zero. */
export function toIso(micros: Micros): string {
  // A time that no calendar has must not cost a whole page: it is shown as the last one there is.
  if (!(Math.abs(micros) <= lastMicros)) return toIso(micros < 0 ? -lastMicros : lastMicros);
  const millis = Math.floor(micros / 1000);
  const rest = Math.round(micros - millis * 1000);
  const iso = new Date(millis).toISOString();
  return rest === 0 ? iso : `${iso.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}

/** Microseconds since the epoch of an ISO-8601 text; NaN where it is none. */
export function fromIso(iso: string): Micros {
  const millis = Date.parse(iso);
  const digits = /\.(\d{4,6})/.exec(iso)?.[1];
  return digits === undefined ? millis * 1000 : Math.floor(millis) * 1000 + Number(digits.padEnd(6, '0').slice(3));
}

/** An expected failure kept in the record it belongs to. */
export const errorRecordSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: jsonSchema.optional(),
});
export type ErrorRecord = z.infer<typeof errorRecordSchema>;

/** One page of a list; `next_cursor` is absent on the last page. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
