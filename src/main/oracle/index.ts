export { openCatalogue } from './catalogue.js';
export { corruptions, corruptionsById, corruptLine } from './corrupt/index.js';
export { calibrate } from './runs/calibration.js';
export { reportOf, reportText, writeReport } from './runs/report.js';
export { runOracle } from './runs/run.js';
export { validateTraces } from './validate-file.js';
