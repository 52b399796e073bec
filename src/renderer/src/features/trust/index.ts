export { TrustTab } from './TrustTab.js';
