import type { DecodedCall, DecodedExchange, RedactedExchange } from '../../shared/model/index.js';
import { actionOf } from './actions/index.js';
import { decodeCall } from './decode-call.js';
import type { Subject, WireFormat } from './formats/format.js';
import { formats } from './formats/index.js';
import { carriesRecord, decodeRecord } from './intake.js';
import { lateAnswerOf } from './late-answer.js';
import { socketTurns } from './sockets/responses.js';
import { subjectOf } from './subject.js';

/** Below this, no format claims an exchange. */
const threshold = 0.5;

/**
 * Reads what an exchange says: a model call by the format that fits best, a record that was sent or imported, or what a
 * tool did (MCP, plain HTTP). The exchange itself comes first, behind it the turns that a socket carried. A format that
 * cannot read what it claims is passed over; where none can, `decode_error` says why. Never throws.
 */
export function decodeExchange(redacted: RedactedExchange): DecodedExchange[] {
  if (carriesRecord(redacted)) return [decodeRecord(redacted)];
  if (redacted.kind === 'http') return [decodeHttp(redacted)];
  const plain: DecodedExchange = { exchange: redacted, format: redacted.kind, call: null, decode_error: null };
  if (redacted.kind !== 'websocket') return [plain];
  try {
    return [plain, ...socketTurns(redacted)];
  } catch (error) {
    return [{ ...plain, decode_error: { code: 'undecoded', message: `openai-responses: ${messageOf(error)}` } }];
  }
}

function decodeHttp(exchange: RedactedExchange): DecodedExchange {
  const plain: DecodedExchange = { exchange, format: 'http', call: null, decode_error: null };
  let failure: DecodedExchange['decode_error'] = null;
  let unasked: DecodedExchange['decode_error'] = null;
  try {
    const subject = subjectOf(exchange);
    const { claiming, failed } = claims(subject);
    if (failed.length > 0) {
      plain.failed_formats = failed.map(({ format }) => format);
      unasked = { code: 'undecoded', message: failed.map(({ format, message }) => `${format}: ${message}`).join('; ') };
    }
    for (const format of claiming) {
      try {
        const call = decodeCall(format, subject);
        return { ...plain, exchange: settled(exchange, call), format: format.id, call };
      } catch (error) {
        failure ??= { code: 'undecoded', message: `${format.id}: ${messageOf(error)}` };
      }
    }
    // What a format claims is a model call, and no deed of a tool.
    if (failure === null) {
      const answer = lateAnswerOf(subject);
      if (answer !== null) return { ...plain, format: answer.call.format, answer };
      const found = actionOf(subject);
      if (found !== null) return { ...plain, ...found };
    }
  } catch (error) {
    failure = { code: 'undecoded', message: messageOf(error) };
  }
  return { ...plain, decode_error: failure ?? unasked };
}

/**
 * Many clients hang up at the format's own end, before the last chunk says that the stream is over: of such an answer
 * nothing is missing, and nobody broke it off.
 */
function settled(exchange: RedactedExchange, call: DecodedCall): RedactedExchange {
  if (exchange.state !== 'aborted' || call.response === null || call.response.partial) return exchange;
  const { error: _, ...whole } = exchange;
  return { ...whole, state: 'complete' } as RedactedExchange;
}

/** The formats that claim it, best first, and those that could not even say: the others are asked all the same. */
function claims(subject: Subject): { claiming: WireFormat[]; failed: { format: string; message: string }[] } {
  const scored: { format: WireFormat; score: number }[] = [];
  const failed: { format: string; message: string }[] = [];
  for (const format of formats) {
    try {
      const score = format.matches(subject);
      if (score >= threshold) scored.push({ format, score });
    } catch (error) {
      failed.push({ format: format.id, message: messageOf(error) });
    }
  }
  return { claiming: scored.sort((a, b) => b.score - a.score).map(({ format }) => format), failed };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 300) : 'unknown error';
}
