import type { ChatMessage } from '../../../shared/model/index.js';
import { shortHash } from './canonical.js';
import { memoBy } from './memo.js';
import { type Link, linksOf, turnOf } from './turns.js';

/** Start of every chain; a change of the canonical form needs a new one, so that old and new keys never meet. */
const seed = shortHash('sluice-chain-1');

/** A history as a hash chain: `ends[n]` identifies its first n links. */
export interface Chain {
  links: Link[];
  ends: string[];
  /** The same where every answer has plain quotes and dashes: equal to `ends` up to the first that has others. */
  plainEnds: string[];
}

/** Chain over the messages, one hash per link; `from` replaces the seed where the history goes on from a known call. */
export function chainOf(messages: ChatMessage[], from: string = seed): Chain {
  const links = linksOf(messages);
  const ends = [from];
  for (const link of links) ends.push(extend(ends[ends.length - 1] as string, link));
  const first = links.findIndex(({ plain }) => plain !== undefined);
  if (first < 0) return { links, ends, plainEnds: ends };
  const plainEnds = ends.slice(0, first + 1);
  for (const link of links.slice(first))
    plainEnds.push(extend(plainEnds[plainEnds.length - 1] as string, link.plain ?? link));
  return { links, ends, plainEnds };
}

const linkHash = memoBy(({ end, text }: { end: string; text: string }) => shortHash(`${end}\0${text}`));

function extend(end: string, { text, key }: Pick<Link, 'text' | 'key'>): string {
  return linkHash(`${end}\0${key}`, { end, text });
}

export function chainEnd(chain: Chain): string {
  return chain.ends[chain.ends.length - 1] as string;
}

/**
 * End of the chain after a response. Where the request ends with words of the assistant (a prefill, a turn that was
 * paused) the response goes on with that turn, as it will when the client resends both.
 * Null for a response that says nothing.
 */
export function endAfter(chain: Chain, request: ChatMessage[], response: ChatMessage): string | null {
  return endOf(chain.ends, chain, request, response, (turn) => turn);
}

/** The same with plain quotes and dashes; null where that is no other. */
function plainEndAfter(chain: Chain, request: ChatMessage[], response: ChatMessage): string | null {
  const end = endOf(chain.plainEnds, chain, request, response, (turn) => turn.plain ?? turn);
  return end === endAfter(chain, request, response) ? null : end;
}

/** Of every choice of an answer. */
export function plainEnds(chain: Chain, request: ChatMessage[], response: ChatMessage[]): string[] {
  return response.flatMap((message) => plainEndAfter(chain, request, message) ?? []);
}

function endOf(
  ends: string[],
  chain: Chain,
  request: ChatMessage[],
  response: ChatMessage,
  formOf: (turn: Pick<Link, 'text' | 'key' | 'plain'>) => Pick<Link, 'text' | 'key'>,
): string | null {
  const last = chain.links[chain.links.length - 1];
  if (last?.side !== 'output') {
    const turn = turnOf(response.parts);
    return turn === null ? null : extend(ends[ends.length - 1] as string, formOf(turn));
  }
  let first = request.length;
  while (first > 0 && request[first - 1]?.role === 'assistant') first--;
  const parts = request.slice(first).flatMap((message) => message.parts);
  const turn = turnOf([...parts, ...response.parts]);
  return turn === null || turnOf(response.parts) === null
    ? null
    : extend(ends[ends.length - 2] as string, formOf(turn));
}
