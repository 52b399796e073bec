export { ForecastLine } from './ForecastLine.js';
export { ModelsTab } from './ModelsTab.js';
export { useProfiles } from './use-profiles.js';
export { WithModels } from './WithModels.js';
