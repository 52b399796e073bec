import { arrayOf, isObject, type JsonObject, parseJson } from '../../ground/json.js';
import type { RowFinding } from './trainer.js';

export type Json = JsonObject[string];

/** Gathers what is found in one row. */
export class Findings {
  readonly all: RowFinding[] = [];

  add(effect: RowFinding['effect'], field: string, code: string, message: string): void {
    this.all.push({ field, code, effect, message });
  }

  /** What ends the run, or loses the row where the trainer goes on. */
  stops(field: string, code: string, message: string): void {
    this.add('skipped', field, code, message);
  }
}

/** A message and where it stands. */
export interface Placed {
  message: JsonObject;
  at: string;
}

/** The messages of a column; what is no object is left out. */
export function messagesAt(row: JsonObject, column: string): Placed[] {
  return arrayOf(row[column]).flatMap((message, index) =>
    isObject(message) ? [{ message, at: `${column}[${index}]` }] : [],
  );
}

export function callsAt({ message, at }: Placed): { call: JsonObject; at: string }[] {
  return arrayOf(message.tool_calls).flatMap((call, index) =>
    isObject(call) ? [{ call, at: `${at}.tool_calls[${index}]` }] : [],
  );
}

export function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

/** How often a mark stands in the texts of messages. */
export function countMarks(messages: readonly Placed[], key: string, mark: string): number {
  return messages.reduce((sum, { message }) => {
    const value = message[key];
    return sum + (isText(value) ? value.split(mark).length - 1 : 0);
  }, 0);
}

/** Flags that say a message is context alone, of whichever layout. */
export function isContext({ message }: Placed): boolean {
  return message.train === false || message.loss === false || message.weight === 0 || message.loss_weight === 0;
}

/** Answers marked as context by a flag that the trainer does not read. */
export function ignoredFlags(found: Findings, messages: readonly Placed[]): void {
  for (const placed of messages)
    if (placed.message.role === 'assistant' && isContext(placed))
      found.add(
        'mistrained',
        placed.at,
        'flag_ignored',
        'The answer is marked as context alone, which this trainer does not read: it is learned.',
      );
}

/** Tools as a list or as JSON text of one; `parse` fails the run where it is neither. */
export function checkTools(found: Findings, tools: Json | undefined, listWanted = false): void {
  if (tools === undefined || tools === null || tools === '') return;
  const value = isText(tools) ? parseJson(tools) : tools;
  if (value === undefined) found.stops('tools', 'tools_not_json', 'The tools are no JSON text.');
  else if (listWanted && !Array.isArray(value)) found.stops('tools', 'tools_invalid', 'The tools are no list.');
}

/** Tool results and users within what is learned as one answer. */
export function foreignWords(found: Findings, completion: readonly Placed[]): void {
  for (const { message, at } of completion)
    if (message.role !== 'assistant')
      found.add(
        'mistrained',
        at,
        'foreign_words_learned',
        `The loss is taken over the whole completion: what ${String(message.role)} says in it is learned too.`,
      );
}
