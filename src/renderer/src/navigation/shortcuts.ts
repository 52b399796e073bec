import { keyOverrides } from './key-overrides.js';
import type { KeyHandlers } from './use-keys.js';

/** A shortcut: keys as `useKeydown` names them, each of which does it, and what it does in a few words. */
interface Shortcut {
  keys: readonly string[];
  label: string;
  /** Why its keys stay what they are, behind `fixed: `; absent: they can be changed. */
  fixed?: string;
}

const ofLists = 'these keys do the same in lists everywhere.';

/** Every shortcut of the studio by where it holds. Pages bind them by name, and the help is made of this. */
export const shortcuts = {
  'help.open': { keys: ['?'], label: 'This help' },
  'search.focus': { keys: ['/'], label: 'Search in this page, find in a trace' },
  undo: { keys: ['u', 'mod+z'], label: 'Undo, and go where it was' },
  redo: { keys: ['U', 'mod+shift+z', 'mod+y'], label: 'Do again what was undone' },
  'list.next': { keys: ['j', 'ArrowDown'], label: 'Next row' },
  'list.previous': { keys: ['k', 'ArrowUp'], label: 'Previous row' },
  'list.open': { keys: ['Enter'], label: 'Open', fixed: ofLists },
  'list.pageDown': { keys: ['PageDown'], label: 'A page down', fixed: ofLists },
  'list.pageUp': { keys: ['PageUp'], label: 'A page up', fixed: ofLists },
  'list.first': { keys: ['Home'], label: 'First row', fixed: ofLists },
  'list.last': { keys: ['End'], label: 'Last row', fixed: ofLists },
  'layer.close': {
    keys: ['Escape'],
    label: 'Close what is uppermost: a panel, a selection, a query',
    fixed: 'Esc closes what is uppermost everywhere, the choosing of a key too.',
  },
  'dataset.new': { keys: ['n'], label: 'New dataset' },
  'dataset.build': { keys: ['b'], label: 'Build the next version' },
  'row.next': { keys: [']'], label: 'Next row' },
  'row.previous': { keys: ['['], label: 'Previous row' },
  'row.mask': { keys: ['m'], label: 'Row as written, or its loss mask' },
  'row.template': { keys: ['t'], label: 'Chat template of the loss mask' },
  'live.pause': { keys: ['p'], label: 'Pause or resume' },
  'live.follow': { keys: ['f'], label: 'Follow the newest' },
  'live.group': { keys: ['v'], label: 'Group by trace' },
  'live.clear': { keys: ['x'], label: 'Clear the view' },
  'select.row': { keys: ['x'], label: 'Select a row' },
  'select.range': { keys: ['X'], label: 'Select up to this row' },
  'select.all': { keys: ['mod+a'], label: 'Select all rows that are read' },
  'selection.export': { keys: ['e'], label: 'Export' },
  'selection.delete': { keys: ['Delete'], label: 'Delete' },
  'review.accept': { keys: ['a'], label: 'Accept' },
  'review.reject': { keys: ['r'], label: 'Reject' },
  'review.rate': { keys: ['1', '2', '3', '4', '5'], label: 'Rate', fixed: 'each digit is the rating that it gives.' },
  'review.unrate': { keys: ['0'], label: 'Remove the rating' },
  'review.tags': { keys: ['t'], label: 'Tags' },
  'review.note': { keys: ['n'], label: 'Note' },
  'trace.next': { keys: [']'], label: 'Next trace' },
  'trace.previous': { keys: ['['], label: 'Previous trace' },
  'queue.submit': { keys: ['Enter', 'mod+enter'], label: 'Submit, and go on to the next item' },
  'queue.suggested': { keys: ['p'], label: 'Take over what is suggested' },
  'queue.skip': { keys: ['s'], label: 'Skip: leave it to others' },
  'queue.next': { keys: [']'], label: 'Next item, this one stays open' },
  'queue.previous': { keys: ['['], label: 'Previous item' },
  'queue.reopen': { keys: ['o'], label: 'Open again what was decided' },
  'queues.new': { keys: ['n'], label: 'New queue' },
  'queues.edit': { keys: ['e'], label: 'Change the queue' },
  'queues.delete': { keys: ['Delete'], label: 'Delete the queue' },
  'step.tool': { keys: ['l'], label: 'Next tool call' },
  'step.toolBefore': { keys: ['L'], label: 'Previous tool call' },
  'step.error': { keys: ['x'], label: 'Next error' },
  'step.errorBefore': { keys: ['X'], label: 'Previous error' },
  'step.finding': { keys: ['i'], label: 'Next place that was redacted' },
  'step.findingBefore': { keys: ['I'], label: 'Previous place that was redacted' },
  'step.correct': { keys: ['c'], label: 'Correct this step' },
  'step.right': { keys: ['+'], label: 'This step is right' },
  'step.wrong': { keys: ['-'], label: 'This step is wrong' },
  'step.neither': { keys: ['z'], label: 'This step is neither' },
  'step.firstWrong': { keys: ['w'], label: 'This is the first wrong step' },
  'step.better': { keys: ['b'], label: 'What would have been better' },
  'find.next': { keys: ['n'], label: 'Next place that was found' },
  'find.previous': { keys: ['N'], label: 'Previous place that was found' },
  'verdict.failed': { keys: ['y'], label: 'A suspected tool call failed' },
  'verdict.fine': { keys: ['d'], label: 'A suspected tool call did not fail' },
  'finding.allow': { keys: ['f'], label: 'A false positive' },
  'finding.undo': { keys: ['z', 'u', 'mod+z'], label: 'Take that back' },
  'trace.domain': { keys: ['F'], label: 'Field of work, in Quality' },
  'trace.compare': { keys: ['='], label: 'Compare with another' },
  'difference.next': { keys: ['n'], label: 'Next difference' },
  'difference.previous': { keys: ['p'], label: 'Previous difference' },
  'difference.fold': { keys: ['f'], label: 'Fold or unfold equal steps' },
  'compare.a': { keys: ['a'], label: 'A is better' },
  'compare.b': { keys: ['b'], label: 'B is better' },
  'compare.tie': { keys: ['t'], label: 'A tie' },
  'compare.neither': { keys: ['x'], label: 'Neither is good' },
  'compare.reason': { keys: ['r'], label: 'Reason' },
  'compare.swap': { keys: ['s'], label: 'Swap the two' },
  'compare.pick': { keys: ['c'], label: 'Choose what to compare with' },
  'pair.next': { keys: [']'], label: 'Next pair' },
  'pair.previous': { keys: ['['], label: 'Previous pair' },
  'value.missed': { keys: ['m'], label: 'Selected text: a missed value' },
} as const satisfies { [id: string]: Shortcut };
export type ShortcutId = keyof typeof shortcuts;

/** Pages on which shortcuts hold; `anywhere` is all of them. */
type Place =
  | 'anywhere'
  | 'live'
  | 'traces'
  | 'trace'
  | 'queues'
  | 'queue'
  | 'compare'
  | 'datasets'
  | 'tool_calls'
  | 'privacy';

interface ShortcutGroup {
  title: string;
  /** Two shortcuts of groups that share a place must not have the same key. */
  places: readonly Place[];
  ids: readonly ShortcutId[];
}

/** Where they hold, for the help. */
export const shortcutGroups: readonly ShortcutGroup[] = [
  { title: 'Anywhere', places: ['anywhere'], ids: ['help.open', 'search.focus', 'undo', 'redo', 'layer.close'] },
  {
    title: 'Lists',
    places: ['live', 'traces', 'trace', 'queues', 'queue', 'compare', 'datasets', 'tool_calls', 'privacy'],
    ids: ['list.next', 'list.previous', 'list.open', 'list.pageDown', 'list.pageUp', 'list.first', 'list.last'],
  },
  {
    title: 'Datasets',
    places: ['datasets'],
    ids: ['dataset.new', 'dataset.build', 'row.next', 'row.previous', 'row.mask', 'row.template'],
  },
  { title: 'Live', places: ['live'], ids: ['live.pause', 'live.follow', 'live.group', 'live.clear'] },
  {
    title: 'Labels',
    places: ['traces', 'trace', 'queue'],
    ids: ['review.accept', 'review.reject', 'review.rate', 'review.unrate', 'review.tags', 'review.note'],
  },
  {
    title: 'Traces',
    places: ['traces'],
    ids: ['select.row', 'select.range', 'select.all', 'selection.delete'],
  },
  { title: 'A trace', places: ['trace'], ids: ['trace.next', 'trace.previous', 'trace.domain'] },
  { title: 'Traces and items of a queue', places: ['traces', 'trace', 'queue'], ids: ['trace.compare'] },
  {
    title: 'Comparing two',
    places: ['compare'],
    ids: [
      'difference.next',
      'difference.previous',
      'difference.fold',
      'compare.a',
      'compare.b',
      'compare.tie',
      'compare.neither',
      'compare.reason',
      'compare.swap',
      'compare.pick',
      'pair.next',
      'pair.previous',
    ],
  },
  { title: 'Exporting', places: ['traces', 'trace'], ids: ['selection.export'] },
  {
    title: 'Steps of a trace',
    places: ['trace', 'queue'],
    ids: [
      'step.tool',
      'step.toolBefore',
      'step.error',
      'step.errorBefore',
      'step.finding',
      'step.findingBefore',
      'step.correct',
      'step.right',
      'step.wrong',
      'step.neither',
      'step.firstWrong',
      'step.better',
    ],
  },
  { title: 'Review queues', places: ['queues'], ids: ['queues.new', 'queues.edit', 'queues.delete'] },
  {
    title: 'Working a queue',
    places: ['queue'],
    ids: ['queue.submit', 'queue.suggested', 'queue.skip', 'queue.next', 'queue.previous', 'queue.reopen'],
  },
  {
    title: 'In a trace, while something is looked for',
    places: ['trace'],
    ids: ['find.next', 'find.previous'],
  },
  { title: 'Tool calls', places: ['tool_calls', 'trace', 'queue'], ids: ['verdict.failed', 'verdict.fine'] },
  { title: 'Privacy', places: ['privacy'], ids: ['finding.allow', 'finding.undo'] },
  { title: 'Captured text', places: ['trace'], ids: ['value.missed'] },
];

/** The keys of a shortcut, as they are or as somebody chose them. */
export function keysOf(id: ShortcutId): readonly string[] {
  const { keys }: Shortcut = shortcuts[id];
  const chosen = keyOverrides()[id];
  return chosen?.length === keys.length && !isFixed(id) ? chosen : keys;
}

function isFixed(id: ShortcutId): boolean {
  return fixedWhy(id) !== null;
}

/** Why its keys cannot be changed; null where they can. */
export function fixedWhy(id: ShortcutId): string | null {
  const { fixed }: Shortcut = shortcuts[id];
  return fixed ?? null;
}

/** The handlers of these shortcuts by their keys; each is told which key it is as the shortcut was made. */
export function bound(handlers: Partial<Record<ShortcutId, (key: string) => void>>): KeyHandlers {
  const keys: KeyHandlers = {};
  for (const [id, handler] of Object.entries(handlers)) {
    const made = shortcuts[id as ShortcutId].keys;
    keysOf(id as ShortcutId).forEach((key, at) => {
      keys[key] = () => handler(made[at] ?? key);
    });
  }
  return keys;
}

const shown: { [key: string]: string } = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  PageDown: 'Page ↓',
  PageUp: 'Page ↑',
  Escape: 'Esc',
  Delete: 'Del',
  ' ': 'Space',
};

/** A key as it stands on the keyboard. */
export function keyName(key: string): string {
  if (key.startsWith('mod+shift+')) return `Ctrl Shift ${capital(key.slice('mod+shift+'.length))}`;
  if (key.startsWith('mod+')) return `Ctrl ${capital(key.slice('mod+'.length))}`;
  return shown[key] ?? key;
}

const capital = (key: string) => key.charAt(0).toUpperCase() + key.slice(1);

/** The first key of a shortcut as it stands beside what it does: letters large, as on the keyboard. */
export function keyHint(id: ShortcutId): string {
  const [key = ''] = keysOf(id);
  if (/^[a-z]$/.test(key)) return key.toUpperCase();
  return /^[A-Z]$/.test(key) ? `⇧${key}` : keyName(key);
}
