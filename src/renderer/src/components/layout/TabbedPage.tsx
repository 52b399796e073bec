import { Tabs } from '@mantine/core';
import type { ComponentType } from 'react';
import { Redirect, useLocation, useParams } from 'wouter';
import classes from './layout.module.css';
import { Page } from './Page.js';

export interface PageTab {
  /** The route is `<path>/<id>`. */
  id: string;
  label: string;
  component: ComponentType;
}

interface Props {
  title: string;
  /** Where it stands; its parts stand below it. */
  path: string;
  /** Names the tabs for screen readers. */
  label: string;
  /** In order; the first is shown where none is named. */
  tabs: readonly [PageTab, ...PageTab[]];
}

/** A page whose parts are tabs, each with an address of its own. */
export function TabbedPage({ title, path, label, tabs }: Props) {
  const { tab } = useParams();
  const [, navigate] = useLocation();
  const shown = tabs.find(({ id }) => id === tab);
  if (shown === undefined) return <Redirect to={`${path}/${tabs[0].id}`} replace />;
  return (
    <Page title={title}>
      <Tabs
        value={shown.id}
        onChange={(id) => id !== null && navigate(`${path}/${id}`)}
        className={classes.page}
        keepMounted={false}
        activateTabWithKeyboard
      >
        <Tabs.List className={classes.tabList} aria-label={label}>
          {tabs.map(({ id, label: name }) => (
            <Tabs.Tab key={id} value={id}>
              {name}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={shown.id} className={classes.page}>
          <shown.component />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
