export { executionTrace } from './execution/execution-trace.js';
export { exportDataset } from './export.js';
export { createExports, exportJobKind } from './exports.js';
export { layouts } from './layouts/index.js';
export { removeLeftovers } from './partial-folder.js';
export { previewDataset } from './preview.js';
export type { CallMessages, ExportSource } from './source.js';
