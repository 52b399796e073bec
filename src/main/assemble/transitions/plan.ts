import type { Json } from '../../../shared/model/index.js';
import { isObject, type JsonObject, objectsOf, parseJson } from '../../ground/json.js';

/** A point of a plan as an agent keeps it. */
interface Point {
  text: string;
  status: 'pending' | 'in_progress' | 'done';
}

const lists = ['todos', 'plan', 'items', 'todoList', 'todo_list', 'tasks', 'steps', 'todosList'];
const texts = ['content', 'step', 'text', 'title', 'subject', 'description', 'task', 'name'];
const doneWords = /^(completed?|done|finished|cancell?ed|closed|x)$/i;
const nowWords = /^(in[-_ ]?progress|active|doing|started|current)$/i;

/** The plan that a tool was given, and where it stands in one line; null where the arguments hold none. */
export function planOf(args: Json): { description: string; data: { [name: string]: Json } } | null {
  if (!isObject(args)) return null;
  const points = pointsOf(args);
  if (points.length === 0) return single(args);
  const done = points.filter(({ status }) => status === 'done').length;
  const now = points.find(({ status }) => status === 'in_progress');
  return {
    description: `plan: ${done} of ${points.length} done${now === undefined ? '' : `, now ${now.text}`}`,
    data: { points: points.map((point) => ({ ...point })) },
  };
}

function pointsOf(args: JsonObject): Point[] {
  const held = lists.map((name) => args[name]).find((value) => value !== undefined);
  // Some clients take the list as JSON text, others as a list in Markdown.
  const value = typeof held === 'string' ? (parseJson(held) ?? held) : held;
  if (typeof value === 'string') return ofMarkdown(value);
  const entries = Array.isArray(value) ? value : [];
  if (entries.length > 0 && entries.every((entry) => typeof entry === 'string'))
    return entries.map((text) => ({ text: text as string, status: 'pending' }));
  return objectsOf(entries).flatMap((entry) => {
    const text = textIn(entry);
    return text === undefined ? [] : [{ text, status: statusOf(entry) }];
  });
}

function ofMarkdown(text: string): Point[] {
  return [...text.matchAll(/^\s*(?:[-*]|\d+\.)?\s*\[([ xX\-~])\]\s*(.+)$/gm)].map(([, mark, words]) => ({
    text: (words as string).trim(),
    status: mark === ' ' ? 'pending' : /x/i.test(mark as string) ? 'done' : 'in_progress',
  }));
}

/** A change of one point, as newer clients send it. */
function single(args: JsonObject): { description: string; data: { [name: string]: Json } } | null {
  const text = textIn(args);
  const point = args.taskId ?? args.task_id ?? args.id;
  const named = typeof point === 'string' || typeof point === 'number' ? String(point) : undefined;
  if (text === undefined && named === undefined) return null;
  const status = args.status === undefined ? undefined : statusOf(args);
  const words = text ?? `point ${named}`;
  return {
    description: `plan: ${words}${status === undefined ? '' : ` (${status.replace('_', ' ')})`}`,
    data: { points: [{ text: words, status: status ?? 'pending', ...(named === undefined ? {} : { id: named }) }] },
  };
}

function textIn(entry: JsonObject): string | undefined {
  const found = texts.map((name) => entry[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : undefined;
}

function statusOf(entry: JsonObject): Point['status'] {
  const word = String(entry.status ?? entry.state ?? '');
  if (doneWords.test(word) || entry.completed === true || entry.done === true) return 'done';
  return nowWords.test(word) ? 'in_progress' : 'pending';
}
