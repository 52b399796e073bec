import type { Tick } from '../../../shared/model/index.js';
import { createTally, openAuditLog } from '../../audit/index.js';
import type { DataFolder } from '../../home/folder.js';

/** The folder's audit log; whoever shows it hears of new entries. */
export function openAudit(folder: DataFolder, key: Uint8Array, tick: (topics: Tick['topics']) => void) {
  const log = openAuditLog(folder.audit, key);
  const record: typeof log.record = async (entry) => {
    const written = await log.record(entry);
    tick(['audit']);
    return written;
  };
  const tally = createTally(record);
  return {
    ...log,
    record,
    count: tally.count,
    /** Writes down what was counted, and waits for what is being written. */
    async end(): Promise<void> {
      await tally.end();
      await log.settled();
    },
  };
}
