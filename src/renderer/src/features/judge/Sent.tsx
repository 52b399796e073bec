import { useQuery } from '@tanstack/react-query';
import * as z from 'zod';
import { Answer } from '../../components/layout/Answer.js';
import { trpc } from '../../rpc/client.js';
import classes from './judge.module.css';
import { Messages } from './Messages.js';

const bodySchema = z.object({ messages: z.array(z.object({ role: z.string(), content: z.string() })) });

/** What left for a judgement, as it was sent. */
export function Sent({ judgementId }: { judgementId: string }) {
  const sent = useQuery(trpc.judge.sent.queryOptions({ judgement_id: judgementId }));
  return (
    <Answer query={sent} label="Loading what was sent" lines={6}>
      {(answer) =>
        answer.sent.length === 0 ? (
          <p className={classes.note}>Nothing was sent, or it is no longer kept.</p>
        ) : (
          answer.sent.map(({ profile, sample, body }) => (
            <section key={`${profile} ${sample}`} aria-label={`Sent to ${profile}`}>
              <p className={classes.note}>
                To {profile}
                {sample > 0 && `, time ${sample + 1}`}
              </p>
              <Messages messages={messagesOf(body)} />
            </section>
          ))
        )
      }
    </Answer>
  );
}

/** Its messages; the body itself where it holds none. */
function messagesOf(body: string): { role: string; content: string }[] {
  try {
    const read = bodySchema.safeParse(JSON.parse(body));
    if (read.success) return read.data.messages;
  } catch {
    // No JSON: it is shown as it is.
  }
  return [{ role: 'body', content: body }];
}
