export { ModelsTab } from './ModelsTab.js';
export { NoModel } from './NoModel.js';
export { useProfiles } from './use-profiles.js';
