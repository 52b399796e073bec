import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Duration } from '../../components/Duration.js';
import { Fact, Facts } from '../../components/Facts.js';
import { Kbd } from '../../components/Kbd.js';
import { PanelSection } from '../../components/layout/Panel.js';
import { Table } from '../../components/Table.js';
import { Time } from '../../components/Time.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { keyHint } from '../../navigation/shortcuts.js';
import { trpc } from '../../rpc/client.js';
import { AgreementSection } from './Agreement.js';
import type { QueueRow } from './columns.js';
import { DecisionLine } from './DecisionLine.js';
import { hrefOfQueue } from './href.js';
import classes from './queues.module.css';
import { useQueue } from './use-queue.js';
import { orderTitle } from './words.js';

interface Props {
  queue: QueueRow;
  onEdit(): void;
  onDelete(): void;
}

/** All of one queue: how far it is, by whom, what is disputed, how far reviewers agree. */
export function QueuePanel({ queue, onEdit, onDelete }: Props) {
  const { name, query, order, second_review, self_repeat, reviewers } = queue;
  const progress = useQueue(name).data?.progress ?? queue.progress;
  const { done, goal, matching, assigned, skipped, disputed, second, repeats, median_ms } = progress;
  const share = (value: number) => `${Math.round(value * 1000) / 10} %`;
  return (
    <aside className={classes.side} aria-label="Queue">
      <header className={classes.sideHead}>
        <h2 className="ellipsis">{name}</h2>
        <Button component="a" className={classes.submit} href={hrefOfQueue(name)} rightSection={<Kbd small>Enter</Kbd>}>
          Work
        </Button>
        <Button variant="default" onClick={onEdit} rightSection={<Kbd small>{keyHint('queues.edit')}</Kbd>}>
          Change
        </Button>
        <Button
          variant="default"
          color="red"
          onClick={onDelete}
          rightSection={<Kbd small>{keyHint('queues.delete')}</Kbd>}
        >
          Delete
        </Button>
      </header>
      <div className={classes.sideBody}>
        <PanelSection title="How far">
          <Facts>
            <Fact name="Query">
              <a href={hrefTo('/traces', { q: query })} className="mono">
                {query === '' ? 'all traces' : query}
              </a>
            </Fact>
            <Fact name="Order">{orderTitle(order)}</Fact>
            <Fact name="Decided">
              {done.toLocaleString('en')} of {matching?.toLocaleString('en') ?? '…'} that match
              {goal !== null && `, the goal is ${goal.toLocaleString('en')}`}
            </Fact>
            <Fact name="Open">
              {assigned.toLocaleString('en')} with a reviewer, {skipped.toLocaleString('en')} skipped
            </Fact>
            {second_review > 0 && (
              <Fact name="Second review">
                {share(second_review)} of items, blind: {second.done} done, {second.due} due
              </Fact>
            )}
            {self_repeat > 0 && (
              <Fact name="Shown again">
                {share(self_repeat)} of items: {repeats.done} done, {repeats.due} due
              </Fact>
            )}
            <Fact name="Time each">
              <Duration ms={median_ms} />
            </Fact>
            <Fact name="For">{reviewers.length === 0 ? 'everybody' : reviewers.join(', ')}</Fact>
          </Facts>
        </PanelSection>
        <PanelSection title="Reviewers">
          {progress.reviewers.length === 0 ? (
            <p className={classes.quiet}>Nobody has taken an item yet.</p>
          ) : (
            <Table label="Reviewers" className={classes.reviewers}>
              <thead>
                <tr>
                  <th>Reviewer</th>
                  <th data-number>Decided</th>
                  <th data-number>Accepted</th>
                  <th data-number>Rejected</th>
                  <th data-number>Open</th>
                  <th data-number>Time each</th>
                  <th>Last</th>
                </tr>
              </thead>
              <tbody>
                {progress.reviewers.map((each) => (
                  <tr key={each.reviewer}>
                    <td>{each.reviewer}</td>
                    <td data-number>{each.done}</td>
                    <td data-number>{each.accepted}</td>
                    <td data-number>{each.rejected}</td>
                    <td data-number>{each.assigned}</td>
                    <td data-number>
                      <Duration ms={each.median_ms} />
                    </td>
                    <td>{each.last_at === null ? '–' : <Time iso={each.last_at} />}</td>
                  </tr>
                ))}
              </tbody>
            </Table>
          )}
        </PanelSection>
        {disputed > 0 && <Disputed name={name} />}
        <AgreementSection queue={name} />
      </div>
    </aside>
  );
}

/** Items that two reviewers do not agree on, with both labels. */
function Disputed({ name }: { name: string }) {
  const items = useQuery(trpc.queues.items.queryOptions({ name, state: 'disputed', limit: 100 }, { staleTime: 0 }));
  const traces = [...new Map((items.data?.items ?? []).map((item) => [item.trace_id, item])).values()];
  return (
    <PanelSection title="Disputed">
      <ul className={classes.disputed}>
        {traces.map(({ trace_id, item_id }) => (
          <li key={trace_id}>
            <a href={hrefOfQueue(name, item_id)}>Item {item_id.slice(-6)}</a>
            {items.data?.items
              .filter((each) => each.trace_id === trace_id)
              .map((each) => (
                <span key={each.item_id} className={classes.one}>
                  <b>{each.reviewer}</b> {each.hidden ? 'hidden from you' : <DecisionLine decision={each.decision} />}
                </span>
              ))}
          </li>
        ))}
      </ul>
      {items.data?.next_cursor != null && <p className={classes.quiet}>These are the newest.</p>}
    </PanelSection>
  );
}
