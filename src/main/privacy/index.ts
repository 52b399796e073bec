export {
  type ConsentGate,
  consentJob,
  consentJobKind,
  consentOverview,
  foreignConsent,
  recordConsent,
  subjectOf,
} from './consent.js';
export { type ErasureParts, erasureJob, erasureJobKind } from './erasure.js';
export { dataPlaces } from './places.js';
export { openReceipts, type Receipts } from './receipts.js';
export { rescanJob, rescanJobKind, startRescan } from './rescan.js';
export {
  hasRetention,
  type RetentionStore,
  retentionDetails,
  retentionJobKind,
  runRetention,
} from './retention.js';
export type { RewritePlan, Rewriter } from './rewrite-run.js';
export { searchSubject, subjectExportJob, subjectExportKind } from './subject.js';
