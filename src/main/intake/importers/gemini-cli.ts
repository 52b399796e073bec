import { isObject, type JsonObject, textOf } from './fields.js';
import { GeminiSession } from './gemini/session.js';
import { type Importer, maxItemBytes } from './importer.js';
import { headBytes, peek, readHead } from './reading/input.js';
import { lines } from './reading/lines.js';
import { lineEntry, records } from './reading/values.js';

/**
 * Sessions of Gemini CLI (`~/.gemini/tmp/<project>/chats/session-*.json`, since 2026 `*.jsonl`, subagents in a folder of their
 * parent's) and of programs made from it.
 */
export const geminiCli = {
  id: 'gemini-cli',
  title: 'Gemini CLI session',
  description: 'Session files of Gemini CLI (~/.gemini/tmp/*/chats), one document or one record a line.',
  detect({ values }) {
    const recognized = values.filter((value) => isSession(value) || isMessage(value) || isChange(value));
    if (!values.some((value) => isSession(value) || isMessage(value))) return 0;
    return recognized.length * 2 >= values.length ? 1 : 0.4;
  },
  async *read(input, context) {
    const session = new GeminiSession(context);
    const { head, all } = await peek(input, headBytes);
    if (readHead('', head).shape === 'lines') {
      let pauses = 0;
      for await (const line of lines(all, maxItemBytes)) {
        if ('idle' in line) {
          pauses += 1;
          // Tools may still run after the first one: their results come to the message that asked for them.
          if (pauses > 1) yield* session.remaining();
          continue;
        }
        pauses = 0;
        for (const entry of lineEntry(line)) {
          if ('skipped' in entry) yield entry;
          else yield* session.line(entry.value, entry.where);
        }
      }
    } else {
      for await (const entry of records(all)) {
        if ('skipped' in entry) yield entry;
        else yield* session.line(entry.value, entry.where);
      }
    }
    yield* session.remaining();
  },
} satisfies Importer;

function isSession(value: JsonObject): boolean {
  return textOf(value['sessionId']) !== undefined && textOf(value['projectHash']) !== undefined;
}

function isMessage(value: JsonObject): boolean {
  return value['type'] === 'gemini' && 'content' in value && 'timestamp' in value;
}

function isChange(value: JsonObject): boolean {
  return (
    isObject(value['$set']) || '$rewindTo' in value || (value['type'] === 'user' && 'content' in value && 'id' in value)
  );
}
