import type { AuditEntry } from '../../../../../shared/model/index.js';
import { CopyButton } from '../../../components/CopyButton.js';
import { Fact, Facts } from '../../../components/Facts.js';
import { Json } from '../../../components/Json.js';
import { SidePanel } from '../../../components/SidePanel.js';
import { Time } from '../../../components/Time.js';
import classes from './audit-log.module.css';
import { actorText, titles } from './words.js';

/** One entry, with what chains it to the one before. */
export function EntryPanel({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  return (
    <SidePanel title={titles[entry.action]} label="Entry of the audit log" onClose={onClose}>
      <div className={classes.entry}>
        <Facts>
          <Fact name="Number">{entry.seq}</Fact>
          <Fact name="When">
            {entry.at.slice(0, 10)} <Time iso={entry.at} as="precise" />
          </Fact>
          <Fact name="Who">
            {actorText(entry.actor)}
            {entry.actor.token_id !== null && (
              <CopyButton value={entry.actor.token_id} label="Copy token id" size={20} />
            )}
          </Fact>
          {entry.target !== null && (
            <Fact name="To">
              <code className="ellipsis" title={entry.target}>
                {entry.target}
              </code>
              <CopyButton value={entry.target} label="Copy what it was done to" size={20} />
            </Fact>
          )}
          <Fact name="Hash">
            <code className="ellipsis">{entry.hash}</code>
            <CopyButton value={entry.hash} label="Copy hash" size={20} />
          </Fact>
          <Fact name="Hash before">
            <code className="ellipsis">{entry.previous}</code>
          </Fact>
        </Facts>
        <Json value={entry.details} defaultDepth={4} label="Details" />
      </div>
    </SidePanel>
  );
}
