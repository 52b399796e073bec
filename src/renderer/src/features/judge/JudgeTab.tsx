import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Judgement } from '../../../../shared/model/index.js';
import { LinkButton } from '../../components/LinkButton.js';
import { ListEnd, ListState } from '../../components/layout/ListState.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { Table } from '../../components/Table.js';
import { Time } from '../../components/Time.js';
import { replaceHashParams, useHashParams } from '../../navigation/hash-params.js';
import { client, trpc } from '../../rpc/client.js';
import { usePages } from '../../rpc/use-pages.js';
import { isOpen, JobProgress } from '../jobs/index.js';
import { useProfiles } from '../models/index.js';
import { CompareWith } from './CompareWith.js';
import { JudgementScore } from './columns.js';
import { JudgeForm } from './JudgeForm.js';
import { JudgementView } from './JudgementView.js';
import { JudgeReportLine } from './JudgeReportLine.js';
import classes from './judge.module.css';
import { Pairs } from './Pairs.js';

const pageSize = 20;
const idOf = (judgement: Judgement) => judgement.judgement_id;

/** Judgements of a trace: asking for one, those there are, and the one that is looked at. */
export function JudgeTab({ traceId, onStep }: { traceId: string; onStep(stepId: string): void }) {
  const asked = { trace_id: traceId, limit: pageSize };
  const judgements = usePages<Judgement>({
    queryKey: trpc.judge.ofTrace.infiniteQueryKey(asked),
    fetchPage: (cursor, signal) => client.judge.ofTrace.query({ ...asked, cursor }, { signal }),
    idOf,
    topics: ['jobs'],
  });
  const [jobId, setJobId] = useState<string | null>(null);
  // Without one the form above says so already.
  const hasModel = (useProfiles().data?.length ?? 0) > 0;
  const named = useHashParams().get('judgement');
  const shown = judgements.items.find((each) => each.judgement_id === named) ?? judgements.items[0];
  return (
    <Scroll>
      <div className={classes.tab}>
        <div className={classes.side}>
          <section aria-label="Ask a judge">
            <h2>Ask a judge</h2>
            <JudgeForm
              meant={{ query: `id:${traceId}` }}
              onStarted={(job) => {
                setJobId(job.job_id);
                replaceHashParams({ judgement: null });
              }}
            />
            {jobId !== null && <Running jobId={jobId} />}
          </section>
          {hasModel && (
            <section aria-label="Compare with…" className={classes.compareWith}>
              <h2>Compare with…</h2>
              <CompareWith traceId={traceId} />
            </section>
          )}
        </div>
        <section aria-label="Judgements" className={classes.results}>
          <ListState
            list={judgements}
            label="Loading judgements"
            lines={4}
            empty={
              <p className={classes.note}>
                Not judged yet. Choose a rubric and a model, then press Judge. Scores by rules stand under Quality; they
                are no judge.
              </p>
            }
          >
            {judgements.items.length > 1 && (
              <>
                <h2>History</h2>
                <Table label="Judgements of this trace">
                  <thead>
                    <tr>
                      <th>Score</th>
                      <th>Rubric</th>
                      <th>Judge</th>
                      <th>Judged</th>
                      <th>
                        <span className="sr-only">Show</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {judgements.items.map((each) => (
                      <tr key={each.judgement_id}>
                        <td>
                          <JudgementScore judgement={each} />
                        </td>
                        <td>
                          {each.rubric} {each.version}
                        </td>
                        <td>{each.profile}</td>
                        <td>
                          <Time iso={each.created_at} />
                        </td>
                        <td>
                          {each === shown ? (
                            <span className="dim">shown below</span>
                          ) : (
                            <LinkButton onClick={() => replaceHashParams({ judgement: each.judgement_id })}>
                              Show
                            </LinkButton>
                          )}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </Table>
                <ListEnd list={judgements} />
              </>
            )}
            {shown && <JudgementView key={shown.judgement_id} judgement={shown} onStep={onStep} />}
          </ListState>
          <Pairs traceId={traceId} />
        </section>
      </div>
    </Scroll>
  );
}

function Running({ jobId }: { jobId: string }) {
  const job = useQuery(trpc.jobs.get.queryOptions({ job_id: jobId }));
  if (!job.data) return null;
  return isOpen(job.data) ? <JobProgress job={job.data} /> : <JudgeReportLine job={job.data} />;
}
