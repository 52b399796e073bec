import type { KeyHandlers } from './use-keys.js';

/** A shortcut: keys as `useKeydown` names them, each of which does it, and what it does in a few words. */
interface Shortcut {
  keys: readonly string[];
  label: string;
}

/** Every shortcut of the studio by where it holds. Pages bind them by name, and the help is made of this. */
export const shortcuts = {
  'help.open': { keys: ['?'], label: 'This help' },
  'search.focus': { keys: ['/'], label: 'Search in this page, find in a trace' },
  undo: { keys: ['u', 'mod+z'], label: 'Undo, and go where it was' },
  'list.next': { keys: ['j', 'ArrowDown'], label: 'Next row' },
  'list.previous': { keys: ['k', 'ArrowUp'], label: 'Previous row' },
  'list.open': { keys: ['Enter'], label: 'Open' },
  'list.pageDown': { keys: ['PageDown'], label: 'A page down' },
  'list.pageUp': { keys: ['PageUp'], label: 'A page up' },
  'list.first': { keys: ['Home'], label: 'First row' },
  'list.last': { keys: ['End'], label: 'Last row' },
  'layer.close': { keys: ['Escape'], label: 'Close what is uppermost: a panel, a selection, a query' },
  'dataset.new': { keys: ['n'], label: 'New dataset' },
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
  'review.rate': { keys: ['1', '2', '3', '4', '5'], label: 'Rate' },
  'review.unrate': { keys: ['0'], label: 'Remove the rating' },
  'review.tags': { keys: ['t'], label: 'Tags' },
  'review.note': { keys: ['n'], label: 'Note' },
  'trace.next': { keys: [']'], label: 'Next trace' },
  'trace.previous': { keys: ['['], label: 'Previous trace' },
  'find.next': { keys: ['n'], label: 'Next place that was found' },
  'find.previous': { keys: ['N'], label: 'Previous place that was found' },
  'verdict.failed': { keys: ['y'], label: 'A suspected tool call failed' },
  'verdict.fine': { keys: ['d'], label: 'A suspected tool call did not fail' },
  'finding.allow': { keys: ['f'], label: 'A false positive' },
  'finding.undo': { keys: ['z', 'u', 'mod+z'], label: 'Take that back' },
  'trace.compare': { keys: ['='], label: 'Compare with another' },
  'difference.next': { keys: ['n'], label: 'Next difference' },
  'difference.previous': { keys: ['p'], label: 'Previous difference' },
  'difference.fold': { keys: ['f'], label: 'Fold or unfold equal steps' },
  'compare.a': { keys: ['a'], label: 'A is better' },
  'compare.b': { keys: ['b'], label: 'B is better' },
  'compare.tie': { keys: ['t'], label: 'A tie' },
  'compare.neither': { keys: ['x'], label: 'Neither is good' },
  'compare.reason': { keys: ['r'], label: 'Reason' },
  'compare.redo': { keys: ['U', 'mod+y'], label: 'Do again what was undone' },
  'compare.swap': { keys: ['s'], label: 'Swap the two' },
  'compare.pick': { keys: ['c'], label: 'Choose what to compare with' },
  'pair.next': { keys: [']'], label: 'Next pair' },
  'pair.previous': { keys: ['['], label: 'Previous pair' },
  'value.missed': { keys: ['m'], label: 'Selected text: a missed value' },
} as const satisfies { [id: string]: Shortcut };
export type ShortcutId = keyof typeof shortcuts;

/** Where they hold, for the help. */
export const shortcutGroups: readonly { title: string; ids: readonly ShortcutId[] }[] = [
  { title: 'Anywhere', ids: ['help.open', 'search.focus', 'undo', 'layer.close'] },
  {
    title: 'Lists',
    ids: ['list.next', 'list.previous', 'list.open', 'list.pageDown', 'list.pageUp', 'list.first', 'list.last'],
  },
  { title: 'Datasets', ids: ['dataset.new'] },
  { title: 'Live', ids: ['live.pause', 'live.follow', 'live.group', 'live.clear'] },
  {
    title: 'Traces and labels',
    ids: [
      'review.accept',
      'review.reject',
      'review.rate',
      'review.unrate',
      'review.tags',
      'review.note',
      'select.row',
      'select.range',
      'select.all',
      'selection.export',
      'selection.delete',
      'trace.next',
      'trace.previous',
      'trace.compare',
    ],
  },
  { title: 'In a trace, while something is looked for', ids: ['find.next', 'find.previous'] },
  {
    title: 'Comparing two',
    ids: [
      'difference.next',
      'difference.previous',
      'difference.fold',
      'compare.a',
      'compare.b',
      'compare.tie',
      'compare.neither',
      'compare.reason',
      'compare.redo',
      'compare.swap',
      'compare.pick',
      'pair.next',
      'pair.previous',
    ],
  },
  { title: 'Tool calls', ids: ['verdict.failed', 'verdict.fine'] },
  { title: 'Privacy', ids: ['finding.allow', 'finding.undo', 'value.missed'] },
];

/** The handlers of these shortcuts by their keys. */
export function bound(handlers: Partial<Record<ShortcutId, (key: string) => void>>): KeyHandlers {
  const keys: KeyHandlers = {};
  for (const [id, handler] of Object.entries(handlers)) {
    for (const key of shortcuts[id as ShortcutId].keys) keys[key] = () => handler(key);
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
};

/** A key as it stands on the keyboard. */
export function keyName(key: string): string {
  if (key.startsWith('mod+')) return `Ctrl ${key.slice('mod+'.length).toUpperCase()}`;
  return shown[key] ?? key;
}
