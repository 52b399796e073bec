export { ExportDialog } from './ExportDialog.js';
export { NoRows } from './NoRows.js';
