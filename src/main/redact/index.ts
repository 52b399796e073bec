export { type Entity, entities } from './entities.js';
export { exportPolicy, redactorForExport } from './export-policy.js';
export {
  createExportRedactor,
  type ExportRedactor,
  type ExportRedactorOptions,
  type Replaced,
} from './export-redactor.js';
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
} from './policy.js';
export { type PolicyChanges, policyChanges } from './policy-changes.js';
export { createPseudonyms } from './pseudonyms.js';
export { createRedactor, type OriginalFinding, type Redactor, type RedactorOptions } from './redactor.js';
export { erasureRewriting, type Rewriting, rescanRewriting } from './rewriting.js';
