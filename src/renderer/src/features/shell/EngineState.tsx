import { Tooltip } from '@mantine/core';
import type { Status } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { type ConnectionState, useConnection } from '../../rpc/connection.js';
import classes from './EngineState.module.css';

const words: Record<ConnectionState, string> = {
  connecting: 'Connecting',
  open: 'Capturing',
  lost: 'Connection lost',
  refused: 'Token refused',
};

interface Props {
  status: Status | null;
  compact: boolean;
}

/** Where the proxy listens and how much it captured: always in sight. */
export function EngineState({ status, compact }: Props) {
  const connection = useConnection();
  const address = status?.proxy.replace(/^https?:\/\//, '').replace(/\/$/, '') ?? '';
  if (compact) {
    return (
      <Tooltip label={`${words[connection]}${address ? ` on ${address}` : ''}`} position="right">
        <span className={classes.compact} role="status" aria-label={words[connection]}>
          <span className={classes.dot} data-state={connection} />
        </span>
      </Tooltip>
    );
  }
  return (
    <section className={classes.card} aria-label="Engine state">
      <div className={classes.line} role="status">
        <span className={classes.dot} data-state={connection} aria-hidden="true" />
        {words[connection]}
      </div>
      {status && (
        <>
          <div className={classes.line}>
            <span className={classes.address} title={`Proxy address: ${status.proxy}`}>
              {address}
            </span>
            <CopyButton value={status.proxy} label="Copy proxy address" size={20} />
          </div>
          <div className={classes.line}>
            <span className={classes.label}>Captured</span>
            <span className="num">{status.exchanges.stored.toLocaleString('en')}</span>
          </div>
          <div className={classes.line} title="Finished and safe in the journal, not yet in the store">
            <span className={classes.label}>Pending</span>
            <span className="num">{status.exchanges.pending.toLocaleString('en')}</span>
          </div>
        </>
      )}
    </section>
  );
}
