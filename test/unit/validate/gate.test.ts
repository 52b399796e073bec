import { describe, expect, it } from 'vitest';
import { assemble, redactExcerpts } from '../../../src/main/assemble/index.js';
import { decodeExchange, readExchange } from '../../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import { validateTrace } from '../../../src/main/validate/index.js';
import type { CapturedExchange, DecodedExchange, LineageReader, Trace } from '../../../src/shared/model/index.js';
import { Conversation, type Spoken } from '../../support/conversation.js';
import { randomTexts } from '../../support/random-texts.js';
import { store } from '../store/support.js';

const redactor = createRedactor({ policy: defaultPolicy, key: new Uint8Array(32).fill(5) });
const scan = (text: string) => redactor.spans(text).findings;

const redact = (text: string) => redactor.text(text).text;

/** From a captured exchange to its rows, as the pipeline goes. */
function assembled(exchange: CapturedExchange, lineage: LineageReader) {
  const [decoded] = decodeExchange(redactor.exchange(readExchange(exchange)));
  return redactExcerpts(assemble(decoded as DecodedExchange, lineage), redact);
}

const formats = ['openai-chat', 'openai-responses', 'anthropic-messages'] satisfies Spoken[];

/** Whatever was said, nothing is left in a stored trace that validation refuses. */
describe('what the gate leaves, validation accepts', () => {
  it.each(formats)('in what was said and done, %s', (format) => {
    const { writer, reader } = store();
    const traces = new Set<string>();
    const take = (exchange: CapturedExchange) => {
      const rows = assembled(exchange, writer.lineage);
      writer.save(rows);
      traces.add(rows.call?.trace_id as string);
    };
    const texts = randomTexts(17);
    for (let index = 0; index < 12; index++) {
      const talk = new Conversation({
        ...{ format, system: `${index} ${texts.mixed()}`, tools: ['read', 'write'], stream: index % 2 === 0 },
        connection: () => index,
      });
      talk.user(texts.mixed());
      take(talk.call({ text: texts.mixed(), toolCalls: [{ name: 'read', arguments: { path: texts.mixed() } }] }));
      const id = /"(?:call_id|id)":"((?:call|toolu)_[^"]+)"/.exec(JSON.stringify(talk.history.at(-1)))?.[1] ?? null;
      talk.results({ id, content: index % 3 === 0 ? JSON.stringify({ rows: [texts.mixed()] }) : texts.mixed() });
      take(talk.call({ text: texts.mixed() }));
    }
    expect(traces.size).toBe(12);
    expect([...traces].flatMap((id) => validateTrace(reader.trace(id) as Trace, scan).errors)).toEqual([]);
  });

  it('in titles and what decisions quote, which are joined and cut', () => {
    const { lineage } = store().writer;
    const texts = randomTexts(6);
    const left: string[] = [];
    for (let index = 0; index < 1000; index++) {
      const talk = new Conversation({ format: 'openai-chat', tools: ['read'] });
      talk.user(index % 2 === 0 ? texts.mixed(index % 5 === 0 ? 120 : 12) : texts.numbers());
      const { call } = assembled(talk.call({ text: 'Done.' }), lineage);
      for (const text of [call?.new_trace?.title, call?.new_decisions[0]?.context])
        if (text === undefined || scan(text).length > 0) left.push(text ?? 'none');
    }
    expect(left).toEqual([]);
  });
});
