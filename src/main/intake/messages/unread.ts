import type { IntakeEvent, Json, Micros } from '../../../shared/model/index.js';
import type { Conversation } from './conversation.js';

/** Why it is said of a value that it was not taken as messages. */
export const unreadReason = 'no message that is known; kept as a step of its own';

/** What a call was given or gave and is no message: a step beside the call, so that nobody is made to say it. */
export function unreadEvents(
  call: { event_id: string; at: Micros; name: string },
  sent: Conversation,
  answered: Conversation,
): IntakeEvent[] {
  const data: { [side: string]: Json } = {};
  if (sent.unread.length > 0) data.input = strange(sent.unread);
  if (answered.unread.length > 0) data.output = strange(answered.unread);
  const sides = Object.keys(data);
  if (sides.length === 0) return [];
  const { event_id, at, name } = call;
  const description = `${sides.join(' and ')} of ${name} that is no message`;
  return [{ type: 'state_change', event_id, at, description, data }];
}

/** One value, or the strange ones among messages by their place. */
function strange(unread: Conversation['unread']): Json {
  const [only] = unread;
  if (only !== undefined && only.at === '') return only.value;
  return Object.fromEntries(unread.map(({ at, value }) => [at, value]));
}

/** Where in a record it stands, for the report of an import. */
export function unreadItems(
  where: string,
  sent: Conversation,
  answered: Conversation,
): { skipped: { where: string; reason: string } }[] {
  const side = (name: string, { unread }: Conversation) =>
    unread.map(({ at }) => ({
      skipped: { where: `${where}.${name}${at === '' || at.startsWith('[') ? at : `.${at}`}`, reason: unreadReason },
    }));
  return [...side('input', sent), ...side('output', answered)];
}
