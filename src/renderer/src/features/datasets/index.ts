export { BuilderPage } from './BuilderPage.js';
export { DatasetPage } from './DatasetPage.js';
export { DatasetsPage } from './DatasetsPage.js';
