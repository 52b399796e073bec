export { BuilderPage } from './BuilderPage.js';
export { builderPath } from './builder-path.js';
export { DatasetPage } from './DatasetPage.js';
export { DatasetsPage } from './DatasetsPage.js';
