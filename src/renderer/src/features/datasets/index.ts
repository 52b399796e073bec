export { BuilderPage } from './BuilderPage.js';
export { DatasetsPage } from './DatasetsPage.js';
