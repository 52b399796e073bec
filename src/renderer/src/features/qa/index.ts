export { BulkRunDialog } from './RunDialog.js';
export { RunsTab } from './RunsTab.js';
export { TestsTab } from './TestsTab.js';
export { stateWords } from './words.js';
