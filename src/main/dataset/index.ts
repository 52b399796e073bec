export { type DatasetErasure, eraseFromDataset, layoutsWithoutIds, rowKeysOf } from './erase.js';
export { executionTrace } from './execution/execution-trace.js';
export { exportDataset } from './export.js';
export { createExports, type ExportOrder, exportKind, type GuardExport } from './exports.js';
export { layouts } from './layouts/index.js';
export { removeLeftovers } from './partial-folder.js';
export { previewDataset } from './preview.js';
export type { RowRedactor, WantedPrivacy } from './privacy/row-redactor.js';
export type { CallMessages, ExportSource } from './source.js';
