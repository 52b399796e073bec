import { IconPlugConnectedX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useConnection } from '../../rpc/connection.js';
import { KeyboardHelp } from './KeyboardHelp.js';
import { Navigation, type NavigationItem } from './Navigation.js';
import classes from './Shell.module.css';
import { useGlobalKeys } from './use-global-keys.js';

interface Props {
  navigation: NavigationItem[];
  children: ReactNode;
}

/** Frame of every page: navigation, connection banner, keyboard help. */
export function Shell({ navigation, children }: Props) {
  const [path] = useLocation();
  const [helpOpen, setHelpOpen] = useState(false);
  const connection = useConnection();
  const main = useRef<HTMLElement>(null);
  useGlobalKeys(navigation, () => setHelpOpen(true));
  const current = navigation.find((item) => path === item.path || path.startsWith(`${item.path}/`));
  useEffect(() => {
    document.title = current ? `${current.label} · Sluice` : 'Sluice';
  }, [current]);

  return (
    <div className={classes.shell}>
      <Navigation
        items={navigation}
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
            Connection to the engine lost. What you see may be old; reconnecting by itself.
          </div>
        )}
        <div className={classes.page}>{children}</div>
      </main>
      <KeyboardHelp opened={helpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}
