import {
  type Icon,
  IconAlertTriangle,
  IconArrowsExchange,
  IconArrowsSplit2,
  IconBrain,
  IconEdit,
  IconFile,
  IconFlask,
  IconFold,
  IconFolder,
  IconListCheck,
  IconMessageReport,
  IconRobot,
  IconSettings,
  IconTerminal2,
  IconToggleLeft,
  IconTool,
  IconTransform,
  IconUser,
} from '@tabler/icons-react';
import type { Decision, Json } from '../../../../shared/model/index.js';
import type { EventStep, Item } from './items.js';

export type Tone = 'user' | 'model' | 'tool' | 'system' | 'decision' | 'error' | 'event';

const eventIcons: Record<EventStep['type'], Icon> = {
  state_change: IconTransform,
  user_feedback: IconMessageReport,
  file_open: IconFile,
  file_close: IconFile,
  code_edit: IconEdit,
  terminal_command: IconTerminal2,
  test_result: IconFlask,
};

/** Changes that were seen in what was said, by what changed. */
const changeIcons: { [change: string]: Icon } = {
  plan: IconListCheck,
  mode: IconToggleLeft,
  folder: IconFolder,
  agent: IconRobot,
  model: IconArrowsExchange,
  compaction: IconFold,
};

function eventIcon(step: EventStep): Icon {
  const data = step.type === 'state_change' && step.derived ? step.data : undefined;
  const change = typeof data === 'object' && data !== null && !Array.isArray(data) ? data.change : undefined;
  return (typeof change === 'string' ? changeIcons[change] : undefined) ?? eventIcons[step.type];
}

/** Icon, colour and one-line label of an item, the same in the timeline and in the conversation. */
export function lookOf(
  item: Item,
  decisions: ReadonlyMap<string, Decision>,
): { icon: Icon; tone: Tone; label: string } {
  switch (item.kind) {
    case 'message': {
      const { role, content } = item.step;
      const text = content === '' ? (item.step.media?.length ? 'Media' : 'Empty message') : oneLine(content);
      if (role === 'assistant') return { icon: IconRobot, tone: 'model', label: text };
      if (role === 'user') return { icon: IconUser, tone: 'user', label: text };
      return { icon: role === 'tool' ? IconTool : IconSettings, tone: 'system', label: text };
    }
    case 'reasoning': {
      const encrypted = item.step.type === 'reasoning' && item.step.encrypted && item.step.content === '';
      return { icon: IconBrain, tone: 'model', label: encrypted ? 'Encrypted reasoning' : oneLine(item.step.content) };
    }
    case 'tool':
      return { icon: IconTool, tone: 'tool', label: toolName(item) };
    case 'decision': {
      const decision = decisions.get(item.step.decision_id);
      return { icon: IconArrowsSplit2, tone: 'decision', label: decision ? oneLine(decision.decision) : 'Decision' };
    }
    case 'error':
      return { icon: IconAlertTriangle, tone: 'error', label: oneLine(item.step.message) };
    case 'event':
      return { icon: eventIcon(item.step), tone: 'event', label: eventTitle(item.step) };
  }
}

export function toolName(item: Extract<Item, { kind: 'tool' }>): string {
  return item.call?.name ?? item.result?.name ?? 'tool result';
}

export function eventTitle(step: EventStep): string {
  switch (step.type) {
    case 'state_change':
      return oneLine(step.description);
    case 'user_feedback':
      return oneLine(step.content);
    case 'file_open':
      return `Opened ${oneLine(step.file)}`;
    case 'file_close':
      return `Closed ${oneLine(step.file)}`;
    case 'code_edit':
      return `Edited ${oneLine(step.file)}`;
    case 'terminal_command':
      return oneLine(step.command);
    case 'test_result':
      return `${oneLine(step.name)}: ${oneLine(step.status)}`;
  }
}

/** The first words of a text on one line; looks at its beginning only, however long it is. */
export function oneLine(text: string): string {
  return text.slice(0, 400).replace(/\s+/g, ' ').trim().slice(0, 160);
}

/** What a call is about, for one line: its first short text argument, e.g. the command or the path. */
export function argumentHint(value: Json): string {
  if (typeof value === 'string') return oneLine(value);
  if (value === null || typeof value !== 'object') return '';
  const fields = Array.isArray(value) ? value : Object.values(value);
  const text = fields.slice(0, 12).find((field) => typeof field === 'string' && field !== '');
  return typeof text === 'string' ? oneLine(text) : '';
}
