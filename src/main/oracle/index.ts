export { openCatalogue } from './catalogue.js';
export { reportOf, reportText, writeReport } from './runs/report.js';
export { runOracle } from './runs/run.js';
export { validateTraces } from './validate-file.js';
