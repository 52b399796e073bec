import { ActionIcon, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconKeyboard, IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Page } from '../../navigation/page.js';
import { keyHint } from '../../navigation/shortcuts.js';
import { trpc } from '../../rpc/client.js';
import mark from '../../styles/mark.svg';
import { EngineState } from './EngineState.js';
import classes from './Navigation.module.css';
import { ThemeToggle } from './ThemeToggle.js';

interface Props {
  pages: readonly Page[];
  current: Page | null;
  onHelp: () => void;
  skip: ReactNode;
}

export function Navigation({ pages, current, onHelp, skip }: Props) {
  const [collapsed, setCollapsed] = useLocalStorage({
    key: 'sluice.nav-collapsed',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const status = useQuery(trpc.status.get.queryOptions());
  const toggleLabel = collapsed ? 'Expand navigation' : 'Collapse navigation';
  const toggle = (
    <Tooltip label={toggleLabel} position="right">
      <ActionIcon aria-label={toggleLabel} aria-expanded={!collapsed} onClick={() => setCollapsed(!collapsed)}>
        {collapsed ? (
          <IconLayoutSidebarLeftExpand size={17} stroke={1.6} />
        ) : (
          <IconLayoutSidebarLeftCollapse size={17} stroke={1.6} />
        )}
      </ActionIcon>
    </Tooltip>
  );
  return (
    <nav className={classes.nav} data-collapsed={collapsed || undefined} aria-label="Main">
      {skip}
      <div className={classes.brand}>
        <img src={mark} width={22} height={22} alt="" />
        {!collapsed && 'Sluice'}
        {!collapsed && status.data?.demo && <span className={classes.demo}>DEMO</span>}
        {!collapsed && toggle}
      </div>
      <ul className={classes.list}>
        {pages.map((item) => (
          <li key={item.path}>
            <Tooltip label={item.label} position="right" disabled={!collapsed}>
              <Link
                href={item.path}
                className={classes.item}
                aria-current={item === current ? 'page' : undefined}
                aria-label={item.label}
              >
                <item.icon size={17} stroke={1.7} aria-hidden="true" />
                <span>{item.label}</span>
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>
      <div className={classes.bottom}>
        <EngineState status={status.data ?? null} compact={collapsed} />
        <div className={classes.tools}>
          <ThemeToggle />
          <Tooltip label={`Keyboard shortcuts (${keyHint('help.open')})`} position="right">
            <ActionIcon aria-label="Keyboard shortcuts" onClick={onHelp}>
              <IconKeyboard size={17} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
          {collapsed && toggle}
        </div>
      </div>
    </nav>
  );
}
