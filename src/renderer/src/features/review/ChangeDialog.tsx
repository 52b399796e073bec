import { Button, Group, Modal, Progress, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import * as z from 'zod';
import { type Job, reviewSchema } from '../../../../shared/model/index.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { RedactedText } from '../../components/RedactedText.js';
import { Table } from '../../components/Table.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { announce } from './announce.js';
import { didAct } from './history.js';
import classes from './review.module.css';
import { describeChange, type MatchingChange } from './use-matching-review.js';

const reviewContent = reviewSchema.pick({ label: true, rating: true, tags: true, note: true });
type ReviewContent = z.infer<typeof reviewContent>;
const resultSchema = z.object({
  traces: z.int(),
  changed: z.int(),
  left_blind: z.int(),
  fields: z.record(z.string(), z.int()),
  sample: z.array(z.object({ trace_id: z.string(), title: z.string(), before: reviewContent, after: reviewContent })),
});

interface Props {
  query: string;
  /** Null: nothing is asked. */
  change: MatchingChange | null;
  onClose(): void;
}

/** What a change of everything that a query finds would do, and then the change. */
export function ChangeDialog({ query, change, onClose }: Props) {
  return (
    <Modal
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
      opened={change !== null}
      onClose={onClose}
      title="Change the reviews of all that match"
      size={760}
      yOffset="8vh"
    >
      {change !== null && <Steps key={JSON.stringify(change)} query={query} change={change} onClose={onClose} />}
    </Modal>
  );
}

function useJob(jobId: string | null): Job | undefined {
  const queries = useQueryClient();
  const job = useQuery(trpc.jobs.get.queryOptions({ job_id: jobId ?? '' }, { enabled: jobId !== null, staleTime: 0 }));
  useTick('jobs', () => void queries.invalidateQueries(trpc.jobs.get.queryFilter({ job_id: jobId ?? '' })));
  return job.data;
}

const ended = (job: Job | undefined) => job !== undefined && job.state !== 'queued' && job.state !== 'running';

function Steps({ query, change, onClose }: { query: string; change: MatchingChange; onClose(): void }) {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<string | null>(null);
  const [doing, setDoing] = useState<string | null>(null);
  const { mutate: look, error: lookError } = useMutation(
    trpc.reviews.changeMatching.mutationOptions({ onSuccess: ({ job_id }) => setAsked(job_id) }),
  );
  const start = useMutation(
    trpc.reviews.changeMatching.mutationOptions({ onSuccess: ({ job_id }) => setDoing(job_id) }),
  );
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    look({ query, change, dry_run: true });
  }, [look, query, change]);

  const dry = useJob(asked);
  const work = useJob(doing);
  const dryResult = resultSchema.safeParse(dry?.result).data;
  const over = useRef(false);
  useEffect(() => {
    if (over.current || work === undefined || !ended(work)) return;
    over.current = true;
    if (work.state !== 'done') return;
    const { changed } = resultSchema.parse(work.result);
    if (changed > 0) didAct();
    announce({ kind: 'done', text: describeChange(change, changed), undo: changed > 0 });
    void queries.invalidateQueries(trpc.traces.pathFilter());
    onClose();
  }, [work, change, queries, onClose]);

  const failed = lookError ?? start.error;
  const broken = [dry, work].find((job) => job?.error)?.error;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ query, change });
      }}
    >
      <div aria-live="polite">
        {dryResult === undefined && !failed && !broken && <Running job={dry} text="Looking what would change" />}
        {dryResult !== undefined && <ChangeSummary {...dryResult} />}
        {doing !== null && !ended(work) && <Running job={work} text="Changing" />}
      </div>
      {failed && <FailureNotice error={failed} />}
      {broken && (
        <Text size="sm" c="var(--s-red)" role="alert">
          {broken.message}
        </Text>
      )}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus={dryResult === undefined || undefined}>
          {doing === null ? 'Cancel' : 'Go on in the background'}
        </Button>
        <Button
          type="submit"
          disabled={dryResult === undefined || dryResult.changed === 0}
          loading={start.isPending || (doing !== null && !ended(work))}
        >
          {dryResult === undefined ? 'Change' : `Change ${dryResult.changed.toLocaleString('en')}`}
        </Button>
      </Group>
    </form>
  );
}

function Running({ job, text }: { job: Job | undefined; text: string }) {
  return (
    <>
      <Text size="sm" c="dimmed" mb={6}>
        {text}
        {job?.message ? `: ${job.message}` : '…'}
      </Text>
      <Progress value={(job?.progress ?? 0) * 100} size="sm" aria-label={text} />
    </>
  );
}

const names: Record<string, string> = { label: 'label', rating: 'rating', tags: 'tags', note: 'note' };

function ChangeSummary({ traces, changed, left_blind, fields, sample }: z.infer<typeof resultSchema>) {
  const each = Object.entries(fields).map(
    ([field, count]) => `${names[field] ?? field} of ${count.toLocaleString('en')}`,
  );
  const same = traces - changed;
  return (
    <>
      <Text size="sm">
        {changed === 0
          ? traces === 0
            ? 'Nothing would change.'
            : `None of ${traces.toLocaleString('en')} would change: all have it already.`
          : `${changed.toLocaleString('en')} of ${traces.toLocaleString('en')} would change: ${each.join(', ')}.`}
        {changed > 0 && same > 0 && ` ${same.toLocaleString('en')} have it already.`}
      </Text>
      {left_blind > 0 && (
        <Text size="xs" c="dimmed" mt={4}>
          What you are to judge blind ({left_blind.toLocaleString('en')}) is left out, whether it matches or not.
        </Text>
      )}
      {sample.length > 0 && (
        <div className={classes.sample}>
          <Table label="The first that would change">
            <thead>
              <tr>
                <th>Trace</th>
                <th>Now</th>
                <th>Then</th>
              </tr>
            </thead>
            <tbody>
              {sample.map(({ trace_id, title, before, after }) => (
                <tr key={trace_id}>
                  <td className="ellipsis">
                    <a href={hrefTo(`/traces/${trace_id}`)}>
                      <RedactedText text={title || 'Untitled'} />
                    </a>
                  </td>
                  <td>{inWords(before)}</td>
                  <td>{inWords(after)}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
      {changed > sample.length && (
        <Text size="xs" c="dimmed" mt={4}>
          These are the first {sample.length}.
        </Text>
      )}
    </>
  );
}

function inWords({ label, rating, tags, note }: ReviewContent): string {
  const words = [
    label,
    rating === null ? null : `${rating} of 5`,
    tags.length > 0 ? `tags ${tags.slice(0, 6).join(', ')}${tags.length > 6 ? '…' : ''}` : null,
    note === '' ? null : `note “${note.slice(0, 60)}${note.length > 60 ? '…' : ''}”`,
  ].filter((word) => word !== null);
  return words.join(' · ') || '–';
}
