export { type CheckOptions, checkFiles, reportFile } from './check.js';
export { checkExport } from './export.js';
export { readReport, sampleRow } from './sample-row.js';
