import { hash } from 'node:crypto';
import type { Micros } from '../../shared/model/index.js';

/**
 * A UUIDv7 whose random part is a hash of `labels`: the same exchange always yields the same ids, so assembly stays a
 * pure function and a replayed exchange cannot leave a second copy of a step.
 */
export function derivedId(at: Micros, ...labels: (string | number)[]): string {
  const millis = Math.max(0, Math.floor(at / 1000));
  const time = millis.toString(16).padStart(12, '0').slice(-12);
  const digest = hash('sha256', labels.join('\0'), 'hex');
  const variant = (8 + (Number.parseInt(digest.charAt(3), 16) % 4)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(8, 20)}`;
}
