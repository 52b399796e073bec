import { Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { CaptureHealth, Status } from '../../../../shared/model/index.js';
import { formatBytes } from '../../components/format.js';
import { Answer } from '../../components/layout/Answer.js';
import { Card } from '../../components/layout/Card.js';
import { Columns } from '../../components/layout/Columns.js';
import { Page } from '../../components/layout/Page.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { hrefTo } from '../../navigation/hash-params.js';
import { trpc } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { useTick } from '../../rpc/ticks.js';
import classes from './capture-health.module.css';

/** Whether anything was lost, altered, misread or missed: the numbers behind the capture. */
export function CaptureHealthPage() {
  const queries = useQueryClient();
  const status = useQuery(trpc.status.get.queryOptions());
  const health = useQuery(trpc.captureHealth.get.queryOptions());
  useTick(['exchanges', 'traces'], () => void queries.invalidateQueries(trpc.captureHealth.get.queryFilter()));
  return (
    <Page title="Capture health">
      <Answer query={health} label="Loading capture health" lines={12}>
        {(data) => (
          <Answer query={status} label="Loading the status" lines={12}>
            {(now) => (
              <Scroll>
                <Columns as="cards">
                  <Losses status={now} />
                  <Wire status={now} health={data} />
                  <Read status={now} health={data} />
                  <Clients status={now} />
                  <Threading health={data} />
                  <Effects health={data} />
                  <Pressure status={now} />
                </Columns>
              </Scroll>
            )}
          </Answer>
        )}
      </Answer>
    </Page>
  );
}

const count = (value: number) => value.toLocaleString('en');
const exchanges = (query: string) => hrefTo('/live', { q: query });

function Losses({ status: { losses, earlier_losses: earlier } }: { status: Status }) {
  const { journal_errors, damaged, bodies_lost, quarantined, client_protocol_errors } = losses;
  const whole = journal_errors + damaged + bodies_lost + quarantined === 0;
  const tone = (value: number) => (value > 0 ? 'amber' : undefined);
  return (
    <Figures
      title="Losses"
      good={whole && earlier === null}
      verdict={
        whole
          ? earlier === null
            ? 'Nothing was lost'
            : 'Nothing was lost since the start; earlier runs lost something'
          : 'Something was lost or kept back since the start'
      }
    >
      <Line name="Failed writes to the journal" tone={tone(journal_errors)}>
        {count(journal_errors)}
      </Line>
      <Line name="Journal records that could not be read back" tone={tone(damaged)}>
        {count(damaged)}
      </Line>
      <Line name="Stored without bodies" tone={tone(bodies_lost)}>
        {count(bodies_lost)}
      </Line>
      <Line name="Not processed, kept sealed" tone={tone(quarantined)}>
        {count(quarantined)}
      </Line>
      <Line name="Connections that spoke no HTTP, refused">{count(client_protocol_errors)}</Line>
      {earlier !== null && (
        <>
          <Line name="Earlier runs: counted since">
            <Time iso={earlier.since} />
          </Line>
          <Line name="Earlier runs: last loss" tone="amber">
            <Time iso={earlier.last_at} />
          </Line>
          <Line name="Earlier runs: failed writes to the journal" tone={tone(earlier.journal_errors)}>
            {count(earlier.journal_errors)}
          </Line>
          <Line name="Earlier runs: records that could not be read back" tone={tone(earlier.damaged)}>
            {count(earlier.damaged)}
          </Line>
          <Line name="Earlier runs: stored without bodies" tone={tone(earlier.bodies_lost)}>
            {count(earlier.bodies_lost)}
          </Line>
          <Line name="Earlier runs: not processed, kept sealed" tone={tone(earlier.quarantined)}>
            {count(earlier.quarantined)}
          </Line>
          <Acknowledge />
        </>
      )}
    </Figures>
  );
}

/** What earlier runs lost cannot be had back; whoever knows of it need not be shown it again. */
function Acknowledge() {
  const queries = useQueryClient();
  const note = useMutation(
    trpc.status.acknowledgeLosses.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.status.get.queryFilter()),
    }),
  );
  return (
    <Line name={note.isError ? describeError(note.error).message : 'Acknowledged, it is no longer shown'}>
      <Button variant="default" size="compact-xs" loading={note.isPending} onClick={() => note.mutate()}>
        Acknowledge
      </Button>
    </Line>
  );
}

function Wire({ status, health }: { status: Status; health: CaptureHealth }) {
  const { capture, exchanges: now } = status;
  const equal = capture.bytes_in === capture.bytes_out;
  return (
    <Figures
      title="Bytes"
      good={equal && capture.aborted === 0}
      verdict={equal ? 'What came from upstream went to the clients' : 'Some bytes did not reach their client'}
    >
      <Line name="Response bytes in">{formatBytes(capture.bytes_in)}</Line>
      <Line name="Response bytes out" tone={equal ? undefined : 'amber'}>
        {formatBytes(capture.bytes_out)}
      </Line>
      <Line name="Broken off by clients" tone={capture.aborted > 0 ? 'amber' : undefined}>
        {count(capture.aborted)}
      </Line>
      <Line name="Seen, stored, pending since start">
        {count(now.seen)}, {count(now.stored)}, {count(now.pending)}
      </Line>
      <Line name="In the store">{count(health.exchanges.total)} exchanges</Line>
      {health.exchanges.by_state.map(({ name, count: amount }) => (
        <Line key={name} name={`State ${name}`} href={exchanges(`state:${name}`)}>
          {count(amount)}
        </Line>
      ))}
    </Figures>
  );
}

function Read({ status, health }: { status: Status; health: CaptureHealth }) {
  const { format_errors, rule_errors } = status.capture;
  const { undecoded, unknown_events, truncated, sealed } = health;
  const unread = undecoded.reduce((sum, each) => sum + each.count, 0);
  const unknown = unknown_events.reduce((sum, each) => sum + each.count, 0);
  return (
    <Figures
      title="Reading"
      good={unread === 0 && unknown === 0}
      verdict={
        unread === 0 && unknown === 0 ? 'Every body and event could be read' : 'Some bodies or events could not be read'
      }
    >
      {undecoded.map(({ name, count: amount }) => (
        <Line key={name} name={name.replaceAll('_', ' ')} href={exchanges('is:undecoded')} tone="amber">
          {count(amount)}
        </Line>
      ))}
      {unread === 0 && <Line name="Undecoded bodies">0</Line>}
      {unknown_events.slice(0, 12).map(({ format, type, count: amount }) => (
        <Line key={`${format} ${type}`} name={`Unknown event ${type.slice(0, 80)} of ${format}`} tone="amber">
          {count(amount)}
        </Line>
      ))}
      {unknown === 0 && <Line name="Unknown events">0</Line>}
      <Line name="Formats that failed and were passed over" tone={format_errors > 0 ? 'amber' : undefined}>
        {count(format_errors)}
      </Line>
      <Line name="Threading rules that failed and were passed over" tone={rule_errors > 0 ? 'amber' : undefined}>
        {count(rule_errors)}
      </Line>
      <Line name="Cut at the capture limit">
        {count(truncated.request)} requests, {count(truncated.response)} responses
      </Line>
      {sealed.map(({ name, count: amount }) => (
        <Line key={name} name={`Kept encrypted: ${name.replaceAll('_', ' ')}`}>
          {count(amount)}
        </Line>
      ))}
    </Figures>
  );
}

function Clients({ status }: { status: Status }) {
  const { refusals, capture, bypassed } = status;
  const open = refusals.filter((refusal) => !refusal.tunnelled);
  return (
    <Figures
      title="Clients"
      good={open.length + bypassed.length === 0}
      verdict={
        open.length > 0
          ? 'Some clients refuse the certificate'
          : bypassed.length > 0
            ? 'Some processes went past the proxy'
            : 'No client refuses the certificate'
      }
    >
      {open.slice(0, 8).map((refusal) => (
        <Line key={`${refusal.host} ${refusal.client}`} name={`${refusal.client} at ${refusal.host}`} tone="amber">
          {count(refusal.count)}×, <Time iso={refusal.last_at} />
        </Line>
      ))}
      {bypassed
        .slice(-8)
        .reverse()
        .map(({ command, address, port, last_at }) => (
          <Line key={`${command} ${address} ${port} ${last_at}`} name={`${command} past the proxy`} tone="amber">
            {address}:{port}
          </Line>
        ))}
      {bypassed.length === 0 && <Line name="Past the proxy, during runs on Linux">0</Line>}
      <Line name="Connections tunnelled unread">{count(capture.tunnelled)}</Line>
      <Line name="Tunnels open">{count(capture.tunnels_open)}</Line>
    </Figures>
  );
}

function Threading({ health }: { health: CaptureHealth }) {
  const { edges } = health;
  const total = edges.reduce((sum, edge) => sum + edge.count, 0);
  const inferred = edges.filter((edge) => edge.basis === 'inferred').reduce((sum, edge) => sum + edge.count, 0);
  return (
    <Figures
      title="Threading"
      good={total === 0 || inferred / total < 0.5}
      verdict={
        total === 0
          ? 'No calls yet'
          : `${Math.round((1 - inferred / total) * 100)} % of the edges are recorded, not inferred`
      }
    >
      {edges.map((edge) => (
        <Line key={`${edge.rule} ${edge.basis}`} name={`${edge.rule.replaceAll('_', ' ')}, ${edge.basis}`}>
          {count(edge.count)} <span className="dim">mean confidence {Math.round(edge.mean_confidence * 100)} %</span>
        </Line>
      ))}
    </Figures>
  );
}

function Effects({ health }: { health: CaptureHealth }) {
  const { joined, unclaimed, altered, never_sent } = health.effects;
  const odd = unclaimed + altered + never_sent;
  return (
    <Figures
      title="Effects"
      good={odd === 0}
      verdict={odd === 0 ? 'Claims and wire agree' : 'Some claims and effects do not meet'}
    >
      <Line name="Tool calls seen on the wire" href={hrefTo('/traces', { q: 'effect:joined' })}>
        {count(joined)}
      </Line>
      <Line name="Sent but not asked for" tone={unclaimed > 0 ? 'amber' : undefined}>
        {count(unclaimed)}
      </Line>
      <Line
        name="Altered in between"
        href={hrefTo('/traces', { q: 'effect:altered' })}
        tone={altered > 0 ? 'amber' : undefined}
      >
        {count(altered)}
      </Line>
      <Line
        name="Claimed but never sent"
        href={hrefTo('/traces', { q: 'effect:never_sent' })}
        tone={never_sent > 0 ? 'amber' : undefined}
      >
        {count(never_sent)}
      </Line>
    </Figures>
  );
}

function Pressure({ status }: { status: Status }) {
  const { backpressure, capture, restarts, exchanges: now } = status;
  const calm = backpressure.refused === 0 && restarts.capture + restarts.pipeline === 0;
  return (
    <Figures
      title="Backpressure"
      good={calm}
      verdict={calm ? 'Nothing was refused and nothing crashed' : 'Records were refused, or a thread crashed'}
    >
      <Line name="Waiting to be stored">
        {count(backpressure.pending)} of {count(backpressure.limit)} at most
      </Line>
      <Line name="Journal on disk">{formatBytes(capture.journal_bytes)}</Line>
      <Line name="Intake requests refused" tone={backpressure.refused > 0 ? 'amber' : undefined}>
        {count(backpressure.refused)}
        {backpressure.last_refused_at !== null && (
          <>
            , last <Time iso={backpressure.last_refused_at} />
          </>
        )}
      </Line>
      <Line name="Threads restarted" tone={restarts.capture + restarts.pipeline > 0 ? 'amber' : undefined}>
        capture {restarts.capture}, pipeline {restarts.pipeline}
      </Line>
      <Line name="Failed exchanges" tone={now.failed > 0 ? 'amber' : undefined}>
        {count(now.failed)}
      </Line>
    </Figures>
  );
}

interface FiguresProps {
  title: string;
  good: boolean;
  verdict: string;
  children: ReactNode;
}

function Figures({ title, good, verdict, children }: FiguresProps) {
  return (
    <Card
      title={title}
      mark={
        good ? (
          <IconCircleCheck className={classes.good} size={16} stroke={1.8} role="img" aria-label="as it should be" />
        ) : (
          <StatusBadge status="look" tone="amber" />
        )
      }
    >
      <p>{verdict}</p>
      <dl className={classes.lines}>{children}</dl>
    </Card>
  );
}

interface LineProps {
  name: string;
  href?: string;
  tone?: 'amber' | undefined;
  children: ReactNode;
}

function Line({ name, href, tone, children }: LineProps) {
  return (
    <div className={classes.line} data-tone={tone}>
      <dt className="ellipsis" title={name}>
        {href === undefined ? name : <a href={href}>{name}</a>}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
