export { QualityFact } from './QualityFact.js';
export { QualityTab } from './QualityTab.js';
export { useQuality } from './use-quality.js';
