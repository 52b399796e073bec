import { randomFillSync } from 'node:crypto';
import type { Finding } from '../../../shared/model/index.js';
import type { Edit } from './edits.js';

/** Findings kept per exchange; more are counted and replaced all the same. */
export const mostFindings = 1000;

/** Collects what was replaced while an exchange, or one text, is redacted. */
export interface FindingSink {
  /** Edits of the text at `path`, as they stand in the text before. */
  add(path: string, edits: readonly Edit[]): void;
  readonly findings: Finding[];
  readonly total: number;
}

/** @param onFound told of each with its value, which is no part of a finding */
export function createFindingSink(
  now: () => number = Date.now,
  onFound?: (found: NonNullable<Edit['found']>) => void,
): FindingSink {
  const findings: Finding[] = [];
  let total = 0;
  return {
    add(path, edits) {
      let shift = 0;
      for (const { start, end, text, found } of edits) {
        if (found) {
          total++;
          onFound?.(found);
          if (findings.length < mostFindings) {
            // In what was wrapped again (base64) the placeholder cannot be seen: the finding is the whole of it.
            const seen = text.indexOf(found.placeholder);
            const from = start + shift + Math.max(0, seen);
            findings.push({
              finding_id: uuidv7(now()),
              entity: found.entity,
              path,
              start: from,
              end: from + (seen === -1 ? text.length : found.placeholder.length),
              action: found.action,
              replacement: found.placeholder,
              detector: found.detector,
              confidence: found.confidence,
            });
          }
        }
        shift += text.length - (end - start);
      }
    },
    findings,
    get total() {
      return total;
    },
  };
}

/** Drawn for many ids at once. */
const pool = Buffer.alloc(4096);
let drawn = pool.length;

/** RFC 9562 version 7: milliseconds, then random bits. */
function uuidv7(millis: number): string {
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  const random = pool.subarray(drawn, drawn + 16);
  drawn += 16;
  const hex = random.toString('hex');
  const time = Math.floor(millis).toString(16).padStart(12, '0');
  const variant = (0x8 | ((random[8] as number) & 0x3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
