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
}

/** Chain over the messages, one hash per link; `from` replaces the seed where the history goes on from a known call. */
export function chainOf(messages: ChatMessage[], from: string = seed): Chain {
  const links = linksOf(messages);
  const ends = [from];
  for (const link of links) ends.push(extend(ends[ends.length - 1] as string, link));
  return { links, ends };
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
  const last = chain.links[chain.links.length - 1];
  if (last?.side !== 'output') {
    const turn = turnOf(response.parts);
    return turn === null ? null : extend(chainEnd(chain), turn);
  }
  let first = request.length;
  while (first > 0 && request[first - 1]?.role === 'assistant') first--;
  const parts = request.slice(first).flatMap((message) => message.parts);
  const turn = turnOf([...parts, ...response.parts]);
  return turn === null || turnOf(response.parts) === null
    ? null
    : extend(chain.ends[chain.ends.length - 2] as string, turn);
}
