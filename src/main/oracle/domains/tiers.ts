import { type SensitivityTier, sensitivityTiers } from '../../../shared/model/gold-trace.js';

/** How high a tier is; -1 of what is none. */
export const rankOf = (tier: string): number => (sensitivityTiers as readonly string[]).indexOf(tier);

export const higherOf = (a: SensitivityTier, b: SensitivityTier): SensitivityTier => (rankOf(a) >= rankOf(b) ? a : b);
