import { personsText } from '../assemble/index.js';
import { type GroupSource, hashKey, type NearTools } from '../review/index.js';
import type { StoreReader } from '../store/index.js';

/** What near-duplicates are found with: texts of the store, hashed under the data folder's key. */
export function nearTools(
  reader: Pick<StoreReader, 'trace' | 'near'>,
  pseudonymKey: Uint8Array,
): NearTools & { source: GroupSource } {
  return {
    source: { trace: (traceId) => reader.trace(traceId), near: reader.near },
    key: hashKey(pseudonymKey),
    personsWords: personsText,
  };
}
