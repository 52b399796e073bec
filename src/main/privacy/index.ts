export {
  type ConsentGate,
  type ConsentTools,
  consentKind,
  consentOverview,
  foreignConsent,
  recordConsent,
  subjectOf,
} from './consent.js';
export { type ErasureDependencies, erasureKind, type RowKeys } from './erasure.js';
export { dataPlaces } from './places.js';
export { openReceipts, type Receipts } from './receipts.js';
export { rescanKind, startRescan } from './rescan.js';
export {
  hasRetention,
  type RetentionStore,
  type RetentionTools,
  retentionDetails,
  retentionKind,
  runRetention,
} from './retention.js';
export type { RewritePlan, Rewriter } from './rewrite-run.js';
export { searchSubject, subjectExportId, subjectExportKind } from './subject.js';
