import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DomainRow } from '../../../../shared/contract/oracle.js';
import { LinkButton } from '../../components/LinkButton.js';
import { Answer } from '../../components/layout/Answer.js';
import { Card } from '../../components/layout/Card.js';
import { Columns } from '../../components/layout/Columns.js';
import { Page } from '../../components/layout/Page.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { Table } from '../../components/Table.js';
import { trpc } from '../../rpc/client.js';
import { useCommand } from '../../rpc/use-command.js';
import { JobList } from '../jobs/index.js';
import { DomainCard } from './DomainCard.js';
import classes from './oracle.module.css';
import { RunActions } from './RunActions.js';
import { RunForm } from './RunForm.js';
import { RunLive } from './RunLive.js';
import { RunOutcome } from './RunOutcome.js';

const inOrder = (rows: readonly DomainRow[]) => rows.toSorted((a, b) => a.title.localeCompare(b.title));

/** Gold traces: what they can be of, runs that write them, and what of these comes into the store. */
export function OraclePage() {
  const domains = useQuery(trpc.oracle.domains.queryOptions());
  const command = useCommand();
  const [open, setOpen] = useState<string | null>(null);
  const shown = domains.data?.find(({ domain }) => domain === open);
  return (
    <Page title="Oracle">
      <Scroll>
        <Columns
          aside={
            shown !== undefined ? (
              <DomainCard domain={shown.domain} title={shown.title} onClose={() => setOpen(null)} />
            ) : (
              <Card title="Domains">
                <Answer query={domains} label="Reading the domains" lines={12}>
                  {(all) => (
                    <Table label="Domains">
                      <thead>
                        <tr>
                          <th>{all.length} domains</th>
                          <th data-number>Tools</th>
                          <th data-number>Intents</th>
                          <th data-number>Rules</th>
                        </tr>
                      </thead>
                      <tbody>
                        {inOrder(all).map(({ domain, title, tools, intents, rules }) => (
                          <tr key={domain}>
                            <th scope="row">
                              <LinkButton onClick={() => setOpen(domain)}>{title}</LinkButton>
                            </th>
                            <td data-number>{tools}</td>
                            <td data-number>{intents}</td>
                            <td data-number>{rules}</td>
                          </tr>
                        ))}
                      </tbody>
                    </Table>
                  )}
                </Answer>
              </Card>
            )
          }
        >
          <p className={classes.note}>
            Requests as people ask, the policies that they stand under, and the calls that fulfil them on a simulated
            world; each checked. Made by a grammar and a simulator, or by models. What <code>sluice oracle run</code>{' '}
            wrote elsewhere comes into the store by <code>{command('oracle bring', 'RUN')}</code>.
          </p>
          <RunForm domains={inOrder(domains.data ?? [])} />
          <section aria-label="Runs">
            <h2 className={classes.heading}>Runs</h2>
            <JobList
              kind="oracle"
              label="Runs"
              empty={<p className={classes.note}>Nothing was written yet.</p>}
              outcome={(job) => (job.state === 'done' ? <RunOutcome runId={job.job_id} /> : null)}
              standing={(job) => <RunLive runId={job.job_id} />}
              actions={(job) => <RunActions job={job} />}
            />
          </section>
        </Columns>
      </Scroll>
    </Page>
  );
}
