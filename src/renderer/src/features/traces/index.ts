export { DeleteDialog } from './DeleteDialog.js';
export { TracesPage } from './TracesPage.js';
export { traceDuration } from './trace-facts.js';
export { rememberTrace } from './use-cursor.js';
export { useTraces } from './use-trace-list.js';
