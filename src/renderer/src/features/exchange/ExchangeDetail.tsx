import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Exchange, StoredFinding } from '../../../../shared/model/index.js';
import { Answer } from '../../components/layout/Answer.js';
import { PanelSection } from '../../components/layout/Panel.js';
import type { PlaceholderNote } from '../../components/RedactedText.js';
import { trpc } from '../../rpc/client.js';
import { useTick } from '../../rpc/ticks.js';
import { BodyView } from './BodyView.js';
import classes from './exchange.module.css';
import { Findings } from './Findings.js';
import { HeaderTable } from './HeaderTable.js';
import { Summary } from './Summary.js';
import type { Side } from './use-body.js';

function notesOf(findings: StoredFinding[]): Map<string, PlaceholderNote> {
  return new Map(findings.map((finding) => [finding.replacement, finding]));
}

/** A stored exchange by id: summary, both messages, what was redacted. Fills the box it stands in. */
export function ExchangeDetail({ exchangeId }: { exchangeId: string }) {
  const query = useQuery(trpc.exchanges.get.queryOptions({ exchange_id: exchangeId }));
  // One that has just ended is listed as it was in flight, a moment before it is stored.
  useTick('exchanges', query.isError ? () => void query.refetch() : null);
  return (
    <Answer query={query} label="Loading exchange">
      {(exchange) => <Loaded key={exchangeId} exchange={exchange} />}
    </Answer>
  );
}

function Loaded({ exchange }: { exchange: Exchange }) {
  const notes = useMemo(() => notesOf(exchange.findings), [exchange.findings]);
  return (
    <Tabs defaultValue="summary" className={classes.tabs}>
      <Tabs.List className={classes.list}>
        <Tabs.Tab value="summary">Summary</Tabs.Tab>
        <Tabs.Tab value="request">Request</Tabs.Tab>
        <Tabs.Tab value="response">Response</Tabs.Tab>
        <Tabs.Tab value="findings">
          Redacted<span className={classes.count}>{exchange.findings.length}</span>
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="summary" className={classes.panel}>
        <Summary exchange={exchange} notes={notes} />
      </Tabs.Panel>
      <Tabs.Panel value="request" className={classes.panel}>
        <Message exchange={exchange} side="request" notes={notes} />
      </Tabs.Panel>
      <Tabs.Panel value="response" className={classes.panel}>
        <Message exchange={exchange} side="response" notes={notes} />
      </Tabs.Panel>
      <Tabs.Panel value="findings" className={classes.panel}>
        <Findings findings={exchange.findings} notes={notes} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Message({ exchange, side, notes }: { exchange: Exchange; side: Side; notes: Map<string, PlaceholderNote> }) {
  const message = exchange[side];
  if (!message) {
    return (
      <PanelSection>
        <p className="dim">No {side} came.</p>
      </PanelSection>
    );
  }
  return (
    <>
      <PanelSection title="Headers">
        <HeaderTable headers={message.headers} label={`${side} headers`} notes={notes} />
      </PanelSection>
      {message.trailers.length > 0 && (
        <PanelSection title="Trailers">
          <HeaderTable headers={message.trailers} label={`${side} trailers`} notes={notes} />
        </PanelSection>
      )}
      <BodyView exchange={exchange} side={side} notes={notes} />
    </>
  );
}
