export { hostOf, isLoopback, leaving } from './base-url.js';
export type { CallStore } from './call-store.js';
export { type ClientDependencies, createLanguageModels } from './client.js';
export type { ListPrice } from './costs.js';
export { probeProfile } from './probe-profile.js';
export { capabilitiesOf, isAgreed, openProfiles, type Profiles } from './profiles.js';
