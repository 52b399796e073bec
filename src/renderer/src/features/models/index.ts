export { ForecastLine } from './ForecastLine.js';
export { agreedTo, BudgetField, ProfileChecks, ProfileField } from './ModelFields.js';
export { ModelsTab } from './ModelsTab.js';
export { useProfiles } from './use-profiles.js';
export { WithModels } from './WithModels.js';
