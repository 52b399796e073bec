import type { Body } from '../../../shared/model/index.js';
import { applyEdits, type Edit } from '../scan/edits.js';
import { type Frame, keyOf, walkJson } from './json/walk.js';

/** Fields in which an answer stands once more, token by token: as text, as bytes, or as ids, which a vocabulary turns into text. */
const lists = /^(?:logprobs|logprobsResult|prompt_logprobs|(?:prompt_|output_|completion_)?token_ids)$/;
const mayHold = /"(?:logprobs|logprobsResult|prompt_logprobs|(?:prompt_|output_|completion_)?token_ids)"/;
/** Numbers in these lists that are no token. */
const measures = /^(?:logprob|logProbability|token_logprobs|text_offset|rank|cumulative_logprob|logProbabilitySum)$/;
/** Fields of such lists; any other key of an object in them is a token. */
const fields =
  /^(?:logprob|logProbability|token_logprobs|text_offset|rank|cumulative_logprob|logProbabilitySum|token|tokens|token_id|tokenId|bytes|content|refusal|top_logprobs|topCandidates|chosenCandidates|candidates|decoded_token)$/;

/**
 * The body without the tokens of an answer in which something was found: no token alone looks like a secret, and all of them in a row
 * spell it. Texts become empty and ids 0; their number and probabilities stay.
 */
export function withoutTokens(body: Body): Body {
  switch (body.kind) {
    case 'json':
      return { ...body, text: hidden(body.text) };
    case 'events':
      return { ...body, events: body.events.map((event) => ({ ...event, data: hidden(event.data) })) };
    case 'websocket':
      return {
        ...body,
        // Changed in place: what is sealed in a message is no field that could be copied.
        messages: body.messages.map((message) =>
          message.opcode === 'text' && message.from === 'server'
            ? Object.assign(message, { data: hidden(message.data) })
            : message,
        ),
      };
    default:
      return body;
  }
}

function hidden(text: string): string {
  if (!mayHold.test(text)) return text;
  const edits: Edit[] = [];
  const replace = (start: number, end: number, by: string) => {
    if (text.slice(start, end) !== by) edits.push({ start, end, text: by, found: null });
  };
  walkJson(
    text,
    {
      key(start, end, frame) {
        const key = text.slice(start, end);
        if (!inList(frame) || fields.test(key)) return key;
        replace(start, end, '');
        return '';
      },
      string(start, end, frame) {
        if (inList(frame)) replace(start, end, '');
      },
      number(start, end, frame) {
        if (inList(frame) && !isMeasure(frame)) replace(start, end, '0');
      },
    },
    true,
  );
  return applyEdits(text, edits);
}

function inList(frame: Frame | null): boolean {
  for (let at = frame; at !== null; at = at.parent) if (at.key !== null && lists.test(at.key)) return true;
  return false;
}

/** A probability or a place: of the older form it stands under the token itself. */
function isMeasure(frame: Frame | null): boolean {
  const key = keyOf(frame);
  return key !== null && (measures.test(key) || !fields.test(key)) && !lists.test(key);
}
