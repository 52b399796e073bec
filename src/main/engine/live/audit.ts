import type { Tick } from '../../../shared/model/index.js';
import { openAuditLog } from '../../audit/index.js';
import type { DataFolder } from '../../home/folder.js';

/** The folder's audit log; whoever shows it hears of new entries. */
export function openAudit(folder: DataFolder, key: Uint8Array, tick: (topics: Tick['topics']) => void) {
  const log = openAuditLog(folder.audit, key);
  const record: typeof log.record = async (entry) => {
    const written = await log.record(entry);
    tick(['audit']);
    return written;
  };
  return { ...log, record };
}
