import type { QaOptions } from '../../../../shared/model/index.js';
import { commandProblem, commandsOf } from '../../components/command-text.js';

/** What the form holds, as typed; empty fields are left to the trace, the repository and the settings. */
export interface Draft {
  repo: string;
  commit_before: string;
  commit_after: string;
  test_command: string;
  framework: string;
  image: string;
  base: number | '';
  fixed: number | '';
  /** Commands, one a line. */
  prepare: string;
  allow_network_in_prepare: boolean;
  runtime: string;
  timeout_s: number | '';
  memory_mb: number | '';
  cpus: number | '';
  missing_engine: '' | 'fail' | 'wait';
  prove_task: boolean;
}

export const emptyDraft: Draft = {
  repo: '',
  commit_before: '',
  commit_after: '',
  test_command: '',
  framework: '',
  image: '',
  base: '',
  fixed: '',
  prepare: '',
  allow_network_in_prepare: false,
  runtime: '',
  timeout_s: '',
  memory_mb: '',
  cpus: '',
  missing_engine: '',
  prove_task: false,
};

const texts = ['repo', 'commit_before', 'commit_after', 'framework', 'image', 'runtime'] as const;

/** @throws SluiceError `qa_command_refused`: see `problemsOf` */
export function optionsOf(draft: Draft): Partial<QaOptions> {
  const said = texts.flatMap((field) => {
    const value = draft[field].trim();
    return value === '' ? [] : [[field, value]];
  });
  const { base, fixed, memory_mb, cpus } = draft;
  const repeat = { ...(base !== '' && { base }), ...(fixed !== '' && { fixed }) };
  const limits = { ...(memory_mb !== '' && { memory_mb }), ...(cpus !== '' && { cpus }) };
  const prepare = commandsOf(draft.prepare);
  const [test_command] = commandsOf(draft.test_command);
  return {
    ...Object.fromEntries(said),
    ...(test_command && { test_command }),
    ...(Object.keys(repeat).length > 0 && { repeat }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(prepare.length > 0 && { prepare }),
    ...(draft.timeout_s !== '' && { timeout_s: draft.timeout_s }),
    ...(draft.missing_engine !== '' && { missing_engine: draft.missing_engine }),
    ...(draft.prove_task && { prove_task: true }),
    allow_network_in_prepare: draft.allow_network_in_prepare,
  };
}

/** By field, what the engine would refuse; the same reading as its own. */
export function problemsOf({ test_command, prepare }: Draft): { [field: string]: string } {
  const [command, commands] = [commandProblem(test_command), commandProblem(prepare)];
  return { ...(command !== null && { test_command: command }), ...(commands !== null && { prepare: commands }) };
}
