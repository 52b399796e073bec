import { IconPlugConnectedX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { Page } from '../../components/layout/Page.js';
import { desktop } from '../../host/desktop.js';
import type { Page as PageEntry } from '../../navigation/page.js';
import { bound } from '../../navigation/shortcuts.js';
import { useGlobalKeys } from '../../navigation/use-global-keys.js';
import { useKeys } from '../../navigation/use-keys.js';
import { useConnection } from '../../rpc/connection.js';
import { useCommand } from '../../rpc/use-command.js';
import { AnnouncementBar, useActs } from '../review/index.js';
import { HealthBanner } from './HealthBanner.js';
import { KeyboardHelp } from './KeyboardHelp.js';
import { Navigation } from './Navigation.js';
import classes from './Shell.module.css';

interface Props {
  pages: readonly PageEntry[];
  children: ReactNode;
}

/** Frame of every page: navigation, connection banner, keyboard help. */
export function Shell({ pages, children }: Props) {
  const [path] = useLocation();
  const [helpOpen, setHelpOpen] = useState(false);
  const connection = useConnection();
  const command = useCommand();
  const main = useRef<HTMLElement>(null);
  const { undo, redo } = useActs();
  useGlobalKeys(pages, () => setHelpOpen(true));
  useKeys(bound({ undo: () => void undo(), redo: () => void redo() }), { last: true });
  const current = pages.find(
    ({ path: own, below = [] }) =>
      path === own || path.startsWith(`${own}/`) || below.some((page) => page.path === path),
  );
  useEffect(() => {
    document.title = current ? `${current.label} · Sluice` : 'Sluice';
  }, [current]);

  return (
    <div className={classes.shell}>
      <Navigation
        pages={pages}
        current={current ?? null}
        onHelp={() => setHelpOpen(true)}
        // A button: the fragment is the route, so a link to an anchor would leave the page.
        skip={
          <button type="button" className={classes.skip} onClick={() => main.current?.focus()}>
            Skip to content
          </button>
        }
      />
      <main className={classes.main} ref={main} tabIndex={-1}>
        {connection === 'lost' && (
          <div className={classes.lost} role="status">
            <IconPlugConnectedX size={15} stroke={1.8} aria-hidden="true" />
            <span>
              Connection to the engine lost. What you see may be old; reconnecting by itself.
              {desktop() === undefined && (
                <>
                  {' '}
                  If it has ended, <code>{command('serve')}</code> starts it again.
                </>
              )}
            </span>
          </div>
        )}
        <HealthBanner />
        <Page>{children}</Page>
      </main>
      <AnnouncementBar />
      <KeyboardHelp pages={pages} opened={helpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}
