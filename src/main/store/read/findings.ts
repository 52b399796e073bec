import type { Finding, StoredFinding } from '../../../shared/model/index.js';
import { uidText } from '../codec/uid.js';

export type StoredFindingRow = Finding;

export function findingOf(finding: StoredFindingRow, exchange: Buffer): StoredFinding {
  return { ...finding, exchange_id: uidText(exchange) };
}
