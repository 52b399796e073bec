import type { Keyed } from '../../keys/keyed.js';

/**
 * How invented values of some entities are made. An invented value carries a keyed tag in its own free characters, so
 * that it is known again without a table: what a redactor made it does not take for a find.
 */
export interface Family {
  id: string;
  /** An invented value of the shape of `value`, the same for the same subject; null where the shape has no room for a tag. */
  make(value: string, subject: string, keyed: Keyed): string | null;
  /** Whether `value` carries the tag of this key. */
  isOurs(value: string, keyed: Keyed): boolean;
}
