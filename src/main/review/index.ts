export { defaultThreshold } from './duplicates/cluster.js';
export { nearDuplicates } from './duplicates/near-duplicates.js';
export { openKey } from './duplicates/words.js';
