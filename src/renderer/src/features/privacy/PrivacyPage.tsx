import { Tabs } from '@mantine/core';
import { Redirect, useLocation, useParams } from 'wouter';
import { Page } from '../../components/layout/Page.js';
import classes from './privacy.module.css';
import { tabs } from './tabs.js';

/** What is found, what is done with it, who agreed, and where everything lies; a tab each. */
export function PrivacyPage() {
  const { tab } = useParams();
  const [, navigate] = useLocation();
  const shown = tabs.find(({ id }) => id === tab);
  if (shown === undefined) return <Redirect to={`/privacy/${tabs[0]?.id}`} replace />;
  return (
    <Page title="Privacy">
      <Tabs
        value={shown.id}
        onChange={(id) => id !== null && navigate(`/privacy/${id}`)}
        className={classes.tabs}
        keepMounted={false}
        activateTabWithKeyboard
      >
        <Tabs.List className={classes.tabList} aria-label="Parts of privacy">
          {tabs.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={shown.id} className={classes.panel}>
          <shown.component />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
