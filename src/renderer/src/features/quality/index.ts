export { QualityFact } from './QualityFact.js';
export { QualityTab } from './QualityTab.js';
export { useQuality } from './use-quality.js';
export { useQualityValues } from './use-quality-values.js';
