import type { Json, TraceSummary } from '../../../../shared/model/index.js';

/** What a trace says of the repository that it worked on; empty where it says nothing. */
export interface SaidRepository {
  name: string;
  url: string;
  commit_before: string;
  commit_after: string;
  test_command: string;
}

export const noRepository: SaidRepository = {
  name: '',
  url: '',
  commit_before: '',
  commit_after: '',
  test_command: '',
};

/** Of a trace's metadata, which others wrote; null where it names none. */
export function saidRepository({ metadata }: Pick<TraceSummary, 'metadata'>): SaidRepository | null {
  const repo = metadata?.['repo'];
  if (typeof repo !== 'object' || repo === null || Array.isArray(repo)) return null;
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
  return {
    name: text(repo['name']),
    url: text(repo['url']),
    commit_before: text(repo['commit_before']),
    commit_after: text(repo['commit_after']),
    test_command: text(repo['test_command']) || text(metadata?.['test_command']),
  };
}
