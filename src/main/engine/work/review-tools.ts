import type { NearKeeping, QualityStore } from '../../review/index.js';
import type { StoreReader } from '../../store/index.js';
import type { EngineCalls, StoreChanges } from './engine-calls.js';

/** What near-duplicates are kept by: read here, changed by the store's only writer. */
export function nearKeeping(
  reader: Pick<StoreReader, 'near'>,
  changes: Pick<StoreChanges, 'signNear' | 'clusterNear'>,
  engine: Pick<EngineCalls, 'changed'>,
): NearKeeping {
  return {
    sign: changes.signNear,
    clusters: {
      memberships: (level) => reader.near.memberships(level),
      async change(level, change) {
        await changes.clusterNear(level, change);
        await engine.changed(['traces']);
      },
    },
  };
}

/** Where scores are kept. */
export function qualityStore(
  reader: Pick<StoreReader, 'quality'>,
  changes: Pick<StoreChanges, 'saveQuality'>,
  engine: Pick<EngineCalls, 'changed'>,
): QualityStore {
  return {
    changed: (version, after) => reader.quality.changed(version, after),
    all: () => reader.quality.all(),
    async save(scored) {
      await changes.saveQuality(scored);
      await engine.changed(['traces']);
    },
  };
}
