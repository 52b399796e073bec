export { defaultWords } from './decontamination/grams.js';
export { type Contaminated, contaminatedBy, decontaminate } from './decontamination/decontaminate.js';
export { indexFiles } from './decontamination/files.js';
export { fingerprintText } from './decontamination/fingerprints.js';
export { defaultThreshold } from './duplicates/cluster.js';
export type { NearTools } from './duplicates/corpus.js';
export { type GroupSource, type SplitGroups, splitGroups } from './duplicates/groups.js';
export { nearDuplicates } from './duplicates/near-duplicates.js';
export { type HashKey, hashKey, openKey } from './duplicates/words.js';
