export { domainsFolder, openCatalogue } from './catalogue.js';
export { corruptions, corruptionsById, corruptLine } from './corrupt/index.js';
export { calibrate } from './runs/calibration.js';
export { diversityOf } from './runs/diversity.js';
export { reportOf, reportText, writeReport } from './runs/report.js';
export { runOracle, type Writers } from './runs/run.js';
export { type Counts, type DomainOrder, writeDomain } from './runs/write-domain.js';
export { type ToolsBeside, toolsBeside } from './tool-offers.js';
export { validateTraces } from './validate-file.js';
