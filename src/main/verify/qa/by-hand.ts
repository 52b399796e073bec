import { quotedWord } from '../../../shared/command-line.js';
import type { SandboxMaker } from '../../ground/sandbox.js';
import { commandOf } from './attempt.js';
import type { Plan } from './plan.js';

/** A line that runs the tests of after once, as a person would: the state is laid into a folder, and this into the container. */
export async function byHand(plan: Plan, sandboxes: SandboxMaker, image: string): Promise<string> {
  const { request, argv } = await commandOf(plan, plan.after, image, '/tmp/report');
  return `${laidOut(plan.place)} && ${sandboxes.byHand(request, argv)}`;
}

function laidOut({ path, kind, commit }: Plan['place']): string {
  const inNewFolder = (command: string) => `cd "$(mktemp -d)" && ${command}`;
  if (commit !== null) return inNewFolder(`git -C ${quotedWord(path)} archive ${commit} | tar -x`);
  if (kind !== 'archive') return `cd ${quotedWord(path)}`;
  return inNewFolder(`${/\.zip$/i.test(path) ? 'unzip -q' : 'tar -xf'} ${quotedWord(path)}`);
}
