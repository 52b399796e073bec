import { Button } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { FindingPlace, ListedFinding } from '../../../../../shared/model/index.js';
import { Fact, Facts } from '../../../components/Facts.js';
import { Kbd } from '../../../components/Kbd.js';
import { ListEnd, ListState } from '../../../components/layout/ListState.js';
import { PanelSection } from '../../../components/layout/Panel.js';
import { Scroll } from '../../../components/layout/Scroll.js';
import { Notice } from '../../../components/Notice.js';
import { SidePanel } from '../../../components/SidePanel.js';
import { Time } from '../../../components/Time.js';
import { client, trpc } from '../../../rpc/client.js';
import { usePages } from '../../../rpc/use-pages.js';
import { Context } from './Context.js';
import classes from './findings.module.css';
import { showAll } from './use-findings.js';
import { whyNot } from './use-marks.js';
import { bandTitles, entityTitle, isPseudonym, placementTitles } from './words.js';

const noTopics: never[] = [];
const idOfPlace = (place: FindingPlace) => place.finding_id;

interface Props {
  finding: ListedFinding;
  allowed: boolean;
  onAllow(): void;
  onExchange(): void;
  onClose(): void;
}

/** One finding: what is known of it, every place it stands for, and what can be said of it. */
export function FindingPanel({ finding, allowed, onAllow, onExchange, onClose }: Props) {
  const { exchange_id, trace_id, replacement } = finding;
  return (
    <SidePanel
      title={<code>{replacement}</code>}
      label="Finding"
      onClose={onClose}
      actions={
        trace_id !== null && (
          <Button
            component={Link}
            href={`/traces/${trace_id}?tab=redactions`}
            variant="default"
            size="compact-xs"
            leftSection={<IconRoute size={13} stroke={1.7} />}
          >
            Open trace
          </Button>
        )
      }
    >
      <Scroll>
        <PanelSection>
          <Facts>
            <Fact name="Entity">{entityTitle(finding.entity)}</Fact>
            <Fact name="Where">{placementTitles[finding.placement]}</Fact>
            <Fact name="Found by">
              <span>
                <code>{finding.detector}</code>, {Math.round(finding.confidence * 100)} % (
                {bandTitles[finding.band].toLowerCase()})
              </span>
            </Fact>
            <Fact name="What was done">{finding.action}</Fact>
            <Fact name="Time">
              <Time iso={finding.at} as="precise" />
            </Fact>
          </Facts>
          <div className={classes.actions}>
            {exchange_id !== null && (
              <Button variant="default" size="compact-sm" onClick={onExchange}>
                Open exchange
              </Button>
            )}
            {isPseudonym(replacement) && (
              <Button variant="default" size="compact-sm" onClick={() => showAll(replacement)}>
                All places of this value
              </Button>
            )}
          </div>
        </PanelSection>
        <PanelSection label="False positive">
          {isPseudonym(replacement) ? (
            <>
              <Button variant="default" size="compact-sm" onClick={onAllow} disabled={allowed}>
                {allowed ? 'Allowed' : 'False positive'}
                <span className={classes.key}>
                  <Kbd>f</Kbd>
                </span>
              </Button>
              <p className={classes.remark}>
                From now on this value is kept wherever it comes. What is stored keeps the placeholder, because the
                value is not on this disk. Secrets, and what the policy names, take a token with the scope admin.
              </p>
            </>
          ) : (
            <Notice tone="gray" title="Cannot be allowed from here">
              <p>{whyNot(replacement)}</p>
            </Notice>
          )}
        </PanelSection>
        <PanelSection
          title={
            finding.places === 1 ? 'Its place' : `Its ${finding.places.toLocaleString('en')} places in this exchange`
          }
        >
          {exchange_id === null ? (
            <p className={classes.place}>
              <Context context={finding.context} whole />
            </p>
          ) : (
            <Places exchangeId={exchange_id} findingId={finding.finding_id} />
          )}
        </PanelSection>
      </Scroll>
    </SidePanel>
  );
}

function Places({ exchangeId, findingId }: { exchangeId: string; findingId: string }) {
  const input = { exchange_id: exchangeId, finding_id: findingId, limit: 20 };
  const places = usePages<FindingPlace>({
    queryKey: trpc.findings.places.infiniteQueryKey(input),
    fetchPage: (cursor, signal) => client.findings.places.query({ ...input, cursor }, { signal }),
    idOf: idOfPlace,
    topics: noTopics,
  });
  return (
    <ListState
      list={places}
      label="Loading its places"
      lines={4}
      empty={<p className="dim">It is no longer stored.</p>}
    >
      <ol className={classes.places}>
        {places.items.map((place) => (
          <li key={place.finding_id} className={classes.place}>
            <code className="dim">{place.path}</code>
            <Context context={place.context} whole />
          </li>
        ))}
      </ol>
      <ListEnd list={places} />
    </ListState>
  );
}
