import type { Json } from '../../../shared/model/index.js';
import { isObject } from '../../ground/json.js';
import { planOf } from './plan.js';
import type { Transition } from './transition.js';

interface Rule {
  /** Names of the tools, in small letters without what only divides. */
  names: ReadonlySet<string>;
  asked(args: Json): Transition | null;
  /** What the tool's result means, where that is a change too. */
  answered?(failed: boolean): Transition;
}

/** Tools by which agents tell of a change. By name: that is what clients have in common. */
const rules: readonly Rule[] = [
  {
    names: words(
      'todowrite writetodo writetodos updateplan updatetodolist updatetodos managetodolist settodolist todolist',
      'setplan createplan updatetaskplan taskcreate taskupdate plantask',
    ),
    asked: (args) => {
      const plan = planOf(args);
      return plan === null ? null : { change: 'plan', ...plan };
    },
  },
  {
    names: words('enterplanmode planenter'),
    asked: () => ({ change: 'mode', description: 'mode: plan', data: { to: 'plan' } }),
  },
  {
    names: words('exitplanmode planexit'),
    asked: () => ({ change: 'mode', description: 'mode: plan is done', data: { from: 'plan' } }),
  },
  {
    names: words('switchmode setmode changemode'),
    asked: (args) => {
      const to = textIn(args, 'mode_slug', 'mode', 'slug', 'name');
      return to === undefined ? null : { change: 'mode', description: `mode: ${to}`, data: { to } };
    },
  },
  {
    names: words('enterworktree exitworktree changedirectory setworkingdirectory changeworkingdirectory cd'),
    asked: (args) => {
      const to = textIn(args, 'path', 'directory', 'dir', 'cwd', 'worktreePath', 'name', 'branch');
      return to === undefined ? null : { change: 'folder', description: `working folder: ${to}`, data: { to } };
    },
  },
  {
    names: words(
      'task agent subagent spawnagent newtask runsubagent launchsubagent dispatchagent delegatetask invokesubagent',
      'delegateworktocoworker',
    ),
    asked: (args) => {
      if (textIn(args, 'prompt', 'message', 'task', 'description', 'instructions') === undefined) return null;
      const kind = textIn(args, 'subagent_type', 'agent_type', 'subagent', 'agent', 'coworker', 'mode');
      const about = textIn(args, 'description', 'title', 'task', 'message', 'prompt') ?? '';
      const called = kind === undefined ? '' : ` ${kind}`;
      return {
        change: 'agent',
        description: `subagent${called} begins: ${oneLine(about)}`,
        data: { state: 'begins', ...(kind === undefined ? {} : { kind }) },
      };
    },
    answered: (failed) => ({
      change: 'agent',
      description: failed ? 'subagent failed' : 'subagent ended',
      data: { state: failed ? 'failed' : 'ended' },
    }),
  },
];

/** Tools whose result comes while the subagent still works. */
const inBackground = words('spawnagent');

export function transitionAsked(tool: string, args: Json): Transition | null {
  const heir = /^transfer_?to_?(\w+)$/i.exec(tool.replace(/^.*[.:/]/, ''))?.[1];
  if (heir !== undefined)
    return { change: 'agent', description: `handed over to ${heir}`, data: { state: 'begins', kind: heir } };
  return ruleOf(tool)?.asked(args) ?? null;
}

export function transitionAnswered(tool: string, failed: boolean): Transition | null {
  const rule = inBackground.has(plain(tool)) ? undefined : ruleOf(tool);
  return rule?.answered?.(failed) ?? null;
}

function ruleOf(tool: string): Rule | undefined {
  const name = plain(tool);
  return rules.find(({ names }) => names.has(name));
}

/** `functions.update_plan` and `updatePlan` are one name. */
function plain(tool: string): string {
  return tool
    .replace(/^.*(?:__|[.:/])/, '')
    .replace(/[_-]/g, '')
    .toLowerCase();
}

function words(...lines: string[]): ReadonlySet<string> {
  return new Set(lines.join(' ').split(' '));
}

function textIn(args: Json, ...names: string[]): string | undefined {
  if (!isObject(args)) return undefined;
  const found = names.map((name) => args[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : undefined;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 120);
}
