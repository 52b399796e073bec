export { type CheckOptions, checkFiles, reportFile } from './check.js';
export { checkExport } from './export.js';
export { type LeakCheckTools, leaksKind } from './kind.js';
export { leakRules } from './rules/index.js';
export { readReport, sampleRow } from './sample-row.js';
