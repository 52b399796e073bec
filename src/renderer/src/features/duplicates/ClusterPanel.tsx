import { Button } from '@mantine/core';
import { IconArrowsDiff, IconRoute } from '@tabler/icons-react';
import type { NearCluster, NearMember } from '../../../../shared/model/index.js';
import { ListEnd, ListState } from '../../components/layout/ListState.js';
import { PanelSection } from '../../components/layout/Panel.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { RedactedText } from '../../components/RedactedText.js';
import { SidePanel } from '../../components/SidePanel.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { compareHref } from '../../navigation/compare-href.js';
import { client, trpc } from '../../rpc/client.js';
import { usePages } from '../../rpc/use-pages.js';
import { Score } from './columns.js';
import classes from './duplicates.module.css';
import { keptBy, memberHref, memberId, memberSide } from './levels.js';

interface Props {
  cluster: NearCluster;
  onClose(): void;
}

/** Members of a cluster: which one is kept and why, how near the others are to it. */
export function ClusterPanel({ cluster, onClose }: Props) {
  const asked = { cluster_id: cluster.cluster_id, limit: 100 };
  const members = usePages<NearMember>({
    queryKey: trpc.duplicates.members.infiniteQueryKey(asked),
    fetchPage: (cursor, signal) => client.duplicates.members.query({ ...asked, cursor }, { signal }),
    idOf: memberId,
    topics: [],
  });
  const kept = members.items.find((member) => member.kept);
  const others = members.items.filter((member) => !member.kept);
  return (
    <SidePanel title={`${cluster.members.toLocaleString('en')} near-duplicates`} label="Cluster" onClose={onClose}>
      <Scroll>
        <PanelSection>
          <p className={classes.rule}>
            {kept && !members.hasMore && (
              <>
                Kept by rule: <b>{keptBy(kept, others)}</b>.{' '}
              </>
            )}
            The rule goes by quality score, then reviewed before not reviewed, then age. The others are found by{' '}
            {cluster.level === 'trajectory' ? <code>is:duplicate</code> : 'this list alone'}.
          </p>
        </PanelSection>
        <PanelSection label="Members">
          <ListState
            list={members}
            label="Loading members"
            lines={6}
            empty={<p className="dim">This cluster is gone. Look for near-duplicates again.</p>}
          >
            <ul className={classes.members}>
              {members.items.map((member) => (
                <Member key={memberId(member)} member={member} kept={cluster.kept} />
              ))}
            </ul>
            <ListEnd list={members} />
          </ListState>
        </PanelSection>
      </Scroll>
    </SidePanel>
  );
}

function Member({ member, kept }: { member: NearMember; kept: NearMember }) {
  const { title, started_at, label, similarity } = member;
  const name = title || 'Untitled';
  return (
    <li className={classes.member}>
      <a className="ellipsis" href={memberHref(member)}>
        <RedactedText text={name} />
      </a>
      <span className={classes.facts}>
        {member.kept ? (
          <StatusBadge status="kept" tone="green" />
        ) : (
          <span title="Jaccard similarity of word 5-grams to the one that is kept">
            {similarity === null ? 'changed since' : `${(similarity * 100).toFixed(1)} % similar`}
          </span>
        )}
        <span>
          quality <Score member={member} />
        </span>
        {label !== null && <StatusBadge status={label} />}
        <Time iso={started_at} />
        <span className={classes.actions}>
          <Button
            component="a"
            href={memberHref(member)}
            variant="default"
            size="compact-xs"
            leftSection={<IconRoute size={13} stroke={1.7} />}
            aria-label={`Open ${name}`}
          >
            Open
          </Button>
          {!member.kept && memberId(member) !== memberId(kept) && (
            <Button
              component="a"
              href={compareHref(memberSide(kept), memberSide(member))}
              variant="default"
              size="compact-xs"
              leftSection={<IconArrowsDiff size={13} stroke={1.7} />}
              aria-label={`Compare ${name} with the one that is kept`}
            >
              Compare
            </Button>
          )}
        </span>
      </span>
    </li>
  );
}
