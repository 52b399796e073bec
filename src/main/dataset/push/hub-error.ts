import { HubApiError } from '@huggingface/hub';
import { SluiceError } from '../../../shared/errors.js';

/** Characters of what the Hub says of a refusal. */
const longestWords = 300;

/**
 * What the Hub's client threw, as it may be told: addresses that files are sent to hold signatures, so none is in it.
 * @param token taken out of what the Hub says, wherever it stands
 */
export function hubError(error: unknown, token: string): Error {
  if (error instanceof SluiceError) return error;
  if (error instanceof HubApiError) {
    const said = wordsOf(error).replaceAll(token, '…').slice(0, longestWords);
    const details = { status: error.statusCode };
    const words = said === '' ? '' : `: ${said}`;
    if (error.statusCode === 401 || error.statusCode === 403)
      return new SluiceError('hub_forbidden', `The Hub refuses the token (${error.statusCode})${words}`, details);
    if (error.statusCode === 409 || error.statusCode === 412)
      return new SluiceError(
        'hub_changed',
        `The repository was changed meanwhile (${error.statusCode})${words}`,
        details,
      );
    return new SluiceError('hub_refused', `The Hub answered ${error.statusCode}${words}`, details);
  }
  const cause = (error as { cause?: { code?: string; name?: string } } | null)?.cause;
  if (error instanceof TypeError && error.message === 'fetch failed')
    return new SluiceError(
      'hub_unreachable',
      `The Hub cannot be reached (${cause?.code ?? cause?.name ?? 'no answer'}).`,
    );
  if ((error as { name?: string } | null)?.name === 'NotReadableError')
    return new SluiceError('push_refused', 'A file of the version was changed while it was being sent.');
  return error instanceof Error ? error : new Error(String(error));
}

function wordsOf({ data }: HubApiError): string {
  const { error, message } = (data ?? {}) as { error?: unknown; message?: unknown };
  const words = [error, message].find((each) => typeof each === 'string') as string | undefined;
  // A page, not a message.
  return words === undefined || /^\s*</.test(words) ? '' : words.replaceAll(/https?:\S+/g, '…');
}
