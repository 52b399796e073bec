import { Link } from 'wouter';
import { type ErrorCode, errorCatalogue } from '../../../../shared/errors.js';
import type { Exchange } from '../../../../shared/model/index.js';
import { Bytes } from '../../components/Bytes.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Cost } from '../../components/Cost.js';
import { Fact, Facts } from '../../components/Facts.js';
import { PanelSection, RequestLine } from '../../components/layout/Panel.js';
import { Missing } from '../../components/Missing.js';
import { ModelName } from '../../components/ModelName.js';
import { Notice } from '../../components/Notice.js';
import { type PlaceholderNote, RedactedText } from '../../components/RedactedText.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { Tokens } from '../../components/Tokens.js';
import classes from './exchange.module.css';
import { Timing } from './Timing.js';

const ways: Record<Exchange['via'], string> = {
  forward: 'forward proxy',
  intercept: 'intercepted TLS',
  gateway: 'gateway',
  intake: 'sent as a record',
  import: 'imported',
  socket: 'one turn of a WebSocket',
};

interface Props {
  exchange: Exchange;
  notes: ReadonlyMap<string, PlaceholderNote>;
}

export function Summary({ exchange, notes }: Props) {
  const unknown = Object.entries(exchange.unknown_events);
  return (
    <>
      <PanelSection>
        <RequestLine method={exchange.method}>
          <RedactedText text={exchange.url} notes={notes} />
        </RequestLine>
      </PanelSection>
      {(exchange.error || exchange.issues.length > 0 || unknown.length > 0) && (
        <PanelSection label="Problems">
          <div className={classes.notices}>
            {exchange.error && (
              <Notice
                tone={exchange.state === 'aborted' ? 'amber' : 'red'}
                title={exchange.error.message}
                code={exchange.error.code}
                next={errorCatalogue[exchange.error.code as ErrorCode]?.next}
              />
            )}
            {exchange.issues.map((issue) => (
              <Notice
                key={`${issue.side}-${issue.code}`}
                tone="amber"
                title={issue.message}
                code={issue.code}
                next={`In the ${issue.side} body; what came is kept.`}
              />
            ))}
            {unknown.length > 0 && (
              <Notice
                tone="gray"
                title="Events that this format does not know"
                next={`${unknown.map(([type, count]) => `${type} (${count})`).join(', ')}. Their payload is in the body.`}
              />
            )}
          </div>
        </PanelSection>
      )}
      <PanelSection label="Timing">
        <Timing exchange={exchange} />
      </PanelSection>
      <PanelSection>
        <Facts>
          <Fact name="Status">
            {exchange.status !== null && <StatusBadge status={exchange.status} />}
            {exchange.response?.status_text}
            {exchange.state !== 'complete' && <StatusBadge status={exchange.state} />}
          </Fact>
          <Fact name="Trace">
            {exchange.trace_id ? (
              <Link href={`/traces/${exchange.trace_id}`}>Open trace</Link>
            ) : (
              <Missing label="none" />
            )}
          </Fact>
          <Fact name="Started">
            <Time iso={exchange.started_at} as="precise" />
          </Fact>
          <Fact name="Client">{exchange.client}</Fact>
          {exchange.session !== null && <Fact name="Session">{exchange.session}</Fact>}
          <Fact name="Came in by">
            {ways[exchange.via]}, {exchange.http_version}
            {exchange.upstream && `, upstream ${exchange.upstream}`}
          </Fact>
          <Fact name="Format">{exchange.format}</Fact>
          <Fact name="Model">
            <ModelName name={exchange.model} />
          </Fact>
          <Fact name="Tools asked for">
            {exchange.tool_names.length > 0 ? exchange.tool_names.join(', ') : <Missing label="none" />}
          </Fact>
          <Fact name="Tokens in / out">
            <Tokens usage={exchange.usage} />
          </Fact>
          <Fact name="Cost">
            <Cost usd={exchange.cost_usd} />
          </Fact>
          <Fact name="Body bytes">
            <Bytes value={exchange.request_bytes} /> up, <Bytes value={exchange.response_bytes} /> down
          </Fact>
          <Fact name="Exchange id">
            <code className="ellipsis">{exchange.exchange_id}</code>
            <CopyButton value={exchange.exchange_id} label="Copy exchange id" size={20} />
          </Fact>
        </Facts>
      </PanelSection>
    </>
  );
}
