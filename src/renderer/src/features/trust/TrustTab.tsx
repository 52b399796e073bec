import { Button } from '@mantine/core';
import { IconFlask, IconScale } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { JudgeTrust, ProbeResult, Trust } from '../../../../shared/model/index.js';
import { Answer } from '../../components/layout/Answer.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { Page } from '../../components/layout/Page.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { trpc } from '../../rpc/client.js';
import { NewestJob } from '../jobs/index.js';
import { Confusion } from './Confusion.js';
import { Intervals } from './Intervals.js';
import { ProbeDialog } from './ProbeDialog.js';
import classes from './trust.module.css';
import { probeWords } from './words.js';

/** How far judges can be trusted, on the person’s own data: each number with how many cases it rests on. */
export function TrustTab() {
  const queries = useQueryClient();
  const trust = useQuery(trpc.judge.trust.queryOptions({}));
  const [asking, setAsking] = useState(false);
  const refresh = (filter: { queryKey: readonly unknown[] }) => void queries.invalidateQueries(filter);
  return (
    <Page
      tools={
        <>
          <span className={classes.about}>
            Agreement is measured where people spoke too. Probes measure what a judge overlooks and what it falls for.
          </span>
          <Button leftSection={<IconFlask size={14} />} onClick={() => setAsking(true)}>
            Probe a judge
          </Button>
        </>
      }
    >
      <div className={classes.probing}>
        <NewestJob kind="judge-probe" onOver={() => refresh(trpc.judge.trust.pathFilter())} />
      </div>
      <Answer query={trust} label="Reckoning how far judges can be trusted" lines={10}>
        {(answer) => (isEmpty(answer) ? <Nothing /> : <Shown trust={answer} />)}
      </Answer>
      <ProbeDialog
        opened={asking}
        onClose={() => setAsking(false)}
        onStarted={() => {
          setAsking(false);
          refresh(trpc.jobs.list.pathFilter());
        }}
      />
    </Page>
  );
}

const isEmpty = ({ judges, drift, probes }: Trust) => judges.length + drift.length + probes.length === 0;

function Nothing() {
  return (
    <EmptyState title="Nothing to measure yet" icon={IconScale}>
      Judge traces that people accepted or rejected, or probe a judge: what comes of it stands here.
    </EmptyState>
  );
}

function Shown({ trust }: { trust: Trust }) {
  return (
    <Scroll label="How far judges can be trusted">
      <div className={classes.page}>
        {trust.cut && <p className={classes.note}>There are more judgements than are looked at: the newest are.</p>}
        {trust.judges.map((judge) => (
          <OneJudge key={`${judge.rubric} ${judge.version} ${judge.profile} ${judge.model}`} judge={judge} />
        ))}
        {trust.drift.length > 0 && (
          <Intervals
            title="Drift between versions of a rubric"
            rows={trust.drift.map((each) => ({
              name: `${each.rubric} ${each.from} to ${each.to}, ${each.profile}`,
              measured: each.difference,
            }))}
            from={-1}
          />
        )}
        {trust.probes.map((probe) => (
          <OneProbe key={`${probe.kind} ${probe.rubric} ${probe.version} ${probe.profile}`} probe={probe} />
        ))}
      </div>
    </Scroll>
  );
}

function OneJudge({ judge }: { judge: JudgeTrust }) {
  const { agreement, baselines, acceptance, calibration } = judge;
  return (
    <section aria-label={`${judge.profile} by ${judge.rubric}`}>
      <h2>
        {judge.profile} by {judge.rubric} {judge.version}
      </h2>
      <p className={classes.note}>
        {judge.model}: {judge.judged.toLocaleString('en')} judged, {judge.unscored.toLocaleString('en')} without a
        score; {agreement.n.toLocaleString('en')} of them people spoke of too.
      </p>
      <Intervals
        title="Agreement with people"
        rows={[
          { name: 'Same verdict', measured: agreement.observed },
          { name: 'People with each other', measured: baselines.human_human },
          { name: 'Always the most frequent label', measured: baselines.majority },
        ]}
      />
      <Intervals
        title="Beyond chance"
        rows={[
          { name: 'Kappa', measured: agreement.kappa },
          { name: 'Linear kappa of ratings', measured: agreement.linear },
          { name: 'Quadratic kappa of ratings', measured: agreement.quadratic },
          { name: 'Alpha', measured: agreement.alpha },
          { name: 'Kappa of people with each other', measured: baselines.human_kappa },
        ]}
        from={-1}
      />
      {judge.by_difficulty.length > 0 && (
        <Intervals
          title="Same verdict, by difficulty"
          rows={judge.by_difficulty.map(({ level, agreement: each }) => ({ name: level, measured: each.observed }))}
        />
      )}
      <Confusion counts={agreement.confusion} />
      <Intervals
        title="Calibration: share that people accepted, by what the judge gave"
        rows={[
          { name: 'Expected error (0 is best)', measured: calibration.ece },
          ...calibration.bins.map((bin) => ({
            name: `given ${bin.from.toFixed(1)} to ${bin.to.toFixed(1)}`,
            measured: bin.accepted,
          })),
        ]}
      />
      <Intervals
        title="Accepted traces, corrected for the judge’s error"
        rows={[
          { name: 'As the judge says', measured: acceptance.raw },
          { name: 'Rogan-Gladen', measured: acceptance.rogan_gladen },
          { name: 'PPI++', measured: acceptance.ppi },
          { name: 'Sensitivity', measured: acceptance.sensitivity },
          { name: 'Specificity', measured: acceptance.specificity },
        ]}
      />
      <p className={classes.note}>{acceptance.word}</p>
    </section>
  );
}

function OneProbe({ probe }: { probe: ProbeResult }) {
  return (
    <Intervals
      title={`${probeWords[probe.kind].result}: ${probe.profile} by ${probe.rubric} ${probe.version}`}
      rows={[
        { name: 'All', measured: probe.rate },
        ...Object.entries(probe.by).map(([name, measured]) => ({ name: name.replaceAll('_', ' '), measured })),
      ]}
      from={probe.kind === 'length' ? -1 : 0}
    />
  );
}
