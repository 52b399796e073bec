import type { InFlight } from '../../../../shared/model/index.js';
import { Bytes } from '../../components/Bytes.js';
import { Duration } from '../../components/Duration.js';
import { Fact, Facts } from '../../components/Facts.js';
import { PanelSection, RequestLine } from '../../components/layout/Panel.js';
import { ModelName } from '../../components/ModelName.js';
import { RedactedText } from '../../components/RedactedText.js';
import { SidePanel } from '../../components/SidePanel.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { Elapsed } from './Elapsed.js';

interface Props {
  flight: InFlight;
  onClose: () => void;
}

/** What is known of an exchange while it is under way; its content is shown once it is redacted and stored. */
export function FlightPanel({ flight, onClose }: Props) {
  return (
    <SidePanel title="Exchange in flight" label="Exchange" onClose={onClose}>
      <PanelSection>
        <RequestLine method={flight.method}>
          <RedactedText text={flight.url} />
        </RequestLine>
      </PanelSection>
      <PanelSection>
        <Facts>
          <Fact name="State">
            <StatusBadge status={flight.phase} />
            {flight.status !== null && <StatusBadge status={flight.status} />}
          </Fact>
          <Fact name="Started">
            <Time iso={flight.started_at} as="precise" />
          </Fact>
          <Fact name="Running for">
            <Elapsed since={flight.started_at} />
          </Fact>
          <Fact name="First byte">
            <Duration ms={flight.ttfb_ms} />
          </Fact>
          <Fact name="Client">{flight.client}</Fact>
          {flight.session !== null && <Fact name="Session">{flight.session}</Fact>}
          <Fact name="Model">
            <ModelName name={flight.model} />
          </Fact>
          <Fact name="Body bytes">
            <Bytes value={flight.request_bytes} /> up, <Bytes value={flight.response_bytes} /> down
          </Fact>
        </Facts>
      </PanelSection>
      <PanelSection>
        <p className="dim">
          Headers and bodies appear when the exchange is complete: nothing is shown or stored before it is redacted.
        </p>
      </PanelSection>
    </SidePanel>
  );
}
