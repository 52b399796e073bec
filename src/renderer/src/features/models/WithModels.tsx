import type { ReactNode } from 'react';
import type { ModelProfile } from '../../../../shared/model/index.js';
import { Answer } from '../../components/layout/Answer.js';
import { NoModel } from './NoModel.js';
import { useProfiles } from './use-profiles.js';

/** What asks a model: with the profiles there are, or how to get one. */
export function WithModels({ children }: { children(profiles: readonly ModelProfile[]): ReactNode }) {
  const profiles = useProfiles();
  return (
    <Answer query={profiles} label="Loading models" lines={3}>
      {(list) => (list.length === 0 ? <NoModel /> : children(list))}
    </Answer>
  );
}
