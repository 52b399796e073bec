export { detectors } from './detectors/index.js';
export {
  createExportRedactor,
  type ExportRedactor,
  type ExportRedactorOptions,
  type Replaced,
} from './export-redactor.js';
export { createPseudonyms } from './keys/pseudonyms.js';
export { type Entity, entities } from './policy/entities.js';
export { exportPolicy, redactorForExport } from './policy/export-policy.js';
export {
  actionFor,
  defaultPolicy,
  loadPolicy,
  type PolicyFile,
  parsePolicyFile,
  policyDefaults,
  type RedactionPolicy,
  resolvePolicy,
  sparsePolicyFile,
  strictestPolicy,
} from './policy/policy.js';
export { type PolicyChanges, policyChanges } from './policy/policy-changes.js';
export { createRedactor, type OriginalFinding, type Redactor, type RedactorOptions } from './redactor.js';
export { erasureRewriting, type Rewriting, rescanRewriting } from './replace/rewriting.js';
export { knownCleanBytes } from './scan/known-clean.js';
